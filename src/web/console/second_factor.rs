//! The second factor: a code of the authenticator, or a recovery code.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::cookies::Cookie;
use super::form::{Mistakes, Submitted};
use super::layout::{First, Layout};
use super::log_in::{next_of, query_value, told};
use super::visit::Visit;
use crate::domain::SecondFactor;
use crate::service::{AccountError, AccountView, ServiceError, SessionState, give_second_factor};
use crate::translations::{Message, message};

/// What the page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// A code of the authenticator.
    OneTimeCode,
    /// A code for a lost authenticator.
    RecoveryCode,
}

#[derive(Template)]
#[template(path = "console/second_factor.html", config = "src/web/askama.toml")]
struct Page {
    l: Layout,
    asked: Asked,
    name: String,
    email: String,
    codes_left: u32,
    next: String,
    code: String,
    mistakes: Mistakes,
}

impl Page {
    fn recovery(&self) -> Message {
        message!("console-use-recovery", count = self.codes_left)
    }
}

/// The page for somebody who has given the password.
fn page(visit: &Visit, account: &AccountView, codes_left: u32, asked: Asked, next: String) -> Page {
    Page {
        l: visit.layout(),
        asked,
        name: account.name.as_str().to_owned(),
        email: account.log_in_name.typed().to_owned(),
        codes_left,
        next,
        code: String::new(),
        mistakes: Mistakes::default(),
    }
}

fn asked(with: &str) -> Asked {
    if with == "recovery" { Asked::RecoveryCode } else { Asked::OneTimeCode }
}

pub(super) async fn handler(visit: Visit, RawQuery(query): RawQuery) -> Response {
    let query = query.as_deref();
    match &visit.session {
        SessionState::PasswordGiven(account, codes_left) => {
            let next = next_of(&visit, &query_value(query, "next"));
            let page = page(&visit, account, *codes_left, asked(&query_value(query, "with")), next);
            visit.page(StatusCode::OK, &page)
        }
        SessionState::LoggedIn(logged_in) => visit.redirect(First::of(logged_in.account.role).page()),
        SessionState::TimedOut(_) | SessionState::None => visit.redirect("/log-in"),
    }
}

pub(super) async fn submit(Submitted { visit, fields }: Submitted) -> Response {
    let (SessionState::PasswordGiven(account, codes_left), Some(half)) = (&visit.session, &visit.token) else {
        return visit.redirect("/log-in");
    };
    let code = SecondFactor::parse(fields.get("code"));
    let next = next_of(&visit, fields.get("next"));
    match give_second_factor(&visit.console.context, half, code.as_ref(), &visit.browser).await {
        Ok((token, known_as)) => {
            let page = visit.console.site.page(&next).unwrap_or(First::of(account.role).page());
            let response = visit.with_cookie(visit.redirect(page), Cookie::Session, token.expose());
            visit.with_cookie(response, Cookie::Browser, known_as.expose())
        }
        Err(ServiceError::Account(AccountError::LogInEnded)) => visit.redirect("/log-in"),
        Err(ServiceError::Account(error)) => {
            let (status, sentence) = told(error);
            let mistakes = Mistakes::one("code", sentence);
            let again = page(&visit, account, *codes_left, asked(fields.get("with")), next);
            visit.page(status, &Page { mistakes, code: fields.get("code").to_owned(), ..again })
        }
        Err(error) => visit.answer(Err(error)),
    }
}
