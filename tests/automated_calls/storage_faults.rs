//! Failing databases and frozen workers: no call without an intent on disk, no call placed twice, and no thanks for a
//! report that wasn't stored.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use kenkocall::domain::{Line, PhoneNumber};
use kenkocall::service::{Begin, CarrierEvent, ConversationError, Dialer, Outcome};
use kenkocall::store::{CommitHook, Database, Decision, StoreError, connection_lost};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::Notify;

use super::databases::{Fresh, on_postgres, on_sqlite};
use super::simulated_day::{Day, Plan};
use crate::on_both_databases;

on_both_databases!(
    fault_11_a_full_disk_calls_nobody_and_thanks_nobody,
    callers_are_turned_away_at_once_when_too_many_wait,
    fault_12_a_commit_whose_answer_is_lost_is_read_again,
    fault_15_a_worker_that_was_frozen_sends_nothing,
    fault_15_a_worker_that_was_frozen_while_another_took_over,
);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    /// No commit succeeds.
    Full,
    /// No commit completes.
    Stuck,
    /// The reply to the commit after this many is lost.
    UnheardAfter(u32),
}

struct Troubles(Mutex<Trouble>, Arc<Notify>);

impl Troubles {
    fn none() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Trouble::None), Arc::default()))
    }

    fn set(&self, trouble: Trouble) {
        *self.0.lock().unwrap() = trouble;
        self.1.notify_waiters();
    }
}

impl CommitHook for Troubles {
    fn before(&self) -> Decision {
        let trouble = *self.0.lock().unwrap();
        // Taken before anybody can resume dialling.
        let goes_on = Arc::clone(&self.1).notified_owned();
        Box::pin(async move {
            match trouble {
                Trouble::Full => Err(StoreError::Full),
                Trouble::Stuck => {
                    goes_on.await;
                    Ok(())
                }
                Trouble::None | Trouble::UnheardAfter(_) => Ok(()),
            }
        })
    }

    fn after(&self) -> Decision {
        let mut trouble = self.0.lock().unwrap();
        let lost = match *trouble {
            Trouble::UnheardAfter(0) => {
                *trouble = Trouble::None;
                true
            }
            Trouble::UnheardAfter(left) => {
                *trouble = Trouble::UnheardAfter(left - 1);
                false
            }
            Trouble::None | Trouble::Full | Trouble::Stuck => false,
        };
        Box::pin(async move { if lost { Err(connection_lost()) } else { Ok(()) } })
    }
}

/// A power cut can't be simulated here, but the database can be asked whether each commit waits for the disk. The
/// PostgreSQL server of the tests doesn't wait, and `serve` would report that.
#[tokio::test]
async fn fault_10_a_commit_is_on_the_disk_when_it_is_answered() {
    on_sqlite(|fresh| async move { assert!(fresh.database.waits_for_the_disk().await.unwrap()) }).await;
    on_postgres(|fresh| async move { assert!(!fresh.database.waits_for_the_disk().await.unwrap()) }).await;
}

async fn fault_11_a_full_disk_calls_nobody_and_thanks_nobody(fresh: Fresh) {
    let troubles = Troubles::none();
    let plan = Plan { patients: vec!["09:00"; 3], fate: Some(Arc::clone(&troubles) as _), ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("08:58").await;
    troubles.set(Trouble::Full);
    day.rings_in(0);
    day.through_failures_until("09:20").await;
    assert!(day.rang().is_empty(), "no intent is on the disk: {:?}", day.rang());
    let told = day.told_since(Timestamp::UNIX_EPOCH);
    assert!(!told.is_empty() && told.iter().all(Option::is_none), "asked to call again: {told:?}");
    assert_eq!(day.kept.count("reports").await, 0);
    troubles.set(Trouble::None);
    day.until("09:40").await;
    assert_eq!(day.rang().len(), 3, "once there is room, within the window");
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 3);
}

async fn callers_are_turned_away_at_once_when_too_many_wait(fresh: Fresh) {
    /// More than the queue and the commit in progress can hold.
    const CALLERS: usize = 1_500;
    let troubles = Troubles::none();
    let plan = Plan { fate: Some(Arc::clone(&troubles) as _), ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    troubles.set(Trouble::Stuck);
    let mut calls = tokio::task::JoinSet::new();
    for nth in 0..CALLERS {
        let conversations = day.simulation.conversations.clone();
        let leg = format!("SIM{nth:032x}");
        let caller = Some(PhoneNumber::from_e164(&format!("+8180{nth:08}")).unwrap());
        let begin = Begin { line: Line::HealthCall, carrier: "simulator", leg, caller, called: None };
        calls.spawn(async move { conversations.take(CarrierEvent::Begin(begin)).await });
    }
    // While nothing can be stored, only callers who are turned away get an answer.
    let mut turned_away = 0;
    while turned_away < CALLERS - 1_024 - 128 {
        let outcome = calls.join_next().await.unwrap().unwrap();
        assert!(matches!(outcome, Err(ConversationError::Overloaded)), "{outcome:?}");
        turned_away += 1;
    }
    troubles.set(Trouble::None);
    let mut taken = 0;
    while let Some(outcome) = calls.join_next().await {
        match outcome.unwrap() {
            Ok(Outcome::Reply { .. }) => taken += 1,
            Err(ConversationError::Overloaded) => turned_away += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(taken >= 1_024, "{taken} taken, {turned_away} turned away");
    assert_eq!(day.kept.count("calls").await, taken, "all who were answered, and nobody else");
}

async fn fault_12_a_commit_whose_answer_is_lost_is_read_again(fresh: Fresh) {
    const CALLS: u32 = 18;
    let troubles = Troubles::none();
    let times: Vec<String> = (0..CALLS).map(|nth| format!("{:02}:{:02}", 8 + nth / 6, nth % 6 * 10)).collect();
    let patients = times.iter().map(String::as_str).map(|time| &*time.to_owned().leak()).collect();
    let day = Day::begin(&fresh, Plan { patients, fate: Some(Arc::clone(&troubles) as _), ..Plan::default() }).await;
    // One after the other, each losing a different commit of its call: of the slot, the intent, the leg, the turns.
    for (nth, time) in (0..).zip(&times) {
        day.through_failures_until(time).await;
        troubles.set(Trouble::UnheardAfter(nth));
    }
    day.through_failures_until("15:00").await;
    assert_eq!(*troubles.0.lock().unwrap(), Trouble::None, "the last one met its commit too");
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, u64::from(CALLS));
    let rang = day.rang().len();
    let tries = day.kept.count("attempts WHERE outcome <> 'not_placed'").await;
    assert_eq!(u64::try_from(rang).unwrap(), tries, "each attempt rang once");
    let twice = "(SELECT 1 FROM answers GROUP BY report_id, call_id, turn, item HAVING count(*) > 1) AS twice";
    assert_eq!(day.kept.count(twice).await, 0, "no answer is kept twice");
    let open = "(SELECT 1 FROM reports GROUP BY patient_id, report_date HAVING count(*) > 1) AS twice";
    assert_eq!(day.kept.count(open).await, 0, "one report each");
}

/// Ten minutes before nine. Then the worker commits its intent and is frozen for this long.
async fn frozen_for(day: &Day, seconds: i64) -> kenkocall::service::PreparedBatch {
    day.until("08:50").await;
    day.down_until("2026-11-24T09:00:00+09:00");
    let prepared = day.simulation.dialer.prepare().await.unwrap();
    assert_eq!(prepared.ticked.intended, 1);
    day.down_until(&format!("2026-11-24T09:00:{seconds:02}+09:00"));
    prepared
}

async fn fault_15_a_worker_that_was_frozen_sends_nothing(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    let prepared = frozen_for(&day, 6).await;
    day.simulation.dialer.send(prepared).await;
    assert!(day.rang().is_empty(), "its lease was over");
    assert_eq!(day.attempts().await, ["01 not_placed"]);
    day.until("09:30").await;
    assert_eq!(day.rang().len(), 1);
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
}

async fn fault_15_a_worker_that_was_frozen_while_another_took_over(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    let prepared = frozen_for(&day, 40).await;
    let simulation = &day.simulation;
    let database = Database::open(&fresh.url, 4).await.unwrap();
    let dialling = simulation.dialer.dialling().clone();
    let (conversations, carriers) = (simulation.conversations.clone(), simulation.carriers.clone());
    let other = Dialer::new(day.context_on(database.clone()), conversations, carriers, dialling);
    other.look().await.unwrap();
    assert_eq!(day.attempts().await, ["01 unknown"], "the other one doesn't know whether it rang");
    simulation.dialer.send(prepared).await;
    assert!(day.rang().is_empty());
    day.until("09:30").await;
    assert_eq!(day.rang().len(), 1);
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
    database.close().await;
}

/// Refuses all connections, or allows them again.
async fn cut_off(url: &str, cut: bool) {
    let (server, name) = url.rsplit_once('/').unwrap();
    let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let allowed = if cut { "false" } else { "true" };
    let mut say = async |statement: String| {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    };
    say(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")).await;
    if cut {
        say(format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")).await;
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn fault_16_a_node_that_is_cut_off_from_the_database_confirms_nothing() {
    on_postgres(|fresh| async move {
        let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "09:01"], ..Plan::default() }).await;
        day.until("09:01:30").await;
        let answers = day.kept.count("answers").await;
        assert!(answers > 0, "in the middle of a call");
        cut_off(&fresh.url, true).await;
        let cut_at = day.simulation.clock.now();
        // The next turn of both calls.
        for _ in 0..20 {
            let _fails = day.simulation.round(&mut kenkocall::lab::Rhythm::default()).await;
            day.simulation.clock.set(day.simulation.clock.now() + SignedDuration::from_secs(1));
            if day.told_since(cut_at).len() >= 2 {
                break;
            }
        }
        let told = day.told_since(cut_at);
        assert!(!told.is_empty() && told.iter().all(Option::is_none), "nothing is confirmed: {told:?}");
        cut_off(&fresh.url, false).await;
        assert_eq!(day.kept.count("answers").await, answers);
        day.until("11:00").await;
        assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 2, "called again, and resumed");
        assert_eq!(day.kept.count("reports").await, 2);
    })
    .await;
}
