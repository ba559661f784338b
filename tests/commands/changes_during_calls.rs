//! `patients stop`, `release` and `set` while the phone rings, and while a person is on the line (A3, A4).

use kenkocall::carrier::simulator::{NetworkFaults, Script};
use kenkocall::lab::synthetic_number;
use serde_json::Value;

use crate::simulated_day::{Day, finishes, hersys_id, secs, today};
use crate::{CommandLine, databases::Fresh, timeless};

crate::on_both_databases!(
    a4_a_stop_cancels_the_ringing_call,
    a4_a_release_ends_the_call_that_somebody_answered_with_a_goodbye,
    a3_a_new_number_cancels_the_ringing_call_and_is_called,
    a3_new_times_cancel_a_waiting_retry,
);

/// One patient who is called at half past one and whose phone rings for this long.
async fn ringing(fresh: &Fresh, rings: u64) -> Day {
    let answers = Script::answers(secs(rings)).health(kenkocall::carrier::simulator::Health::well());
    let day = today(fresh, vec![("13:30", vec![answers.into()])], NetworkFaults::FAIR).await;
    day.until("13:30:08").await;
    day
}

fn only_call(command_line: &CommandLine<'_>) -> (Value, String) {
    let calls: Value = serde_json::from_str(&command_line.does(&["calls", "list", "--json"])).unwrap();
    assert_eq!(calls.as_array().unwrap().len(), 1);
    let id = calls[0]["id"].as_str().unwrap();
    (
        serde_json::from_str(&command_line.does(&["calls", "show", id, "--json"])).unwrap(),
        command_line.does(&["calls", "show", id]),
    )
}

async fn a4_a_stop_cancels_the_ringing_call(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = ringing(&fresh, 25).await;
    assert_eq!(only_call(&command_line).0["attempt"]["state"], "placed");
    command_line.does(&["patients", "stop", &hersys_id(0)]);
    assert_eq!(only_call(&command_line).0["attempt"]["withdrawal"], "stopped", "at once");
    assert!(command_line.does(&["calls", "list", "--state", "placed"]).contains("stopped"));
    day.goes_on(3).await;
    let (call, text) = only_call(&command_line);
    assert_eq!(call["attempt"]["outcome"], "withdrawn");
    assert_eq!((&call["turns"], &call["disposition"]), (&Value::Array(vec![]), &"withdrawn".into()));
    insta::assert_snapshot!("call_withdrawn", timeless(&text));
    day.goes_on(3 * 3_600).await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [1]);
    let shown = command_line.does(&["patients", "show", &hersys_id(0)]);
    assert!(shown.contains("cancelled (stopped)"), "{shown}");
}

async fn a4_a_release_ends_the_call_that_somebody_answered_with_a_goodbye(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = ringing(&fresh, 1).await;
    day.goes_on(20).await;
    assert_eq!(only_call(&command_line).0["attempt"]["state"], "answered");
    command_line.does(&["patients", "release", &hersys_id(0)]);
    day.goes_on(60).await;
    let (call, text) = only_call(&command_line);
    assert_eq!(
        (&call["attempt"]["outcome"], &call["attempt"]["withdrawal"]),
        (&"withdrawn".into(), &"released".into())
    );
    assert!(text.contains("< isn't to be called any more") && text.ends_with("> hangs up\n"), "{text}");
}

async fn a3_a_new_number_cancels_the_ringing_call_and_is_called(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = ringing(&fresh, 25).await;
    let (old, new) = (synthetic_number(0).unwrap(), synthetic_number(7).unwrap());
    day.network(|network| network.settings().people.put(new.clone(), vec![finishes().into()]));
    command_line.does(&["patients", "set", &hersys_id(0), "--phone-number", new.expose()]);
    day.until("15:00:00").await;
    assert_eq!(day.rung(&[&old, &new]), [1, 1]);
    let calls = command_line.does(&["calls", "list", "--state", "ended"]);
    assert!(calls.contains("number_changed") && calls.contains("•••-••••-0008"), "{calls}");
    let shown = command_line.does(&["patients", "show", &hersys_id(0)]);
    assert!(shown.contains("13:30  reported  2 calls"), "{shown}");
}

async fn a3_new_times_cancel_a_waiting_retry(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = today(&fresh, vec![("13:30", vec![Script::busy().into(), finishes().into()])], NetworkFaults::FAIR).await;
    day.until("13:40:00").await;
    let waits = command_line.does(&["patients", "show", &hersys_id(0)]);
    assert!(waits.contains("13:30  waiting  1 call  next call from "), "{waits}");
    command_line.does(&["patients", "set", &hersys_id(0), "--call-times", "15:00"]);
    day.until("14:50:00").await;
    let shown = command_line.does(&["patients", "show", &hersys_id(0)]);
    assert!(shown.contains("13:30  cancelled (times_changed)  1 call"), "{shown}");
    day.until("15:10:00").await;
    let shown = command_line.does(&["patients", "show", &hersys_id(0)]);
    assert!(shown.contains("15:00  reported                   1 call"), "{shown}");
}
