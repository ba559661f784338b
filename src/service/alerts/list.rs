//! Alerts of a health centre: listing, raising and closing them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use tracing::warn;

use crate::domain::{
    Actor, AlertId, AlertKind, Answer, CallerNumber, CentreCode, HersysId, PatientId, ReportId, Severity,
};
use crate::policy::{Permission, scope};
use crate::service::alerts::AlertError;
use crate::service::centre_settings::narrowed;
use crate::service::context::{Changes, Context, Details, Viewed, audit_entry, new_id, shown_of};
use crate::service::error::ServiceError;
use crate::store::alerts::{self, AlertRow};
use crate::store::answers::{self, AnswerRow};
use crate::store::{StoreError, Tx, audit, patients, reports};

use super::view::AlertView;

/// Which open alerts to list.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// Alerts of this health centre, and those for all centres.
    pub centre: Option<CentreCode>,
    /// Alerts of this kind.
    pub kind: Option<AlertKind>,
    /// Alerts raised at this time or later.
    pub since: Option<Timestamp>,
}

/// An alert with its patient and the answer that raised it.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ShownAlert {
    /// The alert.
    pub alert: AlertView,
    /// The HER-SYS ID of the patient concerned.
    pub hersys_id: Option<HersysId>,
    /// The answer that raised the alert.
    pub answer: Option<Answer>,
    /// Whose number was shown in the calls of this report. `None` if it wasn't recorded.
    pub caller_number: Option<CallerNumber>,
}

/// The open alerts that match a filter.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct AlertList {
    /// The most severe first. Within one severity, the oldest first.
    pub alerts: Vec<ShownAlert>,
    /// Other open alerts of the listed patients, oldest first. They don't match the filter.
    pub others: Vec<ShownAlert>,
    /// Whether there are more alerts than are listed. None of those left out is more severe.
    pub cut_off: bool,
}

/// Lists the open alerts, the most severe first, then the oldest. The audit trail records the view for each patient
/// named (D3).
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::CentreError::NotFound).
pub async fn list_alerts(
    context: &Context,
    actor: &Actor,
    filter: &AlertFilter,
) -> Result<Viewed<AlertList>, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let mut tx = context.database.begin_read().await?;
    let scope = narrowed(&mut tx, scope, filter.centre.as_ref()).await?;
    let since = filter.since.unwrap_or(Timestamp::UNIX_EPOCH);
    let wanted = |kind: &AlertKind| filter.kind.is_none_or(|wanted| wanted == *kind);
    let mut open = Vec::new();
    let mut cut_off = false;
    // One severity at a time, so that many less severe alerts can't crowd out a red one.
    for severity in Severity::ALL.into_iter().rev() {
        let of_severity = AlertKind::ALL.into_iter().filter(|kind| kind.severity() == severity);
        let kinds: Vec<AlertKind> = of_severity.filter(wanted).collect();
        let found = alerts::open_of_kinds(&mut tx, &kinds, scope.centres(), since).await?;
        cut_off |= found.len() >= alerts::MOST_OPEN;
        open.extend(found);
    }
    let mut ids: Vec<PatientId> = open.iter().filter_map(|alert| alert.patient).collect();
    ids.sort_unstable();
    ids.dedup();
    let asked_for = open.len();
    open.extend(others_of(&mut tx, &open).await?);
    let people = patients::by_ids(&mut tx, &ids).await?;
    let mut of_reports: Vec<ReportId> = open.iter().filter_map(|alert| alert.report).collect();
    of_reports.sort_unstable();
    of_reports.dedup();
    let given = answers::of_reports(&mut tx, &of_reports).await?;
    let rows = reports::by_ids(&mut tx, &of_reports).await?;
    drop(tx);
    let numbers: HashMap<ReportId, Option<CallerNumber>> =
        rows.into_iter().map(|report| (report.id, report.caller_number)).collect();
    let noted = shown_of(context, actor, &people, "patient.alert_shown", Details::Masked).await?;
    let names: HashMap<PatientId, HersysId> =
        people.into_iter().map(|patient| (patient.id, patient.hersys_id)).collect();
    let shown = |alert: AlertRow| ShownAlert {
        hersys_id: alert.patient.and_then(|patient| names.get(&patient).cloned()),
        answer: answer_of(&alert, &given),
        caller_number: alert.report.and_then(|report| numbers.get(&report).copied().flatten()),
        alert: alert.into(),
    };
    let mut alerts: Vec<ShownAlert> = open.into_iter().map(shown).collect();
    let others = alerts.split_off(asked_for);
    Ok(Viewed { found: AlertList { alerts, others, cut_off }, noted })
}

/// The other open alerts of the patients concerned.
async fn others_of(tx: &mut Tx, open: &[AlertRow]) -> Result<Vec<AlertRow>, StoreError> {
    let mut on_lines: Vec<PatientId> = open.iter().filter_map(line_of).collect();
    on_lines.sort_unstable();
    on_lines.dedup();
    let listed: HashSet<AlertId> = open.iter().map(|alert| alert.id).collect();
    let mut all = alerts::open_of_patients(tx, &on_lines).await?;
    all.retain(|alert| line_of(alert).is_some() && !listed.contains(&alert.id));
    Ok(all)
}

/// The answer that raised an alert: the answer to its item that was stored at the same time.
fn answer_of(alert: &AlertRow, given: &[AnswerRow]) -> Option<Answer> {
    let (report, item) = (alert.report?, alert.item?);
    let raised = |answer: &&AnswerRow| (answer.report, answer.item, answer.at) == (report, item, alert.raised_at);
    given.iter().filter(raised).find_map(|answer| item.read(answer.entry.expose()))
}

/// Which alerts to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToClose {
    /// The alert. If `others` is set, the newest alert on the patient's line.
    pub alert: AlertId,
    /// The number of other alerts that the line showed. They are closed too. `None` closes only this alert.
    pub others: Option<u32>,
}

/// The result of closing alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedAlerts {
    /// The named alert in its new state.
    pub alert: AlertView,
    /// The alerts closed by this call, oldest first.
    pub closed: Vec<AlertId>,
    /// The number of other alerts on the patient's line that stay open.
    pub open: usize,
}

/// Closes one alert, or all alerts that a patient's line showed. Alerts raised after the line was shown stay open.
///
/// # Errors
/// [`AlertError::NotFound`]; [`AlertError::MoreThanShown`] if the line now has more alerts than were shown.
pub async fn close_alerts(context: &Context, actor: &Actor, what: ToClose) -> Result<ClosedAlerts, ServiceError> {
    let scope = scope(actor, Permission::CloseAlerts)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let named = alerts::get(&mut tx, what.alert).await?;
    let visible = |alert: &AlertRow| alert.centre.as_ref().is_none_or(|centre| scope.covers(centre));
    let named = named.filter(visible).ok_or(AlertError::NotFound)?;
    let mut line = match line_of(&named) {
        Some(patient) => alerts::open_of_patients(&mut tx, &[patient]).await?,
        None => Vec::new(),
    };
    line.retain(|alert| line_of(alert).is_some() && alert.id != named.id);
    let shown_with = |alert: &AlertRow| (alert.raised_at, alert.id) < (named.raised_at, named.id);
    let others: Vec<&AlertRow> = line.iter().filter(|alert| what.others.is_some() && shown_with(alert)).collect();
    if what.others.is_some_and(|shown| others.len() > shown as usize) {
        return Err(AlertError::MoreThanShown.into());
    }
    let mut closed = Vec::new();
    let mut entries = Vec::new();
    for alert in others.into_iter().chain([&named]) {
        if alerts::close(&mut tx, alert.id, now, actor.name()).await? {
            let by = Changes::default().field("closed_by", None::<String>, actor.name());
            entries.push(audit_entry(
                actor,
                now,
                "alert.closed",
                format!("alert:{}", alert.id),
                alert.centre.clone(),
                by,
            ));
            closed.push(alert.id);
        }
    }
    let open = line.iter().filter(|alert| !closed.contains(&alert.id)).count();
    let alert = alerts::get(&mut tx, named.id).await?.unwrap_or(named).into();
    if !entries.is_empty() {
        audit::append(&mut tx, entries).await?;
        tx.commit().await?;
    }
    Ok(ClosedAlerts { alert, closed, open })
}

/// The patient on whose line an alert is listed. `None` if it has a line of its own.
pub(super) fn line_of(alert: &AlertRow) -> Option<PatientId> {
    alert.patient.filter(|_| !alert.kind.is_about_an_attack())
}

/// Raises an alert about a problem with the carrier for all health centres, unless one is open.
///
/// # Errors
/// Database errors.
pub async fn tell_of_carrier(context: &Context, kind: AlertKind) -> Result<(), StoreError> {
    let mut tx = context.database.begin_write().await?;
    raise_once(&mut tx, kind, context.clock.now()).await?;
    tx.commit().await
}

/// Logs a new alert for all health centres. Paging depends on this log line.
pub(in crate::service) fn tell_all(kind: AlertKind) {
    warn!(target: "kenkocall::alerts", kind = kind.code(), "new alert for all health centres");
}

/// Raises an alert for all health centres, unless one of its kind is open.
pub(in crate::service) async fn raise_once(tx: &mut Tx, kind: AlertKind, now: Timestamp) -> Result<(), StoreError> {
    if alerts::open_of_kind(tx, kind).await?.is_empty() {
        metrics::counter!("kenkocall_alerts_total", "kind" => kind.code()).increment(1);
        tell_all(kind);
        alerts::raise(tx, &[AlertRow::of_all(AlertId(new_id()), kind, now)]).await?;
    }
    Ok(())
}
