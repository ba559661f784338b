//! The REST API's replies, and missing replies, with each fault, whether or not the call is accepted.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::carrier_process::{FakeCarrier, Reply, TO};
use super::webhook_recorder::WebhookRecorder;

/// Places a call with a fault. Returns the reply, and how many calls the carrier accepted.
async fn placed_with(fault: Value) -> (Result<Reply, super::carrier_process::Broken>, usize) {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    fake.fault(fault).await;
    let reply = fake.try_place(TO, &recorder, &[]).await;
    let request = fake.until("the request", |entry| entry["event"] == "request").await;
    let placed = fake.events("placed").await;
    assert_eq!(request["done"], json!(placed.len() == 1), "the log says whether it was done");
    if let Some(call) = placed.first() {
        assert_eq!(fake.ended(call["call"].as_str().unwrap()).await["status"], "completed", "it lives all the same");
    }
    let again = fake.place(TO, &recorder, &[]).await;
    fake.ended(&again).await;
    (reply, placed.len())
}

#[tokio::test]
async fn refusals_with_the_call_not_taken_and_with_it_taken() {
    for (fault, status, code) in [
        ("too_many", StatusCode::TOO_MANY_REQUESTS, 20_429),
        ("bad_number", StatusCode::BAD_REQUEST, 21_211),
        ("unauthorized", StatusCode::UNAUTHORIZED, 20_003),
    ] {
        let (reply, taken) = placed_with(json!({ "fault": fault, "count": 1 })).await;
        let reply = reply.unwrap();
        assert_eq!((reply.status, reply.code(), taken), (status, code, 0), "{fault}");
        assert!(!reply.headers.contains_key("retry-after"));
    }
    for (fault, status) in
        [("server_error", StatusCode::INTERNAL_SERVER_ERROR), ("unavailable", StatusCode::SERVICE_UNAVAILABLE)]
    {
        for done in [true, false] {
            let (reply, taken) = placed_with(json!({ "fault": fault, "count": 1, "done": done })).await;
            assert_eq!((reply.unwrap().status, taken), (status, usize::from(done)), "{fault}");
        }
    }
}

#[tokio::test]
async fn a_429_may_say_how_long_to_wait() {
    let (reply, taken) = placed_with(json!({ "fault": "too_many", "seconds": 7, "count": 1 })).await;
    let reply = reply.unwrap();
    assert_eq!((reply.status, taken), (StatusCode::TOO_MANY_REQUESTS, 0));
    assert_eq!(reply.headers["retry-after"], "7");
}

#[tokio::test]
async fn answers_that_tell_nothing() {
    for done in [true, false] {
        let (reply, taken) = placed_with(json!({ "fault": "html", "count": 1, "done": done })).await;
        let reply = reply.unwrap();
        assert_eq!((reply.status, taken), (StatusCode::OK, usize::from(done)));
        assert!(reply.body.contains("<html>") && reply.headers["content-type"] == "text/html");
        let (reply, taken) = placed_with(json!({ "fault": "empty", "count": 1, "done": done })).await;
        let reply = reply.unwrap();
        assert_eq!((reply.status, reply.body.as_str(), taken), (StatusCode::OK, "", usize::from(done)));
        let (reply, taken) = placed_with(json!({ "fault": "redirected", "count": 1, "done": done })).await;
        let reply = reply.unwrap();
        assert_eq!((reply.status, taken), (StatusCode::FOUND, usize::from(done)));
        assert!(reply.headers.contains_key("location"));
    }
    let (reply, taken) = placed_with(json!({ "fault": "unknown_status", "count": 1 })).await;
    let reply = reply.unwrap();
    assert_eq!((reply.status, &reply.json()["status"], taken), (StatusCode::CREATED, &json!("pondering"), 1));
}

#[tokio::test]
async fn connections_that_are_closed_in_place_of_an_answer() {
    for done in [true, false] {
        let (reply, taken) = placed_with(json!({ "fault": "closed", "count": 1, "done": done })).await;
        assert!(reply.is_err(), "{reply:?}");
        assert_eq!(taken, usize::from(done));
    }
}

#[tokio::test]
async fn a_request_that_is_never_answered_though_the_call_is_over() {
    for done in [true, false] {
        let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
        fake.fault(json!({ "fault": "never_answered", "count": 1, "done": done })).await;
        let afterwards = async {
            fake.until("the request", |entry| entry["event"] == "request").await;
            // Another complete call, and the unanswered one if it was accepted.
            let other = fake.place("+819000000000", &recorder, &[]).await;
            fake.ended(&other).await;
            let placed = fake.events("placed").await;
            let silent = placed.iter().find(|entry| entry["to"] == TO);
            assert_eq!(silent.is_some(), done);
            if let Some(silent) = silent {
                assert_eq!(fake.ended(silent["call"].as_str().unwrap()).await["status"], "completed");
            }
        };
        tokio::select! {
            biased;
            reply = fake.try_place(TO, &recorder, &[]) => panic!("it was answered: {reply:?}"),
            () = afterwards => {}
        }
    }
}

#[tokio::test]
async fn a_request_that_is_answered_late() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    fake.fault(json!({ "fault": "late", "seconds": 0.5, "count": 1 })).await;
    let reply = fake.try_place(TO, &recorder, &[]).await.unwrap();
    assert_eq!((reply.status, &reply.json()["status"]), (StatusCode::CREATED, &json!("queued")));
    fake.get(&fake.calls()).await;
    let requests = fake.events("request").await;
    let [taken, afterwards] =
        [0, 1].map(|nth: usize| requests[nth]["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap());
    assert!(afterwards.duration_since(taken).as_millis() >= 500, "{requests:?}");
    let call = reply.json()["sid"].as_str().unwrap().to_owned();
    assert_eq!(fake.ended(&call).await["status"], "completed");
}

#[tokio::test]
async fn a_callback_that_comes_before_the_reply() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    fake.fault(json!({ "fault": "callbacks_first" })).await;
    for (events, first) in [(&[][..], "completed"), (&[("StatusCallbackEvent", "initiated")], "initiated")] {
        let call = fake.place(TO, &recorder, events).await;
        // Without waiting: it arrived before the reply.
        let told = recorder.posted("/status");
        let told = told.iter().find(|posted| posted.field("CallSid") == Some(&call)).expect("a callback");
        assert_eq!(told.status(), first);
        fake.ended(&call).await;
    }
}

#[tokio::test]
async fn every_part_of_the_api_can_fail() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    let call = fake.place(TO, &recorder, &[]).await;
    fake.ended(&call).await;
    let one = fake.call(&call);
    let list = fake.calls();
    for (on, method, path) in
        [("fetch", Method::GET, &one), ("list", Method::GET, &list), ("update", Method::POST, &one)]
    {
        fake.fault(json!({ "fault": "unavailable", "on": on, "count": 1, "done": false })).await;
        let send = async || {
            fake.send(method.clone(), path, &super::carrier_process::authorization(), String::new()).await.unwrap()
        };
        assert_eq!(send().await.status, StatusCode::SERVICE_UNAVAILABLE, "{on}");
        assert_ne!(send().await.status, StatusCode::SERVICE_UNAVAILABLE, "{on}, once");
    }
    fake.fault(json!({ "fault": "html", "on": "any", "number": TO, "count": 1 })).await;
    assert_eq!(fake.get(&list).await.json()["page"], 0, "not about that number");
    assert!(fake.get(&one).await.body.contains("<html>"), "about a call to it");
    let message = format!("/2010-04-01/Accounts/{}/Messages.json", super::carrier_process::ACCOUNT);
    fake.fault(json!({ "fault": "closed", "on": "message", "count": 1 })).await;
    let sent = fake.try_post(&message, &[("To", TO), ("From", TO), ("Body", "x")]).await;
    assert!(sent.is_err());
    assert_eq!(fake.events("message").await.len(), 1, "sent all the same");
}
