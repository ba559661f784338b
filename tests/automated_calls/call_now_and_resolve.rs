//! Commands of staff for single calls: call now, and resolve a call with unknown outcome.

use kenkocall::carrier::simulator::{NetworkFaults, Script};
use kenkocall::domain::{CallId, Withdrawal};
use kenkocall::service::{CallError, Resolution, ServiceError, call_now, resolve_call, stop_patient};

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, id};
use crate::on_both_databases;

on_both_databases!(
    called_now_inside_calling_hours_alone,
    who_asked_to_be_left_alone_is_not_called_now_either,
    an_unknown_call_is_resolved_by_staff,
);

async fn called_now_inside_calling_hours_alone(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["18:00"], ..Plan::default() }).await;
    let refused = call_now(&day.client.context, &day.client.actor, &id(0)).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Call(CallError::OutsideCallingHours(_))), "{refused}");
    day.until("10:00:30").await;
    call_now(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    day.until("10:00:50").await;
    let refused = call_now(&day.client.context, &day.client.actor, &id(0)).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Call(CallError::AlreadyUnderWay)), "{refused}");
    day.until("20:30").await;
    assert_eq!(day.rang().len(), 1);
    assert_eq!(day.slots().await, ["10:00:30 reported 1", "18:00 cancelled reported 0"]);
}

async fn who_asked_to_be_left_alone_is_not_called_now_either(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan::default()).await;
    day.until("08:30").await;
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    let refused = call_now(&day.client.context, &day.client.actor, &id(0)).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Call(CallError::NotCallable(Withdrawal::Stopped))), "{refused}");
}

async fn an_unknown_call_is_resolved_by_staff(fresh: Fresh) {
    let network_faults = NetworkFaults { dial_unheard_not_placed: 1.0, looks_unavailable: 1.0, ..NetworkFaults::FAIR };
    let plan = Plan { network_faults, people: vec![(0, vec![Script::busy().into()])], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("10:00").await;
    let call: CallId = day.kept.column("SELECT call_id FROM attempts").await[0].parse().unwrap();
    resolve_call(&day.client.context, &day.client.actor, call, Resolution::LookAgain).await.unwrap();
    assert_eq!(day.attempts().await, ["01 unknown"]);
    resolve_call(&day.client.context, &day.client.actor, call, Resolution::Answered).await.unwrap();
    assert_eq!(day.attempts().await, ["01 reached"]);
    assert_eq!(day.slots().await, ["09:00 unanswered reached 1"]);
    assert!(!day.alerts().await.contains(&"unknown_call".to_owned()));
    let refused = resolve_call(&day.client.context, &day.client.actor, call, Resolution::NotPlaced).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Call(CallError::OutcomeKnown)), "{refused}");
    assert_eq!(day.kept.count("audit WHERE action = 'patient.call_resolved'").await, 2);
}
