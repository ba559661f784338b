//! `kenkocall audit`: verifies the audit trail, lists it, and writes checkpoints to a file that is kept elsewhere. The
//! output of `verify` and `checkpoint` names entries by number, id and time, never the patient.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::arguments::{Form, rfc3339, shown};
use super::audit_list;
use super::exit::found;
use super::language::{current, text};
use crate::config::Config;
use crate::domain::Language;
use crate::service::{
    BadRow, ChainError, CheckpointKind, CheckpointsRead, Client, RowFault, RowsRead, SealKey, SealKind, Verification,
    walk_trail, write_checkpoint,
};
use crate::translations::{Argument, Message, Separator, message};

/// A running `serve` seals what it wrote within this time.
const SEALED_WITHIN: Duration = Duration::from_secs(1);

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Verify the whole trail. Each entry is chained to the one before it, so the first entry that was changed,
    /// inserted or removed is found. Only a checkpoint shows that the end was cut off or the whole trail rewritten.
    Verify {
        /// Compare with the checkpoints in this file. Default: audit.checkpoint_file, if it is set.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
    },
    /// Show entries, the latest first: who did or saw what, and look-ups of unknown IDs. The access is recorded.
    List(audit_list::List),
    /// Add a line to a file: the number and the hash of the last entry. Keep the file where nobody who can change the
    /// database can change it: on another machine, or on paper.
    Checkpoint {
        /// The file. It is created if it doesn't exist.
        file: PathBuf,
        /// A backup was restored: earlier lines refer to entries that are lost, and the trail continues from here.
        /// `audit verify` reports it from now on.
        #[arg(long)]
        after_restore: bool,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(config: &Config, client: &Client, zone: &TimeZone, command: Audit) -> anyhow::Result<()> {
    match command {
        Audit::Verify { checkpoint, form } => {
            let checkpoint = checkpoint.or_else(|| config.audit.checkpoint_file.clone());
            let walked = walk_trail(&client.context, &client.actor, checkpoint.as_deref(), SEALED_WITHIN).await?;
            if walked.chain_error.is_none() && walked.rows.bad.is_empty() {
                return form.tell(client, &well(&walked, zone), walked_json(&walked, zone)).await;
            }
            if form.json {
                form.tell(client, "", walked_json(&walked, zone)).await?;
            }
            let chain_error = walked.chain_error.as_ref().map(|chain_error| wrong(chain_error, zone).text(current()));
            let rows = (!walked.rows.bad.is_empty()).then(|| bad_rows(&walked.rows.bad));
            let both: Vec<String> = chain_error.into_iter().chain(rows).collect();
            Err(found(format!("{}\n{}", both.join("\n"), text!("audit-keep-copy"))))
        }
        Audit::List(list) => audit_list::run(client, zone, list).await,
        Audit::Checkpoint { file, after_restore, form } => {
            let kind = if after_restore { CheckpointKind::Restored } else { CheckpointKind::Checkpoint };
            match write_checkpoint(&client.context, &client.actor, &file, kind).await? {
                Some(mark) => {
                    let added = json!({
                        "result": "added",
                        "at": rfc3339(mark.at, zone),
                        "entry": mark.sequence,
                        "hash": mark.hash.to_string(),
                        "call": mark.call.map(|call| call.to_string()),
                    });
                    form.say(&format!("{mark}\n"), added)
                }
                None => {
                    let text = format!("{}\n", text!("audit-nothing-to-add"));
                    form.tell(client, &text, json!({ "result": "nothing_to_add" })).await
                }
            }
        }
    }
}

fn well(walked: &Verification, zone: &TimeZone) -> String {
    let entries = grouped(walked.entries);
    let waiting = grouped(walked.waiting);
    let mut lines = vec![match (walked.last_at, walked.waiting) {
        (Some(at), 0) => text!("audit-verifies", entries = entries, at = shown(at, zone)),
        (Some(at), _) => text!("audit-verifies-waiting", entries = entries, at = shown(at, zone), waiting = waiting),
        (None, 0) => text!("audit-empty"),
        (None, _) => text!("audit-empty-waiting", waiting = waiting),
    }];
    lines.extend(rows_told(&walked.rows));
    match walked.checkpoints {
        None => lines.push(unbacked()),
        Some(read) => lines.extend(checkpoints_told(&read, zone)),
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn checkpoints_told(read: &CheckpointsRead, zone: &TimeZone) -> Vec<String> {
    let mut lines = match read.last_at {
        Some(at) => vec![text!("audit-checkpoints", count = read.fit, fit = grouped(read.fit), at = shown(at, zone))],
        None => vec![text!("audit-no-checkpoints"), unbacked()],
    };
    if let Some((at, sequence)) = read.restored {
        lines.push(text!("audit-restored", at = shown(at, zone), entry = grouped(sequence), lost = grouped(read.lost)));
    }
    lines
}

fn walked_json(walked: &Verification, zone: &TimeZone) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| rfc3339(at, zone));
    json!({
        "verifies": walked.chain_error.is_none() && walked.rows.bad.is_empty(),
        "chain_error": walked.chain_error.as_ref().map(|chain_error| wrong(chain_error, zone).text(Language::English)),
        "backed_by_checkpoint": walked.checkpoints.is_some_and(|read| read.fit > 0),
        "rows": {
            "fit": walked.rows.fit,
            "found_without_seal": walked.rows.found,
            "erased": walked.rows.erased,
            "not_sealed_yet": walked.rows.unsealed,
            "bad": walked.rows.bad.iter().map(|row| json!({
                "kind": row.key.kind.code(),
                "id": row.key.id.to_string(),
                "report": (row.key.kind == SealKind::Answer).then(|| row.key.within.to_string()),
                "fault": match row.fault {
                    RowFault::Changed => "changed",
                    RowFault::Deleted => "deleted",
                    RowFault::EndChanged => "end_changed",
                    RowFault::NoSeal => "no_seal",
                },
            })).collect::<Vec<_>>(),
        },
        "entries": walked.entries,
        "last_at": time(walked.last_at),
        "not_sealed_yet": walked.waiting,
        "checkpoints": walked.checkpoints.map(|read| json!({
            "fit": read.fit,
            "last_at": time(read.last_at),
            "lost": read.lost,
            "restored_at": time(read.restored.map(|(at, _)| at)),
        })),
    })
}

fn wrong(chain_error: &ChainError, zone: &TimeZone) -> Message {
    let what = match chain_error {
        ChainError::Missing { sequence } => message!("chain-missing", entry = grouped(*sequence)),
        ChainError::Changed { sequence, id, at } => {
            let at = match at {
                Some(at) => message!("verbatim", text = shown(*at, zone)),
                None => message!("chain-no-time"),
            };
            let id = match id {
                Some(id) => message!("chain-id", id = id.to_string()),
                None => message!("chain-no-id"),
            };
            message!("chain-changed", entry = grouped(*sequence), id = id, at = at)
        }
        ChainError::End { sequence, sealed } => {
            message!("chain-end", entry = grouped(*sequence), sealed = grouped(*sealed))
        }
        ChainError::Cut { sequence, noted_at } => {
            message!("chain-cut", at = shown(*noted_at, zone), entry = grouped(*sequence))
        }
        ChainError::Rewritten { sequence, noted_at } => {
            message!("chain-rewritten", at = shown(*noted_at, zone), entry = grouped(*sequence))
        }
    };
    message!("chain-error", what = what)
}

/// The warning if no checkpoint backs the trail.
fn unbacked() -> String {
    text!("audit-unbacked")
}

fn rows_told(rows: &RowsRead) -> Option<String> {
    if *rows == RowsRead::default() {
        return None;
    }
    let mut parts = vec![message!("rows-fit", rows = grouped(rows.fit))];
    if rows.found > 0 {
        parts.push(message!("rows-found", rows = grouped(rows.found)));
    }
    if rows.erased > 0 {
        parts.push(message!("rows-erased", rows = grouped(rows.erased)));
    }
    if rows.unsealed > 0 {
        parts.push(message!("rows-unsealed", rows = grouped(rows.unsealed)));
    }
    Some(text!("joined", sentences = Argument::Joined(Separator::Sentences, parts)))
}

/// The maximum number of rows named. The others are counted.
const MOST_NAMED: usize = 50;

fn bad_rows(bad: &[BadRow]) -> String {
    let (unsealed, bad): (Vec<&BadRow>, Vec<&BadRow>) = bad.iter().partition(|row| row.fault == RowFault::NoSeal);
    let texts = [
        (&bad, text!("rows-changed", rows = grouped(bad.len() as u64))),
        (&unsealed, text!("rows-put-in", rows = grouped(unsealed.len() as u64))),
    ];
    let texts = texts.into_iter().filter(|(rows, _)| !rows.is_empty()).map(|(rows, what)| named(rows, what));
    texts.collect::<Vec<_>>().join("\n")
}

fn named(bad: &[&BadRow], what: String) -> String {
    let mut text = what;
    for row in bad.iter().take(MOST_NAMED) {
        text.push_str(&format!("\n  {}", bad_row(row)));
    }
    if let Some(more) = bad.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        text.push_str(&format!("\n  {}", text!("rows-more", more = grouped(more as u64))));
    }
    text
}

fn bad_row(row: &BadRow) -> String {
    let SealKey { kind, within, id } = row.key;
    let id = id.to_string();
    let what = match kind {
        SealKind::Answer => message!("row-answer", report = within.to_string(), id = id),
        SealKind::Report | SealKind::ReportEnd => message!("row-report", id = id),
        SealKind::Alert | SealKind::AlertEnd => message!("row-alert", id = id),
    };
    match row.fault {
        RowFault::Changed => text!("row-changed", what = what),
        RowFault::Deleted => text!("row-deleted", what = what),
        RowFault::EndChanged => text!("row-end-changed", what = what),
        RowFault::NoSeal => text!("row-no-seal", what = what),
    }
}

/// Groups digits by thousands: `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
