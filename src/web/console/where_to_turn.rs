//! Where to turn: the health centre of a municipality, its phone number and when staff take calls. For the help desk
//! and system administrators, who see no person.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::form::Submitted;
use super::here::{Frame, Here};
use super::layout::{First, Layout};
use super::sender::{kept, sender, taken};
use super::staff::StaffActor;
use super::{missing, times};
use crate::service::{CentreView, ServiceError, list_centres};
use crate::translations::Message;

#[derive(Template)]
#[template(path = "console/where_to_turn.html", config = "src/web/askama.toml")]
struct WhereToTurn {
    l: Layout,
    f: Frame,
    place: String,
    centres: Vec<CentreLine>,
}

struct CentreLine {
    code: String,
    name: String,
    phone: String,
    dial: String,
    hours: Message,
    zone: String,
    is_open: bool,
    municipalities: String,
}

impl CentreLine {
    fn of(centre: &CentreView, now: Timestamp) -> Self {
        let settings = &centre.settings;
        let is_open = |zone: TimeZone| settings.office_hours.contains(now, &zone);
        Self {
            code: centre.code.as_str().to_owned(),
            name: centre.name.clone(),
            phone: centre.phone.national(),
            dial: centre.phone.expose().to_owned(),
            hours: times::span(&settings.office_hours.to_string()),
            zone: centre.time_zone.clone(),
            is_open: TimeZone::get(&centre.time_zone).is_ok_and(is_open),
            municipalities: settings.municipalities.to_string(),
        }
    }
}

const PAGE: &str = "/where-to-turn";

pub(super) async fn handler(staff: StaffActor) -> Response {
    if !may(&staff) {
        return missing::page(&staff.visit);
    }
    let shown = async {
        let place = kept(&staff, PAGE).await?.map(|fields| fields.get("place").to_owned());
        // What was typed when the log-in ended is looked for now.
        staff.forget(PAGE).await?;
        show(&staff, place.unwrap_or_default()).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

/// The place is sent in a form, as a caller's address may be typed, which belongs in no address of a page.
pub(super) async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match sender(form, PAGE).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    if !may(&staff) {
        return missing::page(&staff.visit);
    }
    let shown = show(&staff, fields.get("place").to_owned()).await;
    staff.sent(shown.map(taken)).await
}

fn may(staff: &StaffActor) -> bool {
    First::of(staff.logged_in.account.role) == First::Figures
}

async fn show(staff: &StaffActor, place: String) -> Result<Response, ServiceError> {
    let Here { frame, now, .. } = Here::of(staff).await?;
    let centres = list_centres(staff.context(), staff.actor()).await?;
    let is_wanted = |centre: &&CentreView| place.trim().is_empty() || centre.settings.municipalities.fit(&place);
    let found = centres.iter().filter(is_wanted).map(|centre| CentreLine::of(centre, now.timestamp()));
    let page = WhereToTurn { l: staff.visit.layout(), f: frame, centres: found.collect(), place };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
