//! `Debug` and `Display` of everything that contains personal data, because it may be logged one day.

use std::fmt::Debug;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::network::Ringing;
use kenkocall::carrier::simulator::{Caller, Health, Identity, Message, NetworkEvent, NetworkEventKind, Script};
use kenkocall::carrier::speech::Sentence;
use kenkocall::carrier::twilio::{Document, Form, SigningKey, VoiceRequest};
use kenkocall::domain::{
    AnswerOrigin, BirthDate, CallId, CentreCode, Direction, HangupCause, HersysId, Item, Keys, LegId, Line, Oximeter,
    PatientId, PhoneNumber, ReportId, Sensitive, Severity, Spo2Question,
};
use kenkocall::engine::{
    AnsweredBy, Centre, Effect, Event, EventKind, Fill, Identified, NextAction, Person, Query, SaidAs, Start,
    Utterance, begin, step,
};
use kenkocall::flow::{FlowName, PromptId, ReadAs};
use kenkocall::policy::{Lane, OfficeHours, Thresholds};
use kenkocall::service::{Begin, CarrierEvent, LegStatus, StoredEvent};
use kenkocall::store::answers::AnswerRow;
use kenkocall::store::identifications::{IdentificationOutcome, IdentificationRow, IdentifiedIn};
use kenkocall::store::legs::LegRow;
use kenkocall::store::patients::{Calling, NumberHolder, PatientRow};
use kenkocall::store::turns::TurnRow;
use kenkocall::store::{Document as Stored, sessions::SessionSave};
use secrecy::SecretString;
use uuid::Uuid;

use super::server::shipped;

const NUMBER: &str = "+819066778899";
const ID: &str = "73519046";
const BORN: &str = "19510723";
const NAMES: [&str; 2] = ["鷹司", "鏡子"];

fn redacts(what: &impl Debug) {
    for printed in [format!("{what:?}"), format!("{what:#?}")] {
        for personal in [NUMBER, &NUMBER[3..], ID, BORN, "1951-07-23", NAMES[0], NAMES[1], "383", "384"] {
            assert!(!printed.contains(personal), "“{personal}” in {printed}");
        }
    }
}

fn number() -> PhoneNumber {
    PhoneNumber::from_e164(NUMBER).unwrap()
}

fn id() -> HersysId {
    HersysId::parse(ID).unwrap()
}

fn born() -> BirthDate {
    BirthDate::new(date(1951, 7, 23), date(2026, 11, 24)).unwrap()
}

fn keys(text: &str) -> Keys {
    Keys::parse(text).unwrap()
}

/// An id without digits that the tests search for.
fn uuid() -> Uuid {
    Uuid::nil()
}

fn centre() -> Centre {
    Centre {
        code: CentreCode::parse("13101").unwrap(),
        name: "架空区保健所".into(),
        phone: PhoneNumber::from_e164("+81352113641").unwrap(),
        said_as: SaidAs::default(),
        zone: "Asia/Tokyo".into(),
        office_hours: OfficeHours::default(),
        after_red: Default::default(),
        thresholds: Thresholds::default(),
    }
}

fn person() -> Person {
    let answers = vec![(Item::BodyTemperature, Item::BodyTemperature.read("383").unwrap())];
    let (patient, report) = (PatientId(uuid()), ReportId(uuid()));
    let (oximeter, spo2_question) = (Oximeter::Unknown, Spo2Question::Asked);
    Person { patient, report, centre: centre(), answers, known_in: Vec::new(), oximeter, spo2_question }
}

#[test]
fn i6_no_noun_prints_personal_data() {
    redacts(&number());
    redacts(&id());
    redacts(&born());
    redacts(&keys(BORN));
    redacts(&Sensitive::new(NAMES[0]));
}

#[test]
fn i6_no_row_of_the_store_prints_personal_data() {
    let at = Timestamp::UNIX_EPOCH;
    redacts(&PatientRow {
        id: PatientId(uuid()),
        centre: CentreCode::parse("13101").unwrap(),
        hersys_id: id(),
        birth_date: born(),
        family_name: Sensitive::new(NAMES[0]),
        given_name: Sensitive::new(NAMES[1]),
        phone_number: Some(number()),
        automated_call: true,
        call_times: String::new(),
        language: kenkocall::domain::Language::Japanese,
        diagnosis_date: None,
        monitoring_start: None,
        stopped_at: None,
        released_at: None,
        created_at: at,
        updated_at: at,
        revision: 1,
        calling: Calling::default(),
        known_in: Vec::new(),
        oximeter: Oximeter::Unknown,
        spo2_asked_at: None,
    });
    redacts(&NumberHolder { phone_number: number(), patient: PatientId(uuid()), hersys_id: id() });
    redacts(&AnswerRow {
        id: uuid(),
        report: ReportId(uuid()),
        origin: AnswerOrigin::Unrecorded,
        item: Item::BodyTemperature,
        entry: Sensitive::new("383"),
        severity: Severity::Amber,
        at,
        late: false,
    });
    redacts(&IdentificationRow {
        id: uuid(),
        place: IdentifiedIn::Call(CallId(uuid())),
        hersys_id: id(),
        caller: Some(number()),
        lane: Lane::Outsider,
        outcome: IdentificationOutcome::Mismatch,
        at,
    });
    redacts(&LegRow {
        id: LegId(uuid()),
        call: CallId(uuid()),
        direction: Direction::Inbound,
        carrier: "twilio".into(),
        carrier_leg_id: "CA00000000".into(),
        far_number: Some(number()),
        near_number: Some(number()),
        started_at: at,
        ended_at: None,
        hangup_cause: None,
        began_at: None,
        node: None,
    });
    let personal = || Stored::from(format!("{ID} {BORN} {NUMBER} {} 383", NAMES[0]));
    redacts(&TurnRow { call: CallId(uuid()), turn: 1, at, event: personal(), reply: personal() });
    redacts(&SessionSave {
        call: CallId(uuid()),
        revision: 1,
        turn: 1,
        session: personal(),
        in_transfer: false,
        updated_at: at,
    });
}

#[test]
fn i6_no_request_and_no_reply_prints_personal_data() {
    let body = format!("CallSid=CA00000000&From=%2B{}&Digits={BORN}&CallerName={}", &NUMBER[1..], NAMES[0]);
    let form = Form::read(body.as_bytes()).unwrap();
    redacts(&form);
    redacts(&VoiceRequest::read(&form).unwrap());
    redacts(&Form::read(b"Digits=73519046&Digits=19510723").map(|form| VoiceRequest::read(&form)));
    redacts(&SigningKey::new(&SecretString::from("383-384")).unwrap());
    let said = format!("<Response><Say>{}</Say><Dial>{NUMBER}</Dial></Response>", NAMES[0]);
    redacts(&Document::parse(&said).unwrap());
    let sentence = Sentence { text: "383".into(), language: kenkocall::domain::Language::Japanese, barge_in: true };
    redacts(&sentence);
    let begin = Begin {
        line: Line::HealthCall,
        carrier: "twilio",
        leg: "CA00000000".into(),
        caller: Some(number()),
        called: Some(number()),
    };
    redacts(&CarrierEvent::Begin(begin));
    redacts(&CarrierEvent::Turn { call: CallId(uuid()), turn: 1, happening: EventKind::Keyed(keys("383").into()) });
    let ended = Some(HangupCause::NormalClearing);
    redacts(&CarrierEvent::Status(LegStatus {
        call: None,
        carrier: "twilio",
        leg: "CA00000000".into(),
        status: "completed",
        ended,
        ringing: Ringing::Proven,
    }));
    redacts(&StoredEvent::Keyed(BORN.into()));
    redacts(&Fill::Value(ReadAs::Temperature, "383".into()));
    redacts(&NextAction::Transfer { number: number(), ring_seconds: 30 });
    redacts(&Utterance {
        prompt: PromptId::from("x"),
        language: kenkocall::domain::Language::Japanese,
        barge_in: true,
        fill: vec![Fill::CentrePhone(number()), Fill::Centre(NAMES[0].into())],
    });
    redacts(&Effect::Query(Query::Identify { hersys_id: Some(id()), birth_date: keys(BORN) }));
    redacts(&Event {
        at: Timestamp::UNIX_EPOCH,
        happening: EventKind::Identified(Identified::Matched(Box::new(person()))),
    });
}

#[test]
fn i6_no_simulated_person_prints_personal_data() {
    let leg = CarrierLegId::parse("SIM00000").unwrap();
    let (from, to, at) = (Some(number()), Some(number()), Timestamp::UNIX_EPOCH);
    redacts(&NetworkEvent { call: None, leg, at, from, to, what: NetworkEventKind::Keyed(keys(BORN).into()) });
    let mut health = Health::well();
    health.temperature = kenkocall::domain::BodyTemperature::from_tenths(383);
    redacts(&health);
    let script = Script::answers(std::time::Duration::ZERO).keys(keys(ID)).keys_at("x", keys(BORN)).health(health);
    redacts(&script);
    let people = vec![Identity { hersys_id: id(), birth_date: born() }];
    redacts(&Caller { people, language: kenkocall::domain::Language::Japanese, script: Some(script) });
    redacts(&Message { from: number(), to: number(), text: Sensitive::new(NAMES[0]), at });
}

#[test]
fn i6_no_session_and_no_effect_prints_personal_data_at_any_turn() {
    let flow_set = shipped();
    let start = Start {
        line: Line::HealthCall,
        flow: FlowName::from("health_call"),
        language: kenkocall::domain::Language::Japanese,
        caller: Some(number()),
        health_call_number: None,
        call_back_number: Some(number()),
        fallback_centre: Some(centre()),
        until: None,
        identify_by: None,
        person: None,
        answered_by: AnsweredBy::Person,
        open_alerts: None,
    };
    redacts(&start);
    let mut at: Timestamp = "2026-11-24T01:00:00Z".parse().unwrap();
    let (mut session, effects) = begin(&flow_set, start, at);
    redacts(&effects);
    let matched = || EventKind::Identified(Identified::Matched(Box::new(Person { answers: Vec::new(), ..person() })));
    let keyed = |text: &str| EventKind::Keyed(keys(text).into());
    let happenings =
        [keyed("1"), keyed(ID), keyed(BORN), matched(), keyed("383"), keyed("2"), keyed("384"), keyed("1")];
    for happening in happenings {
        at += SignedDuration::from_secs(5);
        let event = Event { at, happening };
        redacts(&event);
        let (next, effects) = step(&flow_set, session, &event);
        session = next;
        redacts(&session);
        redacts(&effects);
    }
    assert!(session.answer(Item::BodyTemperature).is_some(), "the walk went where personal data is");
    redacts(&person());
}
