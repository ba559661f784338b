//! The process: how it starts and stops, what it prints, its log file, its seed, and its memory after a reset.

use std::process::Command;

use serde_json::{Value, json};

use super::carrier_process::{FakeCarrier, TO};
use super::webhook_recorder::WebhookRecorder;

#[tokio::test]
async fn it_says_where_it_listens_prints_calls_with_numbers_masked_and_stops_on_sigterm() {
    let recorder = WebhookRecorder::asking(1).await;
    let fake = FakeCarrier::start_as_it_is(&["--port", "0", "--speed", "500"]);
    assert!(fake.address.starts_with("http://127.0.0.1:"), "{}", fake.address);
    let call = fake.place(TO, &recorder, &[]).await;
    fake.ended(&call).await;
    let (status, printed) = fake.terminated();
    assert!(status.success());
    assert!(printed.contains("+81********78 rings\n") && printed.contains("completed"), "{printed}");
    assert!(printed.contains(", seed "), "{printed}");
    assert!(!printed.contains("9012345678") && !printed.contains("5031980214"), "{printed}");
}

#[tokio::test]
async fn a_quiet_one_prints_nothing_but_the_address() {
    let recorder = WebhookRecorder::asking(1).await;
    let fake = FakeCarrier::start(&[]);
    let call = fake.place(TO, &recorder, &[]).await;
    fake.ended(&call).await;
    let (status, printed) = fake.terminated();
    assert!(status.success() && printed.is_empty(), "{printed}");
}

#[tokio::test]
async fn the_log_file_holds_each_line_at_once_and_survives_a_kill() {
    let recorder = WebhookRecorder::asking(1).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carrier.log");
    let fake = FakeCarrier::start(&["--log-file", path.to_str().unwrap()]);
    let call = fake.place(TO, &recorder, &[]).await;
    fake.ended(&call).await;
    let held = fake.log().await;
    // Dropping it kills the process without warning.
    drop(fake);
    let text = std::fs::read_to_string(&path).unwrap();
    let written: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(written.len() >= held.len());
    assert_eq!(written[..held.len()], held);
    assert!(written.iter().enumerate().all(|(nth, entry)| entry["n"] == nth));

    let next = FakeCarrier::start(&["--log-file", path.to_str().unwrap()]);
    next.place(TO, &recorder, &[]).await;
    assert!(std::fs::read_to_string(&path).unwrap().len() > text.len(), "appended");
}

#[tokio::test]
async fn a_reset_forgets_everything_and_ends_calls_without_a_word() {
    let (fake, recorder) = (FakeCarrier::start(&["--speed", "20"]), WebhookRecorder::asking(1).await);
    fake.set("people", json!({ "number": TO, "behaviour": "answers", "answer_seconds": 600 })).await;
    fake.fault(json!({ "fault": "closed", "count": 1 })).await;
    assert!(fake.try_place(TO, &recorder, &[("Timeout", "600")]).await.is_err());
    let call = fake.place(TO, &recorder, &[("Timeout", "600")]).await;
    fake.fault(json!({ "fault": "closed" })).await;
    fake.stands(&call, "ringing").await;
    let before = fake.get("/_fake/log").await.json()["next"].as_u64().unwrap();
    fake.set("reset", json!(null)).await;
    assert_eq!(fake.get("/_fake/phones").await.json(), json!({}));
    assert_eq!(fake.get(&fake.call(&call)).await.code(), 20_404);
    let call = fake.place(TO, &recorder, &[]).await;
    assert_eq!(fake.ended(&call).await["status"], "completed", "neither the fault nor the slow person is left");
    assert_eq!(recorder.over().await.field("CallSid"), Some(&*call), "the calls before it told nothing");
    let log = fake.log().await;
    assert!(log.iter().all(|entry| entry["n"].as_u64().unwrap() >= before), "numbers are never used twice");
}

#[tokio::test]
async fn the_log_is_read_from_a_number_on() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    let call = fake.place(TO, &recorder, &[]).await;
    fake.ended(&call).await;
    let next = fake.get("/_fake/log?from=0").await.json()["next"].as_u64().unwrap();
    let rest = fake.get(&format!("/_fake/log?from={}", next - 1)).await.json();
    assert_eq!(rest["entries"][0]["n"], next - 1);
}

#[tokio::test]
async fn a_seed_gives_the_same_calls() {
    let recorder = WebhookRecorder::asking(1).await;
    let mut runs = Vec::new();
    for seed in ["3", "3", "4"] {
        let fake = FakeCarrier::start(&["--seed", seed]);
        runs.push([fake.place(TO, &recorder, &[]).await, fake.place(TO, &recorder, &[]).await]);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    assert_ne!(runs[0][0], runs[0][1]);
}

#[tokio::test]
async fn wrong_arguments_are_refused_with_a_sentence() {
    let taken = FakeCarrier::start(&[]);
    let port = taken.address.rsplit(':').next().unwrap();
    for (arguments, sentence) in [
        (vec!["--port", port], "choose another --port"),
        (vec!["--account-sid", "AC1"], "--account-sid is AC and 32"),
        (vec!["--speed", "0"], "--speed is above 0"),
        (vec!["--calls-per-second", "0"], "--calls-per-second is above 0"),
        (vec!["--auth-token", ""], "auth token is empty"),
        (vec!["--last-digits", "x=busy"], "isn't of the form 91=busy"),
        (vec!["--behaviour", "dances"], "possible values: answers"),
        (vec!["--log-file", "/nowhere/at/all"], "can't be written"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
        let output = command.args(["simulate", "carrier", "--port", "0"]).args(&arguments).output();
        let output = if arguments[0] == "--port" {
            Command::new(env!("CARGO_BIN_EXE_kenkocall")).args(["simulate", "carrier"]).args(&arguments).output()
        } else {
            output
        };
        let output = output.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(sentence), "{arguments:?}: {error}");
    }
}
