//! Ensures that the database is up to date before anything is dialled. After a fail-over or a restored backup it may
//! lack calls that were placed, and their phones would ring again. The carrier's list of recent calls shows whether it
//! does.
//!
//! The list is the first request to the carrier after a start. It is read again once it can't lag behind the start any
//! longer, and whenever the database's connections lead to another server.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::{error, info, warn};

use super::Dialer;
use super::clock_check::clock_in_doubt;
use crate::carrier::network::{CallDirection, CarrierCall, LookupResult, Reach, Recent};
use crate::domain::LossEvidence;
use crate::policy::{ListedCall, unaccounted};
use crate::service::audit::OLDEST_CALL;
use crate::service::suspension::{stop_dialling, tell_staff};
use crate::store::dialer::{self, Waiting};
use crate::store::{StoreError, attempts, escalations, legs, losses};

/// How far back the list is read at least. A report takes a few minutes, and a list lags by minutes at most. Half an
/// hour leaves room for a database that was down in between.
const REQUIRED: SignedDuration = SignedDuration::from_mins(30);
/// The largest difference between the carrier's clock and ours.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);
/// How soon an unreadable list is requested again.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// How long the list may be unreachable before staff are told.
const STAFF_AFTER: Duration = Duration::from_secs(60);
/// How long `dialer show` shows the reason why nothing is dialled, unless it is renewed.
const SHOWN_FOR: SignedDuration = SignedDuration::from_secs(30);
/// Ids looked up at a time.
const AT_ONCE: usize = 200;

const NO_LIST: &str =
    "the carrier's list of the last calls can't be read, so it isn't known whether the database is up to date";
const OTHER_SERVER: &str = "the database is on another server than before, and the carrier's list may lag behind";

/// What is known about the database. Times are monotonic.
#[derive(Debug, Default)]
pub(super) struct UpToDate {
    state: Option<State>,
    /// The number of the current database server. 0 before the first.
    server: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It may lack its last entries, so nothing is dialled.
    InDoubt { since: Duration, ask_at: Duration, needs: Needs },
    /// It was found to be up to date, or dialling was stopped. `again_at` is the time of another comparison, if one is
    /// due.
    Compared { again_at: Option<Duration> },
}

/// Which list ends the doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// The first list after the start.
    AnyList,
    /// A list read at this time or later. An earlier one may lack calls of the previous server.
    ListFrom(Duration),
}

/// The result of the comparison.
enum Shown {
    UpToDate,
    /// The last comparison was made on another database server.
    OtherServer,
    /// The connections moved to another server while the list was read.
    ServerChanged,
    Lost(LossEvidence, String),
}

impl Dialer {
    /// How long nothing may be dialled because the database may lack its last entries. `None` if it is up to date.
    pub(super) async fn database_in_doubt(&self) -> Result<Option<Duration>, StoreError> {
        let mut known = self.up_to_date.lock().await;
        let steady = self.context.clock.read().steady;
        let state = known.now(steady, self.context.database.server().nth, self.lag());
        known.state = Some(state);
        match state {
            State::Compared { again_at } if again_at.is_none_or(|at| steady < at) => return Ok(None),
            State::InDoubt { ask_at, .. } if steady < ask_at => return Ok(Some(ask_at.saturating_sub(steady))),
            State::Compared { .. } | State::InDoubt { .. } => {}
        }
        let recent = self.recent_calls().await?;
        let held = clock_in_doubt(&self.context, self.carrier()).await?;
        // A carrier that doesn't answer is no evidence against our clock.
        let contradicted = self.context.clock.watched(|watch, now| watch.is_contradicted(now));
        if let Some(wait) = held.filter(|_| contradicted || !matches!(recent, LookupResult::Unavailable(_))) {
            // The clock is wrong, so the list was read from a wrong time on.
            return Ok(if matches!(state, State::Compared { .. }) { None } else { Some(wait) });
        }
        let next = match recent {
            LookupResult::Found(recent) => self.compared(&mut known, recent, state, steady).await?,
            LookupResult::Nothing | LookupResult::Unavailable(_) => self.not_compared(state, steady).await?,
        };
        known.state = Some(next);
        Ok(match next {
            State::InDoubt { ask_at, .. } => Some(ask_at.saturating_sub(steady).max(Duration::from_millis(1))),
            State::Compared { .. } => None,
        })
    }

    /// How long the list may lack a call that the carrier has.
    fn lag(&self) -> Duration {
        self.dialling.unknown_grace.unsigned_abs()
    }

    /// The newest calls: those of the last half hour, and all since the last attempt in the database. Lost calls came
    /// after that attempt.
    async fn recent_calls(&self) -> Result<LookupResult<Recent>, StoreError> {
        let now = self.context.clock.now();
        let latest = attempts::latest_at(&mut self.context.database.begin_autocommit().await?).await?;
        let required = before(now, REQUIRED);
        let since = latest.map_or(required, |at| before(at, CLOCKS_DIFFER)).min(required).max(before(now, OLDEST_CALL));
        Ok(self.carrier().list_recent(since, required).await)
    }

    async fn compared(
        &self,
        known: &mut UpToDate,
        recent: Recent,
        state: State,
        steady: Duration,
    ) -> Result<State, StoreError> {
        let now = self.context.clock.now();
        let again_after_lag = |since: Duration| since.saturating_add(self.lag());
        let shown = self.compare(known, recent, state, now).await?;
        Ok(match (shown, state) {
            (Shown::Lost(sign, evidence), _) => {
                stop_dialling(&self.context, sign, evidence, now).await?;
                self.turn.store(0, Ordering::Relaxed);
                self.accept(known.server);
                State::Compared { again_at: None }
            }
            (Shown::ServerChanged, _) => State::InDoubt { since: steady, ask_at: steady, needs: Needs::AnyList },
            (Shown::OtherServer, State::InDoubt { since, .. }) => {
                info!("the database moved to another server; comparing the carrier's call list again");
                let from = again_after_lag(since);
                State::InDoubt { since, ask_at: from, needs: Needs::ListFrom(from) }
            }
            (Shown::UpToDate, State::InDoubt { since, needs: Needs::ListFrom(from), .. }) if steady < from => {
                State::InDoubt { since, ask_at: from, needs: Needs::ListFrom(from) }
            }
            (Shown::UpToDate, State::InDoubt { since, needs: Needs::AnyList, .. }) => {
                info!("the carrier's call list matches the database");
                self.accept(known.server);
                State::Compared { again_at: Some(again_after_lag(since)) }
            }
            (Shown::UpToDate, State::InDoubt { .. }) => {
                info!("the carrier's call list matches the database");
                self.accept(known.server);
                State::Compared { again_at: None }
            }
            (Shown::UpToDate | Shown::OtherServer, State::Compared { .. }) => {
                self.accept(known.server);
                State::Compared { again_at: None }
            }
        })
    }

    /// From now on, slots are claimed on this database server.
    fn accept(&self, server: u64) {
        self.compared_server.store(server, Ordering::Relaxed);
    }

    /// Compares the list with the database after the node that is claiming has finished. A standby that isn't promoted
    /// yet refuses the write.
    async fn compare(
        &self,
        known: &mut UpToDate,
        recent: Recent,
        state: State,
        now: Timestamp,
    ) -> Result<Shown, StoreError> {
        let mut tx = self.context.database.begin_write().await?;
        let server = self.context.database.server();
        if known.server != 0 && server.nth != known.server {
            tx.rollback().await?;
            return Ok(Shown::ServerChanged);
        }
        known.server = server.nth;
        let turn = dialer::next_epoch(&mut tx).await?.taken;
        if turn <= self.turn.load(Ordering::Relaxed) {
            tx.rollback().await?;
            return Ok(Shown::Lost(LossEvidence::CheckpointAhead, format!("turn {turn}")));
        }
        if let Some((call, turn)) = self.context.last_commit.missing(&mut tx).await? {
            tx.rollback().await?;
            return Ok(Shown::Lost(LossEvidence::CheckpointAhead, format!("turn {turn} of {call}")));
        }
        if let Some(leg) = self.first_unknown(recent).await? {
            tx.rollback().await?;
            return Ok(Shown::Lost(LossEvidence::UnknownCall, leg));
        }
        let checked = dialer::checked_server(&mut tx).await?;
        let first = matches!(state, State::InDoubt { needs: Needs::AnyList, .. });
        let other = checked.is_some() && server.identity.is_some() && checked != server.identity;
        let waiting = dialer::waiting(&mut tx).await?;
        if first && other {
            let until = now.checked_add(self.dialling.unknown_grace).unwrap_or(now);
            dialer::set_waiting(&mut tx, Some(&Waiting { reason: OTHER_SERVER.to_owned(), until })).await?;
            tx.commit().await?;
            return Ok(Shown::OtherServer);
        }
        if checked == server.identity && waiting.is_none() {
            tx.rollback().await?;
            return Ok(Shown::UpToDate);
        }
        dialer::set_checked_server(&mut tx, server.identity.as_deref()).await?;
        dialer::set_waiting(&mut tx, None).await?;
        tx.commit().await?;
        self.turn.fetch_max(turn, Ordering::Relaxed);
        Ok(Shown::UpToDate)
    }

    /// The carrier's id of the first outbound call in the list that the database can't account for. All of the database
    /// is read as of one moment: in a transaction that writes, PostgreSQL could show neither the leg of a call that is
    /// being placed nor its attempt as one without a leg.
    async fn first_unknown(&self, recent: Recent) -> Result<Option<String>, StoreError> {
        let tx = &mut self.context.database.begin_read().await?;
        let settled = losses::settled_until(tx).await?;
        let is_open = |call: &CarrierCall| call.created_at.is_none_or(|at| settled.is_none_or(|until| at > until));
        let mut ours: Vec<CarrierCall> =
            recent.calls.into_iter().filter(|call| self.is_ours(call) && is_open(call)).collect();
        let mut known: HashSet<String> = HashSet::new();
        for part in ours.chunks(AT_ONCE) {
            let names: Vec<&str> = part.iter().map(|call| call.leg.as_str()).collect();
            let found = legs::by_carrier_leg(tx, self.carrier().name(), &names).await?;
            known.extend(found.into_iter().map(|leg| leg.carrier_leg_id));
        }
        ours.retain(|call| !known.contains(call.leg.as_str()));
        let calls: Vec<(String, ListedCall)> = ours
            .into_iter()
            .filter_map(|call| {
                Some((call.leg.as_str().to_owned(), ListedCall { number: call.to?, placed_at: call.created_at }))
            })
            .collect();
        let Some(earliest) = calls.iter().map(|(_, call)| call.placed_at.unwrap_or(Timestamp::MIN)).min() else {
            return Ok(None);
        };
        let mut attempts = Vec::new();
        for part in calls.chunks(AT_ONCE) {
            let mut numbers: Vec<_> = part.iter().map(|(_, call)| call.number.clone()).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let since = before(earliest, 2 * CLOCKS_DIFFER);
            attempts.extend(attempts::without_leg(tx, &numbers, since).await?);
            attempts.extend(escalations::without_leg(tx, &numbers, since).await?);
        }
        let (names, calls): (Vec<String>, Vec<ListedCall>) = calls.into_iter().unzip();
        let lost = unaccounted(&calls, &attempts);
        if !lost.is_empty() {
            warn!(calls = lost.len(), "the carrier has calls from our number that are not in the database");
        }
        Ok(lost.first().and_then(|place| names.get(*place).cloned()))
    }

    /// Returns `true` if a call in the list was placed by this program, or by another one with our number.
    fn is_ours(&self, call: &CarrierCall) -> bool {
        match (call.direction, &call.from) {
            (CallDirection::Inbound | CallDirection::Transfer, _) => false,
            (CallDirection::Outbound | CallDirection::Unknown, Some(from)) => *from == self.dialling.from,
            // The shown number can't be read. Stopping once too often is the safe choice.
            (CallDirection::Outbound, None) => true,
            (CallDirection::Unknown, None) => false,
        }
    }

    async fn not_compared(&self, state: State, steady: Duration) -> Result<State, StoreError> {
        let ask_at = steady.saturating_add(ASK_AGAIN);
        let State::InDoubt { since, needs, .. } = state else {
            return Ok(State::Compared { again_at: Some(ask_at) });
        };
        let check = match self.carrier().reach() {
            Reach::AnyNode => "the connection to the carrier, twilio.account_sid and twilio.auth_token",
            Reach::OwnNode => "the files at sip.journal_file",
        };
        error!(seconds = steady.saturating_sub(since).as_secs(), "{NO_LIST}; dialling stopped; check {check}");
        let now = self.context.clock.now();
        let mut tx = self.context.database.begin_write().await?;
        let until = now.checked_add(SHOWN_FOR).unwrap_or(now);
        dialer::set_waiting(&mut tx, Some(&Waiting { reason: NO_LIST.to_owned(), until })).await?;
        if steady.saturating_sub(since) >= STAFF_AFTER {
            tell_staff(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(State::InDoubt { since, ask_at, needs })
    }
}

impl UpToDate {
    /// The state with the connections leading to this server.
    fn now(&mut self, steady: Duration, server: u64, lag: Duration) -> State {
        if self.server != 0 && server != self.server {
            self.server = server;
            warn!("the database moved to another server; dialling stopped until the carrier's call list is compared");
            let needs = Needs::ListFrom(steady.saturating_add(lag));
            return State::InDoubt { since: steady, ask_at: steady, needs };
        }
        self.state.unwrap_or(State::InDoubt { since: steady, ask_at: steady, needs: Needs::AnyList })
    }
}

fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}
