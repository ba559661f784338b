//! How TwiML is executed: verb by verb, to its end, and what happens if it is invalid.

use serde_json::json;

use super::carrier_process::{FakeCarrier, TO};
use super::webhook_recorder::{Answer, Posted, WebhookRecorder};

/// A recorder that answers `/turn/1` with this and everything else with a hang-up.
async fn first(xml: &str) -> WebhookRecorder {
    let xml = format!("<Response>{xml}</Response>");
    WebhookRecorder::start(move |posted: &Posted, _| match posted.path.as_str() {
        "/turn/1" => Answer::Twiml(xml.clone()),
        _ => Answer::Twiml("<Response><Hangup/></Response>".to_owned()),
    })
    .await
}

async fn paths(fake: &FakeCarrier, recorder: &WebhookRecorder, to: &str) -> Vec<String> {
    let call = fake.place(to, recorder, &[]).await;
    fake.ended(&call).await;
    recorder.posted("/turn/").into_iter().map(|posted| posted.path).collect()
}

#[tokio::test]
async fn silence_falls_through_unless_it_is_to_be_posted() {
    let fake = FakeCarrier::start(&["--behaviour", "silent"]);
    let through = r#"<Gather action="/turn/keyed" timeout="1"/><Redirect>/turn/silent</Redirect>"#;
    assert_eq!(paths(&fake, &first(through).await, TO).await, ["/turn/1", "/turn/silent"]);
    let posted =
        r#"<Gather action="/turn/keyed" timeout="1" actionOnEmptyResult="true"/><Redirect>/turn/silent</Redirect>"#;
    let recorder = first(posted).await;
    assert_eq!(paths(&fake, &recorder, TO).await, ["/turn/1", "/turn/keyed"]);
    assert_eq!(recorder.posted("/turn/keyed")[0].field("Digits"), Some(""));
}

#[tokio::test]
async fn a_gather_without_action_posts_to_its_own_document() {
    let fake = FakeCarrier::start(&[]);
    let keys = json!({ "number": TO, "behaviour": "answers", "keys": ["7", ""] });
    fake.set("people", keys).await;
    let recorder = first(r#"<Gather numDigits="1" timeout="1"/>"#).await;
    assert_eq!(paths(&fake, &recorder, TO).await, ["/turn/1", "/turn/1"], "then silence, and the document's end");
    assert_eq!(recorder.posted("/turn/1")[1].field("Digits"), Some("7"));
}

#[tokio::test]
async fn a_transfer_ends_as_the_called_persons_phone_behaves() {
    let fake = FakeCarrier::start(&[]);
    for (digits, status) in [("00", "completed"), ("91", "busy"), ("92", "no-answer"), ("93", "failed")] {
        let dial = format!(r#"<Dial action="/turn/dialled" timeout="20"><Number>+8135211{digits}</Number></Dial>"#);
        let recorder = first(&dial).await;
        assert_eq!(paths(&fake, &recorder, TO).await, ["/turn/1", "/turn/dialled"]);
        let told = &recorder.posted("/turn/dialled")[0];
        assert_eq!(told.field("DialCallStatus"), Some(status));
        assert_eq!(told.field("DialCallDuration").is_some(), status == "completed");
        assert!(told.field("DialCallSid").unwrap().starts_with("CA"));
    }
    assert_eq!(fake.events("dialled").await.len(), 4);
    let recorder = first("<Dial>+813521100</Dial><Redirect>/turn/after</Redirect>").await;
    assert_eq!(paths(&fake, &recorder, TO).await, ["/turn/1", "/turn/after"], "without action it goes on below");
}

#[tokio::test]
async fn the_phone_of_somebody_put_through_is_a_call_of_its_own_whoever_hangs_up_first() {
    const STAFF: &str = "+81352113641";
    for first_to_go in ["staff", "caller"] {
        let fake = FakeCarrier::start(&[]);
        let talk = json!({ "number": STAFF, "behaviour": "answers", "answer_seconds": 3, "talk_seconds": 1_800,
            "hangs_up_first": first_to_go });
        fake.set("people", talk).await;
        let dial = format!(
            r#"<Dial action="/turn/dialled" timeout="20"><Number statusCallback="/staff" statusCallbackEvent="answered completed">{STAFF}</Number></Dial>"#
        );
        let recorder = first(&dial).await;
        let call = fake.place(TO, &recorder, &[("StatusCallbackEvent", "completed")]).await;
        let seconds = fake.ended(&call).await["seconds"].as_u64().unwrap();
        assert!(seconds >= 1_803, "{seconds}");
        let action = recorder.until("the action", |posted| posted.path == "/turn/dialled").await;
        assert_eq!(action.field("DialCallStatus"), Some("completed"));
        assert_eq!(action.status(), if first_to_go == "caller" { "completed" } else { "in-progress" });
        recorder
            .until("the end of the staff's call", |posted| posted.path == "/staff" && posted.status() == "completed")
            .await;
        let told: Vec<(String, bool)> = recorder
            .posted("/staff")
            .iter()
            .map(|posted| (posted.status().to_owned(), posted.field("ParentCallSid") == Some(&call)))
            .collect();
        assert_eq!(told, [("in-progress".to_owned(), true), ("completed".to_owned(), true)]);
        let child = action.field("DialCallSid").unwrap();
        let listed = fake.get(&format!("{}?ParentCallSid={call}", fake.calls())).await.json();
        assert_eq!(listed["calls"].as_array().unwrap().len(), 1);
        assert_eq!(listed["calls"][0]["sid"], child);
        assert_eq!(listed["calls"][0]["parent_call_sid"], call.as_str());
        assert_eq!(listed["calls"][0]["direction"], "outbound-dial");
        assert_eq!(fake.get(&fake.call(child)).await.json()["status"], "completed");
    }
}

#[tokio::test]
async fn what_is_said_and_played_takes_its_time() {
    let fake = FakeCarrier::start(&[]);
    let seconds = async |xml: &str| {
        let recorder = first(xml).await;
        let call = fake.place(TO, &recorder, &[]).await;
        fake.ended(&call).await["seconds"].as_u64().unwrap()
    };
    assert!(seconds("<Pause length='40'/>").await >= 40);
    // 300 morae at 8.8 a second.
    assert!(seconds(&format!("<Say>{}</Say>", "あ".repeat(300))).await >= 34);
    assert!(seconds("<Play>http://127.0.0.1/a.wav</Play><Hangup/><Pause length='9999'/>").await < 9999);
}

#[tokio::test]
async fn a_call_that_comes_in_can_be_refused() {
    let fake = FakeCarrier::start(&[]);
    for (verb, status) in [("<Reject/>", "no-answer"), ("<Reject reason='busy'/>", "busy")] {
        let recorder = first(verb).await;
        let ring = json!({ "from": TO, "to": "+815000000000", "url": recorder.url("/turn/1"), "keys": [] });
        let reply = fake.send(hyper::Method::POST, "/_fake/ring-in", "", ring.to_string()).await.unwrap();
        let call = reply.json()["call"].as_str().unwrap().to_owned();
        assert_eq!(fake.ended(&call).await["status"], status);
        assert_eq!(fake.ended(&call).await["seconds"], 0, "it was never answered");
    }
}

#[tokio::test]
async fn what_is_no_twiml_leads_to_the_fallback_url_with_the_carriers_code() {
    let fake = FakeCarrier::start(&[]);
    let cases: [(u16, &'static str, &'static str, &str); 7] = [
        (500, "text/xml", "<Response/>", "11200"),
        (404, "text/plain", "not here", "11200"),
        (200, "text/plain", "hello", "12300"),
        (200, "application/json", "{}", "12300"),
        (200, "text/xml", "<Response><Sing/></Response>", "12100"),
        (200, "text/xml", "<Response>", "12100"),
        (200, "text/html", "<!DOCTYPE html><html></html>", "12100"),
    ];
    for (status, kind, body, code) in cases {
        let recorder = WebhookRecorder::start(move |posted: &Posted, _| match posted.path.as_str() {
            "/turn/1" => Answer::Plain(status, kind, body),
            _ => Answer::Twiml("<Response><Hangup/></Response>".to_owned()),
        })
        .await;
        let call = fake.place(TO, &recorder, &[("FallbackUrl", &recorder.url("/fallback"))]).await;
        fake.ended(&call).await;
        let fallback = &recorder.posted("/fallback")[0];
        assert_eq!(fallback.field("ErrorCode"), Some(code), "{status} {kind} {body}");
        assert_eq!(fallback.field("ErrorUrl"), Some(&*recorder.url("/turn/1")));
        assert_eq!(fallback.status(), "in-progress");
        let without = fake.place(TO, &recorder, &[]).await;
        assert_eq!(fake.ended(&without).await["status"], "completed", "no fallback: the call ends");
    }
    let recorder = WebhookRecorder::start(|_, _| Answer::Plain(204, "text/xml", "")).await;
    let call = fake.place(TO, &recorder, &[("FallbackUrl", &recorder.url("/fallback"))]).await;
    fake.ended(&call).await;
    assert!(recorder.posted("/fallback").is_empty(), "nothing to do is no error");
}

#[tokio::test]
async fn nobody_who_hides_their_number_is_put_through_without_a_number_of_the_account() {
    let fake = FakeCarrier::start(&[]);
    for (caller_id, status) in [("", "failed"), (" callerId='+815031980214'", "completed")] {
        let recorder = first(&format!("<Dial action='/turn/dialled'{caller_id}>+81352113641</Dial>")).await;
        let ring = json!({ "from": "anonymous", "to": "+815031980214", "url": recorder.url("/turn/1"), "keys": [] });
        let reply = fake.send(hyper::Method::POST, "/_fake/ring-in", "", ring.to_string()).await.unwrap();
        fake.ended(reply.json()["call"].as_str().unwrap()).await;
        assert_eq!(recorder.posted("/turn/dialled")[0].field("DialCallStatus"), Some(status), "{caller_id}");
    }
}
