//! Our URLs: they are built in one place, and a carrier can request all of them.

use kenkocall::carrier::twilio::{ActionUrl, Urls, UrlsError};
use kenkocall::domain::CallId;

const CALL: &str = "0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b";

fn all(urls: &Urls, call: CallId) -> [ActionUrl; 5] {
    [urls.answered(call), urls.status(call), urls.goodbye(call), urls.turn(call, u32::MAX), urls.fallback()]
}

#[test]
fn each_url_of_a_call_carries_our_own_id_of_it() {
    let urls = Urls::new("https://call.example/").expect("a URL");
    let made = all(&urls, CALL.parse().expect("an id"));
    assert_eq!(
        made.each_ref().map(ActionUrl::as_str),
        [
            "https://call.example/twilio/voice/calls/0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b/answered",
            "https://call.example/twilio/voice/calls/0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b/status",
            "https://call.example/twilio/voice/calls/0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b/goodbye",
            "https://call.example/twilio/voice/calls/0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b/turns/4294967295",
            "https://call.example/twilio/voice/fallback",
        ]
    );
    assert_eq!(urls.public(), "https://call.example");
}

#[test]
fn whatever_public_url_is_taken_makes_urls_that_can_be_called() {
    let longest = format!("https://call.example/{}", "x".repeat(Urls::MAX_PUBLIC_BYTES - 21));
    for public in ["http://127.0.0.1:8080", "https://call.example:8443/behind/a/proxy", longest.as_str()] {
        let urls = Urls::new(public).expect(public);
        for url in all(&urls, CALL.parse().expect("an id")) {
            assert_eq!(ActionUrl::parse(url.as_str()), Ok(url));
        }
    }
    for wrong in [
        "",
        "https://",
        "https:///",
        "call.example",
        "ftp://call.example",
        "https://call.example/?a=1",
        "https://call.example/#x",
        "https://call example",
        "https://保健所.example",
        &format!("{longest}x"),
    ] {
        assert_eq!(Urls::new(wrong), Err(UrlsError), "{wrong}");
    }
}
