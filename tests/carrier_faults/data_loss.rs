//! A database that has lost its last entries, because an old backup was restored or a fail-over came too early.
//! Dialling waits until the carrier's list was reconciled, and no phone rings twice (faults 13 and 40).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _};

use super::carrier_process::FakeCarrier;
use super::databases::Fresh;
use super::deployment::{Deployment, answers_after, number};
use crate::on_both_databases;

on_both_databases!(
    fault_13_a_lost_tail_is_seen_at_the_start_by_the_checkpoint,
    fault_13_a_lost_tail_is_seen_while_we_run,
    fault_13_a_callback_of_a_call_that_is_not_known_stops_the_dialling,
    nothing_is_dialled_before_the_carriers_list_was_read,
    a_carrier_that_is_unreachable_at_the_start_is_not_taken_for_a_wrong_clock,
    a_call_by_hand_from_our_number_stops_the_dialling_until_it_is_reconciled,
    a_call_from_another_number_of_the_account_stops_nothing,
    a_reconciliation_that_waits_is_stopped_by_ctrl_c,
);

mod restored {
    //! Only on SQLite: a backup is a file.
    #[tokio::test]
    async fn fault_40_an_old_backup_starts_paused_and_reconciles() {
        crate::databases::on_sqlite(super::fault_40).await;
    }

    #[tokio::test]
    async fn fault_40_an_old_backup_without_a_checkpoint_is_seen_by_the_carriers_list() {
        crate::databases::on_sqlite(super::fault_40_without_a_checkpoint).await;
    }
}

/// Several times longer than a running dialer takes to dial.
pub const LONG_ENOUGH: Duration = Duration::from_secs(3);
/// The number of lookups of the carrier's list before a test fails.
const MOST_LOOKS: u32 = 60;

const PATIENTS: u32 = 4;

/// One call after the other, so that some are placed before the backup and some after it.
const SLOW: (&str, &str) = ("DIALER__CONCURRENT_CALLS", "1");

async fn all_rang_once(deployment: &Deployment) {
    for nth in 0..PATIENTS {
        assert_eq!(deployment.fake.phone(&number(nth)).await, [1, 1, 1], "{nth}\n{}", deployment.line.log());
    }
}

/// Dialling has stopped, and an alert says why.
async fn is_held(deployment: &Deployment) {
    deployment.until("alerts WHERE kind = 'dialling' AND closed_at IS NULL", 1).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(deployment.kept.alerts().await, ["dialling"]);
    let shown = deployment.asks(&["dialer", "show"]).unwrap();
    assert!(shown.starts_with("recent data is missing from the database; dialling stopped"), "{shown}");
    let refused = deployment.asks(&["dialer", "resume"]).unwrap_err();
    assert!(refused.contains("run `kenkocall dialer reconcile` first"), "{refused}");
}

/// Continues until every call has ended and the list is reliable.
pub async fn reconcile(deployment: &Deployment) {
    for _ in 0..MOST_LOOKS {
        match deployment.asks(&["dialer", "reconcile"]) {
            Ok(said) => {
                assert!(said.ends_with("every call is accounted for; `kenkocall dialer resume` goes on\n"), "{said}");
                return;
            }
            Err(later) => assert!(later.contains("run it again"), "{later}"),
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    panic!("the calls are never over\n{}", deployment.line.log());
}

/// Finally dialling continues, and no patient was called for a slot that the carrier knew.
async fn goes_on(deployment: &Deployment) {
    let resumed = deployment.asks(&["dialer", "resume"]).unwrap();
    assert!(resumed.starts_with("the pause has ended\ncalls are placed\n"), "{resumed}");
    deployment.until("slots WHERE ended_at IS NOT NULL", PATIENTS.into()).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    all_rang_once(deployment).await;
    assert_eq!(deployment.kept.count("losses WHERE closed_at IS NULL").await, 0);
    assert_eq!(deployment.kept.count("alerts WHERE kind = 'dialling' AND closed_at IS NULL").await, 0);
    // Patients who were reached but whose answers are lost are on the nurses' list.
    let lost = deployment.kept.count("slots WHERE state = 'unanswered' AND reason = 'reached'").await;
    assert!(lost > 0);
    assert_eq!(deployment.kept.count("alerts WHERE kind = 'unanswered' AND closed_at IS NULL").await, lost);
    assert_eq!(deployment.kept.count("audit WHERE action = 'patient.call_reconciled'").await, lost);
    // Staff can request another call to a patient.
    deployment.asks(&["calls", "now", "1000001"]).unwrap();
    deployment.until_phone(&number(0), 2, 2).await;
}

async fn fault_40(fresh: Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (backup, checkpoints) = (path("backup.db"), path("checkpoints"));
    let settings = [SLOW, ("AUDIT__CHECKPOINT_FILE", checkpoints.as_str())];
    let mut deployment = Deployment::of(&fresh, PATIENTS, &settings).await;
    deployment.until("slots WHERE state = 'reported'", 2).await;
    deployment.kept.rows(&format!("VACUUM INTO '{backup}'")).await;
    deployment.until_all_slots_ended(PATIENTS.into()).await;
    all_rang_once(&deployment).await;
    // `serve` does this every minute.
    deployment.asks(&["audit", "checkpoint", &checkpoints]).unwrap();
    deployment.line.kill();

    put_in_place(&fresh, &backup).await;
    deployment.restart().await;
    is_held(&deployment).await;
    all_rang_once(&deployment).await;
    assert_eq!(deployment.kept.count("losses WHERE sign = 'checkpoint_ahead'").await, 1);
    reconcile(&deployment).await;
    goes_on(&deployment).await;
    // The file contains calls that the database will never contain: only a person can resume dialling.
    deployment.asks(&["audit", "checkpoint", &checkpoints]).unwrap_err();
    deployment.asks(&["audit", "checkpoint", &checkpoints, "--after-restore"]).unwrap();
    deployment.line.kill();
    deployment.restart().await;
    let said = deployment.asks(&["audit", "verify", "--checkpoint", &checkpoints]).unwrap();
    assert!(said.contains("a restored backup was noted"), "{said}");
    assert_eq!(
        deployment.kept.count("losses WHERE closed_at IS NULL").await,
        0,
        "the next start finds nothing to stop for"
    );
}

/// Replaces the database by the backup.
async fn put_in_place(fresh: &Fresh, backup: &str) {
    fresh.database.close().await;
    let database = fresh.url.strip_prefix("sqlite://").unwrap();
    for end in ["", "-wal", "-shm"] {
        let file = format!("{database}{end}");
        if Path::new(&file).exists() {
            std::fs::remove_file(file).unwrap();
        }
    }
    std::fs::copy(backup, database).unwrap();
}

async fn fault_40_without_a_checkpoint(fresh: Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db").to_str().unwrap().to_owned();
    let mut deployment = Deployment::of(&fresh, PATIENTS, &[SLOW]).await;
    deployment.until("slots WHERE state = 'reported'", 2).await;
    deployment.kept.rows(&format!("VACUUM INTO '{backup}'")).await;
    deployment.until_all_slots_ended(PATIENTS.into()).await;
    all_rang_once(&deployment).await;
    deployment.line.kill();
    put_in_place(&fresh, &backup).await;
    deployment.restart().await;
    is_held(&deployment).await;
    all_rang_once(&deployment).await;
    assert_eq!(deployment.kept.count("losses WHERE sign = 'unknown_call'").await, 1);
    reconcile(&deployment).await;
    goes_on(&deployment).await;
    deployment.line.kill();
    deployment.restart().await;
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(
        deployment.kept.count("losses WHERE closed_at IS NULL").await,
        0,
        "the next start finds nothing to stop for"
    );
}

/// The SQL that removes everything that a database without the calls since `since` (epoch milliseconds) lacks.
fn lost_tail(since: &str, due_at: &str) -> String {
    let calls = format!("(SELECT call_id FROM attempts WHERE intended_at >= {since})");
    let reports = format!("(SELECT report_id FROM answers WHERE call_id IN {calls})");
    [
        format!("UPDATE slots SET state = 'waiting', reason = NULL, attempts = 0, tries = 0, ended_at = NULL, due_at = {due_at} WHERE id IN (SELECT slot_id FROM attempts WHERE intended_at >= {since})"),
        "DELETE FROM outbox".to_owned(),
        "DELETE FROM alerts".to_owned(),
        format!("UPDATE reports SET outcome = 'gone' WHERE id IN {reports}"),
        format!("DELETE FROM answers WHERE call_id IN {calls}"),
        "DELETE FROM reports WHERE outcome = 'gone' OR id NOT IN (SELECT report_id FROM answers)".to_owned(),
        format!("DELETE FROM turns WHERE call_id IN {calls}"),
        format!("DELETE FROM sessions WHERE call_id IN {calls}"),
        format!("DELETE FROM leg_statuses WHERE leg_id IN (SELECT id FROM legs WHERE call_id IN {calls})"),
        format!("DELETE FROM legs WHERE call_id IN {calls}"),
        format!("DELETE FROM attempts WHERE intended_at >= {since}"),
        "DELETE FROM call_people WHERE call_id NOT IN (SELECT call_id FROM attempts)".to_owned(),
        "DELETE FROM calls WHERE id NOT IN (SELECT call_id FROM attempts)".to_owned(),
        "UPDATE dialer SET turns = (SELECT count(*) FROM attempts), last_call = (SELECT call_id FROM attempts ORDER BY intended_at DESC LIMIT 1)".to_owned(),
    ]
    .join("; ")
}

/// Runs in one transaction, as a fail-over happens between two of ours.
async fn at_once(url: &str, sql: &str) {
    let sql = |begin: &str| AssertSqlSafe(format!("{begin}; {sql}; COMMIT"));
    if url.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql("BEGIN")).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql("BEGIN IMMEDIATE")).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// When the third call was intended. The first two outlast the fail-over.
async fn third_call(deployment: &Deployment) -> String {
    let sql = "SELECT CAST(intended_at AS text) FROM attempts ORDER BY intended_at LIMIT 1 OFFSET 2";
    deployment.kept.column(sql).await.pop().unwrap()
}

async fn fault_13_a_lost_tail_is_seen_at_the_start_by_the_checkpoint(fresh: Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = folder.path().join("checkpoints").to_str().unwrap().to_owned();
    let settings = [SLOW, ("AUDIT__CHECKPOINT_FILE", checkpoints.as_str())];
    let mut deployment = Deployment::of(&fresh, PATIENTS, &settings).await;
    deployment.until_all_slots_ended(PATIENTS.into()).await;
    deployment.asks(&["audit", "checkpoint", &checkpoints]).unwrap();
    deployment.line.kill();
    at_once(&fresh.url, &lost_tail(&third_call(&deployment).await, "opened_at")).await;
    assert_eq!(deployment.kept.count("slots WHERE state = 'waiting'").await, 2);
    deployment.restart().await;
    is_held(&deployment).await;
    reconcile(&deployment).await;
    goes_on(&deployment).await;
}

async fn fault_13_a_lost_tail_is_seen_while_we_run(fresh: Fresh) {
    let deployment = Deployment::of(&fresh, PATIENTS, &[SLOW]).await;
    deployment.until_all_slots_ended(PATIENTS.into()).await;
    at_once(&fresh.url, &lost_tail(&third_call(&deployment).await, "opened_at")).await;
    is_held(&deployment).await;
    reconcile(&deployment).await;
    goes_on(&deployment).await;
}

async fn fault_13_a_callback_of_a_call_that_is_not_known_stops_the_dialling(fresh: Fresh) {
    let fake = FakeCarrier::at_speed(1, 2);
    fake.person(&number(0), "answers", answers_after(20)).await;
    let mut deployment = Deployment::with(&fresh, 1, fake, &[]).await;
    deployment.until_phone(&number(0), 1, 1).await;
    // The last entries are lost while it rings and nothing is due: only the callback reveals the loss.
    deployment.line.kill();
    at_once(&fresh.url, &lost_tail("0", "9000000000000")).await;
    deployment.restart().await;
    deployment.until("losses WHERE sign = 'unknown_call'", 1).await;
    deployment.kept.rows("UPDATE slots SET due_at = opened_at").await;
    is_held(&deployment).await;
    let said = deployment.asks(&["dialer", "reconcile", "--wait"]).unwrap();
    assert!(said.ends_with("every call is accounted for; `kenkocall dialer resume` goes on\n"), "{said}");
    assert!(said.contains("waiting: 1 call isn't over yet"), "{said}");
    assert_eq!(deployment.kept.column("SELECT state FROM slots").await, ["unanswered"], "{}", deployment.line.log());
    deployment.asks(&["dialer", "resume"]).unwrap();
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(deployment.fake.phone(&number(0)).await, [1, 1, 1], "it rang once and was answered once");
}

async fn nothing_is_dialled_before_the_carriers_list_was_read(fresh: Fresh) {
    let fake = FakeCarrier::start(1);
    fake.fault(serde_json::json!({ "fault": "unavailable", "on": "list" })).await;
    let deployment = Deployment::with(&fresh, PATIENTS, fake, &[]).await;
    deployment.until("dialer WHERE waiting_reason IS NOT NULL", 1).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    for nth in 0..PATIENTS {
        assert_eq!(deployment.fake.phone(&number(nth)).await, [0, 0, 0]);
    }
    let shown = deployment.asks(&["dialer", "show"]).unwrap();
    assert!(shown.contains("the carrier's list of the last calls can't be read"), "{shown}");
    assert!(deployment.line.log().contains("twilio.auth_token"), "{}", deployment.line.log());
    deployment.fake.mended().await;
    deployment.until_all_slots_ended(PATIENTS.into()).await;
    all_rang_once(&deployment).await;
    assert_eq!(deployment.kept.count("losses").await, 0);
    let shown = deployment.asks(&["dialer", "show"]).unwrap();
    assert!(shown.starts_with("calls are placed\n"), "{shown}");
}

async fn a_carrier_that_is_unreachable_at_the_start_is_not_taken_for_a_wrong_clock(fresh: Fresh) {
    // The discard port, where nothing listens.
    let deployment =
        Deployment::with(&fresh, PATIENTS, FakeCarrier::start(1), &[("TWILIO__BASE_URL", "http://127.0.0.1:9")]).await;
    deployment.until("dialer WHERE waiting_reason IS NOT NULL", 1).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    let shown = deployment.asks(&["dialer", "show"]).unwrap();
    assert!(shown.contains("the carrier's list of the last calls can't be read"), "{shown}");
    let log = deployment.line.log();
    assert!(log.contains("check the connection to the carrier"), "{log}");
    assert!(!log.contains("system clock jumped"), "{log}");
    assert_eq!(deployment.kept.alerts().await, [] as [&str; 0]);
}

/// A call that was placed from a number of the account by something other than this program.
async fn placed_by_hand(fake: &FakeCarrier, from: &str) {
    let form = [("From", from), ("To", &number(90)), ("Url", "https://example.jp/elsewhere")];
    fake.place(&form).await;
}

async fn a_call_by_hand_from_our_number_stops_the_dialling_until_it_is_reconciled(fresh: Fresh) {
    let fake = FakeCarrier::start(1);
    placed_by_hand(&fake, "+815031980214").await;
    let deployment = Deployment::with(&fresh, PATIENTS, fake, &[]).await;
    is_held(&deployment).await;
    for nth in 0..PATIENTS {
        assert_eq!(deployment.fake.phone(&number(nth)).await, [0, 0, 0]);
    }
    reconcile(&deployment).await;
    deployment.asks(&["dialer", "resume"]).unwrap();
    deployment.until_all_slots_ended(PATIENTS.into()).await;
    all_rang_once(&deployment).await;
}

async fn a_call_from_another_number_of_the_account_stops_nothing(fresh: Fresh) {
    let fake = FakeCarrier::start(1);
    placed_by_hand(&fake, "+815031980299").await;
    let deployment = Deployment::with(&fresh, PATIENTS, fake, &[]).await;
    deployment.until_all_slots_ended(PATIENTS.into()).await;
    all_rang_once(&deployment).await;
    assert_eq!(deployment.kept.count("losses").await, 0);
}

async fn a_reconciliation_that_waits_is_stopped_by_ctrl_c(fresh: Fresh) {
    let deployment = Deployment::of(&fresh, 0, &[]).await;
    deployment.fake.fault(json!({ "fault": "unavailable", "on": "list" })).await;
    let mut waiting = deployment
        .program(&["dialer", "reconcile", "--wait"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(waiting.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "waiting: could not read the carrier's call list to its end\n");
    let asked = Command::new("kill").args(["-INT", &waiting.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let ended = waiting.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("stopped waiting; what is settled stays settled"), "{said}");
    assert_eq!(deployment.kept.count("audit WHERE action = 'dialer.reconciled'").await, 0);
}
