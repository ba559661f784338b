//! Ending a colleague's account: what it does, and then doing it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::Account;
use crate::domain::AccountState;
use crate::service::{AccountError, AccountView, ServiceError, UnlockState, deactivate_staff, list_staff};
use crate::web::console::form::Submitted;
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::sender::sender;
use crate::web::console::staff::StaffActor;

#[derive(Template)]
#[template(path = "console/staff/deactivate.html", config = "src/web/askama.toml")]
struct Deactivate {
    l: Layout,
    f: Frame,
    account: Account,
}

pub(super) async fn handler(staff: StaffActor, Path(account): Path<String>) -> Response {
    let shown = async {
        let account = colleague(&staff, &account).await?;
        let Here { frame, now, centre } = Here::of(&staff).await?;
        let own = staff.logged_in.account.id;
        let state = UnlockState { account, unlocked_until: None };
        let account = Account::of(&state, own, centre.as_ref(), &now);
        let page = Deactivate { l: staff.visit.layout(), f: frame, account };
        Ok(staff.visit.page(StatusCode::OK, &page))
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(Path(account): Path<String>, form: Submitted) -> Response {
    let (staff, _) = match sender(form, "/staff").await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let ended = async {
        let account = colleague(&staff, &account).await?;
        if account.state != AccountState::Deactivated {
            deactivate_staff(staff.context(), staff.actor(), &account.log_in_name).await?;
        }
        Ok(staff.visit.redirect("/staff?ended=1"))
    };
    let ended = ended.await;
    staff.sent(ended).await
}

/// The account of somebody else whom the reader may see.
async fn colleague(staff: &StaffActor, id: &str) -> Result<AccountView, ServiceError> {
    let accounts = list_staff(staff.context(), staff.actor()).await?;
    let is_theirs = |account: &AccountView| account.id.to_string() == id && account.id != staff.logged_in.account.id;
    accounts.into_iter().find(is_theirs).ok_or_else(|| AccountError::NotFound.into())
}
