//! Mistakes that keep a document from being read.

use kenkocall::flow::{FlowSet, MISSING, NodeKind, Takes};

use crate::built_in::{files, with};

const QUESTIONS: &str = "questionnaire/flow.toml";
const HEALTH: &str = "health_call/flow.toml";

fn slips(slips: &[(&str, &str, &str)]) -> String {
    let slips = slips.iter().map(|(file, from, to)| {
        let (_, findings) = FlowSet::read(with(file, from, to));
        let told: String = findings.iter().map(|finding| format!("    {}\n", crate::told(finding))).collect();
        assert!(!told.is_empty(), "nothing found in {file} after {from:?} became {to:?}");
        format!("{file}: {from:?} became {to:?}\n{told}")
    });
    slips.collect()
}

#[test]
fn the_shipped_documents_are_read_whole() {
    let (flow_set, findings) = FlowSet::read(files());
    assert_eq!(findings, []);
    assert_eq!(flow_set.digest.len(), 64);
    let questionnaire = flow_set.flow("questionnaire").unwrap();
    assert_eq!(questionnaire.order.len(), questionnaire.nodes.len());
    let NodeKind::Gather(gather) = &questionnaire.nodes["body_temperature"].kind else { panic!() };
    assert_eq!(gather.takes, Takes::Number { fewest: 3, digits: 3, at_least: 340, at_most: 420 });
    assert_eq!(gather.instead["000"].to.as_str(), "body_temperature_record");
    assert_eq!(gather.retry.give_up.to.as_str(), "gave_up");
    assert_eq!(gather.say[0].prompt.as_str(), "questionnaire.ask_body_temperature");
    assert_eq!(gather.retry.no_input[0].prompt.as_str(), "shared.no_input_1");
    assert!(!format!("{flow_set:?}").contains(MISSING));
}

#[test]
fn the_digest_changes_with_any_word() {
    let digest = |files| FlowSet::read(files).0.digest;
    assert_eq!(digest(files()), digest(files()));
    assert_ne!(digest(files()), digest(with("person/flow.toml", "ring_seconds = 30", "ring_seconds = 31")));
}

#[test]
fn unknown_words_are_reported_with_their_place() {
    assert_told!(slips(&[
        (QUESTIONS, "kind = \"gather\"", "kind = \"gahter\""),
        (QUESTIONS, "read_as = \"percent\"", "read_as = \"per cent\""),
        (QUESTIONS, "question = \"fatigue\"", "question = \"fatige\""),
        (QUESTIONS, "otherwise = \"fatigue\"", "otherwhise = \"fatigue\""),
        (QUESTIONS, "takes = \"number\"", "takes = \"numbers\""),
        (QUESTIONS, "digits = 3\n", "digits = \"three\"\n"),
        (QUESTIONS, "digits = 3\n", ""),
        (QUESTIONS, "at_most = \"spo2_amber\"", "at_most = \"spo2_yellow\""),
        (QUESTIONS, "answer = \"breathlessness\", is", "answer = \"breathlesness\", is"),
        (QUESTIONS, "is = \"yes\"", "is = \"yess\""),
        (QUESTIONS, "report = \"complete\"", "report = \"done\""),
        (QUESTIONS, "report = \"complete\"", "report = \"complete\"\nstop = \"requested\""),
        (QUESTIONS, "say = \"intro\"", "say = []"),
        (QUESTIONS, "version = 4", "version = -1"),
        (QUESTIONS, "title = \"健康状態の質問\"", "title = \" \""),
        (HEALTH, "language = \"zh-Hans\" },\n  { prompt", "language = \"zh-Hand\" },\n  { prompt"),
        (HEALTH, "keys.7 =", "keys.77 ="),
        (HEALTH, "takes = \"date\"", "takes = \"date\"\ndigits = 8"),
        ("person/flow.toml", "office = \"open\"", "office = \"closed\""),
        ("person/flow.toml", "ring_seconds = 30", "ring_seconds = 3"),
        ("person/flow.toml", "without = [\"back\", \"visit\"]", "without = [\"bakc\"]"),
        ("shared/keys.toml", "tries = 3", "tries = 0"),
        ("stop_request/prompts/ja.toml", "ask_stop = \"", "ask_stop = { reading = \"x\" }\nask_stop_2 = \""),
    ]));
}

#[test]
fn files_that_are_not_documents() {
    assert_told!(slips(&[
        (QUESTIONS, "kind = \"announce\"", "kind = \"announce"),
        (QUESTIONS, "kind = \"announce\"", "kind = announce"),
        (QUESTIONS, "[nodes.spo2_low]", "[nodes.spo2_record]"),
        (QUESTIONS, "next = \"spo2_question\"", "next = \"spo2_question\"\nnext = \"fatigue\""),
        (QUESTIONS, "title", "\u{fffd}\u{fffd}title"),
    ]));
    let mut odd = files();
    odd.insert("questionnaire/prompts/jp.toml".into(), "a = \"b\"".into());
    odd.insert("other/prompts/ja.toml".into(), "a = \"b\"".into());
    odd.insert("notes.toml".into(), String::new());
    odd.insert("notes.md".into(), String::new());
    odd.remove("shared/keys.toml");
    let (_, findings) = FlowSet::read(odd);
    assert_told!(findings.iter().map(|finding| format!("{}\n", crate::told(finding))).collect::<String>());
}

#[test]
fn a_byte_order_mark_is_no_slip() {
    let (flow_set, findings) = FlowSet::read(with(QUESTIONS, "# The day's", "\u{feff}# The day's"));
    assert_eq!(findings, []);
    assert!(flow_set.flow("questionnaire").is_some());
}
