//! Conversations with staff: silence is normal, no call is cut off, and no patient is called again, whichever side
//! hangs up first.

use std::time::Duration;

use kenkocall::carrier::simulator::{Behaviour, NetworkFaults, Script, Side, Staff};
use kenkocall::domain::Keys;
use kenkocall::patient_import::Column;
use kenkocall::service::{release_patient, start_maintenance, stop_patient};

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, id};
use crate::on_both_databases;

on_both_databases!(
    a_talk_with_staff_of_an_hour_is_not_swept_whoever_hangs_up_first,
    a_talk_whose_end_is_not_reported_ends_when_the_carrier_says_so,
    a_talk_that_ended_while_we_were_down_counts_as_one,
    a4_a_stop_or_release_during_a_talk_with_staff_ends_the_slot_and_not_the_talk,
    a3_a_new_number_or_other_times_during_a_talk_with_staff_dial_nobody,
    a3_a_new_number_while_staff_do_not_answer_is_called,
    a9_a_report_during_a_talk_with_staff_ends_the_slot_and_not_the_talk,
    a4_a_stop_while_staff_do_not_answer_ends_with_a_goodbye,
    a_patient_who_hangs_up_before_staff_answer_is_called_again,
    maintenance_during_a_talk_with_staff_leaves_it_alone,
);

/// Answers, and asks for staff at the second question. They talk for this many minutes.
fn talks(minutes: u64, hangs_up_first: Side) -> Behaviour {
    let length = Duration::from_secs(minutes * 60);
    wants(Staff::Talk { rings: Duration::from_secs(5), length, hangs_up_first })
}

fn wants(staff: Staff) -> Behaviour {
    let script = Script::answers(Duration::from_secs(1)).keys_at_question(2, Keys::parse("0").unwrap());
    script.staff(staff).into()
}

fn plan(manner: Behaviour) -> Plan {
    Plan { people: vec![(0, vec![manner])], ..Plan::default() }
}

/// Continues until the patient's call is being transferred.
async fn until_staff_are_rung(day: &Day) {
    for second in 0..120 {
        day.until(&format!("09:0{}:{:02}", second / 60, second % 60)).await;
        if day.kept.count("sessions WHERE transfer_since IS NOT NULL").await == 1 {
            return;
        }
    }
    panic!("the patient was never put through");
}

/// Continues to the end of the next day: no phone has rung more than once, and nothing is left open.
async fn nobody_is_called_again(day: &Day) {
    day.until("20:00").await;
    assert_eq!(day.rang().len(), 1, "{:?}", day.rang());
    assert_eq!(day.kept.count("attempts WHERE ended_at IS NULL").await, 0);
    assert_eq!(day.kept.count("calls WHERE ended_at IS NULL").await, 0);
}

async fn a_talk_with_staff_of_an_hour_is_not_swept_whoever_hangs_up_first(fresh: Fresh) {
    let sides = [Side::Caller, Side::Staff];
    let people = (0..).zip(sides.map(|side| vec![talks(58, side)])).collect();
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "09:00"], people, ..Plan::default() }).await;
    day.until("09:50").await;
    assert_eq!(day.attempts().await, ["01 answered", "02 answered"], "both talk with staff");
    assert_eq!(day.slots().await, ["09:00 calling 0", "09:00 calling 0"]);
    day.until("20:00").await;
    assert_eq!(day.attempts().await, ["01 reached", "02 reached"]);
    assert_eq!(day.slots().await, ["09:00 unanswered reached 1", "09:00 unanswered reached 1"]);
    assert_eq!(day.kept.column("SELECT disposition FROM calls").await, ["handed_over", "handed_over"]);
    assert_eq!(day.rang().len(), 2);
}

async fn a_talk_whose_end_is_not_reported_ends_when_the_carrier_says_so(fresh: Fresh) {
    let network_faults = NetworkFaults { statuses_lost: 1.0, ..NetworkFaults::FAIR };
    let day = Day::begin(&fresh, Plan { network_faults, ..plan(talks(40, Side::Caller)) }).await;
    day.until("09:38").await;
    assert_eq!(day.attempts().await, ["01 answered"]);
    nobody_is_called_again(&day).await;
    assert_eq!(day.attempts().await, ["01 reached"]);
    assert_eq!(day.kept.column("SELECT disposition FROM calls").await, ["handed_over"]);
}

async fn a_talk_that_ended_while_we_were_down_counts_as_one(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(talks(20, Side::Caller))).await;
    until_staff_are_rung(&day).await;
    // All network events in this time are lost.
    day.down_until("2026-11-24T09:40:00+09:00");
    day.simulation.lines.with(|network, now| drop(network.advance(now)));
    nobody_is_called_again(&day).await;
    assert_eq!(day.attempts().await, ["01 reached"]);
    assert_eq!(day.slots().await, ["09:00 unanswered reached 1"]);
}

async fn a4_a_stop_or_release_during_a_talk_with_staff_ends_the_slot_and_not_the_talk(fresh: Fresh) {
    let people = (0..).zip([Side::Caller, Side::Staff].map(|side| vec![talks(30, side)])).collect();
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "09:00"], people, ..Plan::default() }).await;
    day.until("09:05").await;
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    release_patient(&day.client.context, &day.client.actor, &id(1)).await.unwrap();
    day.until("09:25").await;
    let mut slots = day.slots().await;
    slots.sort();
    assert_eq!(slots, ["09:00 cancelled released 0", "09:00 cancelled stopped 0"], "at once");
    assert_eq!(day.attempts().await, ["01 answered", "02 answered"], "and both talk on");
    assert!(!day.said().await.contains("withdrawn.goodbye"));
    day.until("20:00").await;
    assert_eq!(day.attempts().await, ["01 reached", "02 reached"]);
    assert_eq!(day.rang().len(), 2);
    assert!(day.said().await.contains("withdrawn.goodbye"), "whom staff left on the line hears a goodbye");
    let talked = talk_minutes(&day);
    assert!(talked.iter().all(|minutes| *minutes >= 30), "{talked:?}");
    assert!(day.alerts().await.is_empty(), "nobody is to be called");
}

async fn a3_a_new_number_or_other_times_during_a_talk_with_staff_dial_nobody(fresh: Fresh) {
    let people = (0..2).map(|nth| (nth, vec![talks(30, Side::Staff)])).collect();
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "09:00"], people, ..Plan::default() }).await;
    day.until("09:05").await;
    day.set(0, &[(Column::PhoneNumber, "080-5555-9999")]).await;
    day.set(1, &[(Column::CallTimes, "15:00")]).await;
    day.until("14:00").await;
    assert_eq!(day.rang().len(), 2, "{:?}", day.rang());
    let mut slots = day.slots().await;
    slots.sort();
    assert_eq!(slots, ["09:00 cancelled number_changed 1", "09:00 cancelled times_changed 1"]);
    assert!(talk_minutes(&day).iter().all(|minutes| *minutes >= 30));
}

async fn a3_a_new_number_while_staff_do_not_answer_is_called(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(wants(Staff::NeverAnswer))).await;
    until_staff_are_rung(&day).await;
    day.set(0, &[(Column::PhoneNumber, &new_number())]).await;
    day.until("10:00").await;
    assert_eq!(day.rang().len(), 2, "the new number is called");
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
}

fn new_number() -> String {
    kenkocall::lab::synthetic_number(15).unwrap().national()
}

async fn a9_a_report_during_a_talk_with_staff_ends_the_slot_and_not_the_talk(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(talks(30, Side::Staff))).await;
    day.until("09:05").await;
    day.rings_in(0);
    day.until("09:20").await;
    assert_eq!(day.slots().await, ["09:00 cancelled reported 0"]);
    assert_eq!(day.attempts().await, ["01 answered"]);
    nobody_is_called_again(&day).await;
    assert_eq!(day.attempts().await, ["01 reached"]);
    assert!(talk_minutes(&day).iter().any(|minutes| *minutes >= 30));
    assert_eq!(day.kept.column("SELECT outcome FROM reports").await, ["reported"]);
}

async fn a4_a_stop_while_staff_do_not_answer_ends_with_a_goodbye(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(wants(Staff::NeverAnswer))).await;
    until_staff_are_rung(&day).await;
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    nobody_is_called_again(&day).await;
    assert!(day.said().await.contains("withdrawn.goodbye"));
    assert!(!day.said().await.contains("person.ask_call_back"), "and no question");
    assert_eq!(day.slots().await, ["09:00 cancelled stopped 0"]);
    assert_eq!(day.attempts().await, ["01 withdrawn"]);
}

async fn a_patient_who_hangs_up_before_staff_answer_is_called_again(fresh: Fresh) {
    let rings = Duration::from_secs(20);
    let gone = Staff::RingsUntilCallerIsGone { after: rings };
    let day = Day::begin(&fresh, plan(wants(gone))).await;
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 dropped"]);
    assert_eq!(day.kept.column("SELECT disposition FROM calls").await, ["staff_not_reached"]);
    assert_eq!(day.slots().await, ["09:00 waiting 1"]);
}

async fn maintenance_during_a_talk_with_staff_leaves_it_alone(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(talks(30, Side::Staff))).await;
    day.until("09:05").await;
    start_maintenance(&day.client.context, &day.client.actor, None).await.unwrap();
    day.until("09:25").await;
    assert_eq!(day.attempts().await, ["01 answered"]);
    nobody_is_called_again(&day).await;
    assert!(talk_minutes(&day).iter().all(|minutes| *minutes >= 30));
}

/// How long our calls lasted after they were answered, in whole minutes.
fn talk_minutes(day: &Day) -> Vec<i64> {
    use kenkocall::carrier::network::LegProgress;
    let placed = day.simulation.lines.with(|network, _| network.placed());
    let ours = placed.iter().filter(|placed| placed.call.is_some());
    let minutes = ours.map(|placed| {
        let at = |fits: fn(&LegProgress) -> bool| placed.history.iter().find(|(_, progress)| fits(progress)).unwrap().0;
        let (answered, ended) = (
            at(|progress| *progress == LegProgress::Answered),
            at(|progress| matches!(progress, LegProgress::Ended(_))),
        );
        ended.duration_since(answered).as_mins()
    });
    minutes.collect()
}
