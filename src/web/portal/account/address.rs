//! Another e-mail address, which a code proves.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{CodePurpose, EmailAddress};
use crate::service::ServiceError;
use crate::translations::message;
use crate::web::portal::form::{Mistakes, Submitted, Wish};
use crate::web::portal::layout::Layout;
use crate::web::portal::member::PortalActor;
use crate::web::portal::register::{send_code, told};

#[derive(Template)]
#[template(path = "portal/address.html", config = "src/web/askama.toml")]
struct Address {
    l: Layout,
    current: String,
    email: String,
    mistakes: Mistakes,
}

fn page(actor: &PortalActor, email: String, mistakes: Mistakes) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let current = actor.logged_in.address.expose().to_owned();
    actor.visit.page(status, &Address { l: actor.visit.layout().with_form("address"), current, email, mistakes })
}

pub(super) async fn handler(actor: PortalActor) -> Response {
    page(&actor, String::new(), Mistakes::default())
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (actor, fields, wish) = match PortalActor::of(form) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let typed = fields.get("email").to_owned();
    if wish == Wish::OtherLanguage {
        return page(&actor, typed, Mistakes::default());
    }
    let Ok(address) = EmailAddress::parse(&typed) else {
        return page(&actor, typed, Mistakes::one("email", message!("portal-email-wrong")));
    };
    match send_code(&actor.visit, CodePurpose::ChangeAddress, address, actor.logged_in.stay).await {
        Ok(answer) => answer,
        Err(ServiceError::Portal(error)) => page(&actor, typed, Mistakes::one("email", told(error))),
        Err(error) => actor.visit.answer(Err(error)),
    }
}
