//! `kenkocall centres`.

use kenkocall::domain::{CentreCode, PhoneNumber};
use kenkocall::service::{CentreError, CentreSettings, ServiceError};
use kenkocall::store::{audit, centres};

use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(
    centres_are_added_changed_and_listed,
    one_centre_is_shown_in_plain_words,
    a_centres_name_has_a_reading_and_a_latin_name,
    wrong_centres_get_a_sentence,
    a_centre_sets_how_its_patients_are_called,
    wrong_calling_gets_a_sentence,
    a_number_that_an_older_release_took_is_in_the_way_of_no_other_change,
    settings_of_an_older_release_have_defaults,
    patients_outside_new_calling_hours_are_counted,
);

async fn centres_are_added_changed_and_listed(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    assert!(command_line.does(&["centres", "list"]).contains("centres add"));
    command_line.with_centre();
    let set = ["centres", "set", "13101", "--temperature-note", "37.4", "--calling-hours", "9:00-21:00"];
    assert!(command_line.does(&set).starts_with("changed\n"));
    assert!(command_line.does(&set).starts_with("nothing to change\n"));
    insta::assert_snapshot!("centres", command_line.does(&["centres", "list"]));
    insta::assert_snapshot!("centres_json", command_line.does(&["centres", "list", "--json"]));
}

async fn one_centre_is_shown_in_plain_words(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let shown = command_line.does(&["centres", "show", "13101"]);
    for words in ["calls a day           no limit of its own", "after busy            3 tries in all, 30 minutes apart"]
    {
        assert!(shown.contains(words), "{shown}");
    }
    command_line.does(&["centres", "set", "13101", "--retry", "busy=1x10", "--unregistered-reports", "keep"]);
    command_line.does(&[
        "centres",
        "set",
        "13101",
        "--report-covers",
        "slot",
        "--days-off",
        "sat;sun",
        "--calls-per-day",
        "90",
    ]);
    command_line.does(&[
        "centres",
        "set",
        "13101",
        "--missed-call-sms",
        "{centre}です。{call_back_number}へお電話ください。",
    ]);
    insta::assert_snapshot!("one_centre", command_line.does(&["centres", "show", "13101"]));
    let one: serde_json::Value =
        serde_json::from_str(&command_line.does(&["centres", "show", "13101", "--json"])).unwrap();
    let all: serde_json::Value = serde_json::from_str(&command_line.does(&["centres", "list", "--json"])).unwrap();
    assert_eq!(one, all[0]);
    let unknown = command_line.output(&["centres", "show", "99999"]);
    assert_eq!(unknown.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no health centre 99999"));
}

async fn a_number_that_an_older_release_took_is_in_the_way_of_no_other_change(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let centre = centres::get(&mut tx, &CentreCode::parse("13101").unwrap()).await.unwrap().unwrap();
    let phone = PhoneNumber::from_e164("+81990123456").unwrap();
    centres::update(&mut tx, &centres::CentreRow { phone, ..centre }).await.unwrap();
    tx.commit().await.unwrap();
    assert!(command_line.does(&["centres", "set", "13101", "--calling-hours", "09:00-19:00"]).starts_with("changed\n"));
    for phone in ["0120-123-456", "03-5211-3641", "050-1234-5678"] {
        assert!(command_line.does(&["centres", "set", "13101", "--phone", phone]).starts_with("changed\n"), "{phone}");
    }
}

async fn wrong_centres_get_a_sentence(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    for (arguments, mentions) in [
        (&["centres", "add", "--code", "13101", "--name", "x", "--phone", "0352113641"][..], "exists already"),
        (&["centres", "add", "--code", "131 01", "--name", "x", "--phone", "0352113641"], "1 to 16 letters"),
        (&["centres", "add", "--code", "1", "--name", " ", "--phone", "0352113641"], "needs a name"),
        (&["centres", "add", "--code", "1", "--name", "x", "--phone", "12"], "03-5211-3641"),
        (
            &["centres", "add", "--code", "1", "--name", "x", "--phone", "0990-123-456"],
            "costs more than an ordinary call",
        ),
        (&["centres", "set", "13101", "--phone", "0570-000-123"], "costs more than an ordinary call"),
        (&["centres", "set", "13101", "--phone", "+12025550123"], "isn't in Japan"),
        (&["centres", "set", "13101", "--phone", "110"], "03-5211-3641"),
        (&["centres", "set", "99999", "--name", "x"], "there is no health centre 99999"),
        (&["centres", "set", "13101", "--time-zone", "Mars/Olympus"], "Asia/Tokyo"),
        (&["centres", "set", "13101", "--spo2-red", "96"], "the red SpO2 not above"),
        (&["centres", "set", "13101", "--temperature-note", "50"], "between 34.0 and 42.0"),
    ] {
        let sentence = command_line.refuses(arguments);
        assert!(sentence.contains(mentions), "{arguments:?}: {sentence}");
    }
    // Errors from clap have their own format and exit code.
    let hours = command_line.output(&["centres", "set", "13101", "--calling-hours", "20:00-08:00"]);
    assert!(String::from_utf8_lossy(&hours.stderr).contains("calling hours are written 08:00-20:00"));
    assert_eq!(hours.status.code(), Some(2));
}

const CALLING: [&str; 25] = [
    "centres",
    "set",
    "13101",
    "--days-off",
    "sun;2027-01-01",
    "--call-pattern",
    "0 9 * * mon-sat; 0 18 * * sat",
    "--retry",
    "busy=5x10;voicemail=1x60",
    "--report-covers",
    "slot",
    "--unregistered-reports",
    "keep",
    "--after-red",
    "continue",
    "--concurrent-calls",
    "5",
    "--calls-per-second",
    "0.5",
    "--calls-per-day",
    "200",
    "--spend-per-day",
    "9000",
    "--missed-call-sms",
    "{centre}からお電話しました。{call_back_number}へどうぞ。",
];

async fn a_centre_sets_how_its_patients_are_called(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    assert!(command_line.does(&CALLING).starts_with("changed\n"));
    assert!(command_line.does(&CALLING).starts_with("nothing to change\n"));
    insta::assert_snapshot!("centres_calling", command_line.does(&["centres", "list"]));
    insta::assert_snapshot!("centres_calling_json", command_line.does(&["centres", "list", "--json"]));
    // Omitted values are kept, and an empty value erases.
    assert!(
        command_line
            .does(&["centres", "set", "13101", "--days-off", "", "--missed-call-sms", ""])
            .starts_with("changed\n")
    );
    let row = row(&fresh).await;
    let settings = CentreSettings::read(&row).unwrap();
    assert_eq!((settings.days_off.to_string(), settings.missed_call_sms.is_none()), (String::new(), true));
    assert_eq!(settings.call_pattern.to_string(), "0 9 * * mon-sat;0 18 * * sat");
    let schedule = settings.calling_schedule(&row).unwrap();
    let slots = schedule.slots_on(&"".parse().unwrap(), "2026-11-28".parse().unwrap());
    let due: Vec<String> = slots.iter().map(|slot| slot.due_at.to_string()).collect();
    assert_eq!(due, ["2026-11-28T00:00:00Z", "2026-11-28T09:00:00Z"], "a Saturday");
    let erased = ["--call-pattern", "", "--retry", "", "--report-covers", "", "--unregistered-reports", ""];
    let erased = [&erased[..], &["--after-red", ""]].concat();
    let limits = ["--concurrent-calls", "", "--calls-per-second", "", "--calls-per-day", "", "--spend-per-day", ""];
    command_line.does(&[&["centres", "set", "13101"][..], &limits, &erased].concat());
    assert_eq!(CentreSettings::read(&self::row(&fresh).await).unwrap(), CentreSettings::default());

    let mut tx = fresh.database.begin_read().await.unwrap();
    let trail = audit::by_subject(&mut tx, "centre:13101", 10).await.unwrap();
    assert_eq!(trail.len(), 4, "one entry for each change");
    let erased = r#"{"days_off":["sun;2027-01-01",""],"missed_call_sms":["{centre}からお電話しました。{call_back_number}へどうぞ。",null]}"#;
    assert_eq!(crate::without_system_user(&trail[1].details).as_str(), erased);
}

async fn row(fresh: &Fresh) -> centres::CentreRow {
    let mut tx = fresh.database.begin_read().await.unwrap();
    centres::get(&mut tx, &CentreCode::parse("13101").unwrap()).await.unwrap().unwrap()
}

async fn wrong_calling_gets_a_sentence(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    for (setting, value, mentions) in [
        ("--call-pattern", "0 10 31 2 *", "none of the next 366 days"),
        ("--call-pattern", "* * * * *", "fires 1440 times on"),
        ("--call-pattern", "0 9-13 * * *", "fires 5 times on"),
        ("--call-pattern", "0 21 * * *", "fires at 21:00, outside the calling hours 08:00-20:00"),
        ("--calling-hours", "11:00-20:00", "“0 10 * * *” can't be used: it fires at 10:00"),
        ("--concurrent-calls", "0", "1 to 10000"),
        ("--calls-per-second", "0", "0.001 to 1000"),
        ("--calls-per-second", "inf", "0.001 to 1000"),
        ("--calls-per-second", "NaN", "0.001 to 1000"),
    ] {
        let sentence = command_line.refuses(&["centres", "set", "13101", setting, value]);
        assert!(sentence.contains(mentions), "{value}: {sentence}");
    }
    // Errors from clap have their own format and exit code.
    for (setting, value, mentions) in [
        ("--call-pattern", "0 10 * * 1-5", "write weekdays in a call pattern by name"),
        ("--call-pattern", "10:00", "a call pattern is written \"0 10 * * *\""),
        ("--call-pattern", "0 25 * * *", "the call pattern's hour can't be read"),
        ("--call-pattern", "30 0 10 * * *", "the seconds in a call pattern are 0"),
        ("--days-off", "sat,sun", "days off are written sat;sun;2027-01-01"),
        ("--retry", "wrong_number=3x30", "a wrong number is never called again"),
        ("--retry", "busy=6x30", "1 to 5 tries in all"),
        ("--report-covers", "week", "write day when a report cancels"),
        ("--unregistered-reports", "off", "write cancel when a report from an unregistered number"),
        ("--after-red", "stop", "write ask when callers are asked"),
        ("--automated-calls", "stop", "write place when automated calls are placed"),
        ("--concurrent-calls", "few", "a whole number of calls"),
        ("--calls-per-second", "fast", "a number of calls a second"),
        ("--calls-per-day", "１件", "a whole number of calls"),
        ("--spend-per-day", "９円", "a whole amount of money"),
        ("--missed-call-sms", "{name}様", "{centre} and {call_back_number}, and no other braces"),
    ] {
        let refused = command_line.output(&["centres", "set", "13101", setting, value]);
        let sentence = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && sentence.contains(mentions), "{value}: {sentence}");
    }
    assert_eq!(CentreSettings::read(&row(&fresh).await).unwrap(), CentreSettings::default(), "nothing was changed");
    // Hours and a pattern that match can be set together.
    let both = ["--calling-hours", "11:00-20:00", "--call-pattern", "0 12 * * *"];
    command_line.does(&[&["centres", "set", "13101"][..], &both].concat());
    command_line.does(&["centres", "set", "13101", "--calls-per-second", "1000"]);
}

async fn settings_of_an_older_release_have_defaults(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let mut row = row(&fresh).await;
    let mut tx = fresh.database.begin_write().await.unwrap();
    row.settings = r#"{"office_hours":"09:00-17:00","calling_hours":"09:00-19:00"}"#.to_owned();
    centres::update(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    let settings = CentreSettings::read(&row).unwrap();
    assert_eq!(
        (settings.calling_hours.to_string(), settings.call_pattern.to_string()),
        ("09:00-19:00".to_owned(), "0 10 * * *".to_owned())
    );
    assert!(
        command_line
            .does(&["centres", "set", "13101", "--calling-hours", "9:00-19:00"])
            .starts_with("nothing to change\n")
    );
    // No call is placed with uncertain settings.
    row.settings = r#"{"days_off":"never"}"#.to_owned();
    assert!(matches!(CentreSettings::read(&row), Err(ServiceError::Unreadable(_))));
    row.time_zone = "Mars/Olympus".to_owned();
    assert!(matches!(
        CentreSettings::default().calling_schedule(&row),
        Err(ServiceError::Centre(CentreError::UnknownTimeZone(_)))
    ));
}

async fn patients_outside_new_calling_hours_are_counted(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let list = "hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times\n\
        01234567,1980-04-01,見本,花子,09012345671,yes,9:00;18:00\n\
        01234568,1980-04-01,見本,花子,09012345672,yes,9:00;18:00\n\
        01234569,1980-04-01,見本,花子,09012345673,yes,10:00\n\
        01234570,1980-04-01,見本,花子,09012345674,yes,\n\
        01234571,1980-04-01,見本,花子,09012345675,no,18:30\n";
    command_line.import(list);
    let set = |hours| command_line.does(&["centres", "set", "13101", "--calling-hours", hours]);
    assert!(set("9:30-19:00").starts_with("changed\n2 patients have call times outside these hours"));
    assert!(set("9:00-18:30").starts_with("changed\ncode"));
    command_line.does(&["patients", "stop", "01234567"]);
    assert!(set("9:00-17:00").starts_with("changed\n1 patient has call times outside these hours"));
}

async fn a_centres_name_has_a_reading_and_a_latin_name(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let add = ["centres", "add", "--code", "12236", "--name", "匝瑳保健所", "--phone", "0479-72-1281"];
    command_line.does(&[&add[..], &["--reading", "ソウサホケンジョ"]].concat());
    let set = ["centres", "set", "12236", "--latin-name", "Sosa Public Health Center"];
    assert!(command_line.does(&set).starts_with("changed\n"));
    assert!(command_line.does(&set).starts_with("nothing to change\n"));
    let shown = command_line.does(&["centres", "show", "12236"]);
    for words in ["reading               ソウサホケンジョ", "Latin name            Sosa Public Health Center"] {
        assert!(shown.contains(words), "{shown}");
    }
    assert!(
        command_line.does(&["centres", "list"]).contains("匝瑳保健所 (ソウサホケンジョ, Sosa Public Health Center)")
    );
    let json: serde_json::Value =
        serde_json::from_str(&command_line.does(&["centres", "show", "12236", "--json"])).unwrap();
    assert_eq!(
        (&json["reading"], &json["latin_name"]),
        (&"ソウサホケンジョ".into(), &"Sosa Public Health Center".into())
    );
    for (option, wrong) in [("--reading", "匝瑳"), ("--latin-name", "匝瑳")] {
        let refused = command_line.output(&["centres", "set", "12236", option, wrong]);
        assert_eq!(refused.status.code(), Some(2), "{option}");
    }
    assert!(command_line.does(&["centres", "set", "12236", "--latin-name", ""]).starts_with("changed\n"));
    let trail = command_line.does(&["audit", "list"]);
    assert!(trail.contains("latin_name") || trail.contains("Sosa Public Health Center"), "{trail}");
    assert!(command_line.does(&["centres", "show", "12236"]).contains("none: a Japanese voice says the name"));
}
