//! Calls that ended in a transfer of which nobody has told: the carrier is asked whether staff answered.

use tracing::{info, warn};

use super::network::Network;
use super::{Knock, Switchboard, SwitchboardError};
use crate::call::CallId;
use crate::carrier::CarrierLegId;
use crate::carrier::network::Looked;
use crate::engine::TransferOutcome;

/// Ends a call whose caller is gone, by what the carrier says of the phone of staff. Says whether it could be found
/// out; if not, it is to be asked again.
///
/// # Errors
/// As the switchboard fails: then it is to be asked again, too.
pub(super) async fn end_in_transfer(
    network: &Network,
    switchboard: &Switchboard,
    call: CallId,
    leg: &CarrierLegId,
) -> Result<bool, SwitchboardError> {
    let outcome = match network.staff_answered(leg).await {
        Looked::Found(true) => TransferOutcome::Talked,
        Looked::Found(false) | Looked::Nothing => TransferOutcome::NotReached,
        Looked::Unavailable(doubt) => {
            warn!(%call, ?doubt, "whether staff answered a caller who is gone can't be found out; it is asked again");
            return Ok(false);
        }
    };
    info!(%call, ?outcome, "the carrier told whether staff answered a caller who is gone");
    switchboard.take(Knock::OverInTransfer(call, outcome)).await.map(|_| true)
}
