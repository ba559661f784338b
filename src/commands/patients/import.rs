//! `kenkocall patients import`: imports a patient list, with its findings and a progress bar.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::commands::arguments::{Form, centre_code};
use crate::commands::exit::refused;
use crate::commands::language;
use crate::commands::messages::ToMessage as _;
use crate::commands::output::complain;
use crate::patient_import::{Column, List, ListFile, MAX_BYTES, SheetName};
use crate::service::{Client, ImportMode, Imported, PatientError, ServiceError, import_patients};

/// The maximum number of findings printed. The others are counted.
const MAX_PRINTED: usize = 200;

pub(super) async fn run(
    client: &Client,
    file: &Path,
    centre: &str,
    sheet: Option<&str>,
    mode: ImportMode,
    form: Form,
) -> anyhow::Result<()> {
    let centre = centre_code(centre)?;
    let list = read(file)?;
    // The bar hides itself if standard error isn't a terminal.
    let bar = if crate::commands::escapes() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent} %") {
        bar.set_style(style);
    }
    let progress = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let outcome =
        import_patients(&client.context, &client.actor, &centre, ListFile { bytes: &list, sheet }, mode, progress)
            .await;
    bar.finish_and_clear();
    let done = match outcome {
        Ok(done) => done,
        Err(ServiceError::Patient(PatientError::InvalidList(findings))) => {
            let mut lines = String::new();
            for finding in findings.iter().take(MAX_PRINTED) {
                lines.push_str(&format!("{}: {finding}\n", file.display()));
            }
            if let Some(more) = findings.len().checked_sub(MAX_PRINTED).filter(|more| *more > 0) {
                lines.push_str(&format!("and {more} more\n"));
            }
            complain(lines.trim_end());
            return Err(refused(PatientError::InvalidList(findings).message().text(language::current())));
        }
        Err(other) => return Err(other.into()),
    };
    let warnings = List::sentences(&done.warnings);
    let warnings: Vec<String> = warnings.iter().map(|said| format!("warning: {}: {said}", file.display())).collect();
    if !warnings.is_empty() {
        complain(&warnings.join("\n"));
    }
    let answer = serde_json::to_value(Answer::new(&done, mode)).context("the answer can't be written as JSON")?;
    form.tell(client, &text_of(&done, mode), answer).await
}

/// Describes what an import did, and what users may not have seen in the workbook.
fn text_of(done: &Imported, mode: ImportMode) -> String {
    let mut text = format!("{} new, {} changed, {} unchanged", done.new, done.changed, done.unchanged);
    if mode == ImportMode::DryRun {
        text.push_str(" (dry run: nothing was written)");
    }
    text.push('\n');
    let mut line = |sentence: String| {
        text.push_str(&sentence);
        text.push('\n');
    };
    if done.not_called > 0 {
        line(format!(
            "{} of them have automated calls on the list but were stopped or released, and are not called",
            done.not_called
        ));
    }
    if !done.above.is_empty() {
        let rows: Vec<String> = done.above.iter().map(u32::to_string).collect();
        line(format!("rows above the column names, not read: {}", rows.join(", ")));
    }
    let Some(sheet) = &done.sheet else { return text };
    line(format!("sheet read: {}", sheet.name));
    let names = |names: &[SheetName]| names.iter().map(SheetName::to_string).collect::<Vec<_>>().join(", ");
    if !sheet.not_read.is_empty() {
        line(format!("other sheets, not read: {}", names(&sheet.not_read)));
    }
    if !sheet.hidden.is_empty() {
        line(format!("hidden sheets, not read: {}", names(&sheet.hidden)));
    }
    if sheet.hidden_rows > 0 {
        line(format!("hidden rows, read like the others: {} (hidden by a filter or by hand)", sheet.hidden_rows));
    }
    if !sheet.hidden_columns.is_empty() {
        let columns: Vec<String> = sheet.hidden_columns.iter().map(Column::to_string).collect();
        line(format!("hidden columns, read like the others: {}", columns.join(", ")));
    }
    text
}

/// The output of `--json`. Every field is always present; those about a sheet are null for a text file.
#[derive(Serialize)]
struct Answer<'d> {
    new: usize,
    changed: usize,
    unchanged: usize,
    not_called: usize,
    dry_run: bool,
    rows_above: &'d [u32],
    sheet: Option<&'d str>,
    sheets_not_read: Option<Vec<&'d str>>,
    hidden_sheets: Option<Vec<&'d str>>,
    hidden_rows: Option<u32>,
    hidden_columns: Option<Vec<&'static str>>,
    warnings: Vec<RowDoubt>,
}

/// A warning of [`Answer`].
#[derive(Serialize)]
struct RowDoubt {
    row: u32,
    doubt: &'static str,
}

impl<'d> Answer<'d> {
    fn new(done: &'d Imported, mode: ImportMode) -> Self {
        let sheet = done.sheet.as_ref();
        let names = |names: &'d [SheetName]| names.iter().map(SheetName::as_str).collect();
        Self {
            new: done.new,
            changed: done.changed,
            unchanged: done.unchanged,
            not_called: done.not_called,
            dry_run: mode == ImportMode::DryRun,
            rows_above: &done.above,
            sheet: sheet.map(|sheet| sheet.name.as_str()),
            sheets_not_read: sheet.map(|sheet| names(&sheet.not_read)),
            hidden_sheets: sheet.map(|sheet| names(&sheet.hidden)),
            hidden_rows: sheet.map(|sheet| sheet.hidden_rows),
            hidden_columns: sheet.map(|sheet| sheet.hidden_columns.iter().map(|column| column.code()).collect()),
            warnings: done.warnings.iter().map(|said| RowDoubt { row: said.row, doubt: said.doubt.code() }).collect(),
        }
    }
}

/// Reads the file, up to the maximum size of a list.
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
