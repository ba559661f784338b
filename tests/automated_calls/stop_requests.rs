//! Key 8 before identification: only the patient, or a person who answers for the patient, suspends the calls. The
//! health centre decides on any other request, and calls continue until then.

use std::time::Duration;

use kenkocall::carrier::simulator::Script;
use kenkocall::domain::Keys;
use kenkocall::patient_import::Column;
use kenkocall::service::{Details, show_patient, stop_patient};

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, answers_after, id};

crate::on_both_databases!(
    key_8_and_then_1_holds_the_calls_until_the_centre_decides,
    key_8_and_then_4_leaves_the_number_alone,
    key_8_and_silence_is_told_and_calls_continue,
    hanging_up_after_key_8_is_told_and_the_slot_is_tried_again,
    a_stop_by_the_centre_decides_what_somebody_unknown_asked,
    switching_calls_off_decides_what_somebody_unknown_asked,
    a_confirmed_request_takes_the_place_of_an_unconfirmed_one,
);

/// Presses 8 when asked who is listening.
fn presses_8() -> Script {
    Script::answers(Duration::from_secs(2)).keys_at_question(1, key("8"))
}

/// The keys pressed when asked who wants to stop the calls.
fn says(keys: &str) -> Script {
    presses_8().keys_at("stop_request.ask_who", key(keys))
}

fn key(keys: &str) -> Keys {
    Keys::parse(keys).unwrap_or_default()
}

async fn three_slots(fresh: &Fresh, first_call: Script) -> Day {
    let people = vec![(0, vec![first_call.into(), answers_after(2)])];
    let plan = Plan { patients: vec!["09:00;12:00;15:00"], people, ..Plan::default() };
    let day = Day::begin(fresh, plan).await;
    day.until("09:20").await;
    day
}

async fn key_8_and_then_1_holds_the_calls_until_the_centre_decides(fresh: Fresh) {
    let day = three_slots(&fresh, says("1").hangs_up_at_question(4)).await;
    assert_eq!(day.alerts().await, ["stop_request"]);
    day.until("14:00").await;
    assert_eq!(day.rang().len(), 1, "{:?}", day.rang());
    day.set(0, &[(Column::AutomatedCall, "yes")]).await;
    assert_eq!(day.alerts().await, Vec::<String>::new());
    day.until("15:10").await;
    assert_eq!(day.rang().len(), 2, "{:?}", day.rang());
}

async fn key_8_and_then_4_leaves_the_number_alone(fresh: Fresh) {
    let day = three_slots(&fresh, says("4")).await;
    assert_eq!(day.alerts().await, ["wrong_number"]);
    assert_eq!(day.attempts().await, ["01 wrong_number"]);
    day.until("19:30").await;
    assert_eq!(day.rang().len(), 1, "{:?}", day.rang());
}

async fn key_8_and_silence_is_told_and_calls_continue(fresh: Fresh) {
    let silent = presses_8()
        .keys_at("stop_request.ask_who", Keys::default())
        .keys_at("automated_call.ask_listening", key("2"))
        .keys_at("automated_call.ask_another_matter", key("2"));
    let day = three_slots(&fresh, silent).await;
    assert_eq!(day.alerts().await, ["stop_unconfirmed"]);
    let shown = show_patient(&day.client.context, &day.client.actor, &id(0), Details::Masked).await.unwrap().found;
    assert_eq!((shown.patient.not_called, shown.stops_unconfirmed.len()), (None, 1));
    day.until("10:00").await;
    assert_eq!(day.attempts().await, ["01 not_now", "01 reported"], "calls continue until the centre decides");
    day.set(0, &[(Column::Language, "en")]).await;
    assert_eq!(day.alerts().await, ["stop_unconfirmed"], "a change of something else decides nothing");
    day.set(0, &[(Column::AutomatedCall, "yes")]).await;
    assert_eq!(day.alerts().await, Vec::<String>::new());
    assert_eq!(
        show_patient(&day.client.context, &day.client.actor, &id(0), Details::Masked)
            .await
            .unwrap()
            .found
            .stops_unconfirmed,
        []
    );
}

async fn hanging_up_after_key_8_is_told_and_the_slot_is_tried_again(fresh: Fresh) {
    let day = three_slots(&fresh, presses_8().hangs_up_at_question(2)).await;
    assert_eq!(day.alerts().await, ["stop_unconfirmed"]);
    assert_eq!(day.attempts().await, ["01 dropped"]);
    day.until("10:00").await;
    assert_eq!(day.attempts().await, ["01 dropped", "01 reported"]);
}

async fn a_stop_by_the_centre_decides_what_somebody_unknown_asked(fresh: Fresh) {
    let day = three_slots(&fresh, presses_8().hangs_up_at_question(2)).await;
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    assert_eq!(day.alerts().await, Vec::<String>::new());
    day.until("19:30").await;
    assert_eq!(day.rang().len(), 1, "{:?}", day.rang());
}

async fn switching_calls_off_decides_what_somebody_unknown_asked(fresh: Fresh) {
    let day = three_slots(&fresh, presses_8().hangs_up_at_question(2)).await;
    day.set(0, &[(Column::AutomatedCall, "no")]).await;
    assert_eq!(day.alerts().await, Vec::<String>::new());
    day.until("19:30").await;
    assert_eq!(day.rang().len(), 1, "{:?}", day.rang());
}

async fn a_confirmed_request_takes_the_place_of_an_unconfirmed_one(fresh: Fresh) {
    let unknown = presses_8().hangs_up_at_question(2);
    let patient = Script::answers(Duration::from_secs(2))
        .keys_at("questionnaire.ask_body_temperature", key("8"))
        .keys_at("stop_request.ask_stop", key("1"))
        .hangs_up_at_question(4);
    let people = vec![(0, vec![unknown.clone().into(), unknown.into(), patient.into(), answers_after(2)])];
    let plan = Plan { patients: vec!["09:00;12:00;15:00"], people, ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("09:50").await;
    assert_eq!(day.alerts().await, ["stop_unconfirmed", "stop_unconfirmed"], "each call with a request is shown");
    day.until("19:30").await;
    assert_eq!(day.rang().len(), 3, "{:?}", day.rang());
    assert!(day.alerts().await.contains(&"stop_request".to_owned()), "{:?}", day.alerts().await);
    assert!(!day.alerts().await.contains(&"stop_unconfirmed".to_owned()), "{:?}", day.alerts().await);
}
