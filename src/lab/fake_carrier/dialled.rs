//! The phone that a call is transferred to: a leg of its own, the child of the call, with its own callbacks.

use std::sync::Arc;
use std::time::Duration;

use super::call_registry::{CallPlan, Detection, Direction, NewCall};
use super::callbacks::Callbacks;
use super::leg::{Interrupt, Leg, Parties};
use super::log::Event;
use super::people::{Rings, rings};
use super::sid::sid;
use super::state::SharedState;
use super::webhook::Fields;
use crate::carrier::simulator::{Script, Side, Staff};
use crate::carrier::twilio::CallStatus;
use crate::domain::PhoneNumber;

/// How long it rings in a transfer until someone answers, in simulated time, by default.
const RINGS: Duration = Duration::from_secs(5);
/// The maximum length of a call, in simulated seconds: the carrier's own limit.
const TIME_LIMIT_SECONDS: u32 = 14_400;

/// The result of a transfer.
pub(super) struct Dialled {
    /// The fields for the action's webhook, in addition to the common ones.
    pub(super) told: Fields,
    /// Whether the caller has hung up.
    pub(super) caller_is_gone: bool,
}

/// The child in progress. It ends when dropped: its parent call is over.
struct Child {
    office: Arc<SharedState>,
    sid: String,
    parent: String,
    from: String,
    to: String,
    callbacks: Option<Callbacks>,
    events: Vec<Box<str>>,
    ended: bool,
}

impl Leg {
    /// Transfers the caller. `status` is the URL for the status callbacks of the other leg, and which are requested. A
    /// call that shows no number fails, as with some providers (Twilio, error 13214).
    pub(super) async fn dial(
        &mut self,
        parties: Parties,
        ring_seconds: u32,
        status: Option<(String, Vec<Box<str>>)>,
    ) -> Result<Dialled, Interrupt> {
        let number = parties.to.clone();
        let hidden = PhoneNumber::from_e164(&parties.from).is_err();
        let script = self.office.state().people.at(&number).script(RINGS);
        let mut child = Child::begin(self, parties, status);
        let status = match rings(script.pickup, Duration::from_secs(ring_seconds.into())) {
            _ if hidden => CallStatus::Failed,
            Rings::Never(status) => status,
            Rings::For(length, status) => {
                child.advance(CallStatus::Ringing);
                self.pass(length).await?;
                status
            }
        };
        let (ended, talked, caller_is_gone) = if status == CallStatus::InProgress {
            let (talked, hangs_up_first) = self.talk_with(&mut child, &script).await?;
            (CallStatus::Completed, talked, hangs_up_first == Side::Caller)
        } else {
            (status, Duration::ZERO, false)
        };
        child.end(ended);
        let call = self.sid.clone();
        self.note(Event::Dialled { call, number, status: ended.code() });
        let mut told = vec![("DialCallStatus".to_owned(), ended.code().to_owned())];
        told.push(("DialCallSid".to_owned(), child.sid.clone()));
        if ended == CallStatus::Completed {
            told.push(("DialCallDuration".to_owned(), talked.as_secs().to_string()));
        }
        Ok(Dialled { told, caller_is_gone })
    }

    /// Returns how long they talked, and who hung up first.
    async fn talk_with(&mut self, child: &mut Child, person: &Script) -> Result<(Duration, Side), Interrupt> {
        child.advance(CallStatus::InProgress);
        child.tell("answered", &[]);
        self.note(Event::DialAnswered { call: self.sid.clone(), child: child.sid.clone() });
        let (length, hangs_up_first) = match person.staff {
            Some(Staff::Talk { length, hangs_up_first, .. }) => (length, hangs_up_first),
            Some(Staff::NeverAnswer | Staff::RingsUntilCallerIsGone { .. }) | None => (Duration::ZERO, Side::Staff),
        };
        self.pass(length).await?;
        Ok((length, hangs_up_first))
    }
}

impl Child {
    fn begin(parent: &mut Leg, parties: Parties, status: Option<(String, Vec<Box<str>>)>) -> Self {
        let Parties { from, to } = parties;
        let office = Arc::clone(&parent.office);
        let sid = sid("CA", &mut parent.rng);
        let (url, events) = status.unzip();
        let plan = CallPlan {
            url: String::new(),
            fallback_url: None,
            status_callback: None,
            events: Vec::new(),
            ring_seconds: 0,
            detection: Detection::Off,
            async_detection_callback: None,
            time_limit_seconds: TIME_LIMIT_SECONDS,
            odd: String::new(),
        };
        let new = NewCall {
            sid: sid.clone(),
            parent: Some(parent.sid.clone()),
            from: from.clone(),
            to: to.clone(),
            direction: Direction::OutboundDial,
            plan: Arc::new(plan),
            now: office.now(),
        };
        // The REST API sends it no orders: it ends with its parent.
        drop(office.state().book.add(new));
        let callbacks = url.map(|url| Callbacks::start(&office, &sid, &to, &url).0);
        let mut child = Self {
            sid,
            parent: parent.sid.clone(),
            from,
            to,
            callbacks,
            events: events.unwrap_or_default(),
            ended: false,
            office,
        };
        child.advance(CallStatus::Initiated);
        child
    }

    fn status(&self) -> CallStatus {
        self.office.state().book.get(&self.sid).map_or(CallStatus::Completed, super::call_registry::Call::status)
    }

    fn advance(&mut self, status: CallStatus) {
        let now = self.office.now();
        self.office.state().book.advance(&self.sid, status, now);
    }

    fn end(&mut self, status: CallStatus) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.advance(status);
        let talked = {
            let state = self.office.state();
            let standing = state.book.get(&self.sid).and_then(|call| call.at(jiff::Timestamp::MAX));
            standing.and_then(|standing| standing.talked)
        };
        let seconds = talked.map_or(0, |talked| self.office.simulated_seconds(talked));
        self.tell("completed", &[("CallDuration", seconds.to_string())]);
    }

    fn tell(&mut self, event: &str, more: &[(&str, String)]) {
        if !self.events.iter().any(|known| &**known == event) {
            return;
        }
        let mut fields: Fields = [
            ("AccountSid", self.office.account.as_str()),
            ("ApiVersion", super::rest::API_VERSION),
            ("CallSid", &self.sid),
            ("ParentCallSid", &self.parent),
            ("CallStatus", self.status().code()),
            ("Direction", Direction::OutboundDial.code()),
            ("From", &self.from),
            ("To", &self.to),
            ("CallbackSource", "call-progress-events"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        if let Some(callbacks) = &mut self.callbacks {
            callbacks.send(fields);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let answered = self.status() == CallStatus::InProgress;
        self.end(if answered { CallStatus::Completed } else { CallStatus::Canceled });
    }
}
