//! The people of the account, and what tells them apart (M5, M11).

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::add::label;
use crate::domain::PatientId;
use crate::service::{ServiceError, label_portal_person};
use crate::translations::{Message, message};
use crate::web::portal::form::{Fields, Mistakes, Submitted, Wish};
use crate::web::portal::layout::{Banner, BannerKind, Layout};
use crate::web::portal::member::PortalActor;

#[derive(Template)]
#[template(path = "portal/people.html", config = "src/web/askama.toml")]
struct People {
    l: Layout,
    people: Vec<Line>,
    mistakes: Mistakes,
}

struct Line {
    id: PatientId,
    /// The id of its field.
    field: String,
    name: String,
    label: String,
    /// What the button says that leads to its removal.
    removal: Message,
}

/// The field of a person's label.
fn field(patient: PatientId) -> String {
    format!("label-{patient}")
}

fn page(actor: &PortalActor, fields: Option<&Fields>, banner: Option<Banner>, mistakes: Mistakes) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let lines = actor.logged_in.people.iter().map(|person| {
        let field = field(person.patient);
        let kept = || person.label.as_ref().map(|label| label.as_str().to_owned()).unwrap_or_default();
        Line {
            id: person.patient,
            name: format!("{} {}", person.family_name.as_str(), person.given_name.as_str()),
            removal: message!("portal-remove-person", name = person.name()),
            label: fields.map_or_else(kept, |fields| fields.get(&field).to_owned()),
            field,
        }
    });
    let people = lines.collect();
    let l = actor.visit.layout().with_form("people").with_banner(banner);
    actor.visit.page(status, &People { l, people, mistakes })
}

pub(in crate::web::portal) async fn handler(actor: PortalActor) -> Response {
    let heading = match actor.visit.asked("done") {
        "1" => Some(message!("portal-saved")),
        "removed" => Some(message!("portal-removed")),
        _ => None,
    };
    let banner = heading.map(|heading| Banner { kind: BannerKind::Done, heading, sentence: None });
    page(&actor, None, banner, Mistakes::default())
}

pub(in crate::web::portal) async fn submit(form: Submitted) -> Response {
    let (actor, fields, wish) = match PortalActor::of(form) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    if wish == Wish::OtherLanguage {
        return page(&actor, Some(&fields), None, Mistakes::default());
    }
    let mut mistakes = Mistakes::default();
    let mut labels = Vec::new();
    for person in &actor.logged_in.people {
        let field = field(person.patient);
        let mut own = Mistakes::default();
        labels.push((person.patient, label(fields.get(&field), "label", &mut own)));
        for mistake in own.0 {
            mistakes.add(field.clone(), mistake.sentence);
        }
    }
    if !mistakes.is_empty() {
        return page(&actor, Some(&fields), None, mistakes);
    }
    let saved: Result<(), ServiceError> = async {
        for (patient, label) in &labels {
            label_portal_person(actor.context(), &actor.logged_in, *patient, label.as_ref()).await?;
        }
        Ok(())
    }
    .await;
    actor.visit.answer(saved.map(|()| actor.visit.redirect("/people?done=1")))
}
