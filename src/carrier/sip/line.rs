//! Our own line as a [`Carrier`]. Nobody else keeps a list of its calls, so it answers from the call journal.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::journal::{Journal, JournalError};
use super::leg::{LegOrder, LineEvent};
use super::media::MediaPorts;
use super::signalling::{ListenError, Placement, Signalling, SipSettings};
use super::trouble::LineTrouble;
use crate::carrier::CarrierLegId;
use crate::carrier::network::{
    Carrier, CarrierCall, CommandResult, Dial, DialOutcome, LegProgress, LookupResult, NotProcessed, Pending, Reach,
    Recent, SmsOutcome, SmsRefusal, Uncertainty,
};
use crate::domain::{CallId, PhoneNumber};

/// Its name in the database.
pub const CARRIER_NAME: &str = "sip";
/// Events that wait for the gateway. More calls than these begin only after the first were taken.
const EVENTS: usize = 1_024;

/// The line can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The address.
    #[error(transparent)]
    Listen(#[from] ListenError),
}

/// Our own line. Clones share it.
#[derive(Debug, Clone)]
pub struct SipCarrier {
    signalling: Signalling,
    journal: Journal,
}

/// Opens the line, takes back the calls that an earlier process left behind, and returns what happens on it.
///
/// # Errors
/// If the address can't be listened on.
pub fn open(
    settings: SipSettings,
    journal: Journal,
    ports: MediaPorts,
) -> Result<(SipCarrier, mpsc::Receiver<LineEvent>), OpenError> {
    let (tell, events) = mpsc::channel(EVENTS);
    let signalling = Signalling::open(settings, journal.clone(), ports, tell)?;
    Ok((SipCarrier { signalling, journal }, events))
}

impl SipCarrier {
    /// Takes no new calls, and waits until those under way have ended.
    pub async fn drain(&self) {
        self.signalling.drain().await;
    }

    /// Why calls can't be taken or placed. `None` if they can.
    pub fn trouble(&self) -> Option<LineTrouble> {
        self.signalling.trouble()
    }

    /// The port that is listened on.
    pub fn port(&self) -> u16 {
        self.signalling.port()
    }

    /// The calls since a time, if the journal has all of them. What a torn or missing journal lacks is unknown.
    fn listed(&self, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        let (now, rings) = (self.journal.now(), self.journal.longest_ringing());
        self.journal.with(|book| match book.is_whole_since(since) {
            true => LookupResult::Found(book.since(since, now, rings)),
            false => LookupResult::Unavailable(Uncertainty::NoAnswer),
        })
    }
}

impl Carrier for SipCarrier {
    fn name(&self) -> &'static str {
        CARRIER_NAME
    }

    fn reach(&self) -> Reach {
        Reach::OwnNode
    }

    fn dial<'a>(&'a self, dial: &'a Dial) -> Pending<'a, DialOutcome> {
        Box::pin(async move {
            // The call's own id, committed with the intent, is the leg and the Call-ID.
            let Ok(leg) = CarrierLegId::parse(&dial.call.to_string()) else {
                return DialOutcome::NotProcessed(NotProcessed::NoConnection);
            };
            let placement = Placement {
                call: dial.call,
                leg,
                to: dial.to.number().clone(),
                from: dial.from.clone(),
                ring: Duration::from_secs(dial.ring_seconds.into()),
                longest: Duration::from_secs(dial.longest_seconds.into()),
            };
            self.signalling.place(placement).await
        })
    }

    fn cancel<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, CommandResult> {
        Box::pin(async move { self.ordered(leg, LegOrder::Cancel) })
    }

    fn say_goodbye<'a>(&'a self, leg: &'a CarrierLegId, _call: CallId) -> Pending<'a, CommandResult> {
        Box::pin(async move { self.ordered(leg, LegOrder::Goodbye) })
    }

    fn look_up<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, LookupResult<LegProgress>> {
        Box::pin(async move {
            let (now, rings) = (self.journal.now(), self.journal.longest_ringing());
            let found = self.journal.with(|book| book.entry(leg.as_str()).map(|entry| entry.progress(now, rings)));
            match found {
                None => LookupResult::Nothing,
                Some(Some(progress)) => LookupResult::Found(progress),
                Some(None) => LookupResult::Unavailable(Uncertainty::NoAnswer),
            }
        })
    }

    /// Callers aren't put through to staff by this carrier.
    fn staff_answered<'a>(&'a self, _leg: &'a CarrierLegId) -> Pending<'a, LookupResult<bool>> {
        Box::pin(async { LookupResult::Found(false) })
    }

    /// A trunk's clock says nothing about a call.
    fn time(&self) -> Pending<'_, LookupResult<Timestamp>> {
        Box::pin(async { LookupResult::Nothing })
    }

    fn list<'a>(&'a self, to: &'a PhoneNumber, since: Timestamp) -> Pending<'a, LookupResult<Vec<CarrierCall>>> {
        Box::pin(async move {
            // What a journal has is proven, even if it lacks something.
            let (now, rings) = (self.journal.now(), self.journal.longest_ringing());
            let calls = self.journal.with(|book| book.since(since, now, rings));
            LookupResult::Found(calls.into_iter().filter(|call| call.to.as_ref() == Some(to)).collect())
        })
    }

    fn list_newest(&self, since: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>> {
        Box::pin(async move { self.listed(since) })
    }

    fn list_all(&self, since: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>> {
        Box::pin(async move { self.listed(since) })
    }

    fn list_recent(&self, since: Timestamp, _required: Timestamp) -> Pending<'_, LookupResult<Recent>> {
        Box::pin(async move {
            let (now, rings) = (self.journal.now(), self.journal.longest_ringing());
            let recent = self.journal.with(|book| {
                let whole = book.whole_since().unwrap_or(now);
                Recent { calls: book.since(since, now, rings), complete_since: whole.max(since) }
            });
            LookupResult::Found(recent)
        })
    }

    /// This line sends no SMS.
    fn send_sms<'a>(&'a self, _to: &'a PhoneNumber, _from: &'a PhoneNumber, _body: &'a str) -> Pending<'a, SmsOutcome> {
        Box::pin(async { SmsOutcome::Refused(SmsRefusal::Request) })
    }
}

impl SipCarrier {
    fn ordered(&self, leg: &CarrierLegId, order: LegOrder) -> CommandResult {
        if self.signalling.order(leg, order) {
            return CommandResult::Done;
        }
        let (now, rings) = (self.journal.now(), self.journal.longest_ringing());
        let progress = self.journal.with(|book| book.entry(leg.as_str()).map(|entry| entry.progress(now, rings)));
        match progress {
            None | Some(Some(LegProgress::Ended(_))) => CommandResult::Gone,
            Some(_) => CommandResult::Unavailable,
        }
    }
}
