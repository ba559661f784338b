//! Connections that hold resources: half-sent requests, unread responses, and more of both than the server may have
//! open files. Carriers, monitors and proxies are answered meanwhile.

use std::process::Command;

use hyper::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::{Phone, WELL};
use super::server::TestServer;
use super::test_patients::MOTHER;

crate::on_both_databases!(
    slow_clients_keep_nobody_out,
    slow_clients_of_many_addresses_keep_no_proxy_out,
    refusals_are_logged_once_and_counted,
);

/// More than the server's limit of open files.
const SLOW: usize = 1_100;
const FILES: &str = "1024";
const POST: &str = "POST /twilio/voice/health-call HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n";

/// What slow clients have sent when they stop.
fn beginnings() -> [String; 4] {
    [String::new(), "G".to_owned(), POST.to_owned(), format!("{POST}\r\nCallSid=CA0")]
}

/// Raises this process's limit of open files to the system's maximum.
fn many_files() {
    let own = std::process::id().to_string();
    let done = Command::new("prlimit").args(["--pid", &own, "--nofile=4096:"]).status().expect("prlimit of util-linux");
    assert!(done.success(), "the test needs 4096 files");
}

async fn connect(from: &str, to: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(to.parse().unwrap()).await.unwrap()
}

/// Clients that begin a request and stop.
async fn slow(line: &TestServer, from: impl Fn(usize) -> String) -> Vec<TcpStream> {
    let mut held = Vec::new();
    let (address, beginnings) = (line.carrier.address(), beginnings());
    for nth in 0..SLOW {
        let mut stream = connect(&from(nth), &address).await;
        // It may have been closed in favour of a newer one.
        let _sent = stream.write_all(beginnings[nth % beginnings.len()].as_bytes()).await;
        held.push(stream);
    }
    held
}

async fn slow_clients_keep_nobody_out(fresh: Fresh) {
    many_files();
    super::test_patients::register(&fresh.database, jiff::Timestamp::now(), "Asia/Tokyo").await;
    let files = vec![("OPEN_FILES".to_owned(), FILES.to_owned())];
    let line = TestServer::start_in(&fresh.url, &[], files);
    // A call in progress on a kept-alive connection.
    let mut phone = Phone::ring_any(&line.carrier).await;
    let held = slow(&line, |_| "127.0.0.1".to_owned()).await;
    for _ in 0..5 {
        assert_eq!(line.carrier.get("/readyz").await.unwrap().status, StatusCode::OK);
        assert_eq!(line.operations.get("/readyz").await.unwrap().body, "calls can be taken\n");
    }
    phone.identify(&MOTHER).await.keys(&WELL).await;
    assert_eq!(DatabaseAssertions::at(&fresh.url).reports(MOTHER.id).await, ["reported"]);
    assert!(line.measured("kenkocall_connections_replaced_total").await > 0);
    assert!(line.measured("kenkocall_connections{port=\"main\"}").await < 1_024);
    assert_eq!(line.log().matches("closed an idle one for a new one").count(), 1, "{}", line.log());
    drop(held);
}

async fn slow_clients_of_many_addresses_keep_no_proxy_out(fresh: Fresh) {
    many_files();
    let files = vec![("OPEN_FILES".to_owned(), FILES.to_owned())];
    let line = TestServer::start_in(&fresh.url, &[("SERVER__TRUSTED_PROXIES", "127.0.0.1, ::1")], files);
    let mut proxies = Vec::new();
    for _ in 0..200 {
        let mut proxy = connect("127.0.0.1", &line.carrier.address()).await;
        asks(&mut proxy).await;
        proxies.push(proxy);
    }
    let held = slow(&line, |nth| format!("127.{}.{}.9", 1 + nth / 250, nth % 250)).await;
    for proxy in &mut proxies {
        asks(proxy).await;
    }
    assert_eq!(line.carrier.get("/readyz").await.unwrap().status, StatusCode::OK);
    drop(held);
}

/// Sends a request on a connection that stays open.
async fn asks(stream: &mut TcpStream) {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut reply = Vec::new();
    while !reply.ends_with(b"alive\n") {
        let read = stream.read_buf(&mut reply).await.unwrap();
        assert!(read > 0, "closed: {}", String::from_utf8_lossy(&reply));
    }
    assert!(reply.starts_with(b"HTTP/1.1 200"));
}

async fn refusals_are_logged_once_and_counted(fresh: Fresh) {
    let mut line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let forged = super::http_client::Raw {
        signature: None,
        ..line.carrier.signed("/twilio/voice/health-call", &[("CallSid", "CA01"), ("From", "+819012345678")])
    };
    let large = super::http_client::Raw { body: vec![b'x'; 70_000], ..forged.clone() };
    let twice = line.carrier.signed("/twilio/voice/status", &[("CallSid", "CA01"), ("CallSid", "CA02")]);
    for _ in 0..50 {
        assert_eq!(line.carrier.send(&forged).await.unwrap().status, StatusCode::FORBIDDEN);
        assert_eq!(line.carrier.send(&twice).await.unwrap().status, StatusCode::BAD_REQUEST);
        // The server may close the connection before everything is sent.
        if let Ok(answer) = line.carrier.send(&large).await {
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        }
        assert_eq!(line.carrier.get("/wp-login.php").await.unwrap().status, StatusCode::NOT_FOUND);
        assert_eq!(line.carrier.get("/twilio/voice/status").await.unwrap().status, StatusCode::METHOD_NOT_ALLOWED);
    }
    line.terminate();
    assert_eq!(line.stopped().await.code(), Some(0));
    let log = line.log();
    let with = |words: [&str; 2]| log.lines().filter(|line| words.iter().all(|word| line.contains(word))).count();
    for (event, repeated, why) in [
        ("webhook refused", "webhooks were refused", "signature"),
        ("webhook refused", "webhooks were refused", "form"),
        ("webhook refused", "webhooks were refused", "body"),
        ("request refused", "requests were refused", "path"),
        ("request refused", "requests were refused", "method"),
    ] {
        let why = format!("why=\"{why}\"");
        assert_eq!((with([event, &why]), with([repeated, &why])), (1, 1), "{event} {why}: {log}");
    }
    assert!(log.contains("count=49"), "{log}");
    assert!(!log.contains("wp-login") && !log.contains("9012345678"), "{log}");
}

/// Every phase of a request has a time limit. The test takes as long as the longest one, so it runs once.
#[tokio::test]
async fn slow_clients_are_disconnected() {
    let folder = tempfile::tempdir().unwrap();
    let line = TestServer::start(&format!("sqlite://{}", folder.path().join("one.db").display()), &[]);
    let mut ends = tokio::task::JoinSet::new();
    for sent in beginnings() {
        let mut stream = connect("127.0.0.1", &line.carrier.address()).await;
        stream.write_all(sent.as_bytes()).await.unwrap();
        ends.spawn(async move {
            let mut reply = Vec::new();
            // Closed properly, or reset if part of the data wasn't read.
            let _ended = stream.read_to_end(&mut reply).await;
            let told = String::from_utf8(reply).unwrap();
            let has_body = sent.contains("\r\n\r\n");
            assert_eq!(told.starts_with("HTTP/1.1 408"), has_body, "{sent:?}: {told}");
        });
    }
    // Sending a byte now and then doesn't help.
    let mut dribbling = connect("127.0.0.1", &line.carrier.address()).await;
    ends.spawn(async move {
        let mut bytes = POST.bytes().chain("X-Header: ".bytes()).chain(std::iter::repeat(b'x'));
        let mut rhythm = tokio::time::interval(std::time::Duration::from_millis(100));
        while dribbling.write_all(&[bytes.next().unwrap()]).await.is_ok() {
            rhythm.tick().await;
        }
    });
    // A client that sends requests and never reads the responses.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut deaf = socket.connect(line.carrier.address().parse().unwrap()).await.unwrap();
    ends.spawn(async move { while deaf.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.is_ok() {} });
    while let Some(ended) = ends.join_next().await {
        ended.unwrap();
    }
    for waited_for in ["first_byte", "head", "response"] {
        let name = format!("kenkocall_connections_timed_out_total{{port=\"main\",waited_for=\"{waited_for}\"}}");
        assert!(line.measured(&name).await > 0, "{waited_for}");
    }
}
