//! `kenkocall patients import`: imports a patient list, with its findings and a progress bar.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::commands::arguments::{Form, centre_code};
use crate::commands::exit::refused;
use crate::commands::language;
use crate::commands::language::text;
use crate::commands::messages::{ToMessage as _, warnings};
use crate::commands::output::complain;
use crate::service::{
    Client, Column, ImportMode, Imported, ListFile, MAX_LIST_BYTES, PatientError, ServiceError, SheetName, SheetRead,
    import_patients,
};
use crate::translations::{Argument, Separator};

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
                lines.push_str(&format!("{}: {}\n", file.display(), finding.message().text(language::current())));
            }
            if let Some(more) = findings.len().checked_sub(MAX_PRINTED).filter(|more| *more > 0) {
                lines.push_str(&text!("import-more", count = more));
            }
            complain(lines.trim_end());
            return Err(refused(PatientError::InvalidList(findings).message().text(language::current())));
        }
        Err(other) => return Err(other.into()),
    };
    let warnings: Vec<String> = warnings(&done.warnings)
        .into_iter()
        .map(|warning| text!("import-warning", file = file.display().to_string(), warning = warning))
        .collect();
    if !warnings.is_empty() {
        complain(&warnings.join("\n"));
    }
    let answer = serde_json::to_value(Answer::new(&done, mode)).with_context(|| text!("not-json"))?;
    form.tell(client, &text_of(&done, mode), answer).await
}

/// Describes what an import did, and what users may not have seen in the workbook.
fn text_of(done: &Imported, mode: ImportMode) -> String {
    let (new, changed, unchanged) = (done.new, done.changed, done.unchanged);
    let mut lines = vec![match mode {
        ImportMode::DryRun => {
            text!("import-done-dry-run", new = new, changed = changed, unchanged = unchanged)
        }
        ImportMode::Write => text!("import-done", new = new, changed = changed, unchanged = unchanged),
    }];
    if done.not_called > 0 {
        lines.push(text!("import-not-called", count = done.not_called));
    }
    if !done.above.is_empty() {
        let rows: Vec<String> = done.above.iter().map(u32::to_string).collect();
        lines.push(text!("import-rows-above", rows = rows.join(", ")));
    }
    lines.extend(done.sheet.iter().flat_map(sheet_lines));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// What users may not have seen in a workbook.
fn sheet_lines(sheet: &SheetRead) -> Vec<String> {
    let names = |names: &[SheetName]| names.iter().map(SheetName::to_string).collect::<Vec<_>>().join(", ");
    let mut lines = vec![text!("import-sheet-read", sheet = sheet.name.to_string())];
    if !sheet.not_read.is_empty() {
        lines.push(text!("import-other-sheets", sheets = names(&sheet.not_read)));
    }
    if !sheet.hidden.is_empty() {
        lines.push(text!("import-hidden-sheets", sheets = names(&sheet.hidden)));
    }
    if sheet.hidden_rows > 0 {
        lines.push(text!("import-hidden-rows", count = sheet.hidden_rows));
    }
    if !sheet.hidden_columns.is_empty() {
        let columns = sheet.hidden_columns.iter().map(Column::message).collect();
        lines.push(text!("import-hidden-columns", columns = Argument::Joined(Separator::Words, columns)));
    }
    lines
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
    let sentence = || text!("import-cannot-read", file = file.display().to_string());
    if file.is_dir() {
        bail!(text!("import-is-folder", file = file.display().to_string()));
    }
    let source = std::fs::File::open(file).with_context(sentence)?;
    let mut list = Vec::new();
    source.take(MAX_LIST_BYTES as u64 + 1).read_to_end(&mut list).with_context(sentence)?;
    Ok(list)
}
