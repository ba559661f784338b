//! The carrier's reply never arrives, or its callbacks are lost, repeated or late: no phone rings twice, and every
//! slot ends.

use kenkocall::carrier::simulator::NetworkFaults;

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after};
use crate::on_both_databases;

on_both_databases!(
    fault_5_a_call_of_which_the_reply_never_came_is_adopted_by_its_callback,
    fault_6_a_call_that_was_never_placed_is_proven_so_and_then_placed,
    fault_9_a_list_that_is_down_leaves_the_call_unknown_and_asks_staff,
    fault_24_repeated_callbacks_change_nothing,
    fault_26_callbacks_that_never_come,
    fault_7_too_many_requests_back_off_inside_the_window,
    fault_38_a_carrier_that_cannot_be_reached_has_placed_nothing,
);

async fn fault_5_a_call_of_which_the_reply_never_came_is_adopted_by_its_callback(fresh: Fresh) {
    let network_faults = NetworkFaults { dial_unheard_placed: 1.0, ..NetworkFaults::FAIR };
    let day = Day::begin(&fresh, Plan { network_faults, patients: vec!["09:00"; 3], ..Plan::default() }).await;
    day.until("10:00").await;
    assert_eq!(day.rang().len(), 3, "each phone rang once: {:?}", day.rang());
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 3);
}

async fn fault_6_a_call_that_was_never_placed_is_proven_so_and_then_placed(fresh: Fresh) {
    let network_faults = NetworkFaults { dial_unheard_not_placed: 1.0, ..NetworkFaults::FAIR };
    let day = Day::begin(&fresh, Plan { network_faults, patients: vec!["09:00", "09:01"], ..Plan::default() }).await;
    day.until("09:00:30").await;
    assert_eq!(day.attempts().await, ["01 unknown"], "not dialled again blindly");
    day.simulation.lines.with(|network, _| network.settings().network_faults = NetworkFaults::FAIR);
    day.until("09:02").await;
    assert_eq!(day.attempts().await, ["01 unknown", "02 answered"], "not before the grace is over");
    day.until("09:10").await;
    let attempts = day.attempts().await;
    assert_eq!(attempts, ["01 not_placed", "02 reported", "01 reported"], "the other call shows the list's age");
    assert_eq!(day.rang().len(), 2);
    assert_eq!(day.slots().await, ["09:00 reported 1", "09:01 reported 1"]);
}

async fn fault_9_a_list_that_is_down_leaves_the_call_unknown_and_asks_staff(fresh: Fresh) {
    let network_faults = NetworkFaults { dial_unheard_not_placed: 1.0, looks_unavailable: 1.0, ..NetworkFaults::FAIR };
    let day = Day::begin(&fresh, Plan { network_faults, ..Plan::default() }).await;
    day.until("20:30").await;
    assert_eq!(day.attempts().await, ["01 unknown"]);
    assert_eq!(day.alerts().await, ["unknown_call"], "once");
    assert!(day.rang().is_empty());
}

async fn fault_24_repeated_callbacks_change_nothing(fresh: Fresh) {
    let network_faults = NetworkFaults { statuses_repeated: 1.0, statuses_late: 0.5, ..NetworkFaults::FAIR };
    let people = vec![(0, vec![answers_after(3)])];
    let day = Day::begin(&fresh, Plan { network_faults, people, patients: vec!["09:00"; 5], ..Plan::default() }).await;
    day.until("10:00").await;
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 5);
    assert_eq!(day.rang().len(), 5);
    assert_eq!(day.kept.count("attempts").await, 5);
}

async fn fault_26_callbacks_that_never_come(fresh: Fresh) {
    use kenkocall::carrier::simulator::Script;
    let network_faults = NetworkFaults { statuses_lost: 1.0, ..NetworkFaults::FAIR };
    let people = vec![(0, vec![Script::rings_out().into(), answers_after(2)])];
    let day = Day::begin(&fresh, Plan { network_faults, people, ..Plan::default() }).await;
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 no_answer"], "looked up");
    day.until("10:00").await;
    assert_eq!(day.attempts().await, ["01 no_answer", "01 reported"]);
}

async fn fault_7_too_many_requests_back_off_inside_the_window(fresh: Fresh) {
    let network_faults = NetworkFaults { dial_too_many: 0.6, ..NetworkFaults::FAIR };
    let day = Day::begin(&fresh, Plan { network_faults, patients: vec!["09:00"; 10], ..Plan::default() }).await;
    day.until("12:00").await;
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 10);
    assert_eq!(day.rang().len(), 10);
    assert!(day.kept.count("attempts WHERE outcome = 'not_placed'").await > 0);
}

/// There is no second carrier to switch to. A switch would need the proof that no call was placed.
async fn fault_38_a_carrier_that_cannot_be_reached_has_placed_nothing(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00"; 5], ..Plan::default() }).await;
    day.until("08:59").await;
    day.simulation.lines.with(|network, _| network.settings().network_faults.dial_no_connection = 1.0);
    day.until("09:30").await;
    assert!(day.rang().is_empty());
    let attempts = day.kept.count("attempts").await;
    assert!(attempts > 0, "it was tried");
    assert_eq!(
        day.kept.count("attempts WHERE outcome = 'not_placed'").await,
        attempts,
        "each is proven, and none unknown"
    );
    day.simulation.lines.with(|network, _| network.settings().network_faults.dial_no_connection = 0.0);
    day.until("10:00").await;
    assert_eq!(day.rang().len(), 5, "within the window, once each");
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 5);
}
