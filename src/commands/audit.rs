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
use crate::config::Config;
use crate::service::{
    BadRow, ChainError, CheckpointKind, CheckpointsRead, Client, RowFault, RowsRead, Verification, walk_trail,
    write_checkpoint,
};
use crate::store::seals::{SealKey, SealKind};

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
            if walked.misfit.is_none() && walked.rows.bad.is_empty() {
                return form.tell(client, &well(&walked, zone), walked_json(&walked, zone)).await;
            }
            if form.json {
                form.tell(client, "", walked_json(&walked, zone)).await?;
            }
            let misfit = walked.misfit.as_ref().map(|misfit| wrong(misfit, zone));
            let rows = (!walked.rows.bad.is_empty()).then(|| bad_rows(&walked.rows.bad));
            let both: Vec<String> = misfit.into_iter().chain(rows).collect();
            Err(found(format!(
                "{}\nKeep a copy of the database as it is, and find out who could write to it",
                both.join("\n")
            )))
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
                    let text = "nothing to add: the file has the last entry already\n";
                    form.tell(client, text, json!({ "result": "nothing_to_add" })).await
                }
            }
        }
    }
}

fn well(walked: &Verification, zone: &TimeZone) -> String {
    let entries = grouped(walked.entries);
    let mut text = match walked.last_at {
        Some(at) => format!("{entries} entries verify, the last of {}", shown(at, zone)),
        None => "there are no entries yet".to_owned(),
    };
    if walked.waiting > 0 {
        text.push_str(&format!("; {} not sealed yet", grouped(walked.waiting)));
    }
    text.push('\n');
    text.push_str(&rows_told(&walked.rows));
    let Some(CheckpointsRead { fit, last_at, lost, restored }) = walked.checkpoints else {
        text.push_str(UNBACKED);
        return text;
    };
    match last_at {
        Some(at) => text.push_str(&format!("{}, the last of {}\n", checkpoints(fit), shown(at, zone))),
        None => {
            text.push_str("the file has no checkpoints yet\n");
            text.push_str(UNBACKED);
        }
    }
    if let Some((at, sequence)) = restored {
        text.push_str(&format!(
            "a restored backup was noted {}: what came after entry {} until then is lost, as {} checkpoints tell\n",
            shown(at, zone),
            grouped(sequence),
            grouped(lost)
        ));
    }
    text
}

fn walked_json(walked: &Verification, zone: &TimeZone) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| rfc3339(at, zone));
    json!({
        "verifies": walked.misfit.is_none() && walked.rows.bad.is_empty(),
        "misfit": walked.misfit.as_ref().map(|misfit| wrong(misfit, zone)),
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

fn wrong(misfit: &ChainError, zone: &TimeZone) -> String {
    let what = match misfit {
        ChainError::Missing { sequence } => format!("entry {} is missing", grouped(*sequence)),
        ChainError::Changed { sequence, id, at } => {
            let at = at.map_or_else(|| "of no time that can be".to_owned(), |at: Timestamp| shown(at, zone));
            let id = id.map_or_else(|| "an id that is none".to_owned(), |id| format!("id {id}"));
            format!(
                "entry {} ({id}, {at}) doesn't fit the one before it: it was changed, or another was taken out or put in there",
                grouped(*sequence)
            )
        }
        ChainError::End { sequence, sealed } => format!(
            "the trail ends with entry {}, and {} were sealed: the end was cut off or added to",
            grouped(*sequence),
            grouped(*sealed)
        ),
        ChainError::Cut { sequence, noted_at } => format!(
            "the end was cut off: the checkpoint of {} knows entry {}, and the trail doesn't reach it; or an older backup was restored",
            shown(*noted_at, zone),
            grouped(*sequence)
        ),
        ChainError::Rewritten { sequence, noted_at } => format!(
            "the trail was written anew: the checkpoint of {} knows entry {} with another hash, so that entry or one before it was changed; or an older backup was restored",
            shown(*noted_at, zone),
            grouped(*sequence)
        ),
    };
    format!("the audit trail doesn't verify: {what}.")
}

/// The warning if no checkpoint backs the trail.
const UNBACKED: &str = "the trail is consistent with itself, but no checkpoint backs it: whoever can write the database could have rewritten all of it;\nset audit.checkpoint_file, or give --checkpoint FILE\n";

fn rows_told(rows: &RowsRead) -> String {
    if *rows == RowsRead::default() {
        return String::new();
    }
    let mut text = format!("{} answers, reports and alerts are as they were sealed", grouped(rows.fit));
    for (count, what) in [
        (rows.found, "were sealed as they were found: at an upgrade, or after a process had died"),
        (rows.erased, "were erased, as the trail says"),
        (rows.unsealed, "aren't sealed yet"),
    ] {
        if count > 0 {
            text.push_str(&format!("; {} {what}", grouped(count)));
        }
    }
    text.push('\n');
    text
}

/// The maximum number of rows named. The others are counted.
const MOST_NAMED: usize = 50;

fn bad_rows(bad: &[BadRow]) -> String {
    let (unsealed, bad): (Vec<&BadRow>, Vec<&BadRow>) = bad.iter().partition(|row| row.fault == RowFault::NoSeal);
    let changed = "of the answers, reports and alerts that the trail names aren't as they were sealed; they were changed behind the program:";
    let put_in = "answers, reports and alerts have no seal; they were put in behind the program, or a process died within a second of writing them: then `serve` seals them at its start as they are, and the trail says so:";
    let texts = [(bad, changed), (unsealed, put_in)];
    let texts = texts.into_iter().filter(|(rows, _)| !rows.is_empty()).map(|(rows, what)| named(&rows, what));
    texts.collect::<Vec<_>>().join("\n")
}

fn named(bad: &[&BadRow], what: &str) -> String {
    let mut text = format!("{} {what}", grouped(bad.len() as u64));
    for row in bad.iter().take(MOST_NAMED) {
        text.push_str(&format!("\n  {}", bad_row(row)));
    }
    if let Some(more) = bad.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        text.push_str(&format!("\n  and {} more", grouped(more as u64)));
    }
    text
}

fn bad_row(row: &BadRow) -> String {
    let SealKey { kind, within, id } = row.key;
    let what = match kind {
        SealKind::Answer => format!("an answer of report {within} (answer {id})"),
        SealKind::Report | SealKind::ReportEnd => format!("report {id}"),
        SealKind::Alert | SealKind::AlertEnd => format!("alert {id}"),
    };
    let fault = match row.fault {
        RowFault::Changed => "was changed",
        RowFault::Deleted => "was deleted",
        RowFault::EndChanged => {
            "has another end than the one that was sealed last: it was closed, opened again or changed"
        }
        RowFault::NoSeal => "has no seal",
    };
    format!("{what} {fault}")
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

fn checkpoints(fit: u64) -> String {
    if fit == 1 { "1 checkpoint fits".to_owned() } else { format!("{} checkpoints fit", grouped(fit)) }
}
