//! `flows check` warns of changes without a new `version`.

use super::Desktop;

fn warnings(desktop: &Desktop) -> (String, String) {
    desktop.tells(&["flows", "check", "mine"])
}

#[test]
fn changed_words_want_another_version() {
    let desktop = Desktop::with_export();
    desktop.edit("mine/questionnaire/prompts/ja.toml", "下痢をしていますか", "おなかをこわしていますか");
    let (said, warned) = warnings(&desktop);
    assert!(said.ends_with("nothing to mend, 1 warning\n"), "{said}");
    assert!(warned.starts_with("warning: mine/questionnaire/prompts/ja.toml:"), "{warned}");
    assert!(
        warned.contains("the words of `questionnaire.ask_diarrhoea` aren't those of `questionnaire` version "),
        "{warned}"
    );
    assert!(warned.contains("Raise `version` in questionnaire/flow.toml"), "{warned}");
    assert_eq!(warned.lines().count(), 1, "{warned}");
    raise(&desktop, "questionnaire");
    let (said, warned) = warnings(&desktop);
    assert!(said.ends_with("nothing to mend\n") && warned.is_empty(), "{said}{warned}");
}

#[test]
fn a_reading_and_a_node_count_too_and_comments_do_not() {
    let desktop = Desktop::with_export();
    desktop.edit("mine/person/flow.toml", "# Key 0", "# The key 0");
    desktop.edit("mine/person/flow.toml", "kind = \"branch\"", "kind    =   \"branch\"");
    desktop.edit("mine/person/prompts/ja.toml", "\n", "\n# Mine.\n");
    assert_eq!(warnings(&desktop).1, "");
    desktop.edit("mine/person/flow.toml", "ring_seconds = 30", "ring_seconds = 40");
    let warned = warnings(&desktop).1;
    assert!(warned.contains("mine/person/flow.toml:3: the flow `person` isn't that of version 3"), "{warned}");
    let desktop = Desktop::with_export();
    desktop.edit("mine/health_call/prompts/ja.toml", "reading = \"", "reading = \"あの、");
    let warned = warnings(&desktop).1;
    assert!(warned.contains("mine/health_call/prompts/ja.toml:"), "{warned}");
}

#[test]
fn shared_words_count_for_the_flows_that_say_them() {
    let desktop = Desktop::with_export();
    desktop.edit("mine/shared/prompts/en.toml", "number_again = \"", "number_again = \"Well. ");
    let warned = warnings(&desktop).1;
    assert!(warned.contains("mine/shared/prompts/en.toml:"), "{warned}");
    assert!(warned.contains("automated_call/flow.toml") && !warned.contains("maintenance/flow.toml"), "{warned}");
    for flow in ["automated_call", "health_call", "withdrawn"] {
        raise(&desktop, flow);
    }
    assert_eq!(warnings(&desktop).1, "");
    // The engine's own prompts and the time limits of questions affect every call with a question.
    desktop.edit("mine/shared/keys.toml", "first_key_seconds = 10", "first_key_seconds = 12");
    assert_eq!(warnings(&desktop).1, "", "both have another version by now");
    let desktop = Desktop::with_export();
    desktop.edit("mine/shared/keys.toml", "first_key_seconds = 10", "first_key_seconds = 12");
    desktop.edit("mine/shared/prompts/ja.toml", "digit_7 = ", "digit_7 = { text = \"7\", reading = \"シチ\" } #");
    let warned = warnings(&desktop).1;
    assert_eq!(warned.lines().count(), 2, "{warned}");
    assert!(
        warned.contains("mine/shared/keys.toml:1: keys or patience aren't those of `automated_call` version"),
        "{warned}"
    );
    assert!(warned.contains("`shared.digit_7`"), "{warned}");
}

#[test]
fn a_red_item_without_advice_is_named() {
    let desktop = Desktop::with_export();
    desktop.edit("mine/questionnaire/flow.toml", "on_red = [\"advice\"]", "#");
    let refused = desktop.refuses(&["flows", "check", "mine"]);
    for item in ["spo2", "complexion", "breathlessness_severe", "drowsiness"] {
        assert!(refused.contains(&format!("keeps `{item}`, which can be red, and nothing is said")), "{refused}");
    }
    assert!(!refused.contains("keeps `fatigue`"), "{refused}");
}

fn raise(desktop: &Desktop, flow: &str) {
    // 2 becomes 12: another version.
    desktop.edit(&format!("mine/{flow}/flow.toml"), "version = ", "version = 1");
}
