//! Replacing a lost second factor, after the password: the code from the help desk, then the new authenticator. The new
//! recovery codes are shown once, in the answer.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Fields, Mistakes, Submitted};
use super::invitation::grouped;
use super::layout::{First, Layout};
use super::log_in::told;
use super::visit::Visit;
use crate::domain::SecondFactor;
use crate::service::{
    AccountError, AccountView, SecretToken, ServiceError, SessionState, confirm_new_authenticator, enter_unlock_code,
    new_authenticator,
};
use crate::web::pages::qr::Qr;

const PAGE: &str = "/log-in/unlock";

#[derive(Template)]
#[template(path = "console/unlock/code.html", config = "src/web/askama.toml")]
struct CodePage {
    l: Layout,
    name: String,
    email: String,
    code: String,
    mistakes: Mistakes,
}

#[derive(Template)]
#[template(path = "console/unlock/authenticator.html", config = "src/web/askama.toml")]
struct AuthenticatorPage {
    l: Layout,
    email: String,
    secret: String,
    qr: Qr,
    mistakes: Mistakes,
}

#[derive(Template)]
#[template(path = "console/unlock/done.html", config = "src/web/askama.toml")]
struct DonePage {
    l: Layout,
    codes: Vec<String>,
}

pub(super) async fn handler(visit: Visit) -> Response {
    match (&visit.session, &visit.token) {
        (SessionState::PasswordGiven(account, _), Some(half)) => {
            let shown = show(&visit, account, half, &Fields::default(), Mistakes::default()).await;
            visit.answer(shown)
        }
        (SessionState::LoggedIn(logged_in), _) => visit.redirect(First::of(logged_in.account.role).page()),
        _ => visit.redirect("/log-in?next="),
    }
}

pub(super) async fn submit(Submitted { visit, fields }: Submitted) -> Response {
    let (SessionState::PasswordGiven(account, _), Some(half)) = (&visit.session, &visit.token) else {
        return visit.redirect("/log-in");
    };
    let answer = match step(&visit, half, &fields).await {
        Ok(answer) => Ok(answer),
        Err(ServiceError::Account(AccountError::LogInEnded)) => Ok(visit.redirect("/log-in")),
        Err(ServiceError::Account(error)) => {
            let (_, sentence) = told(error);
            show(&visit, account, half, &fields, Mistakes::one("code", sentence)).await
        }
        Err(error) => Err(error),
    };
    visit.answer(answer)
}

/// Takes the step whose form was sent.
async fn step(visit: &Visit, half: &SecretToken, fields: &Fields) -> Result<Response, ServiceError> {
    let context = &visit.console.context;
    let code = fields.get("code");
    if fields.get("step") != "authenticator" {
        enter_unlock_code(context, half, code, &visit.browser).await?;
        return Ok(visit.redirect(PAGE));
    }
    let code = SecondFactor::parse(code);
    let codes = confirm_new_authenticator(context, half, code.as_ref(), &visit.browser).await?;
    Ok(visit.page(StatusCode::OK, &DonePage { l: visit.layout().shown_once(), codes }))
}

/// The page of the step that this log-in has reached.
async fn show(
    visit: &Visit,
    account: &AccountView,
    half: &SecretToken,
    fields: &Fields,
    mistakes: Mistakes,
) -> Result<Response, ServiceError> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let email = account.log_in_name.typed().to_owned();
    match new_authenticator(&visit.console.context, half).await {
        Ok(new) => {
            let (secret, qr) = (grouped(&new.secret), Qr::of(&new.url));
            Ok(visit.page(status, &AuthenticatorPage { l: visit.layout(), email, secret, qr, mistakes }))
        }
        Err(ServiceError::Account(AccountError::LogInEnded)) => {
            let (name, code) = (account.name.as_str().to_owned(), fields.get("code").to_owned());
            Ok(visit.page(status, &CodePage { l: visit.layout(), name, email, code, mistakes }))
        }
        Err(error) => Err(error),
    }
}
