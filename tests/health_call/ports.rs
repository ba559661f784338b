//! The endpoints of each port: the main port is for carriers and the public, the other one for operators and their
//! monitors.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use hyper::StatusCode;

use super::databases::Fresh;
use super::server::TestServer;

crate::on_both_databases!(
    the_main_port_tells_strangers_nothing,
    operations_stay_on_the_main_port_where_it_is_set_to_its_address,
    an_operations_port_that_is_taken_stops_the_start,
);

async fn the_main_port_tells_strangers_nothing(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let ready = line.carrier.get("/readyz").await.unwrap();
    assert_eq!((ready.status, &*ready.body), (StatusCode::OK, "ready\n"));
    assert_eq!(line.carrier.get("/metrics").await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(line.carrier.get("/healthz").await.unwrap().status, StatusCode::OK);
    let ready = line.operations.get("/readyz").await.unwrap();
    assert_eq!((ready.status, &*ready.body), (StatusCode::OK, "calls can be taken\n"));
    let metrics = line.operations.get("/metrics").await.unwrap();
    assert!(metrics.body.contains("kenkocall_requests_refused_total{why=\"path\"} 1"), "{}", metrics.body);
    assert_eq!(line.operations.get("/healthz").await.unwrap().status, StatusCode::OK);
    let call = line.operations.post("/twilio/voice/health-call", &[("CallSid", "CA01")]).await.unwrap();
    assert_eq!(call.status, StatusCode::NOT_FOUND, "no call comes in there");
}

async fn operations_stay_on_the_main_port_where_it_is_set_to_its_address(fresh: Fresh) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let settings = [("SERVER__LISTEN", &*free), ("SERVER__OPERATIONS_LISTEN", &*free)];
    let mut line = TestServer::start(&fresh.url, &settings);
    assert_eq!(line.carrier.get("/metrics").await.unwrap().status, StatusCode::OK);
    assert_eq!(line.carrier.get("/readyz").await.unwrap().body, "calls can be taken\n");
    line.terminate();
    assert_eq!(line.stopped().await.code(), Some(0));
}

async fn an_operations_port_that_is_taken_stops_the_start(fresh: Fresh) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refusal = TestServer::refused(&[("DATABASE__URL", &fresh.url), ("SERVER__OPERATIONS_LISTEN", &address)]);
    assert_eq!(refusal.status.code(), Some(1));
    for mentioned in [&*address, "server.operations_listen can't be listened on", "choose another"] {
        assert!(refusal.sentence.contains(mentioned), "{}", refusal.sentence);
    }
}

/// Two servers on one machine, both with the default operations port.
#[test]
fn a_default_operations_port_that_is_taken_does_not() {
    // No other test uses the default port. If another program uses it, it is taken anyway.
    let _taken = TcpListener::bind("127.0.0.1:9464");
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_kenkocall"))
        .arg("serve")
        .env("KENKOCALL_CARRIER", "twilio")
        .env("KENKOCALL_TWILIO__AUTH_TOKEN", super::http_client::TOKEN)
        .env("KENKOCALL_SERVER__LISTEN", "127.0.0.1:0")
        .env("KENKOCALL_SERVER__PUBLIC_URL", super::http_client::PUBLIC_URL)
        .env("KENKOCALL_DATABASE__URL", format!("sqlite://{}", folder.path().join("one.db").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut output = std::io::BufReader::new(program.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut output, &mut said).unwrap();
    assert!(said.starts_with("kenkocall listens on http://"), "{said}");
    program.kill().unwrap();
    let ended = program.wait_with_output().unwrap();
    let log = String::from_utf8_lossy(&ended.stderr);
    assert!(log.contains("default operations port can't be used"), "{log}");
}
