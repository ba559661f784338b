//! Patients, during and after observation. Patients of an import that isn't decided yet are hidden: what finds patients
//! by anything but their ID skips them.

mod changes;
mod doubles;
mod one_setting;
mod stops;

use jiff::{Timestamp, civil::Date};

pub use changes::{changed_since, note_changes};

use super::{
    StoreError, Tx,
    bind_value::{BindValue, Row, parsed},
    tx::{Later, Lock},
};
use crate::domain::{
    BirthDate, CallTimes, CentreCode, Channel, FoldedName, HersysId, KnownIn, Language, Oximeter, PatientId,
    PhoneNumber, ReportId, Sensitive,
};

pub use doubles::{Namesake, likely_doubles, namesakes};
pub use one_setting::{set_call_times, set_languages};
pub use stops::{release, released_by, request_stop, resume, stop, stop_again, wrong_numbers};

/// One patient record, for one infection of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientRow {
    /// The record's id.
    pub id: PatientId,
    /// The health centre responsible for the patient.
    pub centre: CentreCode,
    /// The HER-SYS ID, unique per record.
    pub hersys_id: HersysId,
    /// The birth date.
    pub birth_date: BirthDate,
    /// 姓
    pub family_name: Sensitive,
    /// 名
    pub given_name: Sensitive,
    /// The registered number.
    pub phone_number: Option<PhoneNumber>,
    /// Whether the patient gets automated calls.
    pub automated_call: bool,
    /// `HH:MM;HH:MM` in the centre's time zone. Empty if the centre's pattern applies.
    pub call_times: String,
    /// The language of the calls.
    pub language: Language,
    /// 診断年月日
    pub diagnosis_date: Option<Date>,
    /// 観察開始日
    pub monitoring_start: Option<Date>,
    /// When the patient's calls were stopped.
    pub stopped_at: Option<Timestamp>,
    /// When observation ended.
    pub released_at: Option<Timestamp>,
    /// When the record was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The revision. Each change increments it, except of the next slot's time.
    pub revision: i64,
    /// The state of the patient's automated calls.
    pub calling: Calling,
    /// The channels and languages in which the patient has completed a call. [`completed`] writes it.
    pub known_in: Vec<KnownIn>,
    /// Whether the patient has an oximeter.
    pub oximeter: Oximeter,
    /// When SpO2 was last answered by phone, or `oximeter` was set. `None` if neither has happened. [`spo2_given`] and
    /// [`update`] write it.
    pub spo2_asked_at: Option<Timestamp>,
}

/// The state of a patient's automated calls. Separate functions write it, never [`update`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calling {
    /// When the next slot begins. `None` if there is none.
    pub next_slot_at: Option<Timestamp>,
    /// When the patient pressed key 8 to ask that calls stop. Set until the centre decides.
    pub stop_requested_at: Option<Timestamp>,
    /// The number at which someone else answered.
    pub wrong_number: Option<PhoneNumber>,
}

impl PatientRow {
    /// The patient's own call times. Empty if the centre's pattern applies.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] if the stored text is invalid.
    pub fn times(&self) -> Result<CallTimes, StoreError> {
        self.call_times.parse().map_err(|_| StoreError::Inconsistent { what: "patients.call_times" })
    }

    /// The languages in which the patient has completed a call of this channel.
    pub fn languages_known_in(&self, channel: Channel) -> Vec<Language> {
        let of_channel = self.known_in.iter().filter(|known| known.channel == channel);
        of_channel.map(|known| known.language).collect()
    }
}

/// The patient who gets automated calls on a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberHolder {
    /// The number.
    pub phone_number: PhoneNumber,
    /// The patient's record.
    pub patient: PatientId,
    /// The patient's HER-SYS ID.
    pub hersys_id: HersysId,
}

/// Starts a query that selects every column of a patient record.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, centre_code, hersys_id, birth_date, family_name, given_name, phone_number, automated_call,
             call_times, language, diagnosis_date, monitoring_start, stopped_at, released_at, created_at, updated_at,
             next_slot_at, stop_requested_at, wrong_number, revision, known_in, oximeter, spo2_asked_at FROM patients ",
            $rest
        )
    };
}

pub(super) use select;

/// Adds patients.
///
/// # Errors
/// [`StoreError::Taken`] if a HER-SYS ID is registered already, or if a number for automated calls belongs to another
/// patient under observation.
pub async fn insert(tx: &mut Tx, patients: &[PatientRow]) -> Result<(), StoreError> {
    insert_of(tx, NO_IMPORT, patients).await
}

/// Adds the patients of the import with this number. Nobody sees or calls them before it is decided, but nobody else
/// can have their HER-SYS IDs and numbers.
///
/// # Errors
/// Same as [`insert`].
pub async fn insert_hidden(tx: &mut Tx, import: i64, patients: &[PatientRow]) -> Result<(), StoreError> {
    insert_of(tx, import, patients).await
}

/// The number in records that no import added.
const NO_IMPORT: i64 = 0;

async fn insert_of(tx: &mut Tx, import: i64, patients: &[PatientRow]) -> Result<(), StoreError> {
    // In parts: the parameters of a whole import would take more memory than the import itself.
    for part in patients.chunks(PART) {
        let rows = part.iter().map(|patient| {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = columns(patient);
            [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, import.into()]
        });
        tx.execute_rows(
            "INSERT INTO patients (id, centre_code, hersys_id, birth_date, family_name, given_name, phone_number,
             automated_call, call_times, language, diagnosis_date, monitoring_start, stopped_at, released_at,
             created_at, updated_at, next_slot_at, oximeter, folded_name, import) VALUES",
            rows.collect(),
            "",
        )
        .await?;
    }
    Ok(())
}

/// Updates these records, except when they were created, stopped and released. Returns how many exist. A simultaneous
/// stop is never overwritten.
///
/// # Errors
/// Same as [`insert`]. The uniqueness of numbers is checked after each record, so one call can't swap the numbers of
/// two patients.
pub async fn update(tx: &mut Tx, patients: &[PatientRow]) -> Result<u64, StoreError> {
    let mut written = 0;
    for part in patients.chunks(PART) {
        written += tx
            .execute_rows(
                "UPDATE patients SET centre_code = v.column2, hersys_id = v.column3, birth_date = v.column4,
                 family_name = v.column5, given_name = v.column6, phone_number = v.column7, automated_call = v.column8,
                 call_times = v.column9, language = v.column10, diagnosis_date = v.column11,
                 monitoring_start = v.column12, updated_at = v.column16, next_slot_at = v.column17,
                 oximeter = v.column18, folded_name = v.column19,
                 spo2_unmeasured = CASE WHEN patients.oximeter = v.column18 THEN patients.spo2_unmeasured ELSE 0 END,
                 spo2_asked_at =
                     CASE WHEN patients.oximeter = v.column18 THEN patients.spo2_asked_at ELSE v.column16 END,
                 revision = patients.revision + 1 FROM (VALUES",
                part.iter().map(columns).collect(),
                ") AS v WHERE patients.id = v.column1",
            )
            .await?;
    }
    Ok(written)
}

/// How many records are converted to parameters at a time.
const PART: usize = 1024;

fn columns(patient: &PatientRow) -> [BindValue<'_>; 19] {
    [
        patient.id.into(),
        (&patient.centre).into(),
        (&patient.hersys_id).into(),
        patient.birth_date.expose().into(),
        (&patient.family_name).into(),
        (&patient.given_name).into(),
        patient.phone_number.as_ref().into(),
        patient.automated_call.into(),
        patient.call_times.as_str().into(),
        patient.language.tag().into(),
        patient.diagnosis_date.into(),
        patient.monitoring_start.into(),
        patient.stopped_at.into(),
        patient.released_at.into(),
        patient.created_at.into(),
        patient.updated_at.into(),
        patient.calling.next_slot_at.into(),
        patient.oximeter.code().into(),
        folded_name(patient).expose().to_owned().into(),
    ]
}

fn folded_name(patient: &PatientRow) -> FoldedName {
    FoldedName::of_names(patient.family_name.expose(), patient.given_name.expose())
}

/// Folds the names of records that an earlier version wrote.
///
/// # Errors
/// Database errors.
pub(super) async fn fold_names(tx: &mut Tx) -> Result<(), StoreError> {
    let sql =
        "SELECT id, family_name, given_name FROM patients WHERE folded_name = '' AND id > $1 ORDER BY id LIMIT $2";
    let part = i64::try_from(PART).unwrap_or(i64::MAX);
    let mut last = String::new();
    loop {
        let names = tx
            .fetch_all(sql, vec![last.clone().into(), part.into()], |row| {
                Ok((row.owned(0)?, FoldedName::of_names(row.text(1)?, row.text(2)?)))
            })
            .await?;
        let Some((id, _)) = names.last() else { return Ok(()) };
        last.clone_from(id);
        tx.write_rows(
            "UPDATE patients SET folded_name = v.column2 FROM (VALUES",
            names.iter().map(|(id, name)| [id.as_str().into(), name.expose().into()]).collect(),
            ") AS v WHERE patients.id = v.column1",
        )
        .await?;
    }
}

/// Returns `true` if these records exist at these revisions. The caller has locked them.
///
/// # Errors
/// Database errors.
pub async fn are_at(tx: &mut Tx, patients: &[PatientRow]) -> Result<bool, StoreError> {
    let rows = patients.iter().map(|patient| [patient.id.into(), patient.revision.into()]);
    let found = tx
        .fetch_rows(
            "SELECT p.id FROM (VALUES",
            rows.collect(),
            ") AS v JOIN patients p ON p.id = v.column1 AND p.revision = v.column2",
            |_| Ok(()),
        )
        .await?;
    Ok(found.len() == patients.len())
}

/// Lets no other transaction give a patient a number for automated calls before this one ends.
///
/// # Errors
/// Database errors.
pub async fn hold_numbers(tx: &mut Tx) -> Result<(), StoreError> {
    tx.lock(Lock::Numbers).await
}

/// The records with these HER-SYS IDs, in no particular order. Unknown IDs are omitted.
///
/// # Errors
/// Database errors.
pub async fn by_hersys_ids(tx: &mut Tx, ids: &[HersysId]) -> Result<Vec<PatientRow>, StoreError> {
    let later = later_by_hersys_ids(tx, ids).await?;
    later.read(&tx.arrive().await?)
}

pub(super) async fn later_by_hersys_ids(tx: &mut Tx, ids: &[HersysId]) -> Result<Later<PatientRow>, StoreError> {
    tx.later_in(
        select!("WHERE import <> (SELECT hidden FROM imports) AND hersys_id IN"),
        &[],
        ids.iter().map(|id| id.into()),
        "",
        read,
    )
    .await
}

/// The records with these IDs, in no particular order. Unknown IDs are omitted.
///
/// # Errors
/// Database errors.
pub async fn by_ids(tx: &mut Tx, ids: &[PatientId]) -> Result<Vec<PatientRow>, StoreError> {
    tx.fetch_in(select!("WHERE id IN"), &[], ids.iter().map(|id| (*id).into()), "", read).await
}

/// Filters these HER-SYS IDs for those that are registered, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn registered(tx: &mut Tx, ids: &[HersysId]) -> Result<Vec<HersysId>, StoreError> {
    let head = "SELECT hersys_id FROM patients WHERE import <> (SELECT hidden FROM imports) AND hersys_id IN";
    tx.fetch_in(head, &[], ids.iter().map(|id| id.into()), "", |row| {
        row.read(0, "patients.hersys_id", |text| HersysId::parse(text).ok())
    })
    .await
}

/// The patients under observation who get automated calls on these numbers: at most one per number.
///
/// # Errors
/// Database errors.
pub async fn automated_call_holders(tx: &mut Tx, numbers: &[PhoneNumber]) -> Result<Vec<NumberHolder>, StoreError> {
    tx.fetch_in(
        "SELECT phone_number, id, hersys_id FROM patients
         WHERE automated_call AND released_at IS NULL AND import <> (SELECT hidden FROM imports) AND phone_number IN",
        &[],
        numbers.iter().map(|number| number.into()),
        "",
        |row| {
            Ok(NumberHolder {
                phone_number: row.read(0, "patients.phone_number", |text| PhoneNumber::from_e164(text).ok())?,
                patient: row.read(1, "patients.id", parsed)?,
                hersys_id: row.read(2, "patients.hersys_id", |text| HersysId::parse(text).ok())?,
            })
        },
    )
    .await
}

/// The own call times of a centre's patients, as stored, each with the number of patients who have them. Only patients
/// who are called count.
///
/// # Errors
/// Database errors.
pub async fn own_call_times(tx: &mut Tx, centre: &CentreCode) -> Result<Vec<(String, u64)>, StoreError> {
    tx.fetch_all(
        "SELECT call_times, count(*) FROM patients WHERE centre_code = $1 AND automated_call AND released_at IS NULL
         AND stopped_at IS NULL AND call_times <> '' AND import <> (SELECT hidden FROM imports) GROUP BY call_times",
        vec![centre.into()],
        |row| Ok((row.owned(0)?, u64::try_from(row.int(1)?).unwrap_or(0))),
    )
    .await
}

/// The call times of a health centre's patients who are called on a day, and how many have each. An empty text stands
/// for those who have none of their own.
///
/// # Errors
/// Database errors.
pub async fn called_by_times(tx: &mut Tx, centre: &CentreCode, on: Date) -> Result<Vec<(String, u64)>, StoreError> {
    tx.fetch_all(
        "SELECT call_times, count(*) FROM patients WHERE centre_code = $1 AND automated_call AND released_at IS NULL
         AND stopped_at IS NULL AND stop_requested_at IS NULL AND phone_number IS NOT NULL
         AND (wrong_number IS NULL OR wrong_number <> phone_number)
         AND (monitoring_start IS NULL OR monitoring_start <= $2) AND import <> (SELECT hidden FROM imports)
         GROUP BY call_times",
        vec![centre.into(), on.into()],
        |row| Ok((row.owned(0)?, u64::try_from(row.int(1)?).unwrap_or(0))),
    )
    .await
}

/// Locks these records until the transaction ends: other transactions that lock one of them wait. Without the lock, a
/// stop and a call could miss each other on PostgreSQL.
///
/// # Errors
/// Database errors.
pub async fn hold(tx: &mut Tx, ids: &[PatientId]) -> Result<(), StoreError> {
    if tx.writes_alone() {
        return Ok(());
    }
    let mut ids = ids.to_vec();
    // Lock in the same order everywhere, to prevent deadlocks.
    ids.sort_unstable();
    ids.dedup();
    tx.write_rows(
        "UPDATE patients SET updated_at = updated_at FROM (VALUES",
        ids.into_iter().map(|id| [id.into()]).collect(),
        ") AS v WHERE patients.id = v.column1",
    )
    .await
}

/// The patients whose next slot begins by `now`, earliest first.
///
/// # Errors
/// Database errors.
pub async fn with_slot_by(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<PatientId>, StoreError> {
    tx.fetch_all(
        "SELECT id FROM patients WHERE next_slot_at <= $1 AND import <> (SELECT hidden FROM imports)
         ORDER BY next_slot_at, id LIMIT $2",
        vec![now.into(), i64::from(limit).into()],
        |row| row.read(0, "patients.id", parsed),
    )
    .await
}

/// Patients of a health centre whose next slot begins by `now`, earliest first.
///
/// # Errors
/// Database errors.
pub async fn with_slot_by_of(
    tx: &mut Tx,
    centre: &CentreCode,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<PatientRow>, StoreError> {
    tx.fetch_all(
        // Not by the index of the centre's patients: few of them are due.
        select!(
            "WHERE next_slot_at <= $1 AND centre_code || '' = $2 AND import <> (SELECT hidden FROM imports)
             ORDER BY next_slot_at, id LIMIT $3"
        ),
        vec![now.into(), centre.into(), i64::from(limit).into()],
        read,
    )
    .await
}

/// Sets when the next slots of patients begin.
///
/// # Errors
/// Database errors.
pub async fn set_next_slots(tx: &mut Tx, next: &[(PatientId, Option<Timestamp>)]) -> Result<(), StoreError> {
    tx.write_rows(
        "UPDATE patients SET next_slot_at = v.column2 FROM (VALUES",
        next.iter().map(|(patient, at)| [(*patient).into(), (*at).into()]).collect(),
        ") AS v WHERE patients.id = v.column1",
    )
    .await
}

/// The patients of a health centre who may be called, ordered by ID and starting after `after`.
///
/// # Errors
/// Database errors.
pub async fn called_at(
    tx: &mut Tx,
    centre: &CentreCode,
    after: Option<PatientId>,
    limit: u32,
) -> Result<Vec<PatientRow>, StoreError> {
    let after = after.map(|id| id.0.to_string()).unwrap_or_default();
    tx.fetch_all(
        select!(
            "WHERE centre_code = $1 AND id > $2 AND automated_call AND released_at IS NULL AND stopped_at IS NULL
             AND import <> (SELECT hidden FROM imports) ORDER BY id LIMIT $3"
        ),
        vec![centre.into(), after.into(), i64::from(limit).into()],
        read,
    )
    .await
}

/// Records in which channels and languages the patients of these reports have completed a call.
///
/// # Errors
/// Database errors.
pub async fn completed(tx: &mut Tx, calls: &[(ReportId, KnownIn)]) -> Result<(), StoreError> {
    // Added here and not to what was read before, as two calls may end at once.
    tx.write_rows(
        "UPDATE patients SET known_in = patients.known_in || v.column2 FROM (VALUES",
        calls.iter().map(|(report, known)| [(*report).into(), known.code().into()]).collect(),
        ") AS v JOIN reports r ON r.id = v.column1
         WHERE patients.id = r.patient_id AND patients.known_in NOT LIKE '%' || v.column2 || '%'",
    )
    .await
}

/// An answer to the question for SpO2, by phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spo2Given {
    /// The report.
    pub report: ReportId,
    /// Whether there was a value.
    pub measured: bool,
    /// What was known of the patient's oximeter when the call began.
    pub before: Oximeter,
    /// When.
    pub at: Timestamp,
}

/// A change of what is known of a patient's oximeter, by an answer in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OximeterChange {
    /// The patient.
    pub patient: PatientId,
    /// The health centre responsible for the patient.
    pub centre: CentreCode,
    /// What was known before.
    pub before: Oximeter,
    /// What is known now.
    pub after: Oximeter,
}

/// Records answers to the question for SpO2. After `most` reports in a row without a value, the patient counts as one
/// without an oximeter, until there is a value. Returns what has changed.
///
/// # Errors
/// Database errors.
pub async fn spo2_given(tx: &mut Tx, given: &[Spo2Given], most: i64) -> Result<Vec<OximeterChange>, StoreError> {
    tx.write_rows(
        "UPDATE patients SET spo2_report = v.column1, spo2_asked_at = v.column3,
         spo2_unmeasured = CASE WHEN v.column2 THEN 0
             WHEN patients.spo2_report = v.column1 AND patients.spo2_unmeasured > 0 THEN patients.spo2_unmeasured
             ELSE patients.spo2_unmeasured + 1 END
         FROM (VALUES",
        given.iter().map(|one| [one.report.into(), one.measured.into(), one.at.into()]).collect(),
        ") AS v JOIN reports r ON r.id = v.column1 WHERE patients.id = r.patient_id",
    )
    .await?;
    // Most patients measure, and nothing changes for them.
    let may_change = given.iter().filter(|one| one.measured == (one.before == Oximeter::No));
    // The rows are locked by what was written above.
    let mut changes = tx
        .fetch_rows(
            "SELECT p.id, p.centre_code, p.oximeter, CASE WHEN v.column2 THEN 'yes' ELSE 'no' END FROM (VALUES",
            may_change.map(|one| [one.report.into(), one.measured.into(), most.into()]).collect(),
            ") AS v JOIN reports r ON r.id = v.column1 JOIN patients p ON p.id = r.patient_id
             WHERE CASE WHEN v.column2 THEN p.oximeter = 'no'
                 ELSE p.oximeter <> 'no' AND p.spo2_unmeasured >= v.column3 END",
            |row| {
                Ok(OximeterChange {
                    patient: row.read(0, "patients.id", parsed)?,
                    centre: row.read(1, "patients.centre_code", |text| CentreCode::parse(text).ok())?,
                    before: row.read(2, "patients.oximeter", Oximeter::from_code)?,
                    after: row.read(3, "patients.oximeter", Oximeter::from_code)?,
                })
            },
        )
        .await?;
    changes.sort_by_key(|change| change.patient);
    changes.dedup_by_key(|change| change.patient);
    if changes.is_empty() {
        return Ok(changes);
    }
    tx.write_rows(
        "UPDATE patients SET oximeter = v.column2, revision = patients.revision + 1 FROM (VALUES",
        changes.iter().map(|change| [change.patient.into(), change.after.code().into()]).collect(),
        ") AS v WHERE patients.id = v.column1",
    )
    .await?;
    note_changes(tx, changes.iter().map(|change| (change.patient, "oximeter")).collect()).await?;
    Ok(changes)
}

pub(super) fn read(row: &Row<'_>) -> Result<PatientRow, StoreError> {
    Ok(PatientRow {
        id: row.read(0, "patients.id", parsed)?,
        centre: row.read(1, "patients.centre_code", |text| CentreCode::parse(text).ok())?,
        hersys_id: row.read(2, "patients.hersys_id", |text| HersysId::parse(text).ok())?,
        birth_date: row.read(3, "patients.birth_date", |text| BirthDate::from_stored(text).ok())?,
        family_name: row.sensitive(4)?,
        given_name: row.sensitive(5)?,
        phone_number: row.opt_read(6, "patients.phone_number", |text| PhoneNumber::from_e164(text).ok())?,
        automated_call: row.flag(7)?,
        call_times: row.owned(8)?,
        language: row.read(9, "patients.language", parsed)?,
        diagnosis_date: row.opt_read(10, "patients.diagnosis_date", parsed)?,
        monitoring_start: row.opt_read(11, "patients.monitoring_start", parsed)?,
        stopped_at: row.opt_time(12, "patients.stopped_at")?,
        released_at: row.opt_time(13, "patients.released_at")?,
        created_at: row.time(14, "patients.created_at")?,
        updated_at: row.time(15, "patients.updated_at")?,
        calling: Calling {
            next_slot_at: row.opt_time(16, "patients.next_slot_at")?,
            stop_requested_at: row.opt_time(17, "patients.stop_requested_at")?,
            wrong_number: row.opt_read(18, "patients.wrong_number", |text| PhoneNumber::from_e164(text).ok())?,
        },
        revision: row.int(19)?,
        known_in: KnownIn::read_all(row.text(20)?),
        oximeter: row.read(21, "patients.oximeter", Oximeter::from_code)?,
        spo2_asked_at: row.opt_time(22, "patients.spo2_asked_at")?,
    })
}
