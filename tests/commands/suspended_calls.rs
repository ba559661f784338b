//! `kenkocall patients show` and `set` after automated calls have begun: slots, and calls that are suspended until
//! the health centre decides (A1).

use kenkocall::carrier::simulator::{NetworkFaults, Script};
use kenkocall::domain::AlertKind;
use kenkocall::lab::synthetic_number;
use serde_json::Value;

use crate::simulated_day::{Day, asks_to_stop, finishes, hersys_id, says, today};
use crate::{CommandLine, databases::Fresh, timeless};

crate::on_both_databases!(
    a_patient_shows_the_days_slots_and_the_next_one,
    a1_key_8_suspends_calls_until_the_centre_resumes_them,
    a1_key_8_suspends_calls_until_the_centre_stops_them,
    a1_key_8_from_an_unknown_person_is_shown_until_the_centre_decides,
    a_wrong_number_holds_calls_back_until_there_is_another,
    a_wrong_number_that_was_right_after_all_is_called_again,
);

async fn afternoon(fresh: &Fresh, script: Script) -> Day {
    let day = today(fresh, vec![("13:30;17:00", vec![script.into(), finishes().into()])], NetworkFaults::FAIR).await;
    day.until("13:40:00").await;
    day
}

fn json(command_line: &CommandLine<'_>) -> Value {
    serde_json::from_str(&command_line.does(&["patients", "show", &hersys_id(0), "--json"])).unwrap()
}

fn alerts(command_line: &CommandLine<'_>) -> Vec<AlertKind> {
    let listed: Value = serde_json::from_str(&command_line.does(&["alerts", "list", "--json"])).unwrap();
    let kind = |alert: &Value| AlertKind::from_code(alert["kind"].as_str().unwrap()).unwrap();
    listed.as_array().unwrap().iter().map(kind).collect()
}

async fn a_patient_shows_the_days_slots_and_the_next_one(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = afternoon(&fresh, Script::busy()).await;
    insta::assert_snapshot!("patient_waits", timeless(&command_line.does(&["patients", "show", &hersys_id(0)])));
    day.until("14:30:00").await;
    let shown = json(&command_line);
    assert_eq!(shown["slots_today"].as_array().unwrap().len(), 1);
    let slot = &shown["slots_today"][0];
    assert_eq!((&slot["time"], &slot["state"], &slot["attempts"]), (&"13:30".into(), &"reported".into(), &2.into()));
    assert_eq!((&shown["not_called"], &slot["next_attempt_at"]), (&Value::Null, &Value::Null));
    day.until("17:05:00").await;
    insta::assert_snapshot!("patient_reported", timeless(&command_line.does(&["patients", "show", &hersys_id(0)])));
    let shown = json(&command_line);
    assert_eq!(shown["slots_today"][1]["reason"], "reported");
    // Today's slots are over; the next one is tomorrow.
    let day_of = |at: &Value| at.as_str().unwrap()[..10].to_owned();
    assert!(day_of(&shown["next_slot_at"]) > day_of(&shown["slots_today"][1]["ended_at"]));
}

async fn a1_key_8_suspends_calls_until_the_centre_resumes_them(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = afternoon(&fresh, asks_to_stop()).await;
    insta::assert_snapshot!(
        "patient_asked_to_stop",
        timeless(&command_line.does(&["patients", "show", &hersys_id(0)]))
    );
    let shown = json(&command_line);
    assert_eq!((&shown["not_called"], &shown["next_slot_at"]), (&"stop_requested".into(), &Value::Null));
    assert!(shown["stop_requested_at"].is_string());
    assert_eq!(alerts(&command_line), [AlertKind::StopRequest]);
    // An unrelated change isn't a decision.
    let said = command_line.does(&["patients", "set", &hersys_id(0), "--language", "en"]);
    assert!(said.contains("automated calls held back: the patient asked "), "{said}");
    day.until("16:00:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [1]);
    let on = command_line.does(&["--as", "保健師A", "patients", "set", &hersys_id(0), "--automated-call", "yes"]);
    assert_eq!(on, "changed: HER-SYS ID 1000001\nautomated calls to •••-••••-0001 at 13:30;17:00\n");
    assert_eq!(alerts(&command_line), []);
    let trail = command_line.trail(&hersys_id(0)).await;
    assert!(trail.last().unwrap().details.as_str().starts_with(r#"{"stop_requested_at":["#));
    day.until("17:10:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [2]);
}

async fn a1_key_8_suspends_calls_until_the_centre_stops_them(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = afternoon(&fresh, asks_to_stop()).await;
    let said = command_line.does(&["patients", "stop", &hersys_id(0)]);
    assert!(said.starts_with("stopped: HER-SYS ID 1000001\nautomated calls stopped "), "{said}");
    assert_eq!(alerts(&command_line), []);
    day.until("19:00:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [1]);
    let on = command_line.does(&["patients", "set", &hersys_id(0), "--automated-call", "yes"]);
    assert!(on.ends_with("automated calls to •••-••••-0001 at 13:30;17:00\n"), "{on}");
}

async fn a1_key_8_from_an_unknown_person_is_shown_until_the_centre_decides(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = afternoon(&fresh, says("8").hangs_up_at_question(2)).await;
    let shown = command_line.does(&["patients", "show", &hersys_id(0)]);
    assert!(shown.contains("automated calls to •••-••••-0001"), "{shown}");
    let told =
        "by somebody who didn't say who they are: calls continue until you decide: `kenkocall patients stop 1000001`";
    assert!(shown.contains(told), "{shown}");
    assert_eq!(json(&command_line)["stops_unconfirmed"].as_array().unwrap().len(), 1);
    assert_eq!(alerts(&command_line), [AlertKind::StopUnconfirmed]);
    assert!(command_line.does(&["alerts", "list"]).contains("stop_unconfirmed: somebody who didn't say who they are"));
    let on = command_line.does(&["patients", "set", &hersys_id(0), "--automated-call", "yes"]);
    assert_eq!(on, "changed: HER-SYS ID 1000001\nautomated calls to •••-••••-0001 at 13:30;17:00\n");
    assert_eq!(alerts(&command_line), []);
    let trail = command_line.trail(&hersys_id(0)).await;
    assert_eq!(trail.last().unwrap().details.as_str(), r#"{"stop_unconfirmed":["open","decided"]}"#);
    let again = command_line.does(&["patients", "set", &hersys_id(0), "--automated-call", "yes"]);
    assert!(again.starts_with("nothing to change: "), "{again}");
    assert_eq!(json(&command_line)["stops_unconfirmed"], Value::Array(Vec::new()));
    day.until("14:30:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [2], "the slot is tried again");
}

async fn a_wrong_number_holds_calls_back_until_there_is_another(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = afternoon(&fresh, says("4")).await;
    insta::assert_snapshot!("patient_wrong_number", timeless(&command_line.does(&["patients", "show", &hersys_id(0)])));
    let shown = json(&command_line);
    assert_eq!((&shown["not_called"], &shown["wrong_number"]), (&"wrong_number".into(), &true.into()));
    assert_eq!(alerts(&command_line), [AlertKind::WrongNumber]);
    let new = synthetic_number(7).unwrap();
    day.network(|network| network.settings().people.put(new.clone(), vec![finishes().into()]));
    let said = command_line.does(&["patients", "set", &hersys_id(0), "--phone-number", new.expose()]);
    assert_eq!(said, "changed: HER-SYS ID 1000001\nautomated calls to •••-••••-0008 at 13:30;17:00\n");
    assert_eq!(alerts(&command_line), [], "it is decided");
    day.until("17:10:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap(), &new]), [1, 1]);
    // The old number remains marked as wrong.
    let said = command_line.does(&["patients", "set", &hersys_id(0), "--phone-number", "090-1000-0001"]);
    assert!(said.contains("automated calls held back: •••-••••-0001 isn't the patient's"), "{said}");
}

async fn a_wrong_number_that_was_right_after_all_is_called_again(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = afternoon(&fresh, says("4")).await;
    let said = command_line.does(&["patients", "set", &hersys_id(0), "--automated-call", "yes"]);
    assert_eq!(said, "changed: HER-SYS ID 1000001\nautomated calls to •••-••••-0001 at 13:30;17:00\n");
    assert_eq!(alerts(&command_line), []);
    day.until("17:10:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [2]);
}
