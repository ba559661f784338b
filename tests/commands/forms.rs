//! `flows form`: the fields of the built-in questionnaire, and what follows from answers.

use std::process::{Command, Output};

use kenkocall::domain::Item;

fn form(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kenkocall")).args(["flows", "form"]).args(arguments).output().unwrap()
}

/// Answers without a symptom, with the differences.
fn answers(differences: &[&'static str]) -> Vec<String> {
    let differs = |item: Item| differences.iter().any(|other| other.starts_with(&format!("{}=", item.code())));
    let items = Item::ALL.into_iter().filter(|item| *item != Item::BreathlessnessSevere && !differs(*item));
    let well = items.map(|item| {
        let value = match item {
            Item::BodyTemperature => "36.5",
            Item::Spo2 => "98",
            _ => "no",
        };
        format!("{}={value}", item.code())
    });
    ["--answers".to_owned()].into_iter().chain(well).chain(differences.iter().map(|&one| one.to_owned())).collect()
}

fn submitted(differences: &[&'static str], others: &[&str]) -> (Option<i32>, String, String) {
    let answers = answers(differences);
    let arguments: Vec<&str> = others.iter().copied().chain(answers.iter().map(String::as_str)).collect();
    let output = form(&arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_fields_of_the_questionnaire() {
    let output = form(&["--language", "en"]);
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
    let json = form(&["--json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let fields = json["fields"].as_array().unwrap();
    let severe = fields.iter().find(|field| field["field"] == "breathlessness_severe").unwrap();
    assert_eq!(severe["asked_if"], "breathlessness = yes");
    assert_eq!(severe["options"], serde_json::json!(["yes", "no", "unknown"]));
}

#[test]
fn answers_lead_to_facts_and_advice() {
    let (code, out, error) = submitted(&["spo2=94", "spo2_again=93"], &["--language", "en"]);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    insta::assert_snapshot!(out);
}

#[test]
fn wrong_answers_are_named_with_their_fields() {
    let wrong = &["body_temperature=43", "spo2=x", "fatigue=9", "spo3=97", "breathlessness=yes"];
    let (code, out, error) = submitted(wrong, &[]);
    assert_eq!((code, out.as_str()), (Some(4), ""));
    insta::assert_snapshot!(error);
    let (_, out, _) = submitted(wrong, &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let codes: Vec<&str> = json["errors"].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(codes, ["out_of_range", "not_a_number", "missing", "not_an_option", "unknown_field"]);
    assert_eq!(submitted(&["spo3=97", "spo3=98"], &[]).0, Some(2), "one field twice");
    assert_eq!(form(&["--answers", "spo2"]).status.code(), Some(2), "no value");
}
