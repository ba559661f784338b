//! The pace holds over any window, and calls are distributed fairly.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[test]
fn the_window_holds_a_whole_number_of_calls() {
    for (pace, calls, milliseconds) in
        [(1.0, 1, 1000), (20.0, 20, 1000), (0.1, 1, 10_000), (1.5, 2, 1333), (2.5, 3, 1200), (1000.0, 1000, 1000)]
    {
        assert_eq!((most_in_window(pace), window(pace).as_millis()), (calls, milliseconds), "{pace}");
    }
    let day = Duration::from_secs(86_400);
    for nothing in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(most_in_window(nothing), 0, "{nothing}");
        assert!((Duration::from_secs(1)..=day).contains(&window(nothing)), "{nothing}");
        assert_eq!(allowance(nothing, 0, 0, 100, day), 0, "{nothing}");
    }
    assert_eq!(window(1e-12), day);
    assert_eq!((most_in_window(f64::INFINITY), window(f64::INFINITY)), (u32::MAX, Duration::from_secs(1)));
}

#[test]
fn a_tick_gets_its_part_of_the_pace_and_no_more_than_there_are_lines() {
    let tick = Duration::from_millis(100);
    assert_eq!(allowance(100.0, 0, 0, 500, tick), 10);
    assert_eq!(allowance(100.0, 95, 0, 500, tick), 5);
    assert_eq!(allowance(100.0, 100, 0, 500, tick), 0);
    assert_eq!(allowance(100.0, 0, 497, 500, tick), 3);
    assert_eq!(allowance(100.0, 0, 501, 500, tick), 0);
    assert_eq!(allowance(1.0, 0, 0, 20, tick), 1, "a part of a call is a call");
    assert_eq!(allowance(1.0, 1, 0, 20, tick), 0);
    assert_eq!(allowance(1.0, 0, 0, 20, Duration::ZERO), 0);
}

fn centre(code: &str, due: u32, oldest_due: i64, open: u32) -> CentreDemand {
    CentreDemand {
        code: CentreCode::parse(code).expect("a code"),
        due,
        oldest_due: Timestamp::from_second(oldest_due).expect("in range"),
        open,
        caps: CentreCaps::default(),
    }
}

fn shared(budget: u32, centres: &[CentreDemand]) -> String {
    let shares: Vec<String> = shares(budget, centres).iter().map(|(code, got)| format!("{code}:{got}")).collect();
    shares.join(" ")
}

#[test]
fn a_small_centre_does_not_wait_for_a_large_one() {
    let (large, small) = (centre("large", 10_000, 0, 0), centre("small", 3, 60, 0));
    assert_eq!(shared(10, &[large.clone(), small.clone()]), "large:7 small:3");
    assert_eq!(shared(1, &[large.clone(), small.clone()]), "large:1", "of equals the one that has waited longer");
    let busy = CentreDemand { open: 5, ..large.clone() };
    assert_eq!(shared(2, &[busy.clone(), small.clone()]), "small:2", "what is under way counts");
    let caps = CentreCaps { concurrent: Some(7), this_tick: None };
    assert_eq!(shared(10, &[CentreDemand { caps, ..busy.clone() }, small.clone()]), "large:2 small:3");
    let caps = CentreCaps { concurrent: Some(4), this_tick: Some(9) };
    assert_eq!(shared(10, &[CentreDemand { caps, ..busy }, small.clone()]), "small:3", "more than its lines already");
    let caps = CentreCaps { concurrent: None, this_tick: Some(1) };
    assert_eq!(shared(10, &[CentreDemand { caps, ..large }, small]), "large:1 small:3");
    assert_eq!(shared(10, &[]), "");
}

fn demands() -> impl Strategy<Value = Vec<CentreDemand>> {
    let cap = || prop::option::of(0_u32..12);
    prop::collection::vec((0_u32..15, 0_i64..5, 0_u32..8, cap(), cap()), 0..9).prop_map(|drawn| {
        let drawn = drawn.into_iter().enumerate();
        let centres = drawn.map(|(nth, (due, oldest_due, open, concurrent, this_tick))| CentreDemand {
            caps: CentreCaps { concurrent, this_tick },
            ..centre(&format!("c{nth}"), due, oldest_due, open)
        });
        centres.collect()
    })
}

proptest! {
    #[test]
    fn shares_keep_every_limit_waste_nothing_and_level(centres in demands(), budget in 0_u32..60) {
        let got: BTreeMap<CentreCode, u32> = shares(budget, &centres).into_iter().collect();
        let of = |centre: &CentreDemand| got.get(&centre.code).copied().unwrap_or(0);
        let (total, room): (u32, u32) = (got.values().sum(), centres.iter().map(CentreDemand::room).sum());
        prop_assert_eq!(total, budget.min(room), "no more than there is, and no place left empty that one could use");
        for one in &centres {
            prop_assert!(of(one) <= one.due);
            prop_assert!(one.caps.this_tick.is_none_or(|most| of(one) <= most));
            prop_assert!(one.caps.concurrent.is_none_or(|most| of(one) == 0 || one.open + of(one) <= most));
            // Max-min fairness: no centre is raised above one that could have used the call.
            for other in centres.iter().filter(|other| of(other) < other.room()) {
                prop_assert!(of(one) == 0 || one.open + of(one) <= other.open + of(other) + 1);
            }
        }
    }

    #[test]
    fn shares_do_not_depend_on_the_order(
        (centres, shuffled) in demands().prop_flat_map(|centres| (Just(centres.clone()), Just(centres).prop_shuffle())),
        budget in 0_u32..60,
    ) {
        prop_assert_eq!(shares(budget, &centres), shares(budget, &shuffled));
    }

    #[test]
    fn the_pace_is_kept_over_any_window_and_used(pace in 0.05_f64..300.0, tick_ms in 10_u64..1000, late in 0_u64..3) {
        let (tick, window) = (Duration::from_millis(tick_ms), window(pace));
        let mut placed: Vec<Duration> = Vec::new();
        let (mut now, mut ticks) = (Duration::ZERO, 0_u64);
        while ticks < 300 {
            let recent = placed.iter().rev().take_while(|at| **at + window > now).count();
            let allowed = allowance(pace, u32::try_from(recent)?, 0, u32::MAX, tick);
            prop_assert!(f64::from(allowed) < pace * tick.as_secs_f64() + 1.0);
            placed.extend(std::iter::repeat_n(now, usize::try_from(allowed)?));
            // Sometimes a tick is late.
            now += tick * u32::try_from(1 + if ticks % 7 == 0 { late } else { 0 })?;
            ticks += 1;
        }
        let most = usize::try_from(most_in_window(pace))?;
        for (first, over) in placed.iter().zip(placed.iter().skip(most)) {
            prop_assert!(*over >= *first + window, "{most} calls at {first:?}, and one more at {over:?}");
        }
        if late == 0 {
            // The only loss is waiting for the next tick.
            let least = pace * now.as_secs_f64() * window.as_secs_f64() / (window + tick * 2).as_secs_f64();
            prop_assert!(placed.len() as f64 >= least - f64::from(most_in_window(pace)), "{} of {least}", placed.len());
        }
    }
}
