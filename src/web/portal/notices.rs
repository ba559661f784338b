//! Asking that notices stop: for people of the account, or all at once (M13).

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::dates;
use super::form::{Fields, Mistakes, Submitted, Wish};
use super::layout::{Banner, BannerKind, Layout};
use super::member::PortalActor;
use crate::domain::{NoticeStop, PatientId};
use crate::service::{
    NoticesOfPortalPerson, ServiceError, ask_to_stop_notices, notices_of_portal_people, take_back_stop_of_notices,
};
use crate::translations::{Message, message};

/// The page.
const PAGE: &str = "/notices";

#[derive(Template)]
#[template(path = "portal/notices.html", config = "src/web/askama.toml")]
struct Notices {
    l: Layout,
    people: Vec<NoticeChoice>,
    /// How many can be chosen.
    choosable: usize,
    mistakes: Mistakes,
}

/// A person, and how the notices about the person stand.
struct NoticeChoice {
    field: String,
    id: PatientId,
    name: String,
    state: State,
    is_chosen: bool,
    says: Message,
    /// What the health centre wrote with its decision.
    note: Option<Message>,
}

/// How the notices about a person stand. Only who gets them can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Sent,
    Requested,
    Stopped,
    Ended,
}

impl NoticeChoice {
    fn of(actor: &PortalActor, person: &NoticesOfPortalPerson, fields: &Fields) -> Self {
        let field = field(person.patient);
        let day = || person.since.as_ref().map_or(message!("portal-never"), |since| dates::day(since.date()));
        let (state, says) = match person.state {
            _ if person.is_released => (State::Ended, message!("portal-notices-ended")),
            Some(NoticeStop::Requested) => (State::Requested, message!("portal-notices-requested", day = day())),
            Some(NoticeStop::Stopped) => {
                let says = message!("portal-notices-stopped", day = day(), centre = &person.centre);
                (State::Stopped, says)
            }
            Some(NoticeStop::Declined) => {
                let says = message!("portal-notices-declined", day = day(), centre = &person.centre);
                (State::Sent, says)
            }
            None => match &person.number {
                Some(number) => (State::Sent, message!("portal-notices-by-sms", number = number)),
                None => (State::Sent, message!("portal-notices-no-number")),
            },
        };
        let name = actor.logged_in.person(person.patient).map(|person| person.name()).unwrap_or_default();
        let note = person.note.as_ref().map(|note| message!("portal-notices-note", note = note.expose()));
        Self { id: person.patient, name, state, says, note, is_chosen: fields.get(&field) == "1", field }
    }

    fn is_choosable(&self) -> bool {
        self.state == State::Sent
    }

    fn is_requested(&self) -> bool {
        self.state == State::Requested
    }
}

fn field(patient: PatientId) -> String {
    format!("person-{patient}")
}

async fn page(
    actor: &PortalActor,
    fields: &Fields,
    banner: Option<Banner>,
    mistakes: Mistakes,
) -> Result<Response, ServiceError> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let found = notices_of_portal_people(actor.context(), &actor.logged_in).await?;
    let people: Vec<NoticeChoice> = found.iter().map(|person| NoticeChoice::of(actor, person, fields)).collect();
    let choosable = people.iter().filter(|line| line.is_choosable()).count();
    let l = actor.visit.layout().with_form("notices").with_banner(banner);
    Ok(actor.visit.page(status, &Notices { l, people, choosable, mistakes }))
}

pub(super) async fn handler(actor: PortalActor) -> Response {
    let done = |heading| Some(Banner { kind: BannerKind::Done, heading, sentence: None });
    let banner = match actor.visit.asked("done") {
        "asked" => done(message!("portal-notices-done")),
        "taken-back" => done(message!("portal-notices-taken-back")),
        _ => None,
    };
    let shown = page(&actor, &Fields::default(), banner, Mistakes::default()).await;
    actor.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (actor, fields, wish) = match PortalActor::of(form) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let taken = take(&actor, &fields, wish).await;
    actor.visit.answer(taken)
}

async fn take(actor: &PortalActor, fields: &Fields, wish: Wish) -> Result<Response, ServiceError> {
    if wish == Wish::OtherLanguage {
        return page(actor, fields, None, Mistakes::default()).await;
    }
    if let Ok(patient) = fields.get("take-back").parse::<PatientId>() {
        take_back_stop_of_notices(actor.context(), &actor.logged_in, patient).await?;
        return Ok(actor.visit.redirect(&format!("{PAGE}?done=taken-back")));
    }
    let of_all = fields.get("step") == "all";
    let people = actor.logged_in.people.iter().map(|person| person.patient);
    let chosen: Vec<PatientId> = people.filter(|patient| of_all || fields.get(&field(*patient)) == "1").collect();
    if chosen.is_empty() {
        let mistakes = Mistakes::one("people", message!("portal-notices-none-chosen"));
        return page(actor, fields, None, mistakes).await;
    }
    ask_to_stop_notices(actor.context(), &actor.logged_in, &chosen).await?;
    Ok(actor.visit.redirect(&format!("{PAGE}?done=asked")))
}
