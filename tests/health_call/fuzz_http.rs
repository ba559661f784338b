//! Arbitrary requests to all endpoints, in the test's own process, where any panic is detected: in a handler, in the
//! conversation service's task, or in the HTTP parser. Each reply says what is wrong, and nothing is stored.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::http_client::{Carrier, PUBLIC_URL};
use super::phone::Phone;
use super::server::InProcessServer;
use super::test_patients::MOTHER;

crate::on_both_databases!(arbitrary_requests_are_refused_and_store_nothing);

/// The number of requests of each kind. The random ones differ in each run, and a failing one is printed.
const OF_EACH: usize = 400;

const PATHS: [&str; 9] = [
    "/twilio/voice/health-call",
    "/twilio/voice/call-back",
    "/twilio/voice/status",
    "/twilio/voice/fallback",
    "/twilio/voice/calls/0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b/answered",
    "/twilio/voice/calls/0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b/status",
    "/twilio/voice/calls/0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b/goodbye",
    "/twilio/voice/calls/0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b/turns/1",
    // Replaced by the id of a pending turn.
    "",
];

const NAMES: [&str; 12] = [
    "AccountSid",
    "AnsweredBy",
    "CallDuration",
    "CallStatus",
    "DialCallStatus",
    "Digits",
    "Direction",
    "ErrorCode",
    "ErrorUrl",
    "From",
    "SequenceNumber",
    "SipResponseCode",
];

/// Values that no known field allows, and an unknown field.
const HOSTILE: [&str; 16] = [
    "１２３",
    "٣",
    "<",
    "<Say>",
    "\0",
    "1\0",
    "12\r\nX: y",
    "%00",
    "💉",
    "\u{202e}1",
    "-1",
    "1e9",
    "../../x",
    "'; DROP TABLE turns;--",
    "99999999999999999999999999999999999999",
    "{{7*7}}",
];

/// A field of a request that the carrier could have signed: a known name with an invalid value.
fn hostile() -> impl Strategy<Value = (String, String)> {
    let value = prop_oneof![select(&HOSTILE[..]).prop_map(str::to_owned), "[<\0-\u{1f}]\\PC{0,40}"];
    ("[A-Za-z]{0,12}", value)
}

fn form(fields: &[(String, String)]) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

/// A POST of these bytes to a path, signed as the carrier would sign them.
fn posted(carrier: &Carrier, path: &str, headers: &[u8], body: &[u8]) -> Vec<u8> {
    let signature = carrier.signed_as_it_is(path, body).signature.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: kenko.example\r\nConnection: close\r\nX-Twilio-Signature: {signature}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        body.len()
    );
    [head.as_bytes(), headers, b"\r\n", body].concat()
}

/// Writes a request as it is and reads the reply. Returns nothing if the connection is just closed.
async fn sent(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let (mut reading, mut writing) = TcpStream::connect(address).await.unwrap().into_split();
    let write = async {
        // A server that refuses a request may close the connection before all of it is sent.
        let _refused = writing.write_all(request).await;
        let _closed = writing.shutdown().await;
    };
    let mut reply = Vec::new();
    let (_, _reset) = tokio::join!(write, reading.read_to_end(&mut reply));
    reply
}

async fn refused(address: SocketAddr, request: &[u8], status: Option<&str>) {
    let reply = sent(address, request).await;
    let shown = || String::from_utf8_lossy(&request[..request.len().min(2_000)]).into_owned();
    let head = String::from_utf8_lossy(&reply[..reply.len().min(200)]).into_owned();
    // The fallback's apology doesn't depend on the request.
    if is_fallback(request) && head.starts_with("HTTP/1.1 200") {
        assert!(String::from_utf8_lossy(&reply).contains("システムに問題が起きました"), "{}", shown());
        return;
    }
    match status {
        Some(status) => assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{head}\nto {}", shown()),
        None => assert!(head.is_empty() || head.starts_with("HTTP/1.1 4"), "{head}\nto {}", shown()),
    }
    assert!(!head.contains("<Response"), "{head}\nto {}", shown());
}

fn is_fallback(request: &[u8]) -> bool {
    let path = b"POST /twilio/voice/fallback";
    request.strip_prefix(path).is_some_and(|rest| matches!(rest.first(), Some(b' ' | b'?')))
}

fn drawn<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).expect("a value").current()
}

async fn arbitrary_requests_are_refused_and_store_nothing(fresh: Fresh) {
    static PANICS: AtomicU32 = AtomicU32::new(0);
    let before_us = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        before_us(info);
    }));
    static COUNTED: OnceLock<PrometheusHandle> = OnceLock::new();
    let counted = COUNTED.get_or_init(|| PrometheusBuilder::new().install_recorder().expect("the only recorder"));
    let line = InProcessServer::at(&fresh.database, "2026-12-01T01:00:00Z").await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await;
    let turn = phone.action().strip_prefix(PUBLIC_URL).unwrap().to_owned();
    let before = kept.counts().await;
    let address: SocketAddr = line.carrier.address().parse().unwrap();
    let carrier = &line.carrier;
    let path_of = |path: &'static str| if path.is_empty() { turn.as_str() } else { path };
    let mut runner = TestRunner::default();
    let any_bytes = vec(any::<u8>(), 0..600);

    for _ in 0..OF_EACH {
        // Bytes that aren't HTTP, and bytes that almost are.
        refused(address, &drawn(&mut runner, &any_bytes), None).await;
        let path = path_of(drawn(&mut runner, &select(&PATHS[..])));
        let bytes = drawn(&mut runner, &any_bytes);
        let odd = drawn(&mut runner, &"[!-~]{0,60}");
        let line = [b"POST /twilio/voice/", odd.as_bytes(), b"?", &bytes, b" HTTP/1.1\r\nHost: x\r\n\r\n"].concat();
        refused(address, &line, None).await;
        // One of our paths with an unexpected end and query, correctly signed.
        let odd = drawn(&mut runner, &"[!-\"$-~]{1,60}");
        refused(address, &posted(carrier, &[path, "/", &odd].concat(), b"", b"CallSid=CA0"), None).await;
        refused(address, &posted(carrier, &[path, "?", &odd].concat(), b"", &bytes), Some("400")).await;
        // Any bytes in a header and in the body.
        let header = [b"X-Odd: ".as_slice(), &drawn(&mut runner, &any_bytes), b"\r\n"].concat();
        refused(address, &posted(carrier, path, &header, b"a=1"), None).await;
        refused(address, &posted(carrier, path, b"", &bytes), Some("400")).await;
        // Correctly signed fields, one of which has an invalid form.
        let mut fields = drawn(&mut runner, &vec(hostile(), 0..6));
        let known = drawn(&mut runner, &select(&["CallSid", "From", "To", "Digits", "CallStatus"][..]));
        let value = drawn(&mut runner, &select(&HOSTILE[..11]));
        fields.push((known.to_owned(), value.to_owned()));
        fields.push((drawn(&mut runner, &select(&NAMES[..])).to_owned(), drawn(&mut runner, &hostile()).1));
        refused(address, &posted(carrier, path, b"", &form(&fields)), Some("400")).await;
    }
    for path in PATHS.map(path_of) {
        let mut deep = b"Digits=".to_vec();
        deep.extend("%3Ca%3E".repeat(5_000).into_bytes());
        refused(address, &posted(carrier, path, b"", &deep), Some("400")).await;
        let xml = ["<a>".repeat(10_000), "</a>".repeat(10_000)].concat();
        refused(address, &posted(carrier, path, b"", xml.as_bytes()), Some("413")).await;
        let large = vec![b'1'; 10 * 1024 * 1024];
        refused(address, &posted(carrier, path, b"", &large), None).await;
        // An incomplete body.
        let endless = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nDigits=1");
        refused(address, endless.as_bytes(), Some("400")).await;
    }

    // Some are signed for another body than the one that arrives: those raise one alert.
    let mut after = kept.counts().await;
    assert!(kept.alerts().await.iter().all(|kind| kind == "forged"));
    after.insert("alerts", 0);
    assert_eq!(after, before, "nothing is stored");
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "nothing panics");
    let counted = counted.render();
    assert!(!counted.contains("kenkocall_panics_total"), "{counted}");
    for refusal in [
        "webhooks_refused_total{why=\"form\"}",
        "webhooks_refused_total{why=\"body\"}",
        "requests_refused_total{why=\"path\"}",
    ] {
        assert!(counted.contains(refusal), "{refusal}: {counted}");
    }
    // The call is in the same state as before.
    phone.key("375").await.hears("37ど 5ぶ");
}
