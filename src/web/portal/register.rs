//! Signing up: the e-mail address, to which a code is sent. A known and an unknown address get the same answer (M2).

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::PortalMail;
use super::cookies::Cookie;
use super::form::{Mistakes, Submitted, Wish};
use super::layout::Layout;
use super::visit::Visit;
use crate::domain::{CodePurpose, EmailAddress, Stay};
use crate::service::{CodeRequest, PortalError, SecretToken, ServiceError, ask_for_code};
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
    page(&visit, String::new(), Stay::UntilRelease, Mistakes::default())
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
    match send_code(&visit, CodePurpose::SignUp, address, stay).await {
        Ok(answer) => answer,
        Err(ServiceError::Portal(error)) => page(&visit, typed, stay, Mistakes::one("email", told(error))),
        Err(error) => visit.answer(Err(error)),
    }
}

/// Sends a code, and leads to the page on which it is entered.
pub(super) async fn send_code(
    visit: &Visit,
    purpose: CodePurpose,
    address: EmailAddress,
    stay: Stay,
) -> Result<Response, ServiceError> {
    let token = visit.code_token.clone().map_or_else(SecretToken::random, Ok)?;
    let account = visit.logged_in.as_ref().map(|logged_in| logged_in.account);
    let account = account.filter(|_| purpose == CodePurpose::ChangeAddress);
    let request = CodeRequest { purpose, address, stay, account, language: visit.language };
    ask_for_code(visit.context(), request, &token, &visit.browser.address).await?;
    Ok(visit.with_cookie(visit.redirect("/code"), Cookie::Code, token.expose()))
}

/// The sentence of a refusal.
pub(super) fn told(error: PortalError) -> Message {
    match error {
        PortalError::TooManyCodes(wait) | PortalError::TooManyTries(wait) => {
            let seconds = u64::try_from(wait.as_secs()).unwrap_or(0).saturating_add(1);
            message!("portal-wait", seconds = seconds)
        }
        PortalError::WrongCode => message!("portal-code-wrong"),
        PortalError::WrongPassword => message!("portal-password-wrong"),
        PortalError::Mismatch => message!("portal-person-mismatch"),
        PortalError::HeldByAnother => message!("portal-person-taken"),
        PortalError::AlreadyYours => message!("portal-person-yours"),
        PortalError::TooManyPeople => message!("portal-people-too-many"),
        PortalError::NotYours => message!("portal-not-found-says"),
    }
}
