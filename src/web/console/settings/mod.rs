//! The settings of the reader's health centre: all of them at a glance, each group on a page of its own, and their
//! history.

mod effect;
mod entered;
mod group;
mod history;
mod pacing;
mod past;
mod pattern;
mod setting;
mod undo;
mod value;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use self::setting::Group;
use super::Console;
use super::here::{Frame, Here};
use super::layout::Layout;
use super::staff::StaffActor;
use crate::domain::Role;
use crate::service::{AccountError, CentreView, ServiceError};
use crate::translations::Message;

#[derive(Template)]
#[template(path = "console/settings/overview.html", config = "src/web/askama.toml")]
struct Overview {
    l: Layout,
    f: Frame,
    groups: Vec<(Group, Vec<(Message, Message)>)>,
    may_change: bool,
}

/// The name of a setting, by its code.
pub(super) fn setting_name(code: &str) -> Option<Message> {
    setting::Setting::all().find(|setting| setting.code() == code).map(|setting| setting.name())
}

/// The routes of these pages.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/settings", get(handler))
        .route("/settings/history", get(history::handler))
        .route("/settings/history/{entry}", get(undo::handler).post(undo::submit))
        .route("/settings/{group}", get(group::handler).post(group::submit))
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = show(&staff).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor) -> Result<Response, ServiceError> {
    let Here { centre, frame, .. } = Here::of(staff).await?;
    let centre = own(centre)?;
    let values = |group: Group| {
        let said =
            |setting: &setting::Setting| (setting.name(), value::said(*setting, &value::current(*setting, &centre)));
        (group, group.settings().iter().map(said).collect())
    };
    let groups = Group::ALL.into_iter().map(values).collect();
    let page = Overview { l: staff.visit.layout(), f: frame, groups, may_change: may_change(staff) };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

/// The reader's health centre. For readers without one, there are no settings.
fn own(centre: Option<CentreView>) -> Result<CentreView, ServiceError> {
    centre.ok_or_else(|| AccountError::NotFound.into())
}

/// Whether the pages offer forms to a reader. The services decide.
fn may_change(staff: &StaffActor) -> bool {
    staff.logged_in.account.role == Some(Role::CentreAdministrator)
}
