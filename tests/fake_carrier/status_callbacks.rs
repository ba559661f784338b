//! Status callbacks: their kinds, order and content, and each of their faults.

use serde_json::{Value, json};

use super::carrier_process::{FROM, FakeCarrier, TO};
use super::official_library::judged;
use super::webhook_recorder::{Posted, WebhookRecorder};

const ALL: [(&str, &str); 4] = [
    ("StatusCallbackEvent", "initiated"),
    ("StatusCallbackEvent", "ringing"),
    ("StatusCallbackEvent", "answered"),
    ("StatusCallbackEvent", "completed"),
];
const ORDER: [&str; 4] = ["initiated", "ringing", "in-progress", "completed"];

/// The callbacks of a call whose carrier has this fault, once `count` arrived.
async fn told_with(fault: Option<Value>, count: usize) -> (Vec<Posted>, WebhookRecorder) {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    if let Some(fault) = fault {
        fake.fault(fault).await;
    }
    let call = fake.place(TO, &recorder, &ALL).await;
    fake.ended(&call).await;
    let told = recorder.until_count("/status", count).await;
    assert_eq!(told.len(), count);
    assert!(told.iter().all(|posted| posted.field("CallSid") == Some(&call)));
    (told, recorder)
}

fn statuses(told: &[Posted]) -> Vec<&str> {
    told.iter().map(Posted::status).collect()
}

fn numbers(told: &[Posted]) -> Vec<&str> {
    told.iter().map(|posted| posted.field("SequenceNumber").unwrap()).collect()
}

#[tokio::test]
async fn they_come_in_order_numbered_and_with_the_usual_fields() {
    let (told, _) = told_with(None, 4).await;
    assert_eq!(statuses(&told), ORDER);
    assert_eq!(numbers(&told), ["0", "1", "2", "3"]);
    for posted in &told {
        for (name, value) in [
            ("AccountSid", super::carrier_process::ACCOUNT),
            ("ApiVersion", "2010-04-01"),
            ("Called", TO),
            ("Caller", FROM),
            ("CallbackSource", "call-progress-events"),
            ("Direction", "outbound-api"),
            ("From", FROM),
            ("To", TO),
            ("ToCountry", "JP"),
        ] {
            assert_eq!(posted.field(name), Some(value), "{name}");
        }
        assert!(jiff::fmt::rfc2822::parse(posted.field("Timestamp").unwrap()).is_ok());
    }
    let duration = |posted: &Posted| posted.field("CallDuration").map(|seconds| seconds.parse::<u32>().unwrap());
    assert_eq!(told[..3].iter().filter_map(duration).count(), 0);
    assert!(duration(&told[3]).unwrap() > 0);
    assert_eq!(told[3].field("SipResponseCode"), Some("200"));
}

#[tokio::test]
async fn only_those_asked_for_come_and_the_last_one_when_none_is() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    for (events, expected) in [
        (&[][..], &["completed"][..]),
        (&ALL[1..2], &["ringing"]),
        (&ALL[2..], &["in-progress", "completed"]),
        (&[("StatusCallbackEvent", "initiated completed")], &["initiated", "completed"]),
    ] {
        let call = fake.place(TO, &recorder, events).await;
        fake.ended(&call).await;
        // The next call's first callback follows this call's last one.
        let ours = || -> Vec<Posted> {
            recorder.posted("/status").into_iter().filter(|posted| posted.field("CallSid") == Some(&call)).collect()
        };
        let last = *expected.last().unwrap();
        recorder.until(last, |posted| posted.field("CallSid") == Some(&call) && posted.status() == last).await;
        assert_eq!(statuses(&ours()), expected, "{events:?}");
    }
}

#[tokio::test]
async fn each_way_to_end_has_its_status_and_its_sip_code() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    for (digits, status, sip) in [("91", "busy", "486"), ("92", "no-answer", "487"), ("93", "failed", "404")] {
        let call = fake.place(&format!("+8190111122{digits}"), &recorder, &[]).await;
        let told = recorder.until(status, |posted| posted.field("CallSid") == Some(&call)).await;
        assert_eq!((told.status(), told.field("SipResponseCode")), (status, Some(sip)));
        assert_eq!(told.field("CallDuration"), Some("0"));
    }
}

#[tokio::test]
async fn the_official_library_accepts_their_signatures_and_those_of_the_turns() {
    let (_, recorder) = told_with(None, 4).await;
    let all = recorder.posted("");
    assert!(all.len() >= 6);
    let urls: Vec<String> = all.iter().map(|posted| recorder.url(&posted.path)).collect();
    let requests: Vec<_> = urls.iter().map(String::as_str).zip(&all).collect();
    assert!(judged(&requests).into_iter().all(|accepted| accepted));
}

#[tokio::test]
async fn forged_ones_are_refused_by_the_official_library_and_nothing_else_is() {
    let (told, recorder) = told_with(Some(json!({ "fault": "callbacks_forged", "count": 1 })), 4).await;
    let url = recorder.url("/status");
    let requests: Vec<_> = told.iter().map(|posted| (url.as_str(), posted)).collect();
    assert_eq!(judged(&requests), [false, true, true, true]);
}

#[tokio::test]
async fn they_come_twice() {
    let (told, _) = told_with(Some(json!({ "fault": "callbacks_twice" })), 8).await;
    assert_eq!(statuses(&told), ORDER.map(|status| [status; 2]).concat());
    assert_eq!(told[0].fields, told[1].fields);
}

#[tokio::test]
async fn they_come_out_of_order() {
    let (told, _) = told_with(Some(json!({ "fault": "callbacks_reordered" })), 4).await;
    assert_eq!(statuses(&told), ["completed", "in-progress", "ringing", "initiated"]);
    let (told, _) = told_with(Some(json!({ "fault": "callbacks_reordered", "count": 1 })), 4).await;
    assert_eq!(statuses(&told), ["ringing", "initiated", "in-progress", "completed"]);
    assert_eq!(numbers(&told), ["1", "0", "2", "3"]);
}

#[tokio::test]
async fn they_all_have_the_number_0() {
    let (told, _) = told_with(Some(json!({ "fault": "callbacks_unnumbered" })), 4).await;
    assert_eq!(numbers(&told), ["0"; 4]);
    let faults = json!([{ "fault": "callbacks_unnumbered" }, { "fault": "callbacks_reordered" }]);
    let (told, _) = told_with(Some(faults), 4).await;
    assert_eq!((statuses(&told)[0], numbers(&told)[0]), ("completed", "0"), "faults go together");
}

#[tokio::test]
async fn they_have_a_status_that_nobody_knows() {
    let (told, _) = told_with(Some(json!({ "fault": "callbacks_unknown_status", "count": 2 })), 4).await;
    assert_eq!(statuses(&told), ["pondering", "pondering", "in-progress", "completed"]);
}

#[tokio::test]
async fn they_never_come() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    fake.fault(json!({ "fault": "callbacks_never", "number": TO })).await;
    let silent = fake.place(TO, &recorder, &ALL).await;
    fake.ended(&silent).await;
    let other = fake.place("+819000000000", &recorder, &[]).await;
    let told = recorder.over().await;
    assert_eq!(told.field("CallSid"), Some(&*other), "only the other number's");
    assert_eq!(recorder.posted("/status").len(), 1);
}

#[tokio::test]
async fn they_come_late() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    fake.fault(json!({ "fault": "callbacks_late", "seconds": 0.5, "count": 1 })).await;
    let call = fake.place(TO, &recorder, &[]).await;
    fake.ended(&call).await;
    let came = fake.until("the callback", |entry| entry["event"] == "webhook" && entry["kind"] == "status").await;
    let time = |entry: &Value| entry["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let late = time(&came).duration_since(time(&fake.ended(&call).await));
    assert!(late.as_millis() >= 500, "{late:?}");
}
