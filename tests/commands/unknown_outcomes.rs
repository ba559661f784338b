//! Calls with unknown outcome: what is known of them, and `kenkocall calls resolve` (fault 9).

use kenkocall::carrier::simulator::NetworkFaults;
use kenkocall::lab::synthetic_number;
use serde_json::Value;

use crate::simulated_day::{Day, finishes, hersys_id, today};
use crate::{CommandLine, databases::Fresh, timeless};

crate::on_both_databases!(
    a_call_with_unknown_outcome_is_listed_with_what_is_known,
    a_call_that_was_not_placed_is_placed_once_more,
    an_unanswered_call_is_retried_by_policy,
    a_call_that_was_answered_ends_its_slot,
    a_call_is_looked_for_again_and_found,
    a_call_that_is_found_after_all_leaves_the_list_of_alerts,
    what_cannot_be_resolved_gets_a_sentence,
    nobody_resolves_a_call_that_the_carrier_has_meanwhile,
);

/// The outcome of the request to dial is unknown, and lookups are unavailable.
pub const STORM: NetworkFaults =
    NetworkFaults { dial_unheard_not_placed: 1.0, looks_unavailable: 1.0, ..NetworkFaults::FAIR };

/// The call of half past one has an unknown outcome, and staff were asked.
async fn unknown(fresh: &Fresh, network_faults: NetworkFaults) -> (Day, String) {
    let day = today(fresh, vec![("13:30", vec![finishes().into()])], network_faults).await;
    let id = unknown_at_half_past_one(fresh, &day).await;
    (day, id)
}

async fn unknown_at_half_past_one(fresh: &Fresh, day: &Day) -> String {
    day.until("13:33:00").await;
    let listed = CommandLine(fresh).does(&["calls", "list", "--state", "unknown", "--json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    listed[0]["call"].as_str().unwrap().to_owned()
}

fn alerts(command_line: &CommandLine<'_>) -> Vec<String> {
    let listed: Value = serde_json::from_str(&command_line.does(&["alerts", "list", "--json"])).unwrap();
    listed.as_array().unwrap().iter().map(|alert| alert["kind"].as_str().unwrap().to_owned()).collect()
}

fn attempt(command_line: &CommandLine<'_>, id: &str) -> Value {
    let shown: Value = serde_json::from_str(&command_line.does(&["calls", "show", id, "--json"])).unwrap();
    shown["attempt"].clone()
}

async fn a_call_with_unknown_outcome_is_listed_with_what_is_known(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (day, id) = unknown(&fresh, STORM).await;
    insta::assert_snapshot!("unknown", timeless(&command_line.does(&["calls", "list", "--state", "unknown"])));
    insta::assert_snapshot!("call_unknown", timeless(&command_line.does(&["calls", "show", &id])));
    let looks = &attempt(&command_line, &id)["lookups"];
    assert_eq!((&looks["found_nothing"], &looks["inconclusive"]), (&0.into(), &5.into()));
    assert!(looks["next_at"].is_string() && looks["staff_asked_at"].is_string());
    let listed = command_line.does(&["alerts", "list"]);
    assert!(listed.contains("unknown_call") && listed.contains(&hersys_id(0)) && listed.contains(&id), "{listed}");
    assert!(listed.contains("kenkocall calls resolve CALL"), "{listed}");
    assert!(command_line.does(&["dialer", "show"]).contains("calls of unknown outcome 1: "));
    // I2: it is never dialled while its outcome is unknown, at any time.
    day.until("18:00:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [0]);
    assert_eq!(attempt(&command_line, &id)["state"], "unknown");
}

async fn a_call_that_was_not_placed_is_placed_once_more(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (day, id) = unknown(&fresh, STORM).await;
    let said = command_line.does(&["--as", "保健師A", "calls", "resolve", &id, "not-placed"]);
    insta::assert_snapshot!("resolved_not_placed", timeless(&said));
    assert_eq!(alerts(&command_line), [""; 0]);
    let trail = command_line.trail(&hersys_id(0)).await;
    let entry = trail.iter().find(|entry| entry.action == "patient.call_resolved").unwrap();
    assert_eq!(entry.actor, "保健師A");
    assert_eq!(entry.details.as_str(), format!(r#"{{"call":[null,"{id}"],"resolved":["unknown","not_placed"]}}"#));
    day.network(|network| network.settings().network_faults = NetworkFaults::FAIR);
    day.until("14:30:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [1]);
    let shown = attempt(&command_line, &id);
    assert_eq!((&shown["outcome"], &shown["slot"]["state"]), (&"not_placed".into(), &"reported".into()));
    assert_eq!(shown["of_slot"].as_array().unwrap().len(), 2);
}

async fn an_unanswered_call_is_retried_by_policy(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (day, id) = unknown(&fresh, STORM).await;
    let said = command_line.does(&["calls", "resolve", &id, "no-answer"]);
    insta::assert_snapshot!("resolved_no_answer", timeless(&said));
    let shown = attempt(&command_line, &id);
    assert_eq!((&shown["outcome"], &shown["slot"]["tries"]), (&"no_answer".into(), &1.into()));
    day.network(|network| network.settings().network_faults = NetworkFaults::FAIR);
    day.until("14:30:00").await;
    assert_eq!(attempt(&command_line, &id)["slot"]["state"], "reported");
}

async fn a_call_that_was_answered_ends_its_slot(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (day, id) = unknown(&fresh, STORM).await;
    insta::assert_snapshot!("resolved_answered", timeless(&command_line.does(&["calls", "resolve", &id, "answered"])));
    day.network(|network| network.settings().network_faults = NetworkFaults::FAIR);
    day.until("18:00:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [0]);
    assert_eq!(alerts(&command_line), ["unanswered"], "there is no report");
}

async fn a_call_is_looked_for_again_and_found(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    // It was placed, but neither its end nor anything else is ever reported.
    let silent =
        NetworkFaults { dial_unheard_placed: 1.0, looks_unavailable: 1.0, statuses_lost: 1.0, ..NetworkFaults::FAIR };
    let day = today(&fresh, vec![("13:30", vec![kenkocall::carrier::simulator::Script::busy().into()])], silent).await;
    day.until("13:33:00").await;
    let listed: Value =
        serde_json::from_str(&command_line.does(&["calls", "list", "--state", "unknown", "--json"])).unwrap();
    let id = listed[0]["call"].as_str().unwrap().to_owned();
    let said = command_line.does(&["calls", "resolve", &id, "look-again"]);
    insta::assert_snapshot!("resolved_look_again", timeless(&said));
    assert_eq!(alerts(&command_line), ["unknown_call"]);
    day.network(|network| {
        network.settings().network_faults = NetworkFaults { dial_unheard_placed: 0.0, ..NetworkFaults::FAIR }
    });
    // Long before the next scheduled lookup.
    day.goes_on(20).await;
    let shown = attempt(&command_line, &id);
    assert_eq!((&shown["state"], &shown["outcome"]), (&"ended".into(), &"busy".into()));
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [1]);
}

async fn a_call_that_is_found_after_all_leaves_the_list_of_alerts(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let patients = vec![("13:30", vec![finishes().into()]), ("13:50", vec![finishes().into()])];
    let day = today(&fresh, patients, STORM).await;
    let id = unknown_at_half_past_one(&fresh, &day).await;
    assert_eq!(alerts(&command_line), ["unknown_call"]);
    day.network(|network| network.settings().network_faults = NetworkFaults::FAIR);
    // The list is available again without the call, which proves nothing until it contains a later call.
    day.until("13:49:00").await;
    assert_eq!(attempt(&command_line, &id)["state"], "unknown");
    // The other patient's call is the witness.
    day.until("14:05:00").await;
    assert_eq!(attempt(&command_line, &id)["outcome"], "not_placed");
    assert_eq!(alerts(&command_line), [""; 0]);
    assert!(command_line.refuses(&["calls", "resolve", &id, "answered"]).contains("the outcome of this call is known"));
}

async fn what_cannot_be_resolved_gets_a_sentence(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = today(&fresh, vec![("13:30", vec![finishes().into()])], NetworkFaults::FAIR).await;
    day.until("13:40:00").await;
    let calls: Value = serde_json::from_str(&command_line.does(&["calls", "list", "--json"])).unwrap();
    let known = calls[0]["id"].as_str().unwrap();
    let none = "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04";
    for (call, mentions) in [
        (known, "the outcome of this call is known; `kenkocall calls list --state unknown` shows"),
        (none, "there is no call with this id; `kenkocall calls list` shows"),
        ("13:30", "a call's id looks like"),
    ] {
        let sentence = command_line.refuses(&["calls", "resolve", call, "no-answer"]);
        assert!(sentence.contains(mentions), "{sentence}");
    }
    let word = command_line.output(&["calls", "resolve", known, "busy"]);
    assert!(String::from_utf8_lossy(&word.stderr).contains("not-placed, no-answer, answered, look-again"));
    assert_eq!(word.status.code(), Some(2));
}

/// The carrier reports the call while a nurse says that it was never placed: the carrier is right.
async fn nobody_resolves_a_call_that_the_carrier_has_meanwhile(fresh: Fresh) {
    let (_day, id) = unknown(&fresh, STORM).await;
    let call = id.parse().unwrap();
    let mut news = fresh.database.begin_write().await.unwrap();
    let moved = kenkocall::store::attempts::placed(&mut news, &[call], jiff::Timestamp::now()).await.unwrap();
    assert_eq!(moved, [call]);
    // The nurse's command reads before the event is committed, and writes after it.
    let url = fresh.url.clone();
    let database = fresh.database.clone();
    let nurse = tokio::task::spawn_blocking(move || {
        CommandLine(&Fresh { database, url }).refuses(&["calls", "resolve", &id, "not-placed"])
    });
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    news.commit().await.unwrap();
    let sentence = nurse.await.unwrap();
    assert!(sentence.contains("the outcome of this call is known"), "{sentence}");
    assert_eq!(attempt(&CommandLine(&fresh), &call.to_string())["state"], "placed");
}
