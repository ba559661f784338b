//! `kenkocall patients import`: the list, what is wrong with it, and how far it is.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::commands::desk::{Form, centre_code};
use crate::commands::output::complain;
use crate::roster::MAX_BYTES;
use crate::service::{Clerk, ImportMode, Refused, import_patients};

/// Findings printed before the rest is counted alone.
const MAX_PRINTED: usize = 200;

pub(super) async fn run(clerk: &Clerk, file: &Path, centre: &str, dry_run: bool, form: Form) -> anyhow::Result<()> {
    let centre = centre_code(centre)?;
    let list = read(file)?;
    let mode = if dry_run { ImportMode::DryRun } else { ImportMode::Write };
    // Hidden by itself where standard error is no terminal.
    let bar = if crate::commands::escapes() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent} %") {
        bar.set_style(style);
    }
    let progress = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let outcome = import_patients(clerk, &centre, &list, mode, progress).await;
    bar.finish_and_clear();
    let done = match outcome {
        Ok(done) => done,
        Err(Refused::List(findings)) => {
            let mut lines = String::new();
            for finding in findings.iter().take(MAX_PRINTED) {
                lines.push_str(&format!("{}: {finding}\n", file.display()));
            }
            if let Some(more) = findings.len().checked_sub(MAX_PRINTED).filter(|more| *more > 0) {
                lines.push_str(&format!("and {more} more\n"));
            }
            complain(lines.trim_end());
            return Err(Refused::List(findings).into());
        }
        Err(other) => return Err(other.into()),
    };
    let mut text = format!("{} new, {} changed, {} unchanged", done.new, done.changed, done.unchanged);
    if dry_run {
        text.push_str(" (dry run: nothing was written)");
    }
    if done.not_called > 0 {
        text.push_str(&format!(
            "\n{} of them have automated calls on the list but were stopped or released, and are not called",
            done.not_called
        ));
    }
    let value = json!({
        "new": done.new,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "not_called": done.not_called,
        "dry_run": dry_run,
    });
    form.tell(clerk, &format!("{text}\n"), value).await
}

/// Reads the file, and no more of it than a list may have.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let sentence = || format!("the list {} can't be read; check its path and that you may read it", file.display());
    if file.is_dir() {
        bail!("{} is a folder; name the list in it", file.display());
    }
    let source = std::fs::File::open(file).with_context(sentence)?;
    let mut list = Vec::new();
    source.take(MAX_BYTES as u64 + 1).read_to_end(&mut list).with_context(sentence)?;
    Ok(list)
}
