//! A stop, a release and a new number while the phone rings, by commands that run next to the server.

use serde_json::json;

use super::carrier_process::FakeCarrier;
use super::databases::Fresh;
use super::deployment::{Deployment, answers_after, number};
use crate::on_both_databases;

on_both_databases!(
    fault_20_a_stop_while_the_phone_rings,
    a4_a_release_while_the_phone_rings,
    fault_21_another_number_while_the_old_one_rings,
    fault_20_a_stop_while_they_talk_ends_with_a_goodbye,
);

/// A phone that rings for longer than any test needs.
async fn ringing(fresh: &Fresh) -> Deployment {
    let fake = FakeCarrier::at_speed(1, 2);
    fake.person(&number(0), "answers", answers_after(25)).await;
    let deployment = Deployment::with(fresh, 1, fake, &[]).await;
    deployment.until_phone(&number(0), 1, 1).await;
    deployment
}

async fn fault_20_a_stop_while_the_phone_rings(fresh: Fresh) {
    let deployment = ringing(&fresh).await;
    deployment.command(&["patients", "stop", "1000001"]);
    deployment.until_all_slots_ended(1).await;
    assert_eq!(deployment.kept.column("SELECT reason FROM slots").await, ["stopped"]);
    assert_eq!(deployment.fake.phone(&number(0)).await, [1, 1, 0], "it rang and wasn't answered");
    assert_eq!(deployment.kept.count("turns").await, 0);
}

async fn a4_a_release_while_the_phone_rings(fresh: Fresh) {
    let deployment = ringing(&fresh).await;
    deployment.command(&["patients", "release", "1000001"]);
    deployment.until_all_slots_ended(1).await;
    assert_eq!(deployment.kept.column("SELECT reason FROM slots").await, ["released"]);
    assert_eq!(deployment.fake.phone(&number(0)).await, [1, 1, 0]);
}

async fn fault_21_another_number_while_the_old_one_rings(fresh: Fresh) {
    let deployment = ringing(&fresh).await;
    deployment.fake.person(&number(8), "answers", json!({ "answer_seconds": 1 })).await;
    deployment.command(&["patients", "set", "1000001", "--phone-number", "090-1000-0009"]);
    deployment.until_phone(&number(8), 1, 1).await;
    assert_eq!(deployment.fake.phone(&number(0)).await, [1, 1, 0], "the old one is taken back");
    assert_eq!(deployment.kept.column("SELECT outcome FROM attempts WHERE number = 1").await, ["withdrawn"]);
}

async fn fault_20_a_stop_while_they_talk_ends_with_a_goodbye(fresh: Fresh) {
    let fake = FakeCarrier::at_speed(1, 5);
    let deployment = Deployment::with(&fresh, 1, fake, &[]).await;
    deployment.until("answers WHERE turn < 9", 1).await;
    deployment.command(&["patients", "stop", "1000001"]);
    deployment.until_all_slots_ended(1).await;
    assert_eq!(deployment.kept.column("SELECT reason FROM slots").await, ["stopped"]);
    let said = deployment.kept.column("SELECT reply FROM turns ORDER BY turn").await.join("\n");
    assert!(said.contains("withdrawn.goodbye"), "{said}");
    assert!(deployment.kept.count("answers").await < 11);
}
