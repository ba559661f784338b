//! `POST Calls/{sid}.json`: cancels, ends or redirects a call.

use std::sync::Arc;

use super::super::call_registry::{Order, is_over};
use super::super::state::SharedState;
use super::Asked;
use super::create::checked;
use super::find::fetch;
use super::refusal::Refusal;
use super::reply::Done;
use crate::carrier::twilio::CallStatus;

/// `canceled` ends a call that isn't answered yet and doesn't affect others. `completed` ends both. A URL redirects a
/// call in progress. Everything else is error 21220.
pub(super) fn update(office: &Arc<SharedState>, asked: &Asked, sid: &str) -> Result<Done, Refusal> {
    let before = fetch(office, sid)?;
    {
        let now = office.now();
        let mut state = office.state();
        let stands = state.book.get(sid).map(super::super::call_registry::Call::status);
        let Some(stands) = stands else { return Ok(before) };
        let talks = stands == CallStatus::InProgress;
        match (asked.one("Status"), asked.one("Url")) {
            (Some("canceled" | "completed"), _) | (None, Some(_)) if is_over(stands) => {
                return Err(Refusal::not_in_progress());
            }
            (Some("canceled"), _) if talks => {}
            (Some("canceled" | "completed"), _) => {
                let ended = if talks { CallStatus::Completed } else { CallStatus::Canceled };
                state.book.advance(sid, ended, now);
                state.book.tell(sid, Order::End);
            }
            (None, Some(_)) if !talks => return Err(Refusal::not_in_progress()),
            (None, Some(url)) => {
                let url = checked(url).ok_or_else(|| Refusal::bad_url("Url"))?;
                state.book.tell(sid, Order::Redirect(url));
            }
            (Some(_), _) => return Err(Refusal::parameter("Status")),
            (None, None) => return Err(Refusal::parameter("Status")),
        }
    }
    fetch(office, sid)
}
