//! Every request that we build is checked with the carrier's own OpenAPI document, which refuses undocumented
//! content.

use std::time::Duration;

use kenkocall::carrier::network::{CommandResult, DialOutcome, LookupResult, SmsOutcome};
use kenkocall::carrier::twilio::rest::{Order, Patience, Prepared, RestClient, Search};
use kenkocall::config::{MachineDetection, Twilio};
use kenkocall::domain::NoticeId;
use serde_json::Value;
use url::form_urlencoded;

use super::{CALLER, PATIENT, at, call, dial, leg, number, requests, settings, urls};
use crate::prism::{BALANCE, CALL, CALLS, MESSAGES, Prism};

fn notice() -> NoticeId {
    "0199c1f0-7d44-7b6e-9b5e-6f0a3d1e2c4b".parse().expect("an id")
}

/// Sends a request with a changed form. Returns the status, and Prism's findings.
async fn judged(request: &Prepared, alter: impl FnOnce(String) -> String) -> (u16, Value) {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let built = match request.form() {
        Some(form) => http.post(request.url().clone()).body(alter(form.to_owned())),
        None => http.get(request.url().clone()),
    };
    let built = built
        .header("authorization", request.authorization())
        .header("content-type", "application/x-www-form-urlencoded");
    let response = built.send().await.expect("a reply");
    let status = response.status().as_u16();
    let body = response.text().await.expect("a body");
    (status, serde_json::from_str(&body).expect("JSON"))
}

#[tokio::test]
async fn no_request_of_ours_breaks_the_official_document() {
    let prism = Prism::mock();
    let (to, from, goodbye) = (number(PATIENT), number(CALLER), urls().goodbye(call()));
    let on = |detection| requests(detection, Some(&prism.address));
    let requests = on(MachineDetection::Off);
    let all = [
        (requests.dial(&dial()), 201),
        (on(MachineDetection::Enable).dial(&dial()), 201),
        (on(MachineDetection::DetectMessageEnd).dial(&dial()), 201),
        (requests.look_up(&leg()), 200),
        (requests.balance(), 200),
        (requests.list_all(Search::Waiting), 200),
        (requests.list(&to, Search::Waiting), 200),
        (requests.list(&to, Search::StartedSince(at("2026-12-01T09:00:00Z"))), 200),
        (requests.list_page("To=%2B819012345678&PageSize=100&Page=1&PageToken=PACA0123"), 200),
        (requests.tell(&leg(), Order::Cancel), 200),
        (requests.tell(&leg(), Order::HangUp), 200),
        (requests.tell(&leg(), Order::Redirect(&goodbye)), 200),
        (requests.sms(&to, &from, "お電話がつながりませんでした。 a+b & c=1"), 201),
        (requests.notice(&to, &from, "健康状態の報告: https://kenko.example/portal/r/x?a=1&b 2", notice()), 201),
    ];
    for (request, expected) in all {
        let request = request.expect("a request");
        let (status, body) = judged(&request, |form| form).await;
        assert_eq!(status, expected, "{request:?}: {body}");
        let path = match (request.url().path(), request.method().code()) {
            (path, _) if path.ends_with("/Messages.json") => MESSAGES,
            (path, _) if path.ends_with("/Calls.json") => CALLS,
            (path, _) if path.ends_with("/Balance.json") => BALANCE,
            _ => CALL,
        };
        let listed = prism.names(path, &request.method().code().to_lowercase());
        let form = form_urlencoded::parse(request.form().unwrap_or_default().as_bytes());
        for (name, _) in request.url().query_pairs().chain(form) {
            assert!(listed.contains(&*name), "{name} isn't in the document");
        }
    }
}

#[tokio::test]
async fn a_wrong_request_is_refused_so_the_check_can_fail() {
    let prism = Prism::mock();
    let requests = requests(MachineDetection::Off, Some(&prism.address));
    let place = requests.dial(&dial()).expect("a request");
    for (right, wrong) in [
        ("Timeout=25", "Timeout=soon"),
        ("&Method=POST", "&Method=PATCH"),
        ("FallbackUrl=https%3A%2F%2F", "FallbackUrl=not+one+"),
    ] {
        let altered = |form: String| {
            assert!(form.contains(right), "{form}");
            form.replace(right, wrong)
        };
        let (status, body) = judged(&place, altered).await;
        assert_eq!(status, 422, "{wrong}: {body}");
    }
    let notice = requests.notice(&number(PATIENT), &number(CALLER), "x", notice()).expect("a request");
    let broken = |form: String| form.replace("StatusCallback=https%3A%2F%2F", "StatusCallback=not+one+");
    let (status, body) = judged(&notice, broken).await;
    assert_eq!(status, 422, "a notice's: {body}");
    let tell = requests.tell(&leg(), Order::Cancel).expect("a request");
    assert_eq!(judged(&tell, |form| form.replace("canceled", "cancelled")).await.0, 422);
    let wrong_page = requests.list_page("PageSize=many").expect("a request");
    assert_eq!(judged(&wrong_page, |form| form).await.0, 422);
}

/// The same with the real client, which reads the document's own examples.
#[tokio::test]
async fn our_client_reads_the_official_examples() {
    let prism = Prism::mock();
    let settings = Twilio { base_url: Some(prism.address.clone()), ..settings() };
    let patience = Patience { connect: Duration::from_secs(60), total: Duration::from_secs(60) };
    let client = RestClient::with_patience(&settings, urls(), patience).expect("a client");
    assert!(matches!(client.dial(&dial()).await, DialOutcome::Accepted(_)));
    // The example is a different call, so it proves nothing about ours.
    assert!(matches!(client.look_up(&leg()).await, LookupResult::Unavailable(_)));
    assert!(!matches!(client.hang_up(&leg()).await, CommandResult::Unavailable));
    let (to, from) = (number(PATIENT), number(CALLER));
    assert_eq!(client.send_sms(&to, &from, "お電話しました。").await, SmsOutcome::Accepted);
    assert_eq!(client.send_notice(&to, &from, "お知らせです。", notice()).await, SmsOutcome::Accepted);
}
