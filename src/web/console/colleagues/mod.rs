//! The accounts of the reader's colleagues: listed, invited by a link that is shown once, unlocked and ended. The help
//! desk sees and unlocks them.

mod deactivate;
mod invite;
mod unlock;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::ZonedDateTime;

use super::Console;
use super::here::{Frame, Here};
use super::layout::{Layout, role_name};
use super::log_in::query_value;
use super::staff::StaffActor;
use super::times;
use crate::domain::{AccountState, CentreCode, Role, StaffAccountId};
use crate::service::{CentreView, ServiceError, UnlockState, list_unlockable};
use crate::translations::{Message, message};

#[derive(Template)]
#[template(path = "console/staff/list.html", config = "src/web/askama.toml")]
struct Colleagues {
    l: Layout,
    f: Frame,
    is_ended: bool,
    /// Whether the reader may invite and end, too.
    may_manage: bool,
    accounts: Vec<Account>,
}

/// An account in words.
struct Account {
    id: StaffAccountId,
    name: String,
    email: String,
    role: Message,
    centre: String,
    state: AccountState,
    /// Until when a code holds by which its second factor is replaced.
    unlocked_until: Option<String>,
    is_own: bool,
}

impl Account {
    fn of(state: &UnlockState, own: StaffAccountId, centre: Option<&CentreView>, now: &ZonedDateTime) -> Self {
        let UnlockState { account, unlocked_until } = state;
        // The reader's own health centre by its name. The help desk knows the others by their codes.
        let named = |code: &CentreCode| match centre.filter(|centre| centre.code == *code) {
            Some(centre) => centre.name.clone(),
            None => code.as_str().to_owned(),
        };
        Self {
            unlocked_until: unlocked_until.map(|until| times::clock_time(until, now)),
            id: account.id,
            name: account.name.as_str().to_owned(),
            email: account.log_in_name.typed().to_owned(),
            role: role_name(account.role),
            centre: account.centre.as_ref().map(named).unwrap_or_default(),
            state: account.state,
            is_own: account.id == own,
        }
    }

    fn state_name(&self) -> Message {
        match self.state {
            AccountState::Invited => message!("console-account-invited"),
            AccountState::Active => message!("console-account-active"),
            AccountState::Deactivated => message!("console-account-deactivated"),
        }
    }

    /// Whether it can be ended here. Nobody ends their own by mistake.
    fn may_be_ended(&self) -> bool {
        !self.is_own && self.state != AccountState::Deactivated
    }

    /// Whether its second factor can be replaced.
    fn may_be_unlocked(&self) -> bool {
        !self.is_own && self.state == AccountState::Active
    }
}

/// The routes of these pages.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/staff", get(handler))
        .route("/staff/invite", get(invite::handler).post(invite::submit))
        .route("/staff/{account}/deactivate", get(deactivate::handler).post(deactivate::submit))
        .route("/staff/{account}/unlock", get(unlock::handler).post(unlock::submit))
}

pub(super) async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = show(&staff, query.as_deref()).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, query: Option<&str>) -> Result<Response, ServiceError> {
    let accounts = list_unlockable(staff.context(), staff.actor()).await?;
    let Here { frame, now, centre, .. } = Here::of(staff).await?;
    let own = staff.logged_in.account.id;
    let page = Colleagues {
        l: staff.visit.layout(),
        f: frame,
        is_ended: !query_value(query, "ended").is_empty(),
        may_manage: staff.logged_in.account.role != Some(Role::HelpDesk),
        accounts: accounts.iter().map(|state| Account::of(state, own, centre.as_ref(), &now)).collect(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
