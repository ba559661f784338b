//! The built-in documents comply with every rule, and each rule finds its mistake, in the right place.

use kenkocall::flow::FlowSet;

use crate::built_in::{Files, files, with};

const QUESTIONS: &str = "questionnaire/flow.toml";
const HEALTH: &str = "health_call/flow.toml";
const AUTO: &str = "automated_call/flow.toml";
const PERSON: &str = "person/flow.toml";
const STOP: &str = "stop_request/flow.toml";

fn found(files: Files) -> String {
    let findings = FlowSet::checked(files).err().unwrap_or_default();
    findings.iter().map(|finding| format!("    {}\n", crate::told(finding))).collect()
}

/// Each mistake of an author, as one edit of the built-in documents, and the resulting findings.
fn slips(slips: &[(&str, &str, &str)]) -> String {
    let slips = slips.iter().map(|(file, from, to)| {
        let told = found(with(file, from, to));
        assert!(!told.is_empty(), "nothing found in {file} after {from:?} became {to:?}");
        format!("{file}: {from:?} became {to:?}\n{told}")
    });
    slips.collect()
}

#[test]
fn the_shipped_documents_keep_every_rule() {
    let told = found(files());
    assert!(told.is_empty(), "the check finds something in call_flows:\n{told}");
}

#[test]
fn names_that_lead_nowhere() {
    assert_told!(slips(&[
        (QUESTIONS, "next = \"spo2_question\"", "next = \"spo2_qestion\""),
        (QUESTIONS, "start = \"intro\"", "start = \"beginning\""),
        (QUESTIONS, "from = \"spo2_again\"", "from = \"spo2_agin\""),
        (QUESTIONS, "give_up = \"gave_up\"", "give_up = \"given_up\""),
        (QUESTIONS, "entry = \"spo2\", is = \"000\"", "entry = \"spo\", is = \"000\""),
        (HEALTH, "flow = \"questionnaire\"", "flow = \"questionaire\""),
        (AUTO, "visit = { \"8\" = \"stop_request\" }", "visit = { \"8\" = \"stop\" }"),
        ("shared/keys.toml", "visit = { \"0\" = \"person\" }", "visit = { \"0\" = \"persom\" }"),
        (HEALTH, "say = \"resumed\"", "say = \"resume\""),
        (QUESTIONS, "on_red = [\"advice\"]", "on_red = [\"advise\"]"),
    ]));
}

#[test]
fn nodes_and_flows_that_no_call_comes_to() {
    let mut spare = files();
    spare.insert("spare/flow.toml".into(), "title = \"x\"\nversion = 1\nstart = \"bye\"\n[limits]\nsteps = 9\n[nodes.bye]\nkind = \"end\"\nresult = \"done\"\n".into());
    let found = found(spare);
    assert_told!(
        slips(&[(QUESTIONS, "go = \"breathlessness_severe\"", "go = \"fatigue\"")]) + "spare/flow.toml\n" + &found
    );
}

#[test]
fn exits_that_are_missing() {
    assert_told!(slips(&[
        (PERSON, "give_up = \"back\"\n", ""),
        (STOP, "no_input = [\"shared.no_input_1\", \"shared.no_input_2\"]\n", ""),
        (AUTO, "no_match = [\"shared.no_match_1\", \"shared.no_match_2\"]\n", ""),
        (HEALTH, "mismatch = \"mismatch\"\n", ""),
        (PERSON, "failed = \"nobody_free\"\n", ""),
        (QUESTIONS, "otherwise = \"fatigue\"\n", ""),
        (AUTO, "exits.gave_up = \"gave_up\"\n", ""),
        (AUTO, "exits.gave_up = \"gave_up\"\n", "exits.gave_up = \"gave_up\"\nexits.gone = \"gave_up\"\n"),
        (QUESTIONS, "result = \"gave_up\"", "result = \"given_up\""),
    ]));
}

#[test]
fn keys_that_mean_two_things() {
    assert_told!(slips(&[
        (HEALTH, "without = [\"back\"] # 7 is", "# 7 is"),
        (PERSON, "keys.2 = \"back\"", "keys.9 = \"back\""),
        (QUESTIONS, "choices = { 1 = \"yes\", 2", "choices = { 8 = \"yes\", 2"),
        (AUTO, "visit = { \"8\"", "visit = { \"7\""),
        (AUTO, "visit = { \"8\"", "visit = { \"2\""),
        (QUESTIONS, "instead.000 =", "instead.0 ="),
        (QUESTIONS, "instead.000 =", "instead.0000 ="),
        (QUESTIONS, "instead.000 =", "instead.400 ="),
        (QUESTIONS, "instead.000 =", "instead.0a0 ="),
        (HEALTH, "digits = [6, 8]", "digits = [1, 8]"),
        ("shared/keys.toml", "back = \"7\"", "back = \"9\""),
        ("shared/keys.toml", "back = \"7\"", "back = \"#\""),
        (STOP, "keys.2 = \"back\"", "keys.1 = \"back\""),
    ]));
}

#[test]
fn calls_that_run_in_a_circle() {
    assert_told!(slips(&[
        (PERSON, "next = \"number_shown\"", "next = \"connecting\""),
        (
            PERSON,
            "{ caller_number = \"hidden\", go = \"number_hidden\" },",
            "{ caller_number = \"hidden\", go = \"office\" },"
        ),
        (QUESTIONS, "next = \"nausea_or_vomiting\"", "next = \"fatigue\""),
        (HEALTH, "flow = \"questionnaire\"", "flow = \"health_call\""),
        (PERSON, "[limits]\nsteps = 60\n", ""),
        (PERSON, "steps = 60\n", ""),
    ]));
}

#[test]
fn entries_that_fit_nothing() {
    assert_told!(slips(&[
        (QUESTIONS, "at_least = 340", "at_least = 300"),
        (QUESTIONS, "at_most = 100", "at_most = 120"),
        (QUESTIONS, "at_least = 340\nat_most = 420", "at_least = 420\nat_most = 340"),
        (QUESTIONS, "from = \"complexion\"", "from = \"spo2\""),
        (QUESTIONS, "from = \"body_temperature\"", "from = \"intro\""),
        (
            QUESTIONS,
            "choices = { 1 = \"yes\", 2 = \"no\", 3 = \"unknown\" }",
            "choices = { 1 = \"yes\", 2 = \"no\", 3 = \"maybe\" }"
        ),
        (QUESTIONS, "answer = \"fatigue\"", "answer = \"diarrhoea\""),
        (QUESTIONS, "is = \"000\"", "is = \"999\""),
        (QUESTIONS, "of = \"spo2_again\"", "of = \"complexion\""),
        (QUESTIONS, "no = \"body_temperature\"", "no = \"spo2_confirm\""),
        (HEALTH, "private = true", "private = false"),
        (HEALTH, "birth_date = \"birth_date\"", "birth_date = \"hersys_id\""),
        (HEALTH, "digits = [6, 8]", "digits = [4, 8]"),
        (
            HEALTH,
            "next = \"identify\"",
            "next = \"confirm\"\n[nodes.confirm]\nkind = \"confirm\"\nof = \"birth_date\"\nread_as = \"digits\"\nsay = \"ask_another_person\"\nyes = \"identify\"\nno = \"birth_date\""
        ),
    ]));
}

#[test]
fn calls_that_anybody_could_have_stopped() {
    assert_told!(slips(&[
        (STOP, "otherwise = \"ask_who\"", "otherwise = \"ask_stop\""),
        (STOP, "keys.1 = \"listener_confirmed\"", "keys.1 = \"stop_record\""),
        (STOP, "give_up = \"stop_unconfirmed\"", "give_up = \"stop_record\""),
    ]));
}

#[test]
fn questionnaires_that_are_no_form() {
    let hand_over = "next = \"staff\"\n[nodes.staff]\nkind = \"hand_over\"\nring_seconds = 30\n\
                     connected = \"complete\"\nfailed = \"complete\"";
    let digits = "next = \"size\"\n[nodes.size]\nkind = \"gather\"\ntakes = \"digits\"\ndigits = [2, 3]\n\
                  say = \"ask_fatigue\"\nnext = \"complete\"";
    let after = "next = \"more\"\n[nodes.more]\nkind = \"menu\"\nsay = \"ask_fatigue\"\nkeys.1 = \"done\"";
    let again = "next = \"sure\"\n[nodes.sure]\nkind = \"menu\"\nsay = \"ask_fatigue\"\nkeys.1 = \"spo2_third\"\n\
                 [nodes.spo2_third]\nkind = \"gather\"\nquestion = \"spo2\"\ntakes = \"number\"\ndigits = 3\n\
                 at_least = 70\nat_most = 100\nsay = \"ask_spo2\"\nnext = \"complete\"";
    let tired = "next = \"tired\"\n[nodes.tired]\nkind = \"menu\"\nsay = \"ask_fatigue\"\n\
                 choices = { 1 = \"yes\", 2 = \"no\" }\nnext = \"tired_record\"\n\
                 [nodes.tired_record]\nkind = \"record\"\nanswer = \"fatigue\"\nfrom = \"tired\"\nnext = \"complete\"";
    let keys = |second: &str| format!("keys.1 = {{ go = \"fatigue_record\", value = \"yes\" }}\n{second}");
    let two_ways = keys("keys.2 = { go = \"nausea_or_vomiting\", value = \"yes\" }");
    let language = keys("keys.2 = { go = \"fatigue_record\", value = \"no\", language = \"en\" }");
    let fatigue = "choices = { 1 = \"yes\", 2 = \"no\", 3 = \"unknown\" }\nnext = \"fatigue_record\"";
    assert_told!(slips(&[
        (QUESTIONS, "next = \"complete\"", hand_over),
        (QUESTIONS, "rules = [{ answer = \"breathlessness\", is = \"yes\",", "rules = [{ office = \"open\","),
        (QUESTIONS, "rules = [{ answer = \"breathlessness\",", "rules = [{ answer = \"fatigue\","),
        (QUESTIONS, fatigue, &language),
        (QUESTIONS, fatigue, &two_ways),
        (QUESTIONS, "next = \"complete\"", digits),
        (QUESTIONS, "no = \"body_temperature\"", "no = \"intro\""),
        (QUESTIONS, "instead.000 = \"complexion\"", "instead.000 = \"spo2_low\""),
        (
            QUESTIONS,
            "[nodes.spo2_again]\nkind = \"gather\"",
            "[nodes.spo2_again]\nkind = \"gather\"\nquestion = \"spo2\""
        ),
        (QUESTIONS, "next = \"complete\"", again),
        (QUESTIONS, "next = \"complete\"", tired),
        (QUESTIONS, "next = \"done\"", after),
        (QUESTIONS, "kind = \"record\"\nreport = \"complete\"", "kind = \"announce\"\nsay = \"ask_fatigue\""),
    ]));
}

#[test]
fn a_question_with_too_many_conditions_is_no_form() {
    let mut files = files();
    let flow = files.get_mut(QUESTIONS).unwrap();
    let rules: String = (0..120)
        .map(|nth| {
            let go = if nth % 2 == 0 { "breathlessness_severe" } else { "fatigue" };
            format!("  {{ entry = \"spo2\", at_most = {}, go = \"{go}\" }},\n", 70 + nth % 30)
        })
        .collect();
    *flow = flow.replace(
        "rules = [{ answer = \"breathlessness\", is = \"yes\", go = \"breathlessness_severe\" }]",
        &format!("rules = [\n{rules}]"),
    );
    assert_told!(found(files));
}

#[test]
fn wording_that_is_missing_unused_or_too_long() {
    let mut no_korean = files();
    no_korean.remove("stop_request/prompts/ko.toml");
    let long = "stop_noted = \"".to_owned() + &"停止のご依頼を、保健所にお伝えします。".repeat(8) + "\"\nold = \"";
    assert_told!(
        slips(&[
            ("person/prompts/en.toml", "connecting = ", "conecting = "),
            ("stop_request/prompts/ja.toml", "stop_noted = \"", &long),
            (HEALTH, "say = \"resumed\"", "say = \"received\""),
            ("shared/prompts/pt.toml", "digit_4 = ", "digit_four = "),
        ]) + "without stop_request/prompts/ko.toml\n"
            + &found(no_korean)
    );
}

#[test]
fn placeholders_without_a_value() {
    assert_told!(slips(&[
        ("automated_call/prompts/en.toml", "from {centre}", "from {center}"),
        ("automated_call/prompts/en.toml", "from {centre}", "from the centre"),
        ("automated_call/prompts/en.toml", "from {centre}", "from {centre"),
        ("questionnaire/prompts/ja.toml", "read_back_spo2 = \"{value}", "read_back_spo2 = \"{until}"),
        ("shared/prompts/en.toml", "{whole}", "{tenth}"),
        ("maintenance/flow.toml", "otherwise = \"closed\"", "otherwise = \"closed_until\""),
        (HEALTH, "say = \"resumed\"", "say = [\"resumed\", \"automated_call.voicemail\"]"),
        (HEALTH, "say = \"mismatch\"", "say = [\"mismatch\", \"withdrawn.goodbye\"]"),
        (QUESTIONS, "say = \"ask_fatigue\"", "say = [\"ask_fatigue\", \"read_back_spo2\"]"),
        (
            "questionnaire/prompts/en.toml",
            "ask_fatigue = \"Any",
            "ask_fatigue = { form = \"Tired, {centre}?\", text = \"x\" }\nold = \""
        ),
    ]));
}

#[test]
fn short_wording_and_what_follows_a_red_answer() {
    assert_told!(slips(&[
        (QUESTIONS, "short = \"ask_fatigue_short\"", "short = \"ask_fatigue_brief\""),
        (QUESTIONS, "at_least = 350, at_most = 374", "at_least = 340, at_most = 380"),
        (QUESTIONS, "at_least = 96, at_most = 100", "at_least = 95, at_most = 100"),
        (QUESTIONS, "after_red = \"red_answer\"", "after_red = \"red_anser\""),
        (AUTO, "known_caller = \"yes\"", "known_caller = \"no\""),
        (AUTO, "known_caller = \"yes\"", "knows_us = \"yes\""),
        ("red_answer/flow.toml", "after_red = \"continue\"", "after_red = \"stop\""),
    ]));
}

/// Callers remember the keys of yes and no.
#[test]
fn yes_and_no_with_swapped_keys() {
    let menu = "short = \"ask_diarrhoea_short\"\nchoices = { 1 = \"yes\", 2 = \"no\"";
    let swapped = "short = \"ask_diarrhoea_short\"\nchoices = { 1 = \"no\", 2 = \"yes\"";
    assert_told!(slips(&[(QUESTIONS, menu, swapped)]));
}

/// One finding names the true cause; nothing else is said of what couldn't be read.
#[test]
fn a_flow_that_cannot_be_read_is_one_finding() {
    let slips_of = [
        (QUESTIONS, "say = \"ask_fatigue\"", "say = \"ask_fatigue"),
        (QUESTIONS, "say = \"ask_fatigue\"", "say = “ask_fatigue”"),
        (QUESTIONS, "say = \"ask_fatigue\"", "say ＝ \"ask_fatigue\""),
        (QUESTIONS, "at_least = 340", "at_least = ３４０"),
        (HEALTH, "keys.1 = \"hersys_id\"", "keys.１ = \"hersys_id\""),
        (PERSON, "kind = \"hand_over\"", "kind　= \"hand_over\""),
        ("person/prompts/ja.toml", "connecting = \"", "connecting = 「"),
        (AUTO, "[nodes.confirmed]", "［nodes.confirmed］"),
    ];
    for (file, from, to) in slips_of {
        let findings = FlowSet::checked(with(file, from, to)).err().unwrap_or_default();
        assert_eq!(findings.len(), 1, "{to}: {findings:?}");
    }
    assert_told!(slips(&slips_of));
}

#[test]
fn a_question_without_short_wording_is_a_doubt() {
    assert_eq!(FlowSet::read(files()).0.doubts(), []);
    let short = "short = \"ask_fatigue_short\"\n";
    let doubts = FlowSet::read(with(QUESTIONS, short, "")).0.doubts();
    let told: Vec<String> = doubts.iter().map(crate::told).collect();
    assert_told!(told.join("\n"));
}

#[test]
fn flows_that_must_be_there() {
    let mut without = files();
    without.retain(|file, _| !file.starts_with("maintenance/") && !file.starts_with("stop_request/"));
    assert_told!(found(without));
}

/// The example "add a question" of docs/flows.md, taken from there word for word.
#[test]
fn the_example_of_the_manual_keeps_every_rule() {
    let manual = include_str!("../../docs/flows.md");
    let block = |begin: &str| {
        let text = &manual[manual.find(begin).unwrap()..];
        let text = &text[..text.find("```").unwrap()];
        text.lines().map(|line| format!("{}\n", line.trim_start())).collect::<String>()
    };
    let mut files = files();
    let flow = files.get_mut(QUESTIONS).unwrap();
    let (before, after) = flow.split_once("[nodes.diarrhoea_record]").unwrap();
    let (_, after) = after.split_once("[nodes.drowsiness]").unwrap();
    *flow = format!("{before}{}[nodes.drowsiness]{after}", block("   [nodes.diarrhoea_record]"));
    let words = block("   ask_drinking = ");
    for (_, text) in files.iter_mut().filter(|(file, _)| file.starts_with("questionnaire/prompts/")) {
        text.push_str(&words);
    }
    assert_eq!(found(files), "");
}

#[test]
fn wording_that_hides_something() {
    const WORDS: &str = "person/prompts/en.toml";
    assert_told!(slips(&[
        (WORDS, "Please wait.", "Please\\u001b[2J wait."),
        (WORDS, "Please wait.", "Please\\u202e wait."),
        (WORDS, "Please wait.", "Please\u{200b} wait."),
        (WORDS, "phone one, one, nine.\"", "phone one, one, nine.\\u00ad\""),
        (PERSON, "title = \"", "title = \"\\u2066"),
    ]));
    let lines = with(WORDS, "Please wait.", "Please\\nwait.");
    assert_eq!(found(lines), "", "wording may have lines");
}
