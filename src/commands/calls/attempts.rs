//! Automated calls as attempts: lists them by state or outcome, and shows the slot of one attempt.

use std::fmt::Write;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::next_page;
use super::transcript::clock;
use crate::commands::arguments::{Form, Reveal, found, number, rfc3339, shown, table};
use crate::commands::exit::usage;
use crate::commands::language::text;
use crate::domain::{AttemptOutcome, AttemptState, SlotOrigin, SlotState, Withdrawal};
use crate::service::{AttemptQuery, AttemptStage, AttemptSummary, Client, ShownAttempt, ShownSlot, list_attempts};

/// Parses the code of a state or an outcome.
pub(super) fn stage(text: &str) -> anyhow::Result<AttemptStage> {
    let word = text.trim().to_ascii_lowercase().replace('-', "_");
    let state = AttemptState::from_code(&word).map(AttemptStage::State);
    let Some(stage) = state.or_else(|| AttemptOutcome::from_code(&word).map(AttemptStage::Outcome)) else {
        let states: Vec<&str> = AttemptState::ALL.iter().map(|state| state.code()).collect();
        let outcomes: Vec<&str> = AttemptOutcome::ALL.iter().map(|outcome| outcome.code()).collect();
        return Err(usage(text!("calls-states", states = states.join(", "), outcomes = outcomes.join(", "))));
    };
    Ok(stage)
}

/// Lists attempts.
pub(super) async fn list(
    client: &Client,
    zone: &TimeZone,
    query: AttemptQuery,
    reveal: Reveal,
    form: Form,
) -> anyhow::Result<()> {
    let page = found(list_attempts(&client.context, &client.actor, &query, reveal.details()).await?);
    let (reveal, listed_calls) = (reveal.reveal, &page.items);
    let mut text = match query.stage {
        _ if listed_calls.is_empty() => format!("{}\n", text!("calls-none")),
        AttemptStage::State(AttemptState::Unknown) => unknown_table(listed_calls, zone, reveal),
        AttemptStage::State(_) | AttemptStage::Outcome(_) => attempt_table(listed_calls, zone, reveal),
    };
    text.push_str(&next_page(&page, |(attempt, _)| attempt.call));
    let value = listed_calls.iter().map(|(attempt, slot)| listed(attempt, slot, zone, reveal)).collect::<Vec<_>>();
    form.tell(client, &text, value.into()).await
}

fn attempt_table(found: &[(AttemptSummary, ShownSlot)], zone: &TimeZone, reveal: bool) -> String {
    let mut lines = vec![vec![
        text!("head-call"),
        text!("head-intended"),
        text!("head-stands"),
        text!("head-attempt"),
        text!("head-slot"),
        text!("head-number"),
        text!("head-not-wanted"),
    ]];
    lines.extend(found.iter().map(|(attempt, slot)| {
        vec![
            attempt.call.to_string(),
            shown(attempt.intended_at, zone),
            stands(attempt).to_owned(),
            attempt.number.to_string(),
            time_of(slot),
            number(&attempt.phone_number, reveal),
            attempt.withdrawal.map_or("-", Withdrawal::code).to_owned(),
        ]
    }));
    table(&lines)
}

/// Formats the list of calls with unknown outcome: what is known of each, and what staff can do.
fn unknown_table(found: &[(AttemptSummary, ShownSlot)], zone: &TimeZone, reveal: bool) -> String {
    let mut lines = vec![vec![
        text!("head-call"),
        text!("head-unknown-since"),
        text!("head-attempt"),
        text!("head-slot"),
        text!("head-number"),
        text!("head-found-nothing"),
        text!("head-inconclusive"),
        text!("head-next-look"),
        text!("head-staff-asked"),
    ]];
    lines.extend(found.iter().map(|(attempt, slot)| {
        let lookups = &attempt.lookups;
        vec![
            attempt.call.to_string(),
            shown(attempt.moved_at, zone),
            attempt.number.to_string(),
            time_of(slot),
            number(&attempt.phone_number, reveal),
            lookups.found_nothing.to_string(),
            lookups.inconclusive.to_string(),
            lookups.next_at.map_or_else(|| "-".to_owned(), |at| clock(at, zone)),
            if lookups.staff_asked_at.is_some() { text!("yes") } else { text!("no") },
        ]
    }));
    format!("{}\n{}\n", table(&lines), text!("unknown-todo-slots"))
}

/// Returns the outcome, or the state if there is no outcome yet.
fn stands(attempt: &AttemptSummary) -> &'static str {
    attempt.outcome.map_or(attempt.state.code(), AttemptOutcome::code)
}

/// Formats a slot's day and time.
pub(super) fn time_of(slot: &ShownSlot) -> String {
    format!("{} {}", slot.date, slot.time)
}

/// Formats a slot's state with its reason.
pub(in crate::commands) fn slot_stands(state: SlotState) -> String {
    match state.reason() {
        Some(reason) => format!("{} ({reason})", state.code()),
        None => state.code().to_owned(),
    }
}

/// Formats an attempt and its slot in lines.
pub(super) fn as_text(view: &ShownAttempt, zone: &TimeZone) -> String {
    let (attempt, slot) = (&view.attempt, &view.slot);
    let (number, time, state) = (attempt.number.to_string(), time_of(slot), stands(attempt));
    let begun = clock(attempt.intended_at, zone);
    let what = match slot.origin {
        SlotOrigin::Schedule => text!("attempt-of-slot", number = number, slot = time, state = state),
        SlotOrigin::Staff => text!("attempt-of-staff", number = number, slot = time, state = state),
    };
    let when = match attempt.ended_at {
        Some(ended) => text!("attempt-ended", begun = begun, ended = clock(ended, zone)),
        None => text!("attempt-so-since", begun = begun, since = clock(attempt.moved_at, zone)),
    };
    let mut lines = vec![what, format!("  {when}")];
    if let Some(why) = attempt.withdrawal {
        lines.push(format!("  {}", text!("attempt-not-wanted", why = why.code())));
    }
    if attempt.state == AttemptState::Unknown {
        lines.extend(doubt(attempt, zone));
    }
    lines.push(text!("attempt-slot", state = slot_stands(slot.state)));
    if view.all.len() > 1 {
        lines.extend(view.all.iter().map(|other| {
            let call = if other.call == attempt.call { text!("attempt-this-call") } else { other.call.to_string() };
            format!("  {}  {}  {}  {call}", other.number, clock(other.intended_at, zone), stands(other))
        }));
    }
    lines.iter().fold(String::new(), |mut text, line| {
        // Writing to a String can't fail.
        let _written = writeln!(text, "{line}");
        text
    })
}

/// Describes a call with unknown outcome: what is known, and what staff can do.
fn doubt(attempt: &AttemptSummary, zone: &TimeZone) -> Vec<String> {
    let lookups = &attempt.lookups;
    let time = |at: Option<jiff::Timestamp>| at.map_or_else(|| text!("not-yet"), |at| shown(at, zone));
    let mut lines = vec![
        text!("unknown-since", at = shown(attempt.moved_at, zone)),
        text!(
            "unknown-lookups",
            nothing = lookups.found_nothing.to_string(),
            inconclusive = lookups.inconclusive.to_string()
        ),
        text!("unknown-looks", last = time(lookups.last_at), next = time(lookups.next_at)),
    ];
    if let Some(at) = lookups.staff_asked_at {
        lines.push(text!("unknown-staff-asked", at = shown(at, zone)));
    }
    let advice = text!("unknown-todo-slot", call = attempt.call.to_string());
    lines.extend(advice.lines().map(str::to_owned));
    lines.iter().map(|line| format!("  {line}")).collect()
}

/// Formats an attempt, its slot and the other attempts of the slot as JSON.
pub(super) fn as_json(view: &ShownAttempt, zone: &TimeZone, reveal: bool) -> Value {
    let mut value = listed(&view.attempt, &view.slot, zone, reveal);
    let others = view.all.iter().map(|other| {
        json!({
            "call": other.call.to_string(),
            "attempt": other.number,
            "state": other.state.code(),
            "outcome": other.outcome.map(AttemptOutcome::code),
            "withdrawal": other.withdrawal.map(Withdrawal::code),
            "intended_at": rfc3339(other.intended_at, zone),
            "ended_at": other.ended_at.map(|at| rfc3339(at, zone)),
        })
    });
    if let Value::Object(fields) = &mut value {
        fields.insert("of_slot".to_owned(), others.collect::<Vec<_>>().into());
    }
    value
}

fn listed(attempt: &AttemptSummary, slot: &ShownSlot, zone: &TimeZone, reveal: bool) -> Value {
    let time = |at: Option<jiff::Timestamp>| at.map(|at| rfc3339(at, zone));
    let lookups = &attempt.lookups;
    let lookups = (attempt.state == AttemptState::Unknown).then(|| {
        json!({
            "found_nothing": lookups.found_nothing,
            "inconclusive": lookups.inconclusive,
            "last_at": time(lookups.last_at),
            "next_at": time(lookups.next_at),
            "staff_asked_at": time(lookups.staff_asked_at),
        })
    });
    json!({
        "call": attempt.call.to_string(),
        "attempt": attempt.number,
        "state": attempt.state.code(),
        "outcome": attempt.outcome.map(AttemptOutcome::code),
        "withdrawal": attempt.withdrawal.map(Withdrawal::code),
        "to": number(&attempt.phone_number, reveal),
        "carrier": attempt.carrier,
        "intended_at": rfc3339(attempt.intended_at, zone),
        "moved_at": rfc3339(attempt.moved_at, zone),
        "ended_at": time(attempt.ended_at),
        "lookups": lookups,
        "slot": slot_json(slot, zone),
    })
}

/// Formats a slot as JSON.
pub(in crate::commands) fn slot_json(slot: &ShownSlot, zone: &TimeZone) -> Value {
    let waits = slot.state == SlotState::Waiting;
    json!({
        "date": slot.date.to_string(),
        "time": slot.time,
        "origin": slot.origin.code(),
        "state": slot.state.code(),
        "reason": slot.state.reason(),
        "attempts": slot.attempts,
        "tries": slot.tries,
        "next_attempt_at": waits.then(|| rfc3339(slot.due_at, zone)),
        "window_end": rfc3339(slot.window_end, zone),
        "ended_at": slot.ended_at.map(|at| rfc3339(at, zone)),
    })
}
