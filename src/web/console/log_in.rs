//! The log-in: e-mail address and password.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use url::form_urlencoded;

use super::SecondFactorRule;
use super::cookies::Cookie;
use super::form::{Fields, Mistakes, Submitted};
use super::layout::{First, Layout};
use super::missing;
use super::visit::Visit;
use crate::domain::SecondFactor;
use crate::service::{AccountError, SecretToken, ServiceError, SessionState, give_both_factors, give_password};
use crate::translations::{Message, message};

/// Why the page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Somebody wants to log in.
    Wanted,
    /// Somebody logged out.
    LoggedOut,
    /// The log-in ended by itself.
    TimedOut,
    /// It ended while something was typed, which is kept.
    DraftKept,
}

#[derive(Template)]
#[template(path = "console/log_in.html", config = "src/web/askama.toml")]
struct LogIn {
    l: Layout,
    why: Why,
    next: String,
    email: String,
    /// Whether the page asks for a code, too, because a try with the password alone would have to wait.
    asked: Asked,
    mistakes: Mistakes,
}

/// What the page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The password.
    Password,
    /// The password and a code of the second factor at once.
    Both,
}

/// A value of a query. Empty if it isn't there.
pub(super) fn query_value(query: Option<&str>, name: &str) -> String {
    let mut values = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    values.find(|(field, _)| field == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A path as a value of a query.
pub(super) fn in_query(path: &str) -> String {
    form_urlencoded::byte_serialize(path.as_bytes()).collect()
}

/// The path to which a log-in leads, if it is one of the console.
pub(super) fn next_of(visit: &Visit, next: &str) -> String {
    visit.console.site.page(next).map(|page| visit.path(page)).unwrap_or_default()
}

pub(super) async fn handler(visit: Visit, RawQuery(query): RawQuery) -> Response {
    let query = query.as_deref();
    if let SessionState::LoggedIn(logged_in) = &visit.session {
        return visit.redirect(First::of(logged_in.account.role).page());
    }
    let why = match (&visit.session, query_value(query, "kept").as_str(), query_value(query, "out").as_str()) {
        (SessionState::TimedOut(_), "1", _) => Why::DraftKept,
        (SessionState::TimedOut(_), ..) => Why::TimedOut,
        (_, _, "1") => Why::LoggedOut,
        _ => Why::Wanted,
    };
    let next = next_of(&visit, &query_value(query, "next"));
    let (visit, key) = visit.with_form_key();
    let page = LogIn {
        l: visit.layout(),
        why,
        next,
        email: String::new(),
        asked: Asked::Password,
        mistakes: Mistakes::default(),
    };
    let response = visit.page(StatusCode::OK, &page);
    match key {
        Some(key) => visit.with_cookie(response, Cookie::Form, key.expose()),
        None => response,
    }
}

pub(super) async fn submit(Submitted { visit, fields }: Submitted) -> Response {
    let (email, password) = (fields.get("email"), fields.get("password"));
    let mut mistakes = Mistakes::default();
    if email.trim().is_empty() {
        mistakes.add("email", message!("console-email-missing"));
    }
    if password.is_empty() {
        mistakes.add("password", message!("console-password-missing"));
    }
    let code = fields.get("code").trim();
    if !mistakes.is_empty() {
        let asked = if code.is_empty() { Asked::Password } else { Asked::Both };
        return again(&visit, &fields, StatusCode::UNPROCESSABLE_ENTITY, asked, mistakes);
    }
    if !code.is_empty() && visit.console.settings.second_factor == SecondFactorRule::Asked {
        return at_once(&visit, &fields).await;
    }
    let next = next_of(&visit, fields.get("next"));
    match log_in(&visit, email, password).await {
        Ok((SecondFactorRule::Asked, token)) => {
            let response = visit.redirect(&format!("/log-in/second-factor?next={}", in_query(&next)));
            visit.with_cookie(response, Cookie::Session, token.expose())
        }
        #[cfg(feature = "lab")]
        Ok((SecondFactorRule::NotInThisDemonstration, token)) => {
            let response = visit.redirect(visit.console.site.page(&next).unwrap_or("/"));
            visit.with_cookie(response, Cookie::Session, token.expose())
        }
        Err(ServiceError::Account(error)) => {
            let (status, sentence) = told(error);
            let waits = matches!(error, AccountError::TooManyTries(_));
            let asked = match visit.console.settings.second_factor {
                SecondFactorRule::Asked if waits => Asked::Both,
                _ => Asked::Password,
            };
            again(&visit, &fields, status, asked, Mistakes::one("password", sentence))
        }
        Err(error) => visit.answer(Err(error)),
    }
}

/// The answer to the password and a code.
async fn at_once(visit: &Visit, fields: &Fields) -> Response {
    let (email, password, code) =
        (fields.get("email"), fields.get("password"), SecondFactor::parse(fields.get("code")));
    match give_both_factors(&visit.console.context, email, password, code.as_ref(), &visit.browser).await {
        Ok((token, known_as)) => {
            let next = next_of(visit, fields.get("next"));
            let response = visit.redirect(visit.console.site.page(&next).unwrap_or("/"));
            let response = visit.with_cookie(response, Cookie::Session, token.expose());
            visit.with_cookie(response, Cookie::Browser, known_as.expose())
        }
        Err(ServiceError::Account(error)) => {
            let (status, sentence) = told(error);
            again(visit, fields, status, Asked::Both, Mistakes::one("password", sentence))
        }
        Err(error) => visit.answer(Err(error)),
    }
}

/// Whether the second factor follows, and the token of the log-in.
async fn log_in(visit: &Visit, email: &str, password: &str) -> Result<(SecondFactorRule, SecretToken), ServiceError> {
    let (context, rule) = (&visit.console.context, visit.console.settings.second_factor);
    let token = match rule {
        SecondFactorRule::Asked => give_password(context, email, password, &visit.browser).await?,
        #[cfg(feature = "lab")]
        SecondFactorRule::NotInThisDemonstration => {
            crate::service::log_in_without_second_factor(context, email, password, &visit.browser).await?
        }
    };
    Ok((rule, token))
}

/// The status and the sentence of a refused try.
pub(super) fn told(error: AccountError) -> (StatusCode, Message) {
    match error {
        AccountError::TooManyTries(wait) => {
            let seconds = u64::try_from(wait.as_secs()).unwrap_or(0).saturating_add(1);
            (StatusCode::TOO_MANY_REQUESTS, message!("console-too-many-tries", seconds = seconds))
        }
        AccountError::WrongPassword => (StatusCode::UNPROCESSABLE_ENTITY, message!("console-wrong-password")),
        AccountError::WrongPasswordOrCode => (StatusCode::UNPROCESSABLE_ENTITY, message!("gate-both-wrong")),
        AccountError::WrongCode => (StatusCode::UNPROCESSABLE_ENTITY, message!("console-wrong-code")),
        AccountError::WrongPasskey => (StatusCode::UNPROCESSABLE_ENTITY, message!("passkeys-wrong")),
        AccountError::ChallengeEnded => (StatusCode::UNPROCESSABLE_ENTITY, message!("passkeys-challenge-ended")),
        _ => (StatusCode::SERVICE_UNAVAILABLE, message!("console-unavailable-says")),
    }
}

fn again(visit: &Visit, fields: &Fields, status: StatusCode, asked: Asked, mistakes: Mistakes) -> Response {
    if !matches!(visit.session, SessionState::None | SessionState::TimedOut(_) | SessionState::PasswordGiven(..)) {
        return missing::page(visit);
    }
    let (email, next) = (fields.get("email").to_owned(), next_of(visit, fields.get("next")));
    visit.page(status, &LogIn { l: visit.layout(), why: Why::Wanted, next, email, asked, mistakes })
}
