//! Signing up: the e-mail address, to which a code is sent. A known and an unknown address get the same answer (M2).

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::PortalMail;
use super::cookies::Cookie;
use super::form::{Mistakes, Submitted, Wish};
use super::layout::{Banner, BannerKind, Layout};
use super::visit::Visit;
use super::waiting::{Awaited, answer};
use crate::domain::{CodePurpose, EmailAddress, Stay};
use crate::service::{CodeRequest, PortalError, SecretToken, ServiceError, ask_for_code, pending_code};
use crate::translations::{Message, message};

#[derive(Template)]
#[template(path = "portal/register.html", config = "src/web/askama.toml")]
struct Register {
    l: Layout,
    email: String,
    stay: Stay,
    mail: PortalMail,
    mistakes: Mistakes,
}

impl Register {
    fn stays(&self) -> bool {
        self.stay == Stay::UntilRelease
    }

    fn has_mail(&self) -> bool {
        self.mail == PortalMail::Sent
    }
}

pub(super) async fn handler(visit: Visit) -> Response {
    if visit.logged_in.is_some() {
        return visit.redirect("/");
    }
    let heading = (visit.asked("out") == "kept").then(|| message!("portal-waiting-kept"));
    let banner = heading.map(|heading| Banner { kind: BannerKind::Info, heading, sentence: None });
    let l = visit.layout().with_form("register").with_banner(banner);
    let mail = visit.portal.settings.mail;
    let page = Register { l, email: String::new(), stay: Stay::UntilRelease, mail, mistakes: Mistakes::default() };
    visit.page(StatusCode::OK, &page)
}

fn page(visit: &Visit, email: String, stay: Stay, mistakes: Mistakes) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mail = visit.portal.settings.mail;
    visit.page(status, &Register { l: visit.layout().with_form("register"), email, stay, mail, mistakes })
}

/// Whether the box "stay logged in" was ticked.
pub(super) fn stay_of(ticked: &str) -> Stay {
    if ticked.is_empty() { Stay::ThisVisit } else { Stay::UntilRelease }
}

pub(super) async fn submit(Submitted { visit, fields, wish }: Submitted) -> Response {
    let (typed, stay) = (fields.get("email").to_owned(), stay_of(fields.get("stay")));
    if wish == Wish::OtherLanguage {
        return page(&visit, typed, stay, Mistakes::default());
    }
    let Ok(address) = EmailAddress::parse(&typed) else {
        return page(&visit, typed, stay, Mistakes::one("email", message!("portal-email-wrong")));
    };
    let after = move |visit: &Visit, sent: Result<Response, Message>| match sent {
        Ok(sent) => sent,
        Err(sentence) => page(visit, typed.clone(), stay, Mistakes::one("email", sentence)),
    };
    send_code(&visit, CodePurpose::SignUp, address, stay, after).await
}

/// Sends a code when its turn comes. `after` gets the way to the page on which it is entered, or what is wrong.
pub(super) async fn send_code(
    visit: &Visit,
    purpose: CodePurpose,
    address: EmailAddress,
    stay: Stay,
    after: impl Fn(&Visit, Result<Response, Message>) -> Response + Clone + Send + 'static,
) -> Response {
    let token = match code_token(visit, &address).await {
        Ok(token) => token,
        Err(error) => return visit.answer(Err(error)),
    };
    let account = visit.logged_in.as_ref().map(|logged_in| logged_in.account);
    let account = account.filter(|_| purpose == CodePurpose::ChangeAddress);
    let request = CodeRequest { purpose, address, stay, account, language: visit.language };
    let (context, sender, then) = (Arc::clone(&visit.portal.context), visit.browser.address.clone(), after.clone());
    let work = async move {
        let result = ask_for_code(&context, request, &token, &sender).await;
        answer(move |visit| match result {
            Ok(()) => then(visit, Ok(visit.with_cookie(visit.redirect("/code"), Cookie::Code, token.expose()))),
            Err(ServiceError::Portal(error)) => then(visit, Err(told(error))),
            Err(error) => visit.answer(Err(error)),
        })
    };
    visit.wait(Awaited::Codes, work).await.unwrap_or_else(|_| after(visit, Err(message!("portal-busy"))))
}

/// The token by which the browser may enter a code: the last one while its code went to the same address. Who noted the
/// cookie of an earlier address learns nothing of the next one.
async fn code_token(visit: &Visit, address: &EmailAddress) -> Result<SecretToken, ServiceError> {
    if let Some(token) = &visit.code_token {
        let pending = pending_code(visit.context(), token).await?;
        if pending.is_some_and(|pending| pending.address == *address) {
            return Ok(token.clone());
        }
    }
    Ok(SecretToken::random()?)
}

/// The sentence of a refusal.
pub(super) fn told(error: PortalError) -> Message {
    match error {
        PortalError::TooManyCodes(wait) | PortalError::TooManyTries(wait) => {
            let seconds = u64::try_from(wait.as_secs()).unwrap_or(0).saturating_add(1);
            message!("portal-wait", seconds = seconds)
        }
        PortalError::CodesLocked => message!("portal-codes-locked"),
        PortalError::WrongCode => message!("portal-code-wrong"),
        PortalError::WrongPassword => message!("portal-password-wrong"),
        PortalError::Mismatch => message!("portal-person-mismatch"),
        PortalError::HeldByAnother => message!("portal-person-taken"),
        PortalError::AlreadyYours => message!("portal-person-yours"),
        PortalError::TooManyPeople => message!("portal-people-too-many"),
        PortalError::NotYours => message!("portal-not-found-says"),
    }
}
