//! `/console`: leads to the reader's first page.

use axum::response::Response;

use super::layout::First;
use super::staff::StaffActor;

pub(super) async fn handler(staff: StaffActor) -> Response {
    staff.visit.redirect(First::of(staff.logged_in.account.role).page())
}
