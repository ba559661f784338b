//! The log-in: e-mail address and password, or a code by e-mail, which also helps who has forgotten the password.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::PortalMail;
use super::code::logged_in;
use super::form::{Fields, Mistakes, Submitted, Wish};
use super::layout::{Banner, BannerKind, Layout};
use super::register::{send_code, stay_of, told};
use super::visit::Visit;
use crate::domain::{CodePurpose, EmailAddress, Stay};
use crate::service::{AccountError, ServiceError, log_in_to_portal};
use crate::translations::message;

#[derive(Template)]
#[template(path = "portal/log_in.html", config = "src/web/askama.toml")]
struct LogIn {
    l: Layout,
    email: String,
    stay: Stay,
    next: String,
    mail: PortalMail,
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
    if visit.logged_in.is_some() {
        return visit.redirect("/");
    }
    let heading = match visit.asked("out") {
        "1" => Some(message!("portal-logged-out")),
        "gone" => Some(message!("portal-account-deleted")),
        _ => None,
    };
    let banner = heading.map(|heading| Banner { kind: BannerKind::Done, heading, sentence: None });
    let next = visit.next_page(visit.asked("next")).to_owned();
    let page = LogIn {
        l: visit.layout().with_form("log-in").with_banner(banner),
        email: String::new(),
        stay: Stay::UntilRelease,
        next,
        mail: visit.portal.settings.mail,
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
        mistakes,
    };
    visit.page(status, &page)
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
    let password = fields.get("password");
    if !by_code && password.is_empty() {
        return again(&visit, &fields, wrong, Mistakes::one("password", message!("portal-password-missing")));
    }
    if by_code {
        return match send_code(&visit, CodePurpose::LogIn, address, stay).await {
            Ok(answer) => answer,
            Err(ServiceError::Portal(error)) => again(&visit, &fields, wrong, Mistakes::one("email", told(error))),
            Err(error) => visit.answer(Err(error)),
        };
    }
    match log_in_to_portal(visit.context(), &address, password, stay, &visit.browser).await {
        Ok(token) => logged_in(&visit, visit.redirect(visit.next_page(fields.get("next"))), &token, stay),
        Err(ServiceError::Portal(error)) => again(&visit, &fields, wrong, Mistakes::one("password", told(error))),
        Err(ServiceError::Account(AccountError::Busy)) => {
            let busy = StatusCode::SERVICE_UNAVAILABLE;
            again(&visit, &fields, busy, Mistakes::one("password", message!("portal-busy")))
        }
        Err(error) => visit.answer(Err(error)),
    }
}
