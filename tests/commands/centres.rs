//! `kenkocall centres`.

use crate::{Desk, databases::Fresh};

crate::on_both_databases!(centres_are_added_changed_and_listed, wrong_centres_get_a_sentence);

async fn centres_are_added_changed_and_listed(fresh: Fresh) {
    let desk = Desk(&fresh);
    assert!(desk.does(&["centres", "list"]).contains("centres add"));
    desk.with_centre();
    let set = ["centres", "set", "13101", "--temperature-note", "37.4", "--calling-hours", "9:00-21:00"];
    assert!(desk.does(&set).starts_with("changed\n"));
    assert!(desk.does(&set).starts_with("nothing to change\n"));
    insta::assert_snapshot!("centres", desk.does(&["centres", "list"]));
    insta::assert_snapshot!("centres_json", desk.does(&["centres", "list", "--json"]));
}

async fn wrong_centres_get_a_sentence(fresh: Fresh) {
    let desk = Desk(&fresh);
    desk.with_centre();
    for (arguments, mentions) in [
        (&["centres", "add", "--code", "13101", "--name", "x", "--phone", "0352113641"][..], "exists already"),
        (&["centres", "add", "--code", "131 01", "--name", "x", "--phone", "0352113641"], "1 to 16 letters"),
        (&["centres", "add", "--code", "1", "--name", " ", "--phone", "0352113641"], "needs a name"),
        (&["centres", "add", "--code", "1", "--name", "x", "--phone", "12"], "03-5211-3641"),
        (&["centres", "set", "99999", "--name", "x"], "there is no health centre 99999"),
        (&["centres", "set", "13101", "--time-zone", "Mars/Olympus"], "Asia/Tokyo"),
        (&["centres", "set", "13101", "--spo2-red", "96"], "the red SpO2 not above"),
        (&["centres", "set", "13101", "--temperature-note", "50"], "between 34.0 and 42.0"),
    ] {
        let sentence = desk.refuses(arguments);
        assert!(sentence.contains(mentions), "{arguments:?}: {sentence}");
    }
    // What clap refuses has its own form, and its own exit code.
    let hours = desk.output(&["centres", "set", "13101", "--calling-hours", "20:00-08:00"]);
    assert!(String::from_utf8_lossy(&hours.stderr).contains("calling hours are written 08:00-20:00"));
    assert_eq!(hours.status.code(), Some(2));
}
