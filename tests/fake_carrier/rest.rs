//! The REST API without faults, and with invalid requests.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::carrier_process::{ACCOUNT, FROM, FakeCarrier, TO, authorization};
use super::webhook_recorder::WebhookRecorder;

/// Every field of a call in Twilio's OpenAPI document.
const CALL_FIELDS: [&str; 26] = [
    "account_sid",
    "answered_by",
    "api_version",
    "caller_name",
    "date_created",
    "date_updated",
    "direction",
    "duration",
    "end_time",
    "forwarded_from",
    "from",
    "from_formatted",
    "group_sid",
    "parent_call_sid",
    "phone_number_sid",
    "price",
    "price_unit",
    "queue_time",
    "sid",
    "start_time",
    "status",
    "subresource_uris",
    "to",
    "to_formatted",
    "trunk_sid",
    "uri",
];

fn is_rfc_2822(value: &Value) -> bool {
    jiff::fmt::rfc2822::parse(value.as_str().unwrap()).is_ok()
}

#[tokio::test]
async fn a_new_call_is_queued_and_has_every_documented_field() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(1).await);
    let reply = fake.try_place(TO, &recorder, &[]).await.unwrap();
    assert_eq!(reply.status, StatusCode::CREATED);
    assert!(reply.headers["content-type"].to_str().unwrap().starts_with("application/json"));
    let call = reply.json();
    let mut fields: Vec<&str> = call.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, CALL_FIELDS);
    let sid = call["sid"].as_str().unwrap();
    assert!(sid.len() == 34 && sid.starts_with("CA"), "{sid}");
    assert_eq!((&call["status"], &call["direction"]), (&json!("queued"), &json!("outbound-api")));
    assert_eq!((&call["to"], &call["from"], &call["account_sid"]), (&json!(TO), &json!(FROM), &json!(ACCOUNT)));
    assert_eq!((&call["start_time"], &call["end_time"], &call["duration"]), (&Value::Null, &Value::Null, &Value::Null));
    assert!(is_rfc_2822(&call["date_created"]), "{call}");
    assert_eq!(call["uri"], fake.call(sid));
    fake.ended(sid).await;
    let call = fake.get(&fake.call(sid)).await.json();
    assert_eq!(call["status"], "completed");
    assert!(call["duration"].as_str().unwrap().parse::<u32>().unwrap() >= 1, "{call}");
    assert!(is_rfc_2822(&call["start_time"]) && is_rfc_2822(&call["end_time"]), "{call}");
}

#[tokio::test]
async fn who_has_not_the_token_is_refused() {
    let fake = FakeCarrier::start(&[]);
    for wrong in ["", "Basic", "Basic !", "Basic QUM6eA==", "Bearer x"] {
        for method in [Method::GET, Method::POST] {
            let reply = fake.send(method, &fake.calls(), wrong, String::new()).await.unwrap();
            assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, 20_003), "{wrong}");
            assert!(reply.headers.contains_key("www-authenticate"));
        }
    }
    let other = "/2010-04-01/Accounts/AC11111111111111111111111111111111/Calls.json";
    assert_eq!(fake.get(other).await.code(), 20_404);
    assert_eq!(fake.get("/2010-04-01/Accounts.json").await.code(), 20_404);
    let missing = fake.get(&fake.call("CA00000000000000000000000000000000")).await;
    assert_eq!((missing.status, missing.code()), (StatusCode::NOT_FOUND, 20_404));
    assert_eq!(fake.events("placed").await.len(), 0);
}

#[tokio::test]
async fn a_call_that_is_asked_for_wrongly_gets_the_carriers_code_and_rings_nobody() {
    let fake = FakeCarrier::start(&[]);
    let good = [("To", TO), ("From", FROM), ("Url", "http://127.0.0.1/x")];
    let cases: [(&str, &str, u64); 17] = [
        ("To", "", 21_201),
        ("To", "09012345678", 21_211),
        ("To", "+81abc", 21_211),
        ("To", "+8190123456789012345", 21_211),
        ("From", "", 21_213),
        ("From", "kenko", 21_212),
        ("Url", "", 21_205),
        ("Url", "127.0.0.1/x", 21_205),
        ("Url", "ftp://127.0.0.1/x", 21_205),
        ("StatusCallback", "x", 21_609),
        ("StatusCallbackEvent", "rang", 20_001),
        ("Timeout", "0", 20_001),
        ("Timeout", "601", 20_001),
        ("Timeout", "a while", 20_001),
        ("MachineDetection", "Please", 20_001),
        ("AsyncAmd", "yes", 20_001),
        ("Method", "GET", 20_001),
    ];
    for (name, value, code) in cases {
        let mut fields: Vec<_> = good.into_iter().filter(|(known, _)| *known != name).collect();
        fields.push((name, value));
        let reply = fake.post(&fake.calls(), &fields).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::BAD_REQUEST, code), "{name}={value}");
        let body = reply.json();
        assert_eq!(body["status"], 400);
        assert_eq!(body["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
        assert!(!body["message"].as_str().unwrap().is_empty());
    }
    let broken = fake.send(Method::POST, &fake.calls(), &authorization(), "To=%zz".to_owned()).await.unwrap();
    assert_eq!(broken.code(), 21_211, "what no escape is stands for itself");
    let log = fake.log().await;
    assert_eq!(log.len(), cases.len() + 1, "a log entry each");
    assert!(log.iter().all(|entry| entry["event"] == "request" && entry["done"] == false), "{log:?}");
    assert_eq!(fake.get("/_fake/phones").await.json(), json!({}));
}

#[tokio::test]
async fn a_short_message_is_taken_and_its_delivery_told() {
    let (fake, recorder) = (FakeCarrier::start(&[]), WebhookRecorder::asking(0).await);
    let path = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
    let callback = recorder.url("/sms");
    let body = "お電話しましたが、つながりませんでした。".repeat(5);
    let fields = [("To", TO), ("From", FROM), ("Body", &body), ("StatusCallback", &callback)];
    let reply = fake.post(&path, &fields).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let message = reply.json();
    assert!(message["sid"].as_str().unwrap().starts_with("SM"));
    assert_eq!((&message["status"], &message["num_segments"]), (&json!("queued"), &json!("2")));
    assert_eq!((&message["error_code"], &message["body"]), (&Value::Null, &json!(body)));
    let told = recorder.until_count("/sms", 2).await;
    let statuses: Vec<_> = told.iter().map(|posted| posted.field("MessageStatus").unwrap()).collect();
    assert_eq!(statuses, ["sent", "delivered"]);
    for (name, code) in [("To", 21_604), ("From", 21_603), ("Body", 21_602)] {
        let fields: Vec<_> = fields.into_iter().filter(|(known, _)| *known != name).collect();
        assert_eq!(fake.post(&path, &fields).await.code(), code, "{name}");
    }
    assert_eq!(fake.events("message").await.len(), 1);
}
