//! `kenkocall dialer`: whether automated calls are placed, paused and let go on, on all nodes at once.

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::desk::{moment, rfc3339, say, say_json, shown};
use crate::service::{Clerk, DialerState, Hold, dialer_state, pause_dialling, resume_dialling};

#[derive(Debug, Subcommand)]
pub(super) enum Dialer {
    /// Whether automated calls are placed, and what waits.
    Show {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Place no automated call from now on; calls under way go on. Do it before `kenkocall serve` when a backup was
    /// restored: calls that were made since aren't in it. Paused again, it has a new reason and a new end.
    Pause {
        /// Why, in a few words. Everybody at the desk reads it: name no patient.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// When it ends by itself: "2026-12-01 05:00" in health_call.time_zone, or RFC 3339. Without it, it lasts until
        /// `dialer resume`.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Place automated calls again, within the windows that haven't ended.
    Resume,
}

pub(super) async fn run(clerk: &Clerk, zone: &TimeZone, command: Dialer) -> anyhow::Result<()> {
    match command {
        Dialer::Show { json: true } => say_json(&as_json(&dialer_state(clerk).await?, zone)),
        Dialer::Show { json: false } => say(&as_text(&dialer_state(clerk).await?, zone)),
        Dialer::Pause { reason, until } => {
            let until = until.map(|text| moment(&text, zone)).transpose()?;
            let state = pause_dialling(clerk, &reason, until).await?;
            let rest = "calls under way go on; a slot whose window ends meanwhile is missed and stands on the list\n";
            say(&format!("{}{rest}", as_text(&state, zone)))
        }
        Dialer::Resume => {
            let (state, ended) = resume_dialling(clerk).await?;
            let before = if ended { "the pause has ended" } else { "nothing to change: dialling wasn't paused" };
            say(&format!("{before}\n{}", as_text(&state, zone)))
        }
    }
}

/// Why nothing is dialled, as a sentence without its full stop.
pub(super) fn held(hold: &Hold, zone: &TimeZone) -> String {
    match hold {
        Hold::Paused(pause) => {
            let until = pause.until.map_or_else(|| "until `kenkocall dialer resume`".to_owned(), |at| until(at, zone));
            format!("dialling is paused {until}: {}", pause.reason)
        }
        Hold::Maintenance(Some(end)) => format!("nothing is dialled during the maintenance, {}", until(*end, zone)),
        Hold::Maintenance(None) => {
            "nothing is dialled during the maintenance, until `kenkocall maintenance end`".to_owned()
        }
    }
}

fn until(at: jiff::Timestamp, zone: &TimeZone) -> String {
    format!("until {}", shown(at, zone))
}

fn as_text(state: &DialerState, zone: &TimeZone) -> String {
    let first = state.hold.as_ref().map_or_else(|| "calls are placed".to_owned(), |hold| held(hold, zone));
    let mut text = format!("{first}\nslots due {}, calls under way {}\n", state.due, state.under_way);
    for (centre, at) in &state.limited {
        let at = shown(*at, zone);
        text.push_str(&format!(
            "{centre}: the day's limit is reached since {at}; nobody more of its patients is called\n"
        ));
    }
    if state.unknown > 0 {
        let unknown = state.unknown;
        text.push_str(&format!("calls of unknown outcome {unknown}: `kenkocall calls list --state unknown`\n"));
    }
    text
}

fn as_json(state: &DialerState, zone: &TimeZone) -> Value {
    let hold = state.hold.as_ref().map(|hold| match hold {
        Hold::Paused(pause) => {
            json!({ "why": "paused", "reason": pause.reason, "until": pause.until.map(|at| rfc3339(at, zone)) })
        }
        Hold::Maintenance(until) => {
            json!({ "why": "maintenance", "reason": null, "until": until.map(|at| rfc3339(at, zone)) })
        }
    });
    let limited: Vec<Value> = (state.limited.iter())
        .map(|(centre, at)| json!({ "centre": centre.as_str(), "since": rfc3339(*at, zone) }))
        .collect();
    json!({
        "hold": hold, "due": state.due, "under_way": state.under_way, "unknown": state.unknown, "limited": limited,
    })
}
