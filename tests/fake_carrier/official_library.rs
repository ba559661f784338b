//! The carrier's own Python library: it verifies our signatures, and its REST client accepts our replies as the
//! carrier's.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::carrier_process::{ACCOUNT, FROM, FakeCarrier, TO, TOKEN};
use super::webhook_recorder::{Posted, WebhookRecorder};

/// A number whose phone rings for ten minutes.
pub const SLOW: &str = "+819022223333";

/// Runs a script of tests/official with this standard input.
fn run(script: &str, arguments: &[&str], input: &Value) -> Value {
    let house = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = house.join("target/official/venv/bin/python3");
    assert!(python.exists(), "the carrier's official libraries aren't installed in target/official: run dev/setup");
    let mut command = Command::new(python);
    command.arg(house.join("tests/official").join(script)).args(arguments).current_dir(house);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python");
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(input.to_string().as_bytes()).unwrap();
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{script} failed");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Whether the official validator accepts each request, posted to that URL.
pub fn judged(requests: &[(&str, &Posted)]) -> Vec<bool> {
    let item = |(url, posted): &(&str, &Posted)| json!({ "token": TOKEN, "url": url, "form": posted.fields, "signature": posted.signature });
    let items: Vec<Value> = requests.iter().map(item).collect();
    let judged = run("sign.py", &["check"], &json!(items));
    judged.as_array().unwrap().iter().map(|accepted| accepted.as_bool().unwrap()).collect()
}

/// What the official client does at an address where the phone [`SLOW`] exists.
pub async fn client_at(address: &str, recorder: &WebhookRecorder) -> Value {
    let work = json!({
        "address": address, "account": ACCOUNT, "token": TOKEN, "to": TO, "from": FROM, "slow": SLOW,
        "url": recorder.url("/turn/1"), "status_callback": recorder.url("/status"),
    });
    tokio::task::spawn_blocking(move || run("client.py", &[], &work)).await.unwrap()
}

#[tokio::test]
async fn the_official_client_places_finds_lists_and_ends_calls() {
    let (fake, recorder) =
        (FakeCarrier::start(&["--behaviour", "answers", "--speed", "20"]), WebhookRecorder::asking(1).await);
    let slow = json!({ "number": SLOW, "behaviour": "answers", "answer_seconds": 600 });
    fake.set("people", slow).await;
    let seen = client_at(&fake.address, &recorder).await;
    let call = &seen["created"];
    assert_eq!(
        (&call["status"], &call["direction"], &call["to"]),
        (&json!("queued"), &json!("outbound-api"), &json!(TO))
    );
    assert_eq!(call["dates"], json!(["datetime", null, null]), "it reads our times");
    let over = &seen["over"];
    assert_eq!((&over["status"], &over["answered_by"]), (&json!("completed"), &json!("human")));
    assert_eq!(over["dates"], json!(["datetime", "datetime", "datetime"]));
    assert!(over["duration"].as_str().unwrap().parse::<u32>().unwrap() > 0);
    assert_eq!(seen["canceled"]["status"], "canceled");
    let pages = seen["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 5, "by pages of two");
    assert_eq!(pages[0], seen["canceled"]["sid"], "the newest first");
    assert_eq!(seen["filtered"], json!([seen["canceled"]["sid"]]));
    assert_eq!(seen["tomorrow"], json!([]));
    let errors = json!({ "number": [400, 21211], "gone": [404, 20404], "over": [400, 21220], "token": [401, 20003] });
    assert_eq!(seen["errors"], errors);
    assert_eq!(seen["message"]["status"], "queued");
}
