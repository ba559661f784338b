//! People, calls and reports that the tests store.

use jiff::{Timestamp, civil::date};
use kenkocall::{
    domain::{
        AnswerOrigin, BirthDate, CallId, CallerNumber, CentreCode, Channel, Direction, HersysId, Item, Language, LegId,
        Line, Oximeter, PatientId, PhoneNumber, ProcessId, ReportId, ReportOutcome, Sensitive, Severity,
    },
    store::{
        Database, Document, StoreError,
        answers::AnswerRow,
        calls::{self, CallRow},
        centres::{self, CentreRow},
        flow_sets::{self, FlowSetRow},
        legs::LegRow,
        patients::{Calling, PatientRow},
        reports::ReportRow,
        sessions::SessionSave,
        turns::TurnRow,
    },
};
use uuid::Uuid;

pub fn id(number: u64) -> Uuid {
    Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x8000_0000_0000_0000 | number)
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_000_000_000 + second * 1000).unwrap()
}

pub fn hersys_id(number: u64) -> HersysId {
    HersysId::parse(&format!("{number:08}")).unwrap()
}

pub fn phone(number: u64) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+8190{number:08}")).unwrap()
}

pub fn centre() -> CentreRow {
    CentreRow {
        code: CentreCode::parse("13101").unwrap(),
        name: "千代田保健所".into(),
        phone: PhoneNumber::from_e164("+81352113641").unwrap(),
        time_zone: "Asia/Tokyo".into(),
        settings: r#"{"office_hours":"08:30-17:15"}"#.into(),
        created_at: at(0),
        updated_at: at(0),
    }
}

pub fn patient(number: u64) -> PatientRow {
    PatientRow {
        id: PatientId(id(number)),
        centre: centre().code,
        hersys_id: hersys_id(number),
        birth_date: BirthDate::new(date(1980, 4, 1), date(2026, 11, 23)).unwrap(),
        family_name: Sensitive::new("健康"),
        given_name: Sensitive::new("花子"),
        phone_number: Some(phone(number)),
        automated_call: true,
        call_times: "09:00;18:00".into(),
        language: Language::ChineseTraditional,
        diagnosis_date: Some(date(2026, 11, 20)),
        monitoring_start: None,
        stopped_at: None,
        released_at: None,
        created_at: at(1),
        updated_at: at(1),
        revision: 1,
        calling: Calling::default(),
        known_in: Vec::new(),
        oximeter: Oximeter::Unknown,
        spo2_asked_at: None,
    }
}

pub fn call(number: u64) -> CallRow {
    CallRow {
        id: CallId(id(number)),
        line: Line::HealthCall,
        flow_set: "digest".into(),
        started_at: at(number as i64),
        ended_at: None,
        disposition: None,
    }
}

pub fn leg(number: u64) -> LegRow {
    LegRow {
        id: LegId(id(number)),
        call: CallId(id(number)),
        direction: Direction::Inbound,
        carrier: "twilio".into(),
        carrier_leg_id: format!("CA{number:032}"),
        far_number: Some(phone(number)),
        near_number: None,
        started_at: at(number as i64),
        ended_at: None,
        hangup_cause: None,
        began_at: None,
        node: Some(ProcessId(id(900))),
    }
}

pub fn session(number: u64, revision: i64) -> SessionSave {
    SessionSave {
        call: CallId(id(number)),
        revision,
        turn: revision,
        session: Document::from(format!(r#"{{"revision":{revision}}}"#)),
        in_transfer: false,
        updated_at: at(revision),
    }
}

pub fn turn(number: u64, turn: i64) -> TurnRow {
    TurnRow {
        call: CallId(id(number)),
        turn,
        at: at(turn),
        event: Document::from(format!("event {turn}")),
        reply: Document::from(format!("reply {turn}")),
    }
}

pub fn report(number: u64, patient: u64) -> ReportRow {
    ReportRow {
        id: ReportId(id(number)),
        patient: PatientId(id(patient)),
        centre: centre().code,
        report_date: date(2026, 11, 23),
        slot_time: String::new(),
        channel: Channel::HealthCall,
        outcome: ReportOutcome::Unanswered,
        stopped_after: None,
        started_at: at(number as i64),
        ended_at: None,
        caller_number: Some(CallerNumber::Registered),
    }
}

pub fn answer(number: u64, report: u64, item: Item, entry: &str, severity: Severity) -> AnswerRow {
    AnswerRow {
        id: id(number),
        report: ReportId(id(report)),
        origin: AnswerOrigin::Unrecorded,
        item,
        entry: Sensitive::new(entry),
        severity,
        at: at(number as i64),
        late: false,
    }
}

/// Stores the centre, the flow set and this many calls.
pub async fn ground(database: &Database, with_calls: u64) -> Result<(), StoreError> {
    let mut tx = database.begin_write().await?;
    centres::insert(&mut tx, &centre()).await?;
    let set = FlowSetRow { digest: "digest".into(), files: "{}".into(), loaded_at: at(0) };
    assert!(flow_sets::put(&mut tx, &set).await?);
    assert!(!flow_sets::put(&mut tx, &set).await?, "a set is put once");
    calls::insert(&mut tx, &(0..with_calls).map(call).collect::<Vec<_>>()).await?;
    tx.commit().await
}
