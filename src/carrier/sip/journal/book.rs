//! What the journal's lines prove, kept in memory.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::line::{CallKey, Dialog, Line, Sending, Written, leg_of};
use crate::carrier::CarrierLegId;
use crate::carrier::network::{Answering, CallDirection, CarrierCall, LegProgress};
use crate::domain::{HangupCause, PhoneNumber};

/// How long calls are remembered: as long as their files are kept.
pub const REMEMBERED: Duration = Duration::from_secs(48 * 3_600);

/// Who follows a call now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follower {
    /// This process.
    Us,
    /// A process that has ended.
    Nobody,
}

/// A call in the journal.
#[derive(Clone)]
pub struct Entry {
    /// When its line was written.
    pub at: Timestamp,
    /// The INVITE; `None` for calls that came in.
    pub sending: Option<Sending>,
    /// The numbers of a call that came in.
    called: Option<(Option<String>, Option<String>)>,
    /// Whether an 18x came.
    pub rang: bool,
    /// The dialog, once answered.
    pub dialog: Option<Dialog>,
    /// Why it ended, and whether the phone rang or may have rung.
    pub ended: Option<(HangupCause, bool)>,
    /// Who follows it.
    pub follower: Follower,
}

/// The calls of the journal, and since when it is whole.
#[derive(Default)]
pub struct Book {
    calls: BTreeMap<CallKey, Entry>,
    /// From this time on, the journal has every call. `None` before its first line.
    whole_since: Option<Timestamp>,
}

impl Book {
    /// Takes in a line.
    pub fn note(&mut self, line: &Line, follower: Follower) {
        let at = line.at;
        match &line.what {
            // The files before the oldest one were deleted because they were too old.
            Written::Opened { previous: Some(_) } => self.whole_since = self.whole_since.or(Some(at)),
            Written::Opened { previous: None } | Written::Gap => self.whole_since = Some(at),
            Written::Sending(sending) => {
                let entry = Entry { sending: Some((**sending).clone()), ..Entry::new(at, follower) };
                self.calls.insert(sending.call.clone(), entry);
            }
            Written::Called { call, from, to } => {
                let entry = Entry { called: Some((from.clone(), to.clone())), ..Entry::new(at, follower) };
                self.calls.insert(call.clone(), entry);
            }
            Written::Again { call, branch, cseq } => self.change(call, |entry| {
                if let Some(sending) = &mut entry.sending {
                    sending.via = sending.via.replace(&sending.branch, branch);
                    (sending.branch, sending.cseq) = (branch.clone(), *cseq);
                }
            }),
            Written::Ringing { call } => self.change(call, |entry| entry.rang = true),
            Written::Answered { call, dialog } => self.change(call, |entry| entry.dialog = Some((**dialog).clone())),
            Written::Ended { call, cause, tried } => {
                self.change(call, |entry| entry.ended = Some((cause.0, *tried)));
            }
        }
    }

    fn change(&mut self, call: &str, with: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.calls.get_mut(call) {
            with(entry);
        }
    }

    /// Returns whether the journal has every call since a time.
    pub fn is_whole_since(&self, since: Timestamp) -> bool {
        self.whole_since.is_some_and(|whole| whole <= since)
    }

    /// From this time on, the journal has every call.
    pub const fn whole_since(&self) -> Option<Timestamp> {
        self.whole_since
    }

    /// A call.
    pub fn entry(&self, call: &str) -> Option<&Entry> {
        self.calls.get(call)
    }

    /// The outgoing calls without an end that nobody follows.
    pub fn left_behind(&self) -> Vec<(CallKey, Entry)> {
        let left = self.calls.iter().filter(|(_, entry)| {
            entry.follower == Follower::Nobody && entry.sending.is_some() && entry.ended.is_none()
        });
        left.map(|(call, entry)| (call.clone(), entry.clone())).collect()
    }

    /// Forgets calls older than [`REMEMBERED`].
    pub fn forget_before(&mut self, now: Timestamp) {
        let before = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        self.calls.retain(|_, entry| entry.at >= before);
    }

    /// The calls since a time.
    pub fn since(&self, since: Timestamp, now: Timestamp, longest_ringing: Duration) -> Vec<CarrierCall> {
        let shown = self.calls.iter().filter(|(_, entry)| entry.at >= since);
        shown.filter_map(|(call, entry)| Some(entry.listed(leg_of(call)?, now, longest_ringing))).collect()
    }
}

impl Entry {
    const fn new(at: Timestamp, follower: Follower) -> Self {
        Self { at, sending: None, called: None, rang: false, dialog: None, ended: None, follower }
    }

    /// Its progress. `None` while that is unknown: the process that placed it has ended, and the phone may still ring.
    pub fn progress(&self, now: Timestamp, longest_ringing: Duration) -> Option<LegProgress> {
        if let Some((cause, tried)) = self.ended {
            return Some(LegProgress::Ended(shown_cause(cause, tried)));
        }
        let here = if self.dialog.is_some() {
            LegProgress::Answered
        } else if self.rang {
            LegProgress::Ringing
        } else {
            LegProgress::Queued
        };
        match self.follower {
            Follower::Us => Some(here),
            Follower::Nobody => {
                let over = self.at.checked_add(longest_ringing).is_ok_and(|over| over <= now);
                over.then_some(LegProgress::Ended(HangupCause::NoAnswer))
            }
        }
    }

    fn listed(&self, leg: CarrierLegId, now: Timestamp, longest_ringing: Duration) -> CarrierCall {
        let number = |text: &str| PhoneNumber::from_e164(text).ok();
        let (direction, from, to) = match (&self.sending, &self.called) {
            (Some(sending), _) => (CallDirection::Outbound, number(&sending.shown), number(&sending.number)),
            (None, called) => {
                let (from, to) = called.as_ref().map_or((None, None), |(from, to)| (from.as_deref(), to.as_deref()));
                (CallDirection::Inbound, from.and_then(number), to.and_then(number))
            }
        };
        let unknown = if self.rang { LegProgress::Ringing } else { LegProgress::Queued };
        let progress = self.progress(now, longest_ringing).unwrap_or(unknown);
        let answering = if self.dialog.is_some() || direction == CallDirection::Inbound {
            Answering::Answered
        } else {
            Answering::NotAnswered
        };
        CarrierCall { leg, direction, from, to, created_at: Some(self.at), progress, answering }
    }
}

/// The cause as look-ups report it. That a phone rang or may have rung must show in it: without ringing, a failure of
/// the network would be taken as proof that it didn't.
const fn shown_cause(cause: HangupCause, tried: bool) -> HangupCause {
    match (cause, tried) {
        (HangupCause::TemporaryFailure | HangupCause::InvalidNumberFormat, true) => HangupCause::Unspecified,
        _ => cause,
    }
}
