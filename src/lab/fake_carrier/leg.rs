//! The life of one call. It is queued, rings, is answered or not, talks, and ends in exactly one status.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::call_registry::{CallPlan, Detection, Direction, NewCall, Order, Progress};
use super::callbacks::{Callbacks, FirstDelivered};
use super::faults::Name;
use super::log::Event;
use super::people::{HangsUpFirst, Listener, Phone};
use super::rng::hex;
use super::state::SharedState;
use super::webhook::{Fields, Signed, Webhook, send};
use crate::carrier::twilio::CallStatus;

/// The maximum wait in the carrier's queue, in simulated seconds.
const QUEUE_SECONDS: f64 = 1.0;
/// The time from leaving the queue to ringing, in simulated seconds: the minimum, and a random part.
const SET_UP_SECONDS: (f64, f64) = (1.0, 3.0);
/// How long it rings until someone answers, in simulated seconds: the minimum, and a random part.
const ANSWER_SECONDS: (f64, f64) = (3.0, 9.0);
/// The duration of machine detection and of a machine's greeting, in simulated seconds.
const DETECTION_SECONDS: f64 = 3.0;
const GREETING_SECONDS: f64 = 8.0;

/// One call in progress.
pub(super) struct Leg {
    pub(super) office: Arc<SharedState>,
    pub(super) sid: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) direction: Direction,
    pub(super) plan: Arc<CallPlan>,
    pub(super) listener: Listener,
    /// The number of questions asked.
    pub(super) turn: u32,
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

/// Accepts a call and runs it in a task of its own. `phone` overrides the behaviour of the number. Returns `None` if
/// the registry is full.
pub(super) fn begin(
    office: &Arc<SharedState>,
    parties: Parties,
    direction: Direction,
    plan: CallPlan,
    phone: Option<Phone>,
) -> Option<Taken> {
    let Parties { from, to } = parties;
    let person = match direction {
        Direction::OutboundApi | Direction::OutboundDial => to.clone(),
        Direction::Inbound => from.clone(),
    };
    let plan = Arc::new(plan);
    let mut state = office.state();
    if state.book.is_full() {
        return None;
    }
    let nth = state.book.count(&person);
    let mut rng = office.dice.of("call", &person, nth);
    let sid = format!("CA{}", hex(&mut rng));
    let phone = phone.unwrap_or_else(|| state.people.at(&person).phone());
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
        Direction::OutboundApi if !state.faults.of(&office.dice, &to, &[Name::StaysQueued]).is_empty() => Duration::MAX,
        Direction::OutboundApi => office.queue_time(&mut state),
        Direction::OutboundDial | Direction::Inbound => Duration::ZERO,
    };
    drop(state);
    let started = plan.status_callback.as_deref().map(|url| Callbacks::start(office, &sid, &person, url));
    let (callbacks, first_delivered) = started.unzip();
    let (listener, unanswered) = match phone {
        Phone::PickedUp(listener) => (listener, None),
        Phone::Busy => (Listener::nobody(), Some(CallStatus::Busy)),
        Phone::Missing => (Listener::nobody(), Some(CallStatus::Failed)),
        Phone::RingsOut => (Listener::nobody(), Some(CallStatus::NoAnswer)),
    };
    let office = Arc::clone(office);
    let leg = Leg {
        office,
        sid: sid.clone(),
        from,
        to,
        direction,
        plan,
        listener,
        turn: 0,
        rng,
        queue_time,
        orders,
        callbacks,
    };
    tokio::spawn(leg.live(unanswered));
    Some(Taken { sid, first_delivered })
}

impl Leg {
    async fn live(mut self, unanswered: Option<CallStatus>) {
        let limit = self.office.real(f64::from(self.plan.time_limit_seconds));
        let lived = match self.direction {
            Direction::OutboundApi => self.ring(unanswered).await,
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
    async fn ring(&mut self, unanswered: Option<CallStatus>) -> Result<Option<CallStatus>, Interrupt> {
        self.pass_really(self.queue_time).await?;
        let waiting = self.rng.f64() * QUEUE_SECONDS;
        self.pass(waiting).await?;
        self.advance(CallStatus::Initiated)?;
        self.tell(Progress::Initiated, &[]);
        let set_up = between(&mut self.rng, SET_UP_SECONDS);
        self.pass(set_up).await?;
        if let Some(CallStatus::Busy | CallStatus::Failed) = unanswered {
            return Ok(unanswered);
        }
        self.advance(CallStatus::Ringing)?;
        let to = self.to.clone();
        self.note(Event::Ringing { call: self.sid.clone(), to, url: self.plan.url.clone() });
        self.tell(Progress::Ringing, &[]);
        let rings_until = f64::from(self.plan.ring_seconds);
        let drawn = between(&mut self.rng, ANSWER_SECONDS);
        let answer = self.listener.answer_seconds.unwrap_or(drawn);
        let is_answered = unanswered.is_none() && answer <= rings_until;
        let rung = self.pass(if is_answered { answer } else { rings_until }).await;
        let rung = rung.and_then(|()| if is_answered { self.advance(CallStatus::InProgress) } else { Ok(()) });
        let answered = is_answered && rung.is_ok();
        self.note(Event::RingingEnded { call: self.sid.clone(), to: self.to.clone(), answered });
        rung?;
        Ok((!is_answered).then_some(CallStatus::NoAnswer))
    }

    /// Detects who answered. Returns the fields for the first webhook.
    pub(super) async fn detect(&mut self) -> Result<Fields, Interrupt> {
        let by = if self.listener.is_machine { "machine" } else { "person" };
        self.note(Event::Answered { call: self.sid.clone(), to: self.to.clone(), by });
        self.tell(Progress::Answered, &[]);
        let detection = self.plan.detection;
        if detection == Detection::Off {
            return Ok(Fields::new());
        }
        let heard = match (self.listener.is_machine, detection) {
            (false, _) => "human",
            (true, Detection::MessageEnd) => "machine_end_beep",
            (true, _) => "machine_start",
        };
        let found = self.listener.answered_by.clone().unwrap_or_else(|| heard.to_owned());
        let waits_for_the_beep = self.listener.is_machine && detection == Detection::MessageEnd;
        let seconds = if waits_for_the_beep { GREETING_SECONDS } else { DETECTION_SECONDS };
        if let Some(url) = self.plan.async_detection_callback.clone() {
            self.detect_beside(url, found, seconds);
            return Ok(Fields::new());
        }
        self.pass(seconds).await?;
        self.office.state().book.detected(&self.sid, &found);
        Ok(vec![("AnsweredBy".to_owned(), found)])
    }

    /// Starts asynchronous detection. The conversation begins immediately, and the result is sent to a URL of its own.
    fn detect_beside(&self, url: String, found: String, seconds: f64) {
        let mut fields = self.fields();
        fields.push(("AnsweredBy".to_owned(), found.clone()));
        fields.push(("MachineDetectionDuration".to_owned(), format!("{:.0}", seconds * 1_000.0)));
        let (office, sid) = (Arc::clone(&self.office), self.sid.clone());
        tokio::spawn(async move {
            tokio::time::sleep(office.real(seconds)).await;
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

    /// Waits for simulated seconds, unless the call gets an order.
    pub(super) async fn pass(&mut self, simulated_seconds: f64) -> Result<(), Interrupt> {
        let real = self.office.real(simulated_seconds);
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

impl Listener {
    fn nobody() -> Self {
        Self {
            answer_seconds: None,
            is_machine: false,
            answered_by: None,
            keys: Vec::new(),
            hang_up_at: None,
            talk_seconds: None,
            hangs_up_first: HangsUpFirst::Staff,
        }
    }
}

fn between(rng: &mut fastrand::Rng, (least, more): (f64, f64)) -> f64 {
    least + rng.f64() * more
}
