//! The account, and the devices that are logged in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{PasskeyId, PortalSessionId, Stay};
use crate::service::{
    PasskeyView, PortalDevice, PortalError, PortalPassword, ServiceError, end_portal_device, portal_devices,
    portal_passkeys,
};
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
    passkeys: Vec<Key>,
    /// Whether passkeys can be added at this address.
    may_add: bool,
}

struct Line {
    id: PortalSessionId,
    name: String,
    since: Message,
    stays: bool,
    is_this: bool,
}

/// A passkey.
struct Key {
    id: PasskeyId,
    name: String,
    since: Message,
}

fn key(passkey: PasskeyView, zone: &jiff::tz::TimeZone) -> Key {
    let since = zone.to_datetime(passkey.created_at);
    Key {
        id: passkey.id,
        name: passkey.name.as_str().to_owned(),
        since: message!("portal-device-since", day = dates::day(since.date()), time = dates::time(since.time())),
    }
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
    let shown = show(&actor).await;
    actor.visit.answer(shown)
}

async fn show(actor: &PortalActor) -> Result<Response, ServiceError> {
    let devices = portal_devices(actor.context(), &actor.logged_in).await?;
    let passkeys = portal_passkeys(actor.context(), &actor.logged_in).await?;
    let heading = match actor.visit.asked("done") {
        "address" => Some(message!("portal-address-changed")),
        "password" => Some(message!("portal-password-saved")),
        "device" => Some(message!("portal-device-ended")),
        "passkey" => Some(message!("portal-passkey-added")),
        "passkey-removed" => Some(message!("portal-passkey-removed")),
        "passkey-wrong" => Some(message!("portal-passkey-failed")),
        _ => None,
    };
    let kind = if actor.visit.asked("done") == "passkey-wrong" { BannerKind::Info } else { BannerKind::Done };
    let banner = heading.map(|heading| Banner { kind, heading, sentence: None });
    let zone = &actor.visit.portal.settings.zone;
    let page = Account {
        l: actor.visit.layout().with_banner(banner),
        email: actor.logged_in.address.expose().to_owned(),
        password: match actor.logged_in.password {
            PortalPassword::Chosen => message!("portal-has-password"),
            PortalPassword::CodeEachTime => message!("portal-has-no-password"),
        },
        devices: devices.into_iter().map(|device| line(device, zone)).collect(),
        passkeys: passkeys.into_iter().map(|passkey| key(passkey, zone)).collect(),
        may_add: actor.visit.portal.party.is_some(),
    };
    Ok(actor.visit.page(StatusCode::OK, &page))
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
