//! Stop, release, a new number, new call times: they take effect immediately, on waiting, ringing and answered calls
//! too (A3, A4).

use std::time::Duration;

use kenkocall::carrier::simulator::{NetworkFaults, Script};
use kenkocall::patient_import::Column;
use kenkocall::service::{CentreChange, release_patient, stop_patient};

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after, id};
use crate::on_both_databases;

on_both_databases!(
    a4_fault_20_a_stop_while_the_phone_rings_cancels_the_call,
    a4_a_stop_or_release_before_the_first_tick_cancels_the_slot,
    a4_a_release_while_the_phone_rings_cancels_the_call,
    a4_fault_20_a_stop_while_somebody_answers_ends_with_a_goodbye,
    a4_a_stop_before_the_time_leaves_nothing_to_call,
    a3_fault_21_a_new_number_while_the_old_one_rings,
    a3_a_new_number_before_the_retry,
    a3_new_call_times_take_effect_immediately,
    a3_other_times_cut_nobody_off_and_call_nobody_twice,
    a3_a_call_that_breaks_off_after_other_times_is_not_tried_again,
    a3_other_times_while_the_phone_rings_cancel_the_call,
    a3_a_centre_that_changes_its_hours_cuts_nobody_off,
    a3_other_times_after_a_new_number_in_the_same_call,
    a3_the_centres_hours_and_days_take_effect_immediately,
    a4_a_stop_looks_up_a_call_with_unknown_outcome_immediately,
    a4_a_stop_looks_up_an_abandoned_intent_soon,
    a4_a_stopped_call_that_is_over_at_the_carrier_ends_the_slot,
);

async fn a4_fault_20_a_stop_while_the_phone_rings_cancels_the_call(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![answers_after(25)])], ..Plan::default() }).await;
    day.until("09:00:10").await;
    assert_eq!(day.attempts().await, ["01 placed"], "it rings");
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    day.until("09:05").await;
    assert_eq!(day.attempts().await, ["01 withdrawn"]);
    assert_eq!(day.slots().await, ["09:00 cancelled stopped 0"]);
    assert_eq!(day.kept.count("turns").await, 0, "nobody got to answer");
    day.until_moment("2026-11-26T20:00:00+09:00").await;
    assert_eq!(day.rang().len(), 1);
}

async fn a4_a_stop_or_release_before_the_first_tick_cancels_the_slot(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "09:00"], ..Plan::default() }).await;
    day.down_until("2026-11-24T09:30:00+09:00");
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    release_patient(&day.client.context, &day.client.actor, &id(1)).await.unwrap();
    day.until("10:00").await;
    assert!(day.rang().is_empty());
    assert_eq!(day.slots().await, ["09:00 cancelled stopped 0", "09:00 cancelled released 0"]);
}

async fn a4_a_release_while_the_phone_rings_cancels_the_call(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![answers_after(25)])], ..Plan::default() }).await;
    day.until("09:00:10").await;
    release_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    day.until("09:05").await;
    assert_eq!(day.slots().await, ["09:00 cancelled released 0"]);
    assert_eq!(day.kept.count("turns").await, 0);
}

async fn a4_fault_20_a_stop_while_somebody_answers_ends_with_a_goodbye(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![answers_after(1)])], ..Plan::default() }).await;
    day.until("09:01:30").await;
    let before = day.kept.count("answers").await;
    assert!(before > 0 && before < 11, "in the middle of the questions: {before}");
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    day.until("09:01:40").await;
    assert!(day.said().await.contains("withdrawn.goodbye"));
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 withdrawn"]);
    assert_eq!(day.slots().await, ["09:00 cancelled stopped 0"]);
    assert!(day.kept.count("answers").await >= before, "what was answered stays");
    assert_eq!(day.kept.column("SELECT disposition FROM calls").await, ["withdrawn"]);
}

async fn a4_a_stop_before_the_time_leaves_nothing_to_call(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    day.until("08:30").await;
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    day.until_moment("2026-11-26T20:00:00+09:00").await;
    assert!(day.rang().is_empty());
    day.set(0, &[(Column::AutomatedCall, "yes")]).await;
    day.until_moment("2026-11-27T10:00:00+09:00").await;
    assert_eq!(day.rang(), ["09:00:00 01"], "the centre has ended the stop");
}

async fn a3_fault_21_a_new_number_while_the_old_one_rings(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![answers_after(25)])], ..Plan::default() }).await;
    day.until("09:00:10").await;
    day.set(0, &[(Column::PhoneNumber, "090-1000-0009")]).await;
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 withdrawn", "09 reported"], "{:?}", day.rang());
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
}

async fn a3_a_new_number_before_the_retry(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![Script::busy().into()])], ..Plan::default() }).await;
    day.until("09:10").await;
    day.set(0, &[(Column::PhoneNumber, "090-1000-0009")]).await;
    day.until("10:00").await;
    assert_eq!(day.attempts().await, ["01 busy", "09 reported"], "only the new number rings");
}

async fn a3_new_call_times_take_effect_immediately(fresh: Fresh) {
    let plan = Plan {
        patients: vec!["09:00;15:00"],
        people: vec![(0, vec![Script::busy().into(), answers_after(1)])],
        ..Plan::default()
    };
    let day = Day::begin(&fresh, plan).await;
    day.until("09:10").await;
    day.set(0, &[(Column::CallTimes, "11:00;16:00")]).await;
    assert_eq!(day.slots().await, ["09:00 cancelled times_changed 1"]);
    day.until("20:30").await;
    assert_eq!(day.rang().iter().map(|call| &call[..5]).collect::<Vec<_>>(), ["09:00", "11:00"]);
    assert_eq!(day.slots().await[1..], ["11:00 reported 1", "16:00 cancelled reported 0"]);
}

async fn a3_other_times_cut_nobody_off_and_call_nobody_twice(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![answers_after(1)])], ..Plan::default() }).await;
    day.until("09:01:30").await;
    let before = day.kept.count("answers").await;
    assert!(before > 0 && before < 11, "in the middle of the questions: {before}");
    day.set(0, &[(Column::CallTimes, "15:00")]).await;
    day.until("09:10").await;
    assert!(!day.said().await.contains("withdrawn.goodbye"));
    assert_eq!(day.attempts().await, ["01 reported"], "the call went on to its end");
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
    day.until("20:00").await;
    assert_eq!(day.rang(), ["09:00:00 01"], "the report counts for the new time, too");
}

async fn a3_a_call_that_breaks_off_after_other_times_is_not_tried_again(fresh: Fresh) {
    let breaks_off = Script::answers(Duration::from_secs(1)).hangs_up_at_question(6).into();
    let people = vec![(0, vec![breaks_off, answers_after(1)])];
    let day = Day::begin(&fresh, Plan { people, ..Plan::default() }).await;
    day.until("09:00:40").await;
    assert_eq!(day.attempts().await, ["01 answered"]);
    day.set(0, &[(Column::CallTimes, "15:00")]).await;
    day.until("14:59").await;
    assert_eq!(day.slots().await, ["09:00 unanswered dropped 1"], "09:00 isn't a time of the patient any more");
    assert_eq!(day.alerts().await, ["unanswered"], "staff see that it broke off");
    assert!(day.kept.count("answers").await > 0, "what was answered stays");
    day.until("20:00").await;
    assert_eq!(day.rang(), ["09:00:00 01", "15:00:00 01"]);
}

async fn a3_other_times_while_the_phone_rings_cancel_the_call(fresh: Fresh) {
    let people = vec![(0, vec![answers_after(25), answers_after(1)])];
    let day = Day::begin(&fresh, Plan { people, ..Plan::default() }).await;
    day.until("09:00:10").await;
    day.set(0, &[(Column::CallTimes, "15:00")]).await;
    day.until("09:05").await;
    assert_eq!(day.attempts().await, ["01 withdrawn"]);
    assert_eq!(day.slots().await, ["09:00 cancelled times_changed 0"]);
    day.until("20:00").await;
    assert_eq!(day.rang(), ["09:00:00 01", "15:00:00 01"]);
}

async fn a3_a_centre_that_changes_its_hours_cuts_nobody_off(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![answers_after(1)])], ..Plan::default() }).await;
    day.until("09:01:30").await;
    let hours = Some("10:00-17:00".parse().unwrap());
    day.centre(CentreChange { calling_hours: hours, ..CentreChange::default() }).await;
    day.until("09:10").await;
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
    assert!(!day.said().await.contains("withdrawn.goodbye"));
}

async fn a3_other_times_after_a_new_number_in_the_same_call(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![answers_after(1)])], ..Plan::default() }).await;
    day.until("09:01:30").await;
    day.set(0, &[(Column::PhoneNumber, "090-1000-0009")]).await;
    day.set(0, &[(Column::CallTimes, "15:00")]).await;
    day.until("14:00").await;
    assert_eq!(day.attempts().await, ["01 withdrawn"], "09:00 isn't a time of the patient any more");
    assert_eq!(day.slots().await, ["09:00 cancelled times_changed 0"]);
    day.until("16:00").await;
    assert_eq!(day.attempts().await, ["01 withdrawn", "09 reported"]);
}

async fn a3_the_centres_hours_and_days_take_effect_immediately(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00;18:00"], ..Plan::default() }).await;
    let hours = Some("10:00-17:00".parse().unwrap());
    day.centre(CentreChange { calling_hours: hours, ..CentreChange::default() }).await;
    day.until("23:00").await;
    assert!(day.rang().is_empty(), "no time of the patient lies inside the hours: {:?}", day.rang());
    let hours = Some("08:00-20:00".parse().unwrap());
    let days_off = Some("2026-11-25".parse().unwrap());
    day.centre(CentreChange { calling_hours: hours, days_off, ..CentreChange::default() }).await;
    day.until_moment("2026-11-26T08:00:00+09:00").await;
    assert!(day.rang().is_empty(), "a day off: {:?}", day.rang());
    day.until_moment("2026-11-26T10:00:00+09:00").await;
    assert_eq!(day.rang(), ["09:00:00 01"]);
}

async fn a4_a_stop_looks_up_a_call_with_unknown_outcome_immediately(fresh: Fresh) {
    let network_faults = NetworkFaults { dial_unheard_placed: 1.0, statuses_lost: 1.0, ..NetworkFaults::FAIR };
    let day =
        Day::begin(&fresh, Plan { network_faults, people: vec![(0, vec![answers_after(26)])], ..Plan::default() })
            .await;
    day.until("08:59").await;
    day.simulation.lines.with(|network, _| network.settings().network_faults.looks_unavailable = 1.0);
    day.until("09:00:18").await;
    day.simulation.lines.with(|network, _| network.settings().network_faults.looks_unavailable = 0.0);
    assert_eq!(day.attempts().await, ["01 unknown"], "it is looked for again at 09:00:30");
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    day.until("09:00:40").await;
    assert_eq!(day.kept.count("turns").await, 0, "found and cancelled before anybody answered");
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 withdrawn"]);
    assert_eq!(day.slots().await, ["09:00 cancelled stopped 0"]);
}

async fn a4_a_stop_looks_up_an_abandoned_intent_soon(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    day.until("08:50").await;
    day.down_until("2026-11-24T09:00:00+09:00");
    let lost = day.simulation.dialer.prepare().await.unwrap();
    assert_eq!(lost.ticked.intended, 1);
    drop(lost);
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    day.until("09:00:18").await;
    let looked = "attempts WHERE state = 'unknown' AND looked_at IS NOT NULL";
    assert_eq!(
        day.kept.count(looked).await,
        1,
        "as soon as its request can have had an answer: {:?}",
        day.attempts().await
    );
}

async fn a4_a_stopped_call_that_is_over_at_the_carrier_ends_the_slot(fresh: Fresh) {
    let network_faults = NetworkFaults { statuses_lost: 1.0, ..NetworkFaults::FAIR };
    let people = vec![(0, vec![Script::rings_out().into()])];
    let day = Day::begin(&fresh, Plan { network_faults, people, ..Plan::default() }).await;
    day.until("09:00:40").await;
    assert_eq!(day.attempts().await, ["01 placed"], "nobody has told that it is over");
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    day.until("09:00:43").await;
    assert_eq!(day.attempts().await, ["01 withdrawn"], "by the look-up that follows the order to cancel");
    assert_eq!(day.slots().await, ["09:00 cancelled stopped 0"]);
}
