//! The requests to the network. They are the same as for any carrier, and are answered immediately.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use super::callee::Callee;
use super::leg::{Leg, Next};
use super::network_faults::{CommandFate, DialFate, LookupFate};
use super::people::{Caller, Habit, Pace, Pickup, Script};
use super::rng::{Purpose, after, comes_true, generator};
use super::scheduler::{id_of, key_of};
use super::{Key, MAX_ASKED, MAX_MESSAGES, Network};
use crate::carrier::CarrierLegId;
use crate::carrier::network::{
    CarrierCall, CommandResult, Dial, DialOutcome, LegProgress, LookupResult, NotProcessed, Recent, Refusal,
    SmsOutcome, SmsRefusal, Uncertainty,
};
use crate::domain::{CallId, HangupCause, Line, NumberKind, PhoneNumber, Sensitive};

/// The wait that a full network asks for.
const WHEN_FULL: Duration = Duration::from_secs(1);
/// The longest time that a caller's phone rings, for drawing scripts of habits.
const ORDINARY_RING: Duration = Duration::from_secs(30);

/// A call of the network, for inspection by tests. Real carriers don't offer this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Our own id of the call, if we placed it.
    pub call: Option<CallId>,
    /// The leg as in the network's list.
    pub listed: CarrierCall,
    /// The progress over time, each with its start.
    pub history: Vec<(Timestamp, LegProgress)>,
    /// The last conversation with staff: its start, and its planned end.
    pub talk: Option<(Timestamp, Timestamp)>,
    /// The person's habit, unless a script said exactly what the person does.
    pub habit: Option<Habit>,
    /// Whether the person decided to hang up.
    pub gave_up: bool,
}

/// A request to dial as received, whatever its outcome, for inspection by tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Our own id of the call.
    pub call: CallId,
    /// The number to ring.
    pub to: PhoneNumber,
    /// When the request was received.
    pub at: Timestamp,
}

/// An SMS that the network has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The number shown.
    pub from: PhoneNumber,
    /// The recipient.
    pub to: PhoneNumber,
    /// The text.
    pub text: Sensitive,
    /// When it was sent.
    pub at: Timestamp,
}

impl Network {
    /// Places a call. Placing the same [`Dial`] twice rings twice, as on a real network.
    pub fn dial(&mut self, dial: &Dial, now: Timestamp) -> DialOutcome {
        self.run_to(now);
        let seed = self.settings.seed;
        let to = dial.to.number();
        if self.asked.len() >= MAX_ASKED {
            self.asked.pop_front();
        }
        self.asked.push_back(Asked { call: dial.call, to: to.clone(), at: now });
        let tally = self.numbers.entry(to.clone()).or_default();
        let fate =
            self.settings.network_faults.of_dial(&mut generator(seed, Purpose::Dialling, to.expose(), tally.requests));
        tally.requests += 1;
        match fate {
            DialFate::NotProcessed(why) => return DialOutcome::NotProcessed(why),
            DialFate::UnheardNotPlaced(doubt) => return DialOutcome::Unknown(doubt),
            DialFate::Answered | DialFate::UnheardPlaced(_) => {}
        }
        if self.live >= self.settings.capacity {
            return DialOutcome::NotProcessed(NotProcessed::TooMany(Some(WHEN_FULL)));
        }
        let nth = tally.placed;
        let mut rng = generator(seed, Purpose::Call, to.expose(), nth);
        let ring = Duration::from_secs(dial.ring_seconds.into());
        let (script, habit) = self.settings.people.script(seed, to, nth, &mut rng, ring);
        let pickup = script.pickup;
        if pickup == Pickup::Refused {
            return DialOutcome::Refused(Refusal::Number);
        }
        tally.placed += 1;
        let rings_at = after(now, self.settings.set_up.pick(&mut rng));
        let first = if let Pickup::Fails(cause) = pickup { Next::Ends(cause) } else { Next::Rings };
        let party = Callee::called(script, habit, to, seed, rng);
        let ends = Ends { call: Some(dial.call), from: Some(dial.from.clone()), to: Some(to.clone()), ring };
        let Some((key, id)) = self.connect(&format!("to {}", to.expose()), nth, ends, party, now) else {
            return DialOutcome::NotProcessed(NotProcessed::NoConnection);
        };
        self.numbers.entry(to.clone()).or_default().legs.push_back(key);
        self.plan(key, rings_at, first);
        match fate {
            DialFate::UnheardPlaced(doubt) => DialOutcome::Unknown(doubt),
            _ => DialOutcome::Accepted(id),
        }
    }

    /// Calls one of our lines. Returns `None` if the network is full.
    pub fn ring_in(
        &mut self,
        from: Option<PhoneNumber>,
        line: Line,
        caller: Caller,
        now: Timestamp,
    ) -> Option<CarrierLegId> {
        self.run_to(now);
        if self.live >= self.settings.capacity {
            return None;
        }
        let seed = self.settings.seed;
        let id = caller.people.first().map_or("", |person| person.hersys_id.expose());
        let name = format!("from {} {id}", from.as_ref().map_or("", PhoneNumber::expose));
        let times = self.callers.entry(Sensitive::new(&*name)).or_default();
        let nth = *times;
        *times += 1;
        let script = caller.script.unwrap_or_else(|| Script::answers(Duration::ZERO).tempo(Pace::ORDINARY));
        let rng = generator(seed, Purpose::Call, &name, nth);
        let party = Callee::calling(script, caller.people, caller.language, seed, rng);
        let ends = Ends { call: None, from, to: None, ring: ORDINARY_RING };
        let (key, id) = self.connect(&name, nth, ends, party, now)?;
        self.plan(key, now, Next::Calls(line));
        Some(id)
    }

    /// Cancels a call that hasn't been answered. For an answered call this returns `Unavailable`, and `Gone` once the
    /// call has ended.
    pub fn cancel(&mut self, leg: &CarrierLegId, now: Timestamp) -> CommandResult {
        self.order(leg, now, Next::Ends(HangupCause::NormalClearing), |progress| progress != LegProgress::Answered)
    }

    /// Ends a call, answered or not.
    pub fn hang_up(&mut self, leg: &CarrierLegId, now: Timestamp) -> CommandResult {
        self.order(leg, now, Next::Ends(HangupCause::NormalClearing), |_| true)
    }

    /// Makes the network ask for a reply, whatever it is waiting for: [`super::NetworkEventKind::Redirected`].
    /// Returns `Unavailable` for a call that hasn't been answered.
    pub fn redirect(&mut self, leg: &CarrierLegId, now: Timestamp) -> CommandResult {
        self.order(leg, now, Next::IsRedirected, |progress| progress == LegProgress::Answered)
    }

    fn order(
        &mut self,
        leg: &CarrierLegId,
        now: Timestamp,
        next: Next,
        fits: fn(LegProgress) -> bool,
    ) -> CommandResult {
        self.run_to(now);
        let network_faults = self.settings.network_faults.clone();
        let Some((key, leg)) = self.living(leg) else { return CommandResult::Gone };
        let fate = network_faults.of_order(&mut leg.network_faults);
        if fate == CommandFate::UnheardIgnored || !fits(leg.progress()) {
            return CommandResult::Unavailable;
        }
        self.plan(key, now, next);
        self.run_to(now);
        if fate == CommandFate::Answered { CommandResult::Done } else { CommandResult::Unavailable }
    }

    /// Returns the progress of a leg.
    pub fn look_up(&mut self, leg: &CarrierLegId, now: Timestamp) -> LookupResult<LegProgress> {
        self.run_to(now);
        let network_faults = &self.settings.network_faults;
        let Some(leg) = key_of(leg).and_then(|key| self.legs.get_mut(&key)) else { return LookupResult::Nothing };
        match network_faults.of_look(&mut leg.network_faults) {
            LookupFate::Unavailable(doubt) => LookupResult::Unavailable(doubt),
            LookupFate::Answered => LookupResult::Found(leg.progress()),
            LookupFate::Stale => {
                let then = before(now, network_faults.stale_by);
                if leg.created_at > then { LookupResult::Nothing } else { LookupResult::Found(leg.progress_at(then)) }
            }
        }
    }

    /// Returns whether staff answered a leg's last transfer. Only an unreachable network returns no answer.
    pub fn staff_answered(&mut self, leg: &CarrierLegId, now: Timestamp) -> LookupResult<bool> {
        self.run_to(now);
        let network_faults = &self.settings.network_faults;
        let Some(leg) = key_of(leg).and_then(|key| self.legs.get_mut(&key)) else { return LookupResult::Nothing };
        match network_faults.of_look(&mut leg.network_faults) {
            LookupFate::Unavailable(doubt) => LookupResult::Unavailable(doubt),
            LookupFate::Answered => LookupResult::Found(leg.talk.is_some()),
            LookupFate::Stale => {
                let then = before(now, network_faults.stale_by);
                LookupResult::Found(leg.talk.is_some_and(|(begun, _)| begun <= then))
            }
        }
    }

    /// Returns the time of the network's clock. Each of its answers carries this time.
    pub fn time(&mut self, now: Timestamp) -> LookupResult<Timestamp> {
        self.times_asked += 1;
        let rng = &mut generator(self.settings.seed, Purpose::Time, "", self.times_asked);
        let unreachable = comes_true(rng, self.settings.network_faults.dial_no_connection);
        if unreachable { LookupResult::Unavailable(Uncertainty::NoAnswer) } else { LookupResult::Found(now) }
    }

    /// Returns the calls to a number that were placed at `since` or later, newest first. The list is empty if there
    /// are none.
    pub fn list(&mut self, to: &PhoneNumber, since: Timestamp, now: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        self.run_to(now);
        let network_faults = &self.settings.network_faults;
        let tally = self.numbers.entry(to.clone()).or_default();
        let rng = &mut generator(self.settings.seed, Purpose::Listing, to.expose(), tally.looks);
        tally.looks += 1;
        let as_of = match network_faults.of_look(rng) {
            LookupFate::Unavailable(doubt) => return LookupResult::Unavailable(doubt),
            LookupFate::Answered => now,
            LookupFate::Stale => before(now, network_faults.stale_by.max(network_faults.list_stale_by)),
        };
        let legs = tally.legs.iter().rev().filter_map(|key| self.legs.get(key));
        let shown = legs.filter(|leg| (since..=as_of).contains(&leg.created_at));
        LookupResult::Found(shown.map(|leg| leg.listed(as_of)).collect())
    }

    /// Returns the calls to any number that were placed at `since` or later, as one list. The list may be stale as a
    /// whole.
    pub fn list_newest(&mut self, since: Timestamp, now: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        self.run_to(now);
        let network_faults = &self.settings.network_faults;
        self.recent_looks += 1;
        let rng = &mut generator(self.settings.seed, Purpose::Listing, "", self.recent_looks);
        let as_of = match network_faults.of_look(rng) {
            LookupFate::Unavailable(doubt) => return LookupResult::Unavailable(doubt),
            LookupFate::Answered => now,
            LookupFate::Stale => before(now, network_faults.stale_by.max(network_faults.list_stale_by)),
        };
        let shown = self.legs.values().filter(|leg| (since..=as_of).contains(&leg.created_at));
        LookupResult::Found(shown.map(|leg| leg.listed(as_of)).collect())
    }

    /// Returns all calls to any number that were placed at `since` or later. This list is never stale, because the
    /// requester waits long enough.
    pub fn list_all(&mut self, since: Timestamp, now: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        self.run_to(now);
        let legs = self.legs.values().filter(|leg| leg.created_at >= since);
        LookupResult::Found(legs.map(|leg| leg.listed(now)).collect())
    }

    /// Returns the newest calls, placed at `since` or later. This request fails to connect as often as a request to
    /// dial.
    pub fn list_recent(&mut self, since: Timestamp, now: Timestamp) -> LookupResult<Recent> {
        self.recent_asked += 1;
        let rng = &mut generator(self.settings.seed, Purpose::Recent, "", self.recent_asked);
        if comes_true(rng, self.settings.network_faults.dial_no_connection) {
            return LookupResult::Unavailable(Uncertainty::NoAnswer);
        }
        match self.list_all(since, now) {
            LookupResult::Found(calls) => LookupResult::Found(Recent { calls, complete_since: since }),
            LookupResult::Nothing => LookupResult::Nothing,
            LookupResult::Unavailable(doubt) => LookupResult::Unavailable(doubt),
        }
    }

    /// Sends an SMS. Only mobile phones receive SMS.
    pub fn send_sms(&mut self, from: &PhoneNumber, to: &PhoneNumber, text: &str, now: Timestamp) -> SmsOutcome {
        self.run_to(now);
        if to.kind() != NumberKind::Mobile {
            return SmsOutcome::Refused(SmsRefusal::Number);
        }
        let tally = self.numbers.entry(to.clone()).or_default();
        let rng = &mut generator(self.settings.seed, Purpose::Message, to.expose(), tally.messages);
        tally.messages += 1;
        let fate = self.settings.network_faults.of_message(rng);
        if fate != CommandFate::UnheardIgnored {
            if self.messages.len() >= MAX_MESSAGES {
                self.messages.pop_front();
            }
            self.messages.push_back(Message {
                from: from.clone(),
                to: to.clone(),
                text: Sensitive::new(text),
                at: now,
            });
        }
        if fate == CommandFate::Answered { SmsOutcome::Accepted } else { SmsOutcome::Unknown }
    }

    /// The SMS that were sent, oldest first.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }

    /// All calls that the network remembers, oldest first. Tests use them to check that nobody was rung twice.
    pub fn placed(&self) -> Vec<Placed> {
        let mut placed: Vec<_> = self.legs.iter().collect();
        placed.sort_by_key(|(key, leg)| (leg.created_at, **key));
        let latest = Timestamp::MAX;
        let one = |leg: &Leg| Placed {
            call: leg.call,
            listed: leg.listed(latest),
            history: leg.history.clone(),
            talk: leg.talk,
            habit: leg.party.habit(),
            gave_up: leg.party.gave_up(),
        };
        placed.into_iter().map(|(_, leg)| one(leg)).collect()
    }

    /// The requests to dial, oldest first: the last [`MAX_ASKED`].
    pub fn asked(&self) -> &VecDeque<Asked> {
        &self.asked
    }

    /// Adds a leg. Returns `None` only if its identifier is invalid, which never happens.
    fn connect(
        &mut self,
        name: &str,
        nth: u32,
        ends: Ends,
        party: Callee,
        now: Timestamp,
    ) -> Option<(Key, CarrierLegId)> {
        let mut rng = generator(self.settings.seed, Purpose::LegId, name, nth);
        let key = (Key::from(rng.u64(..)) << 64) | Key::from(rng.u64(..));
        let id = id_of(key)?;
        let leg = Leg {
            id: id.clone(),
            call: ends.call,
            from: ends.from,
            to: ends.to,
            created_at: now,
            ring: ends.ring,
            party,
            network_faults: generator(self.settings.seed, Purpose::Leg, name, nth),
            planned: None,
            owed: 0,
            told: 0,
            history: Vec::with_capacity(3),
            talk: None,
        };
        self.legs.insert(key, Box::new(leg));
        self.live += 1;
        Some((key, id))
    }
}

/// The two ends of a leg, and the longest ringing time.
struct Ends {
    call: Option<CallId>,
    from: Option<PhoneNumber>,
    to: Option<PhoneNumber>,
    ring: Duration,
}

fn before(now: Timestamp, duration: Duration) -> Timestamp {
    now.checked_sub(duration).unwrap_or(Timestamp::MIN)
}
