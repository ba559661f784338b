//! The rehearsal of docs/operations.md: the real server behind the fake carrier, and a caller on the health-call
//! line.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use hyper::{Method, StatusCode};
use serde_json::json;

use super::carrier_process::{FROM, FakeCarrier, TO, TOKEN};

const PUBLIC_URL: &str = "https://kenko.example";

/// The program, on a database in a folder of the test's own.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    command
        .env("KENKOCALL_DATABASE__URL", format!("sqlite://{}", folder.join("rehearsal.db").display()))
        .env("KENKOCALL_CARRIER", "twilio")
        .env("KENKOCALL_SERVER__LISTEN", "127.0.0.1:0")
        .env("KENKOCALL_SERVER__OPERATIONS_LISTEN", "127.0.0.1:0")
        .env("KENKOCALL_SERVER__PUBLIC_URL", PUBLIC_URL)
        .env("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN)
        .env("KENKOCALL_LOG__LEVEL", "warn")
        .stdin(Stdio::null());
    command
}

fn does(folder: &Path, arguments: &[&str]) -> String {
    let output = program(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[tokio::test]
async fn a_health_call_through_the_fake_carrier_becomes_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    does(folder, &["centres", "add", "--code", "13101", "--name", "千代田保健所", "--phone", "0352113641"]);
    let person = ["--birth-date", "1980-04-01", "--family-name", "見本", "--given-name", "花子"];
    let add = ["patients", "add", "--centre", "13101", "--hersys-id", "1234567", "--phone-number", "090-1234-5678"];
    does(folder, &[&add[..], &person].concat());
    let mut server = Server(program(folder).arg("serve").stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("kenkocall listens on http://").expect("an address").to_owned();

    let fake = FakeCarrier::start(&["--deliver-to", &address]);
    let well = ["365", "1", "098", "1", "2", "2", "2", "2", "2", "2", "2", "2", "2", "2"];
    let keys = [&["1", "1234567#", "19800401"][..], &well].concat();
    let ring = json!({
        "from": TO, "to": FROM, "url": format!("{PUBLIC_URL}/twilio/voice/health-call"),
        "fallback_url": format!("{PUBLIC_URL}/twilio/voice/fallback"),
        "status_callback": format!("{PUBLIC_URL}/twilio/voice/status"),
        "keys": keys,
    });
    let reply = fake.send(Method::POST, "/_fake/ring-in", "", ring.to_string()).await.unwrap();
    assert_eq!(reply.status, StatusCode::CREATED);
    let call = reply.json()["call"].as_str().unwrap().to_owned();
    assert_eq!(fake.ended(&call).await["status"], "completed");
    fake.until("its status callback", |entry| entry["event"] == "webhook" && entry["kind"] == "status").await;
    for webhook in fake.events("webhook").await {
        assert_eq!(webhook["error"], json!(null), "{webhook}");
    }
    // The birth date and 098 are collected in two parts each.
    assert_eq!(fake.events("keyed").await.len(), 17 + 2);
    let reports = does(folder, &["reports", "export", "--from", "2020-01-01", "--to", "2099-12-31"]);
    let report = reports.lines().find(|line| line.starts_with("1234567")).expect("a report");
    assert!(report.contains("health_call,reported,36.5,98"), "{report}");
}
