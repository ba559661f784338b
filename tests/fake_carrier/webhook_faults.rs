//! Faults of webhooks, and how they are set: a number of times, for a number, with a probability.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::carrier_process::{FakeCarrier, TO};
use super::official_library::judged;
use super::webhook_recorder::{Posted, WebhookRecorder};

/// The requests of the turns of a call whose carrier has this fault.
async fn turns_with(fault: Value) -> (Vec<Posted>, WebhookRecorder) {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(2).await);
    fake.fault(fault).await;
    let call = fake.place(TO, &recorder, &[]).await;
    assert_eq!(fake.ended(&call).await["status"], "completed");
    (recorder.posted("/turn/"), recorder)
}

fn keys(turns: &[Posted]) -> Vec<(&str, Option<&str>)> {
    turns.iter().map(|posted| (posted.path.as_str(), posted.field("Digits"))).collect()
}

#[tokio::test]
async fn the_same_keys_are_posted_twice() {
    let (turns, _) = turns_with(json!({ "fault": "webhooks_twice" })).await;
    let once = [("/turn/1", None), ("/turn/2", Some("1")), ("/turn/3", Some("365"))];
    assert_eq!(keys(&turns), once.map(|turn| [turn; 2]).concat());
    assert!(turns.chunks(2).all(|pair| pair[0].fields == pair[1].fields && pair[0].token != pair[1].token));
}

#[tokio::test]
async fn a_webhook_whose_answer_was_lost_comes_again_with_the_same_token() {
    let (turns, _) = turns_with(json!({ "fault": "webhooks_retried", "count": 1 })).await;
    assert_eq!(keys(&turns)[..2], [("/turn/1", None); 2]);
    assert_eq!(turns.len(), 4);
    assert_eq!(turns[0].token, turns[1].token);
    assert_ne!(turns[1].token, turns[2].token);
}

#[tokio::test]
async fn a_forged_webhook_comes_before_the_true_one() {
    let (turns, recorder) = turns_with(json!({ "fault": "webhooks_forged", "count": 1 })).await;
    let urls: Vec<String> = turns.iter().map(|posted| recorder.url(&posted.path)).collect();
    let requests: Vec<_> = urls.iter().map(String::as_str).zip(&turns).collect();
    assert_eq!(judged(&requests), [false, true, true, true]);
    assert_eq!(turns[0].fields, turns[1].fields);
}

#[tokio::test]
async fn the_keys_are_garbage() {
    for garbage in ["１２３", "<", "1;2", ""] {
        let (turns, _) = turns_with(json!({ "fault": "digits", "digits": garbage })).await;
        assert_eq!(keys(&turns), [("/turn/1", None), ("/turn/2", Some(garbage)), ("/turn/3", Some(garbage))]);
    }
}

#[tokio::test]
async fn a_probability_befalls_the_same_numbers_under_the_same_seed() {
    let recorder = WebhookRecorder::asking(1).await;
    let mut runs = Vec::new();
    for seed in ["7", "7", "8"] {
        let fake = FakeCarrier::start(&["--seed", seed, "--behaviour", "busy"]);
        fake.fault(json!({ "fault": "closed", "probability": 0.5 })).await;
        // The second run uses the reverse order.
        let mut numbers: Vec<usize> = (0..40).collect();
        if runs.len() == 1 {
            numbers.reverse();
        }
        let mut met = Vec::new();
        for nth in numbers {
            met.push((nth, fake.try_place(&format!("+8190000000{nth:02}"), &recorder, &[]).await.is_err()));
        }
        met.sort_unstable();
        runs.push(met);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    let count = runs[0].iter().filter(|(_, met)| *met).count();
    assert!((8..=32).contains(&count), "{count} of 40");
}

#[tokio::test]
async fn what_means_nothing_is_refused_with_a_sentence() {
    let fake = FakeCarrier::start(&[]);
    for (what, wrong) in [
        ("faults", json!({ "fault": "sulks" })),
        ("faults", json!({ "fault": "closed", "probabilty": 0.5 })),
        ("faults", json!({ "fault": "late" })),
        ("faults", json!({ "fault": "callbacks_twice", "on": "create" })),
        ("people", json!({ "number": TO, "behaviour": "dances" })),
        ("people", json!({ "number": TO, "behaviour": "answers", "answer_seconds": -1 })),
        ("ring-in", json!({ "from": TO })),
        ("deliver-to", json!({ "address": "nowhere" })),
    ] {
        let reply = fake.send(Method::POST, &format!("/_fake/{what}"), "", wrong.to_string()).await.unwrap();
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(!reply.json()["error"].as_str().unwrap().is_empty());
    }
}
