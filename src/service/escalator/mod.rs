//! Rings staff about red alerts that nobody has taken. It takes no input: it wakes each second and does what is due.
//! All its state is in the database, so any node may go on where another one was killed.

mod place;
mod step;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::{error, warn};

use crate::carrier::{Carrier, Carriers};
use crate::domain::{PhoneNumber, StepState};
use crate::service::alerts::give_back_unopened;
use crate::service::centre_settings::zone_of;
use crate::service::context::{Context, wait_after};
use crate::service::conversation::ConversationService;
use crate::store::centres::CentreRow;
use crate::store::escalations::{self, StepRow};
use crate::store::{StoreError, alert_claims, centres};

/// How often it looks for work.
const EVERY: Duration = Duration::from_secs(1);
/// A decided call that wasn't placed within this time is no longer placed: another node counts it as unknown.
const LEASE: SignedDuration = SignedDuration::from_secs(5);
/// A decided call of this age that the carrier hasn't confirmed has an unknown outcome. Longer than the lease and the
/// longest request together.
const TAKE_OVER: SignedDuration = SignedDuration::from_secs(20);
/// How long the carrier may be silent about a call, beyond its ringing time.
const SILENT: SignedDuration = SignedDuration::from_secs(30);
/// The longest call to staff, in seconds. The carrier then ends it.
const LONGEST_SECONDS: u32 = 180;

/// The settings of calls to staff.
#[derive(Debug, Clone)]
pub struct EscalatorSettings {
    /// The number shown to staff.
    pub from: PhoneNumber,
    /// How long a phone rings, in seconds.
    pub ring_seconds: u16,
    /// Whether an e-mail goes out beside the call.
    pub email: EmailRule,
}

/// Whether e-mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailRule {
    /// To the people of the rota who have an e-mail address.
    Sent,
    /// The settings name no mail server.
    NoServer,
}

/// Rings staff.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Escalator {
    context: Arc<Context>,
    conversations: ConversationService,
    carriers: Carriers,
    settings: EscalatorSettings,
}

impl Escalator {
    /// An escalator on the conversation service's database and clock.
    pub fn new(
        context: Arc<Context>,
        conversations: ConversationService,
        carriers: Carriers,
        settings: EscalatorSettings,
    ) -> Arc<Self> {
        Arc::new(Self { context, conversations, carriers, settings })
    }

    fn carrier(&self) -> &dyn Carrier {
        self.carriers.default()
    }

    /// Rings staff until the task is aborted.
    pub async fn run(self: Arc<Self>) {
        loop {
            let mut wait = EVERY;
            match self.tick().await {
                Ok(calls) if calls.is_empty() => {}
                Ok(calls) => {
                    let escalator = Arc::clone(&self);
                    tokio::spawn(async move { place::place_all(&escalator, calls).await });
                }
                Err(error) if error.is_conflict() => {
                    warn!(%error, "another node rang staff at the same time; retrying");
                }
                Err(error) => {
                    error!(%error, "could not look for red alerts that nobody has taken; retrying");
                    wait = wait_after(&error, wait);
                }
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Does what is due, and waits until the carrier has answered all requests: for a clock that stands still during
    /// the call.
    ///
    /// # Errors
    /// Database errors. Nobody is rung unless that was committed.
    pub async fn tick_and_wait(&self) -> Result<usize, StoreError> {
        let calls = self.tick().await?;
        let count = calls.len();
        place::place_all(self, calls).await;
        Ok(count)
    }

    /// Does what is due at each health centre. Returns the calls to place, which are committed.
    async fn tick(&self) -> Result<Vec<StepRow>, StoreError> {
        let now = self.context.clock.now();
        let mut tx = self.context.database.begin_autocommit().await?;
        let at_work = escalations::centres_at_work(&mut tx).await?;
        let unopened = !alert_claims::unopened(&mut tx).await?.is_empty();
        drop(tx);
        if unopened {
            let mut tx = self.context.database.begin_write().await?;
            match give_back_unopened(&mut tx, now).await? {
                true => tx.commit().await?,
                false => tx.rollback().await?,
            }
        }
        let mut calls = Vec::new();
        for code in at_work {
            let centre = centres::get(&mut self.context.database.begin_autocommit().await?, &code).await?;
            let Some(centre) = centre else { continue };
            match self.centre(&centre, now).await {
                Ok(call) => calls.extend(call),
                Err(error) => error!(centre = %code, %error, "could not ring staff about a red alert; retrying"),
            }
        }
        Ok(calls)
    }

    /// Does what is due at one health centre.
    async fn centre(&self, centre: &CentreRow, now: Timestamp) -> Result<Option<StepRow>, StoreError> {
        let Ok(zone) = zone_of(centre) else {
            error!(centre = %centre.code, "a health centre has an unknown time zone, so nobody is on duty there");
            return Ok(None);
        };
        step::step(self, centre, &zone, now).await
    }

    /// Returns `true` if nothing has been heard of a call for so long that it counts as ended.
    fn is_lost(&self, step: &StepRow, now: Timestamp) -> bool {
        let longest = match step.state {
            StepState::Intended => TAKE_OVER,
            StepState::Placed => SignedDuration::from_secs(self.settings.ring_seconds.into()) + SILENT,
            StepState::Answered => SignedDuration::from_secs(LONGEST_SECONDS.into()) + SILENT,
            StepState::Ended => return false,
        };
        now.duration_since(step.moved_at).abs() > longest
    }
}
