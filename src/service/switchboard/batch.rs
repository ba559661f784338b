//! One commit: every knock of it is stepped on what was loaded together, and everything kept is written together.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::keep::Keep;
use super::live::{Coming, Kept, Live};
use super::transfer::{gone, unless_withdrawn, withdrawn};
use super::{Answered, Begin, Knock, LegStatus, Libraries, Outcome, StaffNews, SwitchboardError};
use crate::call::{CallId, CentreCode, HangupCause, Language, PhoneNumber};
use crate::engine::{Effect, Event, Happening, Reply, Session, Waiting, step};
use crate::flow::{Library, NodeKind};
use crate::follow_up::GuessingLimits;
use crate::service::history::StoredEvent;
use crate::service::{Clock, Feed, Remembered};
use crate::store::attempts::{self, AttemptRow};
use crate::store::legs::{self, LegFound};
use crate::store::sessions::{self, SessionRow};
use crate::store::turns;
use crate::store::{Database, StoreError, Tx};

/// What the switchboard works with.
#[allow(missing_debug_implementations)] // it holds connections, which have nothing to show
pub struct Desk {
    /// Where everything is kept.
    pub database: Database,
    /// The flow documents.
    pub libraries: Libraries,
    /// The time.
    pub clock: Clock,
    /// How often someone may guess.
    pub guessing: GuessingLimits,
    /// The time zone in which the end of a maintenance is spoken.
    pub zone: TimeZone,
    /// The centre that takes callers who aren't identified; the only one there is, when none is named.
    pub desk_centre: Option<CentreCode>,
    /// The number that automated calls come from.
    pub call_back_number: Option<PhoneNumber>,
    /// Wakes the dialer: there may be something to dial, or a place for it.
    pub poke: Notify,
    /// For whoever watches.
    pub feed: Feed,
    /// What this process committed last.
    pub remembered: Remembered,
}

/// One commit under way.
pub(super) struct Batch<'a> {
    pub(super) desk: &'a Desk,
    pub(super) tx: Tx,
    pub(super) at: Timestamp,
    pub(super) lives: Vec<Live>,
    pub(super) keep: Keep,
    pub(super) sessions: HashMap<CallId, SessionRow>,
    pub(super) legs: HashMap<String, LegFound>,
    /// The attempts that are calls which the knocks speak of.
    pub(super) attempts: HashMap<CallId, AttemptRow>,
    /// How the legs ended of calls whose staff's phone the knocks speak of.
    pub(super) ended_legs: HashMap<CallId, HangupCause>,
}

impl<'a> Batch<'a> {
    /// Takes all knocks in one transaction. Their outcomes come in the order of the knocks.
    pub(super) async fn commit(desk: &'a Desk, knocks: &[Knock]) -> Result<Vec<Outcome>, SwitchboardError> {
        let tx = desk.database.begin().await?;
        let mut batch = Self {
            desk,
            tx,
            at: desk.clock.now(),
            lives: Vec::with_capacity(knocks.len()),
            keep: Keep::default(),
            sessions: HashMap::new(),
            legs: HashMap::new(),
            attempts: HashMap::new(),
            ended_legs: HashMap::new(),
        };
        batch.load(knocks).await?;
        let mut coming = Vec::with_capacity(knocks.len());
        for knock in knocks {
            coming.push(batch.step(knock).await?);
        }
        batch.begin_all(knocks, &mut coming).await?;
        batch.answer_all(knocks, &mut coming).await?;
        batch.answer_asks().await?;
        let replies = batch.stored_replies(&mut coming).await?;
        let Self { mut tx, keep, lives, at, .. } = batch;
        let (lives, told) = keep.write(&mut tx, lives, at).await?;
        tx.commit().await?;
        if let Some(last) = lives.last() {
            desk.remembered.note(last.call, last.turn);
        }
        if !told.is_empty() {
            desk.feed.tell(told);
            desk.poke.notify_one();
        }
        coming.into_iter().map(|coming| outcome(coming, &lives, &replies)).collect()
    }

    /// Loads the legs and sessions that the knocks speak of.
    async fn load(&mut self, knocks: &[Knock]) -> Result<(), SwitchboardError> {
        let mut names: HashMap<&'static str, Vec<&str>> = HashMap::new();
        let mut calls = Vec::with_capacity(knocks.len());
        let (mut outbound, mut with_staff) = (Vec::new(), Vec::new());
        for knock in knocks {
            match knock {
                Knock::Begin(Begin { carrier, leg, .. }) => names.entry(carrier).or_default().push(leg),
                Knock::Status(LegStatus { carrier, leg, call, .. }) => {
                    names.entry(carrier).or_default().push(leg);
                    outbound.extend(*call);
                }
                Knock::Answered(Answered { carrier, leg, call, .. }) => {
                    names.entry(carrier).or_default().push(leg);
                    outbound.push(*call);
                }
                Knock::Staff(StaffNews { call, .. }) => {
                    calls.push(*call);
                    with_staff.push(*call);
                }
                Knock::Turn { call, .. }
                | Knock::OverInTransfer(call, _)
                | Knock::Lost(call)
                | Knock::Withdraw(call) => calls.push(*call),
            }
        }
        if !outbound.is_empty() {
            let rows = attempts::by_calls(&mut self.tx, &outbound).await?;
            self.attempts = rows.into_iter().map(|row| (row.call, row)).collect();
            calls.append(&mut outbound);
        }
        for (carrier, names) in names {
            for found in legs::by_carrier_leg(&mut self.tx, carrier, &names).await? {
                calls.push(found.call);
                self.legs.insert(found.carrier_leg_id.clone(), found);
            }
        }
        self.load_ended_legs(&with_staff).await?;
        if !calls.is_empty() {
            let rows = sessions::load(&mut self.tx, &calls).await?;
            self.sessions = rows.into_iter().map(|row| (row.call, row)).collect();
        }
        Ok(())
    }

    async fn step(&mut self, knock: &Knock) -> Result<Coming, SwitchboardError> {
        match knock {
            // A webhook that comes again finds its leg: the first reply stands.
            Knock::Begin(begin) => Ok(match self.legs.get(&begin.leg) {
                Some(known) => Coming::Stored(known.call, 0),
                None => Coming::Now(Outcome::Unknown),
            }),
            Knock::Turn { call, turn, happening } => self.step_turn(*call, i64::from(*turn), happening).await,
            Knock::Answered(answered) => Ok(match self.sessions.get(&answered.call) {
                Some(_) => Coming::Stored(answered.call, 0),
                None => Coming::Now(Outcome::Unknown),
            }),
            Knock::Withdraw(call) => self.step_withdraw(*call).await,
            Knock::Status(status) => match status.call {
                Some(call) => self.step_outbound_status(status, call).await,
                None => self.step_status(status).await,
            },
            Knock::Staff(news) => self.step_staff(news).await,
            Knock::OverInTransfer(call, outcome) => self.step_over_in_transfer(*call, *outcome).await,
            Knock::Lost(call) => self.step_hang_up(*call, HangupCause::Unspecified).await,
        }
    }

    async fn step_turn(&mut self, call: CallId, turn: i64, happening: &Happening) -> Result<Coming, SwitchboardError> {
        self.refuse_taken(call)?;
        let Some(row) = self.sessions.get(&call) else { return Ok(Coming::Now(Outcome::Unknown)) };
        if turn <= row.turn {
            metrics::counter!("kenkocall_turns_repeated_total").increment(1);
            return Ok(Coming::Stored(call, turn));
        }
        if turn > row.turn.saturating_add(1) {
            return Ok(Coming::Now(Outcome::Ahead));
        }
        if row.ended {
            let session = read_session(row)?;
            // Its last words were said, or it was given up while somebody was asked something.
            let is_over = session.waiting == Waiting::Over;
            return Ok(Coming::Now(if is_over { Outcome::Over } else { Outcome::CallAgain(session.language) }));
        }
        let outstanding = row.turn;
        let Some(row) = self.sessions.remove(&call) else { return Ok(Coming::Now(Outcome::Unknown)) };
        let place = self.step_session(&row, happening).await?;
        let replied = self.lives.get(place).is_some_and(|live| !matches!(live.effects.as_slice(), [Effect::Note(_)]));
        if replied {
            return Ok(Coming::Live(place));
        }
        // What came doesn't fit what is waited for: nothing changes, and the outstanding reply is said again.
        self.lives.truncate(place);
        self.sessions.insert(call, row);
        Ok(Coming::Stored(call, outstanding))
    }

    async fn step_status(&mut self, status: &LegStatus) -> Result<Coming, SwitchboardError> {
        let Some(known) = self.legs.get(&status.leg) else { return Ok(Coming::Now(Outcome::Unknown)) };
        let (leg, call) = (known.leg, known.call);
        self.keep.status(leg, status, self.at);
        match status.ended {
            Some(cause) => self.step_leg_end(call, cause).await,
            None => Ok(Coming::Now(Outcome::Noted)),
        }
    }

    /// Whoever is on the line of a call that isn't wanted any more hears a goodbye.
    async fn step_withdraw(&mut self, call: CallId) -> Result<Coming, SwitchboardError> {
        self.refuse_taken(call)?;
        match self.sessions.get(&call) {
            Some(row) if row.ended => Ok(Coming::Now(Outcome::Over)),
            Some(_) => {
                let Some(row) = self.sessions.remove(&call) else { return Ok(Coming::Now(Outcome::Unknown)) };
                let happening = withdrawn(&row);
                Ok(Coming::Live(self.step_session(&row, &happening).await?))
            }
            None => Ok(Coming::Now(Outcome::Unknown)),
        }
    }

    pub(super) async fn step_hang_up(&mut self, call: CallId, cause: HangupCause) -> Result<Coming, SwitchboardError> {
        self.refuse_taken(call)?;
        if self.sessions.get(&call).is_some_and(|row| !row.ended)
            && let Some(row) = self.sessions.remove(&call)
        {
            self.step_session(&row, &gone(&row, cause)).await?;
        }
        Ok(Coming::Now(Outcome::Noted))
    }

    /// One turn of a call in one commit: a second one is taken alone, on what the first one left.
    pub(super) fn refuse_taken(&self, call: CallId) -> Result<(), SwitchboardError> {
        let taken = self.lives.iter().any(|live| live.call == call);
        if taken { Err(StoreError::Stale.into()) } else { Ok(()) }
    }

    /// Steps a loaded session and keeps it among the lives; says at which place.
    pub(super) async fn step_session(
        &mut self,
        row: &SessionRow,
        happening: &Happening,
    ) -> Result<usize, SwitchboardError> {
        let happening = &unless_withdrawn(row, happening);
        let library = self.desk.libraries.of(&mut self.tx, &row.flow_set).await?;
        let mut session = read_session(row)?;
        session.identify_by = session.identify_by.map(|by| self.identify_by(by));
        let event = StoredEvent::of(happening, is_private(&library, &session));
        let (mut session, mut effects) = step(&library, session, &Event { at: self.at, happening: happening.clone() });
        // The call isn't wanted any more: what was keyed is kept, then a goodbye takes the place of the next question.
        let goes_on = session.waiting != Waiting::Over && !matches!(effects.as_slice(), [Effect::Note(_)]);
        if row.withdrawal.is_some() && goes_on {
            effects.retain(|effect| !matches!(effect, Effect::Reply(_)));
            let (ended, more) = step(&library, session, &Event { at: self.at, happening: Happening::Withdrawn });
            session = ended;
            effects.extend(more);
        }
        let (turn, revision) = (row.turn.saturating_add(1), row.revision.saturating_add(1));
        self.lives.push(Live { call: row.call, library, session, effects, turn, revision, event });
        Ok(self.lives.len().saturating_sub(1))
    }

    /// By when a caller must be identified. A correction of the clock leaves them the time that they have.
    fn identify_by(&self, by: Timestamp) -> Timestamp {
        let within = SignedDuration::from_secs(self.desk.guessing.identify_seconds.into());
        let began = by.checked_sub(within).unwrap_or(by);
        self.desk.clock.at_the_latest(began).checked_add(within).unwrap_or(by)
    }

    async fn stored_replies(&mut self, coming: &mut [Coming]) -> Result<Replies, SwitchboardError> {
        let wanted: Vec<(CallId, i64)> = coming
            .iter()
            .filter_map(|coming| match coming {
                Coming::Stored(call, turn) => Some((*call, *turn)),
                Coming::Now(_) | Coming::Live(_) => None,
            })
            .collect();
        let mut replies = HashMap::new();
        if wanted.is_empty() {
            return Ok(replies);
        }
        let calls: Vec<CallId> = wanted.iter().map(|(call, _)| *call).collect();
        let rows: HashMap<CallId, SessionRow> =
            sessions::load(&mut self.tx, &calls).await?.into_iter().map(|row| (row.call, row)).collect();
        for stored in turns::replies(&mut self.tx, &wanted).await? {
            let Some(row) = rows.get(&stored.call) else { continue };
            let library = self.desk.libraries.of(&mut self.tx, &row.flow_set).await?;
            let reply: Option<Reply> =
                serde_json::from_str(stored.reply.as_str()).map_err(|_| SwitchboardError::Unreadable("turn"))?;
            let said = match reply {
                Some(reply) => Said::Reply(Arc::new(reply), library),
                None => Said::Nothing(read_session(row)?.language),
            };
            replies.insert((stored.call, stored.turn), said);
        }
        Ok(replies)
    }
}

fn read_session(row: &SessionRow) -> Result<Session, SwitchboardError> {
    serde_json::from_str(row.session.as_str()).map_err(|_| SwitchboardError::Unreadable("session"))
}

/// Whether what is keyed now must not stand in the call's history.
fn is_private(library: &Library, session: &Session) -> bool {
    let node = session.top().and_then(|frame| library.flow(frame.flow.as_str())?.nodes.get(&frame.node));
    node.is_some_and(|node| matches!(&node.kind, NodeKind::Gather(gather) if gather.private))
}

fn outcome(coming: Coming, lives: &[Kept], replies: &Replies) -> Result<Outcome, SwitchboardError> {
    Ok(match coming {
        Coming::Now(outcome) => outcome,
        Coming::Live(place) => match lives.get(place) {
            Some(Kept { reply: Some(reply), call, turn, library }) => Outcome::Reply {
                call: *call,
                turn: next(*turn),
                reply: Arc::clone(reply),
                library: Arc::clone(library),
            },
            _ => Outcome::Over,
        },
        Coming::Stored(call, turn) => match replies.get(&(call, turn)) {
            Some(Said::Reply(reply, library)) => {
                Outcome::Reply { call, turn: next(turn), reply: Arc::clone(reply), library: Arc::clone(library) }
            }
            // Whoever answers what was never asked is still there.
            Some(Said::Nothing(language)) => Outcome::CallAgain(*language),
            None => Outcome::Unknown,
        },
    })
}

fn next(turn: i64) -> u32 {
    u32::try_from(turn.saturating_add(1)).unwrap_or(u32::MAX)
}

/// What was said in a stored turn.
enum Said {
    /// This, in the words of these documents.
    Reply(Arc<Reply>, Arc<Library>),
    /// Nothing, as the caller was gone. Their language.
    Nothing(Language),
}

/// What was said, by call and turn.
type Replies = HashMap<(CallId, i64), Said>;
