//! What the next shift must know, beside the open alerts: who is getting worse, who is called at which time, and what
//! was noted about those on the list.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::domain::{
    Actor, Answer, CentreCode, HandoverId, Item, LineOf, NoteText, PatientId, ReportId, ReportOutcome,
};
use crate::policy::{Forbidden, Permission, Thresholds, Worsening, report_day, scope, worsened};
use crate::service::alerts::{AlertList, AlertPerson, AlertQuery, NoteView, alerts_in, notes_of};
use crate::service::centre_settings::{CentreSettings, known_centre, zone_of};
use crate::service::context::{Changes, Context, Viewed, new_id, shown_of};
use crate::service::error::ServiceError;
use crate::service::patients::promises;
use crate::store::answers::{self, LatestAnswer};
use crate::store::handovers::{self, HandoverRow};
use crate::store::patients::PatientRow;
use crate::store::reports::{self, ReportRow};
use crate::store::{Tx, patients};

/// Handovers of the history.
const HISTORY: u32 = 10;
/// Reports since the last handover that are looked at.
const MOST_REPORTS: u32 = 2_000;
/// How long ago the last handover is taken to be if there is none.
const WITHOUT_HANDOVER: SignedDuration = SignedDuration::from_hours(24);
/// Days of a trend.
const DAYS: i64 = 3;

/// Since when people are compared with their reports before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// Since the last handover.
    SinceTheLast,
    /// Since the handover before it: what the last one handed over is seen again, with what came after it.
    SinceTheOneBefore,
}

/// What the next shift must know.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct HandoverSheet {
    /// The open alerts.
    pub open: AlertList,
    /// The last handovers, latest first.
    pub history: Vec<HandoverView>,
    /// Since when people are compared.
    pub since: Timestamp,
    /// Who is getting worse, the most severe first.
    pub worse: Vec<WorsePerson>,
    /// Who is to be called at a time that was agreed.
    pub promised: Vec<PromisedCall>,
    /// The last note about each person on a line of the open alerts.
    pub notes: HashMap<PatientId, NoteView>,
    /// An id for the next handover.
    pub next: HandoverId,
}

/// A handover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverView {
    /// Who handed over.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// What the next shift had to know.
    pub message: Option<NoteText>,
}

/// A person who is getting worse.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct WorsePerson {
    /// The person.
    pub person: AlertPerson,
    /// The items that are worse.
    pub worse: Vec<(Item, Worsening)>,
    /// The last days, the earliest first.
    pub trend: Vec<Trend>,
}

/// A day of a trend.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct Trend {
    /// The day.
    pub date: Date,
    /// The temperature.
    pub temperature: Option<Answer>,
    /// The saturation.
    pub spo2: Option<Answer>,
}

/// A person who is to be called at a time that was agreed.
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct PromisedCall {
    /// The person.
    pub person: AlertPerson,
    /// When.
    pub at: Timestamp,
    /// Who agreed.
    pub author: String,
}

impl From<HandoverRow> for HandoverView {
    fn from(row: HandoverRow) -> Self {
        Self { author: row.author, at: row.at, message: row.message }
    }
}

/// What the next shift of the actor's health centre must know. The open alerts are those of a query; of the first
/// `lines` people on them, the last note is read. The audit trail records everyone shown in one entry.
///
/// # Errors
/// [`Forbidden`] for an actor without a health centre of their own.
pub async fn handover_sheet(
    context: &Context,
    actor: &Actor,
    query: &AlertQuery,
    lines: usize,
    compared: Compared,
) -> Result<Viewed<HandoverSheet>, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let own = scope.centres().and_then(|centres| centres.first()).cloned();
    let centre = own.ok_or(Forbidden(Permission::ViewAlerts))?;
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let history = handovers::latest(&mut tx, &centre, HISTORY).await?;
    let before = now.checked_sub(WITHOUT_HANDOVER).unwrap_or(Timestamp::UNIX_EPOCH);
    let since = match compared {
        Compared::SinceTheLast => history.first(),
        Compared::SinceTheOneBefore => history.get(1),
    };
    let since = since.map_or(before, |handover| handover.at);
    let (compared, worse) = worse_since(&mut tx, &centre, since, now).await?;
    let promised = promises(&mut tx, &scope, now).await?;
    let ids: Vec<PatientId> = promised.iter().map(|call| call.patient).collect();
    let called = patients::by_ids(&mut tx, &ids).await?;
    let (open, listed) = alerts_in(&mut tx, actor, &scope, query).await?;
    let notes = notes_about(&mut tx, &first_on(&open, lines)).await?;
    drop(tx);
    let mut shown: Vec<PatientRow> = compared.into_iter().chain(called.clone()).chain(listed).collect();
    shown.sort_by_key(|patient| patient.id);
    shown.dedup_by_key(|patient| patient.id);
    let noted = shown_of(context, actor, &shown, "handover.shown", Changes::default()).await?;
    let promised = promised.into_iter().filter_map(|call| {
        let person = called.iter().find(|patient| patient.id == call.patient)?.clone().into();
        Some(PromisedCall { person, at: call.again_at?, author: call.author })
    });
    let promised = promised.collect();
    let history = history.into_iter().map(HandoverView::from).collect();
    let next = HandoverId(new_id());
    Ok(Viewed { found: HandoverSheet { open, history, since, worse, promised, notes, next }, noted })
}

/// The first people on a list of alerts.
fn first_on(open: &AlertList, lines: usize) -> Vec<PatientId> {
    let mut first: Vec<PatientId> = Vec::new();
    for patient in open.alerts.items.iter().filter_map(|shown| shown.alert.line) {
        if !first.contains(&patient) && first.len() < lines {
            first.push(patient);
        }
    }
    first
}

/// The last note about each of these people.
async fn notes_about(tx: &mut Tx, people: &[PatientId]) -> Result<HashMap<PatientId, NoteView>, ServiceError> {
    let mut notes = HashMap::new();
    for patient in people {
        let of_person = notes_of(tx, LineOf::Patient(*patient)).await?;
        notes.extend(of_person.into_iter().next().map(|note| (*patient, note)));
    }
    Ok(notes)
}

/// Those whose reports since a time are worse than the ones before it.
async fn worse_since(
    tx: &mut Tx,
    centre: &CentreCode,
    since: Timestamp,
    now: Timestamp,
) -> Result<(Vec<PatientRow>, Vec<WorsePerson>), ServiceError> {
    let found = handovers::reports_since(tx, centre, since, MOST_REPORTS).await?;
    let mut ids: Vec<PatientId> = found.iter().map(|(patient, _)| *patient).collect();
    ids.sort_unstable();
    ids.dedup();
    let row = known_centre(tx, centre).await?;
    let (thresholds, today) = (CentreSettings::of(&row).thresholds, report_day(now, &zone_of(&row)?));
    let dates: Vec<Date> = (0..DAYS).rev().map(|back| today.saturating_sub(back.days())).collect();
    let days: Vec<(PatientId, Date)> = ids.iter().flat_map(|id| dates.iter().map(|date| (*id, *date))).collect();
    let mut of_days = reports::of_days(tx, &days).await?;
    of_days.retain(|report| report.outcome == ReportOutcome::Reported);
    of_days.sort_by_key(|report| (report.ended_at, report.id));
    let given = answers::latest(tx, &of_days.iter().map(|report| report.id).collect::<Vec<_>>()).await?;
    let mut people = patients::by_ids(tx, &ids).await?;
    let mut worse = Vec::new();
    people.retain(|patient| {
        let own: Vec<&ReportRow> = of_days.iter().filter(|report| report.patient == patient.id).collect();
        let found = compared(&own, &given, since, &thresholds);
        if !found.is_empty() {
            let trend = dates.iter().map(|date| trend_of(&own, &given, *date)).collect();
            worse.push(WorsePerson { person: patient.clone().into(), worse: found.clone(), trend });
        }
        !found.is_empty()
    });
    worse.sort_by_key(|person| std::cmp::Reverse(person.worse.iter().map(|(_, how)| *how).max()));
    Ok((people, worse))
}

/// What is worse in the last report since a time than in the last one before it. The reports are in their order.
fn compared(
    reports: &[&ReportRow],
    given: &HashMap<ReportId, Vec<LatestAnswer>>,
    since: Timestamp,
    thresholds: &Thresholds,
) -> Vec<(Item, Worsening)> {
    let is_since = |report: &&&ReportRow| report.ended_at.is_some_and(|at| at >= since);
    let Some(last) = reports.iter().rfind(is_since) else { return Vec::new() };
    let before = reports.iter().rfind(|report| !is_since(report)).map(|report| read(given, report.id));
    worsened(before.as_deref(), &read(given, last.id), thresholds)
}

fn read(given: &HashMap<ReportId, Vec<LatestAnswer>>, report: ReportId) -> Vec<(Item, Answer)> {
    let answers = given.get(&report).into_iter().flatten();
    answers.filter_map(|answer| Some((answer.item, answer.item.read(answer.entry.expose())?))).collect()
}

fn trend_of(reports: &[&ReportRow], given: &HashMap<ReportId, Vec<LatestAnswer>>, date: Date) -> Trend {
    let of_day = reports.iter().filter(|report| report.report_date == date);
    let answers: Vec<(Item, Answer)> = of_day.flat_map(|report| read(given, report.id)).collect();
    let last = |item: Item| answers.iter().rev().find(|(of, _)| *of == item).map(|(_, answer)| *answer);
    Trend { date, temperature: last(Item::BodyTemperature), spo2: last(Item::Spo2) }
}
