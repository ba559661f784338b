//! What to tell the person on the phone at once, after a red answer.

use std::collections::HashSet;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{PatientId, Severity};
use crate::service::{EnteredReport, Purpose, ServiceError, show_profile};
use crate::translations::{Message, message};
use crate::web::console::layout::Layout;
use crate::web::console::patients::person::{Phone, name_of};
use crate::web::console::round::Round;
use crate::web::console::section::Section;
use crate::web::console::sender::taken;
use crate::web::console::staff::StaffActor;

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
    /// What else was stored with it.
    besides: Option<Message>,
    round: Option<String>,
    after: String,
}

/// What was stored, and where it goes on.
pub(super) struct After {
    pub(super) entered: EnteredReport,
    pub(super) purpose: Purpose,
    pub(super) round: Option<Round>,
}

/// Each sentence once: two answers may have the same advice.
fn once(advice: Vec<String>) -> Vec<String> {
    let mut said = HashSet::new();
    advice.into_iter().filter(|words| said.insert(words.clone())).collect()
}

pub(super) async fn show_entered(staff: &StaffActor, id: PatientId, after: After) -> Result<Response, ServiceError> {
    let After { entered, purpose, round } = after;
    let profile = show_profile(staff.context(), staff.actor(), id).await?.found;
    let page = EnteredPage {
        l: staff.visit.layout().within(round.as_ref().map(|_| Section::Round)),
        centre: profile.shown.centre_name.clone(),
        name: name_of(&profile.shown.patient),
        person: staff.visit.path(&format!("/patients/{id}")),
        severity: entered.severity,
        phone: Phone::of(&profile.shown.patient),
        advice: once(entered.advice),
        besides: match purpose {
            Purpose::Report => None,
            Purpose::SoFar => Some(message!("answers-told-so-far")),
            Purpose::NotReached => Some(message!("answers-told-not-reached")),
            Purpose::LaterAt(_) => Some(message!("answers-told-later")),
        },
        round: round.map(|round| round.text()),
        after: id.to_string(),
    };
    Ok(taken(staff.visit.page(StatusCode::OK, &page)))
}
