//! The carrier's list gone through after last entries were lost (faults 13 and 40): what each of its calls becomes.

use jiff::SignedDuration;
use kenkocall::call::CallId;
use kenkocall::carrier::simulator::Script;
use kenkocall::service::{Reconciled, Refused, call_not_known, reconcile_calls, resume_dialling};
use uuid::Builder;

use super::databases::Fresh;
use super::day::{Day, Plan, answers_after};
use crate::on_both_databases;

on_both_databases!(
    fault_13_calls_that_were_lost_become_attempts_of_their_slots,
    fault_13_an_open_attempt_is_the_call_that_the_list_has,
    a_pause_for_lost_entries_ends_by_a_persons_word_alone,
);

/// As the database was in the night before: no slot was opened yet.
const THE_NIGHT_BEFORE: [&str; 14] = [
    "DELETE FROM outbox",
    "DELETE FROM alerts",
    "DELETE FROM answers",
    "DELETE FROM reports",
    "DELETE FROM turns",
    "DELETE FROM sessions",
    "DELETE FROM leg_statuses",
    "DELETE FROM legs",
    "DELETE FROM attempts",
    "DELETE FROM identifications",
    "DELETE FROM calls",
    "UPDATE patients SET next_slot_at = (SELECT min(opened_at) FROM slots)",
    "UPDATE patients SET next_slot_at = next_slot_at - 1000",
    "DELETE FROM slots",
];

impl Day {
    async fn loses(&self, changes: &[&str]) {
        for change in changes {
            self.kept.rows(change).await;
        }
    }

    /// The carrier tells of a call that isn't known any more.
    async fn hears_of_a_lost_call(&self) {
        let made = u64::try_from(self.simulation.clock.now().as_millisecond()).unwrap();
        let call = CallId(Builder::from_unix_timestamp_millis(made, &[7; 10]).into_uuid());
        call_not_known(&self.simulation.desk, call).await.unwrap();
        assert_eq!(self.alerts().await, ["dialling"]);
    }

    async fn reconciles(&self) -> Reconciled {
        let (desk, network) = (&self.simulation.desk, &self.simulation.network);
        reconcile_calls(desk, &self.clerk, network, SignedDuration::from_secs(60)).await.unwrap()
    }
}

async fn fault_13_calls_that_were_lost_become_attempts_of_their_slots(fresh: Fresh) {
    let people = vec![
        (0, vec![Script::busy().into(), answers_after(2)]),
        (1, vec![answers_after(2)]),
        (2, vec![Script::rings_out().into(), answers_after(2)]),
    ];
    let day = Day::begin(&fresh, Plan { people, patients: vec!["09:00"; 3], ..Plan::default() }).await;
    day.until("09:00:20").await;
    assert_eq!(day.rang().len(), 3);
    day.loses(&THE_NIGHT_BEFORE).await;
    day.hears_of_a_lost_call().await;

    let first = day.reconciles().await;
    assert_eq!((first.settled, first.without_slot, first.under_way), (1, 0, 2), "one was busy, one talks, one rings");
    assert!(!first.is_complete() && first.list_holds_at.is_some());
    assert!(matches!(resume_dialling(&day.clerk, false).await, Err(Refused::NotReconciled)));
    assert_eq!(day.attempts().await, ["01 busy"]);

    day.until("09:10").await;
    let second = day.reconciles().await;
    assert_eq!((second.settled, second.under_way, second.is_complete()), (2, 0, true));
    assert_eq!(day.reconciles().await, Reconciled::default(), "a second time finds nothing");
    assert_eq!(day.attempts().await, ["01 busy", "02 reached", "03 no_answer"]);
    assert_eq!(day.rang().len(), 3, "nobody was dialled meanwhile");

    let (_, ended) = resume_dialling(&day.clerk, false).await.unwrap();
    assert!(ended);
    day.until("12:00").await;
    let later: Vec<String> = day.rang().into_iter().skip(3).map(|rang| rang[..5].to_owned() + &rang[8..]).collect();
    assert_eq!(later, ["09:30 01", "09:40 03"], "tried again by the centre's policy; who was talked to isn't");
    assert_eq!(day.kept.count("slots WHERE state = 'reported' AND tries = 2").await, 2);
    assert_eq!(day.kept.count("slots WHERE state = 'unanswered' AND reason = 'reached'").await, 1);
    assert_eq!(day.alerts().await, ["unanswered"]);
}

async fn fault_13_an_open_attempt_is_the_call_that_the_list_has(fresh: Fresh) {
    let people = vec![(0, vec![Script::busy().into(), answers_after(2)])];
    let day = Day::begin(&fresh, Plan { people, ..Plan::default() }).await;
    day.until("09:00:20").await;
    let intended = [
        "DELETE FROM leg_statuses",
        "DELETE FROM legs",
        "UPDATE calls SET ended_at = NULL, disposition = NULL",
        "UPDATE attempts SET state = 'unknown', outcome = NULL, ended_at = NULL, look_at = 9000000000000",
        "UPDATE slots SET state = 'calling', tries = 0",
    ];
    day.loses(&intended).await;
    assert_eq!(day.reconciles().await, Reconciled { settled: 1, ..Reconciled::default() });
    assert_eq!(day.attempts().await, ["01 busy"]);
    assert_eq!(day.slots().await, ["09:00 waiting 1"]);
    day.until("10:00").await;
    assert_eq!(day.rang().len(), 2, "{:?}", day.rang());
    assert_eq!(day.slots().await, ["09:00 reported 2"]);
}

async fn a_pause_for_lost_entries_ends_by_a_persons_word_alone(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    day.until("08:59").await;
    day.hears_of_a_lost_call().await;
    day.until("09:30").await;
    assert!(day.rang().is_empty());
    assert_eq!(day.slots().await, ["09:00 waiting 0"]);
    let (state, ended) = resume_dialling(&day.clerk, true).await.unwrap();
    assert!(ended && state.hold.is_none());
    let sql = "SELECT actor FROM audit WHERE action = 'dialer.resumed_anyway'";
    assert_eq!(day.kept.column(sql).await, ["nurse"]);
    day.until("09:31").await;
    assert_eq!(day.rang().len(), 1);
}
