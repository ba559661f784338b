//! The fuzzing targets: one function for each kind of text that comes from outside, with the properties that must
//! hold for any bytes. `main.rs` runs them in the ordinary tests, `targets` under a coverage-guided fuzzer
//! (`dev/fuzz`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::civil::date;
use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::network::{DialOutcome, LookupResult};
use kenkocall::carrier::twilio::rest::{Body, Order, Reply};
use kenkocall::carrier::twilio::{
    ActionUrl, Document, FallbackRequest, Form, SigningKey, StatusRequest, VoiceRequest, account,
};
use kenkocall::commands::messages::ToMessage as _;
use kenkocall::domain::{
    BirthDate, CallTimes, CallableNumber, CallingHours, CentreCode, HangupCause, HersysId, Item, Keyed, Keys, Language,
    PhoneNumber,
};
use kenkocall::engine::{AnsweredBy, Diagnostic, Effect, EventKind, TransferOutcome};
use kenkocall::flow::{FlowName, FlowSet};
use kenkocall::flow_test::{FixturePatient, FixtureStatus, Fixtures, FlowTest};
use kenkocall::patient_import;
use kenkocall::policy::CallPattern;
use secrecy::SecretString;

/// A target: its name, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 7] = [
    ("webhook_form", webhook_form),
    ("twiml", twiml),
    ("carrier_json", carrier_json),
    ("flow_document", flow_document),
    ("patient_list", patient_list),
    ("small_texts", small_texts),
    ("conversation", conversation),
];

/// The repository.
pub fn house() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    if here.join("call_flows").is_dir() { here.to_owned() } else { here.join("../..") }
}

/// The body of a webhook: read or refused. A form that was read has exactly one signature.
pub fn webhook_form(data: &[u8]) {
    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::new(&SecretString::from("12345")).unwrap());
    const URL: &str = "https://kenko.example/twilio/voice/status?a=1";
    let Ok(form) = Form::read(data) else { return };
    let signature = KEY.sign(URL, form.fields());
    assert!(KEY.validate(URL, form.fields(), &signature));
    // Encoded again by another library, it is the same form.
    let encoded = |bytes: &[u8]| url::form_urlencoded::byte_serialize(bytes).collect::<String>();
    let pairs = form.fields().iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let again = pairs.collect::<Vec<_>>().join("&");
    let again = Form::read(again.as_bytes()).expect("a form that was read");
    assert_eq!(again.fields(), form.fields());
    let (voice, status) = (VoiceRequest::read(&form), StatusRequest::read(&form));
    if let (Ok(voice), Ok(status)) = (&voice, &status) {
        assert_eq!(voice.leg, status.leg);
    }
    if let Ok(VoiceRequest { keyed: Some(Keyed { keys, .. }), .. }) = voice {
        assert_eq!(Keys::parse(keys.expose()), Ok(keys), "as it is stored and read again");
    }
    for (name, value) in form.fields() {
        let (Ok(name), Ok(value)) = (std::str::from_utf8(name), std::str::from_utf8(value)) else { continue };
        let _read = (ActionUrl::parse(name), KEY.validate(value, form.fields(), name));
    }
    let _read = (FallbackRequest::read(&form), account(&form), form.fields_from_latin_1());
}

/// TwiML, as our phones and the fake carrier read it.
pub fn twiml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(document) = Document::parse(text) {
        assert!(text.contains("Response") && document.verbs.len() <= 1_000);
    }
}

/// A carrier's reply: the first two bytes choose the status and the headers, and the rest is the body.
pub fn carrier_json(data: &[u8]) {
    const STATUSES: [u16; 8] = [200, 201, 204, 302, 400, 404, 429, 503];
    let Some(([status, header], body)) = data.split_first_chunk::<2>() else { return };
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let shown = String::from_utf8_lossy(&body[..body.len().min(40)]);
    let header = (*header > 127).then_some(&*shown);
    let reply = Reply { status, retry_after: header, date: header, body: Body::Whole(body) };
    let dialled = reply.dialled();
    assert!(
        !matches!(dialled, DialOutcome::Accepted(_)) || (status < 300 && !body.is_empty()),
        "{status}: {dialled:?}"
    );
    let leg = CarrierLegId::parse("CA0123456789abcdef0123456789abcdef").unwrap();
    let lookup = reply.looked_up(&leg);
    assert!(!matches!(lookup, LookupResult::Found(_)) || status < 300, "{status}: {lookup:?}");
    assert!(!matches!(lookup, LookupResult::Nothing) || status == 404, "{status}: {lookup:?}");
    let number = PhoneNumber::from_e164("+819012345678").unwrap();
    let listed = reply.listed(&number, Timestamp::UNIX_EPOCH);
    assert!(!matches!(listed, LookupResult::Found(_)) || status < 300, "{status}");
    let _told = [Order::Cancel, Order::HangUp].map(|order| reply.told(order));
    let _rest = (reply.sent(), reply.code());
}

/// A flow document and its wording, separated by a NUL, next to the shared ones: every finding names an existing
/// line.
pub fn flow_document(data: &[u8]) {
    static SHARED: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        ["shared/keys.toml", "shared/prompts/ja.toml"]
            .map(|name| (name.to_owned(), std::fs::read_to_string(house().join("call_flows").join(name)).unwrap()))
            .into()
    });
    let text = String::from_utf8_lossy(data);
    let (flow, wording) = text.split_once('\0').unwrap_or((&text, ""));
    let mut files = SHARED.clone();
    files.insert("questionnaire/flow.toml".to_owned(), flow.to_owned());
    files.insert("questionnaire/prompts/ja.toml".to_owned(), wording.to_owned());
    let findings = FlowSet::checked(files.clone()).expect_err("the other flows are missing");
    for finding in findings {
        let text = files.get(&finding.file).map_or("", String::as_str);
        let lines = u32::try_from(text.split('\n').count()).unwrap();
        assert!((1..=lines + 1).contains(&finding.line), "{finding:?}, of {lines} lines");
    }
}

/// A patient list: reading it twice yields the same result, and no finding contains a value.
pub fn patient_list(data: &[u8]) {
    let today = date(2026, 12, 1);
    let read = || patient_import::read(data, today, CallingHours::default());
    let (first, second) = (read(), read());
    match (&first, &second) {
        (Ok(first), Ok(second)) => assert_eq!(first.entries.len(), second.entries.len()),
        (Err(first), Err(second)) => {
            assert!(!first.is_empty() && first.len() <= patient_import::MAX_FINDINGS + 1);
            assert_eq!(format!("{first:?}"), format!("{second:?}"));
            first.iter().for_each(|finding| drop(finding.message().text(Language::Japanese)));
        }
        _ => panic!("one list, two readings"),
    }
}

/// All parsers of a single short text.
pub fn small_texts(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let today = date(2026, 12, 1);
    if let Ok(number) = PhoneNumber::parse(text) {
        let written = number.expose().to_owned();
        assert!(written.starts_with('+') && written[1..].bytes().all(|byte| byte.is_ascii_digit()), "{written}");
        assert_eq!(PhoneNumber::from_e164(&written).as_ref().map(PhoneNumber::expose), Ok(written.as_str()));
        if CallableNumber::new(number).is_ok() {
            assert!(written.starts_with("+81") && !written.starts_with("+81570") && !written.starts_with("+81990"));
        }
    }
    if let Ok(id) = HersysId::parse(text) {
        assert!(id.expose().bytes().all(|byte| byte.is_ascii_digit()));
    }
    if let Ok(birth_date) = BirthDate::parse_keys(text, today) {
        assert_eq!(birth_date.expose().strftime("%Y%m%d").to_string(), text);
    }
    if let Ok(keys) = Keys::parse(text) {
        assert!(keys.expose().is_ascii());
    }
    let _read = (
        kenkocall::domain::era::read(text),
        CentreCode::parse(text),
        CallTimes::read_time(text),
        text.parse::<CallPattern>(),
    );
    for item in Item::ALL {
        let _answer = item.read(text);
    }
}

/// A caller who presses any keys. Entries are separated by line ends, an empty one is silence, `!` hangs up, `t` and
/// `n` end a transfer. Valid events have a reply, invalid ones change nothing, and nothing follows the end.
pub fn conversation(data: &[u8]) {
    const ID: &str = "1234567";
    /// Beyond it, the flow ends the call (`limits.steps`).
    const MOST_TURNS: usize = 2_000;
    static LIBRARY: LazyLock<Arc<FlowSet>> = LazyLock::new(|| Arc::new(FlowSet::checked(shipped()).unwrap()));
    const LINES: [&str; 4] = ["health_call", "automated_call", "call_back", "withdrawn"];
    let Some((line, keyed)) = data.split_first() else { return };
    let line = FlowName::from(LINES[usize::from(*line) % LINES.len()]);
    let at: Timestamp = "2026-12-01T01:00:00Z".parse().unwrap();
    let birth_date = BirthDate::parse_keys("19800401", date(2026, 12, 1)).unwrap();
    let mut cast = Fixtures::of_a_synthetic_centre().unwrap();
    let standing = FixtureStatus::UnderObservation;
    cast.patients.push(FixturePatient::new(HersysId::parse(ID).unwrap(), birth_date, standing));
    let mut call = FlowTest::new(Arc::clone(&LIBRARY), line, Language::Japanese, cast, at);
    let mut turn = call.call(AnsweredBy::Person).unwrap();
    let entries = keyed.split(|byte| *byte == b'\n').filter_map(|entry| std::str::from_utf8(entry).ok());
    for entry in entries.take(MOST_TURNS) {
        let says = turn.effects.iter().any(|effect| matches!(effect, Effect::Reply(_)));
        let ignored = matches!(turn.effects.as_slice(), [Effect::Diagnostic(Diagnostic::EventDoesNotFit)]);
        assert!(says != ignored || turn.over, "a turn without a reply");
        if turn.over {
            break;
        }
        let happening = match (entry, Keys::parse(entry)) {
            ("!", _) => EventKind::HungUp(HangupCause::NormalClearing),
            ("t", _) => EventKind::TransferEnded(TransferOutcome::Talked),
            ("n", _) => EventKind::TransferEnded(TransferOutcome::NotReached),
            (_, Ok(keys)) => EventKind::Keyed(keys.into()),
            (_, Err(_)) => continue,
        };
        turn = call.happens(happening).unwrap();
    }
}

fn shipped() -> BTreeMap<String, String> {
    let root = house().join("call_flows");
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}
