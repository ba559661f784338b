//! The second factor: a code of the authenticator, a recovery code, or a passkey.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::cookies::Cookie;
use super::form::{Fields, Mistakes, Submitted};
use super::layout::{First, Layout};
use super::log_in::{in_query, next_of, query_value, told};
use super::visit::Visit;
use crate::domain::SecondFactor;
use crate::service::{
    AccountError, AccountView, SecretToken, ServiceError, SessionState, challenge_passkey, give_passkey,
    give_second_factor,
};
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
    /// The challenge for the account's passkeys.
    challenge: Option<String>,
    mistakes: Mistakes,
}

impl Page {
    fn next_value(&self) -> String {
        in_query(&self.next)
    }

    fn recovery(&self) -> Message {
        message!("console-use-recovery", count = self.codes_left)
    }
}

/// The page for somebody who has given the password.
async fn page(
    visit: &Visit,
    account: &AccountView,
    codes_left: u32,
    asked: Asked,
    next: String,
) -> Result<Page, ServiceError> {
    let challenge = match (asked, &visit.console.party, &visit.token) {
        (Asked::OneTimeCode, Some(party), Some(half)) => challenge_passkey(&visit.console.context, party, half).await?,
        _ => None,
    };
    Ok(Page {
        l: visit.layout(),
        asked,
        name: account.name.as_str().to_owned(),
        email: account.log_in_name.typed().to_owned(),
        codes_left,
        next,
        code: String::new(),
        challenge,
        mistakes: Mistakes::default(),
    })
}

fn asked(with: &str) -> Asked {
    if with == "recovery" { Asked::RecoveryCode } else { Asked::OneTimeCode }
}

pub(super) async fn handler(visit: Visit, RawQuery(query): RawQuery) -> Response {
    let query = query.as_deref();
    match &visit.session {
        SessionState::PasswordGiven(account, codes_left) => {
            let next = next_of(&visit, &query_value(query, "next"));
            match page(&visit, account, *codes_left, asked(&query_value(query, "with")), next).await {
                Ok(page) => visit.page(StatusCode::OK, &page),
                Err(error) => failed(&visit, error),
            }
        }
        SessionState::LoggedIn(logged_in) => visit.redirect(First::of(logged_in.account.role).page()),
        SessionState::TimedOut(_) | SessionState::None => visit.redirect("/log-in"),
    }
}

/// The answer to an error that isn't about what was entered.
fn failed(visit: &Visit, error: ServiceError) -> Response {
    match error {
        ServiceError::Account(AccountError::LogInEnded) => visit.redirect("/log-in"),
        other => visit.answer(Err(other)),
    }
}

pub(super) async fn submit(Submitted { visit, fields }: Submitted) -> Response {
    let (SessionState::PasswordGiven(account, codes_left), Some(half)) = (&visit.session, &visit.token) else {
        return visit.redirect("/log-in");
    };
    let next = next_of(&visit, fields.get("next"));
    match given(&visit, half, &fields).await {
        Ok((token, known_as)) => {
            let page = visit.console.site.page(&next).unwrap_or(First::of(account.role).page());
            let response = visit.with_cookie(visit.redirect(page), Cookie::Session, token.expose());
            visit.with_cookie(response, Cookie::Browser, known_as.expose())
        }
        Err(ServiceError::Account(error)) if error != AccountError::LogInEnded => {
            let (status, sentence) = told(error);
            let field = if fields.get("answer").is_empty() { "code" } else { "passkey" };
            let mistakes = Mistakes::one(field, sentence);
            match page(&visit, account, *codes_left, asked(fields.get("with")), next).await {
                Ok(again) => visit.page(status, &Page { mistakes, code: fields.get("code").to_owned(), ..again }),
                Err(error) => failed(&visit, error),
            }
        }
        Err(error) => failed(&visit, error),
    }
}

/// Gives what was entered: the answer of a passkey, or a code.
async fn given(visit: &Visit, half: &SecretToken, fields: &Fields) -> Result<(SecretToken, SecretToken), ServiceError> {
    let context = &visit.console.context;
    match (fields.get("answer"), &visit.console.party) {
        ("", _) => {
            let code = SecondFactor::parse(fields.get("code"));
            give_second_factor(context, half, code.as_ref(), &visit.browser).await
        }
        (answer, Some(party)) => give_passkey(context, party, half, answer, &visit.browser).await,
        (_, None) => Err(AccountError::WrongPasskey.into()),
    }
}
