//! The lines of Today about transfers: offers to the reader's health centre, and what others decided about its own.
//! They name nobody; the page of a transfer does.

use jiff::ZonedDateTime;

use super::words;
use crate::domain::{TransferId, TransferState};
use crate::service::{ServiceError, pending_transfers};
use crate::translations::{Message, message};
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

/// A line.
pub(in crate::web::console) struct PendingLine {
    /// The transfer.
    pub(in crate::web::console) id: TransferId,
    /// Since when it waits.
    pub(in crate::web::console) time: String,
    /// How long it has waited, in minutes.
    pub(in crate::web::console) minutes: i64,
    /// The other health centre.
    pub(in crate::web::console) centre: String,
    /// What it did.
    pub(in crate::web::console) what: Message,
    /// Why, for an offer.
    pub(in crate::web::console) reason: Option<Message>,
}

/// The lines, offers first.
pub(in crate::web::console) async fn lines(
    staff: &StaffActor,
    now: &ZonedDateTime,
) -> Result<Vec<PendingLine>, ServiceError> {
    let pending = pending_transfers(staff.context(), staff.actor()).await?;
    let waits = |at| (times::clock_time(at, now), times::minutes_since(at, now.timestamp()));
    let offers = pending.offers.into_iter().map(|(id, centre, reason, at)| {
        let (time, minutes) = waits(at);
        let reason = Some(words::reason_name(reason));
        PendingLine { id, time, minutes, centre, what: message!("transfer-offers"), reason }
    });
    let decided = pending.decided.into_iter().map(|(id, centre, state, at)| {
        let (time, minutes) = waits(at);
        let what = match state {
            TransferState::Accepted => message!("transfer-has-accepted"),
            TransferState::Offered | TransferState::Declined | TransferState::Withdrawn => {
                message!("transfer-has-declined")
            }
        };
        PendingLine { id, time, minutes, centre, what, reason: None }
    });
    Ok(offers.chain(decided).collect())
}
