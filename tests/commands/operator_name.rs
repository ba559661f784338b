//! `--as NAME`: who acts, before and after the subcommand, for every command that changes or shows data (D3).

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use jiff::{SignedDuration, Timestamp};
use kenkocall::domain::LossEvidence;
use kenkocall::store::losses::{self, LossRow};
use serde_json::Value;

use crate::db_assertions::DatabaseAssertions;
use crate::simulated_day::{finishes, hersys_id, today};
use crate::unknown_outcomes::STORM;
use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(
    d3_as_before_the_command_is_who_acted,
    d3_as_after_the_command_is_who_acted,
    a_name_given_to_as_renames_no_centre,
    the_user_of_the_process_is_recorded_whatever_user_says,
    an_operator_limited_to_a_centre_sees_and_changes_no_other,
);

/// A unique name that is in no table except the audit trail.
const ACTOR: &str = "見本司令";
const OF_ACTOR: &str = "audit WHERE actor = '見本司令'";
const OF_OTHERS: &str = "audit WHERE actor <> '見本司令'";

/// Commands that leave no entry, with the reason.
const LEAVES_NO_ENTRY: [(&str, &str); 48] = [
    ("backup", "tests/commands/backup.rs looks for it: SQLite alone"),
    ("restore", "tests/commands/backup.rs looks for it: SQLite alone"),
    ("completions", "no database"),
    ("man", "no database"),
    ("config check", "names no patient"),
    ("config show", "no database"),
    ("demo", "a database of its own"),
    ("serve", "the program acts"),
    ("migrate", "the program acts"),
    ("centres list", "names no patient"),
    ("centres show", "names no patient"),
    ("dialer show", "names no patient"),
    ("days show", "names no patient"),
    ("maintenance show", "names no patient"),
    ("outbox list", "names no patient"),
    ("staff list", "names no patient"),
    ("staff unlock", "tests/console/unlocking.rs looks for it: an account that is set up"),
    ("rota show", "names no patient"),
    ("patients erase", "tests/automated_calls/erasing.rs looks for it: two days after the release"),
    ("audit verify", "reads the trail"),
    ("audit checkpoint", "reads the trail"),
    ("simulate carrier", "no database"),
    ("simulate days", "databases of its own"),
    ("flows check", "no database"),
    ("flows draw", "no database"),
    ("flows export", "no database"),
    ("flows form", "no database"),
    ("flows play", "no database"),
    ("flows test", "no database"),
    ("flows time", "no database"),
    ("bench step", "no database"),
    ("bench turns", "databases of its own"),
    ("bench console", "databases of its own"),
    ("bench portal", "databases of its own"),
    ("bench notices", "databases of its own"),
    ("bench import", "no database"),
    ("bench tick", "databases of its own"),
    ("bench dial", "databases of its own"),
    ("bench day", "databases of its own"),
    ("bench overload", "databases of its own"),
    ("bench soak", "databases of its own"),
    ("bench sip", "no database"),
    ("sip check", "no database"),
    ("voices list", "no database"),
    ("voices missing", "no database"),
    ("voices say", "no database"),
    ("voices import", "no database"),
    ("voices texts", "no database"),
];

/// The commands that `--help` names, down to those without subcommands.
pub fn leaves(words: &[&str]) -> Vec<String> {
    let help = Command::new(env!("CARGO_BIN_EXE_kenkocall")).args(words).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let Some((_, listed)) = help.split_once("\nCommands:\n") else { return vec![words.join(" ")] };
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let named = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let named = named.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    named.flat_map(|name| leaves(&[words, &[name]].concat())).collect()
}

/// A fake carrier, which ends with the test.
pub struct FakeCarrier {
    child: Child,
    base_url: String,
}

impl FakeCarrier {
    pub fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kenkocall"))
            .args(["simulate", "carrier", "--port", "0", "--quiet"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (_, base_url) = line.trim().split_once("listens on ").expect("its address");
        Self { child, base_url: base_url.to_owned() }
    }
}

impl FakeCarrier {
    pub fn settings(&self) -> [(&'static str, &str); 5] {
        [
            ("KENKOCALL_CARRIER", "twilio"),
            ("KENKOCALL_TWILIO__BASE_URL", &self.base_url),
            ("KENKOCALL_TWILIO__ACCOUNT_SID", "AC00000000000000000000000000000000"),
            ("KENKOCALL_TWILIO__AUTH_TOKEN", "rehearsal"),
            ("KENKOCALL_TWILIO__CALLER_NUMBER", "+815031980214"),
        ]
    }
}

impl Drop for FakeCarrier {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The position of `--as`.
#[derive(Clone, Copy)]
enum Place {
    BeforeTheCommand,
    AfterTheCommand,
}

/// Every command that changes data or shows patients, in an order in which each of them is possible.
pub fn cases(call: &str, alert: &str, list: &str) -> Vec<Vec<String>> {
    let (stopped, released, called) = (hersys_id(1), hersys_id(2), hersys_id(3));
    let cases = format!(
        "centres add --code 13102 --name 港保健所 --phone 0352113642
         centres set 13102 --phone 0352113643
         patients import {list} --centre 13102
         patients add --centre 13102 --hersys-id 7654321 --birth-date 1980-04-01 --family-name 佐藤 --given-name 一
         patients set 7654321 --given-name 二
         patients show 7654321
         reports add 7654321 body_temperature=36.5 spo2=98 complexion=no cough_or_runny_nose=no breathlessness=no \
             fatigue=no nausea_or_vomiting=no diarrhoea=no drowsiness=no unable_to_eat=no no_urine=no
         patients disclose 7654321
         patients transfer 7654321 --to 00000
         patients withdraw 7654321
         patients transfer 7654321 --to 00000
         patients decline 7654321
         patients transfer 7654321 --to 00000
         patients accept 7654321
         patients list
         audit list
         rota set 13102 {list}.rota.json
         patients stop {stopped}
         patients release {released}
         calls list --hersys-id {stopped}
         calls show {call}
         alerts list
         alerts take {alert}
         alerts give-back {alert}
         alerts close {alert}
         calls resolve {call} not-placed
         calls now {called}
         reports export --from 2026-11-01 --to 2026-11-30
         staff add --name 直子 --email naoko@mihon.example --role nurse --centre 13102
         staff deactivate naoko@mihon.example
         maintenance start
         maintenance end
         outbox retry {GIVEN_UP}
         outbox discard {GIVEN_UP}
         dialer pause --reason lines
         dialer resume
         dialer reconcile"
    );
    cases.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

/// A job that was given up.
const GIVEN_UP: &str = "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e05";

async fn give_up_a_job(kept: &DatabaseAssertions) {
    let row = format!("('{GIVEN_UP}', 'withdraw', '{{}}', 0, 20, 5, 'unreadable')");
    kept.rows(&format!("DELETE FROM outbox WHERE id = '{GIVEN_UP}'")).await;
    kept.rows(&format!("INSERT INTO outbox (id, kind, job, due_at, attempts, failed_at, failure) VALUES {row}")).await;
}

async fn lose_an_entry(fresh: &Fresh) {
    let found_at = Timestamp::now() - SignedDuration::from_hours(1);
    let (id, evidence) = (uuid::Uuid::nil(), "7".to_owned());
    let loss = LossRow { id, sign: LossEvidence::CheckpointAhead, evidence, found_at, reconciled_at: None };
    let mut tx = fresh.database.begin_write().await.unwrap();
    assert!(losses::note(&mut tx, &loss).await.unwrap());
    tx.commit().await.unwrap();
}

/// Every command, with the address of a database.
pub async fn every_command_acts(fresh: Fresh) {
    acts(fresh, Place::AfterTheCommand).await;
}

async fn acts(fresh: Fresh, place: Place) {
    let command_line = CommandLine(&fresh);
    let finishing = |time| (time, vec![finishes().into()]);
    let day = today(&fresh, ["13:30", "19:00", "19:00", "19:00"].map(finishing).into(), STORM).await;
    day.until("13:33:00").await;
    let alerts: Value = serde_json::from_str(&command_line.does(&["alerts", "list", "--json"])).unwrap();
    let [alert, call] = ["id", "call"].map(|field| alerts[0][field].as_str().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    std::fs::write(&list, "HER-SYS ID,生年月日,姓,名\n7654322,1980-04-01,鈴木,三\n").unwrap();
    let rota = r#"{"revision":0,"rota":{"first":3,"between":5,"contacts":[],"shifts":[]}}"#;
    let rota_file = folder.path().join("list.rota.json");
    std::fs::write(&rota_file, rota).unwrap();
    let carrier = FakeCarrier::start();
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut known: BTreeSet<String> = LEAVES_NO_ENTRY.iter().map(|(words, _)| (*words).to_owned()).collect();
    for case in cases(call, alert, list.to_str().unwrap()) {
        let mut words: Vec<&str> = case.iter().map(String::as_str).collect();
        known.insert(words[..2].join(" "));
        match words[..2] {
            ["dialer", "reconcile"] => lose_an_entry(&fresh).await,
            ["outbox", _] => give_up_a_job(&kept).await,
            _ => {}
        }
        match place {
            Place::BeforeTheCommand => words.splice(..0, ["--as", ACTOR]),
            Place::AfterTheCommand => words.splice(words.len().., ["--as", ACTOR]),
        };
        let (before, others) = (kept.count(OF_ACTOR).await, kept.count(OF_OTHERS).await);
        let output = command_line.command(&words).envs(carrier.settings()).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(kept.count(OF_ACTOR).await > before, "{words:?} leaves no entry of {ACTOR}");
        assert_eq!(kept.count(OF_OTHERS).await, others, "{words:?} leaves an entry of somebody else");
    }
    let names = kept.column("SELECT name FROM centres ORDER BY code").await;
    assert!(names.contains(&"港保健所".to_owned()) && !names.contains(&ACTOR.to_owned()), "{names:?}");
    assert_eq!(kept.count(&format!("patients WHERE family_name = '{ACTOR}' OR given_name = '{ACTOR}'")).await, 0);
    drop(folder);
    assert!(!rota_file.exists(), "tests leave nothing in the temporary folder");
    assert_eq!(leaves(&[]).into_iter().collect::<BTreeSet<_>>(), known, "every command is tried, or has a reason");
}

async fn d3_as_before_the_command_is_who_acted(fresh: Fresh) {
    acts(fresh, Place::BeforeTheCommand).await;
}

async fn d3_as_after_the_command_is_who_acted(fresh: Fresh) {
    acts(fresh, Place::AfterTheCommand).await;
}

async fn a_name_given_to_as_renames_no_centre(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    for words in [
        &["--as", ACTOR, "centres", "set", "13101", "--phone", "0352113642"][..],
        &["centres", "set", "13101", "--phone", "0352113643", "--as", ACTOR],
        &["centres", "--as", ACTOR, "set", "13101", "--phone", "0352113644"],
    ] {
        command_line.does(words);
        let kept = DatabaseAssertions::at(&fresh.url);
        assert_eq!(kept.column("SELECT name FROM centres").await, ["千代田保健所"], "{words:?}");
    }
    let kept = DatabaseAssertions::at(&fresh.url);
    let actors = kept.column("SELECT actor FROM audit ORDER BY at, id").await;
    assert_eq!(actors, ["tester", ACTOR, ACTOR, ACTOR]);
}

async fn the_user_of_the_process_is_recorded_whatever_user_says(fresh: Fresh) {
    let add = ["centres", "add", "--code", "13101", "--name", "千代田保健所", "--phone", "0352113641"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    let added = command.args(add).env("KENKOCALL_DATABASE__URL", &fresh.url).env("USER", "somebody").output().unwrap();
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let user = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
    let user = user.trim();
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.column("SELECT actor FROM audit").await, [user]);
    let listed: Value = serde_json::from_str(&CommandLine(&fresh).does(&["audit", "list", "--json"])).unwrap();
    assert_eq!(listed[0]["system_user"], user);
    assert!(!listed[0]["fields"].as_array().unwrap().contains(&"system_user".into()));
    let text = CommandLine(&fresh).does(&["audit", "list"]);
    assert!(!text.contains("somebody"), "{text}");
}

/// What an operator limited to centre 13101 asks about centre 13102 and its patient 7654321.
const OF_ANOTHER_CENTRE: [&[&str]; 18] = [
    &["centres", "show", "13102"],
    &["centres", "set", "13102", "--phone", "0352113699"],
    &["centres", "add", "--code", "13103", "--name", "港保健所", "--phone", "0335783111"],
    &["patients", "show", "7654321"],
    &["patients", "set", "7654321", "--language", "en"],
    &["patients", "stop", "7654321"],
    &["patients", "release", "7654321"],
    &["patients", "list", "--centre", "13102"],
    &["patients", "add", "--centre", "13102", "--hersys-id", "1111111", "--birth-date", "1980-04-01"],
    &["calls", "now", "7654321"],
    &["calls", "list", "--centre", "13102"],
    &["alerts", "list", "--centre", "13102"],
    &["reports", "export", "--from", "2026-11-01", "--to", "2026-11-30", "--centre", "13102"],
    &["dialer", "pause", "--reason", "test"],
    &["dialer", "resume"],
    &["maintenance", "start"],
    &["maintenance", "end"],
    &["audit", "verify"],
];

async fn an_operator_limited_to_a_centre_sees_and_changes_no_other(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let centre = |code: &'static str, name: &'static str, phone: &'static str| {
        command_line.does(&["centres", "add", "--code", code, "--name", name, "--phone", phone]);
    };
    centre("13101", "千代田保健所", "0352113641");
    centre("13102", "中央保健所", "0335415936");
    for (code, id) in [("13101", "1234567"), ("13102", "7654321")] {
        let names = ["--family-name", "見本", "--given-name", "花子"];
        let patient = ["patients", "add", "--centre", code, "--hersys-id", id, "--birth-date", "1980-04-01"];
        command_line.does(&[&patient[..], &names].concat());
    }
    let kept = DatabaseAssertions::at(&fresh.url);
    let written = kept.column("SELECT hersys_id || language || updated_at FROM patients ORDER BY hersys_id").await;
    let limited = |words: &[&str]| {
        let mut command = command_line.command(words);
        command.env("KENKOCALL_OPERATOR__CENTRE", "13101").output().unwrap()
    };
    for words in OF_ANOTHER_CENTRE {
        let output = limited(words);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{words:?} succeeded");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("見本"), "{words:?}");
        assert!(!told.is_empty() && !told.contains("7654321"), "{words:?}: {told}");
    }
    for (words, shown, hidden) in [
        (&["patients", "list"][..], "1234567", "7654321"),
        (&["centres", "list"], "千代田保健所", "中央保健所"),
        (&["audit", "list", "--reveal"], "1234567", "7654321"),
    ] {
        let output = limited(words);
        let told = String::from_utf8_lossy(&output.stdout);
        // The trail says what was tried for, as if nobody had that ID.
        let told = told.replace("nobody with HER-SYS ID 7654321", "");
        assert!(told.contains(shown) && !told.contains(hidden), "{words:?}: {told}");
    }
    assert!(limited(&["patients", "show", "1234567"]).status.success());
    let after = kept.column("SELECT hersys_id || language || updated_at FROM patients ORDER BY hersys_id").await;
    assert_eq!(after, written);
    assert_eq!(kept.count("centres").await, 2);
    // A look at another centre's patient is refused like an unknown ID, and recorded like one (D3).
    assert!(kept.count("audit WHERE action = 'patient.not_found'").await > 0);
}
