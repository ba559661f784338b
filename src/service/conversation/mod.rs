//! Handles the turns of calls: one at a time for each caller, many in one commit.
//!
//! A turn is: load the session, step, save session, facts, jobs and reply under the session's revision, commit, then
//! answer. Turns that arrive during a commit share the next one, so that a disk that syncs in 0.2 ms carries thousands
//! of turns a second. If a shared commit fails, each of its turns is retried separately, so that one bad turn doesn't
//! affect the others.

mod active_turn;
mod batch;
mod begin;
mod call_backs;
mod commit;
mod identify;
mod line_settings;
mod live_sessions;
mod lookup_result;
mod lost_transfers;
mod outbound;
mod speech;
mod staff_call;
mod stepped;
mod sweeper;
mod transfer;
mod turn_log;
mod worker;
mod write_set;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot};
use tracing::warn;

pub use self::line_settings::LineSettings;
pub(super) use self::lookup_result::tell_looked_up;
pub(super) use self::lost_transfers::end_in_transfer;
pub(super) use self::outbound::outbound_leg;
pub use self::speech::{apology, speech};
pub use self::sweeper::sweep;
pub use self::turn_log::StoredEvent;

use crate::carrier::network::Ringing;
use crate::domain::{CallId, HangupCause, Language, Line, PhoneNumber};
use crate::engine::{AnsweredBy, EventKind, Reply, TransferOutcome};
use crate::flow::FlowSet;
use crate::service::context::{Context, FlowSetError, LimitedLine};
use crate::store::{StoreError, Tables, flow_sets};

/// The maximum number of turns waiting for a commit: eight commits. Above it, callers are asked immediately to call
/// again, as a caller who waits longer than a second thinks that the line is dead.
const MAX_WAITING: usize = 1_024;

/// An event reported by a carrier.
#[derive(Debug, Clone)]
pub enum CarrierEvent {
    /// An inbound call rings.
    Begin(Begin),
    /// An outbound call was answered, by a person or a machine.
    Answered(Answered),
    /// An outbound call was withdrawn: the person on the line hears a goodbye.
    Withdraw(CallId),
    /// The answer to the previous reply of a conversation.
    Turn {
        /// The call.
        call: CallId,
        /// The turn's number, as given in the previous reply.
        turn: u32,
        /// What happened.
        happening: EventKind,
    },
    /// A leg's status changed.
    Status(LegStatus),
    /// A report about the staff phone to which a caller is transferred.
    Staff(StaffNews),
    /// A call ended during a transfer, and the outcome of the transfer was found out.
    OverInTransfer(CallId, TransferOutcome),
    /// A call was silent for so long that its end must have been lost.
    Lost(CallId),
}

/// An inbound call rings.
#[derive(Debug, Clone)]
pub struct Begin {
    /// The line.
    pub line: Line,
    /// The carrier's name.
    pub carrier: &'static str,
    /// The carrier's id of the leg.
    pub leg: String,
    /// The caller's number. `None` if it is hidden.
    pub caller: Option<PhoneNumber>,
    /// The number called.
    pub called: Option<PhoneNumber>,
}

/// An outbound call was answered, by a person or a machine.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The call.
    pub call: CallId,
    /// The carrier's name.
    pub carrier: &'static str,
    /// The carrier's id of the leg.
    pub leg: String,
    /// Who answered, as far as the carrier can tell.
    pub answered_by: AnsweredBy,
}

impl Answered {
    /// The line of calls to patients.
    pub const fn line(&self) -> Line {
        Line::AutomatedCall
    }
}

/// A leg's status changed.
#[derive(Debug, Clone)]
pub struct LegStatus {
    /// The call, if the carrier sent its id. Only outbound calls have it.
    pub call: Option<CallId>,
    /// The carrier's name.
    pub carrier: &'static str,
    /// The carrier's id of the leg.
    pub leg: String,
    /// The status in the carrier's words, stored for reference.
    pub status: &'static str,
    /// The hang-up cause, if the leg has ended.
    pub ended: Option<HangupCause>,
    /// Whether the status means that a phone rings or has rung.
    pub ringing: Ringing,
}

/// A report about the staff phone to which a caller is transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffNews {
    /// The caller's call.
    pub call: CallId,
    /// The turn that reports the end of the transfer.
    pub turn: u32,
    /// Whether staff answered.
    pub outcome: TransferOutcome,
}

/// The outcome of an event.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Say this reply, and send what happens next as turn `turn`.
    Reply {
        /// The call.
        call: CallId,
        /// Its line.
        line: Line,
        /// The number of the turn that answers this reply.
        turn: u32,
        /// What the caller hears.
        reply: Arc<Reply>,
        /// The flow set that the call began with.
        flow_set: Arc<FlowSet>,
    },
    /// The call is over: hang up.
    Over,
    /// The call was ended because its caller seemed to be gone, but the caller is still on the line. Ask them to call
    /// again, in this language.
    CallAgain(Language),
    /// The event was stored. There is nothing to say.
    Noted,
    /// The end of the leg was stored. It ended during a transfer, and whether staff answered isn't known yet. The call
    /// stays open until the carrier reports it or is asked.
    StaffUnknown,
    /// No such call is known, or no such turn was ever requested.
    Unknown,
    /// The turn follows one that the database lacks. Only we name turns to the carrier, so the database has lost the
    /// call's last turns.
    Ahead,
}

/// Why an event had no outcome. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    /// The database couldn't store it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// More turns are waiting than can be handled in time.
    #[error("too many calls are waiting for the database; this one was turned away")]
    Overloaded,
    /// The server is shutting down.
    #[error("the server is shutting down")]
    ShuttingDown,
    /// A stored session, turn or document can't be read.
    #[error("a stored {0} can't be read")]
    Unreadable(&'static str),
}

impl From<FlowSetError> for ConversationError {
    fn from(error: FlowSetError) -> Self {
        match error {
            FlowSetError::Store(error) => Self::Store(error),
            FlowSetError::Unreadable => Self::Unreadable("document set"),
        }
    }
}

impl ConversationError {
    /// Returns `true` if another node made a conflicting change at the same time.
    pub(super) const fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// An event and the channel for its outcome.
struct QueuedEvent {
    event: CarrierEvent,
    answer: oneshot::Sender<Result<Outcome, ConversationError>>,
}

/// A submitted event, or why it couldn't be submitted.
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
    /// Turns can be stored.
    Ready,
    /// The database lacks tables that this program needs.
    LacksTables,
    /// A newer version of this program has changed the tables.
    NewerTables,
    /// The database can be read but not written: its disk is full or failing.
    CannotWrite,
}

/// Handles events from any number of tasks.
#[derive(Debug, Clone)]
pub struct ConversationService {
    queue: mpsc::Sender<QueuedEvent>,
    /// Whether the last commit failed.
    failing: Arc<AtomicBool>,
    lines: Arc<LineSettings>,
}

impl std::fmt::Debug for QueuedEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

impl ConversationService {
    /// The settings of the lines.
    pub fn lines(&self) -> &LineSettings {
        &self.lines
    }

    /// Returns whether a turn can be stored now. The database must answer and have the tables that this program needs.
    /// If the last commit failed, it must also be writable again.
    ///
    /// # Errors
    /// Returns an error if the database doesn't answer, or if a newer program has changed its tables.
    pub async fn readiness(&self, context: &Context) -> Result<Readiness, StoreError> {
        match context.database.tables().await {
            Ok(Tables::Current) => {}
            Ok(Tables::Missing | Tables::Older) => return Ok(Readiness::LacksTables),
            Err(StoreError::Newer) => return Ok(Readiness::NewerTables),
            Err(error) => return Err(error),
        }
        // Test writing only after a failure, so that frequent probes don't wear out the disk.
        if self.failing.load(Ordering::Relaxed) {
            if let Err(error) = try_to_write(context, &self.lines).await {
                if LimitedLine::NotReady("writing").is_first() {
                    warn!(%error, "the database is still not writable");
                }
                return Ok(Readiness::CannotWrite);
            }
            self.failing.store(false, Ordering::Relaxed);
        }
        Ok(Readiness::Ready)
    }

    /// Handles an event and waits until its outcome is durable.
    ///
    /// # Errors
    /// Returns an error if nothing could be stored. Ask the caller to call again, and don't thank them.
    pub async fn take(&self, event: CarrierEvent) -> Result<Outcome, ConversationError> {
        self.hand_in(event).outcome().await
    }

    /// Submits an event without waiting. Events that are submitted together are committed together.
    pub(super) fn hand_in(&self, event: CarrierEvent) -> Ticket {
        let (answer, outcome) = oneshot::channel();
        let sent = self.queue.try_send(QueuedEvent { event, answer });
        Ticket(sent.map(|()| outcome).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ConversationError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => ConversationError::ShuttingDown,
        }))
    }
}

async fn try_to_write(context: &Context, lines: &LineSettings) -> Result<(), StoreError> {
    let mut tx = context.database.begin_write().await?;
    flow_sets::rewrite(&mut tx, &lines.flow_sets.current().digest).await?;
    tx.commit().await
}
