//! Our own clock, held against the carrier's: nobody is called by a clock that jumped (fault 17).

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use tracing::{error, info};

use super::Dialer;
use crate::carrier::network::Looked;
use crate::follow_up::{Belief, ClockWatch, Witness};
use crate::service::pause::tell_staff;
use crate::store::StoreError;

impl Dialer {
    /// How long nothing may be done by our clock, if so.
    pub(super) async fn clock_in_doubt(&self) -> Result<Option<Duration>, StoreError> {
        let belief = self.clock_watch().look(self.desk.clock.read());
        match belief {
            Belief::Believed | Belief::Compare => Ok(None),
            Belief::Doubted(wait) => Ok(Some(wait)),
            Belief::CompareFirst => self.compare_clocks().await,
        }
    }

    /// Compares the clocks when it is time to: at the start, so that nobody waits for it later.
    pub(super) async fn compare_clocks_sometimes(&self) -> Result<(), StoreError> {
        let belief = self.clock_watch().look(self.desk.clock.read());
        if matches!(belief, Belief::Compare | Belief::CompareFirst) {
            self.compare_clocks().await?;
        }
        Ok(())
    }

    async fn compare_clocks(&self) -> Result<Option<Duration>, StoreError> {
        let witness = match self.network.time().await {
            Looked::Found(time) => Witness::Shows(time),
            Looked::Nothing => Witness::Silent,
            Looked::Unavailable(_) => Witness::Unavailable,
        };
        let reading = self.desk.clock.read();
        let belief = self.clock_watch().compared(reading, witness);
        let Belief::Doubted(wait) = belief else {
            metrics::gauge!("kenkocall_clock_doubted").set(0.0);
            info!(?witness, "our clock is gone by");
            return Ok(None);
        };
        metrics::gauge!("kenkocall_clock_doubted").set(1.0);
        error!(shown = %reading.shown, ?witness, "our clock jumped, or isn't right: nobody is called by it; set it right");
        let mut tx = self.desk.database.begin().await?;
        tell_staff(&mut tx, reading.shown).await?;
        tx.commit().await?;
        Ok(Some(wait))
    }

    fn clock_watch(&self) -> MutexGuard<'_, ClockWatch> {
        self.clock_watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
