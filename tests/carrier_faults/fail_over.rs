//! PostgreSQL fails over to its replica while calls are placed and answered: no phone rings again for a slot in which
//! it was answered, and no patient who was thanked is called again (faults 13, 34 and 35).

use std::time::Duration;

use kenkocall::store::Database;

use super::carrier_process::FakeCarrier;
use super::cluster::{Cluster, Replication};
use super::data_loss::{LONG_ENOUGH, reconcile};
use super::databases::Fresh;
use super::deployment::Deployment;

const PATIENTS: u32 = 14;
/// Some patients have reported when the replica is disconnected, others report afterwards, and some are left.
const BEFORE: u64 = 3;
const LOST: u64 = 4;

/// The number of fail-overs of each kind in one run. `KENKOCALL_FAIL_OVERS` sets more, for a long manual run.
fn fail_overs() -> u64 {
    std::env::var("KENKOCALL_FAIL_OVERS").ok().and_then(|count| count.parse().ok()).unwrap_or(1)
}

#[tokio::test]
async fn fault_13_an_asynchronous_fail_over_rings_nobody_twice() {
    for seed in 1..=fail_overs() {
        Box::pin(asynchronous(seed)).await;
    }
}

#[tokio::test]
async fn fault_13_a_synchronous_fail_over_loses_nothing() {
    for seed in 1..=fail_overs() {
        Box::pin(synchronous(seed)).await;
    }
}

async fn deployment_on(cluster: &Cluster, seed: u64) -> Deployment {
    let url = cluster.url();
    let database = Database::open(&url, 4).await.unwrap();
    database.migrate(kenkocall::domain::DataOrigin::Real).await.unwrap();
    let fresh = Fresh { database: database.clone(), url };
    let pace = [("DIALER__CALLS_PER_SECOND", "4"), ("DIALER__CONCURRENT_CALLS", "4")];
    let deployment = Deployment::with(&fresh, PATIENTS, FakeCarrier::start(seed), &pace).await;
    database.close().await;
    // A dropped call is due again only a minute later.
    deployment.kept.rows("UPDATE centres SET settings = replace(settings, '1x30', '3x1')").await;
    deployment
}

async fn until_reported(deployment: &Deployment, reports: u64) {
    while deployment.kept.count("slots WHERE state = 'reported'").await < reports {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The phone numbers of patients whose report is stored and who were thanked.
async fn thanked(deployment: &Deployment) -> Vec<String> {
    let sql = "SELECT p.phone_number FROM slots s JOIN patients p ON p.id = s.patient_id WHERE s.state = 'reported'";
    deployment.kept.column(sql).await
}

/// Makes every waiting try due now.
async fn all_is_due(deployment: &Deployment) {
    deployment.kept.rows("UPDATE slots SET due_at = opened_at WHERE state = 'waiting'").await;
}

async fn until_all_ended(deployment: &Deployment) {
    while deployment.kept.count("slots WHERE ended_at IS NULL").await > 0 {
        all_is_due(deployment).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn asynchronous(seed: u64) {
    let cluster = Cluster::start(Replication::Asynchronous).await;
    let deployment = deployment_on(&cluster, seed).await;
    until_reported(&deployment, BEFORE).await;
    cluster.cut_replication();
    until_reported(&deployment, BEFORE + LOST).await;
    let thanked = thanked(&deployment).await;
    cluster.fail_over();
    assert!(
        deployment.kept.count("slots WHERE state = 'reported'").await < thanked.len() as u64,
        "some reports are lost"
    );

    deployment.until("alerts WHERE kind = 'dialling' AND closed_at IS NULL", 1).await;
    all_is_due(&deployment).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    for (number, placed, _) in deployment.fake.phones().await {
        assert_eq!(placed, 1, "{number} rings again\n{}", deployment.line.log());
    }
    reconcile(&deployment).await;
    deployment.asks(&["dialer", "resume"]).unwrap();
    until_all_ended(&deployment).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    let phones = deployment.fake.phones().await;
    assert_eq!(phones.len(), PATIENTS as usize, "the rest are called");
    for (number, placed, _) in phones {
        assert_eq!(placed, 1, "{number} was answered and is called again\n{}", deployment.line.log());
    }
    // Each of them has a report or is on the list.
    let on_the_list = "SELECT p.phone_number FROM slots s JOIN patients p ON p.id = s.patient_id
                       JOIN alerts a ON a.patient_id = p.id AND a.kind = 'unanswered' AND a.closed_at IS NULL
                       WHERE s.state = 'unanswered'";
    let mut accounted = deployment.kept.column(on_the_list).await;
    accounted.extend(self::thanked(&deployment).await);
    for number in &thanked {
        assert!(accounted.contains(number), "{number} was thanked, and nobody knows");
    }
    assert_eq!(accounted.len(), PATIENTS as usize);
}

async fn synchronous(seed: u64) {
    let cluster = Cluster::start(Replication::Synchronous).await;
    let deployment = deployment_on(&cluster, seed).await;
    until_reported(&deployment, BEFORE).await;
    let thanked = thanked(&deployment).await;
    cluster.fail_over();
    until_all_ended(&deployment).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(deployment.kept.count("losses").await, 0, "{}", deployment.line.log());
    assert_eq!(deployment.kept.count("alerts WHERE kind = 'dialling'").await, 0);
    let reported = self::thanked(&deployment).await;
    let phones = deployment.fake.phones().await;
    assert_eq!(phones.len(), PATIENTS as usize);
    for number in &thanked {
        assert!(reported.contains(number), "a report that was acknowledged is lost");
        assert!(phones.iter().any(|(called, placed, _)| called == number && *placed == 1), "{number} is called again");
    }
    deployment.nobody_rang_twice_for_a_call().await;
}
