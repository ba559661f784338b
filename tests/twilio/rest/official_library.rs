//! The carrier's own library sends the same requests as ours, field for field.

use kenkocall::carrier::network::DialOutcome;
use kenkocall::carrier::twilio::rest::{Order, Prepared, Search};
use kenkocall::config::MachineDetection;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::replies::reply;
use super::{ACCOUNT, CALLER, LEG, PATIENT, TOKEN, at, call, dial, leg, number, requests, urls};
use crate::official_libraries::Library;

/// Method, path, authorisation and the sorted fields of query and form.
type Essence = (String, String, String, Vec<(String, String)>);

fn fields(url: &Url, form: Option<&str>) -> Vec<(String, String)> {
    let form = form_urlencoded::parse(form.unwrap_or_default().as_bytes());
    let mut fields: Vec<_> = url.query_pairs().chain(form).map(|(name, value)| (name.into(), value.into())).collect();
    fields.sort();
    fields
}

fn ours(request: &Prepared) -> Essence {
    let mut url = request.url().clone();
    url.set_query(None);
    let fields = fields(request.url(), request.form());
    (request.method().code().to_owned(), url.to_string(), request.authorization().to_owned(), fields)
}

fn theirs(caught: &Value) -> Essence {
    let part = |place: usize| caught[place].as_str().map(str::to_owned);
    let mut url = Url::parse(&part(1).expect("a URL")).expect("a URL");
    let mut fields = fields(&url, part(3).as_deref());
    for (_, day) in fields.iter_mut().filter(|(name, _)| name == "StartTime>") {
        // The library also sends the hour; the documentation specifies only the day, and only the day is searched by.
        assert_eq!(day.split_off(10), "T00:00:00Z");
    }
    url.set_query(None);
    (part(0).expect("a method"), url.to_string(), part(2).expect("an authorisation"), fields)
}

#[test]
fn the_official_library_asks_for_the_same() {
    let requests = requests(MachineDetection::DetectMessageEnd, None);
    let (urls, to, from) = (urls(), number(PATIENT), number(CALLER));
    let goodbye = urls.goodbye(call());
    let words = "お電話がつながりませんでした。 a+b & c=1 🤒";
    let pairs = [
        (
            requests.dial(&dial()),
            json!({ "do": "dial", "with": {
                "to": PATIENT, "from_": CALLER, "url": urls.answered(call()).as_str(), "method": "POST", "timeout": 25,
                "fallback_url": urls.fallback().as_str(), "fallback_method": "POST",
                "status_callback": urls.status(call()).as_str(), "status_callback_method": "POST",
                "status_callback_event": ["initiated", "ringing", "answered", "completed"],
                "machine_detection": "DetectMessageEnd", "time_limit": 3600,
            } }),
        ),
        (requests.look_up(&leg()), json!({ "do": "look_up" })),
        (
            requests.list(&to, Search::Waiting),
            json!({ "do": "list", "with": { "to": PATIENT, "status": "queued", "page_size": 100 } }),
        ),
        (
            requests.list(&to, Search::StartedSince(at("2026-12-01T09:00:00Z"))),
            json!({ "do": "list_since", "since": "2026-12-01", "with": { "to": PATIENT, "page_size": 100 } }),
        ),
        (requests.list_all(Search::Waiting), json!({ "do": "list", "with": { "status": "queued", "page_size": 100 } })),
        (
            requests.list_all(Search::StartedSince(at("2026-12-01T09:00:00Z"))),
            json!({ "do": "list_since", "since": "2026-12-01", "with": { "page_size": 100 } }),
        ),
        (requests.tell(&leg(), Order::Cancel), json!({ "do": "tell", "with": { "status": "canceled" } })),
        (requests.tell(&leg(), Order::HangUp), json!({ "do": "tell", "with": { "status": "completed" } })),
        (
            requests.tell(&leg(), Order::Redirect(&goodbye)),
            json!({ "do": "tell", "with": { "url": goodbye.as_str(), "method": "POST" } }),
        ),
        (
            requests.sms(&to, &from, words),
            json!({ "do": "sms", "with": { "to": PATIENT, "from_": CALLER, "body": words } }),
        ),
    ];
    let items: Vec<_> = pairs
        .iter()
        .map(|(_, item)| {
            let mut item = item.clone();
            for (name, value) in [("account", ACCOUNT), ("token", TOKEN), ("leg", LEG)] {
                item[name] = value.into();
            }
            item
        })
        .collect();
    let caught = Library::Python.run("tests/official/rest.py", "asked", &items);
    for ((request, item), caught) in pairs.iter().zip(&caught) {
        assert_eq!(ours(request.as_ref().expect("a request")), theirs(caught), "{item}");
    }
}

#[test]
fn what_the_official_library_reads_as_a_call_we_read_too() {
    let bodies = [
        json!({ "sid": LEG, "status": "queued", "duration": "42", "price": "-0.02000", "annotation": null }),
        json!({ "sid": LEG, "status": "initiated", "duration": 42, "new": { "field": [1] } }),
        json!({ "sid": LEG }),
    ];
    let items: Vec<_> = bodies
        .iter()
        .map(|body| json!({ "account": ACCOUNT, "token": TOKEN, "status": 201, "body": body.to_string() }))
        .collect();
    let read = Library::Python.run("tests/official/rest.py", "read", &items);
    for (body, read) in bodies.iter().zip(read) {
        assert_eq!(read[0], LEG, "{body}");
        assert_eq!(reply(201, &body.to_string()).dialled(), DialOutcome::Accepted(leg()), "{body}");
    }
}
