//! `kenkocall calls`: what calls there were, one of them as it was spoken, and what staff do about single ones.

pub(super) mod attempts;
mod manual;
pub(super) mod transcript;

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::json;

use super::arguments::{Form, Reveal, found, hersys_id, lasted, moment, rfc3339, shown, table};
use super::exit::usage;
use crate::domain::{CallId, Disposition};
use crate::service::{Clerk, list_calls, show_call};
use crate::store::attempts::AttemptFilter;
use crate::store::calls::{CallFilter, CallRow};

#[derive(Debug, Subcommand)]
pub(super) enum Calls {
    /// List calls, the latest first.
    List {
        /// Begun on this day or later: 2026-11-23, 2026-11-23 09:00 or RFC 3339.
        #[arg(long, value_name = "DATE|TIME")]
        since: Option<String>,
        /// Only calls that haven't ended.
        #[arg(long)]
        open: bool,
        /// Only calls to this patient, and those in which anyone keyed this HER-SYS ID. It is recorded who
        /// looked.
        #[arg(long)]
        hersys_id: Option<String>,
        /// Only automated calls that stand so (intended, placed, answered, unknown, ended) or ended so (reported,
        /// dropped, not_now, reached, voicemail, busy, no_answer, failed, wrong_number, withdrawn, not_placed).
        #[arg(long, conflicts_with_all = ["open", "hersys_id"])]
        state: Option<String>,
        /// The most calls listed.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
        #[command(flatten)]
        reveal: Reveal,
        #[command(flatten)]
        form: Form,
    },
    /// Show a call: what it was placed for, what was said, keyed and kept. It is noted who looked.
    Show {
        /// The call's id, as `calls list` shows it.
        call: String,
        #[command(flatten)]
        reveal: Reveal,
        #[command(flatten)]
        form: Form,
    },
    /// Have a patient called now, within calling hours, whether or not today's report exists.
    Now {
        /// The patient's HER-SYS ID.
        hersys_id: String,
        #[command(flatten)]
        form: Form,
    },
    /// Say what became of a call of unknown outcome (`calls list --state unknown`). Nobody is called again for its slot
    /// before that is known.
    Resolve {
        /// The call's id.
        call: String,
        /// What you found out, from the carrier's own log of calls or from the patient.
        found: manual::Found,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(clerk: &Clerk, zone: &TimeZone, command: Calls) -> anyhow::Result<()> {
    match command {
        Calls::List { since, state: Some(state), limit, reveal, form, .. } => {
            let wanted = attempts::wanted(&state)?;
            let since = since.map(|text| moment(&text, clerk, zone)).transpose()?;
            let filter = AttemptFilter { since, limit, ..AttemptFilter::default() };
            attempts::list(clerk, zone, wanted, filter, reveal, form).await
        }
        // Without --state no number is shown.
        Calls::List { since, open, hersys_id: id, state: None, limit, form, reveal: _ } => {
            let filter = CallFilter {
                since: since.map(|text| moment(&text, clerk, zone)).transpose()?,
                open_only: open,
                hersys_id: id.map(|text| hersys_id(&text)).transpose()?,
                limit,
            };
            let found = found(list_calls(clerk, &filter).await?);
            let head = ["call", "began", "line", "lasted", "verdict"];
            let mut lines = vec![head.map(str::to_owned).to_vec()];
            lines.extend(found.iter().map(|call| line(call, zone)));
            let text = if found.is_empty() { "no calls\n".to_owned() } else { table(&lines) };
            let value = found.iter().map(|call| call_json(call, zone)).collect::<Vec<_>>().into();
            form.tell(clerk, &text, value).await
        }
        Calls::Show { call, reveal, form } => {
            let shown = found(show_call(clerk, call_id(&call)?, reveal.details()).await?);
            let text = transcript::as_text(&shown, zone, reveal.reveal);
            form.tell(clerk, &text, transcript::as_json(&shown, zone, reveal.reveal)).await
        }
        Calls::Now { hersys_id: id, form } => manual::now(clerk, zone, &hersys_id(&id)?, form).await,
        Calls::Resolve { call, found, form } => manual::resolve(clerk, zone, call_id(&call)?, found, form).await,
    }
}

fn call_id(text: &str) -> anyhow::Result<CallId> {
    text.trim().parse().map_err(|_| {
        usage("a call's id looks like 0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04; `kenkocall calls list` shows them")
    })
}

fn line(call: &CallRow, zone: &TimeZone) -> Vec<String> {
    let ended = call.ended_at.map_or_else(|| "-".to_owned(), |ended| lasted(ended.duration_since(call.started_at)));
    let verdict = call.disposition.map_or("open", Disposition::code);
    vec![call.id.to_string(), shown(call.started_at, zone), call.line.code().to_owned(), ended, verdict.to_owned()]
}

fn call_json(call: &CallRow, zone: &TimeZone) -> serde_json::Value {
    json!({
        "id": call.id.to_string(),
        "line": call.line.code(),
        "started_at": rfc3339(call.started_at, zone),
        "ended_at": call.ended_at.map(|at| rfc3339(at, zone)),
        "disposition": call.disposition.map(Disposition::code),
    })
}
