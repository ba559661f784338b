//! Entering the code that was sent by e-mail, in one field.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::cookies::Cookie;
use super::form::{Mistakes, Submitted, Wish};
use super::layout::{Banner, BannerKind, Layout};
use super::register::{send_code, told};
use super::visit::Visit;
use super::waiting::{Awaited, answer};
use crate::domain::{CodePurpose, Stay};
use crate::service::{CodeEntered, PendingCode, SecretToken, ServiceError, enter_code, pending_code};
use crate::translations::{Message, message};

#[derive(Template)]
#[template(path = "portal/code.html", config = "src/web/askama.toml")]
struct Code {
    l: Layout,
    heading: Message,
    email: String,
    /// What was typed.
    typed: String,
    mistakes: Mistakes,
}

/// What a proven address leads to where there is nothing to log in to.
#[derive(Template)]
#[template(path = "portal/proven.html", config = "src/web/askama.toml")]
struct Proven {
    l: Layout,
    sentence: Message,
    advice: Message,
    page: &'static str,
    next: Message,
}

fn nothing_typed() -> (&'static str, Mistakes) {
    ("", Mistakes::default())
}

/// The code for which the browser waits.
async fn pending(visit: &Visit) -> Result<Option<(SecretToken, PendingCode)>, ServiceError> {
    let Some(token) = visit.code_token.clone() else { return Ok(None) };
    let pending = pending_code(visit.context(), &token).await?;
    Ok(pending.map(|pending| (token, pending)))
}

fn page(visit: &Visit, pending: &PendingCode, (typed, mistakes): (&str, Mistakes), banner: Option<Banner>) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let heading = match pending.purpose {
        CodePurpose::SignUp => message!("portal-register"),
        CodePurpose::LogIn => message!("portal-log-in"),
        CodePurpose::ChangeAddress => message!("portal-change-address"),
    };
    let email = pending.address.expose().to_owned();
    let l = visit.layout().with_form("code-form").with_banner(banner);
    visit.page(status, &Code { l, heading, email, typed: typed.to_owned(), mistakes })
}

pub(super) async fn handler(visit: Visit) -> Response {
    match pending(&visit).await {
        Ok(Some((_, pending))) => page(&visit, &pending, nothing_typed(), None),
        Ok(None) => visit.redirect("/log-in"),
        Err(error) => visit.answer(Err(error)),
    }
}

pub(super) async fn submit(Submitted { visit, fields, wish }: Submitted) -> Response {
    let (token, pending) = match pending(&visit).await {
        Ok(Some(pending)) => pending,
        Ok(None) => return visit.redirect("/log-in"),
        Err(error) => return visit.answer(Err(error)),
    };
    if wish == Wish::OtherLanguage {
        return page(&visit, &pending, (fields.get("code"), Mistakes::default()), None);
    }
    if pending.purpose != CodePurpose::ChangeAddress && visit.is_recent() {
        // The form was sent twice: the first time has logged in.
        return visit.redirect("/");
    }
    let account = visit.logged_in.as_ref().map(|logged_in| logged_in.account);
    if pending.purpose == CodePurpose::ChangeAddress && account.is_none() {
        return visit.redirect("/log-in?next=/account/address");
    }
    if fields.get("step") == "again" {
        return again(&visit, &pending).await;
    }
    let (context, browser, typed) =
        (Arc::clone(&visit.portal.context), visit.browser.clone(), fields.get("code").to_owned());
    let kept = pending.clone();
    let work = async move {
        let result = enter_code(&context, &token, &typed, (&browser, account)).await;
        answer(move |visit| match result {
            Ok(entered) => after(visit, entered),
            Err(ServiceError::Portal(error)) => page(visit, &kept, (&typed, Mistakes::one("code", told(error))), None),
            Err(error) => visit.answer(Err(error)),
        })
    };
    let busy = || page(&visit, &pending, (fields.get("code"), Mistakes::one("code", message!("portal-busy"))), None);
    visit.wait(Awaited::Codes, work).await.unwrap_or_else(|_| busy())
}

async fn again(visit: &Visit, pending: &PendingCode) -> Response {
    let kept = pending.clone();
    let after = move |visit: &Visit, sent: Result<Response, Message>| match sent {
        Ok(_) => {
            let heading = message!("portal-code-again-sent");
            page(visit, &kept, nothing_typed(), Some(Banner { kind: BannerKind::Done, heading, sentence: None }))
        }
        Err(sentence) => page(visit, &kept, ("", Mistakes::one("code", sentence)), None),
    };
    send_code(visit, pending.purpose, pending.address.clone(), pending.stay, after).await
}

/// The cookie of a log-in.
pub(super) fn logged_in(visit: &Visit, response: Response, token: &SecretToken, stay: Stay) -> Response {
    let cookie = match stay {
        Stay::ThisVisit => Cookie::Session,
        Stay::UntilRelease => Cookie::LastingSession,
    };
    let response = visit.with_cookie(response, cookie, token.expose());
    visit.with_cookie(response, Cookie::Code, "")
}

fn after(visit: &Visit, entered: CodeEntered) -> Response {
    let (sentence, advice, page, next) = match entered {
        CodeEntered::SignedUp(token, stay) => {
            return logged_in(visit, visit.redirect("/account/password?new=1"), &token, stay);
        }
        CodeEntered::LoggedIn(token, stay) => return logged_in(visit, visit.redirect("/"), &token, stay),
        CodeEntered::AddressChanged => return visit.redirect("/account?done=address"),
        CodeEntered::Exists => {
            (message!("portal-exists"), message!("portal-exists-says"), "/log-in", message!("portal-log-in"))
        }
        CodeEntered::Unknown => {
            (message!("portal-unknown"), message!("portal-unknown-says"), "/register", message!("portal-register"))
        }
    };
    let l = visit.layout();
    visit.page(StatusCode::OK, &Proven { l, sentence, advice, page, next })
}
