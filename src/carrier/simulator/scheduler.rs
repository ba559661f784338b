//! The network's time: carries out what is due, sends events and takes replies.

use jiff::Timestamp;

use super::leg::{Change, Leg, Next};
use super::rng::after;
use super::{Key, MAX_ENDED, Network, NetworkEvent, NetworkEventKind};
use crate::carrier::CarrierLegId;
use crate::carrier::network::LegProgress;
use crate::domain::HangupCause;
use crate::engine::Reply;
use crate::flow::FlowSet;

impl Network {
    /// The time of the next step or event; `None` if nothing is planned.
    pub fn next_at(&self) -> Option<Timestamp> {
        let happens = self.agenda.first().map(|(at, _)| *at);
        let told = self.news.first_key_value().map(|((at, ..), _)| *at);
        happens.into_iter().chain(told).min()
    }

    /// Returns all events that are due by `now`, in order.
    pub fn advance(&mut self, now: Timestamp) -> Vec<NetworkEvent> {
        self.run_to(now);
        let mut due = Vec::new();
        while let Some(first) = self.news.first_entry().filter(|first| first.key().0 <= now) {
            due.push(first.remove());
        }
        due
    }

    /// Replies to a leg that asked for it. `None` means that our side of the call has ended, and hangs up. The speech
    /// begins now. The reply is discarded if its question was superseded, or if the leg has ended or didn't ask.
    pub fn replied(&mut self, leg: &CarrierLegId, reply: Option<(&FlowSet, &Reply)>, now: Timestamp) {
        self.run_to(now);
        let staff_answer = self.settings.staff_answer;
        let Some((key, leg)) = self.living(leg) else { return };
        let Some(owed) = leg.owed.checked_sub(1) else { return };
        leg.owed = owed;
        if owed > 0 {
            return;
        }
        let (at, next) = match reply {
            Some((flow_set, reply)) => leg.party.hears(flow_set, reply, now, staff_answer),
            None => (now, Next::Ends(HangupCause::NormalClearing)),
        };
        self.plan(key, at, next);
        self.run_to(now);
    }

    /// Carries out what is due by `now`. The events are sent later. The loop ends because a leg that waits for a
    /// reply plans nothing but its end.
    pub(super) fn run_to(&mut self, now: Timestamp) {
        while let Some(&(at, key)) = self.agenda.first().filter(|(at, _)| *at <= now) {
            self.agenda.pop_first();
            let planned = self.legs.get_mut(&key).and_then(|leg| leg.planned.take());
            if let Some((_, next)) = planned {
                self.happens(key, at, next);
            }
        }
    }

    /// Returns a leg that hasn't ended.
    pub(super) fn living(&mut self, id: &CarrierLegId) -> Option<(Key, &mut Leg)> {
        let key = key_of(id)?;
        let leg = self.legs.get_mut(&key)?;
        (!matches!(leg.progress(), LegProgress::Ended(_))).then_some((key, &mut **leg))
    }

    /// Replaces the planned step of a leg.
    pub(super) fn plan(&mut self, key: Key, at: Timestamp, next: Next) {
        let Some(leg) = self.legs.get_mut(&key) else { return };
        if let Some((before, _)) = leg.planned.replace((at, next)) {
            self.agenda.remove(&(before, key));
        }
        self.agenda.insert((at, key));
    }

    fn happens(&mut self, key: Key, at: Timestamp, next: Next) {
        let Some(leg) = self.legs.get_mut(&key) else { return };
        let Change { told, next } = leg.happens(at, next);
        if let Some(what) = told {
            self.tell(key, at, what);
        }
        match next {
            Some((at, next)) => self.plan(key, at, next),
            None => self.forget_the_oldest(key),
        }
    }

    fn tell(&mut self, key: Key, at: Timestamp, what: NetworkEventKind) {
        let Some(leg) = self.legs.get_mut(&key) else { return };
        let arrivals = if what.wants_reply() {
            [Some(std::time::Duration::ZERO), None]
        } else {
            self.settings.network_faults.of_status(&mut leg.network_faults)
        };
        for delay in arrivals.into_iter().flatten() {
            let at = after(at, delay);
            let news = NetworkEvent {
                call: leg.call,
                leg: leg.id.clone(),
                at,
                from: leg.from.clone(),
                to: leg.to.clone(),
                what: what.clone(),
            };
            self.news.insert((at, key, leg.told), news);
            leg.told += 1;
        }
    }

    /// Counts an ended leg, and removes the oldest ones.
    fn forget_the_oldest(&mut self, ended: Key) {
        self.live = self.live.saturating_sub(1);
        self.ended.push_back(ended);
        if self.ended.len() <= MAX_ENDED {
            return;
        }
        let Some(leg) = self.ended.pop_front().and_then(|key| self.legs.remove(&key)) else { return };
        if let Some(tally) = leg.to.as_ref().and_then(|to| self.numbers.get_mut(to)) {
            tally.legs.retain(|key| self.legs.contains_key(key));
        }
    }
}

/// The prefix of a leg's identifier.
const MARK: &str = "SIM";

/// The identifier of a leg.
pub(super) fn id_of(key: Key) -> Option<CarrierLegId> {
    CarrierLegId::parse(&format!("{MARK}{key:032x}")).ok()
}

pub(super) fn key_of(id: &CarrierLegId) -> Option<Key> {
    Key::from_str_radix(id.as_str().strip_prefix(MARK)?, 16).ok()
}
