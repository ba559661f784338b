//! Answers that a person gives to staff on the phone, entered through the questionnaire that the lines ask: from the
//! person's page, or in a round.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{Timestamp, ZonedDateTime};

use super::days::{Measured, days_of};
use super::done::Done;
use super::person::{Facts, Phone, id_of, name_of, next_of};
use super::questions::{Asked, Question, answers_of, form_of, mistakes_of, questions_of};
use super::words;
use crate::domain::{Answer, NoteText, PatientId, ReportId, ReportOutcome, Severity, StaffCallId, YesNo, width};
use crate::service::{
    AnswersEntered, EnteredReport, Noted, Profile, ReportEntry, ReportError, ReportView, ServiceError, ShownPatient,
    StaffCallView, WithoutReport, enter_answers, note_staff_call, show_profile,
};
use crate::translations::{Argument, Message, Separator, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::round::{Progress, Round, Told, go_on};
use crate::web::console::sender::{kept, sender};
use crate::web::console::staff::StaffActor;
use crate::web::console::today::line::age_at;
use crate::web::console::today::words as today_words;
use crate::web::console::{missing, note_field, times};

/// Reports shown beside the form.
const REPORTS_SHOWN: usize = 3;

#[derive(Template)]
#[template(path = "console/patient_report.html", config = "src/web/askama.toml")]
struct ReportPage {
    l: Layout,
    centre: String,
    now: Message,
    zone: Message,
    simulated: bool,
    not_noted: bool,
    name: String,
    age: Message,
    facts: Facts,
    phone: Option<Phone>,
    person: String,
    action: String,
    next: Option<Message>,
    earlier: Vec<EarlierReport>,
    staff_calls: Vec<StaffCallLine>,
    /// Whether the person has reported today.
    has_reported: bool,
    questions: Vec<Question>,
    /// The day of the answers beside the questions.
    before: Option<String>,
    note: String,
    later_at: String,
    entry: String,
    round: Option<RoundWords>,
    mistakes: Mistakes,
    surprise: Surprise,
}

/// The round in which the form is shown.
struct RoundWords {
    text: String,
    name: Message,
    progress: Progress,
    told: Option<Told>,
}

/// An earlier report.
struct EarlierReport {
    day: String,
    temperature: String,
    spo2: String,
    symptoms: Message,
    unclear: Option<Message>,
}

/// A call that staff placed, in words.
pub(super) struct StaffCallLine {
    pub(super) at: String,
    pub(super) author: String,
    pub(super) outcome: Message,
}

/// Why the page isn't as the reader expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surprise {
    /// Nothing.
    Nothing,
    /// What was typed before the last log-in is back.
    DraftRestored,
    /// The person isn't under observation, so nothing was saved.
    NotObserved,
}

/// What the form has, or had.
struct Entered {
    fields: Fields,
    mistakes: Mistakes,
    surprise: Surprise,
    round: Option<Round>,
    told: Option<Told>,
}

/// What is done with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Save,
    NotReached,
    Later,
    Skip,
}

impl Step {
    fn read(code: &str) -> Self {
        match code {
            "not-reached" => Self::NotReached,
            "later" => Self::Later,
            "skip" => Self::Skip,
            _ => Self::Save,
        }
    }
}

#[derive(Template)]
#[template(path = "console/patient_entered.html", config = "src/web/askama.toml")]
struct EnteredPage {
    l: Layout,
    centre: String,
    name: String,
    person: String,
    severity: Severity,
    phone: Option<Phone>,
    advice: Vec<String>,
    round: Option<String>,
    after: String,
}

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let id = id_of(&id)?;
        let query = query.as_deref();
        let mut entered = Entered {
            fields: Fields::default(),
            mistakes: Mistakes::default(),
            surprise: Surprise::Nothing,
            round: Round::read(query),
            told: Told::from_code(&query_value(query, "told")),
        };
        if let Some(fields) = kept(&staff, &page_of(id)).await? {
            entered.round = Round::read(Some(fields.get("round"))).or(entered.round);
            entered = Entered { fields, surprise: Surprise::DraftRestored, ..entered };
        }
        show(&staff, id, entered).await
    };
    staff.visit.answer(shown.await)
}

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    match sender(form, &page_of(id)).await {
        Ok((staff, fields)) => {
            let taken = take(&staff, id, fields).await;
            staff.visit.answer(taken)
        }
        Err(answer) => answer,
    }
}

fn page_of(id: PatientId) -> String {
    format!("/patients/{id}/report")
}

async fn take(staff: &StaffActor, id: PatientId, fields: Fields) -> Result<Response, ServiceError> {
    let round = Round::read(Some(fields.get("round")));
    match (Step::read(fields.get("step")), round) {
        (Step::Skip, Some(round)) => go_on(staff, &round, Some(id), Some(Told::Skipped)).await,
        (Step::Skip, None) => Ok(staff.visit.redirect(&format!("/patients/{id}"))),
        (Step::NotReached, round) => without_report(staff, id, fields, round, WithoutReport::NotReached).await,
        (Step::Later, round) => {
            let centre = staff.centre().await?;
            let now = staff.context().clock.now().to_zoned_datetime(staff.zone(centre.as_ref()));
            match later_at(fields.get("later_at"), &now) {
                Some(at) => without_report(staff, id, fields, round, WithoutReport::LaterAt(at)).await,
                None => show(staff, id, Entered::again(fields, "later_at", message!("round-later-unreadable"))).await,
            }
        }
        (Step::Save, round) => save(staff, id, fields, round).await,
    }
}

impl Entered {
    /// The form again, with a mistake.
    fn again(fields: Fields, field: &'static str, sentence: Message) -> Self {
        Self::with(fields, Mistakes::one(field, sentence))
    }

    fn with(fields: Fields, mistakes: Mistakes) -> Self {
        let round = Round::read(Some(fields.get("round")));
        Self { fields, mistakes, surprise: Surprise::Nothing, round, told: None }
    }
}

/// The time of today at which to call again: `15:00`, `15時`.
fn later_at(text: &str, now: &ZonedDateTime) -> Option<Timestamp> {
    let text = width::fold(text.trim()).replace('時', ":").replace('分', "");
    let (hour, minute) = text.split_once(':').unwrap_or((&text, ""));
    let minute = if minute.is_empty() { 0 } else { minute.parse().ok()? };
    let time = jiff::civil::Time::new(hour.parse().ok()?, minute, 0, 0).ok()?;
    Some(now.date().to_datetime(time).to_zoned_datetime(now.time_zone().clone()).ok()?.timestamp())
}

/// Notes that there is no report yet.
async fn without_report(
    staff: &StaffActor,
    id: PatientId,
    fields: Fields,
    round: Option<Round>,
    why: WithoutReport,
) -> Result<Response, ServiceError> {
    let Ok(call) = fields.get("entry").parse::<StaffCallId>() else {
        return show(staff, id, Entered::with(fields, Mistakes::default())).await;
    };
    match note_staff_call(staff.context(), staff.actor(), id, call, why).await {
        Ok(_) => {}
        Err(ServiceError::Report(ReportError::TimePassed)) => {
            return show(staff, id, Entered::again(fields, "later_at", message!("round-later-passed"))).await;
        }
        Err(error) => return Err(error),
    }
    let (told, done) = match why {
        WithoutReport::NotReached => (Told::NotReached, Done::NotReached),
        WithoutReport::LaterAt(_) => (Told::Later, Done::CallLater),
    };
    match round {
        Some(round) => go_on(staff, &round, Some(id), Some(told)).await,
        None => Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", done.code()))),
    }
}

async fn save(
    staff: &StaffActor,
    id: PatientId,
    fields: Fields,
    round: Option<Round>,
) -> Result<Response, ServiceError> {
    let flow_set = &staff.visit.console.settings.flow_set;
    let form = form_of(flow_set)?;
    let (answers, mut mistakes) = answers_of(&form, &fields);
    let note = NoteText::parse(fields.get("note")).unwrap_or_else(|error| {
        mistakes.add("note", note_field::told(error));
        None
    });
    let entry = fields.get("entry").parse::<ReportId>().ok().filter(|_| mistakes.is_empty());
    let Some(report) = entry else { return show(staff, id, Entered::with(fields, mistakes)).await };
    let entry = ReportEntry { flow_set, answers, language: staff.visit.language };
    let entered = enter_answers(staff.context(), staff.actor(), id, report, entry, note.as_ref()).await;
    let (told, done) = match entered {
        Ok(AnswersEntered::Now(entered)) if entered.severity == Severity::Red => {
            return show_entered(staff, id, entered, round).await;
        }
        Ok(AnswersEntered::Now(_)) => (Told::Saved, Done::Reported),
        Ok(AnswersEntered::Before(_)) => (Told::SavedBefore, Done::ReportedBefore),
        Err(ServiceError::Report(ReportError::Fields(errors))) => {
            return show(
                staff,
                id,
                Entered::with(fields, mistakes_of(form.fields().collect::<Vec<_>>().into_iter(), &errors)),
            )
            .await;
        }
        Err(ServiceError::Report(ReportError::NotObserved)) => {
            let entered = Entered::with(fields, Mistakes::default());
            return show(staff, id, Entered { surprise: Surprise::NotObserved, ..entered }).await;
        }
        Err(error) => return Err(error),
    };
    match round {
        Some(round) => go_on(staff, &round, Some(id), Some(told)).await,
        None => Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", done.code()))),
    }
}

/// What to tell the person on the phone at once, after a red answer.
async fn show_entered(
    staff: &StaffActor,
    id: PatientId,
    entered: EnteredReport,
    round: Option<Round>,
) -> Result<Response, ServiceError> {
    let profile = show_profile(staff.context(), staff.actor(), id).await?.found;
    let page = EnteredPage {
        l: staff.visit.layout(),
        centre: profile.shown.centre_name.clone(),
        name: name_of(&profile.shown.patient),
        person: staff.visit.path(&format!("/patients/{id}")),
        severity: entered.severity,
        phone: Phone::of(&profile.shown.patient),
        advice: entered.advice,
        round: round.map(|round| round.text()),
        after: id.to_string(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

async fn show(staff: &StaffActor, id: PatientId, entered: Entered) -> Result<Response, ServiceError> {
    let profile = show_profile(staff.context(), staff.actor(), id).await?;
    let not_noted = matches!(profile.noted, Noted::No(_));
    let profile = profile.found;
    let now = staff.context().clock.now().to_zoned_datetime(profile.shown.zone.clone());
    let round = match &entered.round {
        Some(round) => Some(RoundWords {
            text: round.text(),
            name: round.name(),
            progress: Progress::read(staff, round).await?,
            told: entered.told,
        }),
        None => None,
    };
    let status = match (entered.mistakes.is_empty(), entered.surprise) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, Surprise::NotObserved) => StatusCode::CONFLICT,
        (true, _) => StatusCode::OK,
    };
    let simulated = staff.context().database.data_origin().await?.is_simulated();
    let page = ReportPage { simulated, not_noted, round, ..page(staff, &profile, entered, &now)? };
    Ok(staff.visit.page(status, &page))
}

fn page(
    staff: &StaffActor,
    profile: &Profile,
    entered: Entered,
    now: &ZonedDateTime,
) -> Result<ReportPage, ServiceError> {
    let shown = &profile.shown;
    let patient = &shown.patient;
    let flow_set = &staff.visit.console.settings.flow_set;
    let form = form_of(flow_set)?;
    let last = shown.reports.iter().find(|report| report.outcome == ReportOutcome::Reported);
    let Entered { fields, mistakes, surprise, .. } = entered;
    let entry = match fields.get("entry") {
        "" => profile.next_form.to_string(),
        entry => entry.to_owned(),
    };
    let is_today = |report: &ReportView| report.report_date == shown.today;
    Ok(ReportPage {
        l: staff.visit.layout(),
        centre: shown.centre_name.clone(),
        now: times::moment(now, true),
        zone: times::zone_name(now.time_zone()),
        simulated: false,
        not_noted: false,
        name: name_of(patient),
        age: age_at(patient.birth_date, patient.monitoring_start, now.date()),
        facts: Facts::of(patient, now),
        phone: Phone::of(patient),
        person: staff.visit.path(&format!("/patients/{}", patient.id)),
        action: staff.visit.path(&page_of(patient.id)),
        next: next_of(shown, now),
        earlier: earlier_of(shown),
        staff_calls: profile.staff_calls.iter().map(|call| StaffCallLine::of(call, now)).collect(),
        has_reported: last.is_some_and(is_today),
        questions: questions_of((flow_set, &form), staff.visit.language, &fields, &mistakes, last),
        before: last.map(|report| day_of(report.report_date)),
        note: fields.get("note").to_owned(),
        later_at: fields.get("later_at").to_owned(),
        entry,
        round: None,
        mistakes,
        surprise,
    })
}

fn day_of(date: jiff::civil::Date) -> String {
    format!("{}/{}", date.month(), date.day())
}

/// The last days with reports, the latest first.
fn earlier_of(shown: &ShownPatient) -> Vec<EarlierReport> {
    let days = days_of(shown);
    let with_report = days.iter().rev().filter_map(|day| {
        let reports = shown.reports.iter().filter(|report| report.report_date == day.date);
        let yes = named(reports.clone(), YesNo::Yes);
        let unknown = named(reports.clone(), YesNo::Unknown);
        reports.clone().next()?;
        Some(EarlierReport {
            day: day_of(day.date),
            temperature: value_of(day.temperature, |value| value.to_string()),
            spo2: value_of(day.spo2, |value| value.percent().to_string()),
            symptoms: if yes.is_empty() {
                message!("round-no-symptoms")
            } else {
                message!("patient-value", value = Argument::Joined(Separator::Words, yes))
            },
            unclear: (!unknown.is_empty())
                .then(|| message!("round-unclear", items = Argument::Joined(Separator::Words, unknown))),
        })
    });
    with_report.take(REPORTS_SHOWN).collect()
}

fn value_of<T>(measured: Measured<T>, words: impl Fn(T) -> String) -> String {
    match measured {
        Measured::Value(value, _) => words(value),
        Measured::NoValue | Measured::NotAsked | Measured::NoReport => "–".to_owned(),
    }
}

/// The items with this answer.
fn named<'r>(reports: impl Iterator<Item = &'r ReportView>, wanted: YesNo) -> Vec<Message> {
    let answers = reports.flat_map(|report| &report.answers);
    let mut items: Vec<_> =
        answers.filter(|given| given.answer == Some(Answer::YesNo(wanted))).map(|given| given.item).collect();
    items.sort_unstable();
    items.dedup();
    items.into_iter().map(today_words::item_name).collect()
}

impl StaffCallLine {
    pub(super) fn of(call: &StaffCallView, now: &ZonedDateTime) -> Self {
        let again = call.again_at.map(|at| times::clock_time(at, now));
        Self {
            at: times::clock_time(call.at, now),
            author: call.author.clone(),
            outcome: words::staff_call_name(call.outcome, again),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now: ZonedDateTime = "2026-11-28T10:00:00+09:00[Asia/Tokyo]".parse().unwrap();
        let read = |text: &str| {
            later_at(text, &now).map(|at| at.to_zoned_datetime(now.time_zone().clone()).time().to_string())
        };
        for (text, expected) in [
            ("15:00", Some("15:00:00")),
            (" １５：３０ ", Some("15:30:00")),
            ("15時", Some("15:00:00")),
            ("9時5分", Some("09:05:00")),
            ("25:00", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
