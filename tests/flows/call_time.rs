//! How long calls take, and the limits that flows state for it.

use std::sync::Arc;

use kenkocall::domain::Language;
use kenkocall::flow::{FlowName, FlowSet, names};
use kenkocall::flow_test::{CallPath, CallTime, KEY_SECONDS, Occasion, Place, TIMED_FLOWS, TimedCall, checked};

use crate::built_in::{Files, files, with};

const AUTO: &str = "automated_call/flow.toml";
const HEALTH: &str = "health_call/flow.toml";
const QUESTIONS: &str = "questionnaire/flow.toml";

fn call(flow: &str, path: CallPath, language: Language) -> TimedCall {
    TimedCall { flow: FlowName::from(flow), path, occasion: Occasion::Later, language }
}

fn timed(files: Files, call: &TimedCall) -> Option<CallTime> {
    call.time(&Arc::new(FlowSet::read(files).0))
}

fn built_in(flow: &str, path: CallPath, language: Language) -> CallTime {
    timed(files(), &call(flow, path, language)).expect("the call ends with a report")
}

/// The prompts with their nodes' keys: `greeting ask_listening 1`.
fn told(time: &CallTime) -> String {
    let turns = time.turns.iter().map(|turn| {
        let mut words: Vec<String> =
            turn.said.iter().map(|said| format!("{} {:.1}", said.prompt, said.seconds)).collect();
        if let Some(question) = &turn.question {
            words.push(format!("→ {} keys at {}.{}", question.keys, question.flow, question.node));
        }
        words.join(", ") + "\n"
    });
    turns.collect()
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.001
}

#[test]
fn the_healthy_calls_are_walked_to_their_end() {
    let [automated, health] = TIMED_FLOWS.map(|flow| told(&built_in(flow, CallPath::Healthy, Language::English)));
    assert_told!(format!("{automated}\n{health}"));
}

/// As call by call in the transcripts: 1 key to begin, 3 and 2 for the numbers, which are read back, 9 for yes and no;
/// in the health call 1 or 2 for the language, 7 + # for the ID, 8 for the birth date, and 1 at the end. A red value is
/// confirmed, and 1 continues after the advice.
#[test]
fn the_keys_are_those_that_callers_press() {
    for language in Language::ALL {
        let keys = |flow, path| built_in(flow, path, language).keys();
        assert_eq!(keys(names::AUTOMATED_CALL, CallPath::Healthy), 15);
        assert_eq!(keys(names::AUTOMATED_CALL, CallPath::NoOximeter), 13);
        assert_eq!(keys(names::AUTOMATED_CALL, CallPath::Red), 17);
        assert_eq!(
            keys(names::AUTOMATED_CALL, CallPath::AllYes),
            19,
            "severe breathlessness is asked, and three answers are red"
        );
        let english = u32::from(language == Language::English);
        assert_eq!(keys(names::HEALTH_CALL, CallPath::Healthy), 32 + english);
    }
}

#[test]
fn the_answers_decide_what_is_said() {
    let times = |path, prompt: &str| {
        let time = built_in(names::AUTOMATED_CALL, path, Language::Korean);
        time.prompts().filter(|said| said.prompt.as_str() == prompt).count()
    };
    assert_eq!(CallPath::ALL.map(|path| times(path, "questionnaire.advice")), [0, 0, 3, 1]);
    assert_eq!(CallPath::ALL.map(|path| times(path, "questionnaire.ask_breathlessness_severe_short")), [0, 0, 1, 0]);
    assert_eq!(CallPath::ALL.map(|path| times(path, "questionnaire.ask_spo2_again")), [0, 0, 0, 0]);
    assert_eq!(CallPath::ALL.map(|path| times(path, "questionnaire.ask_spo2_short")), [1, 0, 1, 1]);
}

#[test]
fn the_sums_are_those_of_the_prompts_and_keys() {
    for (flow, path) in TIMED_FLOWS.into_iter().flat_map(|flow| CallPath::ALL.map(|path| (flow, path))) {
        let time = built_in(flow, path, Language::Spanish);
        let speech: f64 = time.turns.iter().flat_map(|turn| &turn.said).map(|said| said.seconds).sum();
        assert!(close(time.speech_seconds(), speech));
        assert!(close(time.seconds(), speech + f64::from(time.keys()) * KEY_SECONDS));
        let before_temperature =
            time.prompts().take_while(|said| said.prompt.as_str() != "questionnaire.ask_body_temperature_short");
        let instructions: f64 = before_temperature.map(|said| said.seconds).sum();
        assert!(time.instruction_seconds().is_some_and(|seconds| close(seconds, instructions)));
    }
}

#[test]
fn a_wait_that_ends_an_entry_counts() {
    let mut time = built_in(names::HEALTH_CALL, CallPath::Healthy, Language::Japanese);
    let before = time.seconds();
    let question = time.turns.iter_mut().find_map(|turn| turn.question.as_mut()).expect("a question");
    question.wait_seconds = 5;
    assert!(close(time.seconds(), before + 5.0) && close(time.wait_seconds(), 5.0));
}

/// Advice after a red answer can't be interrupted, and the end of the call leads to no key.
#[test]
fn barge_in_spares_what_can_be_interrupted() {
    for path in CallPath::ALL {
        let time = built_in(names::AUTOMATED_CALL, path, Language::Portuguese);
        let noted = ["questionnaire.noted_body_temperature", "questionnaire.noted_spo2"];
        let firm =
            ["questionnaire.advice", "automated_call.received", noted[0], noted[1], "questionnaire.read_back_spo2"];
        let heard = time.prompts().filter(|said| firm.contains(&said.prompt.as_str()));
        let heard: f64 = heard.map(|said| said.seconds).sum();
        assert!(close(time.seconds_with_barge_in(), heard + f64::from(time.keys()) * KEY_SECONDS), "{path:?}");
    }
}

#[test]
fn callers_hear_their_own_language() {
    for language in Language::ALL {
        for flow in TIMED_FLOWS {
            let time = built_in(flow, CallPath::Healthy, language);
            let menu = ["health_call.greeting", "health_call.choose_language", "health_call.other_languages"];
            let mut after_menu = time.prompts().filter(|said| !menu.contains(&said.prompt.as_str()));
            assert!(after_menu.all(|said| said.language == language), "{flow} in {language}");
        }
    }
}

#[test]
fn the_way_to_a_report_is_found_wherever_its_key_is() {
    let keys = "keys.1 = \"confirmed\"\nkeys.2 = \"another_matter\"";
    let moved = with(AUTO, keys, "keys.1 = \"wrong_number\"\nkeys.2 = \"confirmed\"\nkeys.5 = \"another_matter\"");
    let healthy = call(names::AUTOMATED_CALL, CallPath::Healthy, Language::English);
    let (before, after) = (timed(files(), &healthy).unwrap(), timed(moved, &healthy).unwrap());
    assert_eq!(told(&before), told(&after));
}

#[test]
fn a_question_stands_before_its_own_words_only() {
    let time = built_in(names::AUTOMATED_CALL, CallPath::Healthy, Language::English);
    let temperature = &time.turns[1];
    let places: Vec<_> = temperature.said.iter().map(|said| (said.prompt.as_str(), said.place)).collect();
    let expected =
        [("questionnaire.intro_short", Place::Before), ("questionnaire.ask_body_temperature_short", Place::Question)];
    assert_eq!(places, expected);
}

#[test]
fn flows_without_a_report_have_no_time() {
    for flow in [names::MAINTENANCE, names::WITHDRAWN, "person", "nowhere"] {
        assert_eq!(timed(files(), &call(flow, CallPath::Healthy, Language::English)), None, "{flow}");
    }
    let unfinished = with(QUESTIONS, "next = \"complete\"", "next = \"done\"");
    assert_eq!(timed(unfinished, &call(names::AUTOMATED_CALL, CallPath::Healthy, Language::English)), None);
    let silent = with(AUTO, "keys.1 = \"confirmed\"\nkeys.2 = \"another_matter\"", "keys.2 = \"hang_up\"");
    assert_eq!(timed(silent, &call(names::AUTOMATED_CALL, CallPath::Healthy, Language::English)), None);
}

#[test]
fn first_calls_explain_what_later_calls_leave_out() {
    for language in Language::ALL {
        for flow in TIMED_FLOWS {
            let later = call(flow, CallPath::Healthy, language);
            let first = TimedCall { occasion: Occasion::First, ..later.clone() };
            let [first, later] = [first, later].map(|call| timed(files(), &call).expect("a report"));
            assert!(first.seconds() > later.seconds() + 60.0, "{flow} in {language}");
        }
    }
}

/// The goals of the automated call: 90 s, 80 s without an oximeter, and 20 s before the first question; and of the
/// health call, 70 % of what it took when every call was a first one (242, 214, 221, 221, 239, 224 and 224 s).
#[test]
fn later_calls_keep_their_goals_in_every_language() {
    for (language, before) in Language::ALL.into_iter().zip([242.0, 214.0, 221.0, 221.0, 239.0, 224.0, 224.0]) {
        let time = built_in(names::AUTOMATED_CALL, CallPath::Healthy, language);
        assert!(time.seconds() <= 90.0, "{language}: {}", time.seconds());
        let without = built_in(names::AUTOMATED_CALL, CallPath::NoOximeter, language).seconds();
        assert!(without <= 80.0, "{language}: {without}");
        assert!(time.instruction_seconds().is_some_and(|seconds| seconds <= 20.0), "{language}");
        let time = built_in(names::HEALTH_CALL, CallPath::Healthy, language);
        assert!(time.seconds() <= 0.7 * before, "{language}: {}", time.seconds());
    }
}

fn found(files: Files) -> String {
    let findings = checked(files).err().unwrap_or_default();
    findings.iter().map(|finding| format!("    {}\n", crate::told(finding))).collect()
}

/// Replaces the limit of a built-in flow. Without one, the flow has none.
fn limited(file: &str, limit: &str) -> Files {
    let mut files = files();
    let text = files.get_mut(file).expect("the flow");
    let lines: Vec<String> =
        text.lines().filter(|line| !line.starts_with("healthy_seconds")).map(str::to_owned).collect();
    *text = lines.join("\n").replacen("[limits]\n", &format!("[limits]\n{limit}\n"), 1);
    files
}

#[test]
fn a_call_longer_than_its_limit_is_found() {
    let limits = [
        (AUTO, "healthy_seconds = 60"),
        (HEALTH, "healthy_seconds = { ja = 60, en = 900 }"),
        ("person/flow.toml", "healthy_seconds = { en = 100 }"),
        (AUTO, "healthy_seconds = \"60\""),
        (AUTO, "healthy_seconds = 5"),
        (AUTO, "healthy_seconds = { ja = 60, jp = 60, en = 4000 }"),
    ];
    let told = limits.map(|(file, limit)| {
        let found = found(limited(file, limit));
        assert!(!found.is_empty(), "{limit}");
        format!("{file}: {limit}\n{found}")
    });
    assert_told!(told.concat());
}

#[test]
fn a_limit_allows_exactly_its_seconds() {
    let seconds = built_in(names::AUTOMATED_CALL, CallPath::Healthy, Language::Spanish).seconds().ceil();
    let limit = |seconds: f64| found(limited(AUTO, &format!("healthy_seconds = {{ es = {seconds:.0} }}")));
    assert_eq!(limit(seconds), "");
    assert!(limit(seconds - 1.0).contains("healthy_seconds"));
}

#[test]
fn no_limit_is_no_finding() {
    let mut none = limited(AUTO, "");
    none.insert(HEALTH.to_owned(), limited(HEALTH, "")[HEALTH].clone());
    assert_eq!(found(none), "");
}

#[test]
fn the_shipped_documents_keep_their_limits() {
    assert_eq!(found(files()), "");
    let flow_set = FlowSet::read(files()).0;
    for flow in TIMED_FLOWS {
        let limits = &flow_set.flow(flow).expect("the flow").limits.healthy_seconds;
        assert_eq!(limits.len(), Language::ALL.len(), "{flow} has a limit in each language");
    }
}
