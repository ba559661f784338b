//! Ends calls whose end was never reported: status callbacks are best effort, and a carrier may lose one. If the
//! carrier can be asked, its answer decides, not the silence.

use std::sync::Arc;

use jiff::SignedDuration;
use tracing::{error, info, warn};

use super::lost_transfers::end_in_transfer;
use super::{CarrierEvent, ConversationError, ConversationService, LegStatus, Outcome};
use crate::carrier::network::{LegProgress, LookupResult};
use crate::carrier::{Carrier, CarrierLegId, Carriers};
use crate::domain::{CallId, HangupCause};
use crate::policy::{CarrierSays, QuietCall, QuietFate, quiet_fate};
use crate::service::context::{Clock, Context};
use crate::store::StoreError;
use crate::store::sessions::{self, Quiet};

/// The silence after which the carrier is asked. The longest question takes far less than this.
const SILENCE: SignedDuration = SignedDuration::from_mins(10);
/// How long after a caller is gone the carrier may still report on the staff phone.
const NEWS_OF_STAFF: SignedDuration = SignedDuration::from_mins(1);
/// How soon the carrier is asked again about a call whose caller is gone.
const SOON: SignedDuration = SignedDuration::from_mins(1);
/// Calls checked in one sweep.
const MAX_SWEPT: u32 = 500;

/// Ends lost calls, and calls that are over according to the carrier. `longest` is the longest duration of a call.
/// Idempotent. Returns the number of calls ended.
///
/// # Errors
/// Database errors. A call that couldn't be ended is ended by a later sweep.
pub async fn sweep(
    context: &Arc<Context>,
    conversations: &ConversationService,
    carriers: Option<&Carriers>,
    longest: SignedDuration,
) -> Result<usize, StoreError> {
    let now = context.clock.now();
    // After a clock jump, a call with an ongoing conversation would count as silent.
    let (Some(silent_since), Some(gone_before)) = (context.clock.ago(SILENCE), context.clock.ago(NEWS_OF_STAFF)) else {
        return Ok(0);
    };
    let mut tx = context.database.begin_read().await?;
    let quiet = sessions::quiet(&mut tx, silent_since, gone_before, now, MAX_SWEPT).await?;
    drop(tx);
    let mut sweep = Sweep {
        conversations,
        carriers,
        longest,
        clock: &context.clock,
        ended: 0,
        later: Vec::new(),
        soon: Vec::new(),
    };
    for call in quiet {
        match sweep.one(&call).await {
            Ok(()) => {}
            Err(ConversationError::ShuttingDown) => break,
            Err(error) if error.is_conflict() => {
                warn!(call = %call.call, %error, "another node updated a lost call; retrying");
            }
            Err(error) => error!(call = %call.call, %error, "could not end a lost call"),
        }
    }
    let Sweep { ended, later, soon, .. } = sweep;
    if !later.is_empty() || !soon.is_empty() {
        let mut tx = context.database.begin_write().await?;
        let after = |duration| now.checked_add(duration).unwrap_or(now);
        sessions::ask_again(&mut tx, &later, after(SILENCE)).await?;
        sessions::ask_again(&mut tx, &soon, after(SOON)).await?;
        tx.commit().await?;
    }
    if ended > 0 {
        info!(calls = ended, "ended calls that the carrier no longer reported");
    }
    Ok(ended)
}

struct Sweep<'a> {
    conversations: &'a ConversationService,
    carriers: Option<&'a Carriers>,
    longest: SignedDuration,
    clock: &'a Clock,
    ended: usize,
    /// Calls to ask about again after a while.
    later: Vec<CallId>,
    /// The same, for calls whose caller is gone.
    soon: Vec<CallId>,
}

impl Sweep<'_> {
    async fn one(&mut self, call: &Quiet) -> Result<(), ConversationError> {
        let carrier = self.carrier_of(call);
        let says = self.says(call, carrier.as_ref()).await;
        let silence = self.clock.waited(call.since);
        let quiet = QuietCall { silence, in_transfer: call.in_transfer, placed: call.placed };
        let ended = match (quiet_fate(&quiet, says, self.longest), carrier) {
            (QuietFate::Wait, _) => {
                self.later.push(call.call);
                return Ok(());
            }
            (QuietFate::Ended(cause), Some((carrier, leg))) => {
                let status = LegStatus {
                    call: call.placed.then_some(call.call),
                    carrier: carrier.name(),
                    leg: leg.as_str().to_owned(),
                    status: "looked-up",
                    ended: Some(cause),
                    ringing: LegProgress::Ended(cause).ringing(),
                };
                match self.conversations.take(CarrierEvent::Status(status)).await? {
                    Outcome::StaffUnknown => end_in_transfer(carrier, self.conversations, call.call, &leg).await?,
                    _ => true,
                }
            }
            (QuietFate::Ended(_) | QuietFate::Lost, _) => {
                self.conversations.take(CarrierEvent::Lost(call.call)).await?;
                true
            }
        };
        if ended {
            self.ended = self.ended.saturating_add(1);
        } else if !call.placed && silence >= self.longest {
            self.conversations.take(CarrierEvent::Lost(call.call)).await?;
            self.ended = self.ended.saturating_add(1);
        } else {
            self.soon.push(call.call);
        }
        Ok(())
    }

    /// The carrier that has the call's leg, if it can be asked from this node.
    fn carrier_of(&self, call: &Quiet) -> Option<(&'_ dyn Carrier, CarrierLegId)> {
        let (carriers, (carrier, leg)) = self.carriers.zip(call.leg.as_ref())?;
        Some((carriers.named(carrier)?, CarrierLegId::parse(leg).ok()?))
    }

    async fn says(&self, call: &Quiet, carrier: Option<&(&dyn Carrier, CarrierLegId)>) -> CarrierSays {
        // For an outbound call, a node that dials finds out the outcome.
        if let Some(cause) = call.leg_ended.filter(|_| carrier.is_some() || !call.placed) {
            return CarrierSays::Over(cause);
        }
        let Some((carrier, leg)) = carrier else { return CarrierSays::NobodyToAsk };
        match carrier.look_up(leg).await {
            LookupResult::Found(LegProgress::Ended(cause)) => CarrierSays::Over(cause),
            LookupResult::Found(_) => CarrierSays::GoesOn,
            // The carrier has no such call, so none is in progress.
            LookupResult::Nothing => CarrierSays::Over(HangupCause::Unspecified),
            LookupResult::Unavailable(_) => CarrierSays::NoAnswer,
        }
    }
}
