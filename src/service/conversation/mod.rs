//! Where turns of calls are taken: one at a time for a caller, many in one commit for the disk.
//!
//! A turn is: load the session, step, save session, facts, jobs and reply under the session's revision, commit, then
//! answer. Turns that arrive while a commit is in progress share the next one, so that a disk that syncs in 0.2 ms
//! carries thousands of turns a second. When a shared commit fails, each turn of it is tried again alone: one bad turn
//! harms no other.

mod active_turn;
mod batch;
mod begin;
mod call_backs;
mod flow_set_cache;
mod identify;
mod lookup_result;
mod outbound;
mod transfer;
mod worker;
mod write_set;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot};
use tracing::warn;

pub use batch::Context;
pub use flow_set_cache::FlowSetCache;
pub(super) use flow_set_cache::stored as stored_library;
pub(super) use lookup_result::tell_looked_up;
pub(super) use outbound::outbound_leg;

use crate::carrier::network::Ringing;
use crate::domain::{CallId, HangupCause, Language, Line, PhoneNumber};
use crate::engine::{AnsweredBy, EventKind, Reply, TransferOutcome};
use crate::flow::FlowSet;
use crate::service::log_limiter::LimitedLine;
use crate::store::{StoreError, flow_sets};

/// Turns that wait for a commit at the same time: eight commits. Above it callers are asked at once to call again:
/// who waits for longer than a second takes it for a dead line.
const MAX_WAITING: usize = 1_024;

/// Something that a carrier tells us.
#[derive(Debug, Clone)]
pub enum CarrierEvent {
    /// A caller rings.
    Begin(Begin),
    /// Someone or something answered a call that we made.
    Answered(Answered),
    /// A call that we made is no longer wanted: the person on the line hears a goodbye.
    Withdraw(CallId),
    /// Something happened to a conversation: the answer to the reply before it.
    Turn {
        /// The call.
        call: CallId,
        /// The turn's number: the one that the reply before it named.
        turn: u32,
        /// What happened.
        happening: EventKind,
    },
    /// A leg's status changed.
    Status(LegStatus),
    /// News of the phone of staff to which a caller is handed over.
    Staff(StaffNews),
    /// A call ended in a transfer, and what came of the transfer was found out.
    OverInTransfer(CallId, TransferOutcome),
    /// Nothing was heard of a call for so long that its end must have been lost.
    Lost(CallId),
}

/// A caller rings.
#[derive(Debug, Clone)]
pub struct Begin {
    /// The line.
    pub line: Line,
    /// The carrier's name.
    pub carrier: &'static str,
    /// The carrier's name of the leg.
    pub leg: String,
    /// The caller's number, when shown.
    pub caller: Option<PhoneNumber>,
    /// The number called.
    pub called: Option<PhoneNumber>,
}

/// Someone or something answered a call that we made.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The call.
    pub call: CallId,
    /// The carrier's name.
    pub carrier: &'static str,
    /// The carrier's name of the leg.
    pub leg: String,
    /// Who answered, as far as the carrier can tell.
    pub answered_by: AnsweredBy,
}

impl Answered {
    /// The line of every call that we make.
    pub const fn line(&self) -> Line {
        Line::AutomatedCall
    }
}

/// A leg's status changed.
#[derive(Debug, Clone)]
pub struct LegStatus {
    /// The call, where the carrier was given its id: one that we made.
    pub call: Option<CallId>,
    /// The carrier's name.
    pub carrier: &'static str,
    /// The carrier's name of the leg.
    pub leg: String,
    /// The status, in the carrier's words: kept for the record.
    pub status: &'static str,
    /// Why it ended, when it ended.
    pub ended: Option<HangupCause>,
    /// Whether that means that a phone rings or rang.
    pub ringing: Ringing,
}

/// News of the phone of staff to which a caller is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffNews {
    /// The caller's call.
    pub call: CallId,
    /// The turn in which the end of the transfer is told.
    pub turn: u32,
    /// Whether staff answered, or never did.
    pub outcome: TransferOutcome,
}

/// What became of an event.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Say this, and send what happens then as turn `turn`.
    Reply {
        /// The call.
        call: CallId,
        /// The number of the turn that answers this reply.
        turn: u32,
        /// What the caller hears.
        reply: Arc<Reply>,
        /// The documents that the call began with.
        flow_set: Arc<FlowSet>,
    },
    /// The call is over: hang up.
    Over,
    /// The call was ended because its caller seemed to be gone, and they are still there: they are asked to call again,
    /// in this language.
    CallAgain(Language),
    /// Kept; there is nothing to say.
    Noted,
    /// The end of the leg is kept. It ended in a transfer, and whether staff had answered isn't known yet: the call
    /// stays open until the carrier has told, or was asked.
    StaffUnknown,
    /// Nobody knows such a call, or such a turn was never asked for.
    Unknown,
    /// The turn comes after one that the database doesn't have. We asked for it, or the carrier couldn't name it: the
    /// database has lost the call's last turns.
    Ahead,
}

/// Why an event had no outcome. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    /// The database couldn't keep it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// More turns are waiting than can be taken in time.
    #[error("too many calls are waiting for the database; this one was turned away")]
    Overloaded,
    /// The server is shutting down.
    #[error("the server is shutting down")]
    ShuttingDown,
    /// A stored session, turn or document can't be read.
    #[error("a stored {0} can't be read")]
    Unreadable(&'static str),
}

impl ConversationError {
    /// Whether another node did something at the same time.
    pub(super) const fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// An event and the channel for its outcome.
struct QueuedEvent {
    event: CarrierEvent,
    answer: oneshot::Sender<Result<Outcome, ConversationError>>,
}

/// An event that was handed in, or why it couldn't be.
pub(super) struct Ticket(Result<oneshot::Receiver<Result<Outcome, ConversationError>>, ConversationError>);

impl Ticket {
    /// Waits until the event's outcome is durable.
    pub(super) async fn outcome(self) -> Result<Outcome, ConversationError> {
        self.0?.await.unwrap_or(Err(ConversationError::ShuttingDown))
    }
}

/// Whether calls can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// A turn could be kept.
    Ready,
    /// The tables aren't as this program needs them.
    LacksTables,
    /// The database can be read and not written: its disk is full or failing.
    CannotWrite,
}

/// Takes events from any number of tasks.
#[derive(Debug, Clone)]
pub struct ConversationService {
    jobs: mpsc::Sender<QueuedEvent>,
    /// Whether the last commit failed.
    failing: Arc<AtomicBool>,
}

impl std::fmt::Debug for QueuedEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

impl ConversationService {
    /// Whether a turn could be kept now: the database answers, has the tables that this program needs, and, when the
    /// last commit failed, can be written again.
    ///
    /// # Errors
    /// When the database doesn't answer, or a newer program has changed its tables.
    pub async fn readiness(&self, context: &Context) -> Result<Readiness, StoreError> {
        if !context.database.is_current().await? {
            return Ok(Readiness::LacksTables);
        }
        // Written only after a failure: frequent probes must not wear out the disk.
        if self.failing.load(Ordering::Relaxed) {
            if let Err(error) = try_to_write(context).await {
                if LimitedLine::NotReady("writing").is_first() {
                    warn!(%error, "the database is still not writable");
                }
                return Ok(Readiness::CannotWrite);
            }
            self.failing.store(false, Ordering::Relaxed);
        }
        Ok(Readiness::Ready)
    }

    /// Takes an event and waits until its outcome is durable.
    ///
    /// # Errors
    /// When nothing of it could be kept: the caller must be asked to call again, never thanked.
    pub async fn take(&self, event: CarrierEvent) -> Result<Outcome, ConversationError> {
        self.hand_in(event).outcome().await
    }

    /// Hands an event in and doesn't wait: what is handed in together is committed together.
    pub(super) fn hand_in(&self, event: CarrierEvent) -> Ticket {
        let (answer, outcome) = oneshot::channel();
        let sent = self.jobs.try_send(QueuedEvent { event, answer });
        Ticket(sent.map(|()| outcome).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ConversationError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => ConversationError::ShuttingDown,
        }))
    }
}

async fn try_to_write(context: &Context) -> Result<(), StoreError> {
    let mut tx = context.database.begin_write().await?;
    flow_sets::rewrite(&mut tx, &context.flow_sets.current().digest).await?;
    tx.commit().await
}
