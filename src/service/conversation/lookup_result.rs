//! Processes the carrier's answer to a lookup of a leg in the same way as a status callback.

use tracing::error;

use super::{CarrierEvent, ConversationError, ConversationService, LegStatus, Outcome};
use crate::carrier::CarrierLegId;
use crate::carrier::network::LegProgress;
use crate::domain::CallId;
use crate::store::StoreError;

/// Processes the event and returns its outcome. Returns `None` if it can't be stored: the error is logged and the
/// lookup is repeated later.
///
/// # Errors
/// Returns an error if the disk is full. Then nothing else can be stored either, and the carrier needn't be asked for
/// a while.
pub(in crate::service) async fn tell_looked_up(
    conversations: &ConversationService,
    carrier: &'static str,
    call: CallId,
    leg: &CarrierLegId,
    progress: LegProgress,
) -> Result<Option<Outcome>, StoreError> {
    let ended = match progress {
        LegProgress::Ended(cause) => Some(cause),
        LegProgress::Queued | LegProgress::Ringing | LegProgress::Answered => None,
    };
    let (leg, status, ringing) = (leg.as_str().to_owned(), "looked-up", progress.ringing());
    let status = LegStatus { call: Some(call), carrier, leg, status, ended, ringing };
    match conversations.take(CarrierEvent::Status(status)).await {
        Ok(outcome) => Ok(Some(outcome)),
        Err(error) => {
            error!(%call, %error, "could not store a call's status; it will be looked up again");
            match error {
                ConversationError::Store(StoreError::Full) => Err(StoreError::Full),
                _ => Ok(None),
            }
        }
    }
}
