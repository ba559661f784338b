//! Undocumented callers, fields and words, between the real program and the fake carrier.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use super::carrier_process::FakeCarrier;
use super::databases::Fresh;
use super::deployment::{Deployment, number};
use super::http_client::PUBLIC_URL;
use super::server::PATIENCE;
use crate::on_both_databases;

on_both_databases!(odd_callers_and_words_lose_no_call_and_no_outcome);

async fn odd_callers_and_words_lose_no_call_and_no_outcome(fresh: Fresh) {
    let fake = FakeCarrier::start(1);
    let any =
        "Direction=sideways&AccountSid=acct_1&SequenceNumber=-1&CallDuration=42.5&SipResponseCode=0&CallerName=T%E9l";
    fake.odd(&number(0), "any", any).await;
    fake.odd(&number(1), "voice", "AnsweredBy=robot&From=%94%F1%92%CA%92m&To=&Broken=%zz").await;
    fake.odd(&number(1), "status", "From=x&From=y&AnsweredBy=robot").await;
    fake.odd(&number(2), "status", "CallStatus=pondering").await;
    fake.odd(&number(3), "status", "CallStatus=No_Answer").await;
    fake.person(&number(3), "no-answer", json!({})).await;
    let deployment = Deployment::with(&fresh, 4, fake, &[]).await;
    deployment.until("reports WHERE outcome = 'reported'", 3).await;
    deployment.until("attempts WHERE outcome = 'no_answer'", 1).await;
    assert_eq!(deployment.kept.count("answers").await, 33);
    assert!(deployment.kept.count("leg_statuses WHERE status = 'unknown'").await >= 1);

    for (from, fields) in [
        ("Coin line/payphone", ""),
        ("Private Number", ""),
        ("非通知", ""),
        ("tel:+819012345678;ext=5", ""),
        ("\"Name\" <sip:+819012345678@pbx.example>", "Direction=sideways"),
        ("+266696687", "From=T%E9l%E9phone&To=%FF&To=x&Digits=A"),
    ] {
        let ring = json!({
            "from": from, "to": "a number of ours", "url": format!("{PUBLIC_URL}/twilio/voice/health-call"),
            "fallback_url": format!("{PUBLIC_URL}/twilio/voice/fallback"),
            "status_callback": format!("{PUBLIC_URL}/twilio/voice/status"), "keys": ["1"], "fields": fields,
        });
        let call = deployment.fake.ask(Method::POST, "/_fake/ring-in", Some(ring)).await["call"].clone();
        let ended = async {
            loop {
                let log = deployment.fake.ask(Method::GET, "/_fake/log", None).await;
                let entries = log["entries"].as_array().unwrap().clone();
                let of_call: Vec<Value> = entries.into_iter().filter(|entry| entry["call"] == call).collect();
                let of_kind = |kind: &str| of_call.iter().filter(|entry| entry["kind"] == kind).count();
                if of_kind("status") > 0 {
                    assert!(of_kind("voice") > 1 && of_kind("fallback") == 0, "{from}: {of_call:?}");
                    let refused = of_call.iter().filter(|entry| !entry["error"].is_null()).count();
                    assert_eq!(refused, 0, "{from}: {of_call:?}");
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.unwrap_or_else(|_| panic!("{from} never ended"));
    }
    assert_eq!(deployment.kept.count("legs WHERE direction = 'inbound' AND ended_at IS NOT NULL").await, 6);
    assert_eq!(deployment.kept.count("alerts WHERE kind = 'forged'").await, 0);
}

impl FakeCarrier {
    /// Adds unusual fields to the webhooks of a number's calls.
    async fn odd(&self, number: &str, on: &str, fields: &str) {
        let odd = json!({ "number": number, "on": on, "fields": fields });
        self.ask(Method::POST, "/_fake/odd", Some(odd)).await;
    }
}
