//! How the program starts: which carrier, which database, and what it refuses.

use std::path::Path;
use std::process::{Command, Output};

use kenkocall::domain::DataOrigin;
use kenkocall::store::Database;
use serde_json::Value;

use crate::db_assertions::DatabaseAssertions;
use crate::operator_name;
use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(
    simulated_data_are_marked_wherever_they_are_shown,
    the_simulator_refuses_a_database_of_real_patients,
    a_real_carrier_refuses_a_simulated_database,
    only_serve_and_migrate_upgrade_tables,
);

/// The program in a folder of its own, without any setting.
fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    command.args(arguments).current_dir(folder);
    command
}

fn refused(output: &Output) -> String {
    let sentence = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && output.stdout.is_empty(), "{sentence}");
    assert!(sentence.starts_with("kenkocall: "), "{sentence}");
    sentence
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn serve_has_no_default_carrier() {
    let folder = tempfile::tempdir().unwrap();
    let sentence = refused(&program(folder.path(), &["serve"]).output().unwrap());
    for mentioned in ["no carrier is set", "KENKOCALL_CARRIER=twilio", "real calls", "=simulator", "answer is invented"]
    {
        assert!(sentence.contains(mentioned), "{sentence}");
    }
    assert!(is_empty(folder.path()), "nothing was created");
}

#[test]
fn a_variable_that_is_mistyped_stops_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for (name, near) in [
        ("KENKOCALL_CARIER", "KENKOCALL_CARRIER?"),
        ("kenkocall_carrier", "KENKOCALL_CARRIER?"),
        ("KENKOCALL_DATABASE_URL", "KENKOCALL_DATABASE__URL?"),
        ("KENKOCALL_TWILIO__AUTHTOKEN", "KENKOCALL_TWILIO__AUTH_TOKEN?"),
    ] {
        for arguments in [&["serve"][..], &["migrate"], &["alerts", "list"], &["demo", "--fast"]] {
            let sentence = refused(&program(folder.path(), arguments).env(name, "twilio").output().unwrap());
            assert!(sentence.contains(&format!("variable {name} can't be used")), "{sentence}");
            assert!(sentence.contains(near), "{sentence}");
        }
    }
    assert!(is_empty(folder.path()), "nothing was created");
}

/// Commands that need no database, or create one.
const NEEDS_NONE: [&str; 13] = [
    "backup",
    "restore",
    "demo",
    "serve",
    "migrate",
    "bench",
    "simulate",
    "flows",
    "voices",
    "sip",
    "completions",
    "man",
    "config",
];

/// Every command that needs a database, with valid arguments.
fn asking() -> Vec<Vec<String>> {
    let id = "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04";
    let mut asking = operator_name::cases(id, id, "list.csv");
    asking.retain(|words| words[..2] != ["centres", "add"]);
    let more = "calls list
                centres list
                centres show 13101
                calls list --state unknown
                dialer show
                days show today
                maintenance show
                outbox list
                staff list
                staff unlock naoko@mihon.example
                rota show 13101
                patients erase 7654321
                audit verify
                audit checkpoint end.txt";
    asking.extend(more.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()));
    let tried: Vec<String> = asking.iter().map(|words| words[..2].join(" ")).collect();
    for leaf in operator_name::leaves(&[]) {
        let none = NEEDS_NONE.iter().any(|command| leaf.split(' ').next() == Some(command)) || leaf == "centres add";
        assert!(none || tried.contains(&leaf), "{leaf} isn't tried");
    }
    asking
}

#[test]
fn in_the_wrong_folder_commands_name_the_path_and_create_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let named = format!("there is no database at {}/kenkocall.db", path.display());
    for words in asking() {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let sentence = refused(&program(&path, &words).output().unwrap());
        assert!(sentence.contains(&named), "{words:?}: {sentence}");
        for todo in ["--config", "KENKOCALL_DATABASE__URL", "`kenkocall migrate`"] {
            assert!(sentence.contains(todo), "{words:?}: {sentence}");
        }
        assert!(is_empty(&path), "{words:?} created something");
    }
}

#[test]
fn migrate_and_the_first_centre_create_a_database() {
    for (words, carrier, simulated) in [
        (&["migrate"][..], "", false),
        (&["migrate"], "simulator", true),
        (&["centres", "add", "--code", "13101", "--name", "千代田保健所", "--phone", "0352113641"], "", false),
        (&["centres", "add", "--code", "13101", "--name", "千代田保健所", "--phone", "0352113641"], "simulator", true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = program(folder.path(), words);
        if !carrier.is_empty() {
            command.env("KENKOCALL_CARRIER", carrier);
        }
        assert!(command.output().unwrap().status.success());
        let shown = program(folder.path(), &["dialer", "show", "--json"]).output().unwrap();
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert_eq!(shown["simulated"], simulated, "{words:?} {carrier}");
    }
}

/// The same database, as if a simulation had created it.
async fn simulated(fresh: &Fresh) {
    DatabaseAssertions::at(&fresh.url).rows("UPDATE data_origin SET origin = 'simulated'").await;
    let opened = Database::open_existing(&fresh.url, 1).await.unwrap();
    assert_eq!(opened.data_origin().await.unwrap(), DataOrigin::Simulated);
    opened.close().await;
}

async fn simulated_data_are_marked_wherever_they_are_shown(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.import("HER-SYS ID,生年月日,姓,名\n7654322,1980-04-01,鈴木,三\n");
    let export = ["reports", "export", "--from", "2026-11-01", "--to", "2026-11-30"];
    let real = command_line.does(&export);
    assert!(real.trim_end().ends_with(",caller_number,stopped_after,written"), "{real}");
    let texts = [
        &["centres", "list"][..],
        &["patients", "show", "7654322"],
        &["calls", "list"],
        &["calls", "list", "--state", "unknown"],
        &["calls", "list", "--hersys-id", "7654322"],
        &["alerts", "list"],
        &["days", "show", "today"],
        &["dialer", "show"],
        &["maintenance", "show"],
        &["audit", "verify"],
    ];
    for words in texts {
        assert!(!command_line.does(words).contains("simulated"), "{words:?}");
    }
    simulated(&fresh).await;
    for words in texts {
        let shown = command_line.does(words);
        assert!(shown.starts_with("simulated data: patients, calls and answers are invented\n"), "{words:?}: {shown}");
    }
    let marked = command_line.does(&export);
    assert_eq!(marked.trim_end(), format!("{},simulated", real.trim_end()));
    for (words, list) in [
        (&["centres", "list", "--json"][..], true),
        (&["patients", "show", "7654322", "--json"], false),
        (&["days", "show", "today", "--json"], false),
        (&["dialer", "show", "--json"], false),
    ] {
        let shown: Value = serde_json::from_str(&command_line.does(words)).unwrap();
        let object = if list { &shown[0] } else { &shown };
        assert_eq!(object["simulated"], true, "{words:?}");
    }
}

async fn the_simulator_refuses_a_database_of_real_patients(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let sentence = refused(&command_line.command(&["serve"]).env("KENKOCALL_CARRIER", "simulator").output().unwrap());
    assert!(sentence.contains("one of real patients") && sentence.contains("KENKOCALL_DATABASE__URL"), "{sentence}");
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("flow_sets").await, 0, "nothing was stored");
}

async fn a_real_carrier_refuses_a_simulated_database(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    simulated(&fresh).await;
    let carrier = operator_name::FakeCarrier::start();
    for words in [&["serve"][..], &["dialer", "reconcile"]] {
        let sentence = refused(&command_line.command(words).envs(carrier.settings()).output().unwrap());
        assert!(sentence.contains("simulated data") && sentence.contains("KENKOCALL_CARRIER=simulator"), "{sentence}");
    }
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("flow_sets").await, 0, "nothing was stored");
}

async fn only_serve_and_migrate_upgrade_tables(fresh: Fresh) {
    let kept = DatabaseAssertions::at(&fresh.url);
    kept.rows("DROP TABLE data_origin").await;
    kept.rows("DELETE FROM _sqlx_migrations WHERE version = 4").await;
    let command_line = CommandLine(&fresh);
    let add = ["centres", "add", "--code", "13101", "--name", "千代田保健所", "--phone", "0352113641"];
    for words in [&["alerts", "list"][..], &["patients", "stop", "7654322"], &add] {
        let sentence = command_line.refuses(words);
        assert!(sentence.contains("older than this program") && sentence.contains("`kenkocall migrate`"), "{sentence}");
    }
    assert_eq!(command_line.does(&["migrate"]), "the database is up to date\n");
    command_line.does(&add);
}
