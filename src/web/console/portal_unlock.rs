//! Unlocking an address of the portal, for the help desk and system administrators. The page says the same of an
//! address with and without an account, and nothing about people.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Mistakes, Submitted};
use super::here::{Frame, Here};
use super::layout::{First, Layout};
use super::missing;
use super::sender::{kept, sender, taken};
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

const PAGE: &str = "/portal-unlock";

pub(super) async fn handler(staff: StaffActor) -> Response {
    if !may(&staff) {
        return missing::page(&staff.visit);
    }
    let shown = async {
        let email = kept(&staff, PAGE).await?.map(|fields| fields.get("email").to_owned());
        // The page shows the address now, so the kept copy goes.
        staff.forget(PAGE).await?;
        page(&staff, email.unwrap_or_default(), Stage::Asked, Mistakes::default()).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

/// The address is sent in a form, as it belongs in no address of a page.
pub(super) async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match sender(form, PAGE).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    if !may(&staff) {
        return missing::page(&staff.visit);
    }
    let answer = unlock(&staff, fields.get("email")).await;
    staff.sent(answer).await
}

fn may(staff: &StaffActor) -> bool {
    First::of(staff.logged_in.account.role) == First::Figures
}

async fn unlock(staff: &StaffActor, typed: &str) -> Result<Response, ServiceError> {
    let Ok(address) = EmailAddress::parse(typed) else {
        let mistakes = Mistakes::one("email", message!("portal-unlock-wrong"));
        return page(staff, typed.to_owned(), Stage::Asked, mistakes).await;
    };
    unlock_portal_address(staff.context(), staff.actor(), &address).await?;
    page(staff, typed.to_owned(), Stage::Unlocked, Mistakes::default()).await.map(taken)
}

async fn page(staff: &StaffActor, email: String, stage: Stage, mistakes: Mistakes) -> Result<Response, ServiceError> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = Here::of(staff).await?.frame;
    let page = UnlockPage { l: staff.visit.layout(), f: frame, email, stage, mistakes };
    Ok(staff.visit.page(status, &page))
}
