//! The certificate, or why there is none.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{PassportNumber, PatientId};
use crate::render::RenderError;
use crate::service::{CertificateOffer, NoCertificate, ServiceError, give_portal_passport, show_portal_certificate};
use crate::translations::{Message, message};
use crate::web::pages::certificate::{Sheet, no_file, notes, why_none};
use crate::web::portal::form::{Mistakes, Submitted, Wish};
use crate::web::portal::layout::{Layout, Phone};
use crate::web::portal::member::PortalActor;
use crate::web::portal::visit::Visit;

/// The page's path.
pub(super) const PAGE: &str = "/certificate";

#[derive(Template)]
#[template(path = "portal/certificate.html", config = "src/web/askama.toml")]
struct CertificatePage {
    l: Layout,
    name: String,
    has_others: bool,
    sheet: Option<Sheet>,
    notes: [Message; 3],
    none: Option<Message>,
    asks_passport: bool,
    no_file: Option<Message>,
    centre: String,
    phone: Phone,
    /// The person, for the form.
    person: String,
    typed: String,
    mistakes: Mistakes,
}

pub(in crate::web::portal) async fn handler(actor: PortalActor) -> Response {
    let shown = show(&actor, "", Mistakes::default()).await;
    actor.visit.answer(shown)
}

pub(in crate::web::portal) async fn submit(form: Submitted) -> Response {
    let (actor, fields, wish) = match PortalActor::about(form).await {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let typed = fields.get("passport");
    let taken = async {
        let Some(patient) = shown_person(&actor) else { return Ok(actor.visit.redirect("/people/add")) };
        if wish == Wish::OtherLanguage {
            return show(&actor, typed, Mistakes::default()).await;
        }
        let Some(number) = PassportNumber::parse(typed) else {
            return show(&actor, typed, Mistakes::one("passport", message!("certificate-passport-wrong"))).await;
        };
        give_portal_passport(actor.context(), &actor.logged_in, patient, &number).await?;
        Ok(actor.visit.redirect(PAGE))
    };
    let taken = taken.await;
    actor.visit.answer(taken)
}

/// The person whom the pages show.
pub(super) fn shown_person(actor: &PortalActor) -> Option<PatientId> {
    actor.logged_in.shown_person().map(|person| person.patient)
}

async fn show(actor: &PortalActor, typed: &str, mistakes: Mistakes) -> Result<Response, ServiceError> {
    let Some(patient) = shown_person(actor) else { return Ok(actor.visit.redirect("/people/add")) };
    let offer = show_portal_certificate(actor.context(), &actor.logged_in, patient).await?.found;
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page(actor, patient, &offer);
    Ok(actor.visit.page(status, &CertificatePage { typed: typed.to_owned(), mistakes, ..page }))
}

/// The page that says why there is no file.
pub(super) fn without_file(
    actor: &PortalActor,
    patient: PatientId,
    offer: &CertificateOffer,
    error: &RenderError,
) -> Response {
    let page = CertificatePage { no_file: Some(no_file(error)), ..page(actor, patient, offer) };
    actor.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn page(actor: &PortalActor, patient: PatientId, offer: &CertificateOffer) -> CertificatePage {
    let visit: &Visit = &actor.visit;
    let why = offer.certificate.as_ref().err().copied();
    let asks_passport = why == Some(NoCertificate::Passport);
    let l = visit.layout();
    CertificatePage {
        l: if asks_passport { l.with_form("passport-form") } else { l },
        name: actor.logged_in.person(patient).map(|person| person.name()).unwrap_or_default(),
        has_others: actor.logged_in.people.len() > 1,
        sheet: offer.certificate.as_ref().ok().map(|view| visit.portal.settings.certificates.sheet(view, &offer.zone)),
        notes: notes(&offer.centre_name),
        none: why.map(why_none),
        asks_passport,
        no_file: None,
        centre: offer.centre_name.clone(),
        phone: Phone::of(&offer.centre_phone),
        person: patient.to_string(),
        typed: String::new(),
        mistakes: Mistakes::default(),
    }
}
