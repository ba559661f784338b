//! The last step of an invitation: the authenticator's first code. The recovery codes are shown once, in the answer.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Mistakes, Submitted};
use super::invitation::{failed, page_of, token_of};
use super::layout::Layout;
use crate::domain::SecondFactor;
use crate::service::{AccountError, ServiceError, confirm_second_factor, set_up};
use crate::translations::message;

#[derive(Template)]
#[template(path = "console/recovery_codes.html", config = "src/web/askama.toml")]
struct RecoveryCodes {
    l: Layout,
    codes: Vec<String>,
}

pub(super) async fn submit(Path(token): Path<String>, form: Submitted) -> Response {
    let Submitted { visit, fields } = form;
    let token = match token_of(&visit, &token) {
        Ok(token) => token,
        Err(response) => return response,
    };
    let context = &visit.console.context;
    let confirmed = match SecondFactor::parse(fields.get("code")) {
        Some(code @ SecondFactor::OneTimeCode(_)) => confirm_second_factor(context, &token, &code).await,
        Some(SecondFactor::RecoveryCode(_)) | None => Err(AccountError::WrongCode.into()),
    };
    match confirmed {
        Ok(codes) => visit.page(StatusCode::OK, &RecoveryCodes { l: visit.layout().shown_once(), codes }),
        Err(ServiceError::Account(AccountError::WrongCode)) => match set_up(context, &token).await {
            Ok(step) => page_of(&visit, &token, &step, Mistakes::one("code", message!("console-wrong-code"))),
            Err(error) => failed(&visit, error),
        },
        Err(error) => failed(&visit, error),
    }
}
