//! `kenkocall reports add`: a named operator enters a patient's answers.

use serde_json::Value;

use crate::{CommandLine, databases::Fresh, every_command::REPORT};

crate::on_both_databases!(a_report_is_entered_exported_and_noted, what_is_wrong_with_a_report_is_said_field_by_field,);

fn add<'a>(options: &[&'a str], answers: &[&'a str]) -> Vec<&'a str> {
    let field = |answer: &&str| answer.split_once('=').map(|(field, _)| field.to_owned());
    let well = REPORT[1..].iter().copied();
    let usual = well.filter(|usual| answers.iter().all(|answer| field(answer) != field(usual)));
    [options, &["reports", "add", "01234567"], answers].concat().into_iter().chain(usual).collect()
}

fn patient(command_line: &CommandLine<'_>) {
    command_line.with_centre();
    command_line.import("HER-SYS ID,生年月日,姓,名\n01234567,1980-04-01,見本,花子\n");
}

async fn a_report_is_entered_exported_and_noted(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    patient(&command_line);
    let said = command_line.does(&add(&["--as", "保健師A"], &["complexion=yes"]));
    assert!(said.contains("with the severity red") && said.contains("alerts: red_answer\n"), "{said}");
    assert!(said.lines().any(|line| line.starts_with("> ") && line.contains("119")), "{said}");
    let json = command_line.does(&add(&["--lang", "ja"], &["body_temperature=38,6", "--json"]));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["result"], &json["severity"], &json["alerts"]),
        (&"added".into(), &"amber".into(), &Value::Array(vec![]))
    );
    let export = command_line.does(&["reports", "export", "--from", "today", "--to", "today"]);
    let channels: Vec<&str> = export.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    assert_eq!(channels, ["staff"], "of two versions, the newest: {export}");
    assert!(command_line.does(&["alerts", "list"]).contains("complexion yes"));
    let trail = command_line.trail("01234567").await;
    let added: Vec<&str> =
        trail.iter().filter(|entry| entry.action == "report.added").map(|entry| &*entry.actor).collect();
    assert_eq!(added, ["保健師A", "tester"]);
    let verified = command_line.does(&["audit", "verify"]);
    assert!(verified.contains("verify"), "{verified}");
}

async fn what_is_wrong_with_a_report_is_said_field_by_field(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    patient(&command_line);
    let wrong = ["body_temperature=43", "spo2=x", "fatigue=perhaps", "spo3=97", "complexion="];
    let said = command_line.refuses(&add(&[], &wrong));
    insta::assert_snapshot!("report_fields", said);
    let said = command_line.refuses(&add(&["--lang", "ja"], &wrong));
    insta::assert_snapshot!("report_fields_ja", said);
    for (answers, says) in [
        (&["spo2"][..], "FIELD=VALUE"),
        (&["spo2=98", "spo2=97"], "“spo2” is filled in twice"),
        (&["breathlessness_severe=yes"], "breathlessness_severe isn't asked"),
    ] {
        let said = command_line.refuses(&add(&[], answers));
        assert!(said.contains(says), "{said}");
        assert!(!said.contains("98") && !said.contains("01234567"), "{said}");
    }
    command_line.does(&["patients", "release", "01234567"]);
    assert!(command_line.refuses(&add(&[], &[])).contains("isn't under observation"));
    assert_eq!(command_line.does(&["reports", "export", "--from", "today", "--to", "today"]).lines().count(), 1);
}
