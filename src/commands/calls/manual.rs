//! `kenkocall calls now` and `calls resolve`: staff request or resolve a single automated call.

use clap::ValueEnum;
use jiff::tz::TimeZone;
use serde_json::json;

use super::attempts::{slot_json, slot_stands, time_of};
use crate::commands::arguments::{Form, rfc3339, shown};
use crate::commands::dialer::held;
use crate::commands::language::text;
use crate::domain::{AttemptOutcome, CallId, HersysId, Language, SlotState, Withdrawal};
use crate::service::{Client, Resolution, Resolved, call_now, resolve_call};

/// What staff found out about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum Found {
    /// The carrier never had the call: the patient may be called again within the slot's window.
    NotPlaced,
    /// The phone rang, and nobody answered.
    NoAnswer,
    /// Someone answered the call.
    Answered,
    /// Not known yet: look the call up again now.
    LookAgain,
}

impl From<Found> for Resolution {
    fn from(found: Found) -> Self {
        match found {
            Found::NotPlaced => Self::NotPlaced,
            Found::NoAnswer => Self::NoAnswer,
            Found::Answered => Self::Answered,
            Found::LookAgain => Self::LookAgain,
        }
    }
}

pub(super) async fn now(client: &Client, zone: &TimeZone, id: &HersysId, form: Form) -> anyhow::Result<()> {
    let asked = call_now(&client.context, &client.actor, id).await?;
    let until = shown(asked.slot.window_end, &asked.zone);
    let id = id.expose();
    let when = match &asked.hold {
        None => text!("now-at-once", id = id),
        Some(hold) => text!("now-held", id = id, why = held(hold, zone)),
    };
    let text = format!("{when}\n{}\n{}\n", text!("now-until", until = until), text!("now-show", id = id));
    let value = json!({
        "result": "asked_for",
        "hersys_id": id,
        "held": asked.hold.as_ref().map(|hold| held(hold, zone).text(Language::English)),
        "until": rfc3339(asked.slot.window_end, &asked.zone),
        "slot": slot_json(&asked.slot, &asked.zone),
    });
    form.tell(client, &text, value).await
}

pub(super) async fn resolve(
    client: &Client,
    zone: &TimeZone,
    call: CallId,
    found: Found,
    form: Form,
) -> anyhow::Result<()> {
    let resolved = resolve_call(&client.context, &client.actor, call, found.into()).await?;
    let Resolved { attempt, slot } = &resolved;
    let value = json!({
        "result": if attempt.outcome.is_some() { "resolved" } else { "looked_for_again" },
        "call": attempt.call.to_string(),
        "outcome": attempt.outcome.map(AttemptOutcome::code),
        "withdrawal": attempt.withdrawal.map(Withdrawal::code),
        "slot": slot_json(slot, zone),
    });
    form.tell(client, &sentence(&resolved, zone), value).await
}

fn sentence(resolved: &Resolved, zone: &TimeZone) -> String {
    let Resolved { attempt, slot } = resolved;
    let call = attempt.call;
    let Some(outcome) = attempt.outcome else {
        return format!("{}\n", text!("resolve-looked-for", call = call.to_string()));
    };
    let counts_as = match (outcome, attempt.withdrawal) {
        (AttemptOutcome::Withdrawn, Some(why)) => format!("{} ({})", outcome.code(), why.code()),
        (outcome, _) => outcome.code().to_owned(),
    };
    let slot_text = match slot.state {
        SlotState::Waiting => text!("resolved-slot-waits", slot = time_of(slot), at = shown(slot.due_at, zone)),
        state => text!("resolved-slot", slot = time_of(slot), state = slot_stands(state)),
    };
    format!("{}\n{slot_text}\n", text!("resolved", call = call.to_string(), outcome = counts_as))
}
