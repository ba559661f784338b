//! Taking a person out of the account, on a second page. What was reported stays with the health centre.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::PatientId;
use crate::service::{PortalError, PortalPerson, ServiceError, remove_portal_person};
use crate::web::portal::form::{Submitted, Wish};
use crate::web::portal::layout::Layout;
use crate::web::portal::member::PortalActor;

/// The people of the account.
const PEOPLE: &str = "/people";

#[derive(Template)]
#[template(path = "portal/person_remove.html", config = "src/web/askama.toml")]
struct Remove {
    l: Layout,
    id: PatientId,
    name: String,
}

fn page(actor: &PortalActor, person: &PortalPerson) -> Response {
    let l = actor.visit.layout().with_form("remove");
    actor.visit.page(StatusCode::OK, &Remove { l, id: person.patient, name: person.name() })
}

/// The page is asked for by a form: no address names a patient.
pub(in crate::web::portal) async fn handler(actor: PortalActor) -> Response {
    actor.visit.redirect(PEOPLE)
}

pub(in crate::web::portal) async fn submit(form: Submitted) -> Response {
    let (actor, fields, wish) = match PortalActor::of(form) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let named = fields.get("remove").parse::<PatientId>().ok();
    let Some(person) = named.and_then(|patient| actor.logged_in.person(patient)) else {
        return actor.visit.answer(Err(ServiceError::Portal(PortalError::NotYours)));
    };
    if wish == Wish::OtherLanguage || fields.get("step") != "remove" {
        return page(&actor, person);
    }
    let removed = remove_portal_person(actor.context(), &actor.logged_in, person.patient).await;
    let is_last = actor.logged_in.people.len() <= 1;
    // Without anybody left, the first page asks whom to add.
    let next = if is_last { "/" } else { "/people?done=removed" };
    actor.visit.answer(removed.map(|()| actor.visit.redirect(next)))
}
