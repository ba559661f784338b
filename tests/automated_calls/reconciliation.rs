//! Reconciling with the carrier's list after the last entries were lost (faults 13 and 40): the result for each of
//! its calls.

use jiff::SignedDuration;
use kenkocall::carrier::simulator::Script;
use kenkocall::domain::CallId;
use kenkocall::service::{Reconciled, ServiceError, SuspensionError, call_not_known, reconcile_calls, resume_dialling};
use uuid::Builder;

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after};
use crate::on_both_databases;

on_both_databases!(
    fault_13_calls_that_were_lost_become_attempts_of_their_slots,
    fault_13_an_open_attempt_is_the_call_that_the_list_has,
    fault_34_a_report_that_was_lost_is_not_asked_for_by_phone_again,
    only_a_person_ends_a_pause_for_lost_entries,
);

/// The database as on the night before: no slot was opened yet.
const THE_NIGHT_BEFORE: [&str; 15] = [
    "DELETE FROM outbox",
    "DELETE FROM alerts",
    "DELETE FROM answers",
    "DELETE FROM reports",
    "DELETE FROM turns",
    "DELETE FROM sessions",
    "DELETE FROM leg_statuses",
    "DELETE FROM legs",
    "DELETE FROM attempts",
    "DELETE FROM call_people",
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

    /// The carrier reports a call that the database has lost.
    async fn hears_of_a_lost_call(&self) {
        let made = u64::try_from(self.simulation.clock.now().as_millisecond()).unwrap();
        let call = CallId(Builder::from_unix_timestamp_millis(made, &[7; 10]).into_uuid());
        call_not_known(&self.simulation.context, call, None).await.unwrap();
        assert_eq!(self.alerts().await, ["dialling"]);
    }

    async fn reconciles(&self) -> Reconciled {
        let (context, carriers) = (&self.simulation.context, &self.simulation.carriers);
        reconcile_calls(
            context,
            &self.client.actor,
            self.simulation.conversations.lines().flow_sets.current().digest.as_str(),
            carriers.default(),
            SignedDuration::from_secs(60),
        )
        .await
        .unwrap()
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
    assert!(matches!(
        resume_dialling(&day.client.context, &day.client.actor, false).await,
        Err(ServiceError::Suspension(SuspensionError::NotReconciled))
    ));
    assert_eq!(day.attempts().await, ["01 busy"]);

    day.until("09:10").await;
    let second = day.reconciles().await;
    assert_eq!((second.settled, second.under_way, second.is_complete()), (2, 0, true));
    assert_eq!(day.reconciles().await, Reconciled::default(), "a second time finds nothing");
    assert_eq!(day.attempts().await, ["01 busy", "02 reached", "03 no_answer"]);
    assert_eq!(day.rang().len(), 3, "nobody was dialled meanwhile");

    let (_, ended) = resume_dialling(&day.client.context, &day.client.actor, false).await.unwrap();
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

async fn only_a_person_ends_a_pause_for_lost_entries(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    day.until("08:59").await;
    day.hears_of_a_lost_call().await;
    day.until("09:30").await;
    assert!(day.rang().is_empty());
    assert_eq!(day.slots().await, ["09:00 waiting 0"]);
    let (state, ended) = resume_dialling(&day.client.context, &day.client.actor, true).await.unwrap();
    assert!(ended && state.hold.is_none());
    let sql = "SELECT actor FROM audit WHERE action = 'dialer.resumed_anyway'";
    assert_eq!(day.kept.column(sql).await, ["nurse"]);
    day.until("09:31").await;
    assert_eq!(day.rang().len(), 1);
}

/// Four patients have reported and were thanked. A fail-over loses everything except their calls: one is open, one
/// counts as dropped and waits for its next try, one was found to be over, and one is complete in the database.
async fn fault_34_a_report_that_was_lost_is_not_asked_for_by_phone_again(fresh: Fresh) {
    let people = (0..4).map(|nth| (nth, vec![answers_after(2)])).chain([(4, vec![Script::rings_out().into()])]);
    let plan = Plan { people: people.collect(), patients: vec!["09:00"; 5], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("09:20").await;
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 4);
    let of = |nth: u32| format!("(SELECT call_id FROM attempts WHERE phone_number LIKE '%{:02}')", nth + 1);
    let slot = |nth: u32| format!("(SELECT slot_id FROM attempts WHERE phone_number LIKE '%{:02}')", nth + 1);
    let lose = |nth: u32, attempt: &str, slot_state: &str| {
        [
            format!("UPDATE attempts SET {attempt} WHERE call_id IN {}", of(nth)),
            format!("UPDATE slots SET {slot_state}, reason = NULL, ended_at = NULL WHERE id IN {}", slot(nth)),
        ]
    };
    let ended = "state = 'ended', outcome = 'dropped'";
    let changes = [
        lose(0, "state = 'answered', outcome = NULL, ended_at = NULL, look_at = 9000000000000", "state = 'calling'"),
        lose(1, ended, "state = 'waiting', tries = 1, due_at = due_at + 3600000"),
        lose(2, "state = 'ended', outcome = 'failed'", "state = 'waiting', tries = 1, due_at = due_at + 3600000"),
    ];
    let changes: Vec<String> = changes.into_iter().flatten().collect();
    day.loses(&changes.iter().map(String::as_str).collect::<Vec<_>>()).await;
    day.loses(&["UPDATE reports SET outcome = 'unanswered', ended_at = NULL WHERE id NOT IN (SELECT report_id FROM answers WHERE call_id IN (SELECT call_id FROM attempts WHERE phone_number LIKE '%04'))"]).await;
    day.hears_of_a_lost_call().await;
    let done = day.reconciles().await;
    assert_eq!((done.settled, done.reports_lost, done.under_way), (0, 3, 0));
    assert_eq!(day.attempts().await, ["01 reached", "02 reached", "03 reached", "04 reported", "05 no_answer"]);
    assert_eq!(day.kept.count("slots WHERE state = 'unanswered' AND reason = 'reached'").await, 3);
    assert_eq!(day.kept.count("audit WHERE action = 'patient.call_reconciled'").await, 3);
    assert_eq!(day.alerts().await, ["dialling", "unanswered", "unanswered", "unanswered"]);
    day.until("09:25").await;
    let again = day.reconciles().await;
    assert_eq!((again.reports_lost, again.is_complete()), (0, true));
    resume_dialling(&day.client.context, &day.client.actor, false).await.unwrap();
    day.until("12:00").await;
    let later: Vec<String> = day.rang().into_iter().skip(5).map(|rang| rang[9..].to_owned()).collect();
    assert!(!later.is_empty() && later.iter().all(|number| number == "05"), "{later:?}");
}
