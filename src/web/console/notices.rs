//! The notices of today at a health centre: how many are in each state, and whose number or address takes none.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::here::{Frame, Here};
use super::layout::Layout;
use super::missing;
use super::patients::notices::state_name;
use super::staff::StaffActor;
use super::times;
use crate::domain::NoticeChannel;
use crate::service::{DeadAddressView, Noted, ServiceError, notices_of_day};
use crate::translations::{Message, message};

#[derive(Template)]
#[template(path = "console/notices.html", config = "src/web/askama.toml")]
struct Page {
    l: Layout,
    f: Frame,
    not_noted: bool,
    day: String,
    counts: Vec<(Message, u64)>,
    dead: Vec<DeadLine>,
}

/// A person whose number or address takes no messages.
struct DeadLine {
    path: String,
    hersys_id: String,
    name: String,
    channel: Message,
    at: String,
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = show(&staff).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor) -> Result<Response, ServiceError> {
    let Here { centre, now, frame } = Here::of(staff).await?;
    let Some(centre) = centre else { return Ok(missing::page(&staff.visit)) };
    let viewed = notices_of_day(staff.context(), staff.actor(), &centre.code).await?;
    let of_day = viewed.found;
    let line = |dead: &DeadAddressView| DeadLine {
        path: staff.visit.path(&format!("/patients/{}", dead.patient)),
        hersys_id: dead.hersys_id.expose().to_owned(),
        name: format!("{} {}", dead.family_name.expose(), dead.given_name.expose()),
        channel: match dead.channel {
            NoticeChannel::Sms => message!("notice-by-sms"),
            NoticeChannel::Email => message!("notice-by-email"),
        },
        at: times::clock_time(dead.found_at, &now),
    };
    let page = Page {
        l: staff.visit.layout(),
        f: frame,
        not_noted: matches!(viewed.noted, Noted::No(_)),
        day: of_day.day.strftime("%-m/%-d").to_string(),
        counts: of_day.counts.iter().map(|(state, count)| (state_name(*state), *count)).collect(),
        dead: of_day.dead.iter().map(line).collect(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
