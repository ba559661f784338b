//! The life of one call. It is queued, rings, is answered or not, talks, and ends in exactly one status.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::call_registry::{CallPlan, Detection, Direction, NewCall, Order, Progress};
use super::callbacks::{Callbacks, FirstDelivered};
use super::faults::Name;
use super::log::Event;
use super::people::{Person, Rings, rings};
use super::sid::sid;
use super::state::SharedState;
use super::webhook::{Fields, Signed, Webhook, send};
use crate::carrier::simulator::{Between, Pickup, Purpose, Script, generator};
use crate::carrier::twilio::CallStatus;
use crate::engine::AnsweredBy;

/// The wait in the carrier's queue, in simulated time.
const QUEUES: Between = Between::millis(0, 1_000);
/// The time from leaving the queue to ringing, in simulated time.
const SETS_UP: Between = Between::millis(1_000, 4_000);
/// How long it rings until someone answers, in simulated time.
const ANSWERS_AFTER: Between = Between::millis(3_000, 12_000);
/// The duration of machine detection, in simulated time.
const DETECTION: Duration = Duration::from_secs(3);

/// One call in progress.
pub(super) struct Leg {
    pub(super) office: Arc<SharedState>,
    pub(super) sid: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) direction: Direction,
    pub(super) plan: Arc<CallPlan>,
    /// What the person does.
    pub(super) script: Script,
    /// The result of machine detection, if it is set.
    answered_by: Option<String>,
    /// The number of questions asked.
    pub(super) turn: u16,
    /// The keys of the last entry that are still to be pressed, if the document listens on.
    pub(super) typing: String,
    pub(super) rng: fastrand::Rng,
    /// The time in the carrier's queue, in real time.
    queue_time: Duration,
    orders: watch::Receiver<Option<Order>>,
    callbacks: Option<Callbacks>,
}

/// Why a call is interrupted.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Interrupt {
    /// It was ended through the REST API, or reached its time limit.
    Ended,
    /// It continues at another URL.
    Redirected(String),
    /// The person hung up.
    HungUp,
    /// The carrier was reset.
    Forgotten,
}

/// A call that was accepted.
pub(super) struct Taken {
    pub(super) sid: String,
    pub(super) first_delivered: Option<FirstDelivered>,
}

/// The numbers of a call.
pub(super) struct Parties {
    pub(super) from: String,
    pub(super) to: String,
}

/// Accepts a call and runs it in a task of its own. `person` is who has the phone; `None` if the number says it.
/// Returns `None` if the registry is full.
pub(super) fn begin(
    office: &Arc<SharedState>,
    parties: Parties,
    direction: Direction,
    plan: CallPlan,
    person: Option<Person>,
) -> Option<Taken> {
    let Parties { from, to } = parties;
    let number = match direction {
        Direction::OutboundApi | Direction::OutboundDial => to.clone(),
        Direction::Inbound => from.clone(),
    };
    let plan = Arc::new(plan);
    let mut state = office.state();
    if state.book.is_full() {
        return None;
    }
    let nth = state.book.count(&number);
    let mut rng = generator(office.seed, Purpose::Call, &number, nth);
    let sid = sid("CA", &mut rng);
    let person = person.unwrap_or_else(|| state.people.at(&number));
    let script = person.script(ANSWERS_AFTER.pick(&mut rng));
    let (now, url) = (office.now(), plan.url.clone());
    let plan_kept = Arc::clone(&plan);
    let new =
        NewCall { sid: sid.clone(), parent: None, from: from.clone(), to: to.clone(), direction, plan: plan_kept, now };
    let orders = state.book.add(new);
    let (call, from_noted, to_noted) = (sid.clone(), from.clone(), to.clone());
    office.note(&match direction {
        Direction::OutboundApi | Direction::OutboundDial => Event::Placed { call, to: to_noted, from: from_noted, url },
        Direction::Inbound => Event::CameIn { call, to: to_noted, from: from_noted, url },
    });
    let queue_time = match direction {
        Direction::OutboundApi if !state.faults.of(office.seed, &to, &[Name::StaysQueued]).is_empty() => Duration::MAX,
        Direction::OutboundApi => office.queue_time(&mut state),
        Direction::OutboundDial | Direction::Inbound => Duration::ZERO,
    };
    drop(state);
    let started = plan.status_callback.as_deref().map(|url| Callbacks::start(office, &sid, &number, url));
    let (callbacks, first_delivered) = started.unzip();
    let office = Arc::clone(office);
    let leg = Leg {
        office,
        sid: sid.clone(),
        from,
        to,
        direction,
        plan,
        script,
        answered_by: person.answered_by,
        turn: 0,
        typing: String::new(),
        rng,
        queue_time,
        orders,
        callbacks,
    };
    tokio::spawn(leg.live());
    Some(Taken { sid, first_delivered })
}

impl Leg {
    async fn live(mut self) {
        let limit = self.office.real(Duration::from_secs(self.plan.time_limit_seconds.into()));
        let lived = match self.direction {
            Direction::OutboundApi => self.ring().await,
            Direction::OutboundDial | Direction::Inbound => Ok(None),
        };
        let ended = match lived {
            Ok(Some(status)) => Ok(status),
            Ok(None) => match tokio::time::timeout(limit, self.talk()).await {
                Ok(ended) => ended,
                Err(_) => Ok(CallStatus::Completed),
            },
            Err(cut) => Err(cut),
        };
        match ended {
            Ok(status) => self.end(status),
            Err(Interrupt::HungUp) => self.end(CallStatus::Completed),
            Err(Interrupt::Ended | Interrupt::Redirected(_)) => self.end(CallStatus::Canceled),
            Err(Interrupt::Forgotten) => {}
        }
    }

    /// Runs the call until it is answered, or returns the status in which it ended unanswered.
    async fn ring(&mut self) -> Result<Option<CallStatus>, Interrupt> {
        self.pass_really(self.queue_time).await?;
        let waiting = QUEUES.pick(&mut self.rng);
        self.pass(waiting).await?;
        self.advance(CallStatus::Initiated)?;
        self.tell(Progress::Initiated, &[]);
        let set_up = SETS_UP.pick(&mut self.rng);
        self.pass(set_up).await?;
        let limit = Duration::from_secs(self.plan.ring_seconds.into());
        let (length, status) = match rings(self.script.pickup, limit) {
            Rings::Never(status) => return Ok(Some(status)),
            Rings::For(length, status) => (length, status),
        };
        self.advance(CallStatus::Ringing)?;
        let to = self.to.clone();
        self.note(Event::Ringing { call: self.sid.clone(), to, url: self.plan.url.clone() });
        self.tell(Progress::Ringing, &[]);
        let is_answered = status == CallStatus::InProgress;
        let rung = self.pass(length).await;
        let rung = rung.and_then(|()| if is_answered { self.advance(CallStatus::InProgress) } else { Ok(()) });
        let answered = is_answered && rung.is_ok();
        self.note(Event::RingingEnded { call: self.sid.clone(), to: self.to.clone(), answered });
        rung?;
        Ok((!is_answered).then_some(status))
    }

    /// Detects who answered. Returns the fields for the first webhook.
    pub(super) async fn detect(&mut self) -> Result<Fields, Interrupt> {
        let (is_machine, greeting) = match self.script.pickup {
            Pickup::Answers { by: AnsweredBy::Machine, greeting, .. } => (true, greeting),
            _ => (false, Duration::ZERO),
        };
        let by = if is_machine { "machine" } else { "person" };
        self.note(Event::Answered { call: self.sid.clone(), to: self.to.clone(), by });
        self.tell(Progress::Answered, &[]);
        let detection = self.plan.detection;
        if detection == Detection::Off {
            return Ok(Fields::new());
        }
        let heard = match (is_machine, detection) {
            (false, _) => "human",
            (true, Detection::MessageEnd) => "machine_end_beep",
            (true, _) => "machine_start",
        };
        let found = self.answered_by.clone().unwrap_or_else(|| heard.to_owned());
        let waits_for_the_beep = is_machine && detection == Detection::MessageEnd;
        let length = if waits_for_the_beep { greeting } else { DETECTION };
        if let Some(url) = self.plan.async_detection_callback.clone() {
            self.detect_beside(url, found, length);
            return Ok(Fields::new());
        }
        self.pass(length).await?;
        self.office.state().book.detected(&self.sid, &found);
        Ok(vec![("AnsweredBy".to_owned(), found)])
    }

    /// Starts asynchronous detection. The conversation begins immediately, and the result is sent to a URL of its own.
    fn detect_beside(&self, url: String, found: String, length: Duration) {
        let mut fields = self.fields();
        fields.push(("AnsweredBy".to_owned(), found.clone()));
        fields.push(("MachineDetectionDuration".to_owned(), length.as_millis().to_string()));
        let (office, sid) = (Arc::clone(&self.office), self.sid.clone());
        tokio::spawn(async move {
            tokio::time::sleep(office.real(length)).await;
            office.state().book.detected(&sid, &found);
            let signed = Signed::ByCarrier;
            let webhook = Webhook { call: &sid, kind: "detection", url: &url, fields: &fields, signed };
            // The result is in the log.
            let _answer = send(&office, &webhook).await;
        });
    }

    /// Ends the call with this status, unless it has already ended.
    fn end(&mut self, status: CallStatus) {
        let (status, talked) = {
            let now = self.office.now();
            let mut state = self.office.state();
            let Some(status) = state.book.advance(&self.sid, status, now) else { return };
            let standing = state.book.get(&self.sid).and_then(|call| call.at(jiff::Timestamp::MAX));
            (status, standing.and_then(|standing| standing.talked))
        };
        let seconds = talked.map_or(0, |talked| self.office.simulated_seconds(talked));
        let to = self.to.clone();
        self.note(Event::Ended { call: self.sid.clone(), to, status: status.code(), seconds });
        let mut more = vec![("CallDuration", seconds.to_string()), ("Duration", seconds.div_ceil(60).to_string())];
        match status {
            CallStatus::Failed => more.push(("SipResponseCode", "404".to_owned())),
            CallStatus::Busy => more.push(("SipResponseCode", "486".to_owned())),
            CallStatus::NoAnswer | CallStatus::Canceled => more.push(("SipResponseCode", "487".to_owned())),
            _ => more.push(("SipResponseCode", "200".to_owned())),
        }
        self.tell(Progress::Completed, &more);
    }

    /// Sends a status callback if it was requested.
    fn tell(&mut self, progress: Progress, more: &[(&str, String)]) {
        if !self.plan.events.contains(&progress) {
            return;
        }
        let mut fields = self.fields();
        let at = self.office.now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        fields.push(("Timestamp".to_owned(), at));
        fields.push(("CallbackSource".to_owned(), "call-progress-events".to_owned()));
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        if let Some(callbacks) = &mut self.callbacks {
            callbacks.send(fields);
        }
    }

    /// Returns the fields that every webhook of this call has.
    pub(super) fn fields(&self) -> Fields {
        let status =
            self.office.state().book.get(&self.sid).map_or(CallStatus::Queued, super::call_registry::Call::status);
        let country = |number: &str| if number.starts_with("+81") { "JP" } else { "" };
        let mut fields: Fields = [
            ("AccountSid", self.office.account.as_str()),
            ("ApiVersion", super::rest::API_VERSION),
            ("CallSid", &self.sid),
            ("CallStatus", status.code()),
            ("Direction", self.direction.code()),
            ("From", &self.from),
            ("To", &self.to),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        for (name, number) in [("Called", &self.to), ("Caller", &self.from)] {
            fields.push((name.to_owned(), number.clone()));
        }
        for (name, number) in [("Called", &self.to), ("Caller", &self.from), ("From", &self.from), ("To", &self.to)] {
            for (part, value) in [("City", ""), ("Country", country(number)), ("State", ""), ("Zip", "")] {
                fields.push((format!("{name}{part}"), value.to_owned()));
            }
        }
        fields
    }

    /// Advances the call.
    pub(super) fn advance(&mut self, status: CallStatus) -> Result<(), Interrupt> {
        let now = self.office.now();
        match self.office.state().book.advance(&self.sid, status, now) {
            Some(stands) if stands == status => Ok(()),
            Some(_) => Err(Interrupt::Ended),
            None => Err(Interrupt::Forgotten),
        }
    }

    /// Waits for this simulated time, unless the call gets an order.
    pub(super) async fn pass(&mut self, simulated: Duration) -> Result<(), Interrupt> {
        let real = self.office.real(simulated);
        self.pass_really(real).await
    }

    async fn pass_really(&mut self, real: Duration) -> Result<(), Interrupt> {
        tokio::select! {
            biased;
            cut = self.cut() => Err(cut),
            () = tokio::time::sleep(real) => Ok(()),
        }
    }

    /// Waits until the call gets an order.
    pub(super) async fn cut(&mut self) -> Interrupt {
        match self.orders.changed().await {
            Err(_) => Interrupt::Forgotten,
            Ok(()) => match self.orders.borrow_and_update().clone() {
                Some(Order::Redirect(url)) => Interrupt::Redirected(url),
                Some(Order::End) | None => Interrupt::Ended,
            },
        }
    }

    pub(super) fn note(&self, event: Event) {
        self.office.note(&event);
    }
}
