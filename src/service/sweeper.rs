//! Ends calls whose end was never told: a status callback is best effort, and a carrier may lose it. Where there is a
//! carrier to ask, what it says of the call decides, and not the silence.

use std::sync::Arc;

use jiff::SignedDuration;
use tracing::{error, info, warn};

use super::network::Network;
use super::switchboard::Desk;
use super::transfers::end_in_transfer;
use super::{Clock, Knock, LegStatus, Outcome, Switchboard, SwitchboardError};
use crate::call::{CallId, HangupCause};
use crate::carrier::CarrierLegId;
use crate::carrier::network::{LegProgress, Looked};
use crate::follow_up::{CarrierSays, QuietCall, QuietFate, quiet_fate};
use crate::store::StoreError;
use crate::store::sessions::{self, Quiet};

/// The longest question waits for far less than this: then something is wrong, and the carrier is asked.
const SILENCE: SignedDuration = SignedDuration::from_mins(10);
/// How long after a caller is gone the carrier may still tell of the phone of staff by itself.
const NEWS_OF_STAFF: SignedDuration = SignedDuration::from_mins(1);
/// When the carrier is asked again about a call whose caller is gone.
const SOON: SignedDuration = SignedDuration::from_mins(1);
/// Calls looked at in one sweep.
const MAX_SWEPT: u32 = 500;

/// Ends what is lost, and what the carrier says is over. `longest` is how long a call may last. Idempotent; says how
/// many calls it ended.
///
/// # Errors
/// When the database fails. A call that couldn't be ended is ended by a later sweep.
pub async fn sweep(
    desk: &Arc<Desk>,
    switchboard: &Switchboard,
    network: Option<&Network>,
    longest: SignedDuration,
) -> Result<usize, StoreError> {
    let now = desk.clock.now();
    // By a clock that jumped, a call in which somebody talks would count as silent.
    let (Some(silent_since), Some(gone_before)) = (desk.clock.ago(SILENCE), desk.clock.ago(NEWS_OF_STAFF)) else {
        return Ok(0);
    };
    let mut tx = desk.database.read().await?;
    let quiet = sessions::quiet(&mut tx, silent_since, gone_before, now, MAX_SWEPT).await?;
    drop(tx);
    let mut sweep =
        Sweep { switchboard, network, longest, clock: &desk.clock, ended: 0, later: Vec::new(), soon: Vec::new() };
    for call in quiet {
        match sweep.one(&call).await {
            Ok(()) => {}
            Err(SwitchboardError::ShuttingDown) => break,
            Err(error) if error.is_conflict() => {
                warn!(call = %call.call, %error, "another node moved a lost call on; it is looked at again soon");
            }
            Err(error) => error!(call = %call.call, %error, "a lost call couldn't be ended"),
        }
    }
    let Sweep { ended, later, soon, .. } = sweep;
    if !later.is_empty() || !soon.is_empty() {
        let mut tx = desk.database.begin().await?;
        let after = |duration| now.checked_add(duration).unwrap_or(now);
        sessions::ask_again(&mut tx, &later, after(SILENCE)).await?;
        sessions::ask_again(&mut tx, &soon, after(SOON)).await?;
        tx.commit().await?;
    }
    if ended > 0 {
        info!(calls = ended, "ended calls of which nothing was heard any more");
    }
    Ok(ended)
}

struct Sweep<'a> {
    switchboard: &'a Switchboard,
    network: Option<&'a Network>,
    longest: SignedDuration,
    clock: &'a Clock,
    ended: usize,
    /// To be asked about again after a while.
    later: Vec<CallId>,
    /// The same, of calls whose caller is gone.
    soon: Vec<CallId>,
}

impl Sweep<'_> {
    async fn one(&mut self, call: &Quiet) -> Result<(), SwitchboardError> {
        let carrier = self.carrier_of(call);
        let says = self.says(call, carrier.as_ref()).await;
        let silence = self.clock.waited(call.since);
        let quiet = QuietCall { silence, in_transfer: call.in_transfer, placed: call.placed };
        let ended = match (quiet_fate(&quiet, says, self.longest), carrier) {
            (QuietFate::Wait, _) => {
                self.later.push(call.call);
                return Ok(());
            }
            (QuietFate::Ended(cause), Some((network, leg))) => {
                let status = LegStatus {
                    call: call.placed.then_some(call.call),
                    carrier: network.name(),
                    leg: leg.as_str().to_owned(),
                    status: "looked-up",
                    ended: Some(cause),
                    ringing: LegProgress::Ended(cause).ringing(),
                };
                match self.switchboard.take(Knock::Status(status)).await? {
                    Outcome::StaffUnknown => end_in_transfer(network, self.switchboard, call.call, &leg).await?,
                    _ => true,
                }
            }
            (QuietFate::Ended(_) | QuietFate::Lost, _) => {
                self.switchboard.take(Knock::Lost(call.call)).await?;
                true
            }
        };
        if ended {
            self.ended += 1;
        } else if !call.placed && silence >= self.longest {
            self.switchboard.take(Knock::Lost(call.call)).await?;
            self.ended += 1;
        } else {
            self.soon.push(call.call);
        }
        Ok(())
    }

    /// The network that has the call's leg, where it can be asked from here.
    fn carrier_of(&self, call: &Quiet) -> Option<(&'_ Network, CarrierLegId)> {
        let (network, (carrier, name)) = self.network.zip(call.leg.as_ref())?;
        let leg = CarrierLegId::parse(name).ok().filter(|_| carrier == network.name());
        leg.map(|leg| (network, leg))
    }

    async fn says(&self, call: &Quiet, carrier: Option<&(&Network, CarrierLegId)>) -> CarrierSays {
        // A node that dials finds out what became of a call that we placed.
        if let Some(cause) = call.leg_ended.filter(|_| carrier.is_some() || !call.placed) {
            return CarrierSays::Over(cause);
        }
        let Some((network, leg)) = carrier else { return CarrierSays::NobodyToAsk };
        match network.look_up(leg).await {
            Looked::Found(LegProgress::Ended(cause)) => CarrierSays::Over(cause),
            Looked::Found(_) => CarrierSays::GoesOn,
            // It knows no such call, so that none goes on.
            Looked::Nothing => CarrierSays::Over(HangupCause::Unspecified),
            Looked::Unavailable(_) => CarrierSays::NoAnswer,
        }
    }
}
