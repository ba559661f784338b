//! The transcript of a call: `<` is the caller, `>` is what was said, `!` is what was stored.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::report_notes::report_notes;
use super::{attempts, call_json};
use crate::commands::arguments::{from_other_number, lasted, number, rfc3339, shown};
use crate::commands::language::text;
use crate::domain::{CallerNumber, Direction, HangupCause, HersysId, Item, Language, Line, Severity};
use crate::service::{
    NextAction, ShownAnswer, ShownCall, ShownLeg, ShownPerson, ShownReport, ShownTurn, StoredEvent, TransferOutcome,
};

pub(super) fn as_text(shown_call: &ShownCall, zone: &TimeZone, reveal: bool) -> String {
    let call = &shown_call.call;
    let mut text = format!("{}\n", text!("transcript-call", call = call.id.to_string(), line = call.line.code()));
    let end = match call.ended_at {
        Some(ended) => {
            let after = lasted(ended.duration_since(call.started_at));
            match call.disposition {
                Some(verdict) => text!("transcript-ended-so", verdict = verdict.code(), after = after),
                None => text!("transcript-ended", after = after),
            }
        }
        None => text!("transcript-open"),
    };
    line(&mut text, &text!("transcript-began", at = shown(call.started_at, zone), end = end));
    if !shown_call.people.is_empty() {
        let people: Vec<String> = shown_call.people.iter().map(person).collect();
        line(&mut text, &text!("transcript-about", people = people.join(", ")));
    }
    for report in &shown_call.reports {
        line(&mut text, &report_line(report, shown_call.people.len() > 1));
    }
    if let Some(attempt) = &shown_call.attempt {
        text.push_str(&attempts::as_text(attempt, zone));
    }
    for leg in &shown_call.legs {
        leg_text(&mut text, leg, zone, reveal);
    }
    let mut language = Language::default();
    for turn in &shown_call.turns {
        turn_text(&mut text, turn, zone, &mut language, shown_call.people.len() > 1);
    }
    text
}

/// Formats a person identified in a call. It also says if the caller's number wasn't that person's registered number.
fn person(person: &ShownPerson) -> String {
    let id = person.hersys_id.expose();
    let from = person.other_number.and_then(from_other_number);
    from.map_or_else(|| id.to_owned(), |from| format!("{id} ({from})"))
}

/// Describes a report that the call answered. If the call has several people, the patient is named too.
fn report_line(report: &ShownReport, several: bool) -> String {
    let date = format!("{} {}", report.report_date, report.slot_time).trim_end().to_owned();
    let channel = report.channel.code();
    let what = match several {
        true => text!("transcript-report-of", id = report.hersys_id.expose(), date = date, channel = channel),
        false => text!("transcript-report", date = date, channel = channel),
    };
    let outcome = [report.outcome.code().to_owned()].into_iter();
    let notes = outcome.chain(report_notes(report.version, report.standing, report.stopped_after));
    format!("{what}: {}", notes.collect::<Vec<_>>().join(", "))
}

/// Appends a line. Writing to a String can't fail.
fn line(text: &mut String, line: &str) {
    let _written = writeln!(text, "{line}");
}

fn leg_text(text: &mut String, leg: &ShownLeg, zone: &TimeZone, reveal: bool) {
    let far = leg.far_number.as_ref().map(|far| number(far, reveal)).unwrap_or_else(|| text!("leg-withheld-number"));
    let near = leg.near_number.as_ref().map(|near| number(near, reveal));
    let (carrier, cause) =
        (&leg.carrier, leg.hangup_cause.map_or_else(|| text!("leg-not-ended"), |cause| cause.code().to_owned()));
    let leg_line = match (leg.direction, near) {
        (Direction::Inbound, Some(near)) => {
            text!("leg-inbound-to", carrier = carrier, far = far, near = near, cause = cause)
        }
        (Direction::Inbound, None) => text!("leg-inbound", carrier = carrier, far = far, cause = cause),
        (Direction::Outbound, _) => text!("leg-outbound", carrier = carrier, far = far, cause = cause),
    };
    line(text, &leg_line);
    for (status, at) in &leg.statuses {
        line(text, &format!("  {}  {status}", clock(*at, zone)));
    }
}

fn turn_text(text: &mut String, turn: &ShownTurn, zone: &TimeZone, language: &mut Language, several: bool) {
    line(text, &format!("\n{}  < {}", clock(turn.at, zone), caller(&turn.event)));
    for answer in &turn.answers {
        line(text, &format!("          ! {}", kept(answer, several)));
    }
    for (spoken, words) in &turn.said {
        let tag = if spoken == language { String::new() } else { format!("({spoken}) ") };
        line(text, &format!("          > {tag}{words}"));
    }
    // If a turn is in one language only, the call continues in that language.
    if let [(first, _), rest @ ..] = turn.said.as_slice()
        && rest.iter().all(|(spoken, _)| spoken == first)
    {
        *language = *first;
    }
    match &turn.then {
        Some(NextAction::Transfer { number, .. }) => {
            line(text, &format!("          > {}", text!("turn-hands-over", number = number.national())));
        }
        Some(NextAction::HangUp) => line(text, &format!("          > {}", text!("turn-hangs-up"))),
        Some(NextAction::Gather { .. }) | None => {}
    }
}

fn caller(event: &StoredEvent) -> String {
    match event {
        StoredEvent::Began(Line::AutomatedCall | Line::StaffAlert) => text!("turn-answers"),
        StoredEvent::Began(Line::HealthCall | Line::CallBack) => text!("turn-calls"),
        StoredEvent::Keyed(keys) if keys.is_empty() => text!("turn-keys-nothing"),
        StoredEvent::Keyed(keys) => text!("turn-keys", keys = keys),
        StoredEvent::Transfer(TransferOutcome::Talked) => text!("turn-talked"),
        StoredEvent::Transfer(TransferOutcome::NotReached) => text!("turn-not-reached"),
        StoredEvent::HungUp(cause) => text!("turn-hung-up", cause = cause.code()),
        StoredEvent::HungUpInTransfer(cause, TransferOutcome::Talked) => {
            text!("turn-talked-and-hung-up", cause = cause.code())
        }
        StoredEvent::HungUpInTransfer(cause, TransferOutcome::NotReached) => {
            text!("turn-not-reached-and-hung-up", cause = cause.code())
        }
        StoredEvent::Withdrawn => text!("turn-withdrawn"),
        StoredEvent::WithdrawnAfterTransfer(TransferOutcome::Talked) => text!("turn-talked-and-withdrawn"),
        StoredEvent::WithdrawnAfterTransfer(TransferOutcome::NotReached) => {
            text!("turn-not-reached-and-withdrawn")
        }
        StoredEvent::Identified => text!("turn-identified"),
    }
}

/// Formats an answer with its severity. If the call has several people, the patient is named too.
pub(crate) fn kept(answer: &ShownAnswer, several: bool) -> String {
    let item = answer.item.code();
    let what = match answer.hersys_id.as_ref().filter(|_| several) {
        Some(id) => text!("answer-of", item = item, id = id.expose()),
        None => item.to_owned(),
    };
    let value = match answer.answer {
        None => text!("answer-taken-back"),
        Some(answer) => {
            Some(answer.exported()).filter(|text| !text.is_empty()).unwrap_or_else(|| text!("answer-not-measured"))
        }
    };
    let severity = match answer.severity {
        Severity::None => String::new(),
        severity => format!(" ({})", severity.code()),
    };
    let late = if answer.late { format!(" [{}]", text!("answer-late")) } else { String::new() };
    format!("{what}: {value}{severity}{late}")
}

/// Formats a moment's time of day.
pub(super) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%H:%M:%S").to_string()
}

pub(super) fn as_json(shown_call: &ShownCall, zone: &TimeZone, reveal: bool) -> Value {
    let mut value = call_json(&shown_call.call, zone);
    let legs = shown_call.legs.iter().map(|leg| {
        json!({
            "direction": leg.direction.code(),
            "carrier": leg.carrier,
            "carrier_leg_id": leg.carrier_leg_id,
            "far_number": leg.far_number.as_ref().map(|far| number(far, reveal)),
            "near_number": leg.near_number.as_ref().map(|near| number(near, reveal)),
            "started_at": rfc3339(leg.started_at, zone),
            "ended_at": leg.ended_at.map(|at| rfc3339(at, zone)),
            "hangup_cause": leg.hangup_cause.map(HangupCause::code),
            "statuses": leg.statuses.iter().map(|(status, at)| json!({
                "status": status,
                "at": rfc3339(*at, zone),
            })).collect::<Vec<_>>(),
        })
    });
    let more = [
        ("hersys_ids", shown_call.people.iter().map(|person| person.hersys_id.expose()).collect::<Vec<_>>().into()),
        (
            "people",
            shown_call
                .people
                .iter()
                .map(|person| {
                    json!({
                        "hersys_id": person.hersys_id.expose(),
                        "caller_number": person.other_number.map_or("registered", CallerNumber::code),
                    })
                })
                .collect::<Vec<_>>()
                .into(),
        ),
        ("reports", shown_call.reports.iter().map(report_json).collect::<Vec<_>>().into()),
        ("attempt", shown_call.attempt.as_ref().map(|attempt| attempts::as_json(attempt, zone, reveal)).into()),
        ("legs", legs.collect::<Vec<_>>().into()),
        ("turns", shown_call.turns.iter().map(|turn| turn_json(turn, zone)).collect::<Vec<_>>().into()),
    ];
    if let Value::Object(fields) = &mut value {
        fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
    }
    value
}

fn report_json(report: &ShownReport) -> Value {
    json!({
        "hersys_id": report.hersys_id.expose(),
        "report_date": report.report_date.to_string(),
        "slot_time": (!report.slot_time.is_empty()).then_some(&report.slot_time),
        "channel": report.channel.code(),
        "standing": report.standing.code(),
        "version": report.version.number,
        "versions": report.version.of,
        "outcome": report.outcome.code(),
        "stopped_after": report.stopped_after.map(Item::code),
    })
}

fn turn_json(turn: &ShownTurn, zone: &TimeZone) -> Value {
    let event = match &turn.event {
        StoredEvent::Began(_) => json!({ "began": true }),
        StoredEvent::Keyed(keys) => json!({ "keyed": keys }),
        StoredEvent::Transfer(outcome) => json!({ "transfer": outcome }),
        StoredEvent::HungUp(cause) => json!({ "hung_up": cause.code() }),
        StoredEvent::HungUpInTransfer(cause, outcome) => json!({ "hung_up": cause.code(), "transfer": outcome }),
        StoredEvent::Withdrawn => json!("withdrawn"),
        StoredEvent::WithdrawnAfterTransfer(outcome) => json!({ "withdrawn": true, "transfer": outcome }),
        StoredEvent::Identified => json!({ "identified": true }),
    };
    let then = turn.then.as_ref().map(|then| match then {
        NextAction::Gather { .. } => "gather",
        NextAction::Transfer { .. } => "transfer",
        NextAction::HangUp => "hang_up",
    });
    json!({
        "turn": turn.turn,
        "at": rfc3339(turn.at, zone),
        "event": event,
        "answers": turn.answers.iter().map(|answer| json!({
            "hersys_id": answer.hersys_id.as_ref().map(HersysId::expose),
            "item": answer.item.code(),
            "answer": answer.answer.map(crate::domain::Answer::exported),
            "severity": answer.severity.code(),
            "late": answer.late,
        })).collect::<Vec<_>>(),
        "said": turn.said.iter().map(|(language, text)| json!({
            "language": language.tag(),
            "text": text,
        })).collect::<Vec<_>>(),
        "then": then,
    })
}
