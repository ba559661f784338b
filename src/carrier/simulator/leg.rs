//! One leg on the network, from the request to its end: its next step, and its progress at any time.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use super::callee::Callee;
use super::events::NetworkEventKind;
use super::people::{Pickup, Side};
use super::rng::after;
use crate::carrier::CarrierLegId;
use crate::carrier::network::{Answering, CallDirection, CarrierCall, LegProgress};
use crate::domain::{CallId, HangupCause, Keyed, Line, PhoneNumber};
use crate::engine::{AnsweredBy, TransferOutcome};

/// How long the network waits for a reply before it plays an apology and hangs up. Source: Twilio waits 15 s for a
/// webhook.
const REPLY_PATIENCE: Duration = Duration::from_secs(15);

/// The next step of a leg.
#[derive(Debug, Clone)]
pub(super) enum Next {
    Rings,
    /// A person or a machine answers and greets.
    PicksUp,
    /// The greeting ends.
    Listens,
    Calls(Line),
    Keys(Keyed),
    /// Staff answer and talk for the given time, then one side hangs up.
    StaffPickUp(Talk),
    TransferEnds(TransferOutcome),
    IsRedirected,
    Ends(HangupCause),
}

/// A conversation with staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Talk {
    pub(super) length: Duration,
    pub(super) hangs_up_first: Side,
}

/// The result of a leg's step.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) told: Option<NetworkEventKind>,
    pub(super) next: Option<(Timestamp, Next)>,
}

#[derive(Debug)]
pub(super) struct Leg {
    pub(super) id: CarrierLegId,
    pub(super) call: Option<CallId>,
    pub(super) from: Option<PhoneNumber>,
    pub(super) to: Option<PhoneNumber>,
    pub(super) created_at: Timestamp,
    /// The longest time that it rings.
    pub(super) ring: Duration,
    pub(super) party: Callee,
    /// The random numbers for faults that the person doesn't cause.
    pub(super) network_faults: Rng,
    /// The next step; `None` after the end.
    pub(super) planned: Option<(Timestamp, Next)>,
    /// The number of replies that the leg still waits for.
    pub(super) owed: u32,
    /// The number of events sent so far.
    pub(super) told: u32,
    /// The progress over time, each with its start. The first is queued.
    pub(super) history: Vec<(Timestamp, LegProgress)>,
    /// The last conversation with staff: its start, and its planned end.
    pub(super) talk: Option<(Timestamp, Timestamp)>,
}

impl Leg {
    pub(super) fn progress(&self) -> LegProgress {
        self.history.last().map_or(LegProgress::Queued, |(_, progress)| *progress)
    }

    /// Returns the progress at a given time.
    pub(super) fn progress_at(&self, at: Timestamp) -> LegProgress {
        let then = self.history.iter().rev().find(|(since, _)| *since <= at);
        then.map_or(LegProgress::Queued, |(_, progress)| *progress)
    }

    pub(super) fn listed(&self, at: Timestamp) -> CarrierCall {
        let mut until_then = self.history.iter().filter(|(since, _)| *since <= at);
        let answered = until_then.any(|(_, progress)| *progress == LegProgress::Answered);
        CarrierCall {
            leg: self.id.clone(),
            direction: if self.call.is_some() { CallDirection::Outbound } else { CallDirection::Inbound },
            from: self.from.clone(),
            to: self.to.clone(),
            created_at: Some(self.created_at),
            progress: self.progress_at(at),
            answering: if answered { Answering::Answered } else { Answering::NotAnswered },
        }
    }

    /// Carries out the planned step.
    pub(super) fn happens(&mut self, at: Timestamp, next: Next) -> Change {
        let told = match next {
            Next::Rings => {
                self.stands(at, LegProgress::Ringing);
                return Change { told: Some(NetworkEventKind::Ringing), next: Some(self.ringing_ends(at)) };
            }
            Next::PicksUp => {
                self.stands(at, LegProgress::Answered);
                return Change { told: None, next: Some((after(at, self.greeting().1), Next::Listens)) };
            }
            Next::Listens if self.party.hangs_up_at_once() => {
                return self.happens(at, Next::Ends(HangupCause::NormalClearing));
            }
            Next::Listens => NetworkEventKind::Answered(self.greeting().0),
            Next::Calls(line) => {
                self.stands(at, LegProgress::Answered);
                NetworkEventKind::RangIn(line)
            }
            Next::Keys(keyed) => NetworkEventKind::Keyed(keyed),
            Next::StaffPickUp(talk) => {
                self.talk = Some((at, after(at, talk.length)));
                let end = match talk.hangs_up_first {
                    Side::Caller => Next::Ends(HangupCause::NormalClearing),
                    Side::Staff => Next::TransferEnds(TransferOutcome::Talked),
                };
                return Change {
                    told: Some(NetworkEventKind::StaffAnswered),
                    next: Some((after(at, talk.length), end)),
                };
            }
            Next::TransferEnds(outcome) => NetworkEventKind::TransferEnded(outcome),
            Next::IsRedirected => NetworkEventKind::Redirected,
            Next::Ends(cause) => {
                self.stands(at, LegProgress::Ended(cause));
                return Change { told: Some(NetworkEventKind::Ended(cause)), next: None };
            }
        };
        self.owed += 1;
        let overdue = (after(at, REPLY_PATIENCE), Next::Ends(HangupCause::NormalClearing));
        Change { told: Some(told), next: Some(overdue) }
    }

    fn stands(&mut self, at: Timestamp, progress: LegProgress) {
        self.history.push((at, progress));
    }

    fn ringing_ends(&self, at: Timestamp) -> (Timestamp, Next) {
        let rings_out = (self.ring, Next::Ends(HangupCause::NoAnswer));
        let (time, next) = match self.party.pickup() {
            Pickup::Answers { after, .. } if after < self.ring => (after, Next::PicksUp),
            Pickup::Rejects { after } if after < self.ring => (after, Next::Ends(HangupCause::CallRejected)),
            Pickup::Fails(cause) => (Duration::ZERO, Next::Ends(cause)),
            Pickup::Answers { .. } | Pickup::Rejects { .. } | Pickup::RingsOut | Pickup::Refused => rings_out,
        };
        (after(at, time), next)
    }

    fn greeting(&self) -> (AnsweredBy, Duration) {
        match self.party.pickup() {
            Pickup::Answers { by, greeting, .. } => (by, greeting),
            _ => (AnsweredBy::Person, Duration::ZERO),
        }
    }
}
