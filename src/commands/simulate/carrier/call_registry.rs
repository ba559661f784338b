//! The carrier's book of calls: what it knows of each, and how it stood at any moment before.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::carrier::twilio::CallStatus;

/// The most calls in the book.
pub(super) const MAX_CALLS: usize = 1_000_000;

/// What we are asked to do with a call.
#[derive(Debug, Clone)]
pub(super) struct CallPlan {
    /// Where the TwiML is.
    pub(super) url: String,
    /// Where it is when that fails.
    pub(super) fallback_url: Option<String>,
    /// Where status callbacks go.
    pub(super) status_callback: Option<String>,
    /// Which of them are asked for.
    pub(super) events: Vec<Progress>,
    /// How long it may ring, in simulated seconds.
    pub(super) ring_seconds: u32,
    /// Whether a machine is looked for.
    pub(super) detection: Detection,
    /// Where that is told without waiting for it.
    pub(super) async_detection_callback: Option<String>,
    /// How long the call may take, in simulated seconds.
    pub(super) time_limit_seconds: u32,
    /// Odd fields in all of its webhooks, in the encoding of a form.
    pub(super) odd: String,
}

/// A status callback that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Initiated,
    Ringing,
    Answered,
    Completed,
}

impl Progress {
    pub(super) fn from_code(word: &str) -> Option<Self> {
        match word {
            "initiated" => Some(Self::Initiated),
            "ringing" => Some(Self::Ringing),
            "answered" => Some(Self::Answered),
            "completed" => Some(Self::Completed),
            _ => None,
        }
    }
}

/// What machine detection is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detection {
    Off,
    /// `Enable`: told as soon as it is known.
    Start,
    /// `DetectMessageEnd`: told when the greeting is over.
    MessageEnd,
}

/// Who placed a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    OutboundApi,
    /// A call that was put through: the child of another.
    OutboundDial,
    Inbound,
}

impl Direction {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::OutboundApi => "outbound-api",
            Self::OutboundDial => "outbound-dial",
            Self::Inbound => "inbound",
        }
    }
}

/// What a call in progress is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// It has been ended; see its status.
    End,
    /// Go on there.
    Redirect(String),
}

/// A call in the book.
pub(super) struct Call {
    pub(super) sid: String,
    /// The call that was put through to this one.
    pub(super) parent: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) direction: Direction,
    pub(super) plan: Arc<CallPlan>,
    pub(super) created: Timestamp,
    /// What machine detection found, in the carrier's word.
    pub(super) answered_by: Option<String>,
    /// Every status with its time, the first one first.
    history: Vec<(Timestamp, CallStatus)>,
    orders: watch::Sender<Option<Order>>,
}

/// How a call stands, or stood.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallState {
    pub(super) status: CallStatus,
    pub(super) updated: Timestamp,
    /// When it was answered, or, where it never was, when it began to ring.
    pub(super) started: Option<Timestamp>,
    /// When it was answered and when it was over, where both are so.
    pub(super) talked: Option<SignedDuration>,
    pub(super) ended: Option<Timestamp>,
}

/// Whether a call is over.
pub(super) fn is_over(status: CallStatus) -> bool {
    status.hangup_cause(None).is_some()
}

impl Call {
    /// The number at the other end: the one called, or the one that rings in.
    pub(super) fn person(&self) -> &str {
        match self.direction {
            Direction::OutboundApi | Direction::OutboundDial => &self.to,
            Direction::Inbound => &self.from,
        }
    }

    /// How the call stands.
    pub(super) fn status(&self) -> CallStatus {
        self.history.last().map_or(CallStatus::Queued, |(_, status)| *status)
    }

    /// Whether its phone rang.
    pub(super) fn rang(&self) -> bool {
        self.was(CallStatus::Ringing)
    }

    /// Whether it was answered.
    pub(super) fn was_answered(&self) -> bool {
        self.was(CallStatus::InProgress)
    }

    fn was(&self, wanted: CallStatus) -> bool {
        self.history.iter().any(|(_, status)| *status == wanted)
    }

    /// How it stood at `when`; nothing if it didn't exist.
    pub(super) fn at(&self, when: Timestamp) -> Option<CallState> {
        let until: Vec<_> = self.history.iter().copied().take_while(|(at, _)| *at <= when).collect();
        let (updated, status) = *until.last()?;
        let first = |wanted: CallStatus| until.iter().find(|(_, status)| *status == wanted).map(|(at, _)| *at);
        let answered = first(CallStatus::InProgress);
        let ended = is_over(status).then_some(updated);
        Some(CallState {
            status,
            updated,
            started: answered.or(first(CallStatus::Ringing)),
            talked: answered.zip(ended).map(|(answered, ended)| ended.duration_since(answered)),
            ended,
        })
    }
}

/// The book.
#[derive(Default)]
pub(super) struct CallRegistry {
    calls: Vec<Call>,
    places: HashMap<String, usize>,
    /// How often each number was called, or rang in.
    tried: HashMap<String, u64>,
}

impl CallRegistry {
    /// How many calls this number had, counting one more.
    pub(super) fn count(&mut self, number: &str) -> u64 {
        let tried = self.tried.entry(number.to_owned()).or_default();
        *tried += 1;
        *tried - 1
    }

    /// Whether no more calls fit.
    pub(super) fn is_full(&self) -> bool {
        self.calls.len() >= MAX_CALLS
    }

    /// Adds a call, queued. The receiver hears what it is told.
    pub(super) fn add(&mut self, new: NewCall) -> watch::Receiver<Option<Order>> {
        let NewCall { sid, parent, from, to, direction, plan, now } = new;
        let (orders, heard) = watch::channel(None);
        self.places.insert(sid.clone(), self.calls.len());
        let history = vec![(now, CallStatus::Queued)];
        self.calls.push(Call {
            sid,
            parent,
            from,
            to,
            direction,
            plan,
            created: now,
            answered_by: None,
            history,
            orders,
        });
        heard
    }

    /// The call of this id.
    pub(super) fn get(&self, sid: &str) -> Option<&Call> {
        self.places.get(sid).and_then(|&place| self.calls.get(place))
    }

    fn get_mut(&mut self, sid: &str) -> Option<&mut Call> {
        self.places.get(sid).and_then(|&place| self.calls.get_mut(place))
    }

    /// All calls, the last one first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().rev()
    }

    /// Moves a call on. Says how it stands then: a call that is over stays as it is.
    pub(super) fn advance(&mut self, sid: &str, status: CallStatus, now: Timestamp) -> Option<CallStatus> {
        let call = self.get_mut(sid)?;
        if !is_over(call.status()) {
            // A clock that steps back must not put the past in disorder.
            let now = call.history.last().map_or(now, |(last, _)| now.max(*last));
            call.history.push((now, status));
        }
        Some(call.status())
    }

    /// Notes what machine detection found.
    pub(super) fn detected(&mut self, sid: &str, answered_by: &str) {
        if let Some(call) = self.get_mut(sid) {
            call.answered_by = Some(answered_by.to_owned());
        }
    }

    /// Tells a call in progress what to do.
    pub(super) fn tell(&self, sid: &str, order: Order) {
        if let Some(call) = self.get(sid) {
            call.orders.send_replace(Some(order));
        }
    }
}

/// A call that begins.
pub(super) struct NewCall {
    pub(super) sid: String,
    pub(super) parent: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) direction: Direction,
    pub(super) plan: Arc<CallPlan>,
    pub(super) now: Timestamp,
}
