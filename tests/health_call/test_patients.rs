//! The people in these tests: one health centre and a family, whose data don't occur in any prompt.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use kenkocall::domain::{BirthDate, CentreCode, HersysId, Language, Oximeter, PatientId, PhoneNumber, Sensitive};
use kenkocall::store::centres::{self, CentreRow};
use kenkocall::store::patients::{self, Calling, PatientRow};
use kenkocall::store::{Database, StoreError};
use uuid::Uuid;

pub const CENTRE: &str = "13101";
pub const CENTRE_NAME: &str = "架空区保健所";
pub const CENTRE_PHONE: &str = "+81352113641";

/// The mother, whose number is registered.
pub const MOTHER: Person = Person {
    id: "73519046",
    birth_date: "19510723",
    number: Some("+819066778899"),
    standing: Standing::Observed,
    name: ["鷹司", "鏡子"],
};
pub const SON: Person =
    Person {
        id: "826053", birth_date: "19790214", number: None, standing: Standing::Observed, name: ["鷹司", "蓮"]
    };
/// The aunt, whose observation has ended.
pub const AUNT: Person = Person {
    id: "9150382",
    birth_date: "19640930",
    number: None,
    standing: Standing::Released,
    name: ["鵜飼", "澄江"],
};
/// The uncle, whose observation begins later.
pub const UNCLE: Person =
    Person { id: "6402817", birth_date: "19591105", number: None, standing: Standing::Later, name: ["鵜飼", "巌"] };
/// An identity that isn't registered.
pub const NOBODY: Person =
    Person { id: "40404040", birth_date: "19700606", number: None, standing: Standing::Later, name: ["", ""] };

pub const EVERYBODY: [Person; 4] = [MOTHER, SON, AUNT, UNCLE];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Observed,
    Released,
    Later,
}

#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub id: &'static str,
    pub birth_date: &'static str,
    pub number: Option<&'static str>,
    pub standing: Standing,
    pub name: [&'static str; 2],
}

/// A time zone in which it is about noon now, so that no test passes midnight.
pub fn noon_zone(now: Timestamp) -> String {
    let hours = 12 - i32::from(TimeZone::UTC.to_datetime(now).hour());
    // POSIX offsets count westwards.
    if hours > 0 { format!("Etc/GMT-{hours}") } else { format!("Etc/GMT+{}", -hours) }
}

/// Registers the centre and [`EVERYBODY`].
pub async fn register(database: &Database, now: Timestamp, zone: &str) {
    let centre = CentreRow {
        code: CentreCode::parse(CENTRE).unwrap(),
        name: CENTRE_NAME.to_owned(),
        phone: PhoneNumber::from_e164(CENTRE_PHONE).unwrap(),
        time_zone: zone.to_owned(),
        // A test by the real clock must not depend on the day and the hour.
        settings: if zone.starts_with("Etc/") { r#"{"office_hours":"03:00-03:01"}"# } else { "{}" }.to_owned(),
        created_at: now,
        updated_at: now,
    };
    let today = TimeZone::get(zone).unwrap().to_datetime(now).date();
    let rows: Vec<PatientRow> = EVERYBODY.iter().map(|person| row(person, now, today)).collect();
    let mut tx = database.begin_write().await.unwrap();
    centres::insert(&mut tx, &centre).await.unwrap();
    patients::insert(&mut tx, &rows).await.unwrap();
    tx.commit().await.unwrap();
}

/// Registers many more people under observation, with the mother's birth date and no number.
pub async fn register_many(database: &Database, now: Timestamp, ids: &[String]) -> Result<(), StoreError> {
    let rows: Vec<PatientRow> = ids
        .iter()
        .map(|id| PatientRow {
            hersys_id: HersysId::parse(id).unwrap(),
            phone_number: None,
            automated_call: false,
            ..row(&MOTHER, now, TimeZone::UTC.to_datetime(now).date())
        })
        .collect();
    let mut tx = database.begin_write().await?;
    patients::insert(&mut tx, &rows).await?;
    tx.commit().await
}

/// Registers people who are called, each by a number of their own. Returns their HER-SYS IDs.
#[allow(dead_code, reason = "tests/sip uses it")]
pub async fn register_callable(database: &Database, now: Timestamp, count: u32) -> Result<Vec<String>, StoreError> {
    let ids: Vec<String> = (0..count).map(|nth| (2_500_000 + nth).to_string()).collect();
    let of = |(nth, id): (usize, &String)| PatientRow {
        hersys_id: HersysId::parse(id).unwrap(),
        phone_number: PhoneNumber::from_e164(&format!("+81906677{nth:04}")).ok(),
        automated_call: true,
        ..row(&MOTHER, now, TimeZone::UTC.to_datetime(now).date())
    };
    let rows: Vec<PatientRow> = ids.iter().enumerate().map(of).collect();
    let mut tx = database.begin_write().await?;
    patients::insert(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(ids)
}

fn row(person: &Person, now: Timestamp, today: Date) -> PatientRow {
    let later = today.tomorrow().unwrap();
    PatientRow {
        id: PatientId(Uuid::now_v7()),
        centre: CentreCode::parse(CENTRE).unwrap(),
        hersys_id: HersysId::parse(person.id).unwrap(),
        birth_date: BirthDate::parse_keys(person.birth_date, date(2020, 1, 1)).unwrap(),
        family_name: Sensitive::new(person.name[0]),
        given_name: Sensitive::new(person.name[1]),
        phone_number: person.number.map(|number| PhoneNumber::from_e164(number).unwrap()),
        automated_call: person.number.is_some(),
        call_times: String::new(),
        language: Language::Japanese,
        diagnosis_date: None,
        monitoring_start: (person.standing == Standing::Later).then_some(later),
        stopped_at: None,
        released_at: (person.standing == Standing::Released).then_some(now),
        created_at: now,
        updated_at: now,
        revision: 1,
        calling: Calling::default(),
        known_in: Vec::new(),
        oximeter: Oximeter::Unknown,
        spo2_asked_at: None,
    }
}
