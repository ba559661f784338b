//! `kenkocall patients add`, `set`, `stop`, `release`, `show`.

use crate::{CommandLine, databases::Fresh, db_assertions::DatabaseAssertions};

crate::on_both_databases!(
    an_oximeter_is_set_shown_and_recorded,
    d3_each_change_and_look_is_recorded,
    wrong_values_get_a_sentence_without_the_value,
    an_id_like_a_registered_one_but_for_zeros_is_warned_about_when_it_is_added,
    a2_a_second_patient_with_the_number_is_refused,
    a3_a_number_and_times_change_at_once,
    a_change_based_on_an_old_revision_names_what_changed_since,
    a4_stop_and_release_are_idempotent,
    patients_are_listed_by_what_is_known_of_them_and_the_search_is_noted,
    the_trail_is_listed_with_look_ups_of_nobody_and_reading_it_is_noted,
);

fn add<'a>(id: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["patients", "add", "--centre", "13101", "--hersys-id", id];
    arguments.extend(["--birth-date", "S55.4.1", "--family-name", "健康", "--given-name", "花子"]);
    arguments.extend(more);
    arguments
}

const CALLED: [&str; 6] =
    ["--phone-number", "０９０−１２３４−５６７８", "--automated-call", "yes", "--call-times", "9:00;18:00"];

async fn d3_each_change_and_look_is_recorded(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("01234567", &CALLED));
    command_line.does(&["--as", "保健師A", "patients", "set", "01234567", "--language", "en", "--given-name", "華子"]);
    assert!(
        command_line.does(&["patients", "set", "01234567", "--language", "English"]).starts_with("nothing to change")
    );
    let shown = command_line.does(&["patients", "show", "01234567"]);
    for part in ["健康 華子", "1980-04-01", "•••-••••-5678 at 09:00;18:00", "English (en)", "no report yet"]
    {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&command_line.does(&["patients", "show", "01234567", "--json"])).unwrap();
    assert_eq!((&json["phone_number"], &json["call_times"]), (&"•••-••••-5678".into(), &"09:00;18:00".into()));
    assert_eq!((&json["oximeter"], &json["spo2_asked_again_on"]), (&"unknown".into(), &serde_json::Value::Null));
    command_line.does(&["patients", "stop", "01234567"]);
    command_line.does(&["patients", "release", "01234567"]);
    let trail = command_line.trail("01234567").await;
    let notes: Vec<_> = trail.iter().map(|entry| format!("{} {}", entry.actor, entry.action)).collect();
    assert_eq!(
        notes,
        [
            "tester patient.added",
            "保健師A patient.changed",
            "tester patient.shown",
            "tester patient.shown",
            "tester patient.stopped",
            "tester patient.released"
        ]
    );
    assert_eq!(trail[1].details.as_str(), r#"{"given_name":["花子","華子"],"language":["ja","en"]}"#);
}

async fn an_id_like_a_registered_one_but_for_zeros_is_warned_about_when_it_is_added(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("01234567", &[]));
    let output = command_line.output(&add("1234567", &["--json"]));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.starts_with("warning: a patient is registered under"), "{said}");
    assert!(!said.contains("1234567"), "{said}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["result"], &json["doubt"]), (&"added".into(), &"registered_with_other_zeros".into()));
    command_line.does(&add("7654321", &[]));
}

async fn wrong_values_get_a_sentence_without_the_value(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("01234567", &CALLED));
    for (arguments, mentions) in [
        (add("12345", &[]), "a HER-SYS ID has 6 to 8 digits; this one has 5"),
        (add("123456x", &[]), "digits 0 to 9 alone"),
        (add("01234567", &[]), "registered already"),
        (add("999999", &["--phone-number", "0120-123-456", "--automated-call", "yes"]), "a toll-free number"),
        (add("999999", &["--automated-call", "yes"]), "automated calls need a phone number"),
        (add("999999", &["--diagnosis-date", "1979-01-01"]), "--diagnosis-date: this date lies before the birth"),
        // A7: one to four times a day, inside the centre's calling hours.
        (vec!["patients", "set", "01234567", "--call-times", "07:59"], "--call-times: a call time lies outside"),
        (vec!["patients", "set", "01234567", "--call-times", "9:00;10:00;11:00;12:00;13:00"], "at most 4 times a day"),
        (vec!["patients", "set", "01234567", "--birth-date", "2999-01-01"], "--birth-date: this date lies in the fut"),
        (vec!["patients", "set", "01234567", "--birth-date", "昭和70年1月1日"], "--birth-date: "),
        (vec!["patients", "set", "01234567", "--phone-number", ""], "automated calls need a phone number"),
        (vec!["patients", "set", "01234567", "--language", "中国語"], "zh-Hans"),
        (vec!["patients", "set", "01234567", "--family-name", ""], "--family-name: this cell may not be empty"),
        (vec!["patients", "set", "01234567"], "nothing is given to change"),
        (vec!["patients", "show", "7777777"], "nobody is registered under this HER-SYS ID"),
        (vec!["patients", "stop", "7777777"], "nobody is registered under this HER-SYS ID"),
    ] {
        let sentence = command_line.refuses(&arguments);
        assert!(sentence.contains(mentions), "{arguments:?}: {sentence}");
        assert!(!["01234567", "7777777", "12345\n", "2999", "0120-123"].iter().any(|value| sentence.contains(value)));
    }
}

async fn a2_a_second_patient_with_the_number_is_refused(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("111111", &CALLED));
    let sentence = command_line.refuses(&add("222222", &CALLED));
    assert!(sentence.contains("My HER-SYS") && sentence.contains("健康コール"), "{sentence}");
    // A number may be shared if it isn't called automatically, as by a family.
    command_line.does(&add("222222", &CALLED[..2]));
    assert!(
        command_line.refuses(&["patients", "set", "222222", "--automated-call", "yes"]).contains("one number can't")
    );
    command_line.does(&["patients", "release", "111111"]);
    command_line.does(&["patients", "set", "222222", "--automated-call", "yes"]);
}

async fn a3_a_number_and_times_change_at_once(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("111111", &CALLED));
    let said =
        command_line.does(&["patients", "set", "111111", "--phone-number", "0352113641", "--call-times", "10:30"]);
    assert_eq!(said, "changed: HER-SYS ID 111111\nautomated calls to ••-••••-3641 at 10:30\n");
    let said = command_line.does(&["patients", "set", "111111", "--call-times", ""]);
    assert!(said.ends_with("automated calls to ••-••••-3641 at the centre's own times\n"));
}

async fn a_change_based_on_an_old_revision_names_what_changed_since(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("1234567", &CALLED));
    let seen = || {
        let shown = command_line.does(&["patients", "show", "1234567", "--json"]);
        serde_json::from_str::<serde_json::Value>(&shown).unwrap()["revision"].to_string()
    };
    let first = seen();
    let set = |revision: &str, more: &[&str]| {
        let words = ["patients", "set", "1234567", "--revision", revision];
        command_line.command(&[&words[..], more].concat()).output().unwrap()
    };
    assert!(set(&first, &["--language", "en"]).status.success());
    assert!(set(&seen(), &["--phone-number", "09011110002"]).status.success());
    let language = || DatabaseAssertions::at(&fresh.url);
    let refused = set(&first, &["--language", "ko"]);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && told.contains("(language, phone_number)"), "{told}");
    assert!(!told.contains("9011110002"), "{told}");
    assert_eq!(language().column("SELECT language FROM patients").await, ["en"]);
    // The current revision is accepted, and so is a change without one.
    assert!(set(&seen(), &["--language", "ko"]).status.success());
    command_line.does(&["patients", "set", "1234567", "--language", "zh-Hant"]);
    assert_eq!(language().column("SELECT language FROM patients").await, ["zh-Hant"]);
    let garbage = set("latest", &["--language", "en"]);
    assert_eq!(garbage.status.code(), Some(2));
}

async fn a4_stop_and_release_are_idempotent(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("111111", &CALLED));
    let first = command_line.does(&["patients", "stop", "111111"]);
    assert!(first.starts_with("stopped: HER-SYS ID 111111\nautomated calls stopped 2"), "{first}");
    let again = command_line.does(&["patients", "stop", "111111"]);
    assert_eq!(first.lines().nth(1), again.lines().nth(1), "the first stop stands");
    // A1: only the centre can switch them on again.
    let on = command_line.does(&["patients", "set", "111111", "--automated-call", "yes"]);
    assert!(on.ends_with("automated calls to •••-••••-5678 at 09:00;18:00\n"), "{on}");
    let first = command_line.does(&["patients", "release", "111111"]);
    assert!(first.starts_with("released: HER-SYS ID 111111\nobservation ended "), "{first}");
    assert!(command_line.does(&["patients", "release", "111111"]).starts_with("nothing to change"));
    assert_eq!(command_line.trail("111111").await.len(), 4);
}

async fn patients_are_listed_by_what_is_known_of_them_and_the_search_is_noted(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("01234567", &CALLED));
    command_line.does(&add("7654321", &[]));
    command_line.does(&["patients", "release", "7654321"]);
    let listed = command_line.does(&["patients", "list"]);
    assert!(listed.contains("01234567") && listed.contains("•••-••••-5678") && !listed.contains("7654321"), "{listed}");
    assert!(!listed.contains("花子") && listed.contains("健•"), "{listed}");
    for found in [
        &["--name", "康 花"][..],
        &["--name", "健康花子"],
        &["--hersys-id", "3456"],
        &["--phone-ends", "5678"],
        &["--phone-ends", "９０-1234-5678"],
        &["--status", "called"],
        &["--centre", "13101"],
        &["--reveal", "--limit", "1"],
    ] {
        let said = command_line.does(&[&["patients", "list"], found].concat());
        assert!(said.contains("01234567") && !said.contains("7654321"), "{found:?}: {said}");
    }
    for none in [&["--name", "%"][..], &["--phone-ends", "567"], &["--status", "stopped"], &["--after", "01234567"]] {
        assert_eq!(command_line.does(&[&["patients", "list"], none].concat()), "no patients\n", "{none:?}");
    }
    let all: serde_json::Value =
        serde_json::from_str(&command_line.does(&["patients", "list", "--status", "all", "--json"])).unwrap();
    assert_eq!((all.as_array().unwrap().len(), &all[1]["calls"]), (2, &"released".into()), "{all}");
    assert!(command_line.does(&["patients", "list", "--reveal"]).contains("健康 花子"));
    let trail = command_line.trail("01234567").await;
    assert!(trail.iter().filter(|entry| entry.action == "patients.listed").count() > 8);
    assert!(trail.last().unwrap().details.as_str().contains("revealed"));
}

async fn the_trail_is_listed_with_look_ups_of_nobody_and_reading_it_is_noted(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("01234567", &CALLED));
    command_line.does(&["--as", "保健師A", "patients", "set", "01234567", "--language", "en"]);
    command_line.does(&["patients", "show", "01234567", "--reveal"]);
    for words in [&["patients", "show"][..], &["patients", "stop"], &["patients", "release"], &["calls", "now"]] {
        command_line.refuses(&[words, &["7654320"]].concat());
    }
    command_line.refuses(&["patients", "set", "7654320", "--language", "en"]);
    command_line.does(&["calls", "list", "--hersys-id", "7654320"]);
    let listed = command_line.does(&["audit", "list", "--patient", "7654320"]);
    assert_eq!(listed.matches("patient.not_found").count(), 6, "{listed}");
    assert!(listed.contains("nobody with HER-SYS ID •••4320") && !listed.contains("7654320"), "{listed}");
    let of_patient = command_line.does(&["audit", "list", "--patient", "01234567"]);
    let at = |action: &str| of_patient.find(action).unwrap_or_else(|| panic!("{action} in {of_patient}"));
    assert!(at("patient.shown") < at("patient.changed") && at("patient.changed") < at("patient.added"), "latest first");
    assert!(of_patient.contains("revealed") && !of_patient.contains("+8190"), "{of_patient}");
    let by = command_line.does(&["audit", "list", "--actor", "保健師A", "--since", "yesterday"]);
    assert!(by.contains("patient.changed") && !by.contains("tester"), "{by}");
    assert_eq!(command_line.does(&["audit", "list", "--since", "tomorrow"]), "no entries\n");
    let revealed = command_line.does(&["audit", "list", "--patient", "01234567", "--reveal"]);
    assert!(revealed.contains("HER-SYS ID 01234567") && revealed.contains("language: \"ja\" to \"en\""), "{revealed}");
    let json: serde_json::Value =
        serde_json::from_str(&command_line.does(&["audit", "list", "--limit", "3", "--json"])).unwrap();
    assert_eq!((json.as_array().unwrap().len(), &json[0]["action"]), (3, &"audit.listed".into()), "{json}");
    assert_eq!(json[0]["values"], serde_json::Value::Null);
}

async fn an_oximeter_is_set_shown_and_recorded(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&add("01234567", &[]));
    let shown = || command_line.does(&["patients", "show", "01234567"]);
    assert!(shown().contains("oximeter       unknown"), "{}", shown());
    command_line.does(&["patients", "set", "01234567", "--oximeter", "no"]);
    assert!(shown().contains("oximeter       none; SpO2 is asked again from 20"), "{}", shown());
    command_line.does(&["patients", "set", "01234567", "--oximeter", "yes"]);
    assert!(shown().contains("oximeter       yes"), "{}", shown());
    let trail = command_line.trail("01234567").await;
    let changed: Vec<_> = trail.iter().filter(|entry| entry.action == "patient.changed").collect();
    let changes: Vec<_> = changed.iter().map(|entry| entry.details.as_str()).collect();
    assert_eq!(changes, [r#"{"oximeter":["unknown","no"]}"#, r#"{"oximeter":["no","yes"]}"#]);
    let refused = command_line.output(&["patients", "set", "01234567", "--oximeter", "maybe"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--oximeter: write yes, no or unknown"));
}
