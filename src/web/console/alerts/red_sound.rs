//! Switches the sound of red alerts on or off, for the reader's account.

use axum::response::Response;

use super::super::form::Submitted;
use super::super::staff::StaffActor;
use crate::domain::RedSound;
use crate::service::set_red_sound;

pub(super) async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match StaffActor::of(form, "/today") {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    let sound = RedSound::from_code(fields.get("sound")).unwrap_or_default();
    let set = set_red_sound(staff.context(), &staff.logged_in, sound).await;
    staff.visit.answer(set.map(|()| staff.visit.redirect("/today")))
}
