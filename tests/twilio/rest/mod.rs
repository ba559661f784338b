//! The REST API: our requests, how replies are read, and what is sent over the network.

mod call_list;
mod loopback_carrier;
mod official_library;
mod prism;
mod properties;
mod replies;
mod requests;
mod transport;

use jiff::Timestamp;
use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::network::Dial;
use kenkocall::carrier::twilio::Urls;
use kenkocall::carrier::twilio::rest::Requests;
use kenkocall::config::{MachineDetection, Twilio};
use kenkocall::domain::{CallId, CallableNumber, PhoneNumber};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "8f0e1c2d3b4a59687766554433221100";
const LEG: &str = "CA0123456789abcdef0123456789abcdef";
const PATIENT: &str = "+819012345678";
const CALLER: &str = "+815031980214";
/// The URL that the loopback tests post and the snapshots show.
const PUBLIC: &str = "https://call.example";

fn settings() -> Twilio {
    Twilio { account_sid: ACCOUNT.to_owned(), auth_token: TOKEN.into(), ..Twilio::default() }
}

fn requests(machine_detection: MachineDetection, base_url: Option<&str>) -> Requests {
    let settings = Twilio { machine_detection, base_url: base_url.map(str::to_owned), ..settings() };
    Requests::new(&settings, urls()).expect("settings")
}

fn urls() -> Urls {
    Urls::new(PUBLIC).expect("a public URL")
}

fn call() -> CallId {
    "0197a3c1-2b4d-7e5f-8a6b-9c0d1e2f3a4b".parse().expect("an id")
}

fn leg() -> CarrierLegId {
    CarrierLegId::parse(LEG).expect("a leg")
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::from_e164(text).expect("a number")
}

fn dial() -> Dial {
    let to = CallableNumber::new(number(PATIENT)).expect("a mobile number");
    Dial { call: call(), to, from: number(CALLER), ring_seconds: 25, longest_seconds: 3_600 }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}
