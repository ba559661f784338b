//! A person's certificate (療養証明書) as the person sees it, or why there is none.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;

use super::person::{id_of, name_of};
use crate::domain::{NoteText, PassportNumber, PatientId};
use crate::render::RenderError;
use crate::service::{
    CertificateDecided, CertificateOffer, NoCertificate, Noted, ServiceError, allow_certificate, give_passport_number,
    show_certificate, withdraw_certificate,
};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::sender::{kept, sent};
use crate::web::console::staff::StaffActor;
use crate::web::console::{missing, note_field};
use crate::web::pages::certificate::{Sheet, no_file, notes, why_none};

#[derive(Template)]
#[template(path = "console/patient_certificate.html", config = "src/web/askama.toml")]
struct CertificatePage {
    l: Layout,
    centre: String,
    not_noted: bool,
    name: String,
    person: String,
    page: String,
    sheet: Option<Sheet>,
    notes: [Message; 3],
    /// Why there is none.
    none: Option<Message>,
    /// Whether the passport number is what is missing.
    asks_passport: bool,
    /// Why there is no file.
    no_file: Option<Message>,
    /// Whether staff have withdrawn it.
    is_withdrawn: bool,
    told: Option<Message>,
    typed: String,
    /// Why it is withdrawn, as it was typed.
    withdrawal: String,
    mistakes: Mistakes,
}

/// What the forms has, or had.
#[derive(Default)]
struct Entered {
    typed: String,
    withdrawal: String,
    told: Option<Message>,
    mistakes: Mistakes,
}

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let id = id_of(&id)?;
        let typed = kept(&staff, &page_of(id)).await?.map(|fields| fields.get("passport").to_owned());
        let withdrawal =
            kept(&staff, &decision_page(id, WITHDRAW)).await?.map(|fields| fields.get("withdrawal").to_owned());
        let told = told_of(&query_value(query.as_deref(), "done"));
        let (typed, withdrawal) = (typed.unwrap_or_default(), withdrawal.unwrap_or_default());
        let entered = Entered { typed, withdrawal, told, mistakes: Mistakes::default() };
        show(&staff, id, entered).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| take(staff, id, fields).await).await
}

/// The page, within the console.
pub(super) fn page_of(id: PatientId) -> String {
    format!("/patients/{id}/certificate")
}

async fn take(staff: &StaffActor, id: PatientId, fields: Fields) -> Result<Response, ServiceError> {
    let typed = fields.get("passport").to_owned();
    let Some(number) = PassportNumber::parse(&typed) else {
        let mistakes = Mistakes::one("passport", message!("certificate-passport-wrong"));
        return show(staff, id, Entered { typed, mistakes, ..Entered::default() }).await;
    };
    give_passport_number(staff.context(), staff.actor(), id, &number).await?;
    Ok(staff.visit.redirect(&page_of(id)))
}

/// The ends of the paths of the decisions.
const WITHDRAW: &str = "withdraw";
const ALLOW: &str = "allow";

fn decision_page(id: PatientId, decision: &str) -> String {
    format!("{}/{decision}", page_of(id))
}

/// Withdraws it, or lets the person have one again.
pub(super) async fn decide(Path((id, decision)): Path<(String, String)>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    match &*decision {
        WITHDRAW => sent(form, &page_of(id), async |staff, fields| withdraw(staff, id, &fields).await).await,
        ALLOW => {
            sent(form, &page_of(id), async |staff, _| {
                let decided = allow_certificate(staff.context(), staff.actor(), id).await?;
                Ok(done(staff, id, decided, "allowed"))
            })
            .await
        }
        _ => missing::page(&form.visit),
    }
}

async fn withdraw(staff: &StaffActor, id: PatientId, fields: &Fields) -> Result<Response, ServiceError> {
    let typed = fields.get("withdrawal").to_owned();
    let mistake = match NoteText::parse(&typed) {
        Ok(Some(reason)) => {
            let decided = withdraw_certificate(staff.context(), staff.actor(), id, &reason).await?;
            return Ok(done(staff, id, decided, "withdrawn"));
        }
        Ok(None) => message!("withdrawal-reason-missing"),
        Err(error) => note_field::told(error),
    };
    let mistakes = Mistakes::one("withdrawal", mistake);
    show(staff, id, Entered { withdrawal: typed, mistakes, ..Entered::default() }).await
}

fn done(staff: &StaffActor, id: PatientId, decided: CertificateDecided, done: &str) -> Response {
    let code = if decided == CertificateDecided::Now { done } else { "before" };
    staff.visit.redirect(&format!("{}?done={code}", page_of(id)))
}

fn told_of(code: &str) -> Option<Message> {
    match code {
        "withdrawn" => Some(message!("withdrawal-done")),
        "allowed" => Some(message!("withdrawal-allowed")),
        "before" => Some(message!("withdrawal-before")),
        _ => None,
    }
}

async fn show(staff: &StaffActor, id: PatientId, entered: Entered) -> Result<Response, ServiceError> {
    let viewed = show_certificate(staff.context(), staff.actor(), id).await?;
    let not_noted = matches!(viewed.noted, Noted::No(_));
    let page = page(staff, id, &viewed.found, entered);
    let status = if page.mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(staff.visit.page(status, &CertificatePage { not_noted, ..page }))
}

/// The page that says why there is no file.
pub(super) fn without_file(
    staff: &StaffActor,
    id: PatientId,
    offer: &CertificateOffer,
    error: &RenderError,
) -> Response {
    let page = page(staff, id, offer, Entered::default());
    let page = CertificatePage { no_file: Some(no_file(error)), ..page };
    staff.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn page(staff: &StaffActor, id: PatientId, offer: &CertificateOffer, entered: Entered) -> CertificatePage {
    let certificates = &staff.visit.console.settings.certificates;
    let why = offer.certificate.as_ref().err().copied();
    CertificatePage {
        l: staff.visit.layout(),
        centre: offer.centre_name.clone(),
        not_noted: false,
        name: name_of(&offer.patient),
        person: staff.visit.path(&format!("/patients/{id}")),
        page: staff.visit.path(&page_of(id)),
        sheet: offer.certificate.as_ref().ok().map(|view| certificates.sheet(view, &offer.zone)),
        notes: notes(&offer.centre_name),
        none: why.map(why_none),
        asks_passport: why == Some(NoCertificate::Passport),
        no_file: None,
        is_withdrawn: why == Some(NoCertificate::Withdrawn),
        told: entered.told,
        typed: entered.typed,
        withdrawal: entered.withdrawal,
        mistakes: entered.mistakes,
    }
}
