//! How to log in from now on: with a password, or with a code by e-mail each time.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{Password, PasswordError};
use crate::service::{PortalPassword, choose_portal_password};
use crate::translations::{Message, message};
use crate::web::portal::form::{Mistakes, Submitted, Wish};
use crate::web::portal::layout::{Banner, BannerKind, Layout};
use crate::web::portal::member::PortalActor;
use crate::web::portal::waiting::{Awaited, answer};

/// The page.
const PAGE: &str = "/account/password";

#[derive(Template)]
#[template(path = "portal/password.html", config = "src/web/askama.toml")]
struct PasswordPage {
    l: Layout,
    email: String,
    is_new: bool,
    has_password: bool,
    /// Whether passkeys can be added at this address.
    passkeys: bool,
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
        passkeys: actor.visit.portal.party.is_some(),
        mistakes,
    };
    actor.visit.page(status, &page)
}

pub(super) async fn handler(actor: PortalActor) -> Response {
    let actor = match actor.recent(PAGE) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let is_new = actor.visit.asked("new") == "1";
    let mistakes = match actor.visit.asked("passkey") {
        "wrong" => Mistakes::one("passkey", message!("portal-passkey-failed")),
        _ => Mistakes::default(),
    };
    page(&actor, is_new, mistakes)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let sent = PortalActor::of(form).and_then(|(actor, fields, wish)| Ok((actor.recent(PAGE)?, fields, wish)));
    let (actor, fields, wish) = match sent {
        Ok(sent) => sent,
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
    let (context, logged_in) = (Arc::clone(&actor.visit.portal.context), actor.logged_in.clone());
    let work = async move {
        let result = choose_portal_password(&context, &logged_in, password.as_ref()).await;
        answer(move |visit| visit.answer(result.map(|()| visit.redirect(next))))
    };
    let busy = || page(&actor, is_new, Mistakes::one("password", message!("portal-busy")));
    actor.visit.wait(Awaited::Passwords, work).await.unwrap_or_else(|_| busy())
}

fn chosen(actor: &PortalActor, typed: &str) -> Result<Password, Message> {
    Password::choose_beside(typed, actor.logged_in.address.expose()).map_err(|error| match error {
        PasswordError::TooShort => message!("portal-password-short", least = Password::SHORTEST),
        PasswordError::TooLong => message!("portal-password-long", most = Password::LONGEST),
        PasswordError::Guessable => message!("portal-password-guessable"),
    })
}
