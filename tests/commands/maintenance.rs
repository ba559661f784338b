//! `kenkocall maintenance`, and unusable databases.

use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(h1_a_maintenance_begins_and_ends_at_once, a_database_that_cannot_be_used_gets_a_sentence);

async fn h1_a_maintenance_begins_and_ends_at_once(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    assert_eq!(command_line.does(&["maintenance", "show"]), "no maintenance: callers are answered\n");
    assert!(
        command_line.refuses(&["maintenance", "start", "--until", "2020-01-01 05:00"]).contains("lies in the past")
    );
    assert!(command_line.refuses(&["maintenance", "start", "--until", "soon"]).contains("isn't a time"));
    assert!(command_line.does(&["maintenance", "start"]).contains("until `kenkocall maintenance end`"));
    let until = ["maintenance", "start", "--until", "2099-12-01 05:00"];
    assert!(command_line.does(&until).ends_with("until 2099-12-01 05:00:00 +09:00\n"));
    assert!(command_line.does(&["maintenance", "show"]).contains("until 2099-12-01 05:00:00 +09:00"));
    assert!(command_line.does(&["maintenance", "end"]).starts_with("the maintenance has ended"));
    assert!(command_line.does(&["maintenance", "end"]).starts_with("nothing to change"));
    assert!(command_line.does(&["maintenance", "show"]).starts_with("no maintenance"));
}

async fn a_database_that_cannot_be_used_gets_a_sentence(fresh: Fresh) {
    let elsewhere = |url: &str| Fresh { database: fresh.database.clone(), url: url.to_owned() };
    for (url, mentions) in [
        ("sqlite:///nowhere/calls.db", "there is no database at /nowhere/calls.db"),
        ("sqlite:///tmp", "is a directory"),
        ("postgres://nobody:secret@127.0.0.1:1/none", "the PostgreSQL server at 127.0.0.1:1 doesn't answer"),
    ] {
        let elsewhere = elsewhere(url);
        let sentence = CommandLine(&elsewhere).refuses(&["patients", "show", "01234567"]);
        assert!(sentence.contains(mentions) && !sentence.contains("secret"), "{sentence}");
    }
}
