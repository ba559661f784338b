//! Looks up calls of unknown outcome: intents without a result, and calls that the carrier no longer reports on.
//! Nothing is dialled here.

use jiff::{SignedDuration, Timestamp};
use tracing::{error, warn};

use super::unknown_outcome::first_look;
use super::{Dialer, TAKE_OVER};
use crate::carrier::network::{LegProgress, LookupResult, Ringing};
use crate::carrier::{Carrier, CarrierLegId};
use crate::domain::{AttemptState, CallId, HangupCause};
use crate::service::conversation::{Outcome, end_in_transfer, tell_looked_up};
use crate::service::slots::{AttemptConclusion, settle};
use crate::store::attempts::{self, AttemptRow, LookupHistory};
use crate::store::{StoreError, legs, sessions};

/// Calls looked up in one round.
const MAX_LOOKED_FOR: u32 = 50;
/// A placed call ends if the carrier has no information about it for this long.
const MAX_UNKNOWN: SignedDuration = SignedDuration::from_hours(2);
/// The same if the patient last talked with staff. No slot's window is open for this long.
const MAX_UNKNOWN_WITH_STAFF: SignedDuration = SignedDuration::from_hours(24);

impl Dialer {
    /// Runs one round. Idempotent. Returns when the next lookup is due, as far as is known.
    ///
    /// # Errors
    /// Database errors.
    pub async fn look(&self) -> Result<Option<Timestamp>, StoreError> {
        // The list of recent calls must be the first request to the carrier. Calls in progress are looked up whatever
        // it shows.
        self.database_in_doubt().await?;
        if let Some(wait) = self.compare_clocks_sometimes().await? {
            // While the clock is in doubt, neither a call's silence nor the next lookup can be timed.
            return Ok(self.context.clock.now().checked_add(wait).ok());
        }
        let (now, ago) = (self.context.clock.now(), |wait| self.context.clock.ago(wait));
        let mut tx = self.context.database.begin_autocommit().await?;
        let left = match ago(TAKE_OVER) {
            Some(before) => attempts::left_behind(&mut tx, before, now, MAX_LOOKED_FOR).await?,
            None => Vec::new(),
        };
        let mut silent = Vec::new();
        if let Some(before) = ago(self.longest_ringing()) {
            silent.extend(attempts::unmoved(&mut tx, AttemptState::Placed, before, now, MAX_LOOKED_FOR).await?);
        }
        if let Some(before) = ago(self.dialling.silence) {
            silent.extend(attempts::silent(&mut tx, before, now, MAX_LOOKED_FOR).await?);
        }
        drop(tx);
        self.take_over(&left, now).await?;
        let unknown =
            attempts::to_look_for(&mut self.context.database.begin_autocommit().await?, now, MAX_LOOKED_FOR).await?;
        let unknown: Vec<AttemptRow> = unknown.into_iter().map(|attempt| self.dated(attempt)).collect();
        let newest = self.newest(&unknown).await;
        for attempt in unknown {
            self.look_for(&attempt, &newest, now).await?;
        }
        for attempt in silent {
            self.ask_about(&attempt, now).await?;
        }
        self.next_look().await
    }

    /// The next lookup: when the first call in progress has been silent for too long or is due.
    ///
    /// # Errors
    /// Database errors.
    pub async fn next_look(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut tx = self.context.database.begin_autocommit().await?;
        let open = attempts::open_by_state(&mut tx).await?;
        let due = open.into_iter().filter_map(|(state, moved_at, look_at)| {
            let silence = match state {
                // If withdrawn, it is looked up as soon as its request can have had a result.
                AttemptState::Intended if look_at.is_some() => return look_at,
                AttemptState::Intended => TAKE_OVER,
                AttemptState::Placed => self.longest_ringing(),
                AttemptState::Answered => self.dialling.silence,
                AttemptState::Unknown | AttemptState::Ended => return look_at,
            };
            let moved_at = self.context.clock.at_the_latest(moved_at);
            let silent_at = moved_at.checked_add(silence).unwrap_or(moved_at);
            Some(look_at.map_or(silent_at, |at| at.max(silent_at)))
        });
        Ok(due.min())
    }

    /// The attempt with each of its times (intended, became unknown, looked up) set to the latest possible one. A
    /// correction of the clock must not shorten any of its waits.
    fn dated(&self, attempt: AttemptRow) -> AttemptRow {
        let latest = |at| self.context.clock.at_the_latest(at);
        let (looks, now) = (attempt.looks, self.context.clock.now());
        AttemptRow {
            // A time in the future may stand for any time. The carrier's calls are searched from then on.
            intended_at: if attempt.intended_at <= now { latest(attempt.intended_at) } else { attempt.intended_at },
            moved_at: latest(attempt.moved_at),
            looks: LookupHistory {
                looked_at: looks.looked_at.map(latest),
                clear_at: looks.clear_at.map(latest),
                ..looks
            },
            ..attempt
        }
    }

    /// How long the carrier may be silent about a ringing call.
    fn longest_ringing(&self) -> SignedDuration {
        SignedDuration::from_secs(self.dialling.ring_seconds.into()) + self.dialling.silence
    }

    /// Takes over intents of a dead worker. Whether it had asked the carrier is unknown.
    async fn take_over(&self, left: &[AttemptRow], now: Timestamp) -> Result<(), StoreError> {
        if left.is_empty() {
            return Ok(());
        }
        let grace = self.dialling.unknown_grace;
        let look_at = |attempt: &AttemptRow| (attempt.call, first_look(attempt.intended_at, now, grace));
        let calls: Vec<(CallId, Timestamp)> = left.iter().map(look_at).collect();
        let mut tx = self.context.database.begin_write().await?;
        let unknown = attempts::unknown(&mut tx, &calls, now).await?;
        tx.commit().await?;
        warn!(
            calls = unknown.len(),
            "found intents left by a stopped process; checking whether the carrier has their calls"
        );
        Ok(())
    }

    /// Asks the carrier about a call that was silent for too long (fault 26).
    async fn ask_about(&self, attempt: &AttemptRow, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.context.database.begin_autocommit().await?;
        let leg = legs::of_calls(&mut tx, &[attempt.call]).await?.into_iter().next();
        drop(tx);
        let begun = leg.as_ref().is_some_and(|leg| leg.began_at.is_some());
        let named = leg.and_then(|leg| Some((CarrierLegId::parse(&leg.carrier_leg_id).ok()?, leg.carrier)));
        let Some((leg, name)) = named else { return self.give_up(attempt, now).await };
        let Some(carrier) = self.carrier_of(attempt.call, &name) else {
            return self.nobody_answers(attempt, now).await;
        };
        match carrier.look_up(&leg).await {
            LookupResult::Found(LegProgress::Ended(cause)) => {
                self.keep_end(carrier, attempt.call, &leg, cause, now).await?
            }
            LookupResult::Nothing => self.keep_end(carrier, attempt.call, &leg, HangupCause::Unspecified, now).await?,
            // The duration doesn't matter: the carrier ends the call at the limit that it was given.
            LookupResult::Found(progress) => {
                if !begun && progress.ringing() == Ringing::Proven {
                    self.keep_looked_up(carrier, attempt.call, &leg, progress).await?;
                }
                self.ask_again(attempt.call, now).await?;
            }
            LookupResult::Unavailable(_) => self.nobody_answers(attempt, now).await?,
        }
        Ok(())
    }

    /// Asks again later, unless nothing has been heard of the call for too long.
    async fn nobody_answers(&self, attempt: &AttemptRow, now: Timestamp) -> Result<(), StoreError> {
        let silent_for = self.context.clock.waited(attempt.moved_at);
        if silent_for > self.longest_doubt(attempt).await? {
            return self.give_up(attempt, now).await;
        }
        self.ask_again(attempt.call, now).await
    }

    async fn ask_again(&self, call: CallId, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.context.database.begin_write().await?;
        let at = now.checked_add(self.dialling.silence).unwrap_or(now);
        attempts::ask_again(&mut tx, call, at).await?;
        tx.commit().await
    }

    /// How long the carrier may have no information about one of its calls. A patient who may be talking with staff
    /// isn't called again that day, so their slot must not be retried before the carrier has reported.
    async fn longest_doubt(&self, attempt: &AttemptRow) -> Result<SignedDuration, StoreError> {
        let mut tx = self.context.database.begin_autocommit().await?;
        let with_staff = !sessions::in_transfer(&mut tx, &[attempt.call]).await?.is_empty();
        Ok(if with_staff { MAX_UNKNOWN_WITH_STAFF } else { MAX_UNKNOWN })
    }

    async fn give_up(&self, attempt: &AttemptRow, now: Timestamp) -> Result<(), StoreError> {
        error!(call = %attempt.call, "the carrier no longer reports a call; it counts as failed");
        let mut tx = self.context.database.begin_write().await?;
        let told =
            settle(&mut tx, &[(attempt.call, AttemptConclusion::Unanswered(HangupCause::Unspecified))], now).await?;
        tx.commit().await?;
        self.context.event_bus.tell(told);
        Ok(())
    }

    /// Processes the carrier's answer to a lookup of a leg.
    pub(super) async fn keep_looked_up(
        &self,
        carrier: &dyn Carrier,
        call: CallId,
        leg: &CarrierLegId,
        progress: LegProgress,
    ) -> Result<(), StoreError> {
        tell_looked_up(&self.conversations, carrier.name(), call, leg, progress).await.map(drop)
    }

    /// Processes the end of a leg. If the caller left during a transfer and whether staff answered is unknown, the
    /// carrier is asked that, too.
    async fn keep_end(
        &self,
        carrier: &dyn Carrier,
        call: CallId,
        leg: &CarrierLegId,
        cause: HangupCause,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let ended = LegProgress::Ended(cause);
        let outcome = tell_looked_up(&self.conversations, carrier.name(), call, leg, ended).await?;
        if !matches!(outcome, Some(Outcome::StaffUnknown)) {
            return Ok(());
        }
        match end_in_transfer(carrier, &self.conversations, call, leg).await {
            Ok(true) => Ok(()),
            Ok(false) => self.ask_again(call, now).await,
            Err(error) => {
                error!(%call, %error, "could not store the end of a call; it will be looked up again");
                Ok(())
            }
        }
    }
}
