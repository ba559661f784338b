//! The health centre of a municipality (住所から管轄の保健所を調べる).

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::service::{PublicCentre, centres_of_place};
use crate::web::portal::form::{Submitted, Wish};
use crate::web::portal::layout::{Layout, Phone};
use crate::web::portal::visit::Visit;

#[derive(Template)]
#[template(path = "portal/turn.html", config = "src/web/askama.toml")]
struct Turn {
    l: Layout,
    place: String,
    asked: bool,
    centres: Vec<Centre>,
}

/// A health centre.
struct Centre {
    name: String,
    phone: Phone,
    hours: String,
    is_open: bool,
    municipalities: String,
}

impl From<&PublicCentre> for Centre {
    fn from(centre: &PublicCentre) -> Self {
        Self {
            name: centre.name.clone(),
            phone: Phone::of(&centre.phone),
            hours: centre.hours.to_string(),
            is_open: centre.is_open,
            municipalities: centre.municipalities.clone(),
        }
    }
}

pub(super) async fn handler(visit: Visit) -> Response {
    page(&visit, String::new(), None)
}

/// The place is sent in a form, as an address may be typed, which belongs in no address of a page.
pub(super) async fn submit(form: Submitted) -> Response {
    let Submitted { visit, fields, wish } = form;
    let place = fields.get("place").to_owned();
    if wish == Wish::OtherLanguage || place.trim().is_empty() {
        return page(&visit, place, None);
    }
    let found = centres_of_place(visit.context(), &place).await;
    visit.answer(found.map(|found| page(&visit, place, Some(&found))))
}

fn page(visit: &Visit, place: String, found: Option<&[PublicCentre]>) -> Response {
    let centres = found.unwrap_or_default().iter().map(Centre::from).collect();
    let page = Turn { l: visit.layout().with_form("turn"), place, asked: found.is_some(), centres };
    visit.page(StatusCode::OK, &page)
}
