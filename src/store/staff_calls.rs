//! Calls that staff placed themselves. They are added and never changed.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{CentreCode, PatientId, ReportId, StaffCallId, StaffCallOutcome};

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffCallRow {
    /// The call.
    pub id: StaffCallId,
    /// The person.
    pub patient: PatientId,
    /// The health centre at that time.
    pub centre: CentreCode,
    /// What came of it.
    pub outcome: StaffCallOutcome,
    /// When to call again.
    pub again_at: Option<Timestamp>,
    /// Who called.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// The report that has what was said. `None` if nothing was.
    pub report: Option<ReportId>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.patient_id, s.centre_code, s.outcome, s.again_at, s.author, s.at, s.report_id
             FROM staff_calls s ",
            $rest
        )
    };
}

/// Adds a call. Returns `false` if it was added before.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, call: &StaffCallRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO staff_calls (id, patient_id, centre_code, outcome, again_at, author, at, report_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
    let report = call.report.map(|report| report.to_string());
    let args = vec![
        call.id.into(),
        call.patient.into(),
        (&call.centre).into(),
        call.outcome.code().into(),
        call.again_at.into(),
        call.author.as_str().into(),
        call.at.into(),
        report.as_deref().into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// One call.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: StaffCallId) -> Result<Option<StaffCallRow>, StoreError> {
    tx.fetch_optional(select!("WHERE s.id = $1"), vec![id.into()], read).await
}

/// The last calls to a person, latest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId, limit: u32) -> Result<Vec<StaffCallRow>, StoreError> {
    let sql = select!("WHERE s.patient_id = $1 ORDER BY s.at DESC, s.id DESC LIMIT $2");
    tx.fetch_all(sql, vec![patient.into(), i64::from(limit).into()], read).await
}

/// The last call to each of these people, if there is one.
///
/// # Errors
/// Database errors.
pub async fn last_of(tx: &mut Tx, patients: &[PatientId]) -> Result<Vec<StaffCallRow>, StoreError> {
    let head = select!(
        "WHERE NOT EXISTS (SELECT 1 FROM staff_calls n WHERE n.patient_id = s.patient_id AND (n.at, n.id) > (s.at, s.id))
         AND s.patient_id IN"
    );
    tx.fetch_in(head, &[], patients.iter().map(|patient| (*patient).into()), "", read).await
}

/// The people of a health centre who are to be called at a time that was agreed, soonest first: those whose last call
/// says so, who have neither reported since nor been released. Times before `from` are left out.
///
/// # Errors
/// Database errors.
pub async fn promised(
    tx: &mut Tx,
    centre: &CentreCode,
    from: Timestamp,
    limit: u32,
) -> Result<Vec<StaffCallRow>, StoreError> {
    let sql = select!(
        "JOIN patients p ON p.id = s.patient_id
         WHERE s.outcome = 'later' AND s.again_at >= $2 AND p.centre_code = $1 AND p.released_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM staff_calls n
                           WHERE n.patient_id = s.patient_id AND (n.at, n.id) > (s.at, s.id))
           AND NOT EXISTS (SELECT 1 FROM reports r
                           WHERE r.patient_id = s.patient_id AND r.outcome = 'reported' AND r.ended_at >= s.at)
         ORDER BY s.again_at, s.id LIMIT $3"
    );
    tx.fetch_all(sql, vec![centre.into(), from.into(), i64::from(limit).into()], read).await
}

/// How many people staff of a health centre have called since a time, by the outcome of each call.
///
/// # Errors
/// Database errors.
pub async fn counts(
    tx: &mut Tx,
    centre: &CentreCode,
    since: Timestamp,
) -> Result<Vec<(StaffCallOutcome, u64)>, StoreError> {
    let sql = "SELECT s.outcome, count(*) FROM staff_calls s WHERE s.centre_code = $1 AND s.at >= $2
               AND NOT EXISTS (SELECT 1 FROM staff_calls n
                               WHERE n.patient_id = s.patient_id AND (n.at, n.id) > (s.at, s.id))
               GROUP BY s.outcome";
    tx.fetch_all(sql, vec![centre.into(), since.into()], |row| {
        let outcome = row.read(0, "staff_calls.outcome", StaffCallOutcome::from_code)?;
        Ok((outcome, u64::try_from(row.int(1)?).unwrap_or(0)))
    })
    .await
}

fn read(row: &Row<'_>) -> Result<StaffCallRow, StoreError> {
    Ok(StaffCallRow {
        id: row.read(0, "staff_calls.id", parsed)?,
        patient: row.read(1, "staff_calls.patient_id", parsed)?,
        centre: row.read(2, "staff_calls.centre_code", |text| CentreCode::parse(text).ok())?,
        outcome: row.read(3, "staff_calls.outcome", StaffCallOutcome::from_code)?,
        again_at: row.opt_time(4, "staff_calls.again_at")?,
        author: row.owned(5)?,
        at: row.time(6, "staff_calls.at")?,
        report: row.opt_read(7, "staff_calls.report_id", parsed)?.map(ReportId),
    })
}
