//! The carrier's list, page by page: what it proves, and what an incomplete list doesn't prove.

use std::time::Duration;

use kenkocall::carrier::network::{LegProgress, LookupResult, Uncertainty};
use kenkocall::carrier::twilio::rest::Patience;
use kenkocall::domain::HangupCause;

use super::loopback_carrier::{Act, Carrier, answer, answer_and_stay};
use super::{ACCOUNT, CALLER, PATIENT, at, number};

/// So long that only a stalled machine reaches it.
const LONG: Patience = Patience { connect: Duration::from_secs(60), total: Duration::from_secs(60) };

fn a_page(legs: &[(&str, &str)], next: Option<&str>) -> Act {
    let calls: Vec<_> = legs
        .iter()
        .map(|(leg, status)| {
            serde_json::json!({
                "sid": leg, "status": status, "to": PATIENT, "duration": "0",
                "date_created": "Tue, 01 Dec 2026 09:00:01 +0000",
            })
        })
        .collect();
    let page = serde_json::json!({ "calls": calls, "next_page_uri": next, "page": 0 });
    answer_and_stay("200 OK", &page.to_string())
}

#[tokio::test]
async fn a_list_is_read_page_by_page_the_waiting_calls_first() {
    let elsewhere = "http://127.0.0.1:1/x?Page=1&PageToken=PACA";
    let carrier = Carrier::that([
        a_page(&[("CA-waiting", "queued"), ("CA-starting", "queued")], None),
        a_page(&[("CA-starting", "ringing")], Some(elsewhere)),
        a_page(&[("CA-ended", "busy")], None),
    ])
    .await;
    let lookup = carrier.client(LONG).list(&number(PATIENT), at("2026-12-01T09:00:00Z")).await;
    let LookupResult::Found(calls) = lookup else { panic!("{lookup:?}") };
    let seen: Vec<_> = calls.iter().map(|call| (call.leg.as_str(), call.progress)).collect();
    assert_eq!(
        seen,
        [
            ("CA-waiting", LegProgress::Queued),
            ("CA-starting", LegProgress::Ringing),
            ("CA-ended", LegProgress::Ended(HangupCause::UserBusy)),
        ]
    );
    let path = format!("GET /2010-04-01/Accounts/{ACCOUNT}/Calls.json?");
    let lines: Vec<_> = carrier.asked().iter().map(|asked| asked.line.replace(&path, "")).collect();
    assert_eq!(
        lines,
        [
            "To=%2B819012345678&Status=queued&PageSize=100",
            "To=%2B819012345678&StartTime%3E=2026-12-01&PageSize=100",
            "Page=1&PageToken=PACA",
        ]
    );
}

#[tokio::test]
async fn fault_9_a_list_proves_nothing_when_a_page_of_it_is_missing() {
    let since = at("2026-12-01T09:00:00Z");
    for (act, doubt) in [
        (answer("500 Oh", "", ""), Uncertainty::ServerError),
        (answer("200 OK", "", "<html>"), Uncertainty::Unreadable),
        (answer("404 Not Found", "", r#"{"code":20404,"status":404}"#), Uncertainty::Unreadable),
        (Act::Close, Uncertainty::NoAnswer),
    ] {
        let carrier = Carrier::that([a_page(&[("CA-waiting", "queued")], None), act]).await;
        let lookup = carrier.client(LONG).list(&number(PATIENT), since).await;
        assert_eq!(lookup, LookupResult::Unavailable(doubt));
        assert_eq!((carrier.asked().len(), carrier.left()), (2, 1));
    }
    let pages = (0..20).map(|nth| a_page(&[("CA-waiting", "queued")], Some(&format!("/x?Page={nth}"))));
    let endless = Carrier::that(pages).await;
    let lookup = endless.client(LONG).list(&number(PATIENT), since).await;
    assert_eq!(lookup, LookupResult::Unavailable(Uncertainty::Unreadable));
    assert_eq!(endless.asked().len(), 10);
}

#[tokio::test]
async fn a_page_that_leads_to_itself_or_back_is_read_once_and_proves_nothing() {
    let since = at("2026-12-01T09:00:00Z");
    let page = |next: &str| a_page(&[("CA-waiting", "queued")], Some(next));
    let own = "/x?To=%2B819012345678&Status=queued&PageSize=100";
    for (pages, asked) in [
        (vec![page(own)], 1),
        (vec![page("/x?Page=1"), page("/x?Page=1")], 2),
        (vec![page("/x?Page=1"), page("/x?Page=2"), page("/x?Page=1")], 3),
        (vec![page("/x?Page=1"), page(own)], 2),
    ] {
        let carrier = Carrier::that(pages).await;
        let lookup = carrier.client(LONG).list(&number(PATIENT), since).await;
        assert_eq!(lookup, LookupResult::Unavailable(Uncertainty::Unreadable));
        assert_eq!(carrier.asked().len(), asked);
    }
}

#[tokio::test]
async fn fault_13_all_calls_are_listed_whoever_was_called_and_none_of_before() {
    let page = serde_json::json!({ "calls": [
        { "sid": "CA-of-ours", "status": "completed", "to": PATIENT, "date_created": "Tue, 01 Dec 2026 09:30:00 +0000" },
        { "sid": "CA-other", "status": "busy", "to": CALLER, "date_created": "Tue, 01 Dec 2026 09:31:00 +0000" },
        { "sid": "CA-before", "status": "busy", "to": PATIENT, "date_created": "Tue, 01 Dec 2026 08:30:00 +0000" },
    ] });
    let carrier = Carrier::that([a_page(&[], None), answer_and_stay("200 OK", &page.to_string())]).await;
    let lookup = carrier.client(LONG).list_all(at("2026-12-01T09:00:00Z")).await;
    let LookupResult::Found(calls) = lookup else { panic!("{lookup:?}") };
    let seen: Vec<_> = calls.iter().map(|call| call.leg.as_str()).collect();
    assert_eq!(seen, ["CA-of-ours", "CA-other"]);
    assert_eq!(carrier.asked().len(), 2);
}
