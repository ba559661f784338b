//! An invitation: first the password, then the authenticator. Anyone with the link can set up the account.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::cookies::Cookie;
use super::form::{Mistakes, Submitted};
use super::layout::Layout;
use super::missing;
use super::visit::Visit;
use crate::domain::{LogInName, Password, PasswordError};
use crate::service::{AccountError, AccountView, SecretToken, ServiceError, SetUp, choose_password, set_up};
use crate::translations::{Message, message};
use crate::web::pages::qr::Qr;

/// The first step.
#[derive(Template)]
#[template(path = "console/invitation_password.html", config = "src/web/askama.toml")]
struct PasswordPage {
    l: Layout,
    name: String,
    email: String,
    role: Message,
    mistakes: Mistakes,
}

/// The second step.
#[derive(Template)]
#[template(path = "console/invitation_authenticator.html", config = "src/web/askama.toml")]
struct AuthenticatorPage {
    l: Layout,
    action: String,
    email: String,
    secret: String,
    qr: Qr,
    mistakes: Mistakes,
}

/// The link's token, or the page that says that it doesn't hold.
#[allow(clippy::result_large_err, reason = "a response is what the caller returns")]
pub(super) fn token_of(visit: &Visit, token: &str) -> Result<SecretToken, Response> {
    SecretToken::parse(token).ok_or_else(|| missing::invitation_ended(visit))
}

/// The answer to an error of this page's service functions.
pub(super) fn failed(visit: &Visit, error: ServiceError) -> Response {
    match error {
        ServiceError::Account(AccountError::InvitationEnded) => missing::invitation_ended(visit),
        other => visit.answer(Err(other)),
    }
}

fn password_page(visit: &Visit, account: &AccountView, mistakes: Mistakes) -> PasswordPage {
    PasswordPage {
        l: visit.layout(),
        name: account.name.as_str().to_owned(),
        email: account.log_in_name.typed().to_owned(),
        role: super::layout::role_name(account.role),
        mistakes,
    }
}

/// The page of a step.
pub(super) fn page_of(visit: &Visit, token: &SecretToken, step: &SetUp, mistakes: Mistakes) -> Response {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match step {
        SetUp::Password(account) => visit.page(status, &password_page(visit, account, mistakes)),
        SetUp::SecondFactor { account, secret, url } => {
            let page = AuthenticatorPage {
                l: visit.layout(),
                action: visit.path(&format!("/invitation/{}/second-factor", token.expose())),
                email: account.log_in_name.typed().to_owned(),
                secret: grouped(secret),
                qr: Qr::of(url),
                mistakes,
            };
            visit.page(status, &page)
        }
    }
}

/// In groups of four, to type it.
pub(super) fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

pub(super) async fn handler(visit: Visit, Path(token): Path<String>) -> Response {
    let (visit, key) = visit.with_form_key();
    let token = match token_of(&visit, &token) {
        Ok(token) => token,
        Err(response) => return response,
    };
    let response = match set_up(&visit.console.context, &token).await {
        Ok(step) => page_of(&visit, &token, &step, Mistakes::default()),
        Err(error) => failed(&visit, error),
    };
    match key {
        Some(key) => visit.with_cookie(response, Cookie::Form, key.expose()),
        None => response,
    }
}

pub(super) async fn submit(Path(token): Path<String>, form: Submitted) -> Response {
    let Submitted { visit, fields } = form;
    let token = match token_of(&visit, &token) {
        Ok(token) => token,
        Err(response) => return response,
    };
    let account = match set_up(&visit.console.context, &token).await {
        Ok(SetUp::Password(account) | SetUp::SecondFactor { account, .. }) => account,
        Err(error) => return failed(&visit, error),
    };
    let page = format!("/invitation/{}", token.expose());
    match chosen(fields.get("password"), fields.get("again"), &account.log_in_name) {
        Ok(password) => match choose_password(&visit.console.context, &token, &password).await {
            Ok(()) => visit.redirect(&page),
            Err(error) => failed(&visit, error),
        },
        Err(mistakes) => visit.page(StatusCode::UNPROCESSABLE_ENTITY, &password_page(&visit, &account, mistakes)),
    }
}

fn chosen(password: &str, again: &str, name: &LogInName) -> Result<Password, Mistakes> {
    match Password::choose(password, name) {
        Ok(chosen) if password == again => Ok(chosen),
        Ok(_) => Err(Mistakes::one("again", message!("console-password-differs"))),
        Err(error) => Err(Mistakes::one("password", told(error))),
    }
}

fn told(error: PasswordError) -> Message {
    match error {
        PasswordError::TooShort => message!("console-password-short", least = Password::SHORTEST),
        PasswordError::TooLong => message!("console-password-long", most = Password::LONGEST),
        PasswordError::Guessable => message!("console-password-guessable"),
    }
}
