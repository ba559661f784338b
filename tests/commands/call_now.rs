//! `kenkocall calls now`: a patient is called immediately, or the reason why not.

use kenkocall::carrier::simulator::{NetworkFaults, Script};
use kenkocall::domain::PhoneNumber;
use kenkocall::lab::{SYNTHETIC_CENTRE, synthetic_number};
use kenkocall::store::patients;

use crate::simulated_day::{Day, asks_to_stop, finishes, hersys_id, says, secs, today, zone_with_hour};
use crate::{CommandLine, databases::Fresh, timeless};

crate::on_both_databases!(
    a_patient_is_called_now,
    a_patient_who_asked_for_no_calls_is_not_called_now,
    a7_nobody_is_called_now_outside_calling_hours,
    a_call_that_was_asked_for_twice_comes_once,
    a_call_that_is_asked_for_waits_for_a_pause_and_a_maintenance,
);

/// Patients whose own call time is much later.
async fn evening(fresh: &Fresh, scripts: Vec<Script>) -> Day {
    today(fresh, scripts.into_iter().map(|script| ("19:00", vec![script.into()])).collect(), NetworkFaults::FAIR).await
}

async fn a_patient_is_called_now(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = evening(&fresh, vec![finishes()]).await;
    let said = command_line.does(&["--as", "保健師A", "calls", "now", &hersys_id(0)]);
    insta::assert_snapshot!("called_now", timeless(&said));
    let waits = command_line.does(&["patients", "show", &hersys_id(0)]);
    assert!(waits.contains("waiting  0 calls  next call from ") && waits.contains("asked for by staff"), "{waits}");
    // Today's report doesn't prevent a nurse from calling.
    for calls in [1, 2] {
        day.goes_on(300).await;
        assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [calls]);
        let shown = command_line.does(&["patients", "show", &hersys_id(0)]);
        assert!(shown.contains("reported  1 call"), "{shown}");
        if calls == 1 {
            // A slot is named by the second in which it was requested.
            tokio::time::sleep(secs(1)).await;
            command_line.does(&["calls", "now", &hersys_id(0)]);
        }
    }
    let listed = command_line.does(&["calls", "list", "--state", "reported", "--limit", "1", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["slot"]["origin"], "staff");
    let id = listed[0]["call"].as_str().unwrap();
    assert!(command_line.does(&["calls", "show", id]).contains("attempt 1 of the call that staff asked for, "));
    let trail = command_line.trail(&hersys_id(0)).await;
    let noted = |entry: &&kenkocall::store::audit::AuditRow| entry.action == "patient.called_now";
    assert_eq!(trail.iter().filter(noted).map(|entry| &*entry.actor).collect::<Vec<_>>(), ["保健師A", "tester"]);
}

async fn a_patient_who_asked_for_no_calls_is_not_called_now(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let scripts = vec![finishes(), finishes(), finishes(), asks_to_stop(), says("4"), finishes()];
    let day = evening(&fresh, scripts).await;
    command_line.does(&["patients", "stop", &hersys_id(0)]);
    command_line.does(&["patients", "release", &hersys_id(1)]);
    command_line.does(&["patients", "set", &hersys_id(2), "--automated-call", "no"]);
    command_line.does(&["calls", "now", &hersys_id(3)]);
    command_line.does(&["calls", "now", &hersys_id(4)]);
    day.goes_on(300).await;
    // Such a number can't be registered any more, but may come from an earlier release.
    let mut tx = fresh.database.begin_write().await.unwrap();
    let id = kenkocall::domain::HersysId::parse(&hersys_id(5)).unwrap();
    let mut patient = patients::by_hersys_ids(&mut tx, &[id]).await.unwrap().pop().unwrap();
    patient.phone_number = Some(PhoneNumber::from_e164("+81990123456").unwrap());
    patients::update(&mut tx, &[patient]).await.unwrap();
    tx.commit().await.unwrap();
    for (nth, mentions) in [
        (0, "automated calls are stopped; `kenkocall patients set HERSYS_ID --automated-call yes` ends the stop"),
        (1, "this patient's observation has ended"),
        (2, "this patient has no automated calls; switch them on with"),
        (3, "this patient has asked that calls stop; decide first"),
        (4, "somebody else answers at this patient's number; register the right one"),
        (5, "automated calls don't go to this kind of number"),
        (6, "nobody is registered under this HER-SYS ID"),
    ] {
        let sentence = command_line.refuses(&["calls", "now", &hersys_id(nth)]);
        assert!(sentence.contains(mentions) && !sentence.contains(&hersys_id(nth)), "{sentence}");
    }
    assert!(command_line.refuses(&["calls", "now", "12"]).contains("a HER-SYS ID has 6 to 8 digits"));
}

async fn a7_nobody_is_called_now_outside_calling_hours(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let _day = evening(&fresh, vec![finishes()]).await;
    let night = zone_with_hour(3);
    command_line.does(&["centres", "set", SYNTHETIC_CENTRE, "--time-zone", night.iana_name().unwrap()]);
    let sentence = command_line.refuses(&["calls", "now", &hersys_id(0)]);
    assert!(
        sentence.contains("calling hours, 08:00-20:00; try again then, or phone the patient yourself"),
        "{sentence}"
    );
}

async fn a_call_that_was_asked_for_twice_comes_once(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = evening(&fresh, vec![Script::rings_out(), finishes()]).await;
    for nth in [0, 1] {
        command_line.does(&["calls", "now", &hersys_id(nth)]);
        // Not in the same second, which the database itself would refuse.
        tokio::time::sleep(secs(1)).await;
        let sentence = command_line.refuses(&["calls", "now", &hersys_id(nth)]);
        assert!(sentence.contains("under way already, or was asked for and comes at once"), "{sentence}");
    }
    day.goes_on(10).await;
    let sentence = command_line.refuses(&["calls", "now", &hersys_id(1)]);
    assert!(sentence.contains("a call to this patient is under way already"), "{sentence}");
    day.goes_on(300).await;
    let numbers = [0, 1].map(|nth| synthetic_number(nth).unwrap());
    assert_eq!(day.rung(&[&numbers[0], &numbers[1]]), [1, 1]);
}

async fn a_call_that_is_asked_for_waits_for_a_pause_and_a_maintenance(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = evening(&fresh, vec![finishes(), finishes()]).await;
    command_line.does(&["dialer", "pause", "--reason", "a backup was restored"]);
    insta::assert_snapshot!("called_now_paused", timeless(&command_line.does(&["calls", "now", &hersys_id(0)])));
    day.goes_on(60).await;
    command_line.does(&["dialer", "resume"]);
    command_line.does(&["maintenance", "start"]);
    let said = command_line.does(&["calls", "now", &hersys_id(1)]);
    assert!(said.contains("nothing is dialled during the maintenance, until `kenkocall maintenance end`"), "{said}");
    day.goes_on(60).await;
    let numbers = [0, 1].map(|nth| synthetic_number(nth).unwrap());
    assert_eq!(day.rung(&[&numbers[0], &numbers[1]]), [0, 0]);
    command_line.does(&["maintenance", "end"]);
    day.goes_on(300).await;
    assert_eq!(day.rung(&[&numbers[0], &numbers[1]]), [1, 1]);
}
