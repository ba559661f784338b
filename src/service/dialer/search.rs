//! Looks for a call of unknown outcome in the carrier's list, and weighs what the list proves.

use jiff::{SignedDuration, Timestamp};
use tracing::{error, info, warn};

use super::Dialer;
use crate::call::{AlertKind, CallId};
use crate::carrier::network::{Listed, Looked};
use crate::follow_up::{Doubtful, Look, Next, Wanted};
use crate::service::attempts::{Consequences, Ended, settle};
use crate::store::attempts::{self, AttemptRow, Looks};
use crate::store::{StoreError, legs};

/// How much earlier than the intent the carrier's clock may say that a call began.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);
/// How far our own clock may be ahead when it is wrong: by a time zone, at most. A call that seems to be so much older
/// than its intent isn't taken for it, and isn't taken for none either.
const CLOCK_IS_WRONG: SignedDuration = SignedDuration::from_hours(25);
/// How long a call may be missing from the list without making it stale.
const LIST_LAGS: SignedDuration = SignedDuration::from_secs(5);

/// The carrier's newest calls as one list, read once for all attempts that are looked for in a round.
pub(super) struct Newest(Looked<Vec<Listed>>);

/// A call of the list that we don't know, and whose it is.
enum Owner {
    /// The attempt that is looked for.
    Sought,
    /// One that had ended without a call.
    Ended(CallId),
    /// Nobody's: the call is older than any attempt that it could be.
    Nobody,
}

impl Dialer {
    /// Reads the newest calls, as far back as any of these attempts needs them.
    pub(super) async fn newest(&self, sought: &[AttemptRow]) -> Option<Newest> {
        let since = sought.iter().map(|attempt| attempt.intended_at).min()?;
        Some(Newest(self.network.list_newest(since).await))
    }

    /// Looks for an unknown call: among the calls to its number, and among the newest calls to anybody.
    pub(super) async fn look_for(
        &self,
        attempt: &AttemptRow,
        newest: &Newest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let since = attempt.intended_at.checked_sub(CLOCK_IS_WRONG).unwrap_or(attempt.intended_at);
        let mut listed = match self.network.list(&attempt.phone_number, since).await {
            Looked::Found(listed) => listed,
            Looked::Nothing => Vec::new(),
            Looked::Unavailable(doubt) => {
                warn!(call = %attempt.call, ?doubt, "the carrier's list can't be read");
                return self.note_look(attempt, Look::Unanswered, now).await;
            }
        };
        if let Newest(Looked::Found(newest)) = newest {
            let to_it = |call: &&Listed| call.to.as_ref() == Some(&attempt.phone_number);
            let new = |call: &&Listed| listed.iter().all(|known| known.leg != call.leg);
            let more: Vec<Listed> = newest.iter().filter(to_it).filter(new).cloned().collect();
            listed.extend(more);
        }
        let strange = self.strange(listed).await?;
        let mut older = false;
        for (call, owner) in self.owners(attempt, strange).await? {
            match owner {
                Owner::Sought => {
                    info!(call = %attempt.call, "an unknown call was found in the carrier's list");
                    metrics::counter!("kenkocall_calls_adopted_total").increment(1);
                    return self.keep_looked_up(attempt.call, &call.leg, call.progress).await;
                }
                Owner::Ended(ended) => self.keep_looked_up(ended, &call.leg, call.progress).await?,
                Owner::Nobody => older = true,
            }
        }
        if older {
            warn!(call = %attempt.call, "the carrier has an earlier call to this number that we don't know; is a clock wrong?");
            return self.note_look(attempt, Look::Stale, now).await;
        }
        let look = self.weighed(attempt, newest, now).await?;
        self.note_look(attempt, look, now).await
    }

    /// The calls of the list that we don't know.
    async fn strange(&self, listed: Vec<Listed>) -> Result<Vec<Listed>, StoreError> {
        let names: Vec<&str> = listed.iter().map(|listed| listed.leg.as_str()).collect();
        let mut tx = self.desk.database.glance().await?;
        let known = legs::by_carrier_leg(&mut tx, self.network.name(), &names).await?;
        let new = |listed: &Listed| !known.iter().any(|leg| leg.carrier_leg_id == listed.leg.as_str());
        Ok(listed.into_iter().filter(new).collect())
    }

    /// Whose these calls are: of the attempts at this number for which the carrier never named a call, the one that was
    /// intended nearest to the time at which the call began. Those of ended attempts come first.
    async fn owners(&self, attempt: &AttemptRow, strange: Vec<Listed>) -> Result<Vec<(Listed, Owner)>, StoreError> {
        if strange.is_empty() {
            return Ok(Vec::new());
        }
        let since = attempt.intended_at.checked_sub(CLOCK_IS_WRONG).unwrap_or(attempt.intended_at);
        let mut tx = self.desk.database.glance().await?;
        let ended = attempts::ended_without_leg(&mut tx, attempt.patient, &attempt.phone_number, since).await?;
        drop(tx);
        let mut owned: Vec<(Listed, Owner)> = strange
            .into_iter()
            .map(|call| {
                let owner = owner_of(call.created_at, attempt, &ended);
                (call, owner)
            })
            .collect();
        owned.sort_by_key(|(_, owner)| matches!(owner, Owner::Sought));
        Ok(owned)
    }

    /// What it means that the list lacks the call. A witness is a call that we asked for no earlier than for this one
    /// and that has begun: the list that has it is younger than the intent, and one that lacks it is stale.
    async fn weighed(&self, attempt: &AttemptRow, Newest(newest): &Newest, now: Timestamp) -> Result<Look, StoreError> {
        let listed = match newest {
            Looked::Found(listed) => listed.as_slice(),
            Looked::Nothing => &[],
            Looked::Unavailable(doubt) => {
                warn!(call = %attempt.call, ?doubt, "the carrier's list of its newest calls can't be read");
                return Ok(Look::Unanswered);
            }
        };
        let before = now.checked_sub(LIST_LAGS).unwrap_or(now);
        let mut tx = self.desk.database.glance().await?;
        let witness = legs::witness(&mut tx, self.network.name(), attempt.intended_at, before).await?;
        drop(tx);
        let Some(witness) = witness else { return Ok(Look::Nothing) };
        let earliest = attempt.intended_at.checked_sub(CLOCKS_DIFFER).unwrap_or(attempt.intended_at);
        match listed.iter().find(|call| call.leg.as_str() == witness) {
            // By the carrier's clock it is older: one of the clocks was wrong, and it proves nothing.
            Some(call) if call.created_at.is_some_and(|created| created < earliest) => Ok(Look::Nothing),
            Some(_) => Ok(Look::Witnessed),
            None => {
                warn!(call = %attempt.call, "the carrier's list lacks a call that it has told us of: it proves nothing");
                Ok(Look::Stale)
            }
        }
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
}

/// Whose call began at `created_at`.
fn owner_of(created_at: Option<Timestamp>, sought: &AttemptRow, ended: &[AttemptRow]) -> Owner {
    let Some(created_at) = created_at else { return Owner::Sought };
    let apart = |attempt: &AttemptRow| created_at.duration_since(attempt.intended_at).abs();
    let possible = |attempt: &&AttemptRow| {
        attempt.intended_at.checked_sub(CLOCKS_DIFFER).is_ok_and(|earliest| earliest <= created_at)
    };
    let nearest = ended.iter().chain([sought]).filter(possible).min_by_key(|attempt| apart(attempt));
    match nearest {
        None => Owner::Nobody,
        Some(attempt) if attempt.call == sought.call => Owner::Sought,
        Some(attempt) => Owner::Ended(attempt.call),
    }
}

/// What is known of an unknown attempt.
fn doubtful(attempt: &AttemptRow) -> Doubtful {
    Doubtful {
        looked_at: attempt.looks.looked_at,
        clear_at: attempt.looks.clear_at,
        clear: attempt.looks.clear,
        in_vain: attempt.looks.vain,
        wanted: if attempt.withdrawal.is_some() { Wanted::NoLonger } else { Wanted::Still },
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
