//! A carrier that accepts connections and never replies, replies late, repeats, reorders and forgets.

use serde_json::json;

use super::carrier_process::FakeCarrier;
use super::databases::Fresh;
use super::deployment::{Deployment, number};
use crate::on_both_databases;

on_both_databases!(
    an_ordinary_day_over_http,
    fault_5_accepted_and_never_answered_rings_once,
    fault_24_and_25_callbacks_repeated_reordered_and_unnumbered,
    fault_27_callbacks_before_the_reply,
    fault_28_digits_posted_twice,
    fault_30_forged_callbacks_change_nothing,
    fault_8_a_bad_number_ends_the_slot,
    fault_37_a_voice_that_is_missing_is_replaced_by_the_carriers_own,
    a_carrier_that_refuses_our_account_stops_the_dialling,
    nonsense_is_unknown_and_nobody_rings_twice,
);

mod slow {
    //! Only on one database: these tests wait for lookups in real time.
    #[tokio::test]
    async fn fault_6_a_server_error_is_looked_for_before_it_is_tried_again() {
        crate::databases::on_sqlite(super::fault_6).await;
    }

    #[tokio::test]
    async fn fault_9_a_frozen_list_proves_nothing() {
        crate::databases::on_sqlite(super::fault_9).await;
    }
}

/// A deployment whose carrier has these faults from the first request.
async fn deployment_with(fresh: &Fresh, patients: u32, faults: serde_json::Value) -> Deployment {
    let fake = FakeCarrier::start(1);
    fake.fault(faults).await;
    Deployment::with(fresh, patients, fake, &[]).await
}

async fn all_reported(deployment: &Deployment, patients: u64) {
    deployment.until_all_slots_ended(patients).await;
    assert_eq!(deployment.kept.count("slots WHERE state = 'reported'").await, patients, "{}", deployment.line.log());
    assert_eq!(deployment.kept.count("reports WHERE outcome = 'reported'").await, patients);
    assert_eq!(deployment.kept.count("answers").await, 11 * patients);
    for nth in 0..u32::try_from(patients).unwrap() {
        assert_eq!(deployment.fake.phone(&number(nth)).await, [1, 1, 1], "{}", number(nth));
    }
}

async fn an_ordinary_day_over_http(fresh: Fresh) {
    let deployment = Deployment::of(&fresh, 5, &[]).await;
    all_reported(&deployment, 5).await;
    assert_eq!(deployment.kept.count("leg_statuses WHERE status = 'ringing'").await, 5);
    assert_eq!(deployment.kept.count("calls WHERE disposition = 'reported'").await, 5);
}

async fn fault_5_accepted_and_never_answered_rings_once(fresh: Fresh) {
    let deployment = deployment_with(&fresh, 3, json!({ "fault": "never_answered" })).await;
    all_reported(&deployment, 3).await;
}

async fn fault_24_and_25_callbacks_repeated_reordered_and_unnumbered(fresh: Fresh) {
    let faults = json!([
        { "fault": "callbacks_twice", "probability": 0.5 },
        { "fault": "callbacks_reordered", "probability": 0.5 },
        { "fault": "callbacks_unnumbered" },
    ]);
    let deployment = deployment_with(&fresh, 8, faults).await;
    all_reported(&deployment, 8).await;
    assert_eq!(deployment.kept.count("attempts WHERE outcome = 'reported'").await, 8);
}

async fn fault_27_callbacks_before_the_reply(fresh: Fresh) {
    let deployment = deployment_with(&fresh, 3, json!({ "fault": "callbacks_first" })).await;
    all_reported(&deployment, 3).await;
}

async fn fault_28_digits_posted_twice(fresh: Fresh) {
    let deployment = deployment_with(&fresh, 3, json!([{ "fault": "webhooks_twice" }])).await;
    all_reported(&deployment, 3).await;
}

async fn fault_30_forged_callbacks_change_nothing(fresh: Fresh) {
    let faults = json!([{ "fault": "callbacks_forged" }, { "fault": "webhooks_forged" }]);
    let deployment = deployment_with(&fresh, 2, faults).await;
    deployment.until("reports WHERE outcome = 'reported'", 2).await;
    assert_eq!(deployment.kept.count("leg_statuses").await, 0, "no forged status was taken");
    assert_eq!(deployment.kept.alerts().await, ["forged"], "staff are told once");
    assert!(deployment.line.log().contains("webhook refused"));
}

async fn fault_8_a_bad_number_ends_the_slot(fresh: Fresh) {
    let deployment = deployment_with(&fresh, 1, json!({ "fault": "bad_number" })).await;
    deployment.until_all_slots_ended(1).await;
    assert_eq!(deployment.kept.column("SELECT reason FROM slots").await, ["wrong_number"]);
    assert_eq!(deployment.kept.alerts().await, ["wrong_number 00000"]);
    assert_eq!(deployment.kept.count("attempts").await, 1);
}

async fn fault_37_a_voice_that_is_missing_is_replaced_by_the_carriers_own(fresh: Fresh) {
    let deployment = deployment_with(&fresh, 3, json!({ "fault": "voices_missing" })).await;
    all_reported(&deployment, 3).await;
    let log = deployment.fake.ask(hyper::Method::GET, "/_fake/log", None).await;
    let fallbacks = log["entries"].as_array().unwrap().iter();
    let fallbacks = fallbacks.filter(|entry| entry["event"] == "webhook" && entry["kind"] == "fallback");
    assert_eq!(fallbacks.count(), 3, "one apology in each call, and then its questions to the end");
    assert_eq!(deployment.kept.alerts().await, ["unspoken"]);
}

async fn a_carrier_that_refuses_our_account_stops_the_dialling(fresh: Fresh) {
    let deployment = deployment_with(&fresh, 5, json!({ "fault": "unauthorized" })).await;
    deployment.until("alerts WHERE kind = 'dialling'", 1).await;
    assert_eq!(deployment.kept.count("slots WHERE state = 'reported'").await, 0);
    assert!(deployment.line.log().contains("twilio.auth_token"), "{}", deployment.line.log());
    for nth in 0..5 {
        assert_eq!(deployment.fake.phone(&number(nth)).await[1], 0, "no phone rang");
    }
}

async fn nonsense_is_unknown_and_nobody_rings_twice(fresh: Fresh) {
    // Each request is processed: the call is placed, but the reply is useless.
    let faults: Vec<_> = ["html", "empty", "redirected", "server_error", "closed", "unknown_status"]
        .iter()
        .map(|fault| json!({ "fault": fault, "count": 1, "done": true }))
        .collect();
    let deployment = deployment_with(&fresh, 6, json!(faults)).await;
    all_reported(&deployment, 6).await;
}

async fn fault_6(fresh: Fresh) {
    let faults: Vec<_> = (0..2)
        .map(|nth| json!({ "fault": "server_error", "done": false, "number": number(nth), "count": 1 }))
        .collect();
    // The third patient's call is the witness: it proves that the list without the other two is newer than they are.
    let deployment = deployment_with(&fresh, 3, json!(faults)).await;
    deployment.until("attempts WHERE state = 'unknown'", 2).await;
    for nth in 0..2 {
        assert_eq!(deployment.fake.phone(&number(nth)).await[0], 0, "not dialled again blindly");
    }
    deployment.until_all_slots_ended(3).await;
    assert_eq!(deployment.kept.count("attempts WHERE outcome = 'not_placed'").await, 2);
    assert_eq!(deployment.kept.count("slots WHERE state = 'reported'").await, 3, "{}", deployment.line.log());
    deployment.nobody_rang_twice_for_a_call().await;
}

async fn fault_9(fresh: Fresh) {
    let fake = FakeCarrier::start(1);
    let lost = number(0);
    fake.fault(json!({ "fault": "list_frozen" })).await;
    fake.fault(json!({ "fault": "never_answered", "done": true, "number": lost })).await;
    fake.fault(json!({ "fault": "callbacks_never", "number": lost })).await;
    // Nobody answers, so no webhook reports this call either.
    fake.person(&lost, "no-answer", json!({})).await;
    let deployment = Deployment::with(&fresh, 3, fake, &[]).await;
    // The carrier has reported the other two calls, which are missing from its list.
    deployment.until("slots WHERE state = 'reported'", 2).await;
    deployment.until("alerts WHERE kind = 'unknown_call'", 1).await;
    assert_eq!(deployment.fake.phone(&lost).await[0], 1, "not asked for again");
    assert_eq!(
        deployment.kept.count("attempts WHERE state = 'unknown' AND looks_clear = 0").await,
        1,
        "nothing is proven"
    );
    assert_eq!(deployment.kept.count("attempts WHERE state = 'unknown' AND looks_vain >= 3").await, 1);
}
