//! A caller who hangs up after a red answer: called again, or left alone, by whether 119 can have been heard. Staff are
//! alerted once in either case.

use std::collections::BTreeMap;
use std::time::Duration;

use kenkocall::carrier::simulator::{Health, Script};
use kenkocall::domain::{Item, Keys, YesNo};
use kenkocall::policy::AfterRed;
use kenkocall::service::CentreChange;

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after};
use crate::on_both_databases;

on_both_databases!(
    a_red_answer_and_hanging_up_after_one_second_is_called_again_and_advised,
    a_red_answer_and_hanging_up_after_thirty_seconds_is_left_alone,
    hanging_up_at_every_second_in_office_hours,
    hanging_up_at_every_second_at_night,
    hanging_up_at_every_second_where_the_centre_continues_without_asking,
    silence_after_the_advice_is_left_alone,
    amber_answers_are_told_once_when_the_call_is_over,
    an_amber_answer_of_a_call_that_broke_off_is_told,
);

/// Listening, 36.5 °C, right, an SpO2 of 88 %, right: the advice comes with the sixth question.
const UNTIL_RED: [&str; 5] = ["1", "365", "1", "88", "1"];
const ADVISED_WITH: u16 = 6;

fn red() -> Script {
    let person = Script::answers(Duration::from_secs(2));
    UNTIL_RED.iter().fold(person, |person, keys| person.keys(Keys::parse(keys).unwrap()))
}

fn hangs_up_after(seconds: u64) -> Script {
    red().hangs_up_within_question(ADVISED_WITH, Duration::from_secs(seconds))
}

async fn day_of(fresh: &Fresh, time: &'static str, first: Script) -> Day {
    let people = vec![(0, vec![first.into(), answers_after(2)])];
    Day::begin(fresh, Plan { patients: vec![time], people, ..Plan::default() }).await
}

/// How often the advice was said to anybody.
async fn advised(day: &Day) -> usize {
    day.said().await.matches("questionnaire.advice").count()
}

async fn a_red_answer_and_hanging_up_after_one_second_is_called_again_and_advised(fresh: Fresh) {
    let day = day_of(&fresh, "10:00", hangs_up_after(1)).await;
    day.until("10:04").await;
    assert_eq!(day.attempts().await, ["01 dropped"]);
    assert_eq!(day.alerts().await, ["red_answer"]);
    assert_eq!(day.kept.column("SELECT outcome FROM reports").await, ["unanswered"]);
    day.until("11:30").await;
    assert_eq!(day.attempts().await, ["01 dropped", "01 reported"]);
    assert_eq!(day.slots().await, ["10:00 reported 2"]);
    assert_eq!(day.alerts().await, ["red_answer"], "the second call raises no other alert");
    assert_eq!(advised(&day).await, 2, "who was cut off hears the advice in the next call");
}

async fn a_red_answer_and_hanging_up_after_thirty_seconds_is_left_alone(fresh: Fresh) {
    let day = day_of(&fresh, "10:00", hangs_up_after(30)).await;
    day.until("23:00").await;
    assert_eq!(day.attempts().await, ["01 reported"]);
    assert_eq!(day.slots().await, ["10:00 reported 1"]);
    assert_eq!(day.alerts().await, ["red_answer"]);
    assert_eq!(day.rang().len(), 1, "{:?}", day.rang());
    assert_eq!(day.kept.count("answers").await, 2, "the open questions stay empty");
}

async fn silence_after_the_advice_is_left_alone(fresh: Fresh) {
    let silent = (ADVISED_WITH..ADVISED_WITH + 2).fold(red(), |person, _| person.keys(Keys::default()));
    let day = day_of(&fresh, "18:00", silent).await;
    day.until("23:00").await;
    assert_eq!(day.attempts().await, ["01 reported"]);
    assert_eq!(day.slots().await, ["18:00 reported 1"]);
    assert_eq!(day.alerts().await, ["red_answer"]);
}

async fn hanging_up_at_every_second_in_office_hours(fresh: Fresh) {
    hanging_up_at_every_second(fresh, "10:00", AfterRed::Ask).await;
}

async fn hanging_up_at_every_second_at_night(fresh: Fresh) {
    hanging_up_at_every_second(fresh, "18:00", AfterRed::Ask).await;
}

async fn hanging_up_at_every_second_where_the_centre_continues_without_asking(fresh: Fresh) {
    hanging_up_at_every_second(fresh, "10:00", AfterRed::Continue).await;
}

/// One person for each second of the advice and what follows it.
async fn hanging_up_at_every_second(fresh: Fresh, time: &'static str, after_red: AfterRed) {
    const SECONDS: u32 = 31;
    let people = (0..SECONDS).map(|nth| (nth, vec![hangs_up_after(nth.into()).into(), answers_after(2)])).collect();
    let patients = vec![time; usize::try_from(SECONDS).unwrap()];
    let day = Day::begin(&fresh, Plan { patients, people, ..Plan::default() }).await;
    day.centre(CentreChange { after_red: Some(after_red), ..CentreChange::default() }).await;
    day.until("23:30").await;
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for attempt in day.attempts().await {
        let (number, outcome) = attempt.split_once(' ').unwrap();
        outcomes.entry(number.to_owned()).or_default().push(outcome.to_owned());
    }
    assert_eq!(outcomes.len(), usize::try_from(SECONDS).unwrap());
    let outcomes: Vec<Vec<String>> = outcomes.into_values().collect();
    let heard = outcomes.iter().position(|calls| *calls == ["reported"]).expect("119 is heard at some time");
    assert!((5..20).contains(&heard), "119 is heard after {heard} s: {outcomes:?}");
    let (cut_off, left_alone) = outcomes.split_at(heard);
    assert!(cut_off.iter().all(|calls| *calls == ["dropped", "reported"]), "{outcomes:?}");
    assert!(left_alone.iter().all(|calls| *calls == ["reported"]), "{outcomes:?}");
    let alerts = "SELECT CAST(count(*) AS text) FROM alerts WHERE kind = 'red_answer' GROUP BY report_id";
    assert_eq!(day.kept.column(alerts).await, vec!["1"; outcomes.len()], "one alert each");
    assert_eq!(advised(&day).await, outcomes.len() + heard, "who was cut off is advised again");
}

fn eats_nothing() -> Script {
    let mut ill = Health::well();
    ill.symptoms = BTreeMap::from([(Item::UnableToEat, YesNo::Yes)]);
    Script::answers(Duration::from_secs(2)).health(ill)
}

async fn amber_answers_are_told_once_when_the_call_is_over(fresh: Fresh) {
    let people = vec![(0, vec![eats_nothing().into(), eats_nothing().into(), answers_after(2)])];
    let day = Day::begin(&fresh, Plan { people, ..Plan::default() }).await;
    day.until("09:00:40").await;
    assert!(day.alerts().await.is_empty(), "not before the call is over");
    day.until("10:00").await;
    assert_eq!(day.alerts().await, ["amber_answer"]);
    let told = day.kept.column("SELECT item FROM alerts WHERE report_id IS NOT NULL").await;
    assert_eq!(told, ["unable_to_eat"]);
    // The next day's amber answer replaces it, and a day without one leaves it to staff.
    day.until_moment("2026-11-25T20:00:00+09:00").await;
    assert_eq!((day.alerts().await, day.kept.count("alerts").await), (vec!["amber_answer".to_owned()], 2));
    day.until_moment("2026-11-26T20:00:00+09:00").await;
    assert_eq!((day.alerts().await, day.kept.count("alerts").await), (vec!["amber_answer".to_owned()], 2));
}

async fn an_amber_answer_of_a_call_that_broke_off_is_told(fresh: Fresh) {
    let mut ill = Health::well();
    ill.symptoms = BTreeMap::from([(Item::Breathlessness, YesNo::Yes)]);
    let breaks_off = Script::answers(Duration::from_secs(2)).health(ill).hangs_up_at_question(10);
    let people = vec![(0, vec![breaks_off.into(), answers_after(2)])];
    let day = Day::begin(&fresh, Plan { people, ..Plan::default() }).await;
    day.until("09:10").await;
    assert_eq!(day.attempts().await, ["01 dropped"]);
    assert_eq!(day.alerts().await, ["amber_answer"]);
    day.until("12:00").await;
    assert_eq!(day.attempts().await, ["01 dropped", "01 reported"]);
    assert_eq!(day.kept.count("alerts").await, 1, "the same answer is told once");
}
