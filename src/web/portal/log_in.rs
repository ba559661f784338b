//! The log-in: e-mail address and password, or a code by e-mail, which also helps who has forgotten the password.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::PortalMail;
use super::code::logged_in;
use super::form::{Fields, Mistakes, Submitted, Wish};
use super::layout::{Banner, BannerKind, Layout};
use super::register::{send_code, stay_of, told};
use super::visit::Visit;
use super::waiting::{Awaited, answer};
use crate::domain::{CodePurpose, EmailAddress, Stay};
use crate::service::{SecretToken, ServiceError, log_in_to_portal};
use crate::translations::{Message, message};

#[derive(Template)]
#[template(path = "portal/log_in.html", config = "src/web/askama.toml")]
struct LogIn {
    l: Layout,
    email: String,
    stay: Stay,
    next: String,
    mail: PortalMail,
    /// Whether passkeys can be used at this address.
    passkeys: bool,
    mistakes: Mistakes,
}

impl LogIn {
    fn stays(&self) -> bool {
        self.stay == Stay::UntilRelease
    }

    fn has_mail(&self) -> bool {
        self.mail == PortalMail::Sent
    }
}

pub(super) async fn handler(visit: Visit) -> Response {
    let is_asked_again = visit.asked("again") == "1" && !visit.is_recent();
    if visit.logged_in.is_some() && !is_asked_again {
        return visit.redirect("/");
    }
    let heading = match visit.asked("out") {
        _ if is_asked_again => Some(message!("portal-log-in-again")),
        "1" => Some(message!("portal-logged-out")),
        "gone" => Some(message!("portal-account-deleted")),
        "kept" => Some(message!("portal-waiting-kept")),
        "waited" => Some(message!("portal-waiting-ended")),
        _ => None,
    };
    let kind = if is_asked_again { BannerKind::Info } else { BannerKind::Done };
    let banner = heading.map(|heading| Banner { kind, heading, sentence: None });
    let next = visit.next_page(visit.asked("next")).to_owned();
    let page = LogIn {
        l: visit.layout().with_form("log-in").with_banner(banner),
        email: String::new(),
        stay: Stay::UntilRelease,
        next,
        mail: visit.portal.settings.mail,
        passkeys: visit.portal.party.is_some(),
        mistakes: Mistakes::default(),
    };
    visit.page(StatusCode::OK, &page)
}

fn again(visit: &Visit, fields: &Fields, status: StatusCode, mistakes: Mistakes) -> Response {
    let page = LogIn {
        l: visit.layout().with_form("log-in"),
        email: fields.get("email").to_owned(),
        stay: stay_of(fields.get("stay")),
        next: visit.next_page(fields.get("next")).to_owned(),
        mail: visit.portal.settings.mail,
        passkeys: visit.portal.party.is_some(),
        mistakes,
    };
    visit.page(status, &page)
}

/// The page after a passkey that wasn't taken.
pub(super) fn with_passkey_refused(visit: &Visit, fields: &Fields, sentence: Message) -> Response {
    again(visit, fields, StatusCode::UNPROCESSABLE_ENTITY, Mistakes::one("passkey", sentence))
}

pub(super) async fn submit(Submitted { visit, fields, wish }: Submitted) -> Response {
    if wish == Wish::OtherLanguage {
        return again(&visit, &fields, StatusCode::OK, Mistakes::default());
    }
    let (wrong, stay) = (StatusCode::UNPROCESSABLE_ENTITY, stay_of(fields.get("stay")));
    let Ok(address) = EmailAddress::parse(fields.get("email")) else {
        return again(&visit, &fields, wrong, Mistakes::one("email", message!("portal-email-wrong")));
    };
    let by_code = fields.get("step") == "code";
    if !by_code && fields.get("password").is_empty() {
        return again(&visit, &fields, wrong, Mistakes::one("password", message!("portal-password-missing")));
    }
    if by_code {
        let after = move |visit: &Visit, sent: Result<Response, Message>| match sent {
            Ok(sent) => sent,
            Err(sentence) => again(visit, &fields, wrong, Mistakes::one("email", sentence)),
        };
        return send_code(&visit, CodePurpose::LogIn, address, stay, after).await;
    }
    let (context, browser, password) =
        (Arc::clone(&visit.portal.context), visit.browser.clone(), fields.get("password").to_owned());
    let kept = fields.clone();
    let work = async move {
        let result = log_in_to_portal(&context, &address, &password, stay, &browser).await;
        answer(move |visit| after(visit, &kept, stay, result))
    };
    visit.wait(Awaited::Passwords, work).await.unwrap_or_else(|_| {
        let (busy, sentence) = (StatusCode::SERVICE_UNAVAILABLE, message!("portal-busy"));
        again(&visit, &fields, busy, Mistakes::one("password", sentence))
    })
}

fn after(visit: &Visit, fields: &Fields, stay: Stay, result: Result<SecretToken, ServiceError>) -> Response {
    match result {
        Ok(token) => logged_in(visit, visit.redirect(visit.next_page(fields.get("next"))), &token, stay),
        Err(ServiceError::Portal(error)) => {
            let mistakes = Mistakes::one("password", told(error));
            again(visit, fields, StatusCode::UNPROCESSABLE_ENTITY, mistakes)
        }
        Err(error) => visit.answer(Err(error)),
    }
}
