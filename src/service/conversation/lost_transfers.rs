//! Ends calls whose transfer outcome was never reported, by asking the carrier whether staff answered.

use tracing::{info, warn};

use super::{CarrierEvent, ConversationError, ConversationService};
use crate::carrier::network::LookupResult;
use crate::carrier::{Carrier, CarrierLegId};
use crate::domain::CallId;
use crate::engine::TransferOutcome;

/// Ends a call whose caller is gone, by the carrier's answer about the staff phone. Returns `false` if the carrier
/// gave no answer and must be asked again.
///
/// # Errors
/// Errors of the conversation service. The carrier must then be asked again, too.
pub(in crate::service) async fn end_in_transfer(
    carrier: &dyn Carrier,
    conversations: &ConversationService,
    call: CallId,
    leg: &CarrierLegId,
) -> Result<bool, ConversationError> {
    let outcome = match carrier.staff_answered(leg).await {
        LookupResult::Found(true) => TransferOutcome::Talked,
        LookupResult::Found(false) | LookupResult::Nothing => TransferOutcome::NotReached,
        LookupResult::Unavailable(doubt) => {
            warn!(%call, ?doubt, "could not find out whether staff answered a caller who hung up; asking again");
            return Ok(false);
        }
    };
    info!(%call, ?outcome, "the carrier reported whether staff answered a caller who hung up");
    conversations.take(CarrierEvent::OverInTransfer(call, outcome)).await.map(|_| true)
}
