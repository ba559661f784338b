//! Configurations with which the program refuses to start: it prints a sentence that says what is wrong, exits with a
//! code other than 0, and doesn't listen.

use kenkocall::store::Database;

use super::db_assertions::DatabaseAssertions;
use super::server::{Refusal, TestServer, house};

fn says(refusal: &Refusal, words: &[&str]) {
    assert_eq!(refusal.status.code(), Some(1), "{}", refusal.sentence);
    for word in words {
        assert!(refusal.sentence.contains(word), "“{word}” isn't in: {}", refusal.sentence);
    }
    assert!(!refusal.sentence.contains("panicked"), "{}", refusal.sentence);
}

#[test]
fn a_database_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    std::fs::create_dir(folder.path().join("folder.db")).unwrap();
    std::fs::write(folder.path().join("letter.db"), "A letter. ".repeat(1_000)).unwrap();
    for (url, words) in [
        (url("folder.db"), "is a directory"),
        (url("nowhere/calls.db"), "doesn't exist"),
        (url("letter.db"), "isn't an SQLite database"),
        ("sqlite://".to_owned(), "has no file"),
        ("mysql://db/calls".to_owned(), "sqlite://PATH"),
    ] {
        let refusal = TestServer::refused(&[("DATABASE__URL", &url)]);
        says(&refusal, &[words]);
        assert!(!refusal.sentence.contains("5ecret"), "{}", refusal.sentence);
    }
}

#[test]
fn a_server_of_postgresql_that_does_not_answer_is_waited_for_until_it_is_stopped() {
    let url = "postgres://nobody:5ecret@127.0.0.1:1/calls";
    let (log, ended) = TestServer::stopped_while_it_waits(&[("DATABASE__URL", url)], "not available yet");
    assert!(log.contains("the PostgreSQL server at 127.0.0.1:1 doesn't answer"), "{log}");
    assert!(!log.contains("5ecret"), "{log}");
    assert_eq!(ended.code(), Some(0), "{log}");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("calls.db").display());
    let database = Database::open(&url, 1).await.unwrap();
    database.migrate(kenkocall::domain::DataOrigin::Real).await.unwrap();
    database.close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 9999, 'of tomorrow', success, checksum, 0 FROM _sqlx_migrations LIMIT 1 RETURNING description";
    assert_eq!(DatabaseAssertions::at(&url).column(newer).await, ["of tomorrow"]);
    says(&TestServer::refused(&[("DATABASE__URL", &url)]), &["newer kenkocall"]);
}

#[test]
fn broken_flow_documents_are_named_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let flows = folder.path().join("call_flows");
    copy(&house().join("call_flows"), &flows);
    let database = format!("sqlite://{}", folder.path().join("calls.db").display());
    let path = flows.join("health_call/flow.toml");
    let good = std::fs::read_to_string(&path).unwrap();
    let line_of = |text: &str, what: &str| text.lines().position(|line| line.contains(what)).unwrap() + 1;

    let dangling = good.replacen("next = \"birth_date\"", "next = \"birthday\"", 1);
    let place = format!("flow.toml:{}", line_of(&dangling, "next = \"birthday\""));
    let torn = good.replacen("kind = \"gather\"", "kind = \"gather", 1);
    for (document, words) in [(dangling, vec![place.as_str(), "birthday"]), (torn, vec!["health_call/flow.toml:"])] {
        std::fs::write(&path, document).unwrap();
        let settings = [("DATABASE__URL", database.as_str()), ("FLOWS__DIRECTORY", flows.to_str().unwrap())];
        says(&TestServer::refused(&settings), &words);
    }
    let missing = folder.path().join("missing");
    says(
        &TestServer::refused(&[("DATABASE__URL", &database), ("FLOWS__DIRECTORY", missing.to_str().unwrap())]),
        &["there is no folder", "missing"],
    );
    assert!(!folder.path().join("calls.db").exists(), "documents are checked before anything is made");
}

#[test]
fn wrong_settings_get_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("calls.db").display());
    let listening = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listening.local_addr().unwrap().to_string();
    for (name, value, words) in [
        ("SERVER__LISTNE", "127.0.0.1:0", "KENKOCALL_SERVER__LISTNE"),
        ("SERVER__LISTEN", "nowhere", "server.listen"),
        ("SERVER__LISTEN", taken.as_str(), "can't be listened on"),
        ("SERVER__PUBLIC_URL", "kenko.example", "https://"),
        ("SERVER__PUBLIC_URL", "https://kenko.example/?a=1", "without ?"),
        ("SERVER__PUBLIC_URL", "https://me:5ecret@kenko.example", "leaves that out"),
        ("SERVER__PUBLIC_URL", "http://kenko.example", "unencrypted"),
        ("SERVER__PUBLIC_URL", "http://0.0.0.0:8080", "nobody can call them"),
        ("SERVER__PUBLIC_URL", "https://[::]", "nobody can call them"),
        ("TWILIO__AUTH_TOKEN", "  ", "KENKOCALL_TWILIO__AUTH_TOKEN"),
        ("TWILIO__AUTH_TOKEN", "'5ecret'", "twilio.auth_token"),
        ("TWILIO__ACCOUNT_SID", "AC00000000000000000000000000000000\n", "twilio.account_sid"),
        ("TWILIO__BASE_URL", "http://api.example", "unencrypted"),
        ("CARRIER", "pigeon", "it is one of simulator, twilio, sip"),
        ("TWILIO__AUTH_TOKEN", "", "KENKOCALL_TWILIO__AUTH_TOKEN"),
        ("TWILIO__CALLER_NUMBER", "twelve", "twilio.caller_number"),
        ("HEALTH_CALL__TIME_ZONE", "Mars/Olympus", "Asia/Tokyo"),
        ("HEALTH_CALL__DESK_CENTRE", "no such code!", "health_call.desk_centre"),
        ("HEALTH_CALL__GUESSING__PER_ID", "many", "health_call.guessing.per_id"),
        ("DIALER__CALLS_PER_SECOND", "-1", "above 0"),
        ("LOG__LEVEL", "a=b=c", "log.level"),
        ("FLOWS__DIRECTORY", "/dev/null", "there is no folder"),
    ] {
        let refusal = TestServer::refused(&[("DATABASE__URL", &database), (name, value)]);
        assert!(refusal.sentence.contains(words), "{name}={value}: {}", refusal.sentence);
        says(&refusal, &["kenkocall: "]);
        assert!(!refusal.sentence.contains("5ecret"), "{}", refusal.sentence);
    }
}

#[test]
fn a_desk_centre_that_nobody_added_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("calls.db").display());
    let refusal = TestServer::refused(&[("DATABASE__URL", &database), ("HEALTH_CALL__DESK_CENTRE", "99999")]);
    says(&refusal, &["health_call.desk_centre names 99999", "kenkocall centres list"]);
}

pub fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
