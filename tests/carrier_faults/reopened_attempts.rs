//! A list that is wrong or proves nothing, and callbacks that arrive after it was trusted: a phone doesn't ring twice
//! at the health centre's expense, and the carrier's calls count in the end.

use serde_json::{Value, json};

use super::carrier_process::FakeCarrier;
use super::databases::Fresh;
use super::deployment::{Deployment, number};
use crate::on_both_databases;

on_both_databases!(
    fault_9_callbacks_after_a_list_that_lied_keep_the_phone_from_ringing_again,
    a4_a_finished_call_is_cancelled_only_once,
);

mod slow {
    //! Only on one database: these tests wait for lookups in real time.
    #[tokio::test]
    async fn fault_9_callbacks_after_a_list_that_lied_take_back_the_call_that_rings() {
        crate::databases::on_sqlite(super::fault_9_the_second_call_is_taken_back).await;
    }

    #[tokio::test]
    async fn fault_9_a_call_canceled_in_the_queue_is_no_witness() {
        crate::databases::on_sqlite(super::fault_9_canceled_in_the_queue).await;
    }
}

/// A carrier that has the first patient's call, omits it from its list, and reports it this late.
async fn lying(speed: u32, late: f64) -> FakeCarrier {
    let fake = FakeCarrier::at_speed(1, speed);
    let lost = number(0);
    fake.fault(json!([
        { "fault": "server_error", "done": true, "number": lost, "count": 1 },
        { "fault": "list_omits", "number": lost },
        { "fault": "callbacks_late", "seconds": late, "number": lost, "count": 1 },
    ]))
    .await;
    fake.person(&lost, "no-answer", json!({})).await;
    fake
}

async fn outcomes(deployment: &Deployment) -> Vec<String> {
    let sql = "SELECT a.outcome FROM attempts a JOIN patients p ON p.id = a.patient_id
               WHERE p.hersys_id = '1000001' ORDER BY a.number";
    deployment.kept.column(sql).await
}

async fn fault_9_callbacks_after_a_list_that_lied_keep_the_phone_from_ringing_again(fresh: Fresh) {
    // The wrong list is trusted after 30 s, and the next call would be placed after 35 s.
    let deployment = Deployment::with(&fresh, 3, lying(60, 32.5).await, &[]).await;
    deployment.until("attempts WHERE outcome = 'not_placed'", 1).await;
    deployment.until_all_slots_ended(3).await;
    assert_eq!(outcomes(&deployment).await, ["no_answer"], "{}", deployment.line.log());
    assert_eq!(deployment.fake.phone(&number(0)).await, [1, 1, 0], "it isn't called again");
    let slot = "SELECT s.reason FROM slots s WHERE s.tries = 1 AND s.state = 'unanswered'";
    assert_eq!(deployment.kept.column(slot).await, ["no_answer"]);
    assert_eq!(deployment.kept.count("alerts WHERE kind = 'unknown_call' AND closed_at IS NULL").await, 1);
}

async fn fault_9_the_second_call_is_taken_back(fresh: Fresh) {
    let deployment = Deployment::with(&fresh, 3, lying(2, 38.0).await, &[]).await;
    deployment.until("attempts WHERE outcome = 'not_placed'", 1).await;
    deployment.until_phone(&number(0), 2, 2).await;
    deployment.until("attempts WHERE outcome = 'withdrawn'", 1).await;
    deployment.until("attempts WHERE outcome = 'no_answer'", 1).await;
    assert_eq!(outcomes(&deployment).await, ["no_answer", "withdrawn"], "{}", deployment.line.log());
    assert_eq!(
        deployment.kept.count("slots WHERE state = 'unanswered' AND reason = 'no_answer' AND tries = 1").await,
        1
    );
    assert_eq!(deployment.kept.count("alerts WHERE kind = 'unknown_call' AND closed_at IS NULL").await, 1);
    let log = log_of(&deployment).await;
    let ends: Vec<&str> = log
        .iter()
        .filter(|entry| entry["event"] == "ended" && entry["to"] == number(0).as_str())
        .filter_map(|entry| entry["status"].as_str())
        .collect();
    assert_eq!(ends, ["no-answer", "canceled"]);
}

async fn fault_9_canceled_in_the_queue(fresh: Fresh) {
    let fake = FakeCarrier::start(1);
    fake.fault(json!([
        { "fault": "server_error", "done": false, "number": number(0), "count": 1 },
        { "fault": "stays_queued", "number": number(1) },
        // As the real list by start time does.
        { "fault": "list_skips_queued" },
    ]))
    .await;
    let deployment = Deployment::with(&fresh, 2, fake, &[]).await;
    deployment.until("attempts WHERE state = 'placed'", 1).await;
    deployment.command(&["patients", "stop", "1000002"]);
    deployment.until_all_slots_ended(1).await;
    deployment.until("attempts WHERE state = 'unknown' AND looks_clear >= 3", 1).await;
    assert_eq!(deployment.kept.count("alerts WHERE kind = 'unknown_call'").await, 1, "nothing is proven: staff decide");
    assert!(!deployment.line.log().contains("the carrier's list is stale"), "{}", deployment.line.log());
    // Another patient's phone rings: that call is the witness.
    deployment.fake.mended().await;
    deployment.command(&["patients", "set", "1000002", "--automated-call", "yes"]);
    deployment.asks(&["calls", "now", "1000002"]).unwrap();
    deployment.until("attempts WHERE outcome = 'not_placed'", 1).await;
    deployment.until("slots WHERE state = 'reported'", 2).await;
    assert_eq!(deployment.fake.phone(&number(0)).await, [1, 1, 1]);
}

async fn a4_a_finished_call_is_cancelled_only_once(fresh: Fresh) {
    let fake = FakeCarrier::start(1);
    let silent = number(0);
    fake.fault(json!({ "fault": "callbacks_never", "number": silent })).await;
    fake.person(&silent, "no-answer", json!({})).await;
    let deployment = Deployment::with(&fresh, 1, fake, &[]).await;
    deployment.until_phone(&silent, 1, 1).await;
    while !log_of(&deployment).await.iter().any(|entry| entry["event"] == "ended") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(deployment.kept.count("attempts WHERE state = 'placed'").await, 1, "nobody has told us");
    deployment.command(&["patients", "stop", "1000001"]);
    deployment.until_all_slots_ended(1).await;
    assert_eq!(deployment.kept.column("SELECT reason FROM slots").await, ["stopped"]);
    let log = log_of(&deployment).await;
    let orders = log.iter().filter(|entry| {
        let path = entry["path"].as_str().unwrap_or_default();
        entry["event"] == "request" && entry["method"] == "POST" && path.contains("/Calls/")
    });
    assert_eq!(orders.count(), 1, "{}", deployment.line.log());
}

async fn log_of(deployment: &Deployment) -> Vec<Value> {
    let log = deployment.fake.ask(hyper::Method::GET, "/_fake/log", None).await;
    log["entries"].as_array().unwrap().clone()
}
