//! `kenkocall dialer`: pause and resume by a person (faults 13 and 40: it starts paused).

use kenkocall::carrier::simulator::{NetworkFaults, Script};
use kenkocall::domain::{AlertId, AlertKind, LossEvidence};
use kenkocall::lab::synthetic_number;
use kenkocall::store::alerts::{self, AlertRow};
use kenkocall::store::losses::{self, LossRow};
use kenkocall::store::{audit, dialer};
use serde_json::Value;
use uuid::Uuid;

use crate::simulated_day::{finishes, today};
use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(
    nobody_is_dialled_during_a_pause,
    a_pause_ends_by_itself,
    that_nobody_is_dialled_is_shown_while_its_alert_is_open,
    what_is_wrong_with_a_pause_gets_a_sentence,
    the_carrier_never_ends_a_persons_pause,
    fault_40_lost_entries_are_told_and_not_reconciled_with_a_network_that_is_made_up,
);

async fn nobody_is_dialled_during_a_pause(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = today(&fresh, vec![("13:30", vec![finishes().into()]); 3], NetworkFaults::FAIR).await;
    assert_eq!(command_line.does(&["dialer", "show"]), "calls are placed\nslots due 0, calls under way 0\n");
    let paused = command_line.does(&["--as", "保健師A", "dialer", "pause", "--reason", "a backup was restored"]);
    insta::assert_snapshot!("dialer_paused", paused);
    day.until("13:45:00").await;
    let shown: Value = serde_json::from_str(&command_line.does(&["dialer", "show", "--json"])).unwrap();
    assert_eq!(shown["hold"]["why"], "paused");
    assert_eq!(shown["hold"]["reason"], "a backup was restored");
    assert_eq!((&shown["hold"]["until"], &shown["under_way"]), (&Value::Null, &0.into()));
    assert!(day.network(|network| network.placed()).is_empty());
    let listed = command_line.does(&["alerts", "list"]);
    assert!(listed.contains("dialling") && listed.contains("`kenkocall dialer show` says why"), "{listed}");
    let resumed = command_line.does(&["dialer", "resume"]);
    assert!(resumed.starts_with("the pause has ended\ncalls are placed\n"), "{resumed}");
    assert_eq!(command_line.does(&["alerts", "list"]), "no open alerts\n");
    assert!(command_line.does(&["dialer", "resume"]).starts_with("nothing to change: dialling wasn't paused\n"));
    day.until("14:00:00").await;
    assert_eq!(day.network(|network| network.placed()).len(), 3);
    let mut tx = fresh.database.begin_read().await.unwrap();
    let trail = audit::by_subject(&mut tx, "dialer", 10).await.unwrap();
    let noted: Vec<String> = trail.iter().map(|entry| format!("{} {}", entry.actor, entry.action)).collect();
    assert_eq!(noted, ["tester dialer.resumed", "保健師A dialer.paused"]);
}

async fn that_nobody_is_dialled_is_shown_while_its_alert_is_open(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = today(&fresh, vec![], NetworkFaults::FAIR).await;
    let at = day.simulation.clock.now();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let alert = AlertRow::of_all(AlertId(Uuid::now_v7()), AlertKind::Dialling, at);
    alerts::raise(&mut tx, &[alert]).await.unwrap();
    tx.commit().await.unwrap();
    let shown = command_line.does(&["dialer", "show"]);
    assert!(
        shown.starts_with("nobody was dialled when the alert of 20") && shown.contains("clock is wrong"),
        "{shown}"
    );
    let json: Value = serde_json::from_str(&command_line.does(&["dialer", "show", "--json"])).unwrap();
    assert_eq!(json["told_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap(), at);
    command_line.does(&["dialer", "pause", "--reason", "a backup was restored"]);
    assert!(command_line.does(&["dialer", "show"]).starts_with("dialling is paused"), "the reason that is known");
    command_line.does(&["dialer", "resume"]);
    assert!(command_line.does(&["dialer", "show"]).starts_with("calls are placed\n"), "its alert is closed");
}

async fn a_pause_ends_by_itself(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let day = today(&fresh, vec![("13:30", vec![finishes().into()])], NetworkFaults::FAIR).await;
    day.until("13:29:00").await;
    let in_ten_minutes = day.simulation.clock.now() + jiff::SignedDuration::from_mins(10);
    let until = in_ten_minutes.to_string();
    let paused = command_line.does(&["dialer", "pause", "--reason", "the lines are needed", "--until", &until]);
    assert!(paused.starts_with("dialling is paused until 20"), "{paused}");
    assert!(paused.contains(" +09:00: the lines are needed\n"), "{paused}");
    assert_eq!(command_line.does(&["alerts", "list"]), "no open alerts\n", "it needs nobody");
    day.until("13:38:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [0]);
    day.until("13:45:00").await;
    assert_eq!(day.rung(&[&synthetic_number(0).unwrap()]), [1]);
    assert!(command_line.does(&["dialer", "show"]).starts_with("calls are placed\n"));
}

async fn what_is_wrong_with_a_pause_gets_a_sentence(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let long = "x".repeat(201);
    let pause = |more: &[&str]| command_line.refuses(&[&["dialer", "pause"][..], more].concat());
    for (more, mentions) in [
        (&["--reason", " "][..], "say in 1 to 200 characters why dialling is paused"),
        (&["--reason", &long], "say in 1 to 200 characters why dialling is paused"),
        (&["--reason", "x", "--until", "2020-01-01 05:00"], "the end of the pause lies in the past"),
        (&["--reason", "x", "--until", "soon"], "isn't a time"),
    ] {
        let sentence = pause(more);
        assert!(sentence.contains(mentions), "{sentence}");
    }
    assert_eq!(command_line.output(&["dialer", "pause"]).status.code(), Some(2), "a reason is needed");
    assert!(command_line.does(&["dialer", "show"]).starts_with("calls are placed\n"));
}

/// A request that was in progress when a person paused yields "too many requests". That doesn't end the pause.
async fn the_carrier_never_ends_a_persons_pause(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let refuses = NetworkFaults { dial_too_many: 1.0, ..NetworkFaults::FAIR };
    let day = today(&fresh, vec![("13:30", vec![Script::busy().into()])], refuses).await;
    day.until("13:30:03").await;
    let mut tx = fresh.database.begin_read().await.unwrap();
    let pause = dialer::pause(&mut tx).await.unwrap().unwrap();
    assert!(pause.reason.contains("there are too many requests"), "{pause:?}");
    drop(tx);
    command_line.does(&["dialer", "pause", "--reason", "a backup was restored"]);
    let mut tx = fresh.database.begin_write().await.unwrap();
    let later = day.simulation.clock.now() + jiff::SignedDuration::from_mins(1);
    dialer::pause_until(&mut tx, "too many requests", day.simulation.clock.now(), later).await.unwrap();
    tx.commit().await.unwrap();
    day.network(|network| network.settings().network_faults = NetworkFaults::FAIR);
    day.until("15:00:00").await;
    assert!(command_line.does(&["dialer", "show"]).contains("a backup was restored"));
    assert!(day.network(|network| network.placed()).is_empty());
    // The carrier's longer pause replaces a shorter one.
    let mut tx = fresh.database.begin_write().await.unwrap();
    dialer::set_pause(&mut tx, None).await.unwrap();
    for (minutes, stands) in [(5, 5), (2, 5), (7, 7)] {
        let at = |minutes| later + jiff::SignedDuration::from_mins(minutes);
        dialer::pause_until(&mut tx, "too many requests", at(0), at(minutes)).await.unwrap();
        let until = dialer::pause(&mut tx).await.unwrap().unwrap().until.unwrap();
        assert_eq!(until.as_millisecond(), at(stands).as_millisecond());
    }
}

async fn fault_40_lost_entries_are_told_and_not_reconciled_with_a_network_that_is_made_up(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let mut tx = fresh.database.begin_write().await.unwrap();
    let (sign, evidence) = (LossEvidence::CheckpointAhead, "7".to_owned());
    let loss = LossRow { id: uuid::Uuid::nil(), sign, evidence, found_at: jiff::Timestamp::now(), reconciled_at: None };
    assert!(losses::note(&mut tx, &loss).await.unwrap());
    assert!(!losses::note(&mut tx, &loss).await.unwrap(), "the same evidence counts once");
    tx.commit().await.unwrap();
    command_line.does(&["dialer", "pause", "--reason", "the lines are needed", "--until", "2999-01-01"]);
    let shown = command_line.does(&["dialer", "show"]);
    assert!(shown.starts_with("recent data is missing from the database; dialling stopped"), "{shown}");
    let shown: Value = serde_json::from_str(&command_line.does(&["dialer", "show", "--json"])).unwrap();
    assert_eq!(shown["hold"]["why"], "lost_entries");
    assert_eq!((&shown["hold"]["reason"], &shown["hold"]["reconciled"]), (&"checkpoint_ahead".into(), &false.into()));
    let refused = command_line.refuses(&["dialer", "reconcile"]);
    assert!(refused.contains("no carrier is set, so there is none to ask"), "{refused}");
    let simulated =
        command_line.command(&["dialer", "reconcile"]).env("KENKOCALL_CARRIER", "simulator").output().unwrap();
    let refused = String::from_utf8(simulated.stderr).unwrap();
    assert!(!simulated.status.success() && refused.contains("the simulated phone network"), "{refused}");
    assert!(command_line.refuses(&["dialer", "resume"]).contains("`kenkocall dialer reconcile` first"));
    command_line.does(&["--as", "保健師A", "dialer", "resume", "--anyway"]);
    assert!(
        command_line.does(&["dialer", "show"]).starts_with("calls are placed\n"),
        "the other pause has ended with it"
    );
    let mut tx = fresh.database.begin_read().await.unwrap();
    let last = audit::by_subject(&mut tx, "dialer", 1).await.unwrap().pop().unwrap();
    assert_eq!((last.actor.as_str(), last.action.as_str()), ("保健師A", "dialer.resumed_anyway"));
}
