//! Patient lists as health centres send them: valid in every format, faulty in every way, and arbitrary bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop")]

mod accepted_lists;
mod decompression_bombs;
mod headers;
mod patient_changes;
mod properties;
mod rejected_lists;
mod text_files;
mod workbooks;

use jiff::civil::{Date, date};
use kenkocall::commands::messages::ToMessage as _;
use kenkocall::domain::Language;
use kenkocall::{
    domain::CallingHours,
    patient_import::{self, Entry, Fault, Finding, List},
};

const TODAY: Date = date(2026, 11, 23);

fn list(bytes: impl AsRef<[u8]>) -> Result<List, Vec<Finding>> {
    patient_import::read(bytes.as_ref(), TODAY, CallingHours::default())
}

fn read(bytes: impl AsRef<[u8]>) -> Result<Vec<Entry>, Vec<Finding>> {
    list(bytes).map(|list| list.entries)
}

fn faults(bytes: impl AsRef<[u8]>) -> Vec<Fault> {
    read(bytes).expect_err("a fault").into_iter().map(|finding| finding.fault).collect()
}

/// A finding as people see it, on a line of its own.
fn sentence(finding: &Finding) -> String {
    format!("{}\n", finding.message().text(Language::English))
}

/// The findings as people see them, one on each line.
fn sentences(bytes: impl AsRef<[u8]>) -> String {
    read(bytes).expect_err("a fault").iter().map(sentence).collect()
}

/// An entry as one line with its personal data, because these people don't exist.
fn line(entry: &Entry) -> String {
    use kenkocall::patient_import::{AutomatedCall, Given};
    fn given<T>(given: &Given<T>, show: impl Fn(&T) -> String) -> String {
        match given {
            Given::NoColumn => "-".into(),
            Given::Empty => "empty".into(),
            Given::Value(value) => show(value),
        }
    }
    let calls = match &entry.automated_call {
        AutomatedCall::On { .. } => "on",
        AutomatedCall::Off { .. } => "off",
        AutomatedCall::Unsaid { .. } => "unsaid",
    };
    [
        entry.row.to_string(),
        entry.hersys_id.expose().to_owned(),
        entry.birth_date.expose().to_string(),
        entry.family_name.expose().to_owned(),
        entry.given_name.expose().to_owned(),
        given(&entry.automated_call.phone_number(), |number| number.expose().to_owned()),
        calls.to_owned(),
        given(&entry.call_times, ToString::to_string),
        entry.language.map_or("-", kenkocall::domain::Language::tag).to_owned(),
        given(&entry.diagnosis_date, ToString::to_string),
        given(&entry.monitoring_start, ToString::to_string),
    ]
    .join(" ")
}

fn lines(bytes: impl AsRef<[u8]>) -> Vec<String> {
    match read(bytes) {
        Ok(entries) => entries.iter().map(line).collect(),
        Err(findings) => panic!("{}", findings.iter().map(sentence).collect::<String>()),
    }
}

fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
