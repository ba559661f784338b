//! The delivery of webhooks: their time limit, redirects, retries, tokens and targets.

use serde_json::json;

use super::carrier_process::{FakeCarrier, TO};
use super::webhook_recorder::{Answer, Posted, WebhookRecorder};

const HANG_UP: &str = "<Response><Hangup/></Response>";

#[tokio::test]
async fn a_webhook_that_is_never_answered_leads_to_the_fallback_url_when_its_time_is_up() {
    let fake = FakeCarrier::start(&["--webhook-seconds", "0.3"]);
    let recorder = WebhookRecorder::start(|posted: &Posted, _| match posted.path.as_str() {
        "/turn/1" => Answer::Never,
        _ => Answer::Twiml(HANG_UP.to_owned()),
    })
    .await;
    let call = fake.place(TO, &recorder, &[("FallbackUrl", &recorder.url("/fallback"))]).await;
    fake.ended(&call).await;
    assert_eq!(recorder.posted("/turn/1").len(), 1, "no retry when the answer is late");
    assert_eq!(recorder.posted("/fallback")[0].field("ErrorCode"), Some("11205"));
    let failed = fake.until("the failure", |entry| entry["event"] == "webhook" && entry["kind"] == "voice").await;
    assert_eq!((&failed["status"], &failed["error"]), (&json!(null), &json!(11205)));
    assert!(failed["milliseconds"].as_i64().unwrap() >= 300, "{failed}");
}

#[tokio::test]
async fn a_url_that_nobody_listens_at_or_that_cannot_be_spoken_to_leads_to_the_fallback_url() {
    let fake = FakeCarrier::start(&[]);
    let recorder = WebhookRecorder::start(|_: &Posted, _| Answer::Twiml(HANG_UP.to_owned())).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, code, attempts) in
        [(format!("http://{free}/turn/1"), "11205", 2), ("https://127.0.0.1/turn/1".to_owned(), "11100", 1)]
    {
        let fields = [("To", TO), ("From", TO), ("Url", &url), ("FallbackUrl", &recorder.url("/fallback"))];
        let call = fake.post(&fake.calls(), &fields).await.json()["sid"].as_str().unwrap().to_owned();
        fake.ended(&call).await;
        let told = recorder.posted("/fallback").pop().unwrap();
        assert_eq!((told.field("ErrorCode"), told.field("ErrorUrl")), (Some(code), Some(&*url)));
        let tried = fake.events("webhook").await.into_iter().filter(|entry| entry["url"] == url.as_str());
        assert_eq!(tried.count(), attempts, "a connection is tried twice");
    }
}

#[tokio::test]
async fn a_redirect_loses_what_was_posted_unless_it_says_that_it_keeps_it() {
    let fake = FakeCarrier::start(&[]);
    for (status, method, has_fields) in
        [(301, "GET", false), (302, "GET", false), (303, "GET", false), (307, "POST", true)]
    {
        let recorder = WebhookRecorder::start(move |posted: &Posted, _| match posted.path.as_str() {
            "/turn/1" => Answer::Elsewhere(status, "/moved".to_owned()),
            _ => Answer::Twiml(HANG_UP.to_owned()),
        })
        .await;
        let call = fake.place(TO, &recorder, &[]).await;
        fake.ended(&call).await;
        let moved = &recorder.posted("/moved")[0];
        assert_eq!((moved.method.as_str(), moved.field("CallSid").is_some()), (method, has_fields), "{status}");
    }
    let recorder = WebhookRecorder::start(|_: &Posted, _| Answer::Elsewhere(302, "/turn/1".to_owned())).await;
    let call = fake.place(TO, &recorder, &[]).await;
    assert_eq!(fake.ended(&call).await["status"], "completed", "a circle of redirects ends");
}

#[tokio::test]
async fn a_url_can_ask_for_retries_which_carry_the_token_of_the_first() {
    let fake = FakeCarrier::start(&[]);
    let recorder = WebhookRecorder::start(|posted: &Posted, before| match (posted.path.as_str(), before) {
        ("/turn/1", 0 | 1) => Answer::Plain(503, "text/plain", "not now"),
        _ => Answer::Twiml(HANG_UP.to_owned()),
    })
    .await;
    let url = recorder.url("/turn/1#rc=3&rp=5xx");
    let fields = [("To", TO), ("From", TO), ("Url", &url), ("FallbackUrl", &recorder.url("/fallback"))];
    let call = fake.post(&fake.calls(), &fields).await.json()["sid"].as_str().unwrap().to_owned();
    fake.ended(&call).await;
    let tries = recorder.posted("/turn/1");
    assert_eq!(tries.len(), 3);
    assert!(tries.iter().all(|posted| posted.token == tries[0].token && posted.path == "/turn/1"), "{tries:?}");
    assert!(!tries[0].token.is_empty());
    assert!(recorder.posted("/fallback").is_empty());
    let next = fake.post(&fake.calls(), &fields).await.json()["sid"].as_str().unwrap().to_owned();
    fake.ended(&next).await;
    assert_ne!(recorder.posted("/turn/1")[3].token, tries[0].token, "another webhook, another token");
}

#[tokio::test]
async fn webhooks_go_where_they_are_to_be_delivered_and_are_signed_for_where_they_are_addressed() {
    let recorder = WebhookRecorder::asking(1).await;
    let address = recorder.origin.strip_prefix("http://").unwrap().to_owned();
    let fake = FakeCarrier::start(&["--deliver-to", &address]);
    let url = "https://kenko.example/turn/1?a=1";
    let fields = [("To", TO), ("From", TO), ("Url", url)];
    let placed = fake.post(&fake.calls(), &fields).await.json()["sid"].as_str().unwrap().to_owned();
    fake.ended(&placed).await;
    let came = &recorder.posted("/turn/1?a=1")[0];
    assert_eq!(super::official_library::judged(&[(url, came)]), [true]);
    fake.set("deliver-to", json!({ "address": null })).await;
    let placed = fake.post(&fake.calls(), &fields).await.json()["sid"].as_str().unwrap().to_owned();
    fake.ended(&placed).await;
    assert_eq!(recorder.posted("/turn/1").len(), 1, "no longer");
}
