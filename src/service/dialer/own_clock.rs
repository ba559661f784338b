//! Our own clock, held against the carrier's: nobody is called by a clock that jumped (fault 17).

use std::time::Duration;

use tracing::{error, info};

use super::Dialer;
use crate::carrier::network::Looked;
use crate::follow_up::{Belief, Witness};
use crate::service::Clock;
use crate::service::pause::tell_staff;
use crate::store::StoreError;

/// Watches our clock where there is no carrier to compare it with: the time goes on by the steady clock after a jump,
/// until the time of day has run for long enough to be believed.
pub(in crate::service) fn watch_alone(clock: &Clock) {
    let (belief, new, reading) = clock.watched(|watch, now| {
        let new = watch.in_doubt(now);
        let due = matches!(watch.look(now), Belief::Compare | Belief::CompareFirst);
        (due.then(|| watch.compared(now, Witness::Nobody)), new, now)
    });
    if let (true, Some(Belief::Doubted(_))) = (new, belief) {
        error!(shown = %reading.shown, "our clock jumped; the time goes on without it for two minutes, or until it is set right");
    }
}

impl Dialer {
    /// How long nothing may be done by our clock, if so.
    pub(super) async fn clock_in_doubt(&self) -> Result<Option<Duration>, StoreError> {
        match self.desk.clock.watched(|watch, now| watch.look(now)) {
            Belief::Believed | Belief::Compare => Ok(None),
            Belief::Doubted(wait) | Belief::NotCompared(wait) => Ok(Some(wait)),
            Belief::CompareFirst => self.compare_clocks().await,
        }
    }

    /// The same, and compares the clocks when it is time to: at the start, so that nobody waits for it later.
    pub(super) async fn compare_clocks_sometimes(&self) -> Result<Option<Duration>, StoreError> {
        match self.desk.clock.watched(|watch, now| watch.look(now)) {
            Belief::Believed => Ok(None),
            Belief::Doubted(wait) | Belief::NotCompared(wait) => Ok(Some(wait)),
            Belief::Compare | Belief::CompareFirst => self.compare_clocks().await,
        }
    }

    async fn compare_clocks(&self) -> Result<Option<Duration>, StoreError> {
        let witness = match self.network.time().await {
            Looked::Found(time) => Witness::Shows(time),
            Looked::Nothing => Witness::Silent,
            Looked::Unavailable(_) => Witness::Unavailable,
        };
        let (belief, reading) = self.desk.clock.watched(|watch, now| (watch.compared(now, witness), now));
        let wait = match belief {
            Belief::Doubted(wait) => wait,
            Belief::NotCompared(wait) => {
                // It is the carrier that is missing: `database_in_doubt` says so, and tells staff.
                metrics::gauge!("kenkocall_clock_doubted").set(0.0);
                info!("our clock can't be compared before the carrier answers");
                return Ok(Some(wait));
            }
            Belief::Believed | Belief::Compare | Belief::CompareFirst => {
                metrics::gauge!("kenkocall_clock_doubted").set(0.0);
                info!(?witness, "our clock agrees with the carrier's, and is used");
                self.mend_retries().await?;
                return Ok(None);
            }
        };
        metrics::gauge!("kenkocall_clock_doubted").set(1.0);
        error!(shown = %reading.shown, ?witness, "our clock jumped, or isn't right: nobody is called by it; set it right");
        let mut tx = self.desk.database.begin().await?;
        tell_staff(&mut tx, self.desk.clock.now()).await?;
        tx.commit().await?;
        Ok(Some(wait))
    }
}
