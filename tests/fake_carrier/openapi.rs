//! Prism between a client and the fake carrier: none of its replies breaks the carrier's own OpenAPI document. The
//! document describes only successful replies, so refusals pass unchecked.

use std::time::Duration;

use jiff::Timestamp;
use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::network::{
    CommandResult, Dial, DialOutcome, LegProgress, LookupResult, SmsOutcome, Uncertainty,
};
use kenkocall::carrier::twilio::Urls;
use kenkocall::carrier::twilio::rest::{Patience, RestClient};
use kenkocall::config::{MachineDetection, Twilio};
use kenkocall::domain::{CallId, CallableNumber, PhoneNumber};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::carrier_process::{ACCOUNT, FROM, FakeCarrier, TO, TOKEN};
use super::official_library::{SLOW, client_at};
use super::prism::Prism;
use super::webhook_recorder::WebhookRecorder;

const PATIENCE: Duration = Duration::from_secs(60);

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::from_e164(text).expect("a number")
}

fn client(base_url: &str, public: &str) -> RestClient {
    let settings = Twilio {
        account_sid: ACCOUNT.to_owned(),
        auth_token: TOKEN.into(),
        base_url: Some(base_url.to_owned()),
        machine_detection: MachineDetection::Enable,
        ..Twilio::default()
    };
    let patience = Patience { connect: PATIENCE, total: PATIENCE };
    RestClient::with_patience(&settings, Urls::new(public).expect("a URL"), patience).expect("a client")
}

fn dial(to: &str, call: u128) -> Dial {
    let to = CallableNumber::new(number(to)).expect("a mobile number");
    let call: CallId = uuid::Uuid::from_u128(call).to_string().parse().expect("an id");
    Dial { call, to, from: number(FROM), ring_seconds: 600, longest_seconds: 3_600 }
}

async fn placed(client: &RestClient, to: &str, call: u128) -> CarrierLegId {
    match client.dial(&dial(to, call)).await {
        DialOutcome::Accepted(leg) => leg,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn our_client_meets_no_reply_that_breaks_the_official_document() {
    let fake = FakeCarrier::start(&["--behaviour", "answers", "--speed", "20"]);
    fake.set("people", json!({ "number": SLOW, "behaviour": "answers", "answer_seconds": 600 })).await;
    let prism = Prism::before(&fake.address);
    // Nothing listens at the webhook URLs, so the calls end.
    let client = client(&prism.address, "http://127.0.0.1:9");
    let since = Timestamp::UNIX_EPOCH;
    assert_eq!(client.list(&number(TO), since).await, LookupResult::Found(Vec::new()));
    assert!(matches!(client.time().await, LookupResult::Found(_)), "the balance, with its date");
    let over = placed(&client, TO, 1).await;
    fake.ended(over.as_str()).await;
    assert!(matches!(client.look_up(&over).await, LookupResult::Found(LegProgress::Ended(_))));
    assert_eq!(client.hang_up(&over).await, CommandResult::Gone);
    let ringing = placed(&client, SLOW, 2).await;
    fake.stands(ringing.as_str(), "ringing").await;
    assert_eq!(client.look_up(&ringing).await, LookupResult::Found(LegProgress::Ringing));
    assert_eq!(client.cancel(&ringing).await, CommandResult::Done);
    assert!(matches!(client.look_up(&ringing).await, LookupResult::Found(LegProgress::Ended(_))));
    let LookupResult::Found(listed) = client.list(&number(SLOW), since).await else { panic!("no list") };
    assert_eq!(listed.iter().map(|call| &call.leg).collect::<Vec<_>>(), [&ringing]);
    assert_eq!(client.send_sms(&number(TO), &number(FROM), "お電話しました。").await, SmsOutcome::Accepted);
    let gone = CarrierLegId::parse(&format!("CA{}", "0".repeat(32))).expect("a leg");
    assert_eq!(client.look_up(&gone).await, LookupResult::Nothing);
}

#[tokio::test]
async fn the_official_client_meets_none_either() {
    let (fake, recorder) =
        (FakeCarrier::start(&["--behaviour", "answers", "--speed", "20"]), WebhookRecorder::asking(1).await);
    fake.set("people", json!({ "number": SLOW, "behaviour": "answers", "answer_seconds": 600 })).await;
    let prism = Prism::before(&fake.address);
    // The library stops at an error status, and Prism replaces a reply that violates the document by a 500.
    let seen = client_at(&prism.address, &recorder).await;
    assert_eq!(seen["over"]["status"], "completed");
    assert_eq!(seen["pages"].as_array().map(Vec::len), Some(5), "by pages of two");
}

#[tokio::test]
async fn a_reply_that_breaks_the_document_is_told_so_the_check_can_fail() {
    let bodies = [r#"{"sid":"CA1","status":"rang"}"#, r#"{"sid":7}"#, r#"{"sidd":"CA1"}"#, r#"{"status":[]}"#];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let prism = Prism::before(&format!("http://{}", listener.local_addr().unwrap()));
    let client = client(&prism.address, "http://127.0.0.1:9");
    for body in bodies {
        let answering = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _bytes = stream.read(&mut vec![0; 65_536]).await.unwrap();
            let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close";
            let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        };
        let dial = dial(TO, 3);
        let (dialled, ()) = tokio::join!(client.dial(&dial), answering);
        assert_eq!(dialled, DialOutcome::Unknown(Uncertainty::ServerError), "{body}");
    }
}
