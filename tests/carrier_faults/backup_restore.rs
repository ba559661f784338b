//! `kenkocall backup` while calls are in progress, and `kenkocall restore` of the backup: the server starts paused,
//! reconciles the carrier's list, and no phone rings twice (fault 40).

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::carrier_process::FakeCarrier;
use super::data_loss::{LONG_ENOUGH, reconcile};
use super::databases::{self, Fresh};
use super::db_assertions::DatabaseAssertions;
use super::deployment::{Deployment, number};
use super::postgres_server::{programs, run};

const PATIENTS: u32 = 6;
/// Two calls at a time, so that each backup contains calls in different states.
const TWO_AT_A_TIME: (&str, &str) = ("DIALER__CONCURRENT_CALLS", "2");

/// The states of the calls that were in progress when the backup was made.
async fn under_way(backup: &str) -> Vec<String> {
    let sql = "SELECT DISTINCT state FROM attempts WHERE ended_at IS NULL ORDER BY state";
    DatabaseAssertions::at(&format!("sqlite://{backup}")).column(sql).await
}

/// Makes backups repeatedly until this many slots have ended, and keeps one backup of each combination of calls in
/// progress.
async fn backed_up_until(deployment: &Deployment, folder: &Path, ended: u64) -> BTreeMap<Vec<String>, String> {
    let mut backups = BTreeMap::new();
    for nth in 0.. {
        let ended_before = deployment.kept.count("slots WHERE ended_at IS NOT NULL").await >= ended;
        let backup = folder.join(format!("backup-{nth}.db")).to_str().unwrap().to_owned();
        deployment.asks(&["backup", &backup]).unwrap();
        let calls = under_way(&backup).await;
        if !calls.is_empty() {
            backups.insert(calls, backup);
        }
        if ended_before {
            break;
        }
    }
    assert!(!backups.is_empty(), "no backup found a call under way\n{}", deployment.line.log());
    backups
}

/// The number of calls placed to each phone.
async fn placed(deployment: &Deployment) -> Vec<u64> {
    let mut placed = Vec::new();
    for nth in 0..PATIENTS {
        placed.push(deployment.fake.phone(&number(nth)).await[0]);
    }
    placed
}

/// Replaces the database by a backup, with the documented commands up to `dialer resume`.
async fn restored(deployment: &mut Deployment, backup: &str) {
    let told = deployment.asks(&["restore", backup]).unwrap();
    assert!(told.contains("nobody is dialled"), "{told}");
    let before = placed(deployment).await;
    deployment.restart().await;
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(placed(deployment).await, before, "it starts paused\n{}", deployment.line.log());
    assert_eq!(deployment.kept.count("alerts WHERE kind = 'dialling' AND closed_at IS NULL").await, 1);
    let shown = deployment.asks(&["dialer", "show"]).unwrap();
    assert!(shown.starts_with("recent data is missing from the database; dialling stopped"), "{shown}");
    let refused = deployment.asks(&["dialer", "resume"]).unwrap_err();
    assert!(refused.contains("run `kenkocall dialer reconcile` first"), "{refused}");
    reconcile(deployment).await;
    assert_eq!(placed(deployment).await, before, "reconciling dials nobody\n{}", deployment.line.log());
    deployment.asks(&["dialer", "resume"]).unwrap();
}

/// Every slot has ended, one call was placed to each phone, and every patient reported or is on the nurses' list.
async fn everybody_was_called_once(deployment: &Deployment) {
    deployment.until_all_slots_ended(PATIENTS.into()).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(placed(deployment).await, vec![1; PATIENTS as usize], "{}", deployment.line.log());
    deployment.nobody_rang_twice_for_a_call().await;
    let reported = deployment.kept.count("slots WHERE state = 'reported'").await;
    let sql = "slots s JOIN alerts a ON a.patient_id = s.patient_id AND a.kind = 'unanswered' AND a.closed_at IS NULL
               WHERE s.state = 'unanswered'";
    assert_eq!(reported + deployment.kept.count(sql).await, u64::from(PATIENTS));
    assert!(deployment.asks(&["audit", "verify"]).unwrap().contains("verify"));
}

#[tokio::test]
async fn fault_40_a_backup_made_during_calls_calls_nobody_twice() {
    databases::on_sqlite(|fresh: Fresh| async move {
        let folder = tempfile::tempdir().unwrap();
        let mut deployment = Deployment::of(&fresh, PATIENTS, &[TWO_AT_A_TIME]).await;
        fresh.database.close().await;
        let backups = backed_up_until(&deployment, folder.path(), PATIENTS.into()).await;
        everybody_was_called_once(&deployment).await;
        for (calls, backup) in backups {
            println!("restoring a backup with calls {calls:?}");
            deployment.line.kill();
            restored(&mut deployment, &backup).await;
            everybody_was_called_once(&deployment).await;
        }
    })
    .await;
}

/// The server stops in the middle of calls, and others haven't begun. Those are called once it continues.
#[tokio::test]
async fn fault_40_a_backup_restored_while_phones_ring_calls_the_rest_once() {
    databases::on_sqlite(|fresh: Fresh| async move {
        let folder = tempfile::tempdir().unwrap();
        let mut deployment = Deployment::with(&fresh, PATIENTS, FakeCarrier::at_speed(3, 20), &[TWO_AT_A_TIME]).await;
        fresh.database.close().await;
        let backups = backed_up_until(&deployment, folder.path(), 1).await;
        deployment.until("attempts WHERE ended_at IS NULL AND state <> 'intended'", 2).await;
        deployment.line.kill();
        assert!(placed(&deployment).await.contains(&0), "nobody is left to be called");
        let (_, first) = backups.into_iter().next().unwrap();
        restored(&mut deployment, &first).await;
        everybody_was_called_once(&deployment).await;
    })
    .await;
}

/// The procedure of docs/operations.md for PostgreSQL, which has its own programs for backup and restore.
#[tokio::test]
async fn fault_40_a_dump_made_during_calls_calls_nobody_twice() {
    databases::on_postgres(|fresh: Fresh| async move {
        let folder = tempfile::tempdir().unwrap();
        let dump = folder.path().join("dump");
        let by = |program: &str| Command::new(programs().join(program));
        let mut deployment = Deployment::of(&fresh, PATIENTS, &[TWO_AT_A_TIME]).await;
        fresh.database.close().await;
        while deployment.kept.count("attempts WHERE ended_at IS NULL AND state = 'answered'").await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        run(by("pg_dump").args(["--format=custom", "--file"]).arg(&dump).arg(&fresh.url));
        everybody_was_called_once(&deployment).await;
        deployment.line.kill();

        run(by("pg_restore").args(["--clean", "--if-exists", "--dbname", &fresh.url]).arg(&dump));
        assert!(
            deployment.kept.count("slots WHERE ended_at IS NOT NULL").await < u64::from(PATIENTS),
            "it is the old one"
        );
        deployment.asks(&["dialer", "pause", "--reason", "restored"]).unwrap();
        deployment.restart().await;
        tokio::time::sleep(LONG_ENOUGH).await;
        reconcile(&deployment).await;
        assert_eq!(placed(&deployment).await, vec![1; PATIENTS as usize], "{}", deployment.line.log());
        deployment.asks(&["dialer", "resume"]).unwrap();
        everybody_was_called_once(&deployment).await;
    })
    .await;
}
