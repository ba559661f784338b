//! No answer, busy, dropped, a wrong number: retried or not depending on the cause, and then on the nurses' list
//! (A8).

use std::time::Duration;

use kenkocall::carrier::simulator::{NetworkFaults, Script};
use kenkocall::domain::Keys;
use kenkocall::patient_import::Column;
use kenkocall::service::{CentreChange, Details, Export, show_patient};

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after, id};
use crate::on_both_databases;

on_both_databases!(
    a8_no_answer_is_tried_three_times_half_an_hour_apart,
    a8_busy_by_the_centres_own_policy,
    a8_a_wrong_number_is_left_alone_until_another_is_registered,
    a8_a_wrong_number_that_is_told_in_a_call_that_is_taken_back,
    a8_a_number_that_does_not_exist_ends_the_slot_at_once,
    a8_no_call_after_the_window,
    a8_an_sms_with_the_centres_text_after_unanswered_calls,
    a5_dropped_midway_is_kept_and_called_again_at_the_first_open_question,
    key_8_holds_the_calls_until_the_centre_decides,
    not_now_is_called_again,
    who_never_says_who_they_are_makes_no_report_and_is_called_again,
);

fn rings_out() -> Vec<kenkocall::carrier::simulator::Behaviour> {
    vec![Script::rings_out().into()]
}

async fn a8_no_answer_is_tried_three_times_half_an_hour_apart(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, rings_out())], ..Plan::default() }).await;
    day.until("09:20").await;
    assert_eq!(day.slots().await, ["09:00 waiting 1"]);
    day.until("12:00").await;
    assert_eq!(day.attempts().await, ["01 no_answer"; 3]);
    assert_eq!(day.slots().await, ["09:00 unanswered no_answer 3"]);
    assert_eq!(day.alerts().await, ["unanswered"]);
    let rang = day.rang();
    assert_eq!((&rang[0][..5], &rang[1][..5], &rang[2][..5]), ("09:00", "09:30", "10:01"), "{rang:?}");
    assert!(day.simulation.lines.with(|network, _| network.messages().next().is_none()), "A8: off by default");
}

async fn a8_busy_by_the_centres_own_policy(fresh: Fresh) {
    let people = vec![(0, vec![Script::busy().into(), Script::busy().into(), answers_after(1)])];
    let day = Day::begin(&fresh, Plan { people, ..Plan::default() }).await;
    day.centre(CentreChange { retry: Some("busy=3x5".parse().unwrap()), ..CentreChange::default() }).await;
    day.until("09:30").await;
    assert_eq!(day.attempts().await, ["01 busy", "01 busy", "01 reported"]);
    assert_eq!(day.slots().await, ["09:00 reported 3"]);
    assert!(day.alerts().await.is_empty());
}

async fn a8_a_wrong_number_is_left_alone_until_another_is_registered(fresh: Fresh) {
    let stranger = Script::answers(Duration::from_secs(2)).keys(Keys::parse("4").unwrap());
    let plan =
        Plan { patients: vec!["09:00;12:00;15:00"], people: vec![(0, vec![stranger.into()])], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("14:00").await;
    assert_eq!(day.rang().len(), 1, "the stranger is left alone: {:?}", day.rang());
    assert_eq!(day.slots().await, ["09:00 unanswered wrong_number 1"]);
    assert_eq!(day.alerts().await, ["wrong_number"]);
    day.set(0, &[(Column::PhoneNumber, "090-1000-0009")]).await;
    day.until("15:10").await;
    assert_eq!(day.rang()[1..], ["15:00:00 09"]);
}

async fn a8_a_wrong_number_that_is_told_in_a_call_that_is_taken_back(fresh: Fresh) {
    const STRANGERS: u32 = 15;
    let stranger = || Script::answers(Duration::from_secs(2)).keys(Keys::parse("4").unwrap()).into();
    let times: Vec<String> = (0..STRANGERS).map(|nth| format!("{:02}:{:02}", 9 + nth / 12, nth % 12 * 5)).collect();
    let patients = times.iter().map(|time| &*time.clone().leak()).collect();
    let people = (0..STRANGERS).map(|nth| (nth, vec![stranger()])).collect();
    // The carrier loses commands, so that it takes some time to redirect a call to the goodbye.
    let network_faults = NetworkFaults { orders_unheard: 1.0, ..NetworkFaults::FAIR };
    let day = Day::begin(&fresh, Plan { patients, people, network_faults, ..Plan::default() }).await;
    // The call is withdrawn a second later in each run, so that in some of them the key comes just before the goodbye.
    for (nth, time) in (0..).zip(&times) {
        day.until(&format!("{time}:{:02}", nth + 10)).await;
        day.set(nth, &[(Column::PhoneNumber, &format!("090-2000-00{:02}", nth + 50))]).await;
    }
    day.until("14:00").await;
    let told = "FROM alerts a JOIN attempts t ON t.call_id = a.call_id WHERE a.kind = 'wrong_number'";
    let numbers = day.kept.column(&format!("SELECT substr(t.phone_number, 12) {told}")).await;
    let both = format!("(SELECT 1 {told} AND t.outcome = 'withdrawn') AS taken_back");
    assert!(
        day.kept.count(&both).await > 0,
        "none of them was taken back and told so: {numbers:?} {:?}",
        day.attempts().await
    );
    let before = day.rang().len();
    day.until("16:00").await;
    for rang in &day.rang()[before..] {
        assert!(!numbers.iter().any(|number| rang.ends_with(number)), "{rang} after {numbers:?}");
    }
}

async fn a8_a_number_that_does_not_exist_ends_the_slot_at_once(fresh: Fresh) {
    let cause = kenkocall::domain::HangupCause::InvalidNumberFormat;
    let day =
        Day::begin(&fresh, Plan { people: vec![(0, vec![Script::fails(cause).into()])], ..Plan::default() }).await;
    day.until("12:00").await;
    assert_eq!(day.attempts().await, ["01 wrong_number"]);
    assert_eq!(day.alerts().await, ["wrong_number"]);
}

async fn a8_no_call_after_the_window(fresh: Fresh) {
    let plan = Plan { patients: vec!["19:20"], people: vec![(0, rings_out())], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("23:00").await;
    assert_eq!(day.attempts().await, ["01 no_answer"; 2], "19:20 and 19:50; 20:20 is too late");
    assert_eq!(day.slots().await, ["19:20 unanswered no_answer 2"]);
    assert!(day.rang().iter().all(|call| &call[..5] < "20:00"), "{:?}", day.rang());
}

async fn a8_an_sms_with_the_centres_text_after_unanswered_calls(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, rings_out())], ..Plan::default() }).await;
    let words = "{centre}です。お電話しました。{call_back_number}へ。".parse().unwrap();
    let retry = "no_answer=1x30".parse().unwrap();
    day.centre(CentreChange { missed_call_sms: Some(Some(words)), retry: Some(retry), ..CentreChange::default() })
        .await;
    day.until("12:00").await;
    let messages: Vec<String> = day
        .simulation
        .lines
        .with(|network, _| network.messages().map(|message| message.text.expose().to_owned()).collect());
    assert_eq!(messages, ["見本保健所です。お電話しました。050-0000-0000へ。"]);
}

async fn a5_dropped_midway_is_kept_and_called_again_at_the_first_open_question(fresh: Fresh) {
    let drops = Script::answers(Duration::from_secs(2)).hangs_up_at_question(4);
    let people = vec![(0, vec![drops.into(), answers_after(2)])];
    let day = Day::begin(&fresh, Plan { people, ..Plan::default() }).await;
    day.until("09:20").await;
    assert_eq!(day.attempts().await, ["01 dropped"]);
    assert_eq!(day.kept.column("SELECT outcome FROM reports").await, ["unanswered"]);
    let before = day.kept.count("answers").await;
    assert!(before > 0, "what was answered is kept");
    day.until("10:00").await;
    assert_eq!(day.attempts().await, ["01 dropped", "01 reported"]);
    assert_eq!(day.kept.column("SELECT outcome FROM reports").await, ["reported"]);
    assert_eq!(day.kept.count("answers").await, 11, "no question was asked twice");
}

async fn key_8_holds_the_calls_until_the_centre_decides(fresh: Fresh) {
    let eight = Keys::parse("8").unwrap();
    let wants_none = Script::answers(Duration::from_secs(2))
        .keys_at("questionnaire.ask_body_temperature", eight)
        .keys_at("stop_request.ask_stop", Keys::parse("1").unwrap())
        .hangs_up_at_question(6);
    let people = vec![(0, vec![wants_none.into(), answers_after(2)])];
    let plan = Plan { patients: vec!["09:00;12:00;15:00"], people, ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("14:00").await;
    assert_eq!(day.rang().len(), 1, "who asked to be left alone isn't called: {:?}", day.rang());
    assert!(day.alerts().await.contains(&"stop_request".to_owned()), "{:?}", day.alerts().await);
    day.set(0, &[(Column::AutomatedCall, "yes")]).await;
    assert!(!day.alerts().await.contains(&"stop_request".to_owned()), "the centre has decided");
    day.until("15:10").await;
    assert_eq!(day.rang().len(), 2, "{:?}", day.rang());
}

async fn not_now_is_called_again(fresh: Fresh) {
    let key = || Keys::parse("2").unwrap();
    let busy = Script::answers(Duration::from_secs(2)).keys(key()).keys(key());
    let day =
        Day::begin(&fresh, Plan { people: vec![(0, vec![busy.into(), answers_after(1)])], ..Plan::default() }).await;
    day.until("10:00").await;
    assert_eq!(day.attempts().await, ["01 not_now", "01 reported"]);
}

/// Silence, no time, a stranger and a request to stop: staff see that nobody has reported, and no failed report.
async fn who_never_says_who_they_are_makes_no_report_and_is_called_again(fresh: Fresh) {
    let key = |keys: &str| Keys::parse(keys).unwrap();
    let answers = || Script::answers(Duration::from_secs(2));
    let says = |keys: &str| answers().keys_at("automated_call.ask_listening", key(keys));
    let stops = says("8").keys_at("stop_request.ask_who", key("1")).hangs_up_at_question(3);
    let people = vec![
        (0, vec![Script::answers(Duration::from_secs(2)).silent().into(); 3]),
        (1, vec![answers().keys(key("2")).keys(key("2")).into(); 3]),
        (2, vec![says("4").into()]),
        (3, vec![stops.into()]),
    ];
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00"; 4], people, ..Plan::default() }).await;
    day.until("12:00").await;
    assert_eq!(day.kept.column("SELECT DISTINCT outcome FROM reports").await, ["not_begun"]);
    let mut attempts = day.attempts().await;
    attempts.sort();
    let tried = |number: &str| attempts.iter().filter(|attempt| attempt.starts_with(number)).count();
    assert_eq!((tried("01"), tried("02"), tried("03"), tried("04")), (3, 3, 1, 1), "{attempts:?}");
    let mut alerts = day.alerts().await;
    alerts.sort();
    assert_eq!(alerts, ["stop_request", "unanswered", "unanswered", "wrong_number"]);
    let (context, actor) = (&day.client.context, &day.client.actor);
    for nth in 0..4 {
        let shown = show_patient(context, actor, &id(nth), Details::Masked).await.unwrap();
        assert!(shown.found.reports.is_empty(), "{nth}");
    }
    let date = "2026-11-24".parse().unwrap();
    let mut export = Export::begin(context, actor, date, date, None).await.unwrap().found;
    assert_eq!(export.next().await.unwrap(), Vec::<Vec<String>>::new());
    // The patient of the first number reports later in the same report.
    day.rings_in(0);
    day.until("12:20").await;
    assert_eq!(
        day.kept.column("SELECT outcome FROM reports WHERE ended_at IS NOT NULL ORDER BY outcome DESC").await[0],
        "reported"
    );
    assert_eq!(day.kept.count("reports").await, 4);
}
