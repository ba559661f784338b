//! A person's page: what is wrong now and the number to ring, today's calls, the recent days, every call, and who
//! looked.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ZonedDateTime;

use super::days::{Answers, CorrectionLine, corrections_of, days_of};
use super::diagnosis;
use super::done::Done;
use super::fields::{shown_value, typed_as};
use super::notices::NoticeCard;
use super::portal_lines::{LinkLine, TextLine};
use super::report::StaffCallLine;
use super::survey_lines::SurveyWords;
use super::thresholds::{chart_words, lines_of};
use super::typed::shown_or_typed;
use super::words;
use crate::domain::{AlertId, NoteAudience, PatientId, Withdrawal};
use crate::service::{
    CallOfPatient, Column, Look, Noted, PastChange, PastField, PatientError, PatientView, Profile, ServiceError,
    ShownPatient, show_profile,
};
use crate::translations::{Message, message};
use crate::web::console::close_alert::NoteLine;
use crate::web::console::form::Mistakes;
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::names;
use crate::web::console::rota::duty::Step;
use crate::web::console::sender::kept;
use crate::web::console::staff::StaffActor;
use crate::web::console::times;
use crate::web::console::today::line::{Line, age_at};
use crate::web::pages::chart::Chart;

#[derive(Template)]
#[template(path = "console/patient.html", config = "src/web/askama.toml")]
struct Person {
    l: Layout,
    centre: String,
    now: Message,
    zone: Message,
    simulated: bool,
    not_noted: bool,
    /// What the reader has just done.
    done: Option<Done>,
    page: String,
    name: String,
    age: Message,
    facts: Facts,
    /// The open alerts, and the newest one, by which they are dealt with.
    open: Option<(Line, AlertId)>,
    /// Who of the staff was told of the red ones.
    told: Vec<Step>,
    phone: Option<Phone>,
    slots: Vec<SlotLine>,
    next: Option<Message>,
    actions: Vec<Action>,
    chart: Option<Chart>,
    answers: Answers,
    calls: Vec<CallLine>,
    looks: Vec<LookLine>,
    staff_calls: Vec<StaffCallLine>,
    notes: Vec<NoteLine>,
    /// What the person wrote in the portal.
    texts: Vec<TextLine>,
    /// The report links that the person got.
    links: Vec<LinkLine>,
    /// The notices that the person got or will get.
    notices: NoticeCard,
    /// What the person answered to the health survey.
    survey: Option<SurveyWords>,
    diagnosis: Option<diagnosis::Words>,
    corrections: Vec<CorrectionLine>,
    changes: Vec<ChangeLine>,
    /// An id for a note that is written on this page.
    next_form: String,
    note: String,
    mistakes: Mistakes,
    /// The open offer to another health centre, and its page.
    offered: Option<(Message, String)>,
    /// The page that offers the person to another health centre.
    offer: String,
}

/// The record, in words.
pub(super) struct Facts {
    pub(super) hersys_id: String,
    pub(super) born: Message,
    pub(super) state: Message,
    /// The class of the state's badge.
    pub(super) look: &'static str,
    /// The language of the calls, and its tag.
    pub(super) language: &'static str,
    pub(super) tag: &'static str,
    pub(super) oximeter: Message,
    pub(super) times: Option<String>,
    pub(super) registered: String,
    pub(super) observed_from: Option<String>,
    pub(super) diagnosed: Option<String>,
}

/// A number that can be dialled.
pub(super) struct Phone {
    pub(super) shown: String,
    pub(super) dial: String,
}

struct SlotLine {
    time: String,
    state: Message,
}

/// Something that can be done about the person's calls.
struct Action {
    path: String,
    name: Message,
    /// Whether it stops something.
    stops: bool,
}

pub(super) struct CallLine {
    pub(super) at: String,
    pub(super) line: Message,
    pub(super) lasted: String,
    pub(super) outcome: Message,
    pub(super) path: Option<String>,
}

/// A change of the record.
struct ChangeLine {
    at: String,
    by: Message,
    fields: Vec<(Message, Message, Message)>,
    undo: String,
}

impl ChangeLine {
    fn of(change: &PastChange, person: &str, now: &ZonedDateTime) -> Self {
        let shown = |column: Column, value: &str| shown_value(column, &typed_as(column, value));
        let field = |field: &PastField| {
            let column = field.column;
            (words::column_name(column), shown(column, &field.before), shown(column, &field.after))
        };
        Self {
            at: times::clock_time(change.at, now),
            by: names::actor(&change.by),
            fields: change.fields.iter().map(field).collect(),
            undo: format!("{person}/change?undo={}", change.id),
        }
    }
}

struct LookLine {
    actor: Message,
    by: Message,
    at: String,
}

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let done = Done::read(&query_value(query.as_deref(), "done"));
        let id = id_of(&id)?;
        let note = kept(&staff, &format!("{}/notes", page_of(id))).await?.map(|fields| fields.get("note").to_owned());
        let done = if note.is_some() { Some(Done::NoteRestored) } else { done };
        show(&staff, id, done, (note.unwrap_or_default(), Mistakes::default())).await
    };
    let shown = shown.await;
    shown_or_typed(&staff, &format!("/patients/{id}"), shown).await
}

/// A record's id in a path. Anything else is nobody's.
pub(super) fn id_of(text: &str) -> Result<PatientId, ServiceError> {
    text.parse().map_err(|_| PatientError::NotFound.into())
}

/// The page, within the console.
pub(super) fn page_of(id: PatientId) -> String {
    format!("/patients/{id}")
}

/// The page, with a note that was typed and what is wrong with it.
pub(super) async fn show(
    staff: &StaffActor,
    id: PatientId,
    done: Option<Done>,
    (note, mistakes): (String, Mistakes),
) -> Result<Response, ServiceError> {
    let profile = show_profile(staff.context(), staff.actor(), id).await?;
    let not_noted = matches!(profile.noted, Noted::No(_));
    let profile = profile.found;
    let now = staff.context().clock.now().to_zoned_datetime(profile.shown.zone.clone());
    let simulated = staff.context().database.data_origin().await?.is_simulated();
    let page = Person {
        l: staff.visit.layout(),
        centre: profile.shown.centre_name.clone(),
        simulated,
        not_noted,
        done,
        note,
        mistakes,
        ..page(staff, &profile, &now)
    };
    let status = if page.mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(staff.visit.page(status, &page))
}

fn page(staff: &StaffActor, profile: &Profile, now: &ZonedDateTime) -> Person {
    let Profile { shown, open, told, thresholds, calls, looks, staff_calls, notes, diagnosis, offered, .. } = profile;
    let (patient, language) = (&shown.patient, staff.visit.language);
    let line = Line::of(&open.iter().collect::<Vec<_>>(), None, now);
    let at = staff.visit.path(&format!("/patients/{}", patient.id));
    Person {
        l: staff.visit.layout(),
        centre: String::new(),
        now: times::moment(now, true),
        zone: times::zone_name(now.time_zone()),
        simulated: false,
        not_noted: false,
        done: None,
        name: name_of(patient),
        age: age_at(patient.birth_date, patient.monitoring_start, now.date()),
        facts: Facts::of(patient, now),
        open: line.newest.map(|newest| (line, newest)),
        told: told.iter().map(|step| Step::of(step, now)).collect(),
        phone: Phone::of(patient),
        slots: slots_of(shown, now),
        next: next_of(shown, now),
        actions: actions_of(patient, &at),
        chart: Chart::of(&days_of(shown), &lines_of(thresholds, language), &chart_words(), |says| says.text(language)),
        answers: Answers::of(shown, &at),
        calls: calls.iter().map(|call| CallLine::of(call, &at, now)).collect(),
        looks: looks.iter().map(|look| LookLine::of(look, now)).collect(),
        staff_calls: staff_calls.iter().map(|call| StaffCallLine::of(call, now)).collect(),
        texts: profile.texts.iter().map(|text| TextLine::of(text, now)).collect(),
        links: profile.links.iter().map(|link| LinkLine::of(link, now)).collect(),
        notices: NoticeCard::of(&profile.notices, now),
        notes: notes.iter().map(|note| NoteLine::of(note, now)).collect(),
        survey: profile.survey.as_ref().map(|survey| SurveyWords::of(survey, now)),
        diagnosis: diagnosis.as_ref().map(diagnosis::Words::of),
        corrections: corrections_of(shown, now),
        changes: profile.changes.iter().map(|change| ChangeLine::of(change, &at, now)).collect(),
        next_form: profile.next_form.to_string(),
        note: String::new(),
        mistakes: Mistakes::default(),
        offered: offered.as_ref().map(|offered| {
            let since = times::clock_time(offered.offered_at, now);
            let says = message!("transfer-card-open", centre = &offered.to_name, at = since);
            (says, staff.visit.path(&format!("/transfers/{}", offered.id)))
        }),
        offer: format!("{at}/transfer"),
        page: at,
    }
}

/// The name as it is written.
pub(super) fn name_of(patient: &PatientView) -> String {
    format!("{} {}", patient.family_name.expose(), patient.given_name.expose())
}

impl Facts {
    pub(super) fn of(patient: &PatientView, now: &ZonedDateTime) -> Self {
        let date = |date: jiff::civil::Date| date.strftime("%Y/%-m/%-d").to_string();
        Self {
            hersys_id: patient.hersys_id.expose().to_owned(),
            born: words::born(patient.birth_date),
            state: words::state_name(patient),
            look: look_of(patient.not_called),
            language: patient.language.own_name(),
            tag: patient.language.tag(),
            oximeter: words::oximeter_name(patient.oximeter),
            times: Some(shown_times(&patient.call_times)).filter(|times| !times.is_empty()),
            registered: times::clock_time(patient.created_at, now),
            observed_from: patient.monitoring_start.map(date),
            diagnosed: patient.diagnosis_date.map(date),
        }
    }
}

/// Call times as people read them: `9:30 13:00`.
pub(in crate::web::console) fn shown_times(stored: &str) -> String {
    let times = stored.split(';').map(|time| time.strip_prefix('0').unwrap_or(time));
    times.collect::<Vec<_>>().join(" ")
}

const fn look_of(not_called: Option<Withdrawal>) -> &'static str {
    match not_called {
        None => "on",
        Some(Withdrawal::Released) => "over",
        Some(_) => "off",
    }
}

impl Phone {
    pub(super) fn of(patient: &PatientView) -> Option<Self> {
        let number = patient.phone_number.as_ref()?;
        Some(Self { shown: number.national(), dial: number.expose().to_owned() })
    }
}

fn slots_of(shown: &ShownPatient, now: &ZonedDateTime) -> Vec<SlotLine> {
    let held_back = shown.patient.not_called.is_some();
    let slots = shown.slots.iter().map(|slot| SlotLine {
        time: shown_times(slot.time.get(..5).unwrap_or(&slot.time)),
        state: words::slot_name(slot, held_back, times::clock_time(slot.due_at, now)),
    });
    slots.collect()
}

/// When the next call is placed: for a slot of today, or the next one.
pub(super) fn next_of(shown: &ShownPatient, now: &ZonedDateTime) -> Option<Message> {
    if shown.patient.not_called.is_some() {
        return None;
    }
    let waiting = shown.slots.iter().filter(|slot| slot.state == crate::domain::SlotState::Waiting);
    let next = waiting.map(|slot| slot.due_at).chain(shown.patient.next_slot_at).min()?;
    Some(message!("patient-next-call", at = times::clock_time(next, now)))
}

fn actions_of(patient: &PatientView, at: &str) -> Vec<Action> {
    let action = |end: &str, name: Message, stops: bool| Action { path: format!("{at}/{end}"), name, stops };
    let is_released = patient.released_at.is_some();
    let mut actions = Vec::new();
    if !is_released {
        actions.push(action("report", message!("round-enter"), false));
    }
    if patient.not_called.is_none() {
        actions.push(action("call-now", message!("call-now"), false));
    }
    actions.push(action("change", message!("patient-change"), false));
    if patient.not_called.is_some() && !is_released {
        actions.push(action("resume", message!("patient-resume"), false));
    }
    if patient.stopped_at.is_none() && !is_released {
        actions.push(action("stop", message!("patient-stop"), true));
    }
    if !is_released {
        actions.push(action("release", message!("patient-release"), true));
    }
    actions
}

impl CallLine {
    pub(super) fn of(call: &CallOfPatient, at: &str, now: &ZonedDateTime) -> Self {
        let summary = &call.call;
        let outcome = call.outcome.map(words::outcome_name);
        let outcome = outcome.or_else(|| summary.disposition.map(words::disposition_name));
        Self {
            at: times::clock_time(summary.started_at, now),
            line: words::line_name(summary.line),
            lasted: summary.ended_at.map_or_else(String::new, |ended| {
                let seconds = ended.duration_since(summary.started_at).as_secs();
                format!("{}:{:02}", seconds / 60, seconds % 60)
            }),
            outcome: outcome.unwrap_or_else(|| message!("patient-call-open")),
            path: call.took_part.then(|| format!("{at}/calls/{}", summary.id)),
        }
    }
}

impl LookLine {
    fn of(look: &Look, now: &ZonedDateTime) -> Self {
        let by = match &*look.source {
            "console" => message!("patient-look-console", times = u64::from(look.times)),
            _ => message!("patient-look-command", times = u64::from(look.times)),
        };
        Self { actor: names::actor(&look.actor), by, at: times::clock_time(look.last_at, now) }
    }
}
