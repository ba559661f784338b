//! `kenkocall patients show`: shows a patient to authorized staff.

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::commands::arguments::{Form, from_number, from_other_number, number, number_json, rfc3339, shown, table};
use crate::commands::calls::attempts::{slot_json, slot_stands};
use crate::commands::calls::report_notes::report_notes;
use crate::commands::language::{self, text};
use crate::domain::{
    CallerNumber, Item, Language, Oximeter, ReportOutcome, Severity, SlotOrigin, SlotState, Withdrawal,
};
use crate::service::{
    AnswerView, CallSummary, Changed, Client, Doubt, PatientView, ReportView, ShownPatient, ShownSlot, UnconfirmedStop,
};
use crate::translations::{Message, message};

pub(super) async fn run(client: &Client, patient: &ShownPatient, reveal: bool, form: Form) -> anyhow::Result<()> {
    form.tell(client, &text_of(patient, reveal), json_of(patient, reveal)).await
}

/// Formats the result of a command as JSON. `word` is the result if something was changed.
pub(super) fn changed_json(changed: &Changed, word: &str) -> Value {
    let row = &changed.patient;
    json!({
        "result": if changed.changed { word } else { "nothing_to_change" },
        "hersys_id": row.hersys_id.expose(),
        "id": row.id.to_string(),
        "revision": row.revision.number(),
        "automated_call": row.automated_call,
        "not_called": changed.patient.not_called.map(Withdrawal::code),
        "stopped_at": row.stopped_at.map(|at| rfc3339(at, &changed.zone)),
        "released_at": row.released_at.map(|at| rfc3339(at, &changed.zone)),
        "doubt": changed.doubt.map(Doubt::code),
    })
}

/// Describes whether and when the patient is called, as a sentence.
pub(super) fn calling(changed: &Changed) -> String {
    calling_of(&changed.patient, &changed.zone, false)
}

/// Describes whether a patient is called, in a word or two.
pub(super) fn stands(row: &PatientView) -> &'static str {
    match row.not_called {
        None => "called",
        Some(why) => why.code(),
    }
}

fn calling_of(row: &PatientView, zone: &TimeZone, reveal: bool) -> String {
    let id = row.hersys_id.expose();
    let number = row.phone_number.as_ref().map(|full| number(full, reveal)).unwrap_or_default();
    let since = |at: Option<jiff::Timestamp>| at.map(|at| shown(at, zone)).unwrap_or_default();
    match row.not_called {
        None => {
            let times = if row.call_times.is_empty() { text!("calling-centre-times") } else { row.call_times.clone() };
            text!("calling", number = number, times = times)
        }
        Some(Withdrawal::Released) => text!("calling-released", at = since(row.released_at)),
        Some(Withdrawal::Stopped) => text!("calling-stopped", at = since(row.stopped_at)),
        Some(Withdrawal::StopRequested) => {
            text!("calling-stop-requested", at = since(row.stop_requested_at), id = id)
        }
        Some(Withdrawal::WrongNumber) => text!("calling-wrong-number", number = number, id = id),
        Some(Withdrawal::NumberNotAllowed) => text!("calling-number-not-allowed"),
        Some(
            Withdrawal::SwitchedOff
            | Withdrawal::Reported
            | Withdrawal::TimesChanged
            | Withdrawal::NumberChanged
            | Withdrawal::Superseded,
        ) => text!("calling-off"),
    }
}

fn text_of(view: &ShownPatient, reveal: bool) -> String {
    let row = &view.patient;
    let date = |date: Option<jiff::civil::Date>| date.map_or_else(|| "-".to_owned(), |date| date.to_string());
    let number = row.phone_number.as_ref().map_or_else(|| "-".to_owned(), |full| number(full, reveal));
    let facts = [
        (text!("head-hersys-id"), row.hersys_id.expose().to_owned()),
        (text!("head-name"), format!("{} {}", row.family_name.expose(), row.given_name.expose())),
        (text!("head-birth-date"), row.birth_date.expose().to_string()),
        (text!("head-health-centre"), format!("{} {}", row.centre, view.centre_name)),
        (text!("head-phone-number"), number),
        (text!("head-calls"), calling_of(row, &view.zone, reveal)),
        (text!("head-next-slot"), row.next_slot_at.map_or_else(|| "-".to_owned(), |at| shown(at, &view.zone))),
        (text!("head-language"), format!("{} ({})", row.language.own_name(), row.language)),
        (text!("head-oximeter"), oximeter(view)),
        (text!("head-diagnosed"), date(row.diagnosis_date)),
        (text!("head-observed-from"), date(row.monitoring_start)),
        (text!("head-registered"), shown(row.created_at, &view.zone)),
        (text!("head-revision"), row.revision.to_string()),
        (text!("head-today"), today(view).text(language::current())),
    ];
    let mut lines = facts.map(|(name, value)| vec![name, value]).to_vec();
    let unconfirmed = |alert| vec![text!("head-stop-asked-for"), unconfirmed(alert, view)];
    lines.extend(view.stops_unconfirmed.iter().map(unconfirmed));
    let mut text = table(&lines);
    if !view.slots.is_empty() {
        text.push_str(&format!("\n{}\n", text!("patient-slots")));
        text.push_str(&table(&view.slots.iter().map(|slot| slot_line(slot, view)).collect::<Vec<_>>()));
    }
    if !view.reports.is_empty() {
        text.push_str(&format!("\n{}\n", text!("patient-reports")));
        text.push_str(&table(&view.reports.iter().map(|report| report_line(report, &view.zone)).collect::<Vec<_>>()));
        let late: Vec<Vec<String>> = view.reports.iter().filter_map(late_line).collect();
        if !late.is_empty() {
            text.push_str(&format!("\n{}\n", text!("patient-late-answers")));
            text.push_str(&table(&late));
        }
    }
    if !view.calls.is_empty() {
        text.push_str(&format!("\n{}\n", text!("patient-calls")));
        let line = |call: &CallSummary| {
            let verdict = call.disposition.map_or("open", crate::domain::Disposition::code);
            vec![
                format!("  {}", call.id),
                shown(call.started_at, &view.zone),
                call.line.code().to_owned(),
                verdict.to_owned(),
            ]
        };
        text.push_str(&table(&view.calls.iter().map(line).collect::<Vec<_>>()));
    }
    text
}

/// Describes whether the patient has an oximeter.
fn oximeter(view: &ShownPatient) -> String {
    match view.patient.oximeter {
        Oximeter::Yes => text!("oximeter-yes"),
        Oximeter::Unknown => text!("oximeter-unknown"),
        Oximeter::No => {
            text!("oximeter-no", date = view.spo2_again_on.map(|day| day.to_string()).unwrap_or_default())
        }
    }
}

/// Describes a request to stop calls from an unidentified caller.
fn unconfirmed(alert: &UnconfirmedStop, view: &ShownPatient) -> String {
    let id = view.patient.hersys_id.expose();
    let at = shown(alert.raised_at, &view.zone);
    match alert.call {
        Some(call) => text!("patient-stop-unconfirmed-in-call", at = at, call = call.to_string(), id = id),
        None => text!("patient-stop-unconfirmed", at = at, id = id),
    }
}

fn slot_line(slot: &ShownSlot, view: &ShownPatient) -> Vec<String> {
    let whose = if slot.origin == SlotOrigin::Staff { text!("slot-of-staff") } else { String::new() };
    let next = match slot.state {
        SlotState::Waiting if view.patient.not_called.is_some() => text!("slot-held-back"),
        SlotState::Waiting => text!("slot-next-call", at = shown(slot.due_at, &view.zone)),
        SlotState::Calling | SlotState::Ended(_) => String::new(),
    };
    let calls = text!("slot-calls", count = slot.attempts);
    vec![format!("  {}", slot.time), slot_stands(slot.state), calls, next, whose]
}

/// Describes the state of today's report.
fn today(view: &ShownPatient) -> Message {
    let mut of_today = view.reports.iter().filter(|shown| shown.report_date == view.today);
    let all: Vec<&ReportView> = of_today.by_ref().collect();
    let finished = all.iter().find(|shown| shown.outcome == ReportOutcome::Reported);
    match (finished, all.first()) {
        (Some(report), _) => {
            let (channel, severity) = (report.channel.code(), severity(report).code());
            let reported = match report.caller_number.and_then(from_number) {
                Some(from) => message!("today-reported-from", channel = channel, from = from, severity = severity),
                None => message!("today-reported", channel = channel, severity = severity),
            };
            let reported = match report.stopped_after {
                Some(item) => message!("today-stopped", reported = reported, item = item.code()),
                None => reported,
            };
            match report.late.is_empty() {
                true => reported,
                false => message!("today-late-answers", reported = reported),
            }
        }
        (None, Some(report)) => {
            let (answers, severity) = (report.answers.len(), severity(report).code());
            match report.caller_number.and_then(from_number) {
                Some(from) => {
                    message!("today-unfinished-from", answers = answers, from = from, severity = severity)
                }
                None => message!("today-unfinished", answers = answers, severity = severity),
            }
        }
        (None, None) => message!("today-no-report"),
    }
}

fn severity(report: &ReportView) -> Severity {
    report.answers.iter().map(|answer| answer.severity).max().unwrap_or_default()
}

fn report_line(shown_report: &ReportView, zone: &TimeZone) -> Vec<String> {
    let report = shown_report;
    let answers: Vec<String> = shown_report
        .answers
        .iter()
        .filter(|answer| answer.severity > Severity::None || answer.item <= Item::Spo2)
        .filter_map(|answer| {
            let value = answer.answer?.exported();
            let value = if value.is_empty() { text!("answer-not-measured") } else { value };
            Some(format!("{} {value}", answer.item.code()))
        })
        .collect();
    vec![
        format!("  {} {}", report.report_date, report.slot_time).trim_end().to_owned(),
        report.channel.code().to_owned(),
        report.outcome.code().to_owned(),
        severity(shown_report).code().to_owned(),
        shown(report.started_at, zone),
        report_notes(report.version, report.standing, report.stopped_after)
            .chain(report.caller_number.and_then(from_other_number))
            .chain([answers.join(", ")].into_iter().filter(|answers| !answers.is_empty()))
            .collect::<Vec<_>>()
            .join(": "),
    ]
}

/// Formats all answers that came after a report was finished.
fn late_line(shown_report: &ReportView) -> Option<Vec<String>> {
    if shown_report.late.is_empty() {
        return None;
    }
    let value = |answer: &AnswerView| {
        let value = answer.answer?.exported();
        let severity =
            if answer.severity > Severity::None { format!(" ({})", answer.severity.code()) } else { String::new() };
        let value = if value.is_empty() { text!("answer-not-measured") } else { value };
        Some(format!("{} {value}{severity}", answer.item.code()))
    };
    let answers: Vec<String> = shown_report.late.iter().filter_map(value).collect();
    Some(vec![format!("  {}", shown_report.report_date), answers.join(", ")])
}

fn json_of(view: &ShownPatient, reveal: bool) -> Value {
    let row = &view.patient;
    let zone = &view.zone;
    let time = |at: Option<jiff::Timestamp>| at.map(|at| rfc3339(at, zone));
    json!({
        "hersys_id": row.hersys_id.expose(),
        "id": row.id.to_string(),
        "revision": row.revision.number(),
        "centre": row.centre.as_str(),
        "birth_date": row.birth_date.expose().to_string(),
        "family_name": row.family_name.expose(),
        "given_name": row.given_name.expose(),
        "phone_number": row.phone_number.as_ref().map(|number| number_json(number, reveal)),
        "automated_call": row.automated_call,
        "call_times": row.call_times,
        "language": row.language.tag(),
        "oximeter": row.oximeter.code(),
        "spo2_asked_again_on": view.spo2_again_on.map(|date| date.to_string()),
        "diagnosis_date": row.diagnosis_date.map(|date| date.to_string()),
        "monitoring_start": row.monitoring_start.map(|date| date.to_string()),
        "stopped_at": time(row.stopped_at),
        "released_at": time(row.released_at),
        "not_called": view.patient.not_called.map(Withdrawal::code),
        "stop_requested_at": time(row.stop_requested_at),
        "stops_unconfirmed": view.stops_unconfirmed.iter().map(|alert| json!({
            "alert": alert.alert.to_string(),
            "call": alert.call.map(|call| call.to_string()),
            "raised_at": rfc3339(alert.raised_at, zone),
        })).collect::<Vec<_>>(),
        "wrong_number": view.patient.not_called == Some(Withdrawal::WrongNumber),
        "next_slot_at": time(row.next_slot_at),
        "slots_today": view.slots.iter().map(|slot| slot_json(slot, zone)).collect::<Vec<_>>(),
        "today": today(view).text(Language::English),
        "reports": view.reports.iter().map(|report| report_json(report, zone)).collect::<Vec<_>>(),
        "calls": view.calls.iter().map(|call| json!({
            "id": call.id.to_string(),
            "line": call.line.code(),
            "started_at": rfc3339(call.started_at, zone),
            "ended_at": time(call.ended_at),
            "disposition": call.disposition.map(crate::domain::Disposition::code),
        })).collect::<Vec<_>>(),
    })
}

fn report_json(shown_report: &ReportView, zone: &TimeZone) -> Value {
    let report = shown_report;
    let written = |answers: &[AnswerView]| -> Map<String, Value> {
        let value = |answer: &AnswerView| {
            let value = answer.answer?.exported();
            Some((answer.item.code().to_owned(), value.into()))
        };
        answers.iter().filter_map(value).collect()
    };
    json!({
        "report_date": report.report_date.to_string(),
        "slot_time": (!report.slot_time.is_empty()).then_some(&report.slot_time),
        "channel": report.channel.code(),
        "standing": report.standing.code(),
        "version": report.version.number,
        "versions": report.version.of,
        "outcome": report.outcome.code(),
        "stopped_after": report.stopped_after.map(Item::code),
        "severity": severity(shown_report).code(),
        "caller_number": report.caller_number.map(CallerNumber::code),
        "started_at": rfc3339(report.started_at, zone),
        "ended_at": report.ended_at.map(|at| rfc3339(at, zone)),
        "answers": written(&shown_report.answers),
        "late_answers": written(&shown_report.late),
    })
}
