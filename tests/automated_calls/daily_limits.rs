//! The daily limits of calls and of their cost: no further patient is called, a restart changes nothing, staff are
//! told once, and the next day starts from zero.

use kenkocall::carrier::simulator::Script;
use kenkocall::policy::{CallPrice, DayLimits};
use kenkocall::service::{CentreChange, Dialer, PauseReason, change_centre, dialer_state, resume_dialling};
use std::time::Duration;

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after};
use crate::on_both_databases;

on_both_databases!(
    after_the_daily_limit_nobody_is_dialled_until_tomorrow,
    a_restart_doesnt_begin_the_day_anew,
    the_days_money_is_never_passed,
    a_centres_limit_holds_for_that_centre,
    a_person_who_resumes_dialling_meets_the_limit_again,
);

fn calls(most: u32) -> DayLimits {
    DayLimits { calls: Some(most), spend: None }
}

async fn after_the_daily_limit_nobody_is_dialled_until_tomorrow(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00"; 5], day_limits: calls(3), hours: "08:00-10:00", ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("10:05").await;
    assert_eq!(day.rang().len(), 3, "{:?}", day.rang());
    let mut ends = day.slots().await;
    ends.sort();
    assert_eq!(ends.iter().filter(|slot| slot.contains("missed")).count(), 2, "{ends:?}");
    let alerts = day.kept.column("SELECT centre_code FROM alerts WHERE kind = 'day_limit'").await;
    assert_eq!(alerts, [""], "one, to everybody");
    let state = dialer_state(&day.client.context, &day.client.actor).await.unwrap();
    let Some(PauseReason::Paused(pause)) = state.hold else { panic!("{:?}", state.hold) };
    assert!(pause.reason.contains("dialer.calls_per_day"), "{}", pause.reason);
    assert_eq!(pause.until.unwrap().to_string(), "2026-11-24T15:00:00Z", "midnight in Japan");
    day.until_moment("2026-11-25T10:05:00+09:00").await;
    assert_eq!(day.rang().len(), 6, "three more on the next day");
    assert_eq!(day.kept.count("alerts WHERE kind = 'day_limit'").await, 2);
}

async fn a_restart_doesnt_begin_the_day_anew(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00", "09:00", "15:00", "15:00"], day_limits: calls(3), ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("10:00").await;
    let simulation = &day.simulation;
    let dialling = simulation.dialer.dialling().clone();
    // Another process, which knows only the content of the database.
    let context = day.context_on(fresh.database.clone());
    let other = Dialer::new(context, simulation.conversations.clone(), simulation.carriers.clone(), dialling);
    day.down_until("2026-11-24T15:00:01+09:00");
    for _ in 0..5 {
        other.tick_and_wait().await.unwrap();
    }
    assert_eq!(day.kept.count("attempts").await, 3);
}

async fn the_days_money_is_never_passed(fresh: Fresh) {
    // A call costs at most 100, so no second call begins during one, and a call of two minutes uses up 20.
    let price = CallPrice { per_minute: 10.0, longest_minutes: 10 };
    let limits = DayLimits { calls: None, spend: Some(190) };
    let unanswered = Script::answers(Duration::from_secs(3)).silent();
    let people = (0..9).map(|nth| (nth, vec![unanswered.clone().into()])).collect();
    let plan =
        Plan { patients: vec!["09:00"; 9], people, day_limits: limits, price, hours: "08:00-10:00", ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("10:05").await;
    let minutes = "SELECT CAST(SUM((ended_at - intended_at + 59999) / 60000) AS text) FROM attempts";
    let minutes: u32 = day.kept.column(minutes).await[0].parse().unwrap();
    assert!(minutes * 10 <= 190, "{minutes} minutes");
    assert!((9..=19).contains(&minutes), "{minutes} minutes: nearly all of it is used");
    assert_eq!(day.kept.count("attempts WHERE ended_at IS NULL").await, 0);
    assert_eq!(day.kept.count("alerts WHERE kind = 'day_limit'").await, 1);
    let state = dialer_state(&day.client.context, &day.client.actor).await.unwrap();
    let Some(PauseReason::Paused(pause)) = state.hold else { panic!("{:?}", state.hold) };
    assert!(pause.reason.contains("dialer.spend_per_day"), "{}", pause.reason);
}

async fn a_centres_limit_holds_for_that_centre(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00"; 4], hours: "08:00-10:00", ..Plan::default() }).await;
    let centre = day.kept.column("SELECT code FROM centres").await[0].clone();
    let centre = kenkocall::domain::CentreCode::parse(&centre).unwrap();
    let limited = CentreChange { calls_per_day: Some(Some(2)), ..CentreChange::default() };
    change_centre(&day.client.context, &day.client.actor, &centre, &limited).await.unwrap();
    day.until("10:05").await;
    assert_eq!(day.rang().len(), 2);
    let alerts = day.kept.column("SELECT centre_code FROM alerts WHERE kind = 'day_limit'").await;
    assert_eq!(alerts, [centre.as_str()], "one, on its own list");
    let state = dialer_state(&day.client.context, &day.client.actor).await.unwrap();
    assert_eq!(state.hold, None, "other centres call");
    assert_eq!(state.limited.len(), 1);
    assert_eq!(state.limited[0].0, centre);
    let more = CentreChange { calls_per_day: Some(None), ..CentreChange::default() };
    change_centre(&day.client.context, &day.client.actor, &centre, &more).await.unwrap();
    day.until_moment("2026-11-25T09:30:00+09:00").await;
    assert_eq!(day.rang().len(), 6, "all four of the next day");
}

async fn a_person_who_resumes_dialling_meets_the_limit_again(fresh: Fresh) {
    let people = vec![(0, vec![answers_after(2)])];
    let plan = Plan { patients: vec!["09:00", "10:00"], people, day_limits: calls(1), ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("10:05").await;
    let (_, ended) = resume_dialling(&day.client.context, &day.client.actor, false).await.unwrap();
    assert!(ended);
    day.until("10:10").await;
    assert_eq!(day.rang().len(), 1);
    assert_eq!(day.kept.count("alerts WHERE kind = 'day_limit'").await, 1, "still one a day");
    assert!(dialer_state(&day.client.context, &day.client.actor).await.unwrap().hold.is_some());
}
