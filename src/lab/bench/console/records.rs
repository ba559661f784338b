//! The records behind the measured pages: made-up patients of several health centres, two weeks of reports of one of
//! them, and open alerts.

use anyhow::Context as _;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    Actor, AlertId, AlertKind, AnswerOrigin, BirthDate, CentreCode, CentreName, Channel, HersysId, Item, Language,
    Oximeter, PatientId, PhoneNumber, ReportId, ReportOutcome, Sensitive, Severity,
};
use crate::lab::{SYNTHETIC_CENTRE, synthetic_identity, synthetic_number};
use crate::service::{CentreChange, Context, add_centre, new_id};
use crate::store::alerts::{self, AlertRow};
use crate::store::answers::{self, AnswerRow};
use crate::store::patients::{self, Calling, PatientRow};
use crate::store::reports::{self, ReportRow};

/// Patients written in one commit.
const PART: u32 = 20_000;
/// Reports written in one commit.
const REPORTS: usize = 5_000;
/// Patients of each further health centre.
const OTHERS: u32 = 100_000;
/// One patient in this many has an open alert.
const ALERT_EVERY: u32 = 500;
/// One patient in this many speaks another language.
const OTHER_LANGUAGE_EVERY: u32 = 20;
/// Family names, and the characters of given names. None is anybody's.
const FAMILY: [&str; 8] = ["見本", "架空", "仮名", "例示", "試験", "模擬", "練習", "雛形"];
const GIVEN: [&str; 24] = [
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", "千", "東", "西", "南", "北", "春", "夏", "秋",
    "冬", "花", "月", "星", "雪",
];
/// The answers of a report: what is stored, and how severe it is.
const ANSWERS: [(Item, &str, Severity); 11] = [
    (Item::BodyTemperature, "367", Severity::None),
    (Item::Spo2, "098", Severity::None),
    (Item::Complexion, "no", Severity::None),
    (Item::CoughOrRunnyNose, "yes", Severity::Note),
    (Item::Breathlessness, "no", Severity::None),
    (Item::Fatigue, "no", Severity::None),
    (Item::NauseaOrVomiting, "no", Severity::None),
    (Item::Diarrhoea, "no", Severity::None),
    (Item::Drowsiness, "no", Severity::None),
    (Item::UnableToEat, "no", Severity::None),
    (Item::NoUrine, "no", Severity::None),
];

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    /// All patients.
    pub(super) patients: u32,
    /// Those of the measured health centre.
    pub(super) of_centre: u32,
    /// The days for which those have reported, until yesterday.
    pub(super) days: u32,
}

/// Adds everything. Returns a patient of the measured health centre.
pub(super) async fn add(context: &Context, amount: Amount) -> anyhow::Result<PatientId> {
    let others = (amount.patients - amount.of_centre).div_ceil(OTHERS);
    for nth in 0..=others {
        let name = CentreName::parse("見本保健所").context("the name of a health centre")?;
        let phone = PhoneNumber::from_e164("+81352113641").context("the number of a health centre")?;
        add_centre(context, &Actor::System, centre(nth)?, name, phone, &CentreChange::default()).await?;
    }
    let now = context.clock.now();
    let mut of_centre = Vec::new();
    for first in (0..amount.patients).step_by(PART as usize) {
        let part = (first..amount.patients.min(first + PART)).map(|nth| patient(nth, amount, now));
        let rows = part.collect::<anyhow::Result<Vec<_>>>()?;
        let mut tx = context.database.begin_write().await?;
        patients::insert(&mut tx, &rows).await?;
        tx.commit().await?;
        of_centre.extend(rows.iter().filter(|row| row.centre.as_str() == SYNTHETIC_CENTRE).map(|row| row.id));
    }
    let today = jiff::tz::TimeZone::get("Asia/Tokyo").context("the time zone")?.to_datetime(now).date();
    for before in 1..=amount.days {
        let day = today.checked_sub(SignedDuration::from_hours(24 * i64::from(before))).context("a day")?;
        let at = now.checked_sub(SignedDuration::from_hours(24 * i64::from(before))).context("a day")?;
        report(context, &of_centre, day, at).await?;
    }
    alert(context, &of_centre, now).await?;
    of_centre.get(of_centre.len() / 2).copied().context("the measured health centre has no patient")
}

fn centre(nth: u32) -> anyhow::Result<CentreCode> {
    let code = if nth == 0 { SYNTHETIC_CENTRE.to_owned() } else { format!("{:05}", 10_000 + nth) };
    CentreCode::parse(&code).context("the code of a health centre")
}

fn patient(nth: u32, amount: Amount, now: Timestamp) -> anyhow::Result<PatientRow> {
    let (hersys_id, birth_date): (HersysId, BirthDate) = synthetic_identity(nth).context("a made-up patient")?;
    let other = nth.checked_sub(amount.of_centre).map_or(0, |nth| 1 + nth / OTHERS);
    let pick = |from: &[&'static str], by: u32| from.get(nth as usize / by as usize % from.len()).copied();
    let name = |part: Option<&'static str>| part.unwrap_or_default();
    let given = format!("{}{}", name(pick(&GIVEN, 8)), name(pick(&GIVEN, 192)));
    // Those who call in a measurement have the birth date that it keys in.
    let birth_date = if nth < 10_000 {
        birth_date
    } else {
        let born = date(1930, 1, 1).checked_add(jiff::Span::new().days(i64::from(nth % 30_000))).context("a date")?;
        BirthDate::new(born, date(2030, 1, 1)).context("a birth date")?
    };
    let language = if nth.is_multiple_of(OTHER_LANGUAGE_EVERY) { Language::English } else { Language::Japanese };
    Ok(PatientRow {
        id: PatientId(new_id()),
        centre: centre(other)?,
        hersys_id,
        birth_date,
        family_name: Sensitive::new(name(pick(&FAMILY, 1))),
        given_name: Sensitive::new(given),
        phone_number: synthetic_number(nth),
        automated_call: true,
        call_times: String::new(),
        language,
        diagnosis_date: None,
        monitoring_start: None,
        stopped_at: (nth % 97 == 96).then_some(now),
        released_at: (nth % 50 == 49).then_some(now),
        created_at: now,
        updated_at: now,
        revision: 1,
        calling: Calling::default(),
        known_in: Vec::new(),
        oximeter: Oximeter::Unknown,
        spo2_asked_at: None,
    })
}

/// Adds a complete report of each patient.
async fn report(context: &Context, of: &[PatientId], day: Date, at: Timestamp) -> anyhow::Result<()> {
    let centre = centre(0)?;
    for part in of.chunks(REPORTS) {
        let rows: Vec<ReportRow> = part
            .iter()
            .map(|patient| ReportRow {
                id: ReportId(new_id()),
                patient: *patient,
                centre: centre.clone(),
                report_date: day,
                slot_time: String::new(),
                channel: Channel::AutomatedCall,
                outcome: ReportOutcome::Reported,
                stopped_after: None,
                started_at: at,
                ended_at: Some(at),
                caller_number: None,
            })
            .collect();
        let answered: Vec<AnswerRow> = rows.iter().flat_map(|report| answers_of(report.id, at)).collect();
        let mut tx = context.database.begin_write().await?;
        reports::open(&mut tx, &rows).await?;
        answers::append(&mut tx, &answered).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn answers_of(report: ReportId, at: Timestamp) -> impl Iterator<Item = AnswerRow> {
    ANSWERS.iter().map(move |(item, entry, severity)| AnswerRow {
        id: new_id(),
        report,
        origin: AnswerOrigin::Unrecorded,
        item: *item,
        entry: Sensitive::new(*entry),
        severity: *severity,
        at,
        late: false,
    })
}

async fn alert(context: &Context, of: &[PatientId], now: Timestamp) -> anyhow::Result<()> {
    let rows: Vec<AlertRow> = of
        .iter()
        .step_by(ALERT_EVERY as usize)
        .enumerate()
        .map(|(nth, patient)| {
            let kind = if nth % 4 == 0 { AlertKind::RedAnswer } else { AlertKind::Unanswered };
            let of_all = AlertRow::of_all(AlertId(new_id()), kind, now);
            AlertRow { centre: centre(0).ok(), patient: Some(*patient), item: Some(Item::Spo2), ..of_all }
        })
        .collect();
    let mut tx = context.database.begin_write().await?;
    alerts::raise(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(())
}
