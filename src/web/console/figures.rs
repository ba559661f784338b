//! The day's figures by health centre, and whom to turn to: for the help desk and system administrators, who see no
//! person.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::layout::{First, Layout};
use super::missing;
use super::staff::StaffActor;
use super::times;
use crate::domain::CentreCode;
use crate::service::{CentreDay, CentreView, ServiceError, day_figures, list_centres};
use crate::translations::Message;

#[derive(Template)]
#[template(path = "console/figures.html", config = "src/web/askama.toml")]
struct Figures {
    l: Layout,
    now: Message,
    zone: Message,
    simulated: bool,
    centres: Vec<CentreLine>,
}

struct CentreLine {
    code: String,
    name: String,
    phone: String,
    dial: String,
    due: u32,
    reported: u32,
    open: u32,
    unanswered: u32,
    cancelled: u32,
    missed: u32,
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    if First::of(staff.logged_in.account.role) != First::Figures {
        return missing::page(&staff.visit);
    }
    let shown = show(&staff).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor) -> Result<Response, ServiceError> {
    let zone = staff.zone(None);
    let now = staff.context().clock.now().to_zoned_datetime(zone.clone());
    let centres = list_centres(staff.context(), staff.actor()).await?;
    let days = day_figures(staff.context(), staff.actor(), now.date()).await?.centres;
    let days: BTreeMap<CentreCode, CentreDay> = days.into_iter().map(|day| (day.code.clone(), day)).collect();
    let count = |code: &CentreCode, of: fn(&CentreDay) -> u32| days.get(code).map_or(0, of);
    let line = |centre: &CentreView| CentreLine {
        code: centre.code.as_str().to_owned(),
        name: centre.name.clone(),
        phone: centre.phone.national(),
        dial: centre.phone.expose().to_owned(),
        due: count(&centre.code, CentreDay::due),
        reported: count(&centre.code, CentreDay::reported),
        open: count(&centre.code, CentreDay::open),
        unanswered: count(&centre.code, CentreDay::unanswered),
        cancelled: count(&centre.code, CentreDay::cancelled),
        missed: count(&centre.code, CentreDay::missed),
    };
    let page = Figures {
        l: staff.visit.layout(),
        now: times::moment(&now, true),
        zone: times::zone_name(&zone),
        simulated: staff.context().database.data_origin().await?.is_simulated(),
        centres: centres.iter().map(line).collect(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
