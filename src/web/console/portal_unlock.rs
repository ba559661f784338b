//! Unlocking an address of the portal, for the help desk and system administrators. The page says the same of an
//! address with and without an account, and nothing about people.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Mistakes, Submitted};
use super::here::{Frame, Here};
use super::layout::{First, Layout};
use super::missing;
use super::staff::StaffActor;
use crate::domain::EmailAddress;
use crate::service::{ServiceError, unlock_portal_address};
use crate::translations::message;

#[derive(Template)]
#[template(path = "console/portal_unlock.html", config = "src/web/askama.toml")]
struct UnlockPage {
    l: Layout,
    f: Frame,
    email: String,
    stage: Stage,
    mistakes: Mistakes,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The address is asked.
    Asked,
    /// It was unlocked.
    Unlocked,
}

impl UnlockPage {
    fn is_unlocked(&self) -> bool {
        self.stage == Stage::Unlocked
    }
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    answer(&staff, None).await
}

/// The address is sent in a form, as it belongs in no address of a page.
pub(super) async fn submit(form: Submitted) -> Response {
    match StaffActor::of(form, "/portal-unlock") {
        Ok((staff, fields)) => answer(&staff, Some(fields.get("email"))).await,
        Err(response) => *response,
    }
}

async fn answer(staff: &StaffActor, typed: Option<&str>) -> Response {
    if First::of(staff.logged_in.account.role) != First::Figures {
        return missing::page(&staff.visit);
    }
    let shown = show(staff, typed).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, typed: Option<&str>) -> Result<Response, ServiceError> {
    let (mut stage, mut mistakes) = (Stage::Asked, Mistakes::default());
    match typed.map(EmailAddress::parse) {
        None => {}
        Some(Ok(address)) => {
            unlock_portal_address(staff.context(), staff.actor(), &address).await?;
            stage = Stage::Unlocked;
        }
        Some(Err(_)) => mistakes = Mistakes::one("email", message!("portal-unlock-wrong")),
    }
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = Here::of(staff).await?.frame;
    let email = typed.unwrap_or_default().to_owned();
    let page = UnlockPage { l: staff.visit.layout(), f: frame, email, stage, mistakes };
    Ok(staff.visit.page(status, &page))
}
