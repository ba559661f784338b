//! What is sent over the network, and the outcome if the other end replies badly or not at all. The requests are
//! counted: none is sent twice.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kenkocall::carrier::network::{
    CommandResult, DialOutcome, LegProgress, LookupResult, NotProcessed, Refusal, SmsOutcome, SmsRefusal, Uncertainty,
};
use kenkocall::carrier::twilio::rest::{MAX_BODY_BYTES, Patience, RestClient};
use kenkocall::config::Twilio;
use tokio::net::TcpListener;

use super::loopback_carrier::{Act, Carrier, answer, answer_and_stay, client, written};
use super::{ACCOUNT, CALLER, LEG, PATIENT, TOKEN, at, call, dial, leg, number, settings, urls};

/// So long that only a stalled machine reaches it.
const LONG: Patience = Patience { connect: Duration::from_secs(60), total: Duration::from_secs(60) };
/// For carriers that never reply.
const SHORT: Patience = Patience { connect: LONG.connect, total: Duration::from_millis(500) };
/// For carriers to which no connection can be established.
const SHORT_TO_CONNECT: Patience = Patience { connect: Duration::from_millis(500), total: LONG.total };

fn accepted() -> String {
    format!(r#"{{"sid":"{LEG}","status":"queued","duration":null,"to":"{PATIENT}"}}"#)
}

fn call_that_is(status: &str) -> String {
    format!(r#"{{"sid":"{LEG}","status":"{status}","duration":"42"}}"#)
}

/// Dials once with a carrier that does `act`. Returns the outcome, and the number of requests.
async fn dialled(act: Act, patience: Patience) -> (DialOutcome, usize) {
    let carrier = Carrier::that([act]).await;
    let dialled = carrier.client(patience).dial(&dial()).await;
    (dialled, carrier.asked().len())
}

#[tokio::test]
async fn a_call_is_placed() {
    let carrier = Carrier::that([answer("201 Created", "", &accepted())]).await;
    assert_eq!(carrier.client(LONG).dial(&dial()).await, DialOutcome::Accepted(leg()));
    let asked = carrier.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].line, format!("POST /2010-04-01/Accounts/{ACCOUNT}/Calls.json"));
    let head = asked[0].head.to_ascii_lowercase();
    for header in [
        "\r\nauthorization: basic ",
        "\r\ncontent-type: application/x-www-form-urlencoded",
        "\r\naccept: application/json",
        "\r\nuser-agent: kenkocall/",
    ] {
        assert!(head.contains(header), "{header} in {head}");
    }
    assert!(asked[0].body.starts_with("To=%2B819012345678&From=%2B815031980214&Url=https%3A%2F%2Fcall.example%2F"));
}

#[tokio::test]
async fn fault_5_no_reply_is_an_unknown_outcome() {
    let unread = dialled(Act::Ignore, SHORT).await.0;
    assert_eq!(unread, DialOutcome::Unknown(Uncertainty::NoAnswer));
    for begun in ["", "HTTP/1.1 201 Created\r\n", "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"sid\":"] {
        let act = Act::AnswerAndStall(begun.as_bytes().to_vec());
        let (outcome, times) = dialled(act, SHORT).await;
        assert_eq!(outcome, DialOutcome::Unknown(Uncertainty::NoAnswer), "{begun}");
        assert!(times <= 1, "{begun}: asked {times} times");
    }
}

#[tokio::test]
async fn an_incomplete_reply_is_an_unknown_outcome() {
    let whole = written("201 Created", "", &accepted());
    for end in [0, 1, 12, 20, whole.len() / 2, whole.len() - 1] {
        let act = Act::Answer(whole.as_bytes()[..end].to_vec());
        assert_eq!(dialled(act, LONG).await, (DialOutcome::Unknown(Uncertainty::NoAnswer), 1), "{end}");
    }
    assert_eq!(dialled(Act::Close, LONG).await, (DialOutcome::Unknown(Uncertainty::NoAnswer), 1));
    // A refusal counts even if its body is incomplete.
    let cut = Act::Answer(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 100\r\n\r\n{".to_vec());
    assert_eq!(dialled(cut, LONG).await, (DialOutcome::NotProcessed(NotProcessed::TooMany(None)), 1));
}

#[tokio::test]
async fn fault_6_nonsense_and_server_errors_leave_doubt() {
    for (act, doubt) in [
        (
            answer("200 OK", "Content-Type: text/html\r\n", "<html><body>It works!</body></html>"),
            Uncertainty::Unreadable,
        ),
        (answer("201 Created", "", ""), Uncertainty::Unreadable),
        (answer("204 No Content", "", ""), Uncertainty::Unreadable),
        (answer("500 Internal Server Error", "", &accepted()), Uncertainty::ServerError),
        (answer("503 Service Unavailable", "Retry-After: 1\r\n", ""), Uncertainty::ServerError),
        (answer("201 Created", "", &"[".repeat(500_000)), Uncertainty::Unreadable),
        (Act::Answer(b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec()), Uncertainty::NoAnswer),
        (Act::Answer(vec![0; 4_096]), Uncertainty::NoAnswer),
    ] {
        let label = format!("{act:?}");
        assert_eq!(dialled(act, LONG).await, (DialOutcome::Unknown(doubt), 1), "{:.100}", label);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let elsewhere = Carrier::that([answer("201 Created", "", &accepted())]).await;
        let location = format!("Location: http://{}/2010-04-01/Accounts/x/Calls.json\r\n", elsewhere.address);
        let outcome = dialled(answer(status, &location, &accepted()), LONG).await;
        assert_eq!(outcome, (DialOutcome::Unknown(Uncertainty::Unreadable), 1), "{status}");
        assert_eq!(elsewhere.asked().len(), 0, "{status}");
    }
}

#[tokio::test]
async fn faults_7_and_8_refusals_are_told_apart() {
    let number = r#"{"code":21211,"message":"x","status":400}"#;
    for (act, outcome) in [
        (answer("401 Unauthorized", "", r#"{"code":20003}"#), DialOutcome::Refused(Refusal::Account)),
        (answer("403 Forbidden", "", "<html>"), DialOutcome::Refused(Refusal::Account)),
        (answer("400 Bad Request", "", number), DialOutcome::Refused(Refusal::Number)),
        (answer("400 Bad Request", "", ""), DialOutcome::Refused(Refusal::Request)),
        (answer("429 Too Many Requests", "", ""), DialOutcome::NotProcessed(NotProcessed::TooMany(None))),
        (
            answer("429 Too Many Requests", "Retry-After: 3\r\n", ""),
            DialOutcome::NotProcessed(NotProcessed::TooMany(Some(Duration::from_secs(3)))),
        ),
        (
            answer(
                "429 Too Many Requests",
                "Date: Tue, 01 Dec 2026 12:00:00 GMT\r\nRetry-After: Tue, 01 Dec 2026 12:00:09 GMT\r\n",
                "",
            ),
            DialOutcome::NotProcessed(NotProcessed::TooMany(Some(Duration::from_secs(9)))),
        ),
    ] {
        assert_eq!(dialled(act, LONG).await, (outcome, 1));
    }
}

#[tokio::test]
async fn no_connection_proves_that_nothing_was_sent() {
    let unsent = DialOutcome::NotProcessed(NotProcessed::NoConnection);
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let refusing = client(&base, LONG);
    assert_eq!(refusing.dial(&dial()).await, unsent);
    let sent = refusing.send_sms(&number(PATIENT), &number(CALLER), "x").await;
    assert_eq!(sent, SmsOutcome::Refused(SmsRefusal::NotProcessed));
    assert_eq!(refusing.look_up(&leg()).await, LookupResult::Unavailable(Uncertainty::NoAnswer));
    assert_eq!(refusing.hang_up(&leg()).await, CommandResult::Unavailable);
    // A host name that is resolved without a DNS server.
    let nameless = format!("http://{}.invalid", "x".repeat(64));
    assert_eq!(client(&nameless, LONG).dial(&dial()).await, unsent);

    // Nothing is sent before the TLS handshake has finished: one handshake never finishes, one fails.
    let silent = Carrier::that([Act::Ignore]).await;
    assert_eq!(client(&format!("https://{}", silent.address), SHORT_TO_CONNECT).dial(&dial()).await, unsent);
    let closing = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("https://{}", closing.local_addr().expect("an address"));
    tokio::spawn(async move { while closing.accept().await.is_ok() {} });
    assert_eq!(client(&base, LONG).dial(&dial()).await, unsent);
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit() {
    let padded = |spaces: usize| [accepted(), " ".repeat(spaces - accepted().len())].concat();
    let just = answer("201 Created", "", &padded(MAX_BODY_BYTES));
    assert_eq!(dialled(just, LONG).await.0, DialOutcome::Accepted(leg()));
    let above = answer("201 Created", "", &padded(MAX_BODY_BYTES + 1));
    assert_eq!(dialled(above, LONG).await, (DialOutcome::Unknown(Uncertainty::Unreadable), 1));
    // It announces a body larger than memory, then stops.
    let boasting = format!("HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\n", 1_u64 << 40);
    let much = [boasting.into_bytes(), vec![b' '; 2 * MAX_BODY_BYTES]].concat();
    assert_eq!(dialled(Act::AnswerAndStall(much), LONG).await, (DialOutcome::Refused(Refusal::Request), 1));
}

#[tokio::test]
async fn a_request_lost_on_a_kept_connection_is_not_sent_again() {
    let carrier = Carrier::that([answer_and_stay("201 Created", &accepted()), Act::Close]).await;
    let client = carrier.client(LONG);
    assert_eq!(client.dial(&dial()).await, DialOutcome::Accepted(leg()));
    assert_eq!(client.dial(&dial()).await, DialOutcome::Unknown(Uncertainty::NoAnswer));
    assert_eq!(carrier.asked().len(), 2);
}

#[tokio::test]
async fn a_leg_is_looked_up_and_told() {
    let acts = [
        answer_and_stay("200 OK", &call_that_is("ringing")),
        answer_and_stay("200 OK", &call_that_is("canceled")),
        answer_and_stay("200 OK", &call_that_is("completed")),
        answer_and_stay("200 OK", &call_that_is("in-progress")),
        answer("404 Not Found", "", r#"{"code":20404,"status":404}"#),
    ];
    let carrier = Carrier::that(acts).await;
    let client = carrier.client(LONG);
    assert_eq!(client.look_up(&leg()).await, LookupResult::Found(LegProgress::Ringing));
    assert_eq!(client.cancel(&leg()).await, CommandResult::Done);
    assert_eq!(client.hang_up(&leg()).await, CommandResult::Done);
    assert_eq!(client.redirect(&leg(), &urls().goodbye(call())).await, CommandResult::Done);
    assert_eq!(client.look_up(&leg()).await, LookupResult::Nothing);
    assert_eq!(client.hang_up(&leg()).await, CommandResult::Gone);
    let asked = carrier.asked();
    let of_leg = format!("/2010-04-01/Accounts/{ACCOUNT}/Calls/{LEG}.json");
    let lines: Vec<_> = asked.iter().map(|asked| asked.line.replace(&of_leg, "…")).collect();
    assert_eq!(lines, ["GET …", "POST …", "POST …", "POST …", "GET …", "POST …"]);
    assert_eq!(asked[1].body, "Status=canceled");
    assert_eq!(asked[2].body, "Status=completed");
    assert!(asked[3].body.starts_with("Url=https%3A%2F%2Fcall.example%2F") && asked[3].body.ends_with("&Method=POST"));
}

#[tokio::test]
async fn a_leg_in_the_wrong_state_is_looked_at() {
    let wrong_state = answer_and_stay("400 Bad Request", r#"{"code":21220,"status":400}"#);
    for (then, told) in [
        (answer("200 OK", "", &call_that_is("completed")), CommandResult::Gone),
        (answer("404 Not Found", "", r#"{"code":20404}"#), CommandResult::Gone),
        (answer("200 OK", "", &call_that_is("in-progress")), CommandResult::Unavailable),
        (answer("500 Oh", "", ""), CommandResult::Unavailable),
    ] {
        let carrier = Carrier::that([wrong_state.clone(), then]).await;
        assert_eq!(carrier.client(LONG).cancel(&leg()).await, told);
        assert_eq!(carrier.asked().len(), 2);
    }
}

#[tokio::test]
async fn a_short_message_is_sent_once() {
    for (act, sent) in [
        (
            answer("201 Created", "", r#"{"sid":"SM0123456789abcdef0123456789abcdef","status":"accepted"}"#),
            SmsOutcome::Accepted,
        ),
        (answer("201 Created", "", ""), SmsOutcome::Unknown),
        (answer("500 Oh", "", ""), SmsOutcome::Unknown),
        (answer("400 Bad Request", "", r#"{"code":21614}"#), SmsOutcome::Refused(SmsRefusal::Number)),
        (Act::Close, SmsOutcome::Unknown),
    ] {
        let carrier = Carrier::that([act]).await;
        let outcome = carrier.client(LONG).send_sms(&number(PATIENT), &number(CALLER), "またお電話します。").await;
        assert_eq!((outcome, carrier.asked().len()), (sent, 1));
    }
}

#[tokio::test]
async fn a_client_may_be_shared_between_tasks() {
    let carrier = Carrier::that([answer_and_stay("201 Created", &accepted())]).await;
    let client = Arc::new(carrier.client(LONG));
    let dialling: Vec<_> = (0..20)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { client.dial(&dial()).await })
        })
        .collect();
    for task in dialling {
        assert_eq!(task.await.expect("no panic"), DialOutcome::Accepted(leg()));
    }
    assert_eq!(carrier.asked().len(), 20);
}

#[test]
fn a_client_needs_an_account_and_no_network() {
    assert!(RestClient::new(&settings(), urls()).is_ok());
    let error = RestClient::new(&Twilio { account_sid: String::new(), ..settings() }, urls()).expect_err("not ready");
    assert!(error.to_string().contains("twilio.account_sid"), "{error}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic before").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// I6. At all levels, including the libraries that send. The library that reads numbers is checked down to DEBUG, as
/// in tests/privacy.
#[tokio::test]
async fn nothing_personal_and_no_token_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    let levels = tracing_subscriber::EnvFilter::new("trace,rlibphonenumber=debug");
    tracing_subscriber::fmt().with_env_filter(levels).with_ansi(false).with_writer(move || writer.clone()).init();
    let refusal = format!(r#"{{"code":21211,"message":"The number {PATIENT} can't be called","status":400}}"#);
    for act in [answer("201 Created", "", &accepted()), answer("400 Bad Request", "", &refusal), Act::Close] {
        let carrier = Carrier::that([act]).await;
        let client = carrier.client(LONG);
        client.dial(&dial()).await;
        client.list(&number(PATIENT), at("2026-12-01T09:00:00Z")).await;
        client.send_sms(&number(PATIENT), &number(CALLER), "見本 花子").await;
        tracing::info!(?client, "printed");
    }
    let unreachable = client("http://127.0.0.1:1", LONG);
    unreachable.dial(&dial()).await;
    unreachable.list(&number(PATIENT), at("2026-12-01T09:00:00Z")).await;
    let logged = String::from_utf8_lossy(&log.0.lock().expect("no panic before")).into_owned();
    for there in ["code=21211", "didn't answer", "carrier unreachable", "starting new connection"] {
        assert!(logged.contains(there), "{there} in {logged}");
    }
    let authorization = "QUMwMTIzNDU2";
    for secret in ["9012345678", "5031980214", "花子", TOKEN, authorization] {
        assert!(!logged.contains(secret), "{secret} in {logged}");
    }
}
