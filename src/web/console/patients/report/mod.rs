//! Answers that a person gives to staff on the phone, entered through the questionnaire that the lines ask: from the
//! person's page, or in a round.

mod elsewhere;
mod otherwise;
mod red;
mod sent;

pub(super) use self::elsewhere::TypedLine;
use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ZonedDateTime;

use self::otherwise::OtherwiseWords;
use super::days::days_of;
use super::person::{Facts, Phone, id_of, name_of, next_of};
use super::questions::{Asked, Question, filled, form_of, questions_of};
use super::typed::shown_or_typed;
use super::words;
use crate::domain::{Answer, PatientId, ReportOutcome, SlotState, YesNo};
use crate::service::{
    Noted, Profile, ReportView, SavedOtherwise, ServiceError, ShownPatient, StaffCallView, show_profile,
};
use crate::translations::{Argument, Message, Separator, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::round::{Progress, Round, Told};
use crate::web::console::section::Section;
use crate::web::console::sender::{self, kept};
use crate::web::console::staff::StaffActor;
use crate::web::console::today::line::age_at;
use crate::web::console::today::words as today_words;
use crate::web::console::{missing, times};
use crate::web::pages::measured::Measured;

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
    /// Whether an automated call rings or is in progress.
    is_called: bool,
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
    /// When staff entered the part that is filled in.
    begun_at: Option<Message>,
    otherwise: Option<OtherwiseWords>,
    reason: String,
}

/// The round in which the form is shown.
struct RoundWords {
    text: String,
    name: Message,
    progress: Progress,
    told: Option<Told>,
}

impl ReportPage {
    /// Whether the form has something that isn't stored.
    fn is_unsaved(&self) -> bool {
        self.surprise != Surprise::Nothing || !self.mistakes.is_empty()
    }

    /// Whether the form corrects a report that is stored.
    fn is_correction(&self) -> bool {
        self.otherwise.as_ref().is_some_and(|otherwise| otherwise.corrects.is_some())
    }
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
    /// The form was stored before with other content.
    SavedOtherwise,
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
    otherwise: Option<OtherwiseWords>,
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
            otherwise: None,
        };
        if let Some(fields) = kept(&staff, &page_of(id)).await? {
            entered.round = Round::read(Some(fields.get("round"))).or(entered.round);
            entered = Entered { fields, surprise: Surprise::DraftRestored, ..entered };
        }
        show(&staff, id, entered).await
    };
    shown_or_typed(&staff, &format!("/patients/{id}"), shown.await).await
}

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    sender::sent(form, &page_of(id), async |staff, fields| sent::take(staff, id, fields).await).await
}

fn page_of(id: PatientId) -> String {
    format!("/patients/{id}/report")
}

impl Entered {
    /// The form again, with its mistakes.
    fn with(fields: Fields, mistakes: Mistakes) -> Self {
        let round = Round::read(Some(fields.get("round")));
        let otherwise = OtherwiseWords::again(fields.get("corrects"));
        Self { fields, mistakes, surprise: Surprise::Nothing, round, told: None, otherwise }
    }

    /// The form as another one, as it was stored before with other content.
    fn otherwise(mut fields: Fields, otherwise: &SavedOtherwise) -> Self {
        fields.0.retain(|(name, _)| name != "entry" && (name != "note" || !otherwise.is_note_stored));
        let words = Some(OtherwiseWords::of(otherwise));
        Self { surprise: Surprise::SavedOtherwise, otherwise: words, ..Self::with(fields, Mistakes::default()) }
    }
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
        (true, Surprise::NotObserved | Surprise::SavedOtherwise) => StatusCode::CONFLICT,
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
    let is_round = entered.round.is_some();
    let Entered { mut fields, mistakes, surprise, otherwise, .. } = entered;
    let begun = profile.begun.as_ref().filter(|_| fields.0.is_empty());
    if let Some(begun) = begun {
        fields = filled(form, &begun.answers);
    }
    let entry = match fields.get("entry") {
        "" => profile.next_form.to_string(),
        entry => entry.to_owned(),
    };
    let is_today = |report: &ReportView| report.report_date == shown.today;
    Ok(ReportPage {
        l: staff.visit.layout().within(is_round.then_some(Section::Round)),
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
        is_called: shown.slots.iter().any(|slot| slot.state == SlotState::Calling),
        earlier: earlier_of(shown),
        staff_calls: profile.staff_calls.iter().map(|call| StaffCallLine::of(call, now)).collect(),
        has_reported: last.is_some_and(is_today),
        questions: questions_of((flow_set, form), staff.visit.language, &fields, &mistakes, last),
        before: last.map(|report| day_of(report.report_date)),
        note: fields.get("note").to_owned(),
        later_at: fields.get("later_at").to_owned(),
        entry,
        round: None,
        reason: fields.get("reason").to_owned(),
        begun_at: begun.map(|begun| message!("answers-begun", at = times::clock_time(begun.at, now))),
        otherwise,
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
