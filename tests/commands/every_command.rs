//! Every command, with a closed reader, on a full disk, and with bytes that aren't UTF-8. The commands are taken from
//! the man pages, so that a new one can't be omitted.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Output, Stdio};

use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(
    no_command_panics_when_its_reader_has_gone,
    every_command_fails_on_a_full_disk_with_a_sentence,
    bytes_that_are_no_utf8_are_refused_or_ignored,
    an_empty_list_is_json_and_json_says_whether_the_data_are_simulated,
    exit_codes_tell_wrong_usage_refusals_and_faults_apart,
);

/// A patient, and a report without a symptom.
pub const REPORT: &[&str] = &[
    "7654321",
    "body_temperature=36.5",
    "spo2=98",
    "complexion=no",
    "cough_or_runny_nose=no",
    "breathlessness=no",
    "fatigue=no",
    "nausea_or_vomiting=no",
    "diarrhoea=no",
    "drowsiness=no",
    "unable_to_eat=no",
    "no_urine=no",
];

/// The arguments of each command. Commands without a line of their own run until they are stopped.
const RUNS: [(&str, &[&str]); 68] = [
    ("alerts-close", &["0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04"]),
    ("alerts-give-back", &["0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04"]),
    ("alerts-list", &[]),
    ("alerts-take", &["0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04"]),
    ("audit-list", &[]),
    ("patients-list", &[]),
    ("audit-checkpoint", &["FOLDER/checkpoints"]),
    ("audit-verify", &[]),
    ("backup", &["FOLDER/nowhere/backup.db"]),
    ("calls-list", &[]),
    ("calls-now", &["7654321"]),
    ("calls-resolve", &["0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04", "answered"]),
    ("calls-show", &["0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04"]),
    ("centres-add", &["--code", "13102", "--name", "中央保健所", "--phone", "0352113642"]),
    ("centres-list", &[]),
    ("centres-show", &["13101"]),
    ("centres-set", &["13101", "--spo2-red", "92"]),
    ("completions", &["bash"]),
    ("config-check", &[]),
    ("config-show", &[]),
    ("days-show", &["today"]),
    ("demo", &["--fast", "--patients", "1"]),
    ("dialer-pause", &["--reason", "lines"]),
    ("dialer-reconcile", &[]),
    ("dialer-resume", &[]),
    ("dialer-show", &[]),
    ("flows-check", &[]),
    ("flows-draw", &["health_call"]),
    ("flows-export", &["FOLDER/flows", "--overwrite"]),
    ("flows-form", &[]),
    ("flows-time", &[]),
    ("flows-play", &[]),
    ("flows-test", &["tests/transcripts/call_back"]),
    ("sip-check", &[]),
    ("voices-import", &["shared.goodbye.1", "FOLDER/nobody.wav", "--voice", "見本", "--licence", "own"]),
    ("voices-list", &[]),
    ("voices-missing", &[]),
    ("voices-say", &["shared.goodbye", "--to", "FOLDER/said.wav"]),
    ("voices-texts", &[]),
    ("maintenance-end", &[]),
    ("maintenance-show", &[]),
    ("maintenance-start", &[]),
    ("man", &["FOLDER/man"]),
    ("migrate", &[]),
    ("outbox-discard", &["0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04"]),
    ("outbox-list", &[]),
    ("outbox-retry", &["--all"]),
    ("reports-add", REPORT),
    ("patients-accept", &["7654321"]),
    ("patients-decline", &["7654321"]),
    ("patients-disclose", &["7654321"]),
    ("patients-erase", &["7654321"]),
    ("patients-import", &["FOLDER/nobody.csv", "--centre", "13101"]),
    ("patients-release", &["7654321"]),
    ("patients-set", &["7654321", "--language", "en"]),
    ("patients-show", &["7654321"]),
    ("patients-stop", &["7654321"]),
    ("patients-transfer", &["7654321", "--to", "13102"]),
    ("patients-withdraw", &["7654321"]),
    ("reports-export", &["--from", "yesterday", "--to", "today"]),
    ("restore", &["FOLDER/nobody.db"]),
    ("rota-set", &["13101", "FOLDER/nobody.json"]),
    ("rota-show", &["13101"]),
    ("staff-add", &["--name", "見本 直子", "--email", "naoko@mihon.example", "--role", "help_desk"]),
    ("staff-deactivate", &["naoko@mihon.example"]),
    ("staff-list", &[]),
    ("staff-unlock", &["naoko@mihon.example"]),
    (
        "patients-add",
        &[
            "--centre",
            "13101",
            "--hersys-id",
            "7654329",
            "--birth-date",
            "1980-04-01",
            "--family-name",
            "見本",
            "--given-name",
            "二郎",
        ],
    ),
];

/// Commands that run until they are stopped, measure for minutes, or take a long time.
const ENDLESS: [&str; 15] = [
    "serve",
    "simulate-carrier",
    "simulate-days",
    "bench-step",
    "bench-turns",
    "bench-console",
    "bench-portal",
    "bench-notices",
    "bench-import",
    "bench-tick",
    "bench-dial",
    "bench-day",
    "bench-overload",
    "bench-soak",
    "bench-sip",
];

struct Every<'a> {
    command_line: CommandLine<'a>,
    folder: tempfile::TempDir,
}

impl<'a> Every<'a> {
    fn on(fresh: &'a Fresh) -> Self {
        let every = Self { command_line: CommandLine(fresh), folder: tempfile::tempdir().unwrap() };
        every.command_line.with_centre();
        every.command_line.does(&[
            "patients",
            "add",
            "--centre",
            "13101",
            "--hersys-id",
            "7654321",
            "--birth-date",
            "1980-04-01",
            "--family-name",
            "見本",
            "--given-name",
            "花子",
        ]);
        every
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The names of all commands without subcommands: `patients-show`.
    fn names(&self) -> Vec<String> {
        self.command_line.does(&["man", &self.path("pages")]);
        let pages = std::fs::read_dir(self.path("pages")).unwrap();
        let page = |name: String| name.strip_suffix(".1")?.strip_prefix("kenkocall-").map(str::to_owned);
        let all: BTreeSet<String> =
            pages.filter_map(|entry| page(entry.unwrap().file_name().into_string().unwrap())).collect();
        let group = |name: &String| all.iter().any(|other| other.starts_with(&format!("{name}-")));
        all.iter().filter(|name| !group(name)).cloned().collect()
    }

    /// Each command with its arguments.
    fn runs(&self) -> Vec<Vec<String>> {
        let known = |name: &String| ENDLESS.contains(&name.as_str()) || RUNS.iter().any(|(run, _)| run == name);
        let unknown: Vec<String> = self.names().into_iter().filter(|name| !known(name)).collect();
        assert!(unknown.is_empty(), "no run is written down for {unknown:?}");
        let arguments = |(name, rest): &(&str, &[&str])| {
            let rest = rest.iter().map(|word| word.replace("FOLDER", &self.folder.path().display().to_string()));
            name.splitn(2, '-').map(str::to_owned).chain(rest).collect()
        };
        RUNS.iter().map(arguments).collect()
    }

    fn output(&self, arguments: &[String], out: impl Into<Stdio>) -> Output {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let child =
            self.command_line.command(&words).stdin(Stdio::null()).stdout(out).stderr(Stdio::piped()).spawn().unwrap();
        child.wait_with_output().unwrap()
    }
}

/// A pipe without a reader.
fn unread() -> std::io::PipeWriter {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer
}

async fn no_command_panics_when_its_reader_has_gone(fresh: Fresh) {
    let every = Every::on(&fresh);
    for arguments in every.runs() {
        let read = every.output(&arguments, Stdio::piped());
        let output = every.output(&arguments, unread());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panicked") && !said.contains("pipe"), "{arguments:?}: {said}");
        // The exit code doesn't depend on the reader. (`add` can't be repeated.)
        if !arguments.contains(&"add".to_owned()) {
            assert_eq!(output.status.code(), read.status.code(), "{arguments:?}: {said}");
        }
    }
    for name in every.names() {
        let help: Vec<String> = name.splitn(2, '-').map(str::to_owned).chain(["--help".to_owned()]).collect();
        assert_eq!(every.output(&help, unread()).status.code(), Some(0), "{help:?}");
    }
}

async fn every_command_fails_on_a_full_disk_with_a_sentence(fresh: Fresh) {
    let every = Every::on(&fresh);
    let full = || File::options().write(true).open("/dev/full").unwrap();
    for arguments in every.runs() {
        let output = every.output(&arguments, full());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && !said.contains("panicked"), "{arguments:?}: {said}");
        assert!(said.contains("kenkocall: "), "{arguments:?}: {said}");
    }
    let help = every.output(&["--help".to_owned()], full());
    assert_eq!(help.status.code(), Some(1), "{}", String::from_utf8_lossy(&help.stderr));
    // An unwritable standard error doesn't end the command either.
    let refused = every.command_line.command(&["patients", "show", "7654320"]).stderr(full()).output().unwrap();
    assert_eq!(refused.status.code(), Some(3));
}

async fn bytes_that_are_no_utf8_are_refused_or_ignored(fresh: Fresh) {
    let every = Every::on(&fresh);
    let bytes = OsStr::from_bytes(b"\xe5\x8d\xff");
    for words in
        [&["patients", "show"][..], &["centres", "list"], &["days", "show"], &["calls", "list", "--since"], &[]]
    {
        let mut command = every.command_line.command(words);
        let output = command.arg(bytes).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(!said.contains("panicked"), "{words:?}: {said}");
    }
    let mut path = OsString::from(every.folder.path());
    path.push("/");
    path.push(bytes);
    let mut command = every.command_line.command(&["audit", "checkpoint"]);
    assert!(command.arg(&path).output().unwrap().status.success(), "a file may have any name");
    let mut command = every.command_line.command(&["centres", "list"]);
    let output =
        command.env("USER", bytes).env("LOGNAME", bytes).env("LANG", bytes).env(bytes, bytes).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut command = every.command_line.command(&["centres", "list"]);
    let output = command.env("KENKOCALL_LOG__LEVEL", bytes).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("KENKOCALL_LOG__LEVEL") && !said.contains("panicked"), "{said}");
}

async fn an_empty_list_is_json_and_json_says_whether_the_data_are_simulated(fresh: Fresh) {
    let every = Every::on(&fresh);
    for list in [
        &["alerts", "list", "--json"][..],
        &["calls", "list", "--json"],
        &["patients", "list", "--name", "nobody", "--json"],
        &["audit", "list", "--actor", "nobody", "--json"],
        &["calls", "list", "--state", "unknown", "--json"],
        &["outbox", "list", "--json"],
        &["reports", "export", "--from", "today", "--to", "today", "--json"],
    ] {
        let value: serde_json::Value = serde_json::from_str(&every.command_line.does(list)).expect("JSON");
        assert_eq!(value, serde_json::json!([]), "{list:?}");
    }
    for shown in [
        &["patients", "stop", "7654321", "--json"][..],
        &["dialer", "show", "--json"],
        &["maintenance", "show", "--json"],
        &["audit", "verify", "--json"],
        &["days", "show", "令和8年11月28日", "--json"],
    ] {
        let value: serde_json::Value = serde_json::from_str(&every.command_line.does(shown)).expect("JSON");
        assert_eq!(value["simulated"], false, "{shown:?}: {value}");
    }
}

async fn exit_codes_tell_wrong_usage_refusals_and_faults_apart(fresh: Fresh) {
    let every = Every::on(&fresh);
    for (arguments, code) in [
        (&["patients", "show", "7654321"][..], 0),
        (&["patients", "show", "12"], 2),
        (&["patients", "show", "7654320"], 3),
        (&["patients", "fetch"], 2),
        (&["days", "show", "someday"], 2),
        (&["days", "show", "2026-02-30"], 2),
        (&["calls", "show", "what"], 2),
        (&["calls", "show", "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04"], 3),
        (&["alerts", "list", "--centre", "99999"], 3),
        (&["audit", "verify", "--checkpoint", "/nowhere/checkpoints"], 1),
        (&["--config", "/nowhere/settings.toml", "centres", "list"], 1),
        (&["reports", "add", "7654321", "spo2"], 2),
        (&["reports", "add", "7654320", "spo2=98"], 3),
        (&["--version"], 0),
    ] {
        let output = every.command_line.output(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    for day in ["yesterday", "today", "tomorrow", "昨日", "明日", "2026-11-28", "R8.11.28", "令和8年11月28日"]
    {
        every.command_line.does(&["days", "show", day]);
    }
}

#[test]
fn simulated_days_are_told_to_programs_too() {
    let arguments = ["simulate", "days", "--seed", "7", "--patients", "2", "--fast-disk", "--json"];
    let output = Command::new(env!("CARGO_BIN_EXE_kenkocall")).args(arguments).output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    assert_eq!((&told["first_seed"], &told["days"], &told["broken_days"]), (&7.into(), &1.into(), &0.into()));
    assert_eq!((&told["patients"], &told["broken_days_shown"]), (&2.into(), &serde_json::json!([])));
}
