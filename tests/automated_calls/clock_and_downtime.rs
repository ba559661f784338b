//! Downtime, midnight, daylight saving time, clock steps: no patient is called late, early or twice (A7).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after};
use crate::on_both_databases;
use kenkocall::carrier::simulator;
use kenkocall::domain::{AlertId, AlertKind};
use kenkocall::patient_import::Column;
use kenkocall::service::{CentreChange, Clock, SimulatedCarrier, run_simulated_gateway};
use kenkocall::store::alerts::{self, AlertRow};

on_both_databases!(
    fault_18_down_through_the_whole_window_is_missed_and_shown,
    catch_up_inside_the_window_after_downtime,
    of_two_slots_that_went_by_the_present_one_is_called,
    days_of_downtime_leave_no_call_behind,
    fault_17_a_clock_that_steps_back_repeats_no_slot,
    fault_17_a_clock_that_steps_back_calls_nobody_before_their_time,
    fault_17_a_clock_that_steps_forward_calls_nobody_early,
    fault_17_staff_are_told_once_however_many_alerts_are_open,
    fault_17_a_clock_that_is_wrong_from_the_start_is_found_out,
    fault_17_a_clock_that_was_put_right_is_gone_by,
    around_midnight,
    daylight_saving_both_ways,
    the_simulated_network_sleeps_while_nothing_happens,
);

async fn the_simulated_network_sleeps_while_nothing_happens(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    let reads = Arc::new(AtomicU32::new(0));
    let (counted, now) = (Arc::clone(&reads), day.simulation.clock.now());
    let clock = Clock::reading(move || {
        assert!(counted.fetch_add(1, Ordering::Relaxed) < 1_000, "it looks again and again and never sleeps");
        now
    });
    let lines = SimulatedCarrier::new(simulator::Network::new(simulator::Settings::default()), clock);
    tokio::select! {
        () = run_simulated_gateway(day.simulation.conversations.clone(), lines) => {}
        () = tokio::time::sleep(Duration::from_millis(700)) => {}
    }
    assert!((1..20).contains(&reads.load(Ordering::Relaxed)), "{reads:?}");
}

async fn fault_18_down_through_the_whole_window_is_missed_and_shown(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    day.down_until("2026-11-24T21:00:00+09:00");
    day.until("21:10").await;
    assert!(day.rang().is_empty(), "no late call");
    assert_eq!(day.slots().await, ["09:00 missed window_passed 0"]);
    assert_eq!(day.alerts().await, ["missed"]);
}

async fn catch_up_inside_the_window_after_downtime(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    day.down_until("2026-11-24T11:00:00+09:00");
    day.until("11:10").await;
    assert_eq!(day.rang(), ["11:00:00 01"]);
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
}

async fn of_two_slots_that_went_by_the_present_one_is_called(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00;12:00;15:00"], ..Plan::default() }).await;
    day.down_until("2026-11-24T13:00:00+09:00");
    day.until("16:00").await;
    assert_eq!(day.rang(), ["13:00:00 01"]);
    assert_eq!(day.slots().await, ["09:00 missed window_passed 0", "12:00 reported 1", "15:00 cancelled reported 0"]);
}

async fn days_of_downtime_leave_no_call_behind(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00;18:00"], ..Plan::default() }).await;
    day.down_until("2026-11-27T09:30:00+09:00");
    day.until("10:00").await;
    assert_eq!(day.rang().len(), 1, "{:?}", day.rang());
    assert_eq!(day.kept.count("slots WHERE state = 'missed'").await, 6);
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 1);
}

async fn fault_17_a_clock_that_steps_back_repeats_no_slot(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00"; 5], ..Plan::default() }).await;
    day.until("09:20").await;
    assert_eq!(day.rang().len(), 5);
    day.down_until("2026-11-24T08:20:00+09:00");
    day.until("12:00").await;
    assert_eq!(day.rang().len(), 5, "{:?}", day.rang());
    assert_eq!(day.kept.count("slots").await, 5);
}

async fn fault_17_a_clock_that_steps_back_calls_nobody_before_their_time(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![answers_after(25)])], ..Plan::default() }).await;
    day.until("09:00:10").await;
    day.down_until("2026-11-24T08:20:00+09:00");
    day.set(0, &[(Column::PhoneNumber, "090-1000-0009")]).await;
    day.until("08:59").await;
    assert_eq!(day.attempts().await, ["01 withdrawn"], "the new number isn't called for 09:00 yet");
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 withdrawn", "09 reported"]);
}

async fn fault_17_a_clock_that_steps_forward_calls_nobody_early(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "09:30"], ..Plan::default() }).await;
    day.until("08:30").await;
    day.clock_is_ahead(3_600);
    day.until("09:10").await;
    assert!(day.rang().is_empty(), "{:?}", day.rang());
    assert_eq!(day.kept.count("slots").await, 0, "by this clock nothing is opened either");
    assert_eq!(day.alerts().await, ["dialling"]);
    day.clock_is_ahead(0);
    day.until("10:00").await;
    assert_eq!(day.rang(), ["09:10:00 01", "09:30:00 02"]);
    assert_eq!(day.alerts().await, ["dialling"], "told once");
}

async fn fault_17_staff_are_told_once_however_many_alerts_are_open(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    let alert = |nth: u128| {
        AlertRow::of_all(AlertId(uuid::Uuid::from_u128(nth)), AlertKind::Guessing, day.client.context.clock.now())
    };
    let mut tx = fresh.database.begin_write().await.unwrap();
    alerts::raise(&mut tx, &(0..1_500).map(alert).collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    day.clock_is_ahead(3_600);
    day.until("08:30").await;
    assert_eq!(day.kept.count("alerts WHERE kind = 'dialling'").await, 1);
}

async fn fault_17_a_clock_that_is_wrong_from_the_start_is_found_out(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    day.clock_is_ahead(3_600);
    day.until("08:59").await;
    assert!(day.rang().is_empty(), "{:?}", day.rang());
    day.clock_is_ahead(0);
    day.until("10:00").await;
    assert_eq!(day.rang(), ["09:00:00 01"]);
}

async fn fault_17_a_clock_that_was_put_right_is_gone_by(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    day.clock_is_ahead(-50);
    day.until("08:30").await;
    day.clock_is_ahead(50);
    day.until("09:30").await;
    assert_eq!(day.rang(), ["08:59:10 01"], "by more than is allowed from where it was, and as the carrier's shows");
    assert!(day.alerts().await.is_empty());
}

async fn around_midnight(fresh: Fresh) {
    let plan = Plan {
        start: "2026-11-24T23:50:00+09:00",
        patients: vec!["00:00;23:58", "00:05"],
        hours: "00:00-23:59",
        ..Plan::default()
    };
    let day = Day::begin(&fresh, plan).await;
    day.until_moment("2026-11-25T00:30:00+09:00").await;
    // 23:58 belongs to the 24th, and its window of a minute allows one call; 00:00 is the next day's slot, and that day
    // has no report yet.
    let sql = "SELECT slot_date, slot_time, state FROM slots ORDER BY slot_date, slot_time";
    let rows: Vec<String> = day.kept.rows(sql).await.into_iter().map(|row| row.join(" ")).collect();
    assert_eq!(rows[0], "2026-11-24 23:58 reported");
    assert_eq!(rows[1..].iter().filter(|row| row.starts_with("2026-11-25 00:0")).count(), 2, "{rows:?}");
    assert_eq!(day.kept.count("slots WHERE ended_at IS NULL").await, 0);
}

async fn daylight_saving_both_ways(fresh: Fresh) {
    let plan =
        Plan { start: "2027-03-27T12:00:00+01:00", patients: vec!["02:30"], hours: "00:00-23:59", ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.centre(CentreChange { time_zone: Some("Europe/Berlin".to_owned()), ..CentreChange::default() }).await;
    // 02:30 doesn't exist on 28 March 2027: it is called once, at 03:30 by the new time.
    day.until_moment("2027-03-28T12:00:00+02:00").await;
    assert_eq!(day.rang(), ["10:30:00 01"], "03:30 in Berlin is 10:30 in Tokyo");
    // 02:30 comes twice on 31 October 2027: it is called once, the first time.
    day.down_until("2027-10-30T12:00:00+02:00");
    day.until_moment("2027-10-31T12:00:00+01:00").await;
    let of_that_night = day.kept.count("slots WHERE slot_date = '2027-10-31'").await;
    assert_eq!(of_that_night, 1);
    assert_eq!(day.rang().last().map(String::as_str), Some("09:30:00 01"), "02:30 summer time in Berlin");
}
