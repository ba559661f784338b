//! The account, and the devices that are logged in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{PortalSessionId, Stay};
use crate::service::{PortalDevice, PortalError, PortalPassword, ServiceError, end_portal_device, portal_devices};
use crate::translations::{Message, message};
use crate::web::portal::dates;
use crate::web::portal::form::Submitted;
use crate::web::portal::layout::{Banner, BannerKind, Layout};
use crate::web::portal::member::PortalActor;

#[derive(Template)]
#[template(path = "portal/account.html", config = "src/web/askama.toml")]
struct Account {
    l: Layout,
    email: String,
    password: Message,
    devices: Vec<Line>,
}

struct Line {
    id: PortalSessionId,
    name: String,
    since: Message,
    stays: bool,
    is_this: bool,
}

fn line(device: PortalDevice, zone: &jiff::tz::TimeZone) -> Line {
    let since = zone.to_datetime(device.since);
    Line {
        id: device.session,
        name: device.name.as_str().to_owned(),
        since: message!("portal-device-since", day = dates::day(since.date()), time = dates::time(since.time())),
        stays: device.stay == Stay::UntilRelease,
        is_this: device.is_this,
    }
}

pub(super) async fn handler(actor: PortalActor) -> Response {
    let devices = match portal_devices(actor.context(), &actor.logged_in).await {
        Ok(devices) => devices,
        Err(error) => return actor.visit.answer(Err(error)),
    };
    let heading = match actor.visit.asked("done") {
        "address" => Some(message!("portal-address-changed")),
        "password" => Some(message!("portal-password-saved")),
        "device" => Some(message!("portal-device-ended")),
        _ => None,
    };
    let banner = heading.map(|heading| Banner { kind: BannerKind::Done, heading, sentence: None });
    let zone = &actor.visit.portal.settings.zone;
    let page = Account {
        l: actor.visit.layout().with_banner(banner),
        email: actor.logged_in.address.expose().to_owned(),
        password: match actor.logged_in.password {
            PortalPassword::Chosen => message!("portal-has-password"),
            PortalPassword::CodeEachTime => message!("portal-has-no-password"),
        },
        devices: devices.into_iter().map(|device| line(device, zone)).collect(),
    };
    actor.visit.page(StatusCode::OK, &page)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (actor, fields, _) = match PortalActor::of(form) {
        Ok(actor) => actor,
        Err(answer) => return *answer,
    };
    let ended = match fields.get("device").parse::<PortalSessionId>() {
        Ok(device) => end_portal_device(actor.context(), &actor.logged_in, device).await,
        Err(_) => Err(ServiceError::Portal(PortalError::NotYours)),
    };
    actor.visit.answer(ended.map(|()| actor.visit.redirect("/account?done=device")))
}
