//! Any reply: no bytes make the reader panic, and only a 2xx that names a call is an accepted one.

use kenkocall::carrier::network::{CommandResult, DialOutcome, LookupResult, SmsOutcome};
use kenkocall::carrier::twilio::rest::{Body, MAX_RETRY_AFTER, Order, Reply};
use proptest::prelude::*;
use serde_json::Value;

use super::{LEG, PATIENT, at, leg, number};

/// JSON with our names in it, so that it is often almost valid.
fn json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        3 => prop::sample::select(vec!["sid", "status", "to", "date_created", "code", "calls", "next_page_uri", "end_time"])
            .prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![LEG, "queued", "completed", PATIENT, "21211", "/x?Page=1"]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|pairs| pairs.into_iter().collect()),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let nearly = (json(), any::<prop::sample::Index>(), any::<Option<u8>>()).prop_map(|(json, place, byte)| {
        let mut text = json.to_string().into_bytes();
        if let Some(byte) = byte {
            let place = place.index(text.len());
            text[place] = byte;
        }
        text
    });
    prop_oneof![1 => bytes, 4 => nearly]
}

/// A header's value: text that is often a date or a number.
fn header() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop_oneof![
        "[0-9]{0,30}",
        "(Mon|Tue), [0-9]{1,2} (Dec|Foo) [0-9]{1,6} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|[+-][0-9]{4})",
        ".{0,20}",
    ])
}

/// Returns `true` if the body names this call, according to another reader. That reader rejects a number or a text
/// out of range in fields that ours skips. Then the name must at least occur.
fn names(body: &[u8], leg: &str) -> bool {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => value.as_object().is_some_and(|object| object.get("sid").and_then(Value::as_str) == Some(leg)),
        Err(_) => String::from_utf8_lossy(body).contains(&format!("\"sid\":\"{leg}\"")),
    }
}

/// Returns `true` if the body names any call.
fn names_one(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("\"sid\":\"")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn only_a_2xx_that_names_a_call_is_accepted(
        status in prop_oneof![Just(201), Just(200), Just(400), Just(404), Just(429), 0..1_000_u16],
        body in body(),
        retry_after in header(),
        date in header(),
    ) {
        let reply = Reply {
            status,
            retry_after: retry_after.as_deref(),
            date: date.as_deref(),
            body: Body::Whole(&body),
        };
        let taken = (200..300).contains(&status);
        let refused = (400..500).contains(&status) && status != 408;
        match reply.dialled() {
            DialOutcome::Accepted(leg) => {
                prop_assert!(taken && names(&body, leg.as_str()), "{status} {}", String::from_utf8_lossy(&body));
            }
            DialOutcome::NotProcessed(why) => {
                prop_assert!(refused);
                if let kenkocall::carrier::network::NotProcessed::TooMany(Some(wait)) = why {
                    prop_assert!(wait <= MAX_RETRY_AFTER);
                }
            }
            DialOutcome::Refused(_) => prop_assert!(refused),
            DialOutcome::Unknown(_) => prop_assert!(!refused),
        }
        match reply.sent() {
            SmsOutcome::Accepted => prop_assert!(taken && names_one(&body)),
            SmsOutcome::Refused(_) => prop_assert!(refused),
            SmsOutcome::Unknown => prop_assert!(!refused),
        }
        match reply.looked_up(&leg()) {
            LookupResult::Found(_) => prop_assert!(taken && names(&body, LEG)),
            LookupResult::Nothing => prop_assert_eq!(status, 404),
            LookupResult::Unavailable(_) => {}
        }
        if let LookupResult::Found(page) = reply.listed(&number(PATIENT), at("2026-12-01T09:00:00Z")) {
            prop_assert!(taken);
            // The other reader checks fields that ours skips.
            if let Ok(value) = serde_json::from_slice::<Value>(&body) {
                let calls = value.get("calls").and_then(Value::as_array);
                prop_assert!(calls.is_some_and(|calls| calls.len() >= page.calls.len()));
            }
        }
        for order in [Order::Cancel, Order::HangUp] {
            if reply.told(order) == Some(CommandResult::Done) {
                prop_assert!(taken && names_one(&body));
            }
        }
    }
}
