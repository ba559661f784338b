//! Alerts of a health centre: listing, raising and closing them.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use crate::domain::{
    Actor, AlertId, AlertKind, Answer, CallerNumber, CentreCode, Closing, Item, LineOf, PatientId, ReportId, Severity,
};
use crate::policy::{Permission, Scope, scope};
use crate::service::centre_settings::narrowed;
use crate::service::context::{Changes, Context, Page, Viewed, audit_entry, shown_of};
use crate::service::error::{AlertError, ServiceError};
use crate::store::alerts::{self, AlertRow, AlertsOf, OpenPage};
use crate::store::answers::{self, AnswerRow};
use crate::store::patients::PatientRow;
use crate::store::reports::OpenReport;
use crate::store::{StoreError, Tx, alert_claims, audit, patients, reports};

use super::claims::{ClaimView, claims_of, visible_alert};
use super::consequences::{About, new_alert};
use super::view::{AlertPerson, AlertView, Reached, ShownAlert};

/// How long before an alert about a missing report the report may have been begun.
const BEGUN_BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// Which open alerts to list.
#[derive(Debug, Clone, Default)]
pub struct AlertQuery {
    /// Only alerts of this health centre, and those for all centres.
    pub centre: Option<CentreCode>,
    /// Only alerts of this kind.
    pub kind: Option<AlertKind>,
    /// Only alerts raised at this time or later.
    pub since: Option<Timestamp>,
    /// Only alerts after this one: the next page.
    pub after: Option<AlertId>,
    /// The maximum number of alerts.
    pub limit: u32,
    /// A closed alert, whose person is named too.
    pub closed: Option<AlertId>,
}

/// What alerts are about besides a patient: answers, and whose number was shown.
pub(super) struct Evidence {
    /// All answers to an item that raised an alert, oldest first.
    answers: HashMap<(ReportId, Item), Vec<AnswerRow>>,
    numbers: HashMap<ReportId, Option<CallerNumber>>,
    /// The reports that somebody began and didn't finish, with at least one answer: whose, and when it was begun.
    unfinished: Vec<(PatientId, Timestamp)>,
}

impl Evidence {
    /// Reads what these alerts are about.
    pub(super) async fn read(tx: &mut Tx, alerts: impl Iterator<Item = &AlertRow>) -> Result<Self, StoreError> {
        let alerts: Vec<&AlertRow> = alerts.collect();
        let mut of_reports: Vec<ReportId> = alerts.iter().filter_map(|alert| alert.report).collect();
        of_reports.sort_unstable();
        of_reports.dedup();
        let items: BTreeSet<Item> = alerts.iter().filter_map(|alert| alert.item).collect();
        let mut answers: HashMap<(ReportId, Item), Vec<AnswerRow>> = HashMap::new();
        for answer in answers::of_items(tx, &of_reports, &items).await? {
            answers.entry((answer.report, answer.item)).or_default().push(answer);
        }
        let rows = reports::by_ids(tx, &of_reports).await?;
        let numbers = rows.into_iter().map(|report| (report.id, report.caller_number)).collect();
        Ok(Self { answers, numbers, unfinished: unfinished_of(tx, &alerts).await? })
    }

    /// An alert with its patient and the answer that raised it.
    pub(super) fn shown(&self, alert: AlertRow, people: &HashMap<PatientId, AlertPerson>) -> ShownAlert {
        let person = alert.patient.and_then(|patient| people.get(&patient).cloned());
        ShownAlert {
            hersys_id: person.as_ref().map(|person| person.hersys_id.clone()),
            person,
            answer: answer_of(&alert, self.given(&alert)),
            corrected: corrected_of(&alert, self.given(&alert)),
            reached: self.reached(&alert),
            caller_number: alert.report.and_then(|report| self.numbers.get(&report).copied().flatten()),
            alert: alert.into(),
        }
    }

    /// The answers to the item that raised an alert.
    fn given(&self, alert: &AlertRow) -> &[AnswerRow] {
        let key = alert.report.zip(alert.item);
        key.and_then(|key| self.answers.get(&key)).map_or(&[], Vec::as_slice)
    }

    fn reached(&self, alert: &AlertRow) -> Reached {
        let is_about = |(patient, begun): &(PatientId, Timestamp)| {
            let before = alert.raised_at.duration_since(*begun);
            Some(*patient) == alert.patient && !before.is_negative() && before < BEGUN_BEFORE
        };
        let is_missing = alert.kind == AlertKind::Unanswered;
        if is_missing && self.unfinished.iter().any(is_about) { Reached::Partly } else { Reached::No }
    }
}

/// The reports with answers that weren't finished, of the people of these alerts about missing reports.
async fn unfinished_of(tx: &mut Tx, alerts: &[&AlertRow]) -> Result<Vec<(PatientId, Timestamp)>, StoreError> {
    let missing = alerts.iter().filter(|alert| alert.kind == AlertKind::Unanswered);
    // The day at the health centre is that of UTC, the one before or the one after.
    let days = missing.flat_map(|alert| {
        let day = TimeZone::UTC.to_datetime(alert.raised_at).date();
        let days = [day.yesterday().ok(), Some(day), day.tomorrow().ok()];
        days.into_iter().flatten().filter_map(|day| Some((alert.patient?, day))).collect::<Vec<_>>()
    });
    let mut days: Vec<(PatientId, Date)> = days.collect();
    days.sort_unstable();
    days.dedup();
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let open = reports::open_of(tx, &days).await?;
    let has_answer = |report: &OpenReport| report.answers.iter().any(|answer| !answer.entry.expose().is_empty());
    let begun = open.iter().filter(|open| has_answer(open));
    Ok(begun.map(|open| (open.report.patient, open.report.started_at)).collect())
}

/// One page of the open alerts that match a query.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct AlertList {
    /// The most severe first. Within one severity, the oldest first.
    pub alerts: Page<ShownAlert>,
    /// Other open alerts of the listed patients, oldest first. They don't match the query, or are on another page.
    pub others: Vec<ShownAlert>,
    /// Who has taken which line. Lines that nobody has are left out.
    pub claims: HashMap<LineOf, ClaimView>,
    /// The person of the closed alert that the query names.
    pub closed: Option<AlertPerson>,
}

/// Lists the open alerts, the most severe first, then the oldest. The audit trail records the view in one
/// entry that names each patient (D3).
///
/// # Errors
/// [`AlertError::NotFound`] if the alert before the page doesn't exist;
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn list_alerts(
    context: &Context,
    actor: &Actor,
    query: &AlertQuery,
) -> Result<Viewed<AlertList>, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let mut tx = context.database.begin_read().await?;
    let scope = narrowed(&mut tx, scope, query.centre.as_ref()).await?;
    let (found, people) = alerts_in(&mut tx, actor, &scope, query).await?;
    drop(tx);
    let asked = Changes::default()
        .field("kind", None::<String>, query.kind.map(AlertKind::code))
        .field("since", None::<String>, query.since.map(|at| at.to_string()))
        .field("after", None::<String>, query.after.map(|alert| alert.to_string()));
    let noted = shown_of(context, actor, &people, "patient.alert_shown", asked).await?;
    Ok(Viewed { found, noted })
}

/// Reads the open alerts that match a query, and the patients on the list. The caller notes whom it showed.
pub(in crate::service) async fn alerts_in(
    tx: &mut Tx,
    actor: &Actor,
    scope: &Scope,
    query: &AlertQuery,
) -> Result<(AlertList, Vec<PatientRow>), ServiceError> {
    let page = open_page(tx, query, scope).await?;
    let mut ids: Vec<PatientId> = page.items.iter().filter_map(|alert| alert.patient).collect();
    let mut others = others_of(tx, &page.items).await?;
    others.retain(|alert| is_visible(alert, scope));
    let closed = match query.closed {
        Some(id) => alerts::get(tx, id).await?.filter(|alert| is_visible(alert, scope) && alert.closed_at.is_some()),
        None => None,
    };
    let closed = closed.and_then(|alert| alert.patient);
    ids.extend(closed);
    ids.sort_unstable();
    ids.dedup();
    let listed = patients::by_ids(tx, &ids).await?;
    let evidence = Evidence::read(tx, page.items.iter().chain(&others)).await?;
    let claims = claims_of(tx, actor, page.items.iter().chain(&others)).await?;
    let people: HashMap<PatientId, AlertPerson> = listed.iter().map(|row| (row.id, row.clone().into())).collect();
    let shown = |alert: AlertRow| evidence.shown(alert, &people);
    let others = others.into_iter().map(shown).collect();
    let closed = closed.and_then(|patient| people.get(&patient).cloned());
    Ok((AlertList { alerts: page.map(shown), others, claims, closed }, listed))
}

/// One page of open alerts.
async fn open_page(tx: &mut Tx, query: &AlertQuery, scope: &Scope) -> Result<Page<AlertRow>, ServiceError> {
    let last = match query.after {
        Some(id) => {
            let alert = alerts::get(tx, id).await?.filter(|alert| is_visible(alert, scope));
            Some(alert.ok_or(AlertError::NotFound)?)
        }
        None => None,
    };
    let all_of = of_scope(scope);
    let wanted = Page::<AlertRow>::one_more(query.limit);
    let mut found = Vec::new();
    for severity in Severity::ALL.into_iter().rev() {
        let left = wanted.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        let listed_before = last.as_ref().is_some_and(|last| last.kind.severity() < severity);
        if left == 0 || listed_before || query.kind.is_some_and(|kind| kind.severity() != severity) {
            continue;
        }
        let last = last.as_ref().filter(|last| last.kind.severity() == severity);
        let mut of_severity = Vec::new();
        for of in &all_of {
            let page = OpenPage {
                of: *of,
                severity,
                kind: query.kind,
                since: query.since.unwrap_or(Timestamp::UNIX_EPOCH),
                after: last.map(|last| (last.raised_at, last.id)),
                limit: left,
            };
            of_severity.extend(alerts::open_page(tx, &page).await?);
        }
        of_severity.sort_by_key(|alert| (alert.raised_at, alert.id));
        found.extend(of_severity);
        found.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
    }
    Ok(Page::of(found, query.limit))
}

/// Whose alerts an actor with this scope may see.
pub(super) fn of_scope(scope: &Scope) -> Vec<AlertsOf<'_>> {
    match scope.centres() {
        None => vec![AlertsOf::Anyone],
        Some(centres) => centres.iter().map(AlertsOf::Centre).chain([AlertsOf::AllCentres]).collect(),
    }
}

/// Whether an actor with this scope may see an alert. Everyone sees those that concern all health centres.
pub(super) fn is_visible(alert: &AlertRow, scope: &Scope) -> bool {
    alert.centre.as_ref().is_none_or(|centre| scope.covers(centre))
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

/// The answer that raised an alert: the one among those to its item that was stored at the same time.
fn answer_of(alert: &AlertRow, given: &[AnswerRow]) -> Option<Answer> {
    let mut raised = given.iter().filter(|answer| answer.at == alert.raised_at);
    raised.find_map(|answer| answer.item.read(answer.entry.expose()))
}

/// The answer that counts now, if it isn't the one that raised an alert: staff or the caller have corrected it since.
fn corrected_of(alert: &AlertRow, given: &[AnswerRow]) -> Option<Answer> {
    let raised = given.iter().find(|answer| answer.at == alert.raised_at)?;
    let counts = given.iter().rev().find(|answer| answer.late == raised.late)?;
    let (before, now) = (raised.item.read(raised.entry.expose()), counts.item.read(counts.entry.expose()));
    now.filter(|_| now != before)
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

/// Closes one alert, or all alerts that a patient's line showed, for a reason if one is given. Alerts raised after the
/// line was shown stay open. The audit trail has the reason, but not the note, which may be about the patient.
///
/// # Errors
/// [`AlertError::NotFound`]; [`AlertError::MoreThanShown`] if the line now has more alerts than were shown.
pub async fn close_alerts(
    context: &Context,
    actor: &Actor,
    what: ToClose,
    closing: Option<&Closing>,
) -> Result<ClosedAlerts, ServiceError> {
    let scope = scope(actor, Permission::CloseAlerts)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let named = visible_alert(&mut tx, what.alert, &scope).await?;
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
        if alerts::close_for(&mut tx, alert.id, now, actor.name(), closing).await? {
            let by = Changes::default().field("closed_by", None::<String>, actor.name());
            let by = by.field("reason", None::<String>, closing.map(|closing| closing.reason.code()));
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
    if open == 0 && !closed.is_empty() {
        alert_claims::end(&mut tx, line_key(&named)).await?;
    }
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

/// The line on which an alert is listed.
pub(super) fn line_key(alert: &AlertRow) -> LineOf {
    line_of(alert).map_or(LineOf::Alert(alert.id), LineOf::Patient)
}

/// The open alerts on the line of an alert, this one too if it is open.
pub(super) async fn open_of_line(tx: &mut Tx, alert: &AlertRow, scope: &Scope) -> Result<Vec<AlertRow>, StoreError> {
    Ok(match line_of(alert) {
        Some(patient) => {
            let mut of_line = alerts::open_of_patients(tx, &[patient]).await?;
            of_line.retain(|alert| line_of(alert).is_some() && is_visible(alert, scope));
            of_line
        }
        None if alert.closed_at.is_none() => vec![alert.clone()],
        None => Vec::new(),
    })
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
    alerts::raise_alone(tx).await?;
    if alerts::open_of_kind(tx, kind).await?.is_empty() {
        metrics::counter!("kenkocall_alerts_total", "kind" => kind.code()).increment(1);
        tell_all(kind);
        alerts::raise(tx, &[new_alert(kind, About::default(), now)]).await?;
    }
    Ok(())
}
