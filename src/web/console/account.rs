//! The own account: what it may do, its passkeys, and where it is logged in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::layout::{Layout, role_name};
use super::staff::StaffActor;
use super::times;
use crate::service::{Device, ServiceError, list_devices, list_passkeys};
use crate::translations::{Message, message};

#[derive(Template)]
#[template(path = "console/account.html", config = "src/web/askama.toml")]
struct Account {
    l: Layout,
    name: String,
    email: String,
    role: Message,
    centre: Option<String>,
    zone: Message,
    passkeys: Message,
    devices: Vec<DeviceLine>,
}

struct DeviceLine {
    name: String,
    since: Message,
    seen: String,
    is_this: bool,
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = show(&staff).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor) -> Result<Response, ServiceError> {
    let account = &staff.logged_in.account;
    // An account with a role that this program doesn't know may not see its health centre.
    let centre = if account.role.is_some() { staff.centre().await? } else { None };
    let zone = staff.zone(centre.as_ref());
    let now = staff.context().clock.now().to_zoned_datetime(zone.clone());
    let devices = list_devices(staff.context(), &staff.logged_in).await?;
    let passkeys = list_passkeys(staff.context(), &staff.logged_in).await?.len();
    let line = |device: Device| DeviceLine {
        name: String::from(device.name),
        since: times::moment(&device.since.to_zoned_datetime(zone.clone()), false),
        seen: times::clock_time(device.seen_at, &now),
        is_this: device.is_this,
    };
    let page = Account {
        l: staff.visit.layout(),
        name: account.name.as_str().to_owned(),
        email: account.log_in_name.typed().to_owned(),
        role: role_name(account.role),
        centre: centre.map(|centre| centre.name),
        zone: times::zone_name(&zone),
        passkeys: message!("passkeys-count", count = passkeys),
        devices: devices.into_iter().map(line).collect(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
