//! The program is killed without warning while it sends notices, and restarted: nobody gets two, and none is lost. The
//! log of the fake carrier is the proof of what was sent.

use std::collections::BTreeMap;
use std::time::Duration;

use hyper::Method;
use jiff::Timestamp;
use serde_json::json;

use super::carrier_process::FakeCarrier;
use super::databases::Fresh;
use super::deployment::Deployment;
use crate::on_both_databases;

on_both_databases!(bad_input_killed_in_the_middle_of_the_notices_none_is_sent_twice_or_lost);

/// The number of kills. `KENKOCALL_KILLS` sets more, for a long manual run.
fn kills() -> u64 {
    std::env::var("KENKOCALL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(6)
}

/// Enough that notices wait at every kill.
fn patients() -> u32 {
    u32::try_from(kills()).unwrap_or(6).saturating_mul(20).clamp(60, 2_000)
}

/// How many daily notices each number got.
async fn received(deployment: &Deployment) -> BTreeMap<String, u64> {
    let log = deployment.fake.ask(Method::GET, "/_fake/log?from=0", None).await;
    let mut received = BTreeMap::new();
    for entry in log["entries"].as_array().expect("the log") {
        if entry["body"].as_str().is_some_and(|body| body.contains("/portal/r/")) {
            *received.entry(entry["to"].as_str().expect("a number").to_owned()).or_default() += 1;
        }
    }
    received
}

async fn bad_input_killed_in_the_middle_of_the_notices_none_is_sent_twice_or_lost(fresh: Fresh) {
    let fake = FakeCarrier::start(7);
    // The carrier answers late, so that many kills fall between its taking a message and our storing that.
    fake.fault(json!({ "fault": "late", "seconds": 0.2, "on": "message" })).await;
    let pace = [("DIALER__NOTICES_PER_SECOND", "10"), ("DIALER__CALLS_PER_SECOND", "1")];
    let mut deployment = Deployment::with(&fresh, patients(), fake, &pace).await;
    // It is about noon there.
    deployment.command(&["centres", "set", "00000", "--daily-notice", "00:01", "--notice-hours", "00:00-24:00"]);
    let mut killed_at = 0;
    for nth in 0..kills() {
        tokio::time::sleep(Duration::from_millis(400 + 370 * (nth % 4))).await;
        deployment.line.kill();
        killed_at = Timestamp::now().as_millisecond();
        deployment.restart().await;
    }
    deployment.fake.mended().await;
    deployment.until("notices WHERE state = 'waiting'", 0).await;
    // What was under way when it was killed stays intended for a minute, and is unknown then.
    deployment.until(&format!("notices WHERE state = 'intended' AND intended_at > {killed_at}"), 0).await;
    let everybody = u64::from(patients());
    assert_eq!(deployment.kept.count("notices WHERE kind = 'daily'").await, everybody, "each has one");
    let received = received(&deployment).await;
    assert!(received.values().all(|times| *times == 1), "somebody got two: {received:?}");
    let sent = deployment.kept.count("notices WHERE state IN ('sent', 'delivered')").await;
    let doubtful = deployment.kept.count("notices WHERE state IN ('intended', 'unknown')").await;
    assert_eq!(sent + doubtful, everybody, "none is lost");
    let got = u64::try_from(received.len()).unwrap();
    assert!(sent <= got && got <= everybody, "{sent} sent, {got} received");
    assert!(doubtful < everybody / 2, "{doubtful}");
}
