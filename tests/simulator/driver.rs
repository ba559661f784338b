//! Our side of the line: events arrive, the flow documents determine the replies, and virtual time advances.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::network::{Dial, DialOutcome};
use kenkocall::carrier::simulator::{
    Behaviour, Habit, Identity, Network, NetworkEvent, NetworkEventKind, Population, PopulationMix, Settings,
};
use kenkocall::domain::{
    Answer, BirthDate, CallId, CallableNumber, Disposition, HangupCause, HersysId, Item, Keys, Language, PhoneNumber,
};
use kenkocall::engine::{AnsweredBy, Effect, EventKind, Fact, NextAction, Reply};
use kenkocall::flow::{FlowName, FlowSet};
use kenkocall::flow_test::{FixturePatient, FixtureStatus, Fixtures, FlowTest, Turn};
use uuid::Uuid;

/// More events than any test has. Beyond it, there is an endless loop.
const MAX_NEWS: usize = 500_000;

pub static LIBRARY: LazyLock<Arc<FlowSet>> = LazyLock::new(|| {
    let (flow_set, findings) = FlowSet::read(super::built_in::files());
    assert!(findings.is_empty(), "{findings:?}");
    Arc::new(flow_set)
});

/// Ten in the morning of a working day in Tokyo.
pub fn morning() -> Timestamp {
    "2026-11-24T10:00:00+09:00".parse().unwrap()
}

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn number(nth: u32) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+81901{nth:07}")).unwrap()
}

pub fn ours() -> PhoneNumber {
    PhoneNumber::from_e164("+815000000000").unwrap()
}

pub fn keys(text: &str) -> Keys {
    Keys::parse(text).unwrap()
}

pub fn identity(hersys_id: &str, born: &str) -> Identity {
    let birth_date = BirthDate::parse_keys(born, date(2026, 11, 24)).unwrap();
    Identity { hersys_id: HersysId::parse(hersys_id).unwrap(), birth_date }
}

/// A call to a number, which rings for at most half a minute. We use the same id for the same number.
pub fn dial(to: u32) -> Dial {
    Dial {
        call: CallId(Uuid::from_u128(u128::from(to))),
        to: CallableNumber::new(number(to)).unwrap(),
        from: ours(),
        ring_seconds: 30,
        longest_seconds: 3_600,
    }
}

pub fn settings(seed: u64, people: Population) -> Settings {
    Settings { seed, people, ..Settings::default() }
}

/// A person at `number(1)`, on a network without anyone else.
pub fn with(manner: impl Into<Behaviour>) -> Phones {
    let mut people = Population::of(PopulationMix::only(Habit::NoAnswer));
    people.put(number(1), vec![manner.into()]);
    Phones::new(settings(1, people))
}

/// One conversation, from our side.
pub struct Talk {
    rehearsal: FlowTest,
    /// The time of the last event.
    at: Timestamp,
    over: bool,
    pub replies: usize,
    pub disposition: Option<Disposition>,
    pub answers: BTreeMap<Item, String>,
    pub alerts: Vec<&'static str>,
    /// The last prompt of each reply.
    pub heard: Vec<String>,
}

/// All conversations on one network.
pub struct Phones {
    pub network: Network,
    pub now: Timestamp,
    pub talks: BTreeMap<CarrierLegId, Talk>,
    pub news: Vec<NetworkEvent>,
    /// The patients who may call us.
    pub patients: Vec<Identity>,
}

impl Phones {
    pub fn new(settings: Settings) -> Self {
        let network = Network::new(settings);
        Self { network, now: morning(), talks: BTreeMap::new(), news: Vec::new(), patients: Vec::new() }
    }

    /// Dials, and returns the leg.
    pub fn call(&mut self, to: u32) -> CarrierLegId {
        match self.network.dial(&dial(to), self.now) {
            DialOutcome::Accepted(leg) => leg,
            other => panic!("{other:?}"),
        }
    }

    /// Processes everything that is due by then.
    pub fn until(&mut self, end: Timestamp) {
        while let Some(at) = self.network.next_at().filter(|at| *at <= end) {
            assert!(at >= self.now, "{at} lies before {}", self.now);
            self.now = at;
            let news = self.network.advance(at);
            assert!(self.news.len() < MAX_NEWS);
            for news in news {
                assert_eq!(news.at, at);
                self.news.push(news.clone());
                self.take(&news);
            }
        }
        self.now = end.max(self.now);
    }

    pub fn for_seconds(&mut self, seconds: u64) {
        self.until(self.now + secs(seconds));
    }

    /// Continues until nothing is planned.
    pub fn run_out(&mut self) {
        while let Some(at) = self.network.next_at() {
            self.until(at);
        }
        assert_eq!(self.network.live(), 0);
    }

    fn take(&mut self, news: &NetworkEvent) {
        let turn = match &news.what {
            NetworkEventKind::Ringing => return,
            NetworkEventKind::Answered(by) => self.begin(news, "automated_call", *by),
            NetworkEventKind::RangIn(line) => self.begin(news, line.code(), AnsweredBy::Person),
            NetworkEventKind::Keyed(keyed) => self.goes_on(news, EventKind::Keyed(keyed.clone())),
            NetworkEventKind::StaffAnswered => return,
            NetworkEventKind::TransferEnded(outcome) => self.goes_on(news, EventKind::TransferEnded(*outcome)),
            NetworkEventKind::Redirected => {
                let goodbye = Reply { say: Vec::new(), while_waiting: None, then: NextAction::HangUp };
                return self.network.replied(&news.leg, Some((&LIBRARY, &goodbye)), news.at);
            }
            NetworkEventKind::Ended(cause) => {
                drop(self.goes_on(news, EventKind::HungUp(*cause)));
                return;
            }
        };
        let reply = turn.iter().flat_map(|turn| &turn.effects).rev().find_map(|effect| match effect {
            Effect::Reply(reply) => Some(reply),
            _ => None,
        });
        self.network.replied(&news.leg, reply.map(|reply| (&**LIBRARY, reply)), news.at);
    }

    fn begin(&mut self, news: &NetworkEvent, flow: &str, by: AnsweredBy) -> Option<Turn> {
        let mut cast = Fixtures::of_a_synthetic_centre().unwrap();
        cast.caller = news.to.clone().or(news.from.clone());
        let people = if news.call.is_some() { vec![identity("1234567", "19800401")] } else { self.patients.clone() };
        let patients = people
            .into_iter()
            .map(|person| FixturePatient::new(person.hersys_id, person.birth_date, FixtureStatus::UnderObservation));
        cast.patients.extend(patients);
        let mut rehearsal = FlowTest::new(LIBRARY.clone(), FlowName::from(flow), Language::Japanese, cast, news.at);
        let turn = rehearsal.call(by).unwrap();
        let talk = Talk {
            rehearsal,
            at: news.at,
            over: false,
            replies: 0,
            disposition: None,
            answers: BTreeMap::new(),
            alerts: Vec::new(),
            heard: Vec::new(),
        };
        assert!(self.talks.insert(news.leg.clone(), talk).is_none(), "answered twice");
        self.keep(&news.leg, turn)
    }

    fn goes_on(&mut self, news: &NetworkEvent, happening: EventKind) -> Option<Turn> {
        let talk = self.talks.get_mut(&news.leg).filter(|talk| !talk.over)?;
        let turn = talk.rehearsal.happens_after(news.at.duration_since(talk.at), happening).unwrap();
        talk.at = news.at;
        self.keep(&news.leg, turn)
    }

    fn keep(&mut self, leg: &CarrierLegId, turn: Turn) -> Option<Turn> {
        let talk = self.talks.get_mut(leg)?;
        talk.over = turn.over;
        for effect in &turn.effects {
            match effect {
                Effect::Reply(reply) => {
                    talk.replies += 1;
                    talk.heard.extend(reply.say.last().map(|said| said.prompt.to_string()));
                }
                Effect::Fact(Fact::Answered { item, answer, .. }) => {
                    talk.answers.insert(*item, Answer::entry(*answer));
                }
                Effect::Fact(Fact::Alert { kind, .. }) => talk.alerts.push(kind.code()),
                Effect::Fact(Fact::CallEnded(disposition)) => talk.disposition = Some(*disposition),
                _ => {}
            }
        }
        Some(turn)
    }

    /// The events of a leg, in order.
    pub fn of(&self, leg: &CarrierLegId) -> Vec<NetworkEventKind> {
        self.news.iter().filter(|news| news.leg == *leg).map(|news| news.what.clone()).collect()
    }

    /// The hang-up cause of a leg, which is reported exactly once.
    pub fn cause(&self, leg: &CarrierLegId) -> HangupCause {
        let ends = self.of(leg).into_iter().filter_map(|what| match what {
            NetworkEventKind::Ended(cause) => Some(cause),
            _ => None,
        });
        let causes: Vec<_> = ends.collect();
        assert_eq!(causes.len(), 1, "{causes:?}");
        causes[0]
    }

    pub fn disposition(&self, leg: &CarrierLegId) -> Option<Disposition> {
        self.talks.get(leg).and_then(|talk| talk.disposition)
    }

    /// The time of each event of a leg, in seconds and tenths since `since`.
    pub fn times(&self, leg: &CarrierLegId, since: Timestamp) -> Vec<f64> {
        let own = self.news.iter().filter(|news| news.leg == *leg);
        own.map(|news| (news.at.duration_since(since).as_millis() as f64 / 100.0).round() / 10.0).collect()
    }
}
