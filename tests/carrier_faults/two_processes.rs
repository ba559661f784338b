//! Two `serve` processes on one SQLite file, as docs/operations.md allows (on a local disk): each slot is called
//! once, by either process, and each handles the other's calls.

use super::data_loss::LONG_ENOUGH;
use super::databases::{self, Fresh};
use super::deployment::{Deployment, number};
use super::server::TestServer;

const PATIENTS: u32 = 12;
/// How often one of the two is killed and restarted.
const KILLS: u32 = 4;

/// A second process next to the deployment's, with the same settings.
fn beside(deployment: &Deployment, fresh: &Fresh) -> TestServer {
    let settings: Vec<(&str, &str)> = deployment
        .settings()
        .iter()
        .map(|(name, value)| (name.trim_start_matches("KENKOCALL_"), value.as_str()))
        .collect();
    TestServer::start(&fresh.url, &settings)
}

async fn each_phone_rang_once(deployment: &Deployment) {
    tokio::time::sleep(LONG_ENOUGH).await;
    for nth in 0..PATIENTS {
        assert_eq!(deployment.fake.phone(&number(nth)).await, [1, 1, 1], "{nth}\n{}", deployment.line.log());
    }
    deployment.nobody_rang_twice_for_a_call().await;
}

/// The document's own wording, because this test checks what it promises.
#[test]
fn the_document_allows_two_on_a_local_disk() {
    let manual = include_str!("../../docs/operations.md").replace('\n', " ");
    assert!(
        manual.contains("including two `serve`") && manual.contains("Don't share the file over NFS"),
        "it says something else"
    );
}

#[tokio::test]
async fn two_programs_on_one_file_call_each_slot_once() {
    databases::on_sqlite(|fresh: Fresh| async move {
        let deployment = Deployment::of(&fresh, PATIENTS, &[("DIALER__CONCURRENT_CALLS", "4")]).await;
        let other = beside(&deployment, &fresh);
        // The carrier's requests alternate between both, in the middle of calls.
        while deployment.kept.count("slots WHERE ended_at IS NOT NULL").await < u64::from(PATIENTS) {
            for line in [&other, &deployment.line] {
                deployment.fake.deliver_to(&line.carrier.address()).await;
                tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            }
        }
        assert_eq!(deployment.kept.count("slots WHERE state = 'reported'").await, u64::from(PATIENTS));
        each_phone_rang_once(&deployment).await;
        deployment.until("audit WHERE seq IS NULL", 0).await;
        assert!(deployment.asks(&["audit", "verify"]).unwrap().contains("verify"));
        for line in [&other, &deployment.line] {
            assert!(!line.log().contains(" ERROR "), "{}", line.log());
        }
    })
    .await;
}

#[tokio::test]
async fn one_of_two_programs_on_one_file_is_killed_and_the_other_goes_on() {
    databases::on_sqlite(|fresh: Fresh| async move {
        let mut deployment = Deployment::of(&fresh, PATIENTS, &[("DIALER__CONCURRENT_CALLS", "4")]).await;
        let other = beside(&deployment, &fresh);
        deployment.fake.deliver_to(&other.carrier.address()).await;
        for _ in 0..KILLS {
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            deployment.line.kill();
            deployment.line.restart();
        }
        deployment.until_all_slots_ended(PATIENTS.into()).await;
        deployment.nobody_rang_twice_for_a_call().await;
        deployment.until("calls WHERE ended_at IS NULL", 0).await;
        deployment.until("audit WHERE seq IS NULL", 0).await;
        assert!(deployment.asks(&["audit", "verify"]).unwrap().contains("verify"));
    })
    .await;
}
