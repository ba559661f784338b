//! The commands of the real program, on both databases: what they print, refuse, write and record.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "databases/mod.rs asks for the address of the test server")]

#[path = "../databases/mod.rs"]
mod databases;

mod alerts;
mod audit;
mod backup;
#[path = "../flows/built_in.rs"]
#[allow(dead_code, reason = "nothing is edited here")]
mod built_in;
mod call_lists;
mod call_now;
mod calls;
mod centres;
mod changes_during_calls;
mod control_characters;
mod database_roles;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/db_assertions.rs"]
mod db_assertions;
mod dialer;
#[path = "../databases/documented_roles.rs"]
mod documented_roles;
mod every_command;
mod forms;
mod language;
mod maintenance;
mod operator_name;
mod outbox;
mod patients;
mod patients_import;
mod reports_add;
mod serve_unwritable_database;
mod settings;
mod simulated_day;
mod staff;
mod startup;
mod suspended_calls;
mod tampered_records;
mod unknown_outcomes;
mod unwritable_disk;

use std::process::{Command, Output};

use databases::Fresh;
use kenkocall::store::audit::{AuditFilter, AuditRow, Subject};
use kenkocall::store::{self, Document};

/// The program on a test's database.
struct CommandLine<'a>(&'a Fresh);

impl CommandLine<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
        if !arguments.contains(&"--as") {
            command.args(["--as", "tester"]);
        }
        command.args(arguments).env("KENKOCALL_DATABASE__URL", &self.0.url);
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    /// Runs a command that must succeed, without output on standard error.
    fn does(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && error.is_empty(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Runs a command that must be refused, without standard output. Returns its sentence.
    fn refuses(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?} succeeded");
        let error = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(error.contains("kenkocall: "), "{error}");
        error
    }

    fn with_centre(&self) {
        self.does(&["centres", "add", "--code", "13101", "--name", "千代田保健所", "--phone", "0352113641"]);
    }

    /// Writes a list to a file of its own and returns its path.
    fn list(&self, content: impl AsRef<[u8]>) -> tempfile::TempPath {
        let file = tempfile::NamedTempFile::new().expect("a temporary file").into_temp_path();
        std::fs::write(&file, content).expect("a written list");
        file
    }

    fn import(&self, content: impl AsRef<[u8]>) -> String {
        let list = self.list(content);
        self.does(&["patients", "import", list.to_str().expect("UTF-8"), "--centre", "13101"])
    }

    fn import_refused(&self, content: impl AsRef<[u8]>) -> String {
        let list = self.list(content);
        let path = list.to_str().expect("UTF-8");
        self.refuses(&["patients", "import", path, "--centre", "13101"]).replace(path, "LIST")
    }

    /// The audit trail's entries about a patient, oldest first.
    async fn trail(&self, hersys_id: &str) -> Vec<AuditRow> {
        let id = kenkocall::domain::HersysId::parse(hersys_id).expect("an ID");
        let mut tx = self.0.database.begin_read().await.expect("a transaction");
        let found = store::patients::by_hersys_ids(&mut tx, std::slice::from_ref(&id)).await.expect("a lookup");
        let patient = found.first().expect("a patient").id;
        let filter = AuditFilter { person: Some((id, Some(patient))), limit: 100, ..AuditFilter::default() };
        let mut trail = store::audit::list(&mut tx, &filter).await.expect("a trail");
        trail.retain(|entry| entry.subject == Subject::Patient(patient) || !entry.people.is_empty());
        trail.reverse();
        trail.iter_mut().for_each(|entry| entry.details = without_system_user(&entry.details));
        trail
    }
}

/// The details of an entry without the system's user, who runs the tests.
fn without_system_user(details: &Document) -> Document {
    let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(details.as_str()).unwrap();
    fields.remove("system_user").expect("every entry of the command line names it");
    Document::from(serde_json::Value::Object(fields).to_string())
}

/// Replaces ids in the text, because they differ in each run.
fn without_ids(text: &str) -> String {
    let is_id = |part: &str| part.len() == 36 && part.split('-').count() == 5;
    let mut stable = String::new();
    for part in text.split_inclusive(|c: char| !(c.is_ascii_hexdigit() || c == '-')) {
        let bare = part.trim_end_matches(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
        stable.push_str(&if is_id(bare) { part.replace(bare, "(id)") } else { part.to_owned() });
    }
    stable
}

/// Replaces ids, days, times and zones in the text, because they differ if a test uses the real clock.
fn timeless(text: &str) -> String {
    const SHAPES: [(&str, &str); 4] =
        [("0000-00-00", "(day)"), ("00:00:00", "(time)"), ("+00:00", "(zone)"), ("-00:00", "(zone)")];
    let shape = |word: &str| word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
    let mut stable = String::new();
    for part in without_ids(text).split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | ';')) {
        let bare = part.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        let known = SHAPES.iter().find(|(known, _)| *known == shape(bare));
        stable.push_str(&known.map_or_else(|| part.to_owned(), |(_, name)| part.replace(bare, name)));
    }
    stable
}
