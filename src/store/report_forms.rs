//! What one browser, or one account, has filled in of a report in the portal; and what patients wrote besides.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    Document, StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{AccountId, AnswerOrigin, PatientId, ReportFormId, ReportId, ReportLinkId, ReportText};

/// By whom a form is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormHolder {
    /// A browser that a link has opened, by the hash of its token.
    Browser {
        /// The link.
        link: ReportLinkId,
        /// The hash.
        hash: String,
    },
    /// An account of the portal.
    Account(AccountId),
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFormRow {
    /// The form.
    pub id: ReportFormId,
    /// Whose report it is.
    pub patient: PatientId,
    /// By whom it is filled in.
    pub holder: FormHolder,
    /// The day of the report, at the health centre.
    pub day: Date,
    /// The fields and what was typed, as JSON.
    pub entries: Document,
    /// The report that has its answers. `None` until something was stored.
    pub report: Option<ReportId>,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// When a page was last saved.
    pub saved_at: Timestamp,
    /// When the report was finished by it.
    pub finished_at: Option<Timestamp>,
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT id, patient_id, link_id, browser_hash, account_id, report_date, entries, report_id, begun_at,
             saved_at, finished_at FROM report_forms ",
            $where
        )
    };
}

/// Adds a form.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, form: &ReportFormRow) -> Result<(), StoreError> {
    let (link, hash, account) = match &form.holder {
        FormHolder::Browser { link, hash } => (Some(*link), Some(hash.as_str()), None),
        FormHolder::Account(account) => (None, None, Some(*account)),
    };
    let sql = "INSERT INTO report_forms (id, patient_id, link_id, browser_hash, account_id, report_date, entries,
               report_id, begun_at, saved_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let args = vec![
        form.id.into(),
        form.patient.into(),
        link.into(),
        hash.into(),
        account.into(),
        form.day.into(),
        form.entries.clone().into(),
        form.report.into(),
        form.begun_at.into(),
        form.saved_at.into(),
        form.finished_at.into(),
    ];
    tx.execute(sql, args).await.map(|_| ())
}

/// The forms of a browser, the latest first.
///
/// # Errors
/// Database errors.
pub async fn of_browser(tx: &mut Tx, hash: &str) -> Result<Vec<ReportFormRow>, StoreError> {
    tx.fetch_all(select!("WHERE browser_hash = $1 ORDER BY begun_at DESC, id DESC"), vec![hash.into()], read).await
}

/// The forms of an account about a patient, the latest first.
///
/// # Errors
/// Database errors.
pub async fn of_account(tx: &mut Tx, account: AccountId, patient: PatientId) -> Result<Vec<ReportFormRow>, StoreError> {
    let sql = select!("WHERE account_id = $1 AND patient_id = $2 ORDER BY begun_at DESC, id DESC");
    tx.fetch_all(sql, vec![account.into(), patient.into()], read).await
}

/// Locks a form until the transaction ends, and reads it again: two tabs may send it at once.
///
/// # Errors
/// Database errors.
pub async fn hold(tx: &mut Tx, id: ReportFormId) -> Result<Option<ReportFormRow>, StoreError> {
    tx.execute("UPDATE report_forms SET saved_at = saved_at WHERE id = $1", vec![id.into()]).await?;
    tx.fetch_optional(select!("WHERE id = $1"), vec![id.into()], read).await
}

/// Saves what a form says now.
///
/// # Errors
/// Database errors.
pub async fn save(tx: &mut Tx, form: &ReportFormRow) -> Result<(), StoreError> {
    let sql = "UPDATE report_forms SET entries = $2, report_id = $3, saved_at = $4, finished_at = $5 WHERE id = $1";
    let args = vec![
        form.id.into(),
        form.entries.clone().into(),
        form.report.into(),
        form.saved_at.into(),
        form.finished_at.into(),
    ];
    tx.execute(sql, args).await.map(|_| ())
}

/// Deletes what was typed into forms that were last saved before a time. Their answers stand in the reports.
///
/// # Errors
/// Database errors.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM report_forms WHERE saved_at < $1", vec![before.into()]).await.map(|_| ())
}

/// What a patient wrote with a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTextRow {
    /// Its id.
    pub id: Uuid,
    /// The report.
    pub report: ReportId,
    /// The patient.
    pub patient: PatientId,
    /// Where it comes from.
    pub origin: AnswerOrigin,
    /// The words.
    pub words: ReportText,
    /// When.
    pub at: Timestamp,
}

/// Adds a text.
///
/// # Errors
/// Database errors.
pub async fn add_text(tx: &mut Tx, text: &ReportTextRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO report_texts (id, report_id, patient_id, entered_by, words, at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let args = vec![
        text.id.into(),
        text.report.into(),
        text.patient.into(),
        text.origin.entered_by().unwrap_or_default().into(),
        text.words.expose().into(),
        text.at.into(),
    ];
    tx.execute(sql, args).await.map(|_| ())
}

/// What a patient wrote, the latest first.
///
/// # Errors
/// Database errors.
pub async fn texts_of(tx: &mut Tx, patient: PatientId, limit: u32) -> Result<Vec<ReportTextRow>, StoreError> {
    let sql = "SELECT id, report_id, patient_id, entered_by, words, at FROM report_texts WHERE patient_id = $1
               ORDER BY at DESC, id DESC LIMIT $2";
    tx.fetch_all(sql, vec![patient.into(), i64::from(limit).into()], |row| {
        Ok(ReportTextRow {
            id: row.read(0, "report_texts.id", parsed)?,
            report: row.read(1, "report_texts.report_id", parsed)?,
            patient: row.read(2, "report_texts.patient_id", parsed)?,
            origin: row.read(3, "report_texts.entered_by", |by| AnswerOrigin::read(None, None, Some(by)))?,
            words: row.read(4, "report_texts.words", |words| ReportText::parse(words).ok().flatten())?,
            at: row.time(5, "report_texts.at")?,
        })
    })
    .await
}

/// What patients wrote with these reports, each in the order in which it was written.
///
/// # Errors
/// Database errors.
pub async fn texts_of_reports(
    tx: &mut Tx,
    reports: &[ReportId],
) -> Result<HashMap<ReportId, Vec<ReportText>>, StoreError> {
    let head = "SELECT report_id, words, at, id FROM report_texts WHERE report_id IN";
    let keys = reports.iter().map(|report| (*report).into());
    let mut found = tx
        .fetch_in(head, &[], keys, "", |row| {
            let words = row.read(1, "report_texts.words", |words| ReportText::parse(words).ok().flatten())?;
            Ok((row.time(2, "report_texts.at")?, row.owned(3)?, row.read(0, "report_texts.report_id", parsed)?, words))
        })
        .await?;
    found.sort_by(|(at, id, ..), (other_at, other_id, ..)| (at, id).cmp(&(other_at, other_id)));
    let mut texts: HashMap<ReportId, Vec<ReportText>> = HashMap::new();
    for (_, _, report, words) in found {
        texts.entry(report).or_default().push(words);
    }
    Ok(texts)
}

fn read(row: &Row<'_>) -> Result<ReportFormRow, StoreError> {
    let link = row.opt_read(2, "report_forms.link_id", parsed)?;
    let account = row.opt_read(4, "report_forms.account_id", parsed)?;
    let holder = match (link, row.opt_text(3)?, account) {
        (Some(link), Some(hash), None) => FormHolder::Browser { link, hash: hash.to_owned() },
        (None, None, Some(account)) => FormHolder::Account(account),
        _ => return Err(StoreError::Inconsistent { what: "report_forms.account_id" }),
    };
    Ok(ReportFormRow {
        id: row.read(0, "report_forms.id", parsed)?,
        patient: row.read(1, "report_forms.patient_id", parsed)?,
        holder,
        day: row.read(5, "report_forms.report_date", parsed)?,
        entries: Document::from(row.text(6)?),
        report: row.opt_read(7, "report_forms.report_id", parsed)?,
        begun_at: row.time(8, "report_forms.begun_at")?,
        saved_at: row.time(9, "report_forms.saved_at")?,
        finished_at: row.opt_time(10, "report_forms.finished_at")?,
    })
}
