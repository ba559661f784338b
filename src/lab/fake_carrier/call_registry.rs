//! The carrier's calls: the current state of each call, and its state at any earlier moment.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::carrier::twilio::CallStatus;

/// The maximum number of calls.
pub(super) const MAX_CALLS: usize = 1_000_000;

/// The instructions for a call.
#[derive(Debug, Clone)]
pub(super) struct CallPlan {
    /// The URL of the TwiML.
    pub(super) url: String,
    /// The fallback URL.
    pub(super) fallback_url: Option<String>,
    /// The URL of the status callbacks.
    pub(super) status_callback: Option<String>,
    /// The requested status callbacks.
    pub(super) events: Vec<Progress>,
    /// How long it may ring, in simulated seconds.
    pub(super) ring_seconds: u32,
    /// Whether machine detection is on.
    pub(super) detection: Detection,
    /// The URL of the asynchronous detection result.
    pub(super) async_detection_callback: Option<String>,
    /// The maximum length of the call, in simulated seconds.
    pub(super) time_limit_seconds: u32,
    /// Odd fields in all of its webhooks, form-encoded.
    pub(super) odd: String,
}

/// A status callback that can be requested.
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

/// The requested machine detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detection {
    Off,
    /// `Enable`: reports as soon as the result is known.
    Start,
    /// `DetectMessageEnd`: reports when the greeting is over.
    MessageEnd,
}

/// Who placed a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    OutboundApi,
    /// The child of a call that was transferred.
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

/// An order to a call in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// The call was ended; its status says how.
    End,
    /// Continue at this URL.
    Redirect(String),
}

/// A call of the carrier.
pub(super) struct Call {
    pub(super) sid: String,
    /// The parent call, which was transferred to this one.
    pub(super) parent: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) direction: Direction,
    pub(super) plan: Arc<CallPlan>,
    pub(super) created: Timestamp,
    /// The result of machine detection, as the carrier's code.
    pub(super) answered_by: Option<String>,
    /// Every status with its time, in order.
    history: Vec<(Timestamp, CallStatus)>,
    orders: watch::Sender<Option<Order>>,
}

/// The state of a call at some moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallState {
    pub(super) status: CallStatus,
    pub(super) updated: Timestamp,
    /// When the call was answered. If it never was, when it began to ring.
    pub(super) started: Option<Timestamp>,
    /// The time from the answer to the end. `None` if the call wasn't answered or hasn't ended.
    pub(super) talked: Option<SignedDuration>,
    pub(super) ended: Option<Timestamp>,
}

/// Returns `true` if a call with this status is over.
pub(super) fn is_over(status: CallStatus) -> bool {
    status.hangup_cause(None).is_some()
}

impl Call {
    /// The number at the other end: the called number, or the caller's number.
    pub(super) fn person(&self) -> &str {
        match self.direction {
            Direction::OutboundApi | Direction::OutboundDial => &self.to,
            Direction::Inbound => &self.from,
        }
    }

    /// The current status.
    pub(super) fn status(&self) -> CallStatus {
        self.history.last().map_or(CallStatus::Queued, |(_, status)| *status)
    }

    /// Returns `true` if the phone rang.
    pub(super) fn rang(&self) -> bool {
        self.was(CallStatus::Ringing)
    }

    /// Returns `true` if the call was answered.
    pub(super) fn was_answered(&self) -> bool {
        self.was(CallStatus::InProgress)
    }

    fn was(&self, wanted: CallStatus) -> bool {
        self.history.iter().any(|(_, status)| *status == wanted)
    }

    /// The state at `when`. `None` if the call didn't exist yet.
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

/// The registry of calls.
#[derive(Default)]
pub(super) struct CallRegistry {
    calls: Vec<Call>,
    places: HashMap<String, usize>,
    /// How often each number was called or called in.
    tried: HashMap<String, u32>,
}

impl CallRegistry {
    /// Returns the number of earlier calls of this number, and counts one more.
    pub(super) fn count(&mut self, number: &str) -> u32 {
        let tried = self.tried.entry(number.to_owned()).or_default();
        *tried += 1;
        *tried - 1
    }

    /// Returns `true` if the registry has no room for another call.
    pub(super) fn is_full(&self) -> bool {
        self.calls.len() >= MAX_CALLS
    }

    /// Adds a queued call. The receiver gets the orders to the call.
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

    /// Returns the call with this id.
    pub(super) fn get(&self, sid: &str) -> Option<&Call> {
        self.places.get(sid).and_then(|&place| self.calls.get(place))
    }

    fn get_mut(&mut self, sid: &str) -> Option<&mut Call> {
        self.places.get(sid).and_then(|&place| self.calls.get_mut(place))
    }

    /// Iterates over all calls, the latest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().rev()
    }

    /// Advances a call to this status and returns the resulting status. A call that is over doesn't change.
    pub(super) fn advance(&mut self, sid: &str, status: CallStatus, now: Timestamp) -> Option<CallStatus> {
        let call = self.get_mut(sid)?;
        if !is_over(call.status()) {
            // Keep the history in order even if the clock steps back.
            let now = call.history.last().map_or(now, |(last, _)| now.max(*last));
            call.history.push((now, status));
        }
        Some(call.status())
    }

    /// Records the result of machine detection.
    pub(super) fn detected(&mut self, sid: &str, answered_by: &str) {
        if let Some(call) = self.get_mut(sid) {
            call.answered_by = Some(answered_by.to_owned());
        }
    }

    /// Sends an order to a call in progress.
    pub(super) fn tell(&self, sid: &str, order: Order) {
        if let Some(call) = self.get(sid) {
            call.orders.send_replace(Some(order));
        }
    }
}

/// The values of a new call.
pub(super) struct NewCall {
    pub(super) sid: String,
    pub(super) parent: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) direction: Direction,
    pub(super) plan: Arc<CallPlan>,
    pub(super) now: Timestamp,
}
