//! Two `serve` processes on one SQLite file, as docs/operations.md allows (on a local disk): each slot is called
//! once, by either process, and each handles the other's calls.

use super::data_loss::LONG_ENOUGH;
use super::databases::{self, Fresh};
use super::deployment::{Town, number};
use super::server::Line;

const PATIENTS: u32 = 12;
/// How often one of the two is killed and restarted.
const KILLS: u32 = 4;

/// A second process next to the town's, with the same settings.
fn beside(town: &Town, fresh: &Fresh) -> Line {
    let settings: Vec<(&str, &str)> =
        town.settings().iter().map(|(name, value)| (name.trim_start_matches("KENKOCALL_"), value.as_str())).collect();
    Line::start(&fresh.url, &settings)
}

async fn each_phone_rang_once(town: &Town) {
    tokio::time::sleep(LONG_ENOUGH).await;
    for nth in 0..PATIENTS {
        assert_eq!(town.fake.phone(&number(nth)).await, [1, 1, 1], "{nth}\n{}", town.line.log());
    }
    town.nobody_rang_twice_for_a_call().await;
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
        let town = Town::of(&fresh, PATIENTS, &[("DIALER__CONCURRENT_CALLS", "4")]).await;
        let other = beside(&town, &fresh);
        // The carrier's requests alternate between both, in the middle of calls.
        while town.kept.count("slots WHERE ended_at IS NOT NULL").await < u64::from(PATIENTS) {
            for line in [&other, &town.line] {
                town.fake.deliver_to(&line.carrier.address()).await;
                tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            }
        }
        assert_eq!(town.kept.count("slots WHERE state = 'reported'").await, u64::from(PATIENTS));
        each_phone_rang_once(&town).await;
        town.until("audit WHERE seq IS NULL", 0).await;
        assert!(town.asks(&["audit", "verify"]).unwrap().contains("verify"));
        for line in [&other, &town.line] {
            assert!(!line.log().contains(" ERROR "), "{}", line.log());
        }
    })
    .await;
}

#[tokio::test]
async fn one_of_two_programs_on_one_file_is_killed_and_the_other_goes_on() {
    databases::on_sqlite(|fresh: Fresh| async move {
        let mut town = Town::of(&fresh, PATIENTS, &[("DIALER__CONCURRENT_CALLS", "4")]).await;
        let other = beside(&town, &fresh);
        town.fake.deliver_to(&other.carrier.address()).await;
        for _ in 0..KILLS {
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            town.line.kill();
            town.line.restart();
        }
        town.until_all_slots_ended(PATIENTS.into()).await;
        town.nobody_rang_twice_for_a_call().await;
        town.until("calls WHERE ended_at IS NULL", 0).await;
        town.until("audit WHERE seq IS NULL", 0).await;
        assert!(town.asks(&["audit", "verify"]).unwrap().contains("verify"));
    })
    .await;
}
