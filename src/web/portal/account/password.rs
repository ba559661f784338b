//! How to log in from now on: with a password, or with a code by e-mail each time.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{LogInName, Password, PasswordError};
use crate::service::{AccountError, PortalPassword, ServiceError, choose_portal_password};
use crate::translations::{Message, message};
use crate::web::portal::form::{Mistakes, Submitted, Wish};
use crate::web::portal::layout::{Banner, BannerKind, Layout};
use crate::web::portal::member::PortalActor;

#[derive(Template)]
#[template(path = "portal/password.html", config = "src/web/askama.toml")]
struct PasswordPage {
    l: Layout,
    email: String,
    is_new: bool,
    has_password: bool,
    mistakes: Mistakes,
}

fn page(actor: &PortalActor, is_new: bool, mistakes: Mistakes) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let banner =
        is_new.then(|| Banner { kind: BannerKind::Done, heading: message!("portal-signed-up"), sentence: None });
    let page = PasswordPage {
        l: actor.visit.layout().with_form("password-form").with_banner(banner),
        email: actor.logged_in.address.expose().to_owned(),
        is_new,
        has_password: actor.logged_in.password == PortalPassword::Chosen,
        mistakes,
    };
    actor.visit.page(status, &page)
}

pub(super) async fn handler(actor: PortalActor) -> Response {
    let is_new = actor.visit.asked("new") == "1";
    page(&actor, is_new, Mistakes::default())
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (actor, fields, wish) = match PortalActor::of(form) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let is_new = fields.get("new") == "1";
    if wish == Wish::OtherLanguage {
        return page(&actor, is_new, Mistakes::default());
    }
    let next = if is_new { "/people/add" } else { "/account?done=password" };
    let password = match fields.get("step") {
        "none" => None,
        _ => match chosen(&actor, fields.get("password")) {
            Ok(password) => Some(password),
            Err(sentence) => return page(&actor, is_new, Mistakes::one("password", sentence)),
        },
    };
    match choose_portal_password(actor.context(), &actor.logged_in, password.as_ref()).await {
        Ok(()) => actor.visit.redirect(next),
        Err(ServiceError::Account(AccountError::Busy)) => {
            page(&actor, is_new, Mistakes::one("password", message!("portal-busy")))
        }
        Err(error) => actor.visit.answer(Err(error)),
    }
}

fn chosen(actor: &PortalActor, typed: &str) -> Result<Password, Message> {
    let name = LogInName::parse(actor.logged_in.address.expose()).map_err(|_| message!("portal-email-wrong"))?;
    Password::choose(typed, &name).map_err(|error| match error {
        PasswordError::TooShort => message!("portal-password-short", least = Password::SHORTEST),
        PasswordError::TooLong => message!("portal-password-long", most = Password::LONGEST),
        PasswordError::Guessable => message!("portal-password-guessable"),
    })
}
