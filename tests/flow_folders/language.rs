//! What authors read, in Japanese; what programs read is the same in every language.

use super::{Desktop, text};

fn in_japanese(desktop: &Desktop, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = desktop.output(&[arguments, &["--lang", "ja"]].concat());
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn an_author_reads_in_japanese_what_is_wrong_and_what_to_do() {
    let desktop = Desktop::with_export();
    assert_eq!(in_japanese(&desktop, &["flows", "check", "mine"]).2, "");
    desktop.edit("mine/questionnaire/flow.toml", "next = \"spo2_question\"", "next = \"spo2_qestion\"");
    desktop.edit("mine/questionnaire/flow.toml", "on_red = [\"advice\"]", "#");
    desktop.edit("mine/health_call/prompts/en.toml", "greeting = ", "greeeting = ");
    let (code, _, told) = in_japanese(&desktop, &["flows", "check", "mine"]);
    assert_eq!(code, Some(4));
    insta::assert_snapshot!(told);
    let json = ["flows", "check", "mine", "--json"];
    assert_eq!(in_japanese(&desktop, &json).1, text(&desktop.output(&json).stdout));
}

#[test]
fn transcripts_and_forms_are_told_in_japanese() {
    let desktop = Desktop::with_export();
    let (_, said, _) = in_japanese(&desktop, &["flows", "test", "mine"]);
    assert!(said.starts_with("一致") && said.ends_with("不一致0件\n"), "{said}");
    desktop.edit("mine/transcripts/maintenance/end_known.call", "< calls", "< shouts");
    let (_, said, _) = in_japanese(&desktop, &["flows", "test", "mine"]);
    assert!(said.contains("行目: 書けるのは「calls」"), "{said}");
    let (_, fields, _) = in_japanese(&desktop, &["flows", "form"]);
    assert!(fields.contains("body_temperature: 34.0から42.0まで、または 000\n"), "{fields}");
    assert!(fields.contains("質問する条件: "), "{fields}");
    let form = ["flows", "form", "--json"];
    assert_eq!(in_japanese(&desktop, &form).1, text(&desktop.output(&form).stdout));
    let (code, _, refused) = in_japanese(&desktop, &["flows", "draw", "nowhere"]);
    assert_eq!(code, Some(2));
    assert!(refused.starts_with("kenkocall: 「nowhere」という通話の流れはありません。"), "{refused}");
}
