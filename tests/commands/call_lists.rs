//! `kenkocall calls list --state`, `calls show` and `days show` after a day of automated calls.

use kenkocall::carrier::simulator::{Caller, Identity, Script};
use kenkocall::domain::{AttemptOutcome, AttemptState, HangupCause, Line};
use kenkocall::engine::AnsweredBy;
use kenkocall::lab::{synthetic_identity, synthetic_number};
use serde_json::Value;

use crate::simulated_day::{Day, asks_to_stop, finishes, hersys_id, not_now, says, secs, some_day};
use crate::{CommandLine, databases::Fresh, timeless, without_ids};

crate::on_both_databases!(
    attempts_are_listed_by_where_they_stand_and_how_they_ended,
    a_call_that_nobody_answered_shows_what_it_was_placed_for,
    a_call_that_was_answered_shows_its_attempt_and_its_turns,
    the_figures_of_a_day,
    a8_three_tries_half_an_hour_apart_then_the_slot_is_unanswered_and_on_the_list,
    a9_a_report_by_health_call_cancels_the_days_rest,
    a6_a10_a_call_names_the_centre_asks_who_listens_and_says_that_it_is_for_one,
);

const DATE: &str = "2026-10-06";

/// A day until three in the afternoon, with all the ways in which calls end.
async fn a_day(fresh: &Fresh) -> Day {
    let day = some_day(
        fresh,
        vec![
            ("09:00", vec![finishes().into()]),
            ("09:10", vec![Script::rings_out().into()]),
            ("09:20", vec![Script::busy().into(), finishes().into()]),
            ("09:30", vec![finishes().silent().picked_up_by(AnsweredBy::Machine, secs(5)).into()]),
            ("09:40", vec![says("4").into()]),
            ("09:50", vec![asks_to_stop().into()]),
            ("10:00", vec![not_now().into(), finishes().into()]),
            (
                "10:10",
                vec![finishes().hangs_up_at_question(5).into(), Script::fails(HangupCause::TemporaryFailure).into()],
            ),
            ("10:20", vec![Script::refused().into()]),
            ("10:30;14:00", vec![Script::rejects(secs(4)).into(), finishes().into()]),
            ("14:30", vec![finishes().into()]),
            ("17:00", vec![finishes().into()]),
        ],
    )
    .await;
    day.until("13:00:00").await;
    // The patient with the 14:30 slot isn't waiting.
    let (hersys_id, birth_date) = synthetic_identity(10).unwrap();
    let language = kenkocall::domain::Language::Japanese;
    let caller = Caller { people: vec![Identity { hersys_id, birth_date }], language, script: Some(finishes()) };
    let now = day.simulation.clock.now();
    day.network(|network| network.ring_in(synthetic_number(10), Line::HealthCall, caller, now)).unwrap();
    day.until("15:00:00").await;
    day
}

fn ids(command_line: &CommandLine<'_>, state: &str) -> Vec<String> {
    let listed = command_line.does(&["calls", "list", "--state", state, "--json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    listed.as_array().unwrap().iter().map(|call| call["call"].as_str().unwrap().to_owned()).collect()
}

async fn attempts_are_listed_by_where_they_stand_and_how_they_ended(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    a_day(&fresh).await;
    insta::assert_snapshot!("attempts_ended", without_ids(&command_line.does(&["calls", "list", "--state", "ended"])));
    let words = AttemptOutcome::ALL.iter().map(|outcome| outcome.code());
    let (mut all, mut found) = (0, Vec::new());
    for word in words {
        let calls = ids(&command_line, word);
        all += calls.len();
        found.extend((!calls.is_empty()).then_some(word));
        assert_eq!(command_line.does(&["calls", "list", "--state", word]) == "no calls\n", calls.is_empty());
    }
    assert_eq!(found, ["reported", "dropped", "not_now", "voicemail", "busy", "no_answer", "failed", "wrong_number"]);
    assert_eq!(all, ids(&command_line, "ended").len(), "each ended in one way");
    for state in AttemptState::ALL.iter().filter(|state| **state != AttemptState::Ended) {
        assert_eq!(command_line.does(&["calls", "list", "--state", state.code()]), "no calls\n");
    }
    // Filters can be combined, and a hyphen is accepted for an underscore.
    let since = ["calls", "list", "--state", "no-answer", "--since", "2026-10-06 09:15", "--limit", "1", "--json"];
    insta::assert_snapshot!("attempts_json", without_ids(&command_line.does(&since)));
    let later = ["calls", "list", "--state", "no_answer", "--since", "2026-10-07"];
    assert_eq!(command_line.does(&later), "no calls\n");
    insta::assert_snapshot!("attempts_wrong_word", command_line.refuses(&["calls", "list", "--state", "ringing"]));
    // Errors from clap have their own format and exit code.
    for other in [&["--open"][..], &["--hersys-id", "1000001"]] {
        let refused = command_line.output(&[&["calls", "list", "--state", "busy"][..], other].concat());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("cannot be used with"));
        assert_eq!(refused.status.code(), Some(2));
    }
}

async fn a_call_that_nobody_answered_shows_what_it_was_placed_for(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    a_day(&fresh).await;
    let calls = ids(&command_line, "no_answer");
    assert_eq!(calls.len(), 3);
    let shown = command_line.does(&["calls", "show", &calls[1]]);
    insta::assert_snapshot!("call_no_answer", without_ids(&shown));
    assert!(shown.contains(&calls[0]) && shown.contains(&calls[2]), "{shown}");
    assert!(command_line.does(&["calls", "show", &calls[1], "--reveal"]).contains("to 090-1000-0002"));
    insta::assert_snapshot!(
        "call_no_answer_json",
        without_ids(&command_line.does(&["calls", "show", &calls[1], "--json"]))
    );
    // D3: the patient of the call is known although nobody was identified.
    let seen = command_line.trail(&hersys_id(1)).await;
    assert_eq!(seen.iter().filter(|entry| entry.action == "patient.call_shown").count(), 3);
}

async fn a_call_that_was_answered_shows_its_attempt_and_its_turns(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    a_day(&fresh).await;
    let first = |state| ids(&command_line, state).pop().unwrap();
    insta::assert_snapshot!("call_reported", timeless(&command_line.does(&["calls", "show", &first("reported")])));
    insta::assert_snapshot!("call_voicemail", timeless(&command_line.does(&["calls", "show", &first("voicemail")])));
    let refused = first("wrong_number");
    let json: Value = serde_json::from_str(&command_line.does(&["calls", "show", &refused, "--json"])).unwrap();
    assert_eq!((&json["attempt"]["attempt"], &json["attempt"]["outcome"]), (&1.into(), &"wrong_number".into()));
    assert_eq!(json["attempt"]["slot"]["state"], "unanswered");
    assert_eq!(json["attempt"]["slot"]["time"], "09:40");
    // An inbound call wasn't placed for any slot.
    let in_calls = command_line.does(&["calls", "list", "--hersys-id", &hersys_id(10), "--json"]);
    let in_calls: Value = serde_json::from_str(&in_calls).unwrap();
    assert_eq!(in_calls[0]["line"], "health_call");
    let json = command_line.does(&["calls", "show", in_calls[0]["id"].as_str().unwrap(), "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["attempt"], Value::Null);
}

async fn the_figures_of_a_day(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    a_day(&fresh).await;
    insta::assert_snapshot!("day", command_line.does(&["days", "show", DATE]));
    insta::assert_snapshot!("day_json", command_line.does(&["days", "show", DATE, "--json"]));
    assert_eq!(command_line.does(&["days", "show", "2026-10-05"]), "2026-10-05: no automated calls were due\n");
    assert!(command_line.does(&["days", "show", "today"]).contains("no automated calls were due"));
    assert!(command_line.refuses(&["days", "show", "someday"]).contains("isn't a day; write 2026-11-28"));
}

async fn a8_three_tries_half_an_hour_apart_then_the_slot_is_unanswered_and_on_the_list(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = a_day(&fresh).await;
    let [rings_out, engaged, wrong] = [1, 2, 4].map(|nth| synthetic_number(nth).unwrap());
    assert_eq!(day.rung(&[&rings_out, &engaged, &wrong]), [3, 2, 1], "a wrong number stops at once");
    let alerts: Value = serde_json::from_str(&command_line.does(&["alerts", "list", "--json"])).unwrap();
    let kinds = |nth| {
        let of = |alert: &&Value| alert["hersys_id"] == hersys_id(nth);
        alerts.as_array().unwrap().iter().filter(of).map(|alert| alert["kind"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((kinds(1), kinds(2), kinds(4)), (vec!["unanswered"], vec![], vec!["wrong_number"]));
    insta::assert_snapshot!("alerts", timeless(&command_line.does(&["alerts", "list"])));
}

async fn a9_a_report_by_health_call_cancels_the_days_rest(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = a_day(&fresh).await;
    let [twice_a_day, rang_in] = [9, 10].map(|nth| synthetic_number(nth).unwrap());
    // The 10:30 call was refused and repeated at 11:00; the 14:00 call was no longer needed.
    assert_eq!(day.rung(&[&twice_a_day, &rang_in]), [2, 0]);
    let figures: Value = serde_json::from_str(&command_line.does(&["days", "show", DATE, "--json"])).unwrap();
    let slots = figures["centres"][0]["slots"].as_array().unwrap();
    let cancelled = slots.iter().find(|slot| slot["reason"] == "reported").unwrap();
    assert_eq!((&cancelled["state"], &cancelled["count"]), (&"cancelled".into(), &2.into()));
}

async fn a6_a10_a_call_names_the_centre_asks_who_listens_and_says_that_it_is_for_one(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    a_day(&fresh).await;
    let said = |state: &str| {
        let shown = command_line.does(&["calls", "show", &ids(&command_line, state).pop().unwrap()]);
        shown.lines().filter_map(|line| Some(line.trim().strip_prefix("> ")?.to_owned())).collect::<Vec<_>>()
    };
    let said_at_voicemail = said("voicemail");
    assert_eq!(
        said_at_voicemail,
        [
            "見本保健所です。お電話を差し上げました。050-0000-0000まで、お電話をお願いします。",
            "くり返します。050-0000-0000です。",
            "hangs up"
        ]
    );
    let said = said("reported");
    assert!(said[0].starts_with("こちらは、見本保健所です"), "{said:?}");
    assert!(said[1].contains("ご本人か、代わりに"), "{said:?}");
    assert!(said[2].contains("お一人分です") && said[2].contains("健康コール"), "{said:?}");
}
