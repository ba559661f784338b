//! Alerts: what a health centre must look at.

use jiff::Timestamp;
use uuid::Uuid;

mod closing;
mod responsible;

pub use closing::{close, close_for, close_of};
pub use responsible::move_open;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
    seals::{Seal, SealKind, millis, new_salt, seal},
    tx::{Later, Lock},
};
use crate::domain::{AlertId, AlertKind, CallId, CentreCode, Item, PatientId, PhoneNumber, ReportId, Severity};
use crate::policy::{CallBackState, PastCallBack};

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// The alert.
    pub id: AlertId,
    /// Why it was raised.
    pub kind: AlertKind,
    /// The health centre that must look at it. `None` for all health centres.
    pub centre: Option<CentreCode>,
    /// The patient concerned.
    pub patient: Option<PatientId>,
    /// The report concerned.
    pub report: Option<ReportId>,
    /// The call concerned.
    pub call: Option<CallId>,
    /// The item of the answer.
    pub item: Option<Item>,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// When staff closed it.
    pub closed_at: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// The events that this alert counts.
    pub repeats: Repeats,
}

/// How often the event of an alert has happened. It changes while the alert is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeats {
    /// The number of events. It is 1 when the alert is raised.
    pub occurrences: u32,
    /// When the last event happened. `None` if there was only one.
    pub last_at: Option<Timestamp>,
}

impl Default for Repeats {
    fn default() -> Self {
        Self { occurrences: 1, last_at: None }
    }
}

impl AlertRow {
    /// An alert that concerns all health centres and no patient.
    pub fn of_all(id: AlertId, kind: AlertKind, raised_at: Timestamp) -> Self {
        let (centre, patient, report, call, item) = (None, None, None, None, None);
        let repeats = Repeats::default();
        Self { id, kind, centre, patient, report, call, item, raised_at, closed_at: None, closed_by: None, repeats }
    }
}

/// Starts a query that selects every column of an alert.
macro_rules! select {
    ($($where:literal)+) => {
        concat!(
            "SELECT id, kind, centre_code, patient_id, report_id, call_id, item, raised_at, closed_at, closed_by,
             occurrences, last_at FROM alerts WHERE ",
            $($where),+
        )
    };
}

/// Raises alerts. One about a patient is for the health centre that has the patient now.
///
/// # Errors
/// Database errors.
pub async fn raise(tx: &mut Tx, alerts: &[AlertRow]) -> Result<(), StoreError> {
    let alerts = responsible::of_patients(tx, alerts).await?;
    write_new(tx, &alerts).await
}

async fn write_new(tx: &mut Tx, alerts: &[AlertRow]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(alerts.len());
    for alert in alerts {
        let salt = new_salt()?;
        tx.seals(alert_seal(alert, &salt));
        if let Some(at) = alert.closed_at {
            tx.seals(end_seal(alert.id, at, alert.closed_by.as_deref(), &salt));
        }
        rows.push([
            alert.id.into(),
            alert.kind.code().into(),
            alert.centre.as_ref().into(),
            alert.patient.into(),
            alert.report.into(),
            alert.call.into(),
            alert.item.map(Item::code).into(),
            alert.raised_at.into(),
            alert.closed_at.into(),
            alert.closed_by.as_deref().into(),
            i64::from(alert.repeats.occurrences).into(),
            alert.repeats.last_at.into(),
            salt.into(),
            urgency(alert.kind.severity()).into(),
        ]);
    }
    tx.write_rows(
        "INSERT INTO alerts (id, kind, centre_code, patient_id, report_id, call_id, item, raised_at, closed_at, closed_by,
         occurrences, last_at, salt, urgency) VALUES",
        rows,
        "",
    ).await
}

fn alert_seal(alert: &AlertRow, salt: &str) -> Seal {
    let (id, raised) = (alert.id.to_string(), millis(alert.raised_at));
    let patient = alert.patient.map(|patient| patient.to_string());
    let report = alert.report.map(|report| report.to_string());
    let call = alert.call.map(|call| call.to_string());
    let fields = [
        Some(salt),
        Some(&*id),
        Some(alert.kind.code()),
        alert.centre.as_ref().map(CentreCode::as_str),
        patient.as_deref(),
        report.as_deref(),
        call.as_deref(),
        alert.item.map(Item::code),
        Some(&*raised),
    ];
    seal(SealKind::Alert, Uuid::nil(), alert.id.0, alert.raised_at, &fields)
}

fn end_seal(id: AlertId, at: Timestamp, by: Option<&str>, salt: &str) -> Seal {
    let (text, closed_at) = (id.to_string(), millis(at));
    seal(SealKind::AlertEnd, Uuid::nil(), id.0, at, &[Some(salt), Some(&*text), Some(&*closed_at), by])
}

/// Counts the event in the open alert of the same kind and centre (or of all centres, if the alert names none). Raises
/// a new alert if none is open. Returns `true` if the alert is new.
///
/// # Errors
/// Database errors.
pub async fn raise_or_count(tx: &mut Tx, alert: &AlertRow) -> Result<bool, StoreError> {
    let open = tx
        .fetch_optional(
            select!(
                "kind = $1 AND closed_at IS NULL AND (centre_code = $2 OR (centre_code IS NULL AND $2 IS NULL))
                 ORDER BY raised_at, id LIMIT 1"
            ),
            vec![alert.kind.code().into(), alert.centre.as_ref().into()],
            read,
        )
        .await?;
    match open {
        Some(open) => {
            count_again(tx, open.id, alert.raised_at).await?;
            Ok(false)
        }
        None => {
            raise(tx, std::slice::from_ref(alert)).await?;
            Ok(true)
        }
    }
}

/// Raises an alert, unless one of the same kind and centre (or of all centres, if it names none) is open or was closed
/// at or after `since`. Returns `true` if the alert was raised.
///
/// # Errors
/// Database errors.
pub async fn raise_unless_since(tx: &mut Tx, alert: &AlertRow, since: Timestamp) -> Result<bool, StoreError> {
    let known = tx
        .fetch_optional(
            select!(
                "kind = $1 AND (closed_at IS NULL OR closed_at >= $3)
                 AND (centre_code = $2 OR (centre_code IS NULL AND $2 IS NULL)) LIMIT 1"
            ),
            vec![alert.kind.code().into(), alert.centre.as_ref().into(), since.into()],
            read,
        )
        .await?;
    if known.is_none() {
        raise(tx, std::slice::from_ref(alert)).await?;
    }
    Ok(known.is_none())
}

/// Counts one more event in an alert.
///
/// # Errors
/// Database errors.
pub async fn count_again(tx: &mut Tx, id: AlertId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE alerts SET occurrences = occurrences + 1, last_at = $2 WHERE id = $1";
    tx.write(sql, vec![id.into(), at.into()]).await
}

/// The open alerts, oldest first. `centre` limits them to the centre's own alerts and those for all centres.
///
/// # Errors
/// Database errors.
pub async fn open(tx: &mut Tx, centre: Option<&CentreCode>, limit: u32) -> Result<Vec<AlertRow>, StoreError> {
    let limit = i64::from(limit);
    match centre {
        Some(centre) => {
            tx.fetch_all(
                select!(
                    "closed_at IS NULL AND (centre_code = $1 OR centre_code IS NULL) ORDER BY raised_at, id LIMIT $2"
                ),
                vec![centre.into(), limit.into()],
                read,
            )
            .await
        }
        None => {
            tx.fetch_all(select!("closed_at IS NULL ORDER BY raised_at, id LIMIT $1"), vec![limit.into()], read).await
        }
    }
}

/// The call-back requests at these health centres: those that are open, and those raised between `since` and `until`.
///
/// # Errors
/// Database errors.
pub async fn call_backs(
    tx: &mut Tx,
    centres: &[CentreCode],
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<(CentreCode, PastCallBack)>, StoreError> {
    tx.fetch_in(
        "SELECT a.centre_code, a.id, l.far_number, a.patient_id, a.raised_at, a.closed_at
         FROM alerts a LEFT JOIN legs l ON l.call_id = a.call_id
         WHERE a.kind = 'call_back' AND (a.closed_at IS NULL OR a.raised_at >= $1) AND a.raised_at <= $2
           AND a.centre_code IN",
        &[since.into(), until.into()],
        centres.iter().map(|centre| centre.into()),
        "",
        |row| {
            let state = if row.opt_int(5)?.is_some() { CallBackState::Closed } else { CallBackState::Open };
            let past = PastCallBack {
                alert: row.read(1, "alerts.id", parsed)?,
                number: row.opt_read(2, "legs.far_number", |text| PhoneNumber::from_e164(text).ok())?,
                patient: row.opt_read(3, "alerts.patient_id", parsed)?,
                at: row.time(4, "alerts.raised_at")?,
                state,
            };
            Ok((row.read(0, "alerts.centre_code", |text| CentreCode::parse(text).ok())?, past))
        },
    )
    .await
}

/// Whose alerts to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertsOf<'a> {
    /// All alerts.
    Anyone,
    /// Those of one health centre, without those that concern all.
    Centre(&'a CentreCode),
    /// Those that concern all health centres.
    AllCentres,
}

/// Which open alerts of one severity to list.
#[derive(Debug, Clone, Copy)]
pub struct OpenPage<'a> {
    /// Whose alerts.
    pub of: AlertsOf<'a>,
    /// The severity of their kinds.
    pub severity: Severity,
    /// Only alerts of this kind.
    pub kind: Option<AlertKind>,
    /// Only alerts raised at or after this time.
    pub since: Timestamp,
    /// Only alerts after this one in the order of the list, for the next page.
    pub after: Option<(Timestamp, AlertId)>,
    /// The maximum number of alerts.
    pub limit: u32,
}

/// One page of open alerts, oldest first.
///
/// # Errors
/// Database errors.
pub async fn open_page(tx: &mut Tx, page: &OpenPage<'_>) -> Result<Vec<AlertRow>, StoreError> {
    macro_rules! page {
        ($of:literal) => {
            select!(
                $of
                "closed_at IS NULL AND urgency = $1 AND (raised_at, id) > ($2, $3) AND ($4 = '' OR kind = $4)
                 ORDER BY raised_at, id LIMIT $5"
            )
        };
    }
    // Every id comes after an empty text.
    let (at, id) = match page.after {
        Some((at, id)) if at >= page.since => (at, id.to_string()),
        Some(_) | None => (page.since, String::new()),
    };
    let mut args = vec![
        urgency(page.severity).into(),
        at.into(),
        id.into(),
        page.kind.map_or("", AlertKind::code).into(),
        i64::from(page.limit).into(),
    ];
    let sql = match page.of {
        AlertsOf::Anyone => page!(""),
        AlertsOf::AllCentres => page!("centre_code IS NULL AND "),
        AlertsOf::Centre(centre) => {
            args.push(centre.into());
            page!("centre_code = $6 AND ")
        }
    };
    tx.fetch_all(sql, args, read).await
}

/// When the newest open alerts of a severity were raised, the newest first.
///
/// # Errors
/// Database errors.
pub async fn newest_open(
    tx: &mut Tx,
    of: AlertsOf<'_>,
    severity: Severity,
    limit: u32,
) -> Result<Vec<Timestamp>, StoreError> {
    macro_rules! newest {
        ($of:literal) => {
            concat!(
                "SELECT raised_at FROM alerts WHERE ",
                $of,
                "closed_at IS NULL AND urgency = $1 ORDER BY raised_at DESC LIMIT $2"
            )
        };
    }
    let mut args = vec![urgency(severity).into(), i64::from(limit).into()];
    let sql = match of {
        AlertsOf::Anyone => newest!(""),
        AlertsOf::AllCentres => newest!("centre_code IS NULL AND "),
        AlertsOf::Centre(centre) => {
            args.push(centre.into());
            newest!("centre_code = $3 AND ")
        }
    };
    tx.fetch_all(sql, args, |row| row.time(0, "alerts.raised_at")).await
}

/// The place of a severity in the order of the list: the lower, the sooner.
const fn urgency(severity: Severity) -> i64 {
    match severity {
        Severity::Red => 0,
        Severity::Amber => 1,
        Severity::Note => 2,
        Severity::None => 3,
    }
}

/// Prevents other transactions from raising an alert for all health centres until this one ends, so that two that find
/// none don't raise it twice.
///
/// # Errors
/// Database errors.
pub async fn raise_alone(tx: &mut Tx) -> Result<(), StoreError> {
    tx.lock(Lock::AlertsOfAll).await
}

/// The open alerts of a kind, oldest first.
///
/// # Errors
/// Database errors.
pub async fn open_of_kind(tx: &mut Tx, kind: AlertKind) -> Result<Vec<AlertRow>, StoreError> {
    let sql = select!("kind = $1 AND closed_at IS NULL ORDER BY raised_at, id");
    tx.fetch_all(sql, vec![kind.code().into()], read).await
}

/// A patient's open alerts of a kind, oldest first.
///
/// # Errors
/// Database errors.
pub async fn open_about(tx: &mut Tx, patient: PatientId, kind: AlertKind) -> Result<Vec<AlertRow>, StoreError> {
    let sql = select!("patient_id = $1 AND kind = $2 AND closed_at IS NULL ORDER BY raised_at, id");
    tx.fetch_all(sql, vec![patient.into(), kind.code().into()], read).await
}

/// A patient's alerts of a kind, open or closed, oldest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient_and_kind(
    tx: &mut Tx,
    patient: PatientId,
    kind: AlertKind,
) -> Result<Vec<AlertRow>, StoreError> {
    let sql = select!("patient_id = $1 AND kind = $2 ORDER BY raised_at, id");
    tx.fetch_all(sql, vec![patient.into(), kind.code().into()], read).await
}

/// The open alerts of these patients, of all kinds, oldest first.
///
/// # Errors
/// Database errors.
pub async fn open_of_patients(tx: &mut Tx, patients: &[PatientId]) -> Result<Vec<AlertRow>, StoreError> {
    let keys = patients.iter().map(|patient| (*patient).into());
    let mut open = tx.fetch_in(select!("closed_at IS NULL AND patient_id IN"), &[], keys, "", read).await?;
    open.sort_by_key(|alert| (alert.raised_at, alert.id));
    Ok(open)
}

/// All alerts about a patient, open or closed, oldest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId) -> Result<Vec<AlertRow>, StoreError> {
    tx.fetch_all(select!("patient_id = $1 ORDER BY raised_at, id"), vec![patient.into()], read).await
}

/// The patients of these reports with open alerts, and their kinds.
pub(super) async fn later_open_of_reports(
    tx: &mut Tx,
    reports: &[ReportId],
) -> Result<Later<(PatientId, AlertKind)>, StoreError> {
    let keys = reports.iter().map(|report| (*report).into());
    let head = "SELECT patient_id, kind FROM alerts WHERE closed_at IS NULL
                AND patient_id IN (SELECT patient_id FROM reports WHERE id IN";
    tx.later_in(head, &[], keys, ")", |row| {
        Ok((row.read(0, "alerts.patient_id", parsed)?, row.read(1, "alerts.kind", AlertKind::from_code)?))
    })
    .await
}

/// The alerts of a kind raised at or after `since`, open or closed.
///
/// # Errors
/// Database errors.
pub async fn raised_since(tx: &mut Tx, kind: AlertKind, since: Timestamp) -> Result<Vec<AlertRow>, StoreError> {
    let sql = select!("kind = $1 AND raised_at >= $2 ORDER BY raised_at, id");
    tx.fetch_all(sql, vec![kind.code().into(), since.into()], read).await
}

/// One alert, open or closed.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: AlertId) -> Result<Option<AlertRow>, StoreError> {
    tx.fetch_optional(select!("id = $1"), vec![id.into()], read).await
}

fn read(row: &Row<'_>) -> Result<AlertRow, StoreError> {
    Ok(AlertRow {
        id: row.read(0, "alerts.id", parsed)?,
        kind: row.read(1, "alerts.kind", AlertKind::from_code)?,
        centre: row.opt_read(2, "alerts.centre_code", |text| CentreCode::parse(text).ok())?,
        patient: row.opt_read(3, "alerts.patient_id", parsed)?,
        report: row.opt_read(4, "alerts.report_id", parsed)?,
        call: row.opt_read(5, "alerts.call_id", parsed)?,
        item: row.opt_read(6, "alerts.item", Item::from_code)?,
        raised_at: row.time(7, "alerts.raised_at")?,
        closed_at: row.opt_time(8, "alerts.closed_at")?,
        closed_by: row.opt_text(9)?.map(str::to_owned),
        repeats: Repeats {
            occurrences: u32::try_from(row.int(10)?).unwrap_or(u32::MAX),
            last_at: row.opt_time(11, "alerts.last_at")?,
        },
    })
}
