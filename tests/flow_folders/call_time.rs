//! `flows time`, and `flows check` and `serve` where a call is longer than its flow allows.

use serde_json::Value;

use super::{Desktop, text};

const AUTO: &str = "mine/automated_call/flow.toml";

#[test]
fn the_times_are_printed_for_people() {
    let desktop = Desktop::empty();
    let (english, _) = desktop.tells(&["flows", "time", "--language", "en", "--lang", "en"]);
    let (japanese, _) = desktop.tells(&["flows", "time", "--lang", "ja"]);
    insta::assert_snapshot!("times_of_one_language", english);
    insta::assert_snapshot!("times_in_japanese", japanese);
}

#[test]
fn the_times_are_printed_for_programs() {
    let desktop = Desktop::empty();
    let (all, _) = desktop.tells(&["flows", "time", "--json"]);
    let all: Value = serde_json::from_str(&all).expect("JSON");
    let calls = all["calls"].as_array().expect("calls");
    // Two flows, seven languages, four kinds of answers, first and later.
    assert_eq!(calls.len(), 2 * 7 * 4 * 2);
    for call in calls {
        let time = &call["time"];
        let number = |name: &str| time[name].as_f64().expect("a number");
        let sum = number("speech_seconds") + 2.0 * number("keys") + number("wait_seconds");
        assert!((number("seconds") - sum).abs() < 0.11, "{call}");
        assert!(number("seconds_with_barge_in") < number("seconds"), "{call}");
        assert!(number("instruction_seconds") < number("speech_seconds"), "{call}");
        assert_eq!(call["limit_seconds"].is_number(), call["path"] == "healthy", "{call}");
    }
    let (japanese, _) = desktop.tells(&["flows", "time", "--json", "--language", "ja"]);
    let japanese: Value = serde_json::from_str(&japanese).expect("JSON");
    let of_japanese: Vec<&Value> = calls.iter().filter(|call| call["language"] == "ja").collect();
    let alone: Vec<&Value> = japanese["calls"].as_array().expect("calls").iter().collect();
    assert_eq!(alone, of_japanese);
    assert_eq!(alone[0]["time"]["turns"][0]["question"]["node"], "automated_call.listening");
}

#[test]
fn documents_of_a_folder_are_timed_and_a_shorter_prompt_is_a_shorter_call() {
    let desktop = Desktop::with_export();
    let seconds = |desktop: &Desktop| {
        let (said, _) = desktop.tells(&["flows", "time", "--folder", "mine", "--language", "en", "--json"]);
        let said: Value = serde_json::from_str(&said).expect("JSON");
        said["calls"][0]["time"]["seconds"].as_f64().expect("a number")
    };
    let before = seconds(&desktop);
    desktop.edit(
        "mine/automated_call/prompts/en.toml",
        "Today's report has been received. Please take care.",
        "Goodbye.",
    );
    assert!(seconds(&desktop) < before - 0.5);
}

#[test]
fn a_call_beyond_its_limit_fails_the_check_and_keeps_serve_from_starting() {
    let desktop = Desktop::with_export();
    let limits = desktop.read(AUTO);
    let limit = limits.lines().find(|line| line.starts_with("healthy_seconds")).expect("a limit");
    desktop.edit(AUTO, limit, "healthy_seconds = { en = 60 }");
    let mut serve = desktop.program();
    serve.arg("serve").env("KENKOCALL_FLOWS__DIRECTORY", "mine").env("KENKOCALL_CARRIER", "simulator");
    let refused = text(&serve.output().expect("the program runs").stderr);
    for told in [desktop.refuses(&["flows", "check", "mine"]), refused] {
        assert!(told.contains("mine/automated_call/flow.toml:"), "{told}");
        assert!(told.contains("its limit, `healthy_seconds`, is 60 s"), "{told}");
        assert!(told.contains("`automated_call.ask_listening` (automated_call/prompts/en.toml:"), "{told}");
    }
    let (times, _) = desktop.tells(&["flows", "time", "--folder", "mine"]);
    assert!(times.contains("60.0"), "what is too long can be timed: {times}");
}
