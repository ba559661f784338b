//! Names, reasons and other texts that would control a terminal or look like other ones: refused on input, and
//! escaped if older data contain them.

use kenkocall::domain::{HiddenKind, all_visible_in_lines};
use kenkocall::store::centres;
use serde_json::Value;

use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(
    hidden_characters_are_refused_in_every_text,
    hidden_characters_of_older_data_are_escaped,
    the_length_of_a_centres_name_is_limited,
);

/// One of each kind, as an attacker would try it.
const HIDDEN: [(&str, HiddenKind); 5] = [
    ("見本\x1b[2J", HiddenKind::Control),
    ("見本\nred alert", HiddenKind::LineBreak),
    ("見本\u{202e}本見", HiddenKind::Direction),
    ("見\u{200b}本", HiddenKind::Invisible),
    ("見本\u{9b}31m", HiddenKind::Control),
];

async fn hidden_characters_are_refused_in_every_text(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let person = ["--hersys-id", "1234567", "--birth-date", "1980-04-01"];
    let add = [&["patients", "add", "--centre", "13101"][..], &person].concat();
    command_line.does(&[&add[..], &["--family-name", "見本", "--given-name", "花子"]].concat());
    for (text, kind) in HIDDEN {
        for arguments in [
            &["centres", "add", "--code", "1", "--phone", "0352113641", "--name", text][..],
            &["centres", "set", "13101", "--name", text],
            &["dialer", "pause", "--reason", text],
            &["--as", text, "centres", "list"],
            &["patients", "set", "1234567", "--family-name", text],
            &["patients", "set", "1234567", "--given-name", text],
            &[&add[..], &["--family-name", text, "--given-name", "花子"]].concat(),
        ] {
            let sentence = command_line.refuses(arguments);
            assert!(all_visible_in_lines(&sentence).is_ok(), "{sentence:?}");
            let wanted = kind.to_string();
            assert!(
                sentence.contains(&wanted) || sentence.contains("a control character"),
                "{arguments:?}: {sentence}"
            );
        }
        let sms = command_line.output(&["centres", "set", "13101", "--missed-call-sms", text]);
        assert_eq!(sms.status.success(), kind == HiddenKind::LineBreak, "an SMS may have lines");
        let row = |family: &str| {
            format!("hersys_id,birth_date,family_name,given_name\n7654321,1980-04-01,\"{family}\",花子\n")
        };
        command_line.import_refused(row(text));
    }
    assert!(command_line.does(&["centres", "list"]).contains("千代田保健所"));
    assert!(command_line.does(&["patients", "show", "1234567"]).contains("見本 花子"));
}

async fn hidden_characters_of_older_data_are_escaped(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let mut centre = centres::list(&mut tx).await.unwrap().remove(0);
    let name: String = HIDDEN.map(|(text, _)| text).concat() + &"長".repeat(60);
    centre.name.clone_from(&name);
    centres::update(&mut tx, &centre).await.unwrap();
    tx.commit().await.unwrap();
    let listed = command_line.does(&["centres", "list"]);
    assert!(listed.contains("見本\\u001b[2J見本\\u000ared alert見本\\u202e本見見\\u200b本見本\\u009b31m"), "{listed}");
    let json = command_line.does(&["centres", "list", "--json"]);
    assert!(all_visible_in_lines(&json).is_ok(), "{json}");
    let read: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read[0]["name"], name.as_str(), "JSON means what is stored");
    // Another change doesn't fail because of the name.
    let changed = command_line.does(&["centres", "set", "13101", "--office-hours", "08:30-16:00"]);
    assert!(changed.starts_with("changed\n") && all_visible_in_lines(&changed).is_ok(), "{changed}");
}

async fn the_length_of_a_centres_name_is_limited(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.does(&["centres", "set", "13101", "--name", &"所".repeat(40)]);
    let sentence = command_line.refuses(&["centres", "set", "13101", "--name", &"所".repeat(41)]);
    assert!(sentence.contains("1 to 40 characters") && sentence.contains("spoken in every call"), "{sentence}");
}
