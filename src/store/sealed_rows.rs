//! Sealed rows, read as text: whatever was written into the table is hashed and compared.

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::bind_value::{BindValue, Row};
use super::chain::{Hash, digest};
use super::seals::{SealKey, SealKind, new_salt};
use super::{StoreError, Tx};
use crate::domain::ReportOutcome;

/// A row as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// The row.
    pub key: SealKey,
    /// The hash over its salt and content. `None` if it has no salt.
    pub hash: Option<Hash>,
    /// The key and hash of its end. `None` if the row hasn't ended, and for answers.
    pub end: Option<(SealKey, Hash)>,
}

/// The ID of the last row of a page, with the report of an answer.
pub type Place = (Uuid, Uuid);

/// The same as stored in the table, valid or not.
pub type TextPlace = (String, String);

macro_rules! answers {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "a.report_id, a.id, a.salt, CAST(a.call_id AS text), CAST(a.turn AS text), CAST(a.item AS text),
             CAST(a.entry AS text), CAST(a.severity AS text), CAST(a.at AS text),
             CASE WHEN a.late THEN 'true' ELSE 'false' END, CAST(a.entered_by AS text) ",
            $after
        )
    };
}

macro_rules! reports {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "r.id, r.salt, CAST(r.patient_id AS text), CAST(r.centre_code AS text), CAST(r.report_date AS text),
             CAST(r.channel AS text), CAST(r.started_at AS text), CAST(r.outcome AS text), CAST(r.ended_at AS text),
             CAST(r.slot_time AS text), CAST(r.stopped_after AS text), CAST(r.completed_in AS text) ",
            $after
        )
    };
}

macro_rules! alerts {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "l.id, l.salt, CAST(l.kind AS text), CAST(l.centre_code AS text), CAST(l.patient_id AS text),
             CAST(l.report_id AS text), CAST(l.call_id AS text), CAST(l.item AS text), CAST(l.raised_at AS text),
             CAST(l.closed_at AS text), CAST(l.closed_by AS text) ",
            $after
        )
    };
}

/// The answers with these reports and IDs, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn answers_of(tx: &mut Tx, keys: &[(Uuid, Uuid)]) -> Result<Vec<SealedRow>, StoreError> {
    let rows = keys.iter().map(|(report, id)| [(*report).into(), (*id).into()]).collect();
    let head = answers!("SELECT ", "FROM (VALUES");
    let tail = ") AS v CROSS JOIN answers a WHERE a.report_id = v.column1 AND a.id = v.column2";
    tx.fetch_rows(head, rows, tail, read_answer).await
}

/// All answers of these reports, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn of_reports(tx: &mut Tx, reports: &[Uuid]) -> Result<Vec<SealedRow>, StoreError> {
    let keys = reports.iter().map(|id| BindValue::from(*id));
    tx.fetch_in(answers!("SELECT ", "FROM answers a WHERE a.report_id IN"), &[], keys, "", read_answer).await
}

/// The reports with these IDs, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn reports_of(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<SealedRow>, StoreError> {
    let keys = ids.iter().map(|id| BindValue::from(*id));
    tx.fetch_in(reports!("SELECT ", "FROM reports r WHERE r.id IN"), &[], keys, "", read_report).await
}

/// The alerts with these IDs, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn alerts_of(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<SealedRow>, StoreError> {
    let keys = ids.iter().map(|id| BindValue::from(*id));
    tx.fetch_in(alerts!("SELECT ", "FROM alerts l WHERE l.id IN"), &[], keys, "", read_alert).await
}

/// One page of the reports of a day and later, ordered by ID.
///
/// # Errors
/// Database errors.
pub async fn reports_since(tx: &mut Tx, day: Date, after: Uuid, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let sql = reports!("SELECT ", "FROM reports r WHERE r.report_date >= $1 AND r.id > $2 ORDER BY r.id LIMIT $3");
    tx.fetch_all(sql, vec![day.into(), after.into(), i64::from(limit).into()], read_report).await
}

/// One page of the alerts raised or closed since a moment, ordered by ID.
///
/// # Errors
/// Database errors.
pub async fn alerts_since(
    tx: &mut Tx,
    since: Timestamp,
    after: Uuid,
    limit: u32,
) -> Result<Vec<SealedRow>, StoreError> {
    let sql = alerts!(
        "SELECT ",
        "FROM alerts l WHERE (l.raised_at >= $1 OR l.closed_at >= $1) AND l.id > $2 ORDER BY l.id LIMIT $3"
    );
    tx.fetch_all(sql, vec![since.into(), after.into(), i64::from(limit).into()], read_alert).await
}

/// The number of rows that have a seal of their own.
///
/// # Errors
/// Database errors.
pub async fn total(tx: &mut Tx) -> Result<u64, StoreError> {
    let sql = "SELECT (SELECT count(*) FROM answers) + (SELECT count(*) FROM reports) + (SELECT count(*) FROM alerts)";
    let counted = tx.fetch_optional(sql, vec![], |row| row.int(0)).await?;
    Ok(counted.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
}

/// One page of the keys of all rows that have a seal of their own, after `after`. Keys are texts because a stored ID
/// may be invalid.
///
/// # Errors
/// Database errors.
pub async fn keys(tx: &mut Tx, kind: SealKind, after: &TextPlace, limit: u32) -> Result<Vec<TextPlace>, StoreError> {
    let limit = i64::from(limit).into();
    let (sql, args) = match kind {
        SealKind::Answer => (
            "SELECT report_id, id FROM answers WHERE (report_id, id) > ($1, $2) ORDER BY report_id, id LIMIT $3",
            vec![after.0.as_str().into(), after.1.as_str().into(), limit],
        ),
        SealKind::Report | SealKind::ReportEnd => {
            ("SELECT '', id FROM reports WHERE id > $1 ORDER BY id LIMIT $2", vec![after.1.as_str().into(), limit])
        }
        SealKind::Alert | SealKind::AlertEnd => {
            ("SELECT '', id FROM alerts WHERE id > $1 ORDER BY id LIMIT $2", vec![after.1.as_str().into(), limit])
        }
    };
    tx.fetch_all(sql, args, |row| Ok((row.owned(0)?, row.owned(1)?))).await
}

/// When all rows of older versions had been sealed.
///
/// # Errors
/// Database errors.
pub async fn found_at(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let found = tx
        .fetch_optional("SELECT found_at FROM sealing WHERE id = 1", vec![], |row| row.opt_time(0, "sealing.found_at"));
    Ok(found.await?.flatten())
}

/// Records when all rows of older versions had been sealed.
///
/// # Errors
/// Database errors.
pub async fn note_found(tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
    tx.write("UPDATE sealing SET found_at = $1 WHERE id = 1", vec![at.into()]).await
}

/// Deletes a report, its answers and its alerts. Returns the keys of the deleted rows.
///
/// # Errors
/// Database errors.
pub async fn erase_report(tx: &mut Tx, report: Uuid) -> Result<Vec<SealKey>, StoreError> {
    let key = |kind, within, id| SealKey { kind, within, id };
    let id = |row: &Row<'_>| id_of(row, 0);
    tx.execute("DELETE FROM answer_corrections WHERE report_id = $1", vec![report.into()]).await?;
    tx.execute("DELETE FROM report_texts WHERE report_id = $1", vec![report.into()]).await?;
    let sql = "DELETE FROM alerts WHERE report_id = $1 RETURNING id";
    let alerts = tx.fetch_all(sql, vec![report.into()], id).await?;
    let sql = "DELETE FROM answers WHERE report_id = $1 RETURNING id";
    let answers = tx.fetch_all(sql, vec![report.into()], id).await?;
    let reports = tx.fetch_all("DELETE FROM reports WHERE id = $1 RETURNING id", vec![report.into()], id).await?;
    let alerts = alerts.into_iter().map(|id| key(SealKind::Alert, Uuid::nil(), id));
    let answers = answers.into_iter().map(|id| key(SealKind::Answer, report, id));
    let reports = reports.into_iter().map(|id| key(SealKind::Report, Uuid::nil(), id));
    Ok(alerts.chain(answers).chain(reports).collect())
}

/// Deletes the alerts about a patient. Returns the keys of the deleted rows.
///
/// # Errors
/// Database errors.
pub async fn erase_alerts_of(tx: &mut Tx, patient: Uuid) -> Result<Vec<SealKey>, StoreError> {
    let sql = "DELETE FROM alerts WHERE patient_id = $1 RETURNING id";
    let alerts = tx.fetch_all(sql, vec![patient.into()], |row| id_of(row, 0)).await?;
    Ok(alerts.into_iter().map(|id| SealKey { kind: SealKind::Alert, within: Uuid::nil(), id }).collect())
}

/// Adds salts to the next rows of an older version. Returns these rows with their salts.
///
/// # Errors
/// Database errors.
pub async fn salt_answers(tx: &mut Tx, after: Place, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let sql = "SELECT report_id, id FROM answers WHERE salt IS NULL AND (report_id, id) > ($1, $2)
               ORDER BY report_id, id LIMIT $3";
    let keys = tx
        .fetch_all(sql, vec![after.0.into(), after.1.into(), i64::from(limit).into()], |row| {
            Ok((row.owned(0)?, row.owned(1)?))
        })
        .await?;
    let mut rows: Vec<[BindValue<'_>; 3]> = Vec::with_capacity(keys.len());
    for (report, id) in &keys {
        rows.push([report.as_str().into(), id.as_str().into(), new_salt()?.into()]);
    }
    let head = "UPDATE answers AS a SET salt = v.column3 FROM (VALUES";
    let tail = ") AS v WHERE a.report_id = v.column1 AND a.id = v.column2 AND a.salt IS NULL";
    tx.execute_rows(head, rows, tail).await?;
    let parsed = keys.iter().filter_map(|(report, id)| Some((report.parse().ok()?, id.parse().ok()?)));
    let parsed: Vec<(Uuid, Uuid)> = parsed.collect();
    let mut found = answers_of(tx, &parsed).await?;
    found.sort_by_key(|found| found.key);
    Ok(found)
}

/// Same as [`salt_answers`], for reports.
///
/// # Errors
/// Database errors.
pub async fn salt_reports(tx: &mut Tx, after: Place, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let ids = unsalted(tx, "SELECT id FROM reports WHERE salt IS NULL AND id > $1 ORDER BY id LIMIT $2", after, limit);
    let ids = ids.await?;
    let tail = ") AS v WHERE r.id = v.column1 AND r.salt IS NULL";
    tx.execute_rows("UPDATE reports AS r SET salt = v.column2 FROM (VALUES", salted(&ids)?, tail).await?;
    let mut found = reports_of(tx, &ids).await?;
    found.sort_by_key(|found| found.key);
    Ok(found)
}

/// Same as [`salt_answers`], for alerts.
///
/// # Errors
/// Database errors.
pub async fn salt_alerts(tx: &mut Tx, after: Place, limit: u32) -> Result<Vec<SealedRow>, StoreError> {
    let ids = unsalted(tx, "SELECT id FROM alerts WHERE salt IS NULL AND id > $1 ORDER BY id LIMIT $2", after, limit);
    let ids = ids.await?;
    let tail = ") AS v WHERE l.id = v.column1 AND l.salt IS NULL";
    tx.execute_rows("UPDATE alerts AS l SET salt = v.column2 FROM (VALUES", salted(&ids)?, tail).await?;
    let mut found = alerts_of(tx, &ids).await?;
    found.sort_by_key(|found| found.key);
    Ok(found)
}

async fn unsalted(tx: &mut Tx, sql: &'static str, after: Place, limit: u32) -> Result<Vec<Uuid>, StoreError> {
    let ids = tx.fetch_all(sql, vec![after.1.into(), i64::from(limit).into()], |row| row.owned(0)).await?;
    Ok(ids.iter().filter_map(|id: &String| id.parse().ok()).collect())
}

fn salted(ids: &[Uuid]) -> Result<Vec<[BindValue<'static>; 2]>, StoreError> {
    ids.iter().map(|id| Ok([(*id).into(), new_salt()?.into()])).collect()
}

/// The columns starting at `from`, as text.
fn texts<'r, const N: usize>(row: &'r Row<'_>, from: usize) -> Result<[Option<&'r str>; N], StoreError> {
    let mut texts = [None; N];
    for (nth, text) in texts.iter_mut().enumerate() {
        *text = row.opt_text(from.saturating_add(nth))?;
    }
    Ok(texts)
}

fn id_of(row: &Row<'_>, column: usize) -> Result<Uuid, StoreError> {
    row.read(column, "the id of a sealed row", |text| text.parse().ok())
}

fn read_answer(row: &Row<'_>) -> Result<SealedRow, StoreError> {
    let (within, id) = (id_of(row, 0)?, id_of(row, 1)?);
    let key = SealKey { kind: SealKind::Answer, within, id };
    let [salt, call, turn, item, entry, severity, at, late, entered_by] = texts::<9>(row, 2)?;
    let (id, report) = (id.to_string(), within.to_string());
    let mut fields = vec![salt, Some(&*id), Some(&*report), call, turn, item, entry, severity, at, late];
    fields.extend(entered_by.map(Some));
    Ok(SealedRow { key, hash: hash(SealKind::Answer, salt, &fields), end: None })
}

fn read_report(row: &Row<'_>) -> Result<SealedRow, StoreError> {
    let id = id_of(row, 0)?;
    let key = |kind| SealKey { kind, within: Uuid::nil(), id };
    let [salt, patient, centre, date, channel, started_at, outcome, ended_at, slot_time, stopped_after, completed_in] =
        texts::<11>(row, 1)?;
    let text = id.to_string();
    let mut fields = vec![salt, Some(&*text), patient, centre, date, channel, started_at];
    fields.extend(slot_time.filter(|time| !time.is_empty()).map(Some));
    let as_begun = outcome.and_then(ReportOutcome::from_code).is_some_and(ReportOutcome::is_open) && ended_at.is_none();
    let mut end = vec![salt, Some(&*text), outcome, ended_at];
    end.extend(stopped_after.map(Some));
    end.extend(completed_in.map(Some));
    let end = hash(SealKind::ReportEnd, salt, &end).filter(|_| !as_begun);
    Ok(SealedRow {
        key: key(SealKind::Report),
        hash: hash(SealKind::Report, salt, &fields),
        end: end.map(|end| (key(SealKind::ReportEnd), end)),
    })
}

fn read_alert(row: &Row<'_>) -> Result<SealedRow, StoreError> {
    let id = id_of(row, 0)?;
    let key = |kind| SealKey { kind, within: Uuid::nil(), id };
    let [salt, kind, centre, patient, report, call, item, raised_at, closed_at, closed_by] = texts::<10>(row, 1)?;
    let text = id.to_string();
    let fields = [salt, Some(&*text), kind, centre, patient, report, call, item, raised_at];
    let as_begun = closed_at.is_none() && closed_by.is_none();
    let end = hash(SealKind::AlertEnd, salt, &[salt, Some(&*text), closed_at, closed_by]).filter(|_| !as_begun);
    Ok(SealedRow {
        key: key(SealKind::Alert),
        hash: hash(SealKind::Alert, salt, &fields),
        end: end.map(|end| (key(SealKind::AlertEnd), end)),
    })
}

fn hash(kind: SealKind, salt: Option<&str>, fields: &[Option<&str>]) -> Option<Hash> {
    salt.map(|_| digest(&kind.form(), fields))
}
