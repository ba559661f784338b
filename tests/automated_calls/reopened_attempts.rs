//! An attempt counts as not placed, but the carrier has its call. One call of the slot continues, the other is
//! withdrawn, and each that rang counts. A mistaken decision of staff takes the place of a wrong list.

use std::time::Duration;

use kenkocall::carrier::network::LegProgress;
use kenkocall::carrier::simulator::{Behaviour, Between, NetworkFaults, Script};
use kenkocall::domain::CallId;
use kenkocall::patient_import::Column;
use kenkocall::service::{Resolution, resolve_call, stop_patient};

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after, id};
use crate::on_both_databases;

on_both_databases!(
    fault_2_a_list_without_a_witness_proves_nothing_and_staff_decide,
    fault_2_a_call_placed_later_is_the_witness,
    fault_9_a_ring_of_an_ended_attempt_takes_back_the_open_one,
    fault_9_a_ring_of_an_ended_attempt_holds_the_waiting_slot,
    fault_9_whoever_answers_an_ended_attempt_reports_and_the_open_one_is_taken_back,
    fault_9_a_talk_in_the_open_attempt_continues_and_the_ended_one_goes,
    fault_9_the_end_of_an_ended_attempt_that_rang_is_a_try,
    fault_9_a_call_that_lives_is_found_by_the_look_for_another,
    fault_9_whoever_answers_after_a_stop_hears_a_goodbye,
    fault_9_a_new_number_is_called_and_the_call_to_the_old_one_is_taken_back,
    fault_9_a_slot_that_was_missed_is_unanswered_when_its_phone_rang,
);

/// The carrier's reply never arrives, its list is unavailable, and its callbacks are this late.
fn silent(late: u64) -> NetworkFaults {
    NetworkFaults {
        dial_unheard_placed: 1.0,
        looks_unavailable: 1.0,
        statuses_late: 1.0,
        late_by: Between::exactly(Duration::from_secs(late)),
        ..NetworkFaults::FAIR
    }
}

/// One patient with the given behaviour for each call. The first call is placed with unknown outcome. Staff say at
/// `time` that it wasn't placed, and from then on dialling works.
async fn mistaken(fresh: &Fresh, late: u64, people: Vec<Behaviour>, time: &str) -> Day {
    let day =
        Day::begin(fresh, Plan { network_faults: silent(late), people: vec![(0, people)], ..Plan::default() }).await;
    day.until(time).await;
    assert_eq!(day.attempts().await, ["01 unknown"]);
    day.simulation.lines.with(|network, _| network.settings().network_faults.dial_unheard_placed = 0.0);
    resolve_call(&day.client.context, &day.client.actor, first_call(&day).await, Resolution::NotPlaced).await.unwrap();
    assert_eq!(day.attempts().await, ["01 not_placed"]);
    day
}

async fn first_call(day: &Day) -> CallId {
    let calls = day.kept.column("SELECT call_id FROM attempts ORDER BY number").await;
    calls[0].parse().unwrap()
}

/// The number of live calls at the carrier.
fn going_on(day: &Day) -> usize {
    let placed = day.simulation.lines.with(|network, _| network.placed());
    placed.iter().filter(|call| !matches!(call.listed.progress, LegProgress::Ended(_))).count()
}

/// Why each attempt was withdrawn, in order.
async fn withdrawals(day: &Day) -> Vec<String> {
    day.kept.column("SELECT COALESCE(withdrawal, '-') FROM attempts ORDER BY number").await
}

fn looks_work(day: &Day) {
    day.simulation.lines.with(|network, _| network.settings().network_faults.looks_unavailable = 0.0);
}

async fn fault_2_a_list_without_a_witness_proves_nothing_and_staff_decide(fresh: Fresh) {
    let network_faults = NetworkFaults { dial_unheard_not_placed: 1.0, ..NetworkFaults::FAIR };
    let day = Day::begin(&fresh, Plan { network_faults, ..Plan::default() }).await;
    day.until("09:30").await;
    assert_eq!(day.attempts().await, ["01 unknown"], "nothing shows how old the list is");
    assert_eq!(day.alerts().await, ["unknown_call"], "once");
    day.simulation.lines.with(|network, _| network.settings().network_faults = NetworkFaults::FAIR);
    resolve_call(&day.client.context, &day.client.actor, first_call(&day).await, Resolution::NotPlaced).await.unwrap();
    day.until("09:45").await;
    assert_eq!(day.attempts().await, ["01 not_placed", "01 reported"]);
    assert_eq!(day.rang().len(), 1);
    assert!(day.alerts().await.is_empty(), "staff have decided");
}

async fn fault_2_a_call_placed_later_is_the_witness(fresh: Fresh) {
    let network_faults = NetworkFaults { dial_unheard_not_placed: 1.0, ..NetworkFaults::FAIR };
    let day = Day::begin(&fresh, Plan { network_faults, patients: vec!["09:00", "09:12"], ..Plan::default() }).await;
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 unknown"]);
    day.simulation.lines.with(|network, _| network.settings().network_faults = NetworkFaults::FAIR);
    day.until("09:30").await;
    assert_eq!(day.attempts().await, ["01 not_placed", "02 reported", "01 reported"]);
    assert_eq!(day.rang().len(), 2);
    assert!(day.alerts().await.is_empty(), "its outcome is known");
}

async fn fault_9_a_ring_of_an_ended_attempt_takes_back_the_open_one(fresh: Fresh) {
    let people = vec![Script::rings_out().into(), Script::rings_out().into(), answers_after(2)];
    let day = mistaken(&fresh, 40, people, "09:00:20").await;
    day.until("09:00:40").await;
    assert_eq!(day.attempts().await, ["01 not_placed", "01 placed"], "the carrier hasn't told of the first one yet");
    day.until("09:00:43").await;
    assert_eq!(withdrawals(&day).await, ["-", "superseded"]);
    assert_eq!(going_on(&day), 0, "the first one is over, as the carrier will tell, and the second one is cancelled");
    assert_eq!(day.alerts().await, ["unknown_call"]);
    day.until("09:05").await;
    assert_eq!(day.attempts().await, ["01 no_answer", "01 withdrawn"]);
    assert_eq!(day.slots().await, ["09:00 waiting 1"], "what rang counts as a try");
    assert_eq!(day.alerts().await, ["unknown_call"], "staff close it");
    day.until("09:31").await;
    assert_eq!(day.rang().len(), 2, "not before the centre's time between tries: {:?}", day.rang());
    day.until("09:45").await;
    assert_eq!(day.attempts().await, ["01 no_answer", "01 withdrawn", "01 reported"]);
    assert_eq!(day.slots().await, ["09:00 reported 2"]);
}

async fn fault_9_a_ring_of_an_ended_attempt_holds_the_waiting_slot(fresh: Fresh) {
    // It rings from 09:00:01; that is reported at 09:00:22.
    let day = mistaken(&fresh, 21, vec![Script::rings_out().into(), answers_after(2)], "09:00:20").await;
    assert_eq!(day.slots().await, ["09:00 waiting 0"], "to be dialled again in five seconds");
    day.until("09:00:50").await;
    assert_eq!(day.attempts().await, ["01 placed"], "nobody is dialled while it lives");
    assert_eq!(day.slots().await, ["09:00 calling 0"]);
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 no_answer"]);
    day.until("09:45").await;
    assert_eq!(day.slots().await, ["09:00 reported 2"]);
    assert_eq!(day.rang().len(), 2);
}

async fn fault_9_whoever_answers_an_ended_attempt_reports_and_the_open_one_is_taken_back(fresh: Fresh) {
    let day = mistaken(&fresh, 300, vec![answers_after(25), answers_after(28)], "09:00:10").await;
    day.until("09:00:25").await;
    assert_eq!(day.attempts().await, ["01 not_placed", "01 placed"]);
    looks_work(&day);
    day.until("09:00:32").await;
    assert_eq!(withdrawals(&day).await, ["-", "superseded"]);
    assert_eq!(going_on(&day), 1, "they talk, and no other phone rings");
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 reported", "01 withdrawn"], "nobody answered the second one");
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
    assert_eq!(day.alerts().await, ["unknown_call"]);
    day.until("20:30").await;
    assert_eq!(day.rang().len(), 2);
}

async fn fault_9_a_talk_in_the_open_attempt_continues_and_the_ended_one_goes(fresh: Fresh) {
    let day = mistaken(&fresh, 60, vec![Script::rings_out().into(), answers_after(2)], "09:00:10").await;
    day.until("09:01").await;
    assert_eq!(day.attempts().await, ["01 not_placed", "01 answered"]);
    looks_work(&day);
    day.until("09:01:05").await;
    assert_eq!(day.attempts().await, ["01 no_answer", "01 answered"], "looked up, as it is over at the carrier");
    day.until("09:10").await;
    assert!(!day.said().await.contains("withdrawn.goodbye"), "the talk continues");
    assert_eq!(day.attempts().await, ["01 no_answer", "01 reported"]);
    assert_eq!(day.slots().await, ["09:00 reported 2"]);
    assert_eq!(day.alerts().await, ["unknown_call"]);
}

async fn fault_9_the_end_of_an_ended_attempt_that_rang_is_a_try(fresh: Fresh) {
    // It rings for 30 s. The ringing is never reported, and its end only after staff have decided.
    let network_faults = NetworkFaults { statuses_lost: 1.0, ..silent(0) };
    let people = vec![(0, vec![Script::rings_out().into(), Script::rings_out().into()])];
    let day = Day::begin(&fresh, Plan { network_faults, people, ..Plan::default() }).await;
    day.until("09:00:20").await;
    day.simulation.lines.with(|network, _| {
        let network_faults = &mut network.settings().network_faults;
        (network_faults.statuses_lost, network_faults.dial_unheard_placed) = (0.0, 0.0);
        network_faults.late_by = Between::exactly(Duration::from_secs(15));
    });
    resolve_call(&day.client.context, &day.client.actor, first_call(&day).await, Resolution::NotPlaced).await.unwrap();
    day.until("09:00:45").await;
    assert_eq!(day.attempts().await, ["01 not_placed", "01 placed"]);
    day.until("09:00:50").await;
    assert_eq!(withdrawals(&day).await, ["-", "superseded"], "it rang to its end; the other one goes");
    assert_eq!((day.slots().await, going_on(&day)), (vec!["09:00 waiting 1".to_owned()], 0));
    day.until("09:01:30").await;
    assert_eq!(day.attempts().await, ["01 no_answer", "01 withdrawn"]);
    day.until("09:30").await;
    assert_eq!(day.rang().len(), 2);
}

async fn fault_9_a_call_that_lives_is_found_by_the_look_for_another(fresh: Fresh) {
    let network_faults = NetworkFaults { statuses_lost: 1.0, ..silent(0) };
    let people = vec![(0, vec![Script::rings_out().into(), answers_after(2)])];
    let day = Day::begin(&fresh, Plan { network_faults, people, ..Plan::default() }).await;
    day.until("09:00:10").await;
    day.simulation.lines.with(|network, _| {
        let network_faults = &mut network.settings().network_faults;
        (network_faults.dial_unheard_placed, network_faults.dial_unheard_not_placed) = (0.0, 1.0);
    });
    resolve_call(&day.client.context, &day.client.actor, first_call(&day).await, Resolution::NotPlaced).await.unwrap();
    day.until("09:00:16").await;
    assert_eq!(day.attempts().await, ["01 not_placed", "01 unknown"]);
    looks_work(&day);
    day.until("09:00:22").await;
    assert_eq!(day.attempts().await, ["01 placed", "01 unknown"], "its call is in the list, and isn't the other's");
    let withdrawn = "attempts WHERE number = 2 AND withdrawal = 'superseded'";
    assert_eq!(day.kept.count(withdrawn).await, 1);
    day.until("09:05").await;
    assert_eq!(day.attempts().await, ["01 no_answer", "01 unknown"], "looked up");
    assert_eq!(day.slots().await, ["09:00 waiting 1"]);
    day.until("09:40").await;
    assert_eq!(day.rang().len(), 1, "nobody is dialled while the other one may ring");
}

async fn fault_9_whoever_answers_after_a_stop_hears_a_goodbye(fresh: Fresh) {
    let day = mistaken(&fresh, 300, vec![answers_after(25)], "09:00:10").await;
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    assert_eq!(day.slots().await, ["09:00 cancelled stopped 0"]);
    day.until("09:10").await;
    assert!(day.said().await.contains("withdrawn.goodbye"));
    assert_eq!(day.attempts().await, ["01 withdrawn"]);
    assert_eq!(day.slots().await, ["09:00 cancelled stopped 0"], "it ended once");
    assert_eq!(day.alerts().await, ["unknown_call"]);
}

async fn fault_9_a_new_number_is_called_and_the_call_to_the_old_one_is_taken_back(fresh: Fresh) {
    let day = mistaken(&fresh, 12, vec![Script::rings_out().into()], "09:00:10").await;
    day.set(0, &[(Column::PhoneNumber, "090-1000-0009")]).await;
    looks_work(&day);
    day.until("09:00:15").await;
    assert_eq!((withdrawals(&day).await, going_on(&day)), (vec!["number_changed".to_owned()], 0), "cancelled");
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 withdrawn", "09 reported"]);
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
}

async fn fault_9_a_slot_that_was_missed_is_unanswered_when_its_phone_rang(fresh: Fresh) {
    let network_faults = NetworkFaults { dial_unheard_placed: 1.0, ..silent(120) };
    let people = vec![(0, vec![Script::rings_out().into()])];
    let plan = Plan { network_faults, people, hours: "08:00-09:02", ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("09:01").await;
    day.simulation.lines.with(|network, _| {
        let network_faults = &mut network.settings().network_faults;
        (network_faults.dial_unheard_placed, network_faults.dial_no_connection) = (0.0, 1.0);
    });
    resolve_call(&day.client.context, &day.client.actor, first_call(&day).await, Resolution::NotPlaced).await.unwrap();
    day.until("09:02:01").await;
    assert_eq!(day.slots().await, ["09:00 missed not_placed 0"]);
    day.until("09:10").await;
    assert_eq!(day.kept.column("SELECT outcome FROM attempts WHERE number = 1").await, ["no_answer"]);
    assert_eq!(day.slots().await, ["09:00 unanswered no_answer 1"]);
    assert_eq!(day.alerts().await, ["missed", "unknown_call", "unanswered"]);
}
