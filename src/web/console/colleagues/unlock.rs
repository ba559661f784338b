//! Issuing the code by which a colleague replaces a lost second factor. It is shown once, to be read to the person.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::Account;
use crate::service::{AccountError, ServiceError, StaffUnlock, UnlockState, list_unlockable, unlock_staff};
use crate::translations::Message;
use crate::web::console::form::Submitted;
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::sender::{sender, taken};
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

#[derive(Template)]
#[template(path = "console/staff/unlock.html", config = "src/web/askama.toml")]
struct Unlock {
    l: Layout,
    f: Frame,
    account: Account,
}

#[derive(Template)]
#[template(path = "console/staff/unlocked.html", config = "src/web/askama.toml")]
struct Unlocked {
    l: Layout,
    f: Frame,
    name: String,
    email: String,
    address: String,
    code: String,
    until: Message,
}

pub(super) async fn handler(staff: StaffActor, Path(account): Path<String>) -> Response {
    let shown = async {
        let state = colleague(&staff, &account).await?;
        let Here { frame, now, centre } = Here::of(&staff).await?;
        let account = Account::of(&state, staff.logged_in.account.id, centre.as_ref(), &now);
        Ok(staff.visit.page(StatusCode::OK, &Unlock { l: staff.visit.layout(), f: frame, account }))
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(Path(account): Path<String>, form: Submitted) -> Response {
    let (staff, _) = match sender(form, "/staff").await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let answer = async {
        let account = colleague(&staff, &account).await?.account;
        match unlock_staff(staff.context(), staff.actor(), &account.log_in_name).await {
            Ok(unlock) => show(&staff, &unlock).await.map(taken),
            // It was ended meanwhile: its page says so.
            Err(ServiceError::Account(AccountError::NotUnlockable)) => {
                Ok(staff.visit.redirect(&format!("/staff/{}/unlock", account.id)))
            }
            Err(error) => Err(error),
        }
    };
    let answer = answer.await;
    staff.sent(answer).await
}

async fn show(staff: &StaffActor, unlock: &StaffUnlock) -> Result<Response, ServiceError> {
    let Here { now, frame, .. } = Here::of(staff).await?;
    let until = unlock.expires_at.to_zoned_datetime(now.time_zone().clone());
    let url = staff.visit.console.settings.public_url.trim_end_matches('/');
    let page = Unlocked {
        l: staff.visit.layout().shown_once(),
        f: Frame { again: staff.visit.path("/staff"), ..frame },
        name: unlock.account.name.as_str().to_owned(),
        email: unlock.account.log_in_name.typed().to_owned(),
        address: format!("{url}/console"),
        code: unlock.code.clone(),
        until: times::moment(&until, false),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

/// The account of somebody else that the reader may unlock.
async fn colleague(staff: &StaffActor, id: &str) -> Result<UnlockState, ServiceError> {
    let states = list_unlockable(staff.context(), staff.actor()).await?;
    let own = staff.logged_in.account.id;
    let is_theirs = |state: &UnlockState| state.account.id.to_string() == id && state.account.id != own;
    states.into_iter().find(is_theirs).ok_or_else(|| AccountError::NotFound.into())
}
