//! Our requests, as sent.

use std::fmt::Write as _;

use kenkocall::carrier::network::Dial;
use kenkocall::carrier::twilio::rest::{NotReady, Order, Prepared, Requests, Search};
use kenkocall::config::{MachineDetection, Twilio};
use url::form_urlencoded;

use super::{CALLER, LEG, PATIENT, TOKEN, at, call, dial, leg, number, requests, settings, urls};

/// A request for people to read: one field on each line, in order.
fn shown(request: &Prepared) -> String {
    let mut url = request.url().clone();
    url.set_query(None);
    let mut text = format!("{} {url}\n{}\n", request.method().code(), request.authorization());
    let query = request.url().query_pairs().map(|pair| ('?', pair));
    let form = form_urlencoded::parse(request.form().unwrap_or_default().as_bytes()).map(|pair| ('&', pair));
    for (mark, (name, value)) in query.chain(form) {
        writeln!(text, "{mark} {name} = {value}").expect("a string takes all");
    }
    text
}

#[test]
fn a_call_is_requested_with_all_status_callbacks() {
    let request = requests(MachineDetection::DetectMessageEnd, None).dial(&dial()).expect("a request");
    insta::assert_snapshot!(shown(&request));
}

#[test]
fn machine_detection_is_asked_for_as_it_is_set() {
    let asked = |machine_detection| {
        let request = requests(machine_detection, None).dial(&dial()).expect("a request");
        let form = request.form().expect("a form");
        let pairs = form_urlencoded::parse(form.as_bytes()).into_owned();
        pairs.filter(|(name, _)| name == "MachineDetection").map(|(_, value)| value).collect::<Vec<_>>()
    };
    assert_eq!(asked(MachineDetection::Off), Vec::<String>::new());
    assert_eq!(asked(MachineDetection::Enable), ["Enable"]);
    assert_eq!(asked(MachineDetection::DetectMessageEnd), ["DetectMessageEnd"]);
}

#[test]
fn a_call_rings_no_longer_than_the_carrier_takes() {
    for (seconds, asked) in [(0, "Timeout=5&"), (30, "Timeout=30&"), (600, "Timeout=600&"), (u16::MAX, "Timeout=600&")]
    {
        let dial = Dial { ring_seconds: seconds, ..dial() };
        let request = requests(MachineDetection::Off, None).dial(&dial).expect("a request");
        assert!(request.form().expect("a form").contains(asked), "{seconds}");
    }
}

#[test]
fn a_leg_is_looked_up() {
    let request = requests(MachineDetection::Off, None).look_up(&leg()).expect("a request");
    insta::assert_snapshot!(shown(&request));
}

#[test]
fn calls_are_listed_by_number_and_day() {
    let requests = requests(MachineDetection::Off, None);
    let waiting = requests.list(&number(PATIENT), Search::Waiting).expect("a request");
    insta::assert_snapshot!(shown(&waiting));
    // 00:01 UTC: with a tolerance of two minutes between clocks, the search begins on the day before.
    let since = Search::StartedSince(at("2026-12-01T00:01:00Z"));
    let started = requests.list(&number(PATIENT), since).expect("a request");
    insta::assert_snapshot!(shown(&started));
}

#[test]
fn legs_are_hung_up_and_redirected() {
    let requests = requests(MachineDetection::Off, None);
    let goodbye = urls().goodbye(call());
    let shown = [Order::Cancel, Order::HangUp, Order::Redirect(&goodbye)]
        .map(|order| shown(&requests.tell(&leg(), order).expect("a request")));
    insta::assert_snapshot!(shown.concat());
}

#[test]
fn a_short_message_is_requested() {
    let words = "千代田保健所です。お電話がつながりませんでした。a+b & c=1";
    let request = requests(MachineDetection::Off, None).sms(&number(PATIENT), &number(CALLER), words);
    insta::assert_snapshot!(shown(&request.expect("a request")));
}

#[test]
fn the_base_url_may_have_a_path_and_a_port() {
    for (base, expected) in [
        ("https://example.signalwire.com/api/laml", "https://example.signalwire.com/api/laml/2010-04-01/"),
        ("https://example.signalwire.com/api/laml/", "https://example.signalwire.com/api/laml/2010-04-01/"),
        ("http://127.0.0.1:4010", "http://127.0.0.1:4010/2010-04-01/"),
        ("http://127.0.0.1:4010/", "http://127.0.0.1:4010/2010-04-01/"),
    ] {
        let request = requests(MachineDetection::Off, Some(base)).look_up(&leg()).expect("a request");
        assert!(request.url().as_str().starts_with(expected), "{base}: {}", request.url());
        assert!(request.url().as_str().ends_with(&format!("/Calls/{LEG}.json")), "{base}");
    }
}

#[test]
fn the_next_page_is_asked_of_our_own_address_alone() {
    let requests = requests(MachineDetection::Off, Some("https://api.example/v1"));
    let page = requests.list_page("PageToken=PAx%2F..%2F&@evil.example/=1&Page=1").expect("a request");
    assert_eq!(page.url().host_str(), Some("api.example"));
    assert!(page.url().path().ends_with("/Calls.json"), "{}", page.url());
    for wrong in ["a b", "あ", "a\nb", "\0"] {
        assert!(requests.list_page(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn nothing_personal_and_no_token_is_printed() {
    let requests = requests(MachineDetection::Off, None);
    let printed = [
        format!("{requests:?}"),
        format!("{:?}", requests.dial(&dial())),
        format!("{:?}", requests.list(&number(PATIENT), Search::Waiting)),
        format!("{:?}", requests.sms(&number(PATIENT), &number(CALLER), "見本 花子")),
    ]
    .concat();
    for secret in ["9012345678", "5031980214", TOKEN, "Basic", "花子"] {
        assert!(!printed.contains(secret), "{secret}: {printed}");
    }
}

#[test]
fn settings_that_place_no_calls_get_a_sentence() {
    let refused = |settings: Twilio| Requests::new(&settings, urls()).expect_err("not ready");
    let error = refused(Twilio { account_sid: String::new(), ..settings() });
    assert!(matches!(error, NotReady::NoAccount) && error.to_string().contains("KENKOCALL_TWILIO__ACCOUNT_SID"));
    for sid in ["AC", "AC../../Messages/x", "AC0123456789?a=1", "AC01234567 89", "AC0123456789%2f", "AC0123456789/"] {
        let error = refused(Twilio { account_sid: sid.to_owned(), ..settings() });
        assert!(matches!(error, NotReady::Account(_)), "{sid}");
        assert!(!error.to_string().contains(sid), "{error}");
    }
    let error = refused(Twilio { auth_token: "".into(), ..settings() });
    assert!(matches!(error, NotReady::NoToken) && error.to_string().contains("KENKOCALL_TWILIO__AUTH_TOKEN"));
    for base in
        ["api.twilio.com", "ftp://api.example", "https://u@api.example", "https://api.example?x=1", "mailto:a@b"]
    {
        let error = refused(Twilio { base_url: Some(base.to_owned()), ..settings() });
        assert!(matches!(error, NotReady::BaseUrl), "{base}");
    }
}
