//! The first page: for somebody who is logged in, today's state of a person.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::dates;
use super::form::Submitted;
use super::layout::{Banner, BannerKind, CentreContact, Layout};
use super::member::PortalActor;
use super::visit::Visit;
use crate::domain::PatientId;
use crate::service::{
    LastReport, MayReport, OpenSurvey, PortalError, PortalLoggedIn, PortalPerson, ReportToday, ServiceError,
    StateOfPerson, UrgentToday, show_portal_person, state_of_portal_person,
};
use crate::translations::{Message, message};

#[derive(Template)]
#[template(path = "portal/welcome.html", config = "src/web/askama.toml")]
struct Welcome {
    l: Layout,
}

#[derive(Template)]
#[template(path = "portal/home.html", config = "src/web/askama.toml")]
struct Home {
    l: Layout,
    name: String,
    people: Vec<Line>,
    last_day: Message,
    last_temperature: Message,
    today: Message,
    next_call: Option<Message>,
    may_report: bool,
    is_begun: bool,
    asks_survey: bool,
    /// The advice, if an answer of today needs attention at once.
    advice: Option<String>,
}

/// A person of the account.
struct Line {
    id: PatientId,
    /// The name, with the last report.
    says: Message,
    is_shown: bool,
}

pub(super) async fn handler(visit: Visit) -> Response {
    let Some(logged_in) = visit.logged_in.clone() else {
        return visit.page(StatusCode::OK, &Welcome { l: visit.layout() });
    };
    let Some(person) = logged_in.shown_person() else { return visit.redirect("/people/add") };
    let answer = match state_of_portal_person(visit.context(), &logged_in, person.patient).await {
        Ok(state) => Ok(visit.page(StatusCode::OK, &home(&visit, &logged_in, person.patient, &state))),
        Err(error) => Err(error),
    };
    visit.answer(answer)
}

fn home(visit: &Visit, logged_in: &PortalLoggedIn, shown: PatientId, state: &StateOfPerson) -> Home {
    let name = logged_in.person(shown).map(|person| person.name()).unwrap_or_default();
    let line = |person: &PortalPerson| Line {
        id: person.patient,
        says: choice(person, &state.last_of_each),
        is_shown: person.patient == shown,
    };
    let mut l = visit.layout().with_banner(banner(visit, state, &name));
    l.centre = Some(CentreContact::of(&state.centre));
    Home {
        l,
        people: logged_in.people.iter().map(line).collect(),
        last_day: state.last.map_or(message!("portal-never"), |last| dates::day(last.date)),
        last_temperature: state.last.map_or(message!("portal-never"), degrees),
        today: today(state.today),
        next_call: next_call(visit, state),
        may_report: matches!(state.may_report, MayReport::Yes(_)),
        asks_survey: state.survey == OpenSurvey::Yes,
        is_begun: matches!(state.today, ReportToday::Begun(_) | ReportToday::Again { .. }),
        advice: advice(visit, state),
        name,
    }
}

/// A person as the list of several shows it: with the date and the temperature of the last report.
fn choice(person: &PortalPerson, last_of_each: &[(PatientId, LastReport)]) -> Message {
    match last_of_each.iter().find(|(patient, _)| *patient == person.patient) {
        Some((_, last)) => {
            let (day, temperature) = (dates::day(last.date), degrees(*last));
            message!("portal-person-choice", name = person.name(), day = day, temperature = temperature)
        }
        None => message!("portal-person-choice-none", name = person.name()),
    }
}

fn degrees(last: LastReport) -> Message {
    match last.temperature {
        Some(value) => message!("portal-degrees", value = value.to_string()),
        None => message!("portal-not-measured"),
    }
}

/// Where the advice is that followed a red answer of today.
fn advice(visit: &Visit, state: &StateOfPerson) -> Option<String> {
    let may_report = matches!(state.may_report, MayReport::Yes(_));
    (may_report && state.urgent == UrgentToday::Yes).then(|| visit.path("/report/urgent"))
}

fn banner(visit: &Visit, state: &StateOfPerson, name: &str) -> Option<Banner> {
    if state.may_report == MayReport::Ended {
        let heading = message!("portal-report-ended", name = name);
        return Some(Banner { kind: BannerKind::Info, heading, sentence: Some(message!("portal-report-ended-says")) });
    }
    let done = match visit.asked("done") {
        "added" => Some(message!("portal-person-added", name = name)),
        "survey" => Some(message!("survey-done")),
        "survey-later" => Some(message!("survey-put-off")),
        _ => None,
    };
    if let Some(heading) = done {
        return Some(Banner { kind: BannerKind::Done, heading, sentence: None });
    }
    let (ReportToday::Begun(answers) | ReportToday::Again { answered: answers, .. }) = state.today else {
        return None;
    };
    let heading = message!("portal-begun", name = name);
    let sentence = Some(message!("portal-begun-says", count = answers));
    Some(Banner { kind: BannerKind::Info, heading, sentence })
}

fn today(state: ReportToday) -> Message {
    match state {
        ReportToday::None => message!("portal-today-none"),
        ReportToday::Begun(_) => message!("portal-today-begun"),
        ReportToday::Reported(at) => message!("portal-today-reported", time = dates::time(at)),
        ReportToday::Again { at, .. } => message!("portal-today-again", time = dates::time(at)),
    }
}

/// When the next automated call comes, as long as the person is under observation.
fn next_call(visit: &Visit, state: &StateOfPerson) -> Option<Message> {
    let at = state.next_call.as_ref().filter(|_| state.may_report != MayReport::Ended)?;
    let now = visit.context().clock.now().to_zoned_datetime(at.time_zone().clone());
    let time = dates::time(at.time());
    Some(if at.date() == now.date() {
        message!("portal-call-today", time = time)
    } else {
        message!("portal-call-on", day = dates::day(at.date()), time = time)
    })
}

/// Shows another person of the account.
pub(super) async fn choose(form: Submitted) -> Response {
    let (actor, fields, _) = match PortalActor::of(form) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let chosen = fields.get("person").parse::<PatientId>();
    let shown = match chosen {
        Ok(patient) => show_portal_person(actor.context(), &actor.logged_in, patient).await,
        Err(_) => Err(ServiceError::Portal(PortalError::NotYours)),
    };
    actor.visit.answer(shown.map(|()| actor.visit.redirect("/")))
}
