//! How replies are read: good ones as carriers write them, and bad ones of every kind.

use std::time::Duration;

use kenkocall::carrier::network::{
    CommandResult, DialOutcome, LegProgress, LookupResult, NotProcessed, Refusal, SmsOutcome, SmsRefusal, Uncertainty,
};
use kenkocall::carrier::twilio::rest::{Body, MAX_RETRY_AFTER, Order, Page, Reply};
use kenkocall::domain::{HangupCause, PhoneNumber};

use super::{LEG, PATIENT, at, call, leg, number, urls};

pub fn reply(status: u16, body: &str) -> Reply<'_> {
    Reply { status, retry_after: None, date: None, body: Body::Whole(body.as_bytes()) }
}

fn dialled(status: u16, body: &str) -> DialOutcome {
    reply(status, body).dialled()
}

fn error(code: u32) -> String {
    format!(r#"{{"code":{code},"message":"+819012345678 can't be called","more_info":"https://x","status":400}}"#)
}

/// A call as in Twilio's documentation.
const A_CALL: &str = r#"{"account_sid":"AC0123456789abcdef0123456789abcdef","annotation":null,"answered_by":null,
    "api_version":"2010-04-01","date_created":"Tue, 31 Aug 2010 20:36:28 +0000","date_updated":null,"direction":"outbound-api",
    "duration":"42","end_time":null,"from":"+815031980214","price":null,"price_unit":"USD","queue_time":"1000",
    "sid":"CA0123456789abcdef0123456789abcdef","start_time":null,"status":"queued","to":"+819012345678","trunk_sid":null,
    "subresource_uris":{"events":"/2010-04-01/x.json","payments":[[[{}]]]},"uri":"/2010-04-01/x.json"}"#;

#[test]
fn a_call_is_accepted_when_the_carrier_names_it_and_only_then() {
    let sparse = format!(r#"{{"sid":"{LEG}"}}"#);
    let somleng =
        r#"{"sid":"0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b","status":"initiated","duration":null,"price":1e400}"#;
    let of_other_types = format!(r#"{{"status":{{"is":["queued"]}},"duration":42,"to":null,"code":[],"sid":"{LEG}"}}"#);
    let strange = format!(" \n{{\"status\":\"levitating\",\"sid\":\"{LEG}\",\"sid2\":\"x\"}} \n");
    for (status, body) in [(201, A_CALL), (200, A_CALL), (202, &sparse), (201, &of_other_types), (201, &strange)] {
        assert_eq!(dialled(status, body), DialOutcome::Accepted(leg()), "{status} {body}");
    }
    assert!(matches!(dialled(201, somleng), DialOutcome::Accepted(_)));
    for (status, body) in [(199, A_CALL), (300, A_CALL), (302, A_CALL), (400, A_CALL), (429, A_CALL), (500, A_CALL)] {
        assert!(!matches!(dialled(status, body), DialOutcome::Accepted(_)), "{status}");
    }
}

#[test]
fn a_reply_that_names_no_call_is_an_unknown_outcome() {
    let trailing = format!("{A_CALL}{A_CALL}");
    let array = format!(r#"["{LEG}"]"#);
    let nested = format!(r#"{{"call":{{"sid":"{LEG}"}}}}"#);
    let cut = &A_CALL[..A_CALL.len() - 1];
    let long = format!(r#"{{"sid":"{}"}}"#, "C".repeat(65));
    for body in [
        "",
        " ",
        "null",
        "42",
        "\"CA0123456789abcdef0123456789abcdef\"",
        "{}",
        "[]",
        "[{}]",
        "<!DOCTYPE html><html><body>It works!</body></html>",
        r#"<?xml version="1.0"?><TwilioResponse><Call><Sid>CA0123456789abcdef0123456789abcdef</Sid></Call></TwilioResponse>"#,
        r#"{"sid":null}"#,
        r#"{"sid":""}"#,
        r#"{"sid":42}"#,
        r#"{"sid":["CA0123456789abcdef0123456789abcdef"]}"#,
        r#"{"sid":"CA../../x?"}"#,
        r#"{"sid":"CA012345\u0000"}"#,
        r#"{"SID":"CA0123456789abcdef0123456789abcdef"}"#,
        &trailing,
        &array,
        &nested,
        cut,
        &long,
    ] {
        for status in [200, 201, 204] {
            assert_eq!(dialled(status, body), DialOutcome::Unknown(Uncertainty::Unreadable), "{status} {body}");
            assert_eq!(reply(status, body).sent(), SmsOutcome::Unknown, "{status} {body}");
            assert_eq!(reply(status, body).told(Order::Cancel), Some(CommandResult::Unavailable), "{status} {body}");
            assert_eq!(
                reply(status, body).looked_up(&leg()),
                LookupResult::Unavailable(Uncertainty::Unreadable),
                "{body}"
            );
        }
    }
    let not_utf8 = Reply { status: 201, retry_after: None, date: None, body: Body::Whole(b"{\"sid\":\"CA\xff\"}") };
    assert_eq!(not_utf8.dialled(), DialOutcome::Unknown(Uncertainty::Unreadable));
    for status in [100, 199, 300, 301, 302, 303, 307, 308, 399, 600, 0, 999] {
        assert_eq!(dialled(status, A_CALL), DialOutcome::Unknown(Uncertainty::Unreadable), "{status}");
    }
    for status in [500, 502, 503, 504, 599] {
        for body in [A_CALL, "", "<html>", &error(21_211)] {
            assert_eq!(dialled(status, body), DialOutcome::Unknown(Uncertainty::ServerError), "{status} {body}");
        }
    }
    assert_eq!(dialled(408, ""), DialOutcome::Unknown(Uncertainty::NoAnswer));
}

#[test]
fn a_body_that_is_too_large_or_broken_leaves_what_the_status_says() {
    let with = |status, body| Reply { status, retry_after: Some("5"), date: None, body };
    for (body, doubt) in [(Body::TooLarge, Uncertainty::Unreadable), (Body::Broken, Uncertainty::NoAnswer)] {
        assert_eq!(with(201, body).dialled(), DialOutcome::Unknown(doubt));
        assert_eq!(with(200, body).looked_up(&leg()), LookupResult::Unavailable(doubt));
        assert_eq!(
            with(200, body).listed(&number(PATIENT), at("2026-12-01T00:00:00Z")),
            LookupResult::Unavailable(doubt)
        );
        assert_eq!(with(404, body).looked_up(&leg()), LookupResult::Unavailable(Uncertainty::Unreadable));
        assert_eq!(with(201, body).sent(), SmsOutcome::Unknown);
        assert_eq!(with(200, body).told(Order::HangUp), Some(CommandResult::Unavailable));
        let wait = Some(Duration::from_secs(5));
        assert_eq!(with(429, body).dialled(), DialOutcome::NotProcessed(NotProcessed::TooMany(wait)));
        assert_eq!(with(401, body).dialled(), DialOutcome::Refused(Refusal::Account));
        assert_eq!(with(400, body).dialled(), DialOutcome::Refused(Refusal::Request));
        assert_eq!(with(503, body).dialled(), DialOutcome::Unknown(Uncertainty::ServerError));
    }
}

#[test]
fn a_refusal_says_whose_fault_it_is() {
    use Refusal::{Account, Number, Request};
    for (status, code, refusal) in [
        (400, 21_211, Number),
        (400, 21_214, Number),
        (400, 21_216, Number),
        (403, 21_216, Number),
        (400, 21_217, Number),
        (404, 21_211, Number),
        (422, 21_421, Number),
        (400, 21_614, Number),
        (400, 13_224, Number),
        (400, 21_215, Request),
        (403, 21_215, Request),
        (400, 21_219, Request),
        (400, 21_205, Request),
        (400, 21_212, Request),
        (404, 20_404, Request),
        (405, 20_004, Request),
        (401, 20_003, Account),
        (401, 21_211, Account),
        (403, 20_403, Account),
        (400, 20_005, Account),
        (400, 20_003, Account),
    ] {
        assert_eq!(dialled(status, &error(code)), DialOutcome::Refused(refusal), "{status} {code}");
        let sent = reply(status, &error(code)).sent();
        assert!(matches!(sent, SmsOutcome::Refused(_)), "{status} {code}");
    }
    assert_eq!(dialled(400, r#"{"code":"21211"}"#), DialOutcome::Refused(Number));
    for body in ["", "<html>", "{}", r#"{"code":null}"#, r#"{"code":99999999999}"#, r#"{"code":-21211}"#, "[21211]"] {
        for (status, refusal) in
            [(401, Account), (403, Account), (400, Request), (404, Request), (409, Request), (422, Request)]
        {
            assert_eq!(dialled(status, body), DialOutcome::Refused(refusal), "{status} {body}");
        }
    }
}

#[test]
fn too_many_requests_wait_as_long_as_the_carrier_says_but_not_for_ever() {
    let waits = |retry_after, date| {
        let reply = Reply { status: 429, retry_after, date, body: Body::Whole(b"") };
        match reply.dialled() {
            DialOutcome::NotProcessed(NotProcessed::TooMany(wait)) => wait,
            other => panic!("{other:?}"),
        }
    };
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let noon = Some("Tue, 01 Dec 2026 12:00:00 GMT");
    for (retry_after, date, wait) in [
        (None, None, None),
        (Some("0"), None, seconds(0)),
        (Some(" 7 "), None, seconds(7)),
        (Some("86400"), None, Some(MAX_RETRY_AFTER)),
        (Some("99999999999999999999999999"), None, Some(MAX_RETRY_AFTER)),
        (Some("Tue, 01 Dec 2026 12:00:30 GMT"), noon, seconds(30)),
        (Some("Tue, 01 Dec 2026 11:59:00 GMT"), noon, seconds(0)),
        (Some("Wed, 01 Dec 2027 12:00:00 GMT"), noon, Some(MAX_RETRY_AFTER)),
        (Some("Tue, 01 Dec 2026 12:00:30 GMT"), None, None),
        (Some("Tue, 01 Dec 2026 12:00:30 GMT"), Some("today"), None),
        (Some(""), noon, None),
        (Some("-5"), noon, None),
        (Some("1.5"), noon, None),
        (Some("soon"), noon, None),
    ] {
        assert_eq!(waits(retry_after, date), wait, "{retry_after:?} {date:?}");
    }
    // Identified by its number only.
    for code in [20_429, 10_004] {
        assert_eq!(dialled(400, &error(code)), DialOutcome::NotProcessed(NotProcessed::TooMany(None)), "{code}");
    }
    assert_eq!(reply(429, "").sent(), SmsOutcome::Refused(SmsRefusal::NotProcessed));
    assert_eq!(reply(429, "").told(Order::HangUp), Some(CommandResult::Unavailable));
    assert_eq!(reply(429, "").looked_up(&leg()), LookupResult::Unavailable(Uncertainty::Unreadable));
}

#[test]
fn the_status_gives_the_state_of_a_leg() {
    let lookup = |status: &str, rest: &str| {
        let body = format!(r#"{{"sid":"{LEG}","status":"{status}","duration":"42"{rest}}}"#);
        reply(200, &body).looked_up(&leg())
    };
    for (status, progress) in [
        ("queued", LegProgress::Queued),
        ("initiated", LegProgress::Queued),
        ("ringing", LegProgress::Ringing),
        ("in-progress", LegProgress::Answered),
        ("answered", LegProgress::Answered),
        ("completed", LegProgress::Ended(HangupCause::NormalClearing)),
        ("canceled", LegProgress::Ended(HangupCause::NormalClearing)),
        ("busy", LegProgress::Ended(HangupCause::UserBusy)),
        ("no-answer", LegProgress::Ended(HangupCause::NoAnswer)),
        ("failed", LegProgress::Ended(HangupCause::TemporaryFailure)),
    ] {
        assert_eq!(lookup(status, ""), LookupResult::Found(progress), "{status}");
    }
    assert_eq!(lookup("levitating", ""), LookupResult::Unavailable(Uncertainty::Unreadable));
    assert_eq!(lookup("levitating", r#","end_time":null"#), LookupResult::Unavailable(Uncertainty::Unreadable));
    let ended = LookupResult::Found(LegProgress::Ended(HangupCause::Unspecified));
    assert_eq!(lookup("levitating", r#","end_time":"Tue, 31 Aug 2010 20:36:44 +0000""#), ended);
    // A reply about another call, or about no call.
    let another = A_CALL.replace(LEG, "CAffffffffffffffffffffffffffffffff");
    assert_eq!(reply(200, &another).looked_up(&leg()), LookupResult::Unavailable(Uncertainty::Unreadable));
    assert_eq!(reply(404, &error(20_404)).looked_up(&leg()), LookupResult::Nothing);
    assert_eq!(reply(404, r#"{"status":404}"#).looked_up(&leg()), LookupResult::Nothing);
    for body in ["", "<html>Not found</html>", "{}", r#"{"message":"no route"}"#, r#"{"status":"ok"}"#] {
        assert_eq!(reply(404, body).looked_up(&leg()), LookupResult::Unavailable(Uncertainty::Unreadable), "{body}");
        assert_eq!(reply(404, body).told(Order::HangUp), Some(CommandResult::Unavailable), "{body}");
    }
    assert_eq!(reply(401, &error(20_003)).looked_up(&leg()), LookupResult::Unavailable(Uncertainty::Unreadable));
    assert_eq!(reply(500, "").looked_up(&leg()), LookupResult::Unavailable(Uncertainty::ServerError));
}

#[test]
fn a_leg_obeys_or_is_gone_or_must_be_looked_at() {
    let goodbye = urls().goodbye(call());
    let (cancel, hang_up, redirect) = (Order::Cancel, Order::HangUp, Order::Redirect(&goodbye));
    for (order, status, told) in [
        (cancel, "canceled", CommandResult::Done),
        (cancel, "ringing", CommandResult::Done),
        (cancel, "queued", CommandResult::Done),
        (cancel, "levitating", CommandResult::Done),
        (cancel, "in-progress", CommandResult::Unavailable),
        (cancel, "completed", CommandResult::Gone),
        (cancel, "no-answer", CommandResult::Gone),
        (hang_up, "completed", CommandResult::Done),
        (hang_up, "in-progress", CommandResult::Done),
        (hang_up, "canceled", CommandResult::Done),
        (hang_up, "busy", CommandResult::Gone),
        (redirect, "in-progress", CommandResult::Done),
        (redirect, "completed", CommandResult::Gone),
        (redirect, "canceled", CommandResult::Gone),
        (redirect, "failed", CommandResult::Gone),
    ] {
        let body = A_CALL.replace("queued", status);
        assert_eq!(reply(200, &body).told(order), Some(told), "{order:?} {status}");
    }
    for order in [cancel, hang_up, redirect] {
        assert_eq!(reply(404, &error(20_404)).told(order), Some(CommandResult::Gone));
        assert_eq!(reply(400, &error(21_220)).told(order), None);
        for status in [302, 400, 401, 403, 429, 500] {
            assert_eq!(reply(status, "").told(order), Some(CommandResult::Unavailable), "{status}");
        }
    }
}

fn listed(body: &str) -> LookupResult<Page> {
    reply(200, body).listed(&number(PATIENT), at("2026-12-01T09:00:00Z"))
}

fn legs(lookup: LookupResult<Page>) -> Vec<String> {
    match lookup {
        LookupResult::Found(page) => page.calls.iter().map(|call| call.leg.as_str().to_owned()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_holds_what_may_be_the_call_that_is_looked_for() {
    let body = r#"{"calls":[
        {"sid":"CA-in-time","to":"+819012345678","date_created":"Tue, 01 Dec 2026 09:00:05 +0000","status":"ringing","duration":null},
        {"sid":"CA-clocks-differ","to":"+819012345678","date_created":"Tue, 01 Dec 2026 08:58:00 +0000","status":"completed","duration":"42"},
        {"sid":"CA-iso-8601","to":"+819012345678","date_created":"2026-12-01T18:00:00+09:00","status":"levitating"},
        {"sid":"CA-start-alone","to":"+819012345678","start_time":"Tue, 01 Dec 2026 10:00:00 +0900","status":"busy"},
        {"sid":"CA-no-time-no-number","status":"queued"},
        {"sid":"CA-unreadable-time","to":"090-1234-5678","date_created":"yesterday","status":"failed"},
        {"sid":"CA-too-early","to":"+819012345678","date_created":"Tue, 01 Dec 2026 08:57:59 +0000","status":"completed"},
        {"sid":"CA-to-another","to":"+819012345679","date_created":"Tue, 01 Dec 2026 09:00:05 +0000","status":"ringing"}
    ],"next_page_uri":null,"page":0}"#;
    let LookupResult::Found(page) = listed(body) else { panic!("a list") };
    let seen: Vec<_> = page.calls.iter().map(|call| (call.leg.as_str(), call.progress)).collect();
    assert_eq!(
        seen,
        [
            ("CA-in-time", LegProgress::Ringing),
            ("CA-clocks-differ", LegProgress::Ended(HangupCause::NormalClearing)),
            ("CA-iso-8601", LegProgress::Queued),
            ("CA-no-time-no-number", LegProgress::Queued),
            ("CA-unreadable-time", LegProgress::Ended(HangupCause::TemporaryFailure)),
        ]
    );
    let times: Vec<_> = page.calls.iter().map(|call| call.created_at).collect();
    let nine = at("2026-12-01T09:00:00Z");
    assert_eq!(times, [Some(at("2026-12-01T09:00:05Z")), Some(at("2026-12-01T08:58:00Z")), Some(nine), None, None]);
    assert_eq!(page.calls[0].to.as_ref().map(PhoneNumber::expose), Some(PATIENT));
    assert_eq!(page.next, None);
    assert_eq!(legs(listed(r#"{"calls":[]}"#)), Vec::<String>::new());
}

#[test]
fn a_list_that_can_not_be_read_proves_nothing() {
    for body in [
        "",
        "{}",
        "[]",
        "[[]]",
        "<html>",
        r#"{"calls":null}"#,
        r#"{"calls":{}}"#,
        r#"{"calls":[{}]}"#,
        r#"{"calls":[{"sid":"short"}]}"#,
        r#"{"calls":[["CA0123456789abcdef0123456789abcdef"]]}"#,
        r#"{"calls":[{"sid":"CA0123456789abcdef0123456789abcdef"},null]}"#,
        r#"{"calls":[],"next_page_uri":"/2010-04-01/Accounts/x/Calls.json"}"#,
        r#"{"calls":[],"next_page_uri":"/Calls.json?"}"#,
        r#"{"calls":[],"next_page_uri":"/Calls.json?a b"}"#,
        r#"{"calls":[]"#,
        r#"{"code":20003,"message":"Authenticate","status":401}"#,
    ] {
        assert_eq!(listed(body), LookupResult::Unavailable(Uncertainty::Unreadable), "{body}");
    }
    let list = |status| reply(status, r#"{"calls":[]}"#).listed(&number(PATIENT), at("2026-12-01T09:00:00Z"));
    for status in [302, 400, 401, 403, 404, 429] {
        assert_eq!(list(status), LookupResult::Unavailable(Uncertainty::Unreadable), "{status}");
    }
    assert_eq!(list(503), LookupResult::Unavailable(Uncertainty::ServerError));
}

#[test]
fn of_the_next_page_the_query_alone_is_taken() {
    for uri in [
        "/2010-04-01/Accounts/AC/Calls.json?Page=1&PageToken=PACA",
        "/api/laml/2010-04-01/Accounts/AC/Calls.json?Page=1&PageToken=PACA",
        "https://evil.example/?Page=1&PageToken=PACA",
    ] {
        let body = format!(r#"{{"calls":[],"next_page_uri":"{uri}"}}"#);
        let LookupResult::Found(page) = listed(&body) else { panic!("{uri}") };
        assert_eq!(page.next.as_deref(), Some("Page=1&PageToken=PACA"), "{uri}");
    }
    let endless = format!(r#"{{"calls":[],"next_page_uri":"/x?{}"}}"#, "a".repeat(5_000));
    assert_eq!(listed(&endless), LookupResult::Unavailable(Uncertainty::Unreadable));
}

#[test]
fn depth_does_no_harm() {
    for depth in [1, 127, 128, 129, 500_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = [open.repeat(depth), "1".to_owned(), close.repeat(depth)].concat();
            assert!(matches!(dialled(201, &deep), DialOutcome::Unknown(Uncertainty::Unreadable)));
            for name in ["other", "status"] {
                let with_sid = format!(r#"{{"{name}":{deep},"sid":"{LEG}"}}"#);
                assert_eq!(dialled(201, &with_sid), DialOutcome::Accepted(leg()), "{name} {depth} {open}");
            }
            let in_list = format!(r#"{{"calls":[{{"sid":"{LEG}","to":{deep}}}],"x":{deep}}}"#);
            assert_eq!(legs(listed(&in_list)), [LEG]);
        }
    }
}

#[test]
fn a_reply_does_not_print_its_body() {
    let printed = format!("{:?} {:?}", reply(400, &error(21_211)), reply(200, A_CALL));
    assert!(!printed.contains("9012345678") && printed.contains("400"), "{printed}");
}

#[test]
fn a_refused_sms_says_whether_its_number_takes_any() {
    for (status, code, refusal) in [
        (400, 21_614, SmsRefusal::Number),
        (400, 21_211, SmsRefusal::Number),
        (400, 21_610, SmsRefusal::OptedOut),
        (400, 21_612, SmsRefusal::Request),
        (400, 21_408, SmsRefusal::Request),
        (400, 30_034, SmsRefusal::Request),
        (401, 20_003, SmsRefusal::NotProcessed),
        (403, 20_005, SmsRefusal::NotProcessed),
        (429, 20_429, SmsRefusal::NotProcessed),
    ] {
        assert_eq!(reply(status, &error(code)).sent(), SmsOutcome::Refused(refusal), "{status} {code}");
    }
}
