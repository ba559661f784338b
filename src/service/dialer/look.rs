//! Finds out what became of calls that nobody knows about: intents whose outcome never came, calls that the carrier
//! never told of again. Nothing is dialled here.

use jiff::{SignedDuration, Timestamp};
use tracing::{error, info, warn};

use super::{Dialer, TAKE_OVER};
use crate::call::{AlertKind, AttemptState, CallId, HangupCause};
use crate::carrier::CarrierLegId;
use crate::carrier::network::{LegProgress, Listed, Looked};
use crate::follow_up::{Doubtful, Look, Next};
use crate::service::attempts::{Consequences, Ended, settle};
use crate::service::switchboard::outbound_leg;
use crate::service::{Knock, LegStatus};
use crate::store::attempts::{self, AttemptRow, Looks};
use crate::store::{StoreError, legs};

/// Calls looked for in one round.
const MAX_LOOKED_FOR: u32 = 50;
/// How much earlier than the intent the carrier's clock may say that a call began.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);
/// How far our own clock may be ahead when it is wrong: by a time zone, at most. A call that seems to be so much older
/// than its intent isn't taken for it, and isn't taken for none either.
const CLOCK_IS_WRONG: SignedDuration = SignedDuration::from_hours(25);
/// How long a call may be missing from the list without making it stale.
const LIST_LAGS: SignedDuration = SignedDuration::from_secs(5);
/// A placed call of which the carrier can tell nothing for so long is over.
const LONGEST_DOUBT: SignedDuration = SignedDuration::from_hours(2);

impl Dialer {
    /// One round. Idempotent. Says when there is something to look for again, as far as is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look(&self) -> Result<Option<Timestamp>, StoreError> {
        // The list of the last calls is the first thing that is asked of the carrier. Whatever it shows, calls under
        // way are looked for.
        self.database_in_doubt().await?;
        self.compare_clocks_sometimes().await?;
        let now = self.desk.clock.now();
        let mut tx = self.desk.database.glance().await?;
        let before = now.checked_sub(TAKE_OVER).unwrap_or(now);
        let left = attempts::unmoved(&mut tx, AttemptState::Intended, before, now, MAX_LOOKED_FOR).await?;
        let unknown = attempts::to_look_for(&mut tx, now, MAX_LOOKED_FOR).await?;
        let silent_since = now.checked_sub(self.longest_ringing()).unwrap_or(now);
        let mut silent = attempts::unmoved(&mut tx, AttemptState::Placed, silent_since, now, MAX_LOOKED_FOR).await?;
        let quiet_since = now.checked_sub(self.dialling.silence).unwrap_or(now);
        silent.extend(attempts::silent(&mut tx, quiet_since, now, MAX_LOOKED_FOR).await?);
        drop(tx);
        self.take_over(&left, now).await?;
        for attempt in unknown {
            self.look_for(&attempt, now).await?;
        }
        for attempt in silent {
            self.ask_about(&attempt, now).await?;
        }
        self.next_look().await
    }

    /// When the first of the calls under way has been silent for too long, or is to be looked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_look(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut tx = self.desk.database.glance().await?;
        let open = attempts::open_by_state(&mut tx).await?;
        let due = open.into_iter().filter_map(|(state, moved_at, look_at)| {
            let silence = match state {
                AttemptState::Intended => TAKE_OVER,
                AttemptState::Placed => self.longest_ringing(),
                AttemptState::Answered => self.dialling.silence,
                AttemptState::Unknown | AttemptState::Ended => return look_at,
            };
            let silent_at = moved_at.checked_add(silence).unwrap_or(moved_at);
            Some(look_at.map_or(silent_at, |at| at.max(silent_at)))
        });
        Ok(due.min())
    }

    /// How long the carrier may be silent about a call that rings.
    fn longest_ringing(&self) -> SignedDuration {
        SignedDuration::from_secs(self.dialling.ring_seconds.into()) + self.dialling.silence
    }

    /// Intents of a worker that is gone: whether it had asked the carrier isn't known.
    async fn take_over(&self, left: &[AttemptRow], now: Timestamp) -> Result<(), StoreError> {
        if left.is_empty() {
            return Ok(());
        }
        let grace = self.dialling.unknown_grace;
        let look_at = |attempt: &AttemptRow| (attempt.call, first_look(attempt.intended_at, now, grace));
        let calls: Vec<(CallId, Timestamp)> = left.iter().map(look_at).collect();
        let mut tx = self.desk.database.begin().await?;
        let unknown = attempts::unknown(&mut tx, &calls, now).await?;
        tx.commit().await?;
        warn!(calls = unknown.len(), "intents were left behind; whether the carrier has their calls is looked for");
        Ok(())
    }

    /// Looks for an unknown call in the carrier's list.
    async fn look_for(&self, attempt: &AttemptRow, now: Timestamp) -> Result<(), StoreError> {
        let listed = match self.network.list(&attempt.phone_number, looked_through_from(attempt)).await {
            Looked::Found(listed) => listed,
            Looked::Nothing => Vec::new(),
            Looked::Unavailable(doubt) => {
                warn!(call = %attempt.call, ?doubt, "the carrier's list can't be read");
                return self.note_look(attempt, Look::Unanswered, now).await;
            }
        };
        let strange = self.strange(listed).await?;
        let earliest = attempt.intended_at.checked_sub(CLOCKS_DIFFER).unwrap_or(attempt.intended_at);
        let is_ours = |listed: &&Listed| listed.created_at.is_none_or(|created| created >= earliest);
        match strange.iter().find(is_ours) {
            Some(listed) => self.adopt(attempt, listed, now).await,
            None if !strange.is_empty() => {
                warn!(call = %attempt.call, "the carrier has an earlier call to this number that we don't know; is a clock wrong?");
                self.note_look(attempt, Look::Stale, now).await
            }
            None if self.list_is_stale(attempt, now).await? => self.note_look(attempt, Look::Stale, now).await,
            None => self.note_look(attempt, Look::Nothing, now).await,
        }
    }

    /// The calls of the list that we don't know. One number has one open attempt, so it is this one, if its time fits.
    async fn strange(&self, listed: Vec<Listed>) -> Result<Vec<Listed>, StoreError> {
        let names: Vec<&str> = listed.iter().map(|listed| listed.leg.as_str()).collect();
        let mut tx = self.desk.database.glance().await?;
        let known = legs::by_carrier_leg(&mut tx, self.network.name(), &names).await?;
        let new = |listed: &Listed| !known.iter().any(|leg| leg.carrier_leg_id == listed.leg.as_str());
        Ok(listed.into_iter().filter(new).collect())
    }

    /// Whether the list provably lags behind: it lacks a call that the carrier has told us of since.
    async fn list_is_stale(&self, attempt: &AttemptRow, now: Timestamp) -> Result<bool, StoreError> {
        let recently = now.checked_sub(LIST_LAGS).unwrap_or(now);
        let mut tx = self.desk.database.glance().await?;
        let witness = legs::placed_between(&mut tx, self.network.name(), attempt.intended_at, recently).await?;
        drop(tx);
        let Some((number, name)) = witness else { return Ok(false) };
        let stale = match self.network.list(&number, looked_through_from(attempt)).await {
            Looked::Found(listed) => !listed.iter().any(|listed| listed.leg.as_str() == name),
            Looked::Nothing | Looked::Unavailable(_) => true,
        };
        if stale {
            warn!(call = %attempt.call, "the carrier's list lacks a call that it has told us of: it proves nothing");
        }
        Ok(stale)
    }

    async fn adopt(&self, attempt: &AttemptRow, listed: &Listed, now: Timestamp) -> Result<(), StoreError> {
        info!(call = %attempt.call, "an unknown call was found in the carrier's list");
        metrics::counter!("kenkocall_calls_adopted_total").increment(1);
        let mut tx = self.desk.database.begin().await?;
        let leg = outbound_leg(attempt, self.network.name(), listed.leg.as_str(), now);
        legs::insert_unknown(&mut tx, &[leg]).await?;
        attempts::placed(&mut tx, &[attempt.call], now).await?;
        tx.commit().await?;
        if let LegProgress::Ended(cause) = listed.progress {
            self.tell_end(attempt.call, &listed.leg, cause).await;
        }
        Ok(())
    }

    async fn note_look(&self, attempt: &AttemptRow, look: Look, now: Timestamp) -> Result<(), StoreError> {
        let doubtful = doubtful(attempt).after_look(look, now);
        let next = doubtful.next(now, self.dialling.unknown_grace.unsigned_abs());
        let mut tx = self.desk.database.begin().await?;
        let (look_at, ask) = match next {
            Next::NotPlaced => {
                info!(call = %attempt.call, looks = doubtful.clear, "an unknown call was never placed: that is proven");
                let told = settle(&mut tx, &[(attempt.call, Ended::NotPlaced)], now).await?;
                tx.commit().await?;
                self.desk.feed.tell(told);
                return Ok(());
            }
            Next::LookAt(at) => (at, false),
            Next::AskStaff { look_at } => (look_at, attempt.looks.asked_at.is_none()),
        };
        let looks = Looks {
            clear: doubtful.clear,
            vain: doubtful.in_vain,
            clear_at: doubtful.clear_at,
            looked_at: doubtful.looked_at,
            asked_at: if ask { Some(now) } else { attempt.looks.asked_at },
            next_at: Some(look_at),
        };
        attempts::looked(&mut tx, attempt.call, &looks).await?;
        if ask {
            error!(call = %attempt.call, "whether a call was placed can't be found out; staff are asked");
            let mut consequences = Consequences::default();
            let (centre, patient) = (&attempt.centre, Some(attempt.patient));
            consequences.alert(AlertKind::UnknownCall, centre, patient, Some(attempt.call), now);
            consequences.write(&mut tx).await?;
        }
        tx.commit().await
    }

    /// Asks the carrier about a call of which it hasn't told for too long (fault 26).
    async fn ask_about(&self, attempt: &AttemptRow, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.desk.database.glance().await?;
        let leg = legs::of_calls(&mut tx, &[attempt.call]).await?.into_iter().next();
        drop(tx);
        let leg = leg.and_then(|leg| CarrierLegId::parse(&leg.carrier_leg_id).ok());
        let Some(leg) = leg else { return self.give_up(attempt, now).await };
        match self.network.look_up(&leg).await {
            Looked::Found(LegProgress::Ended(cause)) => self.tell_end(attempt.call, &leg, cause).await,
            Looked::Nothing => self.tell_end(attempt.call, &leg, HangupCause::Unspecified).await,
            Looked::Found(_) | Looked::Unavailable(_) => {
                let silent_for = now.duration_since(attempt.moved_at);
                if silent_for > LONGEST_DOUBT {
                    return self.give_up(attempt, now).await;
                }
                let mut tx = self.desk.database.begin().await?;
                attempts::ask_again(&mut tx, attempt.call, now.checked_add(self.dialling.silence).unwrap_or(now))
                    .await?;
                return tx.commit().await;
            }
        }
        Ok(())
    }

    async fn give_up(&self, attempt: &AttemptRow, now: Timestamp) -> Result<(), StoreError> {
        error!(call = %attempt.call, "the carrier tells nothing of a call any more; it counts as failed");
        let mut tx = self.desk.database.begin().await?;
        let told = settle(&mut tx, &[(attempt.call, Ended::Unanswered(HangupCause::Unspecified))], now).await?;
        tx.commit().await?;
        self.desk.feed.tell(told);
        Ok(())
    }

    /// The same path as a callback that came.
    async fn tell_end(&self, call: CallId, leg: &CarrierLegId, cause: HangupCause) {
        let status = LegStatus {
            call: Some(call),
            carrier: self.network.name(),
            leg: leg.as_str().to_owned(),
            status: "looked-up",
            ended: Some(cause),
        };
        if let Err(error) = self.switchboard.take(Knock::Status(status)).await {
            error!(%call, %error, "the end of a call couldn't be kept; it is looked up again");
        }
    }
}

/// From when on the carrier's calls are looked through for an attempt.
fn looked_through_from(attempt: &AttemptRow) -> Timestamp {
    attempt.intended_at.checked_sub(CLOCK_IS_WRONG).unwrap_or(attempt.intended_at)
}

/// What is known of an unknown attempt.
fn doubtful(attempt: &AttemptRow) -> Doubtful {
    Doubtful {
        looked_at: attempt.looks.looked_at,
        clear_at: attempt.looks.clear_at,
        clear: attempt.looks.clear,
        in_vain: attempt.looks.vain,
        ..Doubtful::new(attempt.intended_at, attempt.moved_at)
    }
}

/// When a call that becomes unknown now is looked for first.
pub(super) fn first_look(intended_at: Timestamp, now: Timestamp, grace: SignedDuration) -> Timestamp {
    match Doubtful::new(intended_at, now).next(now, grace.unsigned_abs()) {
        Next::LookAt(at) | Next::AskStaff { look_at: at } => at,
        Next::NotPlaced => now,
    }
}
