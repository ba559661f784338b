//! `kenkocall patients add`, `set`, `stop`, `release`, `show`.

use crate::{Desk, databases::Fresh};

crate::on_both_databases!(
    d3_each_change_and_look_is_noted,
    wrong_values_get_a_sentence_without_the_value,
    a2_a_second_patient_with_the_number_is_refused,
    a3_a_number_and_times_change_at_once,
    a4_stop_and_release_are_idempotent,
);

fn add<'a>(id: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["patients", "add", "--centre", "13101", "--hersys-id", id];
    arguments.extend(["--birth-date", "S55.4.1", "--family-name", "健康", "--given-name", "花子"]);
    arguments.extend(more);
    arguments
}

const CALLED: [&str; 6] =
    ["--phone-number", "０９０−１２３４−５６７８", "--automated-call", "yes", "--call-times", "9:00;18:00"];

async fn d3_each_change_and_look_is_noted(fresh: Fresh) {
    let desk = Desk(&fresh);
    desk.with_centre();
    desk.does(&add("01234567", &CALLED));
    desk.does(&["--as", "保健師A", "patients", "set", "01234567", "--language", "en", "--given-name", "華子"]);
    assert!(desk.does(&["patients", "set", "01234567", "--language", "English"]).starts_with("nothing to change"));
    let shown = desk.does(&["patients", "show", "01234567"]);
    for part in ["健康 華子", "1980-04-01", "•••-••••-5678 at 09:00;18:00", "English (en)", "no report yet"]
    {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&desk.does(&["patients", "show", "01234567", "--json"])).unwrap();
    assert_eq!((&json["phone_number"], &json["call_times"]), (&"•••-••••-5678".into(), &"09:00;18:00".into()));
    desk.does(&["patients", "stop", "01234567"]);
    desk.does(&["patients", "release", "01234567"]);
    let trail = desk.trail("01234567").await;
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

async fn wrong_values_get_a_sentence_without_the_value(fresh: Fresh) {
    let desk = Desk(&fresh);
    desk.with_centre();
    desk.does(&add("01234567", &CALLED));
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
        let sentence = desk.refuses(&arguments);
        assert!(sentence.contains(mentions), "{arguments:?}: {sentence}");
        assert!(!["01234567", "7777777", "12345\n", "2999", "0120-123"].iter().any(|value| sentence.contains(value)));
    }
}

async fn a2_a_second_patient_with_the_number_is_refused(fresh: Fresh) {
    let desk = Desk(&fresh);
    desk.with_centre();
    desk.does(&add("111111", &CALLED));
    let sentence = desk.refuses(&add("222222", &CALLED));
    assert!(sentence.contains("My HER-SYS") && sentence.contains("健康コール"), "{sentence}");
    // The number alone may be shared: a family lives behind one.
    desk.does(&add("222222", &CALLED[..2]));
    assert!(desk.refuses(&["patients", "set", "222222", "--automated-call", "yes"]).contains("one number can't"));
    desk.does(&["patients", "release", "111111"]);
    desk.does(&["patients", "set", "222222", "--automated-call", "yes"]);
}

async fn a3_a_number_and_times_change_at_once(fresh: Fresh) {
    let desk = Desk(&fresh);
    desk.with_centre();
    desk.does(&add("111111", &CALLED));
    let said = desk.does(&["patients", "set", "111111", "--phone-number", "0352113641", "--call-times", "10:30"]);
    assert_eq!(said, "changed: HER-SYS ID 111111\nautomated calls to ••-••••-3641 at 10:30\n");
    let said = desk.does(&["patients", "set", "111111", "--call-times", ""]);
    assert!(said.ends_with("automated calls to ••-••••-3641 at the centre's own times\n"));
}

async fn a4_stop_and_release_are_idempotent(fresh: Fresh) {
    let desk = Desk(&fresh);
    desk.with_centre();
    desk.does(&add("111111", &CALLED));
    let first = desk.does(&["patients", "stop", "111111"]);
    assert!(first.starts_with("stopped: HER-SYS ID 111111\nautomated calls stopped 2"), "{first}");
    let again = desk.does(&["patients", "stop", "111111"]);
    assert_eq!(first.lines().nth(1), again.lines().nth(1), "the first stop stands");
    // A1: the centre alone switches them on again.
    let on = desk.does(&["patients", "set", "111111", "--automated-call", "yes"]);
    assert!(on.ends_with("automated calls to •••-••••-5678 at 09:00;18:00\n"), "{on}");
    let first = desk.does(&["patients", "release", "111111"]);
    assert!(first.starts_with("released: HER-SYS ID 111111\nobservation ended "), "{first}");
    assert!(desk.does(&["patients", "release", "111111"]).starts_with("nothing to change"));
    assert_eq!(desk.trail("111111").await.len(), 4);
}
