//! The program is killed without warning, at random times and while the carrier processes its request, and restarted:
//! no phone rings twice for a call, nothing that was acknowledged is lost, and every slot ends.

use std::time::Duration;

use serde_json::json;

use super::carrier_process::FakeCarrier;
use super::databases::Fresh;
use super::deployment::Deployment;
use crate::on_both_databases;

on_both_databases!(
    i2_killed_at_random_no_phone_rings_twice,
    fault_3_killed_while_the_carrier_holds_the_request,
    fault_1_and_2_killed_around_the_intent,
);

/// The number of kills in one run. `KENKOCALL_KILLS` sets more, for a long manual run.
fn kills() -> u32 {
    std::env::var("KENKOCALL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(8)
}

/// Enough patients that calls are in progress at every kill.
fn patients() -> u32 {
    kills().saturating_mul(3).clamp(20, 2_000) + 10
}

/// A simple random generator, so that a run can be repeated.
struct SeededRng(u64);

impl SeededRng {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

async fn killed_again_and_again(fresh: &Fresh, faults: serde_json::Value, wait: u64) {
    let fake = FakeCarrier::start(7);
    fake.fault(faults).await;
    let pace = [("DIALER__CALLS_PER_SECOND", "3"), ("DIALER__CONCURRENT_CALLS", "30")];
    let mut deployment = Deployment::with(fresh, patients(), fake, &pace).await;
    let mut dice = SeededRng(20_261_124);
    for _ in 0..kills() {
        tokio::time::sleep(Duration::from_millis(dice.below(wait))).await;
        deployment.line.kill();
        deployment.restart().await;
    }
    deployment.fake.mended().await;
    // Possibly nobody is called after the last patients, so that no list proves anything about them: then staff decide.
    deployment.until("attempts WHERE ended_at IS NULL AND (state <> 'unknown' OR asked_at IS NULL)", 0).await;
    deployment.until("slots WHERE state = 'waiting'", 0).await;
    for call in deployment.kept.column("SELECT call_id FROM attempts WHERE state = 'unknown'").await {
        // Its outcome may be known by now.
        let _decided = deployment.asks(&["calls", "resolve", &call, "not-placed"]);
    }
    deployment.until_all_slots_ended(patients().into()).await;
    deployment.nobody_rang_twice_for_a_call().await;
    assert_eq!(deployment.kept.count("attempts WHERE ended_at IS NULL").await, 0);
    deployment.until("calls WHERE ended_at IS NULL", 0).await;
    // A report that was acknowledged has all its answers.
    let sql = "SELECT CAST(count(DISTINCT a.item) AS text) FROM reports r JOIN answers a ON a.report_id = r.id
               WHERE r.outcome = 'reported' GROUP BY r.id";
    let complete = deployment.kept.column(sql).await;
    assert!(!complete.is_empty() && complete.iter().all(|items| items == "11"), "{complete:?}");
}

async fn i2_killed_at_random_no_phone_rings_twice(fresh: Fresh) {
    killed_again_and_again(&fresh, json!([]), 1_500).await;
}

async fn fault_3_killed_while_the_carrier_holds_the_request(fresh: Fresh) {
    killed_again_and_again(&fresh, json!({ "fault": "late", "seconds": 0.5 }), 1_500).await;
}

async fn fault_1_and_2_killed_around_the_intent(fresh: Fresh) {
    // Soon enough after the start that most kills hit the first claims.
    killed_again_and_again(&fresh, json!([]), 250).await;
}
