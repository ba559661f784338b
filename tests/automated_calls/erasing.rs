//! Erasing a person: nothing about them is left in the database, and the audit trail still verifies.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use kenkocall::domain::{AlertId, AlertKind, CentreCode, HersysId, NoteId, NoteText};
use kenkocall::lab::{SYNTHETIC_CENTRE, synthetic_number};
use kenkocall::patient_import::Column;
use kenkocall::service::{
    Details, Erasure, PatientError, PatientQuery, PatientStatus, PatientTerms, Rewritten, ServiceError, ShownEntry,
    Subject, TakeFrom, TrailQuery, add_note, add_patient, erase_person, list_patients, list_trail, release_patient,
    seal_trail, show_patient, take_line, walk_trail,
};
use kenkocall::store::alerts::{self, AlertRow};
use kenkocall::store::patients;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, answers_after, id};

crate::on_both_databases!(
    an_erased_person_is_nowhere_in_the_database_and_the_trail_verifies,
    nobody_is_erased_too_early_or_twice,
    entries_of_an_older_version_stay_readable_and_are_counted,
);

/// The numbers of the patient, before and after a change, the one at which nobody is, and what else is known.
const NEW_NUMBER: &str = "09087651234";
const NAME: &str = "鷹司";
const BIRTH_DATE: &str = "19800401";
const NOTE: &str = "隣家の鍵を預かる。";
/// Somebody else, who stays.
const OTHER_ID: &str = "7654321";
const OTHER_NAME: &str = "西園寺";
const OTHER_NUMBER: &str = "08011112222";

async fn day(fresh: &Fresh) -> Day {
    let plan = Plan { patients: vec!["09:00;18:00"], people: vec![(0, vec![answers_after(2); 4])], ..Plan::default() };
    let day = Day::begin(fresh, plan).await;
    day.set(0, &[(Column::FamilyName, NAME)]).await;
    day
}

fn other() -> [(Column, &'static str); 5] {
    [
        (Column::HersysId, OTHER_ID),
        (Column::BirthDate, "1971-12-31"),
        (Column::FamilyName, OTHER_NAME),
        (Column::GivenName, "桜"),
        (Column::PhoneNumber, OTHER_NUMBER),
    ]
}

async fn search(day: &Day, filter: PatientQuery) {
    let filter = PatientQuery { status: PatientStatus::All, limit: 10, ..filter };
    drop(list_patients(&day.client.context, &day.client.actor, &filter, Details::Masked).await.unwrap());
}

/// A reported slot, a call from another number, a new number, and what staff did.
async fn eventful(day: &Day) {
    let centre = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    // Looked up before it is registered.
    let other_id = HersysId::parse(OTHER_ID).unwrap();
    assert!(show_patient(&day.client.context, &day.client.actor, &other_id, Details::Masked).await.is_err());
    add_patient(&day.client.context, &day.client.actor, &centre, &other()).await.unwrap();
    day.until("09:30").await;
    assert_eq!(day.kept.count("answers").await, 11, "the call was answered");
    day.rings_in_from(
        0,
        Some("+818099990000").map(|number| kenkocall::domain::PhoneNumber::from_e164(number).unwrap()),
    );
    day.until("09:45").await;
    drop(show_patient(&day.client.context, &day.client.actor, &id(0), Details::Revealed).await.unwrap());
    take_and_note(day).await;
    search(day, PatientQuery { terms: PatientTerms::read(NAME), ..PatientQuery::default() }).await;
    search(day, PatientQuery { id_part: Some(id(0).expose()[2..].into()), ..PatientQuery::default() }).await;
    search(day, PatientQuery { terms: PatientTerms::read(OTHER_NAME), ..PatientQuery::default() }).await;
    day.set(0, &[(Column::PhoneNumber, NEW_NUMBER), (Column::GivenName, "鏡子")]).await;
    // The name in this search changes afterwards.
    search(day, PatientQuery { terms: PatientTerms::read(&format!("{NAME}鏡子")), ..PatientQuery::default() }).await;
    day.set(0, &[(Column::GivenName, "花")]).await;
    day.until("19:00").await;
    release_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
}

/// Somebody takes the person's line and notes something about them.
async fn take_and_note(day: &Day) {
    let (context, actor) = (&day.client.context, &day.client.actor);
    let mut tx = context.database.begin_write().await.unwrap();
    let patient = patients::by_hersys_ids(&mut tx, &[id(0)]).await.unwrap()[0].clone();
    let row = AlertRow::of_all(AlertId(uuid::Uuid::now_v7()), AlertKind::CallBack, context.clock.now());
    let alert = AlertRow { centre: Some(patient.centre), patient: Some(patient.id), ..row };
    alerts::raise(&mut tx, std::slice::from_ref(&alert)).await.unwrap();
    tx.commit().await.unwrap();
    take_line(context, actor, alert.id, TakeFrom::Nobody).await.unwrap();
    let text = NoteText::parse(NOTE).unwrap().unwrap();
    add_note(context, actor, alert.id, NoteId(uuid::Uuid::now_v7()), &text).await.unwrap();
}

/// The values of the person, in each form in which they could be stored.
fn values() -> Vec<String> {
    let old = synthetic_number(0).unwrap();
    let numbers = [old.expose(), &old.expose()[3..], &NEW_NUMBER[1..], "8099990000"].map(str::to_owned);
    let escaped = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
    let names = [NAME, "鏡子"].into_iter().flat_map(|name| [name.to_owned(), escaped(name)]);
    let texts = [id(0).expose(), BIRTH_DATE, "1980-04-01", NOTE].map(str::to_owned);
    numbers.into_iter().chain(names).chain(texts).collect()
}

/// The values that are anywhere in the database: in the file, or in a dump of all rows.
async fn found(day: &Day, fresh: &Fresh, values: &[String]) -> BTreeSet<String> {
    let mut all: Vec<u8> = Vec::new();
    if let Some(path) = fresh.url.strip_prefix("sqlite://") {
        all.extend(std::fs::read(path).unwrap());
        all.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
    } else {
        let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
        for table in day.kept.column(tables).await {
            let rows = day.kept.column(&format!("SELECT t::text FROM \"{table}\" AS t")).await;
            all.extend(rows.join("\n").into_bytes());
        }
    }
    let is_there = |value: &&String| all.windows(value.len()).any(|window| window == value.as_bytes());
    values.iter().filter(is_there).cloned().collect()
}

async fn verifies(day: &Day) -> u64 {
    let found = walk_trail(&day.client.context, &day.client.actor, None, std::time::Duration::ZERO).await.unwrap();
    assert_eq!(found.chain_error, None);
    assert_eq!((found.waiting, found.rows.unsealed), (0, 0));
    assert_eq!(found.rows.bad, []);
    found.rows.erased
}

async fn trail(day: &Day, patient: Option<HersysId>) -> Vec<ShownEntry> {
    let filter = TrailQuery { patient, limit: 1_000, ..TrailQuery::default() };
    list_trail(&day.client.context, &day.client.actor, &filter, Details::Revealed).await.unwrap().found.items
}

fn pass_two_days(day: &Day) {
    day.simulation.clock.set(day.simulation.clock.now() + SignedDuration::from_hours(48));
}

async fn an_erased_person_is_nowhere_in_the_database_and_the_trail_verifies(fresh: Fresh) {
    let day = day(&fresh).await;
    eventful(&day).await;
    pass_two_days(&day);
    let all: BTreeSet<String> = values().into_iter().filter(|value| !value.starts_with("\\u")).collect();
    let before = found(&day, &fresh, &values()).await;
    let missing: Vec<&String> = all.difference(&before).collect();
    // The old number of the patient is in other forms, and a name that was changed is only in the encrypted trail.
    assert!(missing.len() <= 3 && before.len() > 6, "{missing:?}");
    let of_person = trail(&day, Some(id(0))).await;
    assert!(of_person.iter().any(|entry| entry.row.details.as_str().contains(&NEW_NUMBER[1..])), "it is read before");
    assert_eq!(verifies(&day).await, 0);

    let Erasure { rows, calls, plain_entries, patient, rewritten } =
        erase_person(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    assert!(rows >= 15 && calls >= 2 && plain_entries == 0, "{rows} {calls} {plain_entries}");
    assert_eq!(rewritten, Rewritten::Yes);
    assert_eq!(found(&day, &fresh, &values()).await, BTreeSet::new());
    assert_eq!(verifies(&day).await, rows as u64);

    // The trail still says what was done to whose record, but no value.
    let about = |entry: &&ShownEntry| {
        matches!(entry.row.subject, Subject::Patient(about) if about == patient) && entry.row.action != "patient.erased"
    };
    let names = |entry: &&ShownEntry| entry.people.iter().any(|(named, _)| *named == patient);
    let listed = trail(&day, None).await;
    let entries: Vec<&ShownEntry> = listed.iter().filter(about).collect();
    let views: Vec<&ShownEntry> = listed.iter().filter(names).collect();
    assert!(views.len() >= 3 && entries.len() + views.len() >= of_person.len());
    assert!(entries.iter().all(|entry| entry.hersys_id.is_none()));
    assert!(views.iter().flat_map(|entry| &entry.people).all(|(named, id)| id.is_none() == (*named == patient)));
    let values: Vec<&serde_json::Value> = entries.iter().flat_map(|entry| entry.fields.values()).collect();
    assert!(values.len() > 5 && values.iter().all(|value| **value == "[erased]"), "{values:?}");
    let searched: Vec<String> = listed
        .iter()
        .filter(|entry| entry.row.action == "patients.listed")
        .map(|entry| entry.row.details.as_str().to_owned())
        .collect();
    assert_eq!(searched.len(), 4);
    assert_eq!(searched.iter().filter(|details| details.contains("[erased]")).count(), 3, "{searched:?}");
    assert_eq!(searched.iter().filter(|details| details.contains(OTHER_NAME)).count(), 1, "{searched:?}");

    // Somebody else's data are all there, and so are the calls.
    let other_id = HersysId::parse(OTHER_ID).unwrap();
    assert!(show_patient(&day.client.context, &day.client.actor, &other_id, Details::Masked).await.is_ok());
    let of_other = trail(&day, Some(other_id)).await;
    assert!(of_other.iter().any(|entry| entry.row.details.as_str().contains(OTHER_NAME)));
    assert!(of_other.iter().any(|entry| entry.row.action == "patient.not_found" && entry.hersys_id.is_some()));
    assert!(day.kept.count("calls WHERE disposition IS NOT NULL").await >= 2);
    for table in [
        "turns",
        "sessions",
        "reports",
        "answers",
        "identifications",
        "attempts",
        "slots",
        "alert_claims",
        "line_notes",
        "round_claims",
        "staff_calls",
        "answer_corrections",
        "diagnoses",
        "certificates",
        "passport_numbers",
    ] {
        assert_eq!(day.kept.count(table).await, 0, "{table}");
    }
}

async fn nobody_is_erased_too_early_or_twice(fresh: Fresh) {
    let day = day(&fresh).await;
    day.until("09:30").await;
    let all = async |day: &Day| day.kept.count("patients").await + day.kept.count("answers").await;
    let before = all(&day).await;
    pass_two_days(&day);
    assert!(
        matches!(
            erase_person(&day.client.context, &day.client.actor, &id(0)).await,
            Err(ServiceError::Patient(PatientError::NotErasable))
        ),
        "not released"
    );
    release_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    day.simulation.clock.set(day.simulation.clock.now() + SignedDuration::from_hours(47));
    assert!(
        matches!(
            erase_person(&day.client.context, &day.client.actor, &id(0)).await,
            Err(ServiceError::Patient(PatientError::NotErasable))
        ),
        "a day ago"
    );
    assert_eq!(all(&day).await, before, "nothing was erased");
    pass_two_days(&day);
    day.kept.rows("UPDATE calls SET ended_at = NULL").await;
    assert!(
        matches!(
            erase_person(&day.client.context, &day.client.actor, &id(0)).await,
            Err(ServiceError::Patient(PatientError::NotErasable))
        ),
        "on the phone"
    );
    day.kept.rows("UPDATE calls SET ended_at = started_at").await;
    erase_person(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    assert!(matches!(
        erase_person(&day.client.context, &day.client.actor, &id(0)).await,
        Err(ServiceError::Patient(PatientError::NotFound))
    ));
    // Later infections get other IDs, but nothing keeps this one from being registered again.
    let centre = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    let id = id(0);
    let again = [&[(Column::HersysId, id.expose())][..], &other()[1..]].concat();
    add_patient(&day.client.context, &day.client.actor, &centre, &again).await.unwrap();
    assert_eq!(verifies(&day).await, 12);
}

async fn entries_of_an_older_version_stay_readable_and_are_counted(fresh: Fresh) {
    let day = day(&fresh).await;
    let patient = day.kept.column("SELECT id FROM patients").await.pop().unwrap();
    // As the version before wrote them: a change, a view without details, and a lookup.
    for (nth, (subject, details)) in [
        (format!("patient:{patient}"), r#"{"phone_number":["09011112222","09033334444"]}"#),
        (format!("patient:{patient}"), "{}"),
        (format!("hersys_id:{}", id(0).expose()), r#"{"asked":[null,"patient.shown"]}"#),
    ]
    .into_iter()
    .enumerate()
    {
        let entry = format!("('{}', 1, 'nurse', 'command', 'patient.x', '{subject}', NULL, '{details}')", uuid(nth));
        let columns = "id, at, actor, source, action, subject, centre_code, details";
        day.kept.rows(&format!("INSERT INTO audit ({columns}) VALUES {entry}")).await;
    }
    seal_trail(&day.client.context.database).await.unwrap();
    let old = async |day: &Day| {
        let listed = trail(day, Some(id(0))).await.into_iter().filter(|entry| entry.row.action == "patient.x");
        listed.map(|entry| entry.row.details.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(old(&day).await.len(), 3);
    assert!(old(&day).await.concat().contains("09033334444"));
    release_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    pass_two_days(&day);
    let erasure = erase_person(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    assert_eq!(erasure.plain_entries, 2, "staff are told that they remain");
    verifies(&day).await;
}

fn uuid(nth: usize) -> uuid::Uuid {
    uuid::Uuid::from_u128(nth as u128)
}
