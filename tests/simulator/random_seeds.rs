//! With any seed, every call ends, in order, and no call depends on another person's.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::simulator::{
    Habit, NetworkEvent, NetworkEventKind, NetworkFaults, Population, PopulationMix, Settings,
};
use kenkocall::domain::Disposition;
use proptest::prelude::*;

use super::driver::{Phones, morning, secs, settings};

/// More replies than any call here has. People who ask for every question again have the longest calls.
const MOST_REPLIES: usize = 120;
/// The longest call, in minutes: half an hour, followed by a conversation with staff of an hour.
const LONGEST: i64 = 90;

fn habits() -> impl Strategy<Value = Habit> {
    proptest::sample::select(Habit::ALL)
}

/// A leg's events with seconds since the call was placed instead of times of day.
fn course(news: &[NetworkEvent], leg: &CarrierLegId, placed: Timestamp) -> Vec<(i128, NetworkEventKind)> {
    let own = news.iter().filter(|news| news.leg == *leg);
    own.map(|news| (news.at.duration_since(placed).as_millis(), news.what.clone())).collect()
}

fn alone(seed: u64, to: u32, placed: Timestamp) -> Vec<(i128, NetworkEventKind)> {
    let mut phones = Phones::new(settings(seed, Population::default()));
    phones.now = placed;
    let leg = phones.call(to);
    phones.run_out();
    course(&phones.news, &leg, placed)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_call_ends_whatever_people_do(seed in any::<u64>(), habit in habits(), to in 0..1_000_000_u32) {
        let mut phones = Phones::new(settings(seed, Population::of(PopulationMix::only(habit))));
        let leg = phones.call(to);
        phones.run_out();
        let told = phones.of(&leg);
        let rank = |what: &NetworkEventKind| match what {
            NetworkEventKind::Ringing => 0,
            NetworkEventKind::Answered(_) => 1,
            NetworkEventKind::Ended(_) => 3,
            _ => 2,
        };
        prop_assert!(told.is_sorted_by_key(rank), "{told:?}");
        phones.cause(&leg);
        let many = |nth| told.iter().filter(|what| rank(what) == nth).count();
        prop_assert!(many(0) <= 1, "{told:?}");
        prop_assert_eq!(many(1), phones.talks.len(), "{:?}", told);
        prop_assert!(phones.talks.get(&leg).is_none_or(|talk| talk.replies <= MOST_REPLIES));
        prop_assert!(phones.now.duration_since(morning()).as_mins() < LONGEST);
        prop_assert_eq!(phones.network.next_at(), None);
    }

    #[test]
    fn nobodys_call_depends_on_anybody_elses(
        seed in any::<u64>(),
        mut starts in proptest::collection::btree_map(0..1_000_000_u32, 0..600_u64, 1..12),
    ) {
        let mut phones = Phones::new(settings(seed, Population::default()));
        let mut by_time: Vec<_> = std::mem::take(&mut starts).into_iter().collect();
        by_time.sort_by_key(|(_, start)| *start);
        let mut legs = BTreeMap::new();
        for (to, start) in by_time {
            phones.until(morning() + secs(start));
            legs.insert(to, (phones.call(to), morning() + secs(start)));
        }
        phones.run_out();
        for (to, (leg, placed)) in legs {
            prop_assert_eq!(course(&phones.news, &leg, placed), alone(seed, to, placed));
        }
    }

    #[test]
    fn the_order_of_requests_in_one_moment_does_not_matter(
        seed in any::<u64>(),
        order in Just((0..10_u32).collect::<Vec<_>>()).prop_shuffle(),
        lost in 0.0..0.5_f64,
        late in 0.0..0.5_f64,
    ) {
        let run = |order: &[u32]| {
            let network_faults = NetworkFaults { statuses_lost: lost, statuses_late: late, ..NetworkFaults::FAIR };
            let mut phones = Phones::new(Settings { network_faults, ..settings(seed, Population::default()) });
            for to in order {
                phones.call(*to);
            }
            phones.run_out();
            phones.news
        };
        let sorted: Vec<_> = (0..10).collect();
        prop_assert_eq!(run(&sorted), run(&order));
    }
}

#[test]
fn the_same_number_meets_something_else_the_next_time() {
    let mut phones = Phones::new(settings(4, Population::default()));
    let mut lengths = std::collections::BTreeSet::new();
    for _ in 0..10 {
        let placed = phones.now;
        let leg = phones.call(1);
        phones.run_out();
        lengths.insert(course(&phones.news, &leg, placed).last().unwrap().0);
    }
    assert!(lengths.len() > 5, "{lengths:?}");
}

#[test]
fn a_day_of_a_town_is_an_ordinary_one() {
    let mut phones = Phones::new(settings(2026, Population::default()));
    let legs: Vec<_> = (0..2_000).map(|to| phones.call(to)).collect();
    phones.run_out();
    let reported = legs.iter().filter(|leg| phones.disposition(leg) == Some(Disposition::Reported)).count();
    assert!((1_150..1_350).contains(&reported), "{reported} of 2,000 reported at the first call");
    let answered = phones.talks.len();
    assert!((1_500..1_680).contains(&answered), "{answered} of 2,000 were answered");
    let red = phones.talks.values().filter(|talk| talk.alerts.contains(&"red_answer")).count();
    assert!((15..80).contains(&red), "{red} red");
}
