//! Reports of the last days, so that a person's page has a chart and a table, and that some get worse.

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::domain::{AnswerOrigin, CentreCode, Channel, Item, PatientId, ReportId, ReportOutcome, Sensitive, Severity};
use crate::lab::{SYNTHETIC_CENTRE, synthetic_identity};
use crate::policy::{Thresholds, grade};
use crate::service::{Context, new_id};
use crate::store::answers::{self, AnswerRow};
use crate::store::patients;
use crate::store::reports::{self, ReportRow};

/// The days before today.
pub(super) const DAYS: u32 = 6;
/// How many patients have reported before, at most: the demonstration begins at once.
const MOST: u32 = 200;
/// One report in this many is missing.
const MISSING_EVERY: u32 = 9;
/// How a patient has been over the days: temperatures in tenths of a degree, and SpO2.
type Course = [(u32, u32); DAYS as usize];

const WELL: Course = [(366, 98), (364, 97), (368, 98), (365, 98), (366, 97), (363, 98)];
const BETTER: Course = [(386, 96), (382, 95), (378, 96), (376, 97), (372, 97), (371, 96)];
const WORSE: Course = [(366, 98), (368, 98), (371, 97), (374, 97), (378, 96), (386, 95)];

/// Every fourth patient had a fever that is over, and a few are getting worse.
const fn course(nth: u32) -> Course {
    match (nth % 25, nth % 4) {
        (7, _) => WORSE,
        (_, 0) => BETTER,
        _ => WELL,
    }
}

/// The questions for "yes" or "no".
const QUESTIONS: [Item; 9] = [
    Item::Complexion,
    Item::CoughOrRunnyNose,
    Item::Breathlessness,
    Item::Fatigue,
    Item::NauseaOrVomiting,
    Item::Diarrhoea,
    Item::Drowsiness,
    Item::UnableToEat,
    Item::NoUrine,
];

/// Adds the reports of the first health centre's patients.
pub(super) async fn add(context: &Context, count: u32, now: Timestamp, zone: &TimeZone) -> anyhow::Result<()> {
    let ids: Vec<_> = (0..count.min(MOST)).filter_map(synthetic_identity).map(|(id, _)| id).collect();
    let mut tx = context.database.begin_write().await?;
    let mut people = patients::by_hersys_ids(&mut tx, &ids).await?;
    people.sort_by(|one, other| one.hersys_id.cmp(&other.hersys_id));
    let today = zone.to_datetime(now).date();
    let (mut opened, mut answered) = (Vec::new(), Vec::new());
    for (nth, patient) in (0_u32..).zip(&people) {
        for before in (1..=DAYS).filter(|before| (nth + before) % MISSING_EVERY != 0) {
            let at = now.checked_sub(SignedDuration::from_hours(24 * i64::from(before))).context("a day")?;
            let report = report(patient.id, today.checked_sub(i64::from(before).days())?, at)?;
            answered.extend(answers_of(report.id, nth, before, at));
            opened.push(report);
        }
    }
    reports::open(&mut tx, &opened).await?;
    answers::append(&mut tx, &answered).await?;
    tx.commit().await?;
    Ok(())
}

fn report(patient: PatientId, day: Date, at: Timestamp) -> anyhow::Result<ReportRow> {
    Ok(ReportRow {
        id: ReportId(new_id()),
        patient,
        centre: CentreCode::parse(SYNTHETIC_CENTRE).context("the made-up health centre")?,
        report_date: day,
        slot_time: String::new(),
        channel: Channel::AutomatedCall,
        outcome: ReportOutcome::Reported,
        stopped_after: None,
        started_at: at,
        ended_at: at.checked_add(SignedDuration::from_mins(3)).ok(),
        caller_number: None,
    })
}

fn answers_of(report: ReportId, nth: u32, before: u32, at: Timestamp) -> Vec<AnswerRow> {
    let day = DAYS.saturating_sub(before) as usize;
    let (temperature, saturation) = course(nth).get(day).copied().unwrap_or_default();
    let row = |item: Item, entry: &str| AnswerRow {
        id: new_id(),
        report,
        origin: AnswerOrigin::Unrecorded,
        item,
        entry: Sensitive::new(entry),
        severity: severity_of(item, entry),
        at,
        late: false,
    };
    let measured =
        [row(Item::BodyTemperature, &format!("{temperature:03}")), row(Item::Spo2, &format!("{saturation:03}"))];
    let told = QUESTIONS.into_iter().map(|item| match item {
        Item::CoughOrRunnyNose if !nth.is_multiple_of(3) => row(item, "yes"),
        Item::Fatigue if temperature >= 378 => row(item, "yes"),
        _ => row(item, "no"),
    });
    measured.into_iter().chain(told).collect()
}

fn severity_of(item: Item, entry: &str) -> Severity {
    item.read(entry).map_or(Severity::None, |answer| grade(item, answer, &Thresholds::default()))
}
