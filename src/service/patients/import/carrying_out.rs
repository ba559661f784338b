//! Carries a plan out: a short list in one transaction, a long one in short transactions of which one decides.

use std::time::Duration;

use tracing::warn;

use super::finishing::{self, finish_imports};
use super::staging::{Staged, Staging};
use crate::service::context::{Pace, Stopwatch, new_id};
use crate::service::error::{PatientError, ServiceError};
use crate::store::StoreError;
use crate::store::imports::{self, Claim, Importer};

/// A list that writes at most this many records is written in one transaction.
const AT_ONCE: usize = 100;
/// How long an import waits for another one.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it looks whether the other one has ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Staging<'_> {
    /// Writes the plan. `written` is called with the number of written records.
    ///
    /// # Errors
    /// [`PatientError::ImportUnfinished`] if the import counts, but not all changes are in force yet. After other
    /// errors nothing counts, unless the connection broke during the commit.
    pub(super) async fn carry_out(&self, written: &(impl Fn(usize) + Sync)) -> Result<Staged, ServiceError> {
        if self.plan.writes() <= AT_ONCE { self.at_once().await } else { self.in_steps(written).await }
    }

    fn importer(&self) -> Importer {
        Importer {
            centre: self.centre.code.clone(),
            actor: self.actor.name().to_owned(),
            source: self.actor.source().to_owned(),
        }
    }

    /// Writes a short list in one transaction.
    async fn at_once(&self) -> Result<Staged, ServiceError> {
        let waiting = Stopwatch::start();
        loop {
            let mut tx = self.context.database.begin_write().await?;
            let Some(claim) = imports::begin(&mut tx, &self.importer(), new_id(), self.context.clock.now()).await?
            else {
                tx.rollback().await?;
                self.wait_for_other(&waiting).await?;
                continue;
            };
            let written = self.all(&mut tx, claim).await;
            return match overtaken(written)? {
                Staged::Yes => {
                    let now = self.context.clock.now();
                    finishing::invite_all(&mut tx, claim, &self.centre.code, now).await?;
                    tx.commit().await?;
                    Ok(Staged::Yes)
                }
                Staged::Overtaken => {
                    tx.rollback().await?;
                    Ok(Staged::Overtaken)
                }
            };
        }
    }

    /// Writes a long list in short transactions.
    async fn in_steps(&self, written: &(impl Fn(usize) + Sync)) -> Result<Staged, ServiceError> {
        let claim = self.claim().await?;
        let mut pace = Pace::default();
        match overtaken(self.write(claim, &mut pace, written).await) {
            Ok(Staged::Yes) => {}
            failed => {
                if finishing::was_undone(self.context, claim, &mut pace).await {
                    return failed;
                }
                // The commit that decided it arrived after all, or another process now removes or finishes it.
                let mut tx = self.context.database.begin_autocommit().await?;
                if !imports::is_decided(&mut tx).await? {
                    return failed;
                }
            }
        }
        match finishing::finish(self.context, claim, &mut pace).await {
            Ok(()) => Ok(Staged::Yes),
            Err(error) => {
                warn!(%error, "a decided import isn't applied completely yet; it will be finished");
                Err(PatientError::ImportUnfinished.into())
            }
        }
    }

    /// Begins an import, as soon as no other one is in progress.
    async fn claim(&self) -> Result<Claim, ServiceError> {
        let waiting = Stopwatch::start();
        loop {
            let mut tx = self.context.database.begin_write().await?;
            let claim = imports::begin(&mut tx, &self.importer(), new_id(), self.context.clock.now()).await?;
            match claim {
                Some(claim) => {
                    tx.commit().await?;
                    return Ok(claim);
                }
                None => {
                    tx.rollback().await?;
                    self.wait_for_other(&waiting).await?;
                }
            }
        }
    }

    async fn wait_for_other(&self, waiting: &Stopwatch) -> Result<(), ServiceError> {
        finish_imports(self.context).await?;
        if waiting.elapsed() > PATIENCE {
            return Err(StoreError::Busy.into());
        }
        tokio::time::sleep(LOOK_EVERY).await;
        Ok(())
    }
}

/// Others changed the same patients: that isn't an error.
fn overtaken(written: Result<Staged, ServiceError>) -> Result<Staged, ServiceError> {
    match written {
        Err(ServiceError::Store(StoreError::Stale | StoreError::Taken(_))) => Ok(Staged::Overtaken),
        written => written,
    }
}
