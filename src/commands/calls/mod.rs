//! `kenkocall calls`: lists calls, shows the transcript of a call, and lets staff request and resolve automated calls.

pub(super) mod attempts;
mod manual;
pub(crate) mod report_notes;
pub(crate) mod transcript;

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::json;

use super::arguments::{Form, Reveal, centre_code, found, hersys_id, lasted, moment, rfc3339, shown, table};
use super::exit::usage;
use super::language::text;
use crate::domain::{CallId, Disposition};
use crate::service::{AttemptQuery, CallQuery, CallSummary, CallsOf, Client, Page, Rest, list_calls, show_call};

#[derive(Debug, Subcommand)]
pub(super) enum Calls {
    /// List calls, the latest first.
    List {
        /// Only calls since this time: 2026-11-23, 2026-11-23 09:00 or RFC 3339.
        #[arg(long, value_name = "DATE|TIME")]
        since: Option<String>,
        /// Only calls that haven't ended.
        #[arg(long)]
        open: bool,
        /// Only calls to this patient, and calls in which anyone keyed this HER-SYS ID. The access is recorded.
        #[arg(long)]
        hersys_id: Option<String>,
        /// Only calls with patients of this health centre.
        #[arg(long, value_name = "CODE", conflicts_with = "hersys_id")]
        centre: Option<String>,
        /// Only automated calls in this state (intended, placed, answered, unknown, ended) or with this outcome
        /// (reported, dropped, not_now, reached, voicemail, busy, no_answer, failed, wrong_number, withdrawn,
        /// not_placed).
        #[arg(long, conflicts_with_all = ["open", "hersys_id", "centre"])]
        state: Option<String>,
        /// The maximum number of calls.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
        /// Only calls after this one: the next page.
        #[arg(long, value_name = "CALL")]
        after: Option<String>,
        #[command(flatten)]
        reveal: Reveal,
        #[command(flatten)]
        form: Form,
    },
    /// Show a call: why it was placed, what was said, keyed and stored. The access is recorded.
    Show {
        /// The call's id, as `calls list` shows it.
        call: String,
        #[command(flatten)]
        reveal: Reveal,
        #[command(flatten)]
        form: Form,
    },
    /// Call a patient now, within calling hours, whether or not today's report exists.
    Now {
        /// The patient's HER-SYS ID.
        hersys_id: String,
        #[command(flatten)]
        form: Form,
    },
    /// Enter the result of a call with unknown outcome (`calls list --state unknown`). Nobody is called again for its
    /// slot until the result is known.
    Resolve {
        /// The call's id.
        call: String,
        /// What you found out, from the carrier's own call log or from the patient.
        found: manual::Found,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(client: &Client, zone: &TimeZone, command: Calls) -> anyhow::Result<()> {
    match command {
        Calls::List { since, state: Some(state), limit, after, reveal, form, .. } => {
            let query = AttemptQuery {
                stage: attempts::stage(&state)?,
                since: since.map(|text| moment(&text, client, zone)).transpose()?,
                after: after.map(|text| call_id(&text)).transpose()?,
                limit,
            };
            attempts::list(client, zone, query, reveal, form).await
        }
        // Phone numbers are shown only with --state.
        Calls::List { since, open, hersys_id: id, centre, state: None, limit, after, form, reveal: _ } => {
            let of = match (id, centre) {
                (Some(text), _) => CallsOf::HersysId(hersys_id(&text)?),
                (None, Some(code)) => CallsOf::Centre(centre_code(&code)?),
                (None, None) => CallsOf::Anyone,
            };
            let query = CallQuery {
                since: since.map(|text| moment(&text, client, zone)).transpose()?,
                open_only: open,
                of,
                after: after.map(|text| call_id(&text)).transpose()?,
                limit,
                ..CallQuery::default()
            };
            let page = found(list_calls(&client.context, &client.actor, &query).await?);
            let mut lines = vec![vec![
                text!("head-call"),
                text!("head-began"),
                text!("head-line"),
                text!("head-lasted"),
                text!("head-verdict"),
            ]];
            lines.extend(page.items.iter().map(|call| line(call, zone)));
            let mut text = if page.items.is_empty() { format!("{}\n", text!("calls-none")) } else { table(&lines) };
            text.push_str(&next_page(&page, |call| call.id));
            let value = page.items.iter().map(|call| call_json(call, zone)).collect::<Vec<_>>().into();
            form.tell(client, &text, value).await
        }
        Calls::Show { call, reveal, form } => {
            let shown = found(show_call(&client.context, &client.actor, call_id(&call)?, reveal.details()).await?);
            let text = transcript::as_text(&shown, zone, reveal.reveal);
            form.tell(client, &text, transcript::as_json(&shown, zone, reveal.reveal)).await
        }
        Calls::Now { hersys_id: id, form } => manual::now(client, zone, &hersys_id(&id)?, form).await,
        Calls::Resolve { call, found, form } => manual::resolve(client, zone, call_id(&call)?, found, form).await,
    }
}

/// The line that names the next page. Empty on the last page.
fn next_page<T>(page: &Page<T>, call: impl Fn(&T) -> CallId) -> String {
    match (page.rest, page.items.last()) {
        (Rest::More, Some(last)) => format!("{}\n", text!("calls-more", after = call(last).to_string())),
        (Rest::None, _) | (Rest::More, None) => String::new(),
    }
}

fn call_id(text: &str) -> anyhow::Result<CallId> {
    text.trim().parse().map_err(|_| usage(text!("calls-id")))
}

fn line(call: &CallSummary, zone: &TimeZone) -> Vec<String> {
    let ended = call.ended_at.map_or_else(|| "-".to_owned(), |ended| lasted(ended.duration_since(call.started_at)));
    let verdict = call.disposition.map_or("open", Disposition::code);
    vec![call.id.to_string(), shown(call.started_at, zone), call.line.code().to_owned(), ended, verdict.to_owned()]
}

fn call_json(call: &CallSummary, zone: &TimeZone) -> serde_json::Value {
    json!({
        "id": call.id.to_string(),
        "line": call.line.code(),
        "started_at": rfc3339(call.started_at, zone),
        "ended_at": call.ended_at.map(|at| rfc3339(at, zone)),
        "disposition": call.disposition.map(Disposition::code),
    })
}
