//! Inviting a colleague. The link is shown once: who has it can set the account up.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{CentreCode, LogInName, Role, StaffName};
use crate::service::{AccountError, Invitation, NewAccount, ServiceError, invite_staff, list_staff};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::{Layout, role_name};
use crate::web::console::sender::{kept, sender, taken};
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

const PAGE: &str = "/staff/invite";

#[derive(Template)]
#[template(path = "console/staff/invite.html", config = "src/web/askama.toml")]
struct Invite {
    l: Layout,
    f: Frame,
    roles: Vec<(Role, Message, bool)>,
    /// Whether the reader names the health centre.
    asks_centre: bool,
    name: String,
    email: String,
    centre: String,
    mistakes: Mistakes,
}

#[derive(Template)]
#[template(path = "console/staff/invited.html", config = "src/web/askama.toml")]
struct Invited {
    l: Layout,
    f: Frame,
    name: String,
    role: Message,
    link: String,
    until: Message,
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = async {
        // Who may not see accounts may not invite any.
        list_staff(staff.context(), staff.actor()).await?;
        let fields = kept(&staff, PAGE).await?.unwrap_or_default();
        show(&staff, &fields, Mistakes::default()).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match sender(form, PAGE).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let answer = async {
        // Who may not see accounts may not invite any, whatever the form has.
        list_staff(staff.context(), staff.actor()).await?;
        invite(&staff, &fields).await
    };
    let answer = answer.await;
    staff.sent(answer).await
}

/// The roles that a reader may give.
fn roles_of(staff: &StaffActor) -> &'static [Role] {
    match staff.logged_in.account.role {
        Some(Role::SystemAdministrator) => &Role::ALL,
        Some(Role::CentreAdministrator) => &[Role::Nurse, Role::CentreAdministrator],
        Some(Role::Nurse | Role::HelpDesk) | None => &[],
    }
}

async fn invite(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let new = match new_account(staff, fields) {
        Ok(new) => new,
        Err(mistakes) => return show(staff, fields, mistakes).await,
    };
    match invite_staff(staff.context(), staff.actor(), new).await {
        Ok(invitation) => invited(staff, &invitation).await.map(taken),
        Err(ServiceError::Account(AccountError::AlreadyActive)) => {
            show(staff, fields, Mistakes::one("email", message!("console-already-active"))).await
        }
        Err(ServiceError::Account(AccountError::CentreNeeded)) => {
            show(staff, fields, Mistakes::one("centre", message!("console-centre-needed"))).await
        }
        Err(ServiceError::Centre(_)) if staff.logged_in.account.centre.is_none() => {
            show(staff, fields, Mistakes::one("centre", message!("console-centre-unknown"))).await
        }
        Err(error) => Err(error),
    }
}

fn new_account(staff: &StaffActor, fields: &Fields) -> Result<NewAccount, Mistakes> {
    let mut mistakes = Mistakes::default();
    let name = StaffName::parse(fields.get("name"));
    if name.is_err() {
        mistakes.add("name", message!("console-staff-name-wrong", most = StaffName::MOST_CHARACTERS));
    }
    let log_in_name = LogInName::parse(fields.get("email"));
    if log_in_name.is_err() {
        mistakes.add("email", message!("console-email-wrong"));
    }
    let role = Role::from_code(fields.get("role")).filter(|role| roles_of(staff).contains(role));
    if role.is_none() {
        mistakes.add("role", message!("console-choose-one"));
    }
    let named = fields.get("centre").trim();
    let centre = match &staff.logged_in.account.centre {
        Some(own) => Some(own.clone()),
        None if named.is_empty() || role.is_some_and(|role| !role.belongs_to_a_centre()) => None,
        None => {
            let code = CentreCode::parse(named);
            if code.is_err() {
                mistakes.add("centre", message!("console-centre-unknown"));
            }
            code.ok()
        }
    };
    match (name, log_in_name, role) {
        (Ok(name), Ok(log_in_name), Some(role)) if mistakes.is_empty() => {
            Ok(NewAccount { log_in_name, name, role, centre })
        }
        _ => Err(mistakes),
    }
}

async fn invited(staff: &StaffActor, invitation: &Invitation) -> Result<Response, ServiceError> {
    let Here { now, frame, .. } = Here::of(staff).await?;
    let url = staff.visit.console.settings.public_url.trim_end_matches('/');
    let until = invitation.expires_at.to_zoned_datetime(now.time_zone().clone());
    let page = Invited {
        l: staff.visit.layout().shown_once(),
        f: Frame { again: staff.visit.path(PAGE), ..frame },
        name: invitation.account.name.as_str().to_owned(),
        role: role_name(invitation.account.role),
        link: format!("{url}{}", staff.visit.path(&format!("/invitation/{}", invitation.token.expose()))),
        until: times::moment(&until, false),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

async fn show(staff: &StaffActor, fields: &Fields, mistakes: Mistakes) -> Result<Response, ServiceError> {
    let Here { frame, .. } = Here::of(staff).await?;
    let chosen = Role::from_code(fields.get("role"));
    let roles = roles_of(staff).iter().map(|role| (*role, role_name(Some(*role)), chosen == Some(*role)));
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Invite {
        l: staff.visit.layout(),
        f: Frame { again: staff.visit.path(PAGE), ..frame },
        roles: roles.collect(),
        asks_centre: staff.logged_in.account.centre.is_none(),
        name: fields.get("name").to_owned(),
        email: fields.get("email").to_owned(),
        centre: fields.get("centre").to_owned(),
        mistakes,
    };
    Ok(staff.visit.page(status, &page))
}
