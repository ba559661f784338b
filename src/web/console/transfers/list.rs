//! The transfers that wait: offers to the reader's health centre, and its own.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::words;
use crate::domain::{TransferId, TransferSide};
use crate::service::{Noted, ServiceError, TransferView, list_transfers};
use crate::translations::Message;
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

#[derive(Template)]
#[template(path = "console/transfers/list.html", config = "src/web/askama.toml")]
struct List {
    l: Layout,
    f: Frame,
    not_noted: bool,
    to_us: Vec<Row>,
    from_us: Vec<Row>,
}

/// A transfer, in words.
struct Row {
    id: TransferId,
    name: String,
    centre: String,
    at: String,
    minutes: i64,
    reason: Message,
    state: Message,
    look: &'static str,
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = show(&staff).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor) -> Result<Response, ServiceError> {
    let listed = list_transfers(staff.context(), staff.actor()).await?;
    let here = Here::of(staff).await?;
    let row = |transfer: &TransferView| Row {
        id: transfer.id,
        name: format!("{} {}", transfer.family_name.expose(), transfer.given_name.expose()),
        centre: words::other_centre(transfer).to_owned(),
        at: times::clock_time(transfer.offered_at, &here.now),
        minutes: times::minutes_since(transfer.offered_at, here.now.timestamp()),
        reason: words::reason_name(transfer.reason),
        state: words::state_name(transfer.state, transfer.side),
        look: words::state_look(transfer.state),
    };
    let of = |side: TransferSide| {
        let own = listed.found.iter().filter(|transfer| transfer.side == side);
        own.map(row).collect::<Vec<Row>>()
    };
    let page = List {
        l: staff.visit.layout(),
        not_noted: matches!(listed.noted, Noted::No(_)),
        to_us: of(TransferSide::Receiving),
        from_us: of(TransferSide::Offering),
        f: here.frame.clone(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
