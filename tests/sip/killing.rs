//! The process is killed at any moment of dialling, again and again: no number is called twice for its slot, and
//! nothing rings or hangs on the far side afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::databases::on_sqlite;
use super::db_assertions::DatabaseAssertions;
use super::line::{PATIENCE, SipServer};
use super::test_patients;

/// The number of kills. Each is in the middle of another patient's call.
const KILLS: u32 = 25;
/// The longest time from the wish to call to the kill, in milliseconds.
const SPREAD: u64 = 1_200;

/// What the far side has seen of one call.
#[derive(Debug, Default)]
struct Seen {
    number: String,
    is_over: bool,
}

/// The calls of a trace, by Call-ID.
fn calls(trace: &str) -> BTreeMap<String, Seen> {
    let mut calls: BTreeMap<String, Seen> = BTreeMap::new();
    for message in trace.split("-----------------------------------------------").skip(1) {
        let Some(id) = message.lines().find_map(|line| line.strip_prefix("Call-ID:")) else { continue };
        let seen = calls.entry(id.trim().to_owned()).or_default();
        let received = message.contains("message received");
        let first = message.lines().find(|line| line.contains("SIP/2.0")).unwrap_or_default();
        if let Some(target) = first.strip_prefix("INVITE sip:").filter(|_| received) {
            seen.number = target.split('@').next().unwrap_or_default().to_owned();
        }
        let ended = first.starts_with("CANCEL ") || first.starts_with("BYE ") || first.contains("486 Busy");
        seen.is_over |= ended;
    }
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_dialling_no_number_is_called_twice_and_nothing_rings_on() {
    on_sqlite(|fresh| async move {
        let now = Timestamp::now();
        test_patients::register(&fresh.database, now, &test_patients::noon_zone(now)).await;
        let ids = test_patients::register_callable(&fresh.database, now, KILLS).await.unwrap();
        let mut server = SipServer::start(&fresh.url, &[("SIP__LONGEST_RINGING_SECONDS", "60")]);
        let trunk = server.trunk("no_answer", &[], 10_000);
        let mut chance = fastrand::Rng::with_seed(17);
        for id in &ids {
            server.does(&["--as", "保健師A", "calls", "now", id]);
            tokio::time::sleep(Duration::from_millis(chance.u64(..SPREAD))).await;
            server.kill();
            server.restart();
        }
        let kept = DatabaseAssertions::at(&fresh.url);
        let all_over = async {
            loop {
                let open = kept.column("SELECT CAST(count(*) AS text) FROM attempts WHERE ended_at IS NULL").await;
                let calls = calls(&trunk.messages());
                if open == ["0"] && calls.values().all(|seen| seen.is_over) && !calls.is_empty() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let over = tokio::time::timeout(PATIENCE, all_over).await;
        let calls = calls(&trunk.messages());
        let log = || server.log().lines().rev().take(60).collect::<Vec<_>>().join("\n");
        let open: Vec<_> = calls.iter().filter(|(_, seen)| !seen.is_over).collect();
        assert!(over.is_ok(), "these ring on: {open:?}\n{}", log());
        let mut rung: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (id, seen) in calls.iter().filter(|(_, seen)| !seen.number.is_empty()) {
            rung.entry(&seen.number).or_default().insert(id);
        }
        for (number, ids) in &rung {
            assert_eq!(ids.len(), 1, "{number} was called by {ids:?}");
        }
        assert!(rung.len() > ids.len() / 2, "most kills were in the middle of a call: {}", rung.len());
    })
    .await;
}
