//! `kenkocall alerts list`: the most severe first, one line for each patient, and no number of alerts hides a red
//! answer.

use jiff::{SignedDuration, Timestamp};
use kenkocall::domain::{
    AlertId, AlertKind, AnswerOrigin, CallerNumber, CentreCode, Channel, HersysId, Item, PatientId, ReportId,
    ReportOutcome, Sensitive, Severity,
};
use kenkocall::store::alerts::{self, AlertRow, Repeats};
use kenkocall::store::answers::{self, AnswerRow};
use kenkocall::store::reports::{self, ReportRow};
use kenkocall::store::{Tx, patients};
use serde_json::Value;
use uuid::Uuid;

use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(
    a_flood_of_alerts_hides_no_red_answer,
    a_patients_alerts_are_one_line_with_the_worst_first,
    alerts_are_listed_by_kind_and_of_today,
    closing_a_line_closes_what_it_showed_and_nothing_that_came_since,
    a_line_shows_all_of_its_patient_whatever_was_asked_for,
    a_line_is_taken_by_one_person_at_a_time,
);

fn alert(kind: AlertKind, patient: Option<PatientId>, raised_at: Timestamp) -> AlertRow {
    let centre = Some(CentreCode::parse("13101").unwrap());
    AlertRow { centre, patient, ..AlertRow::of_all(AlertId(Uuid::now_v7()), kind, raised_at) }
}

async fn ground(command_line: &CommandLine<'_>, fresh: &Fresh) -> (Tx, Vec<PatientId>) {
    command_line.with_centre();
    command_line.import(
        "hersys_id,birth_date,family_name,given_name\n01234567,1980-04-01,健康,花子\n7654321,1980-04-01,鈴木,三\n",
    );
    let mut tx = fresh.database.begin_write().await.unwrap();
    let mut ids = Vec::new();
    for id in ["01234567", "7654321"] {
        let found = patients::by_hersys_ids(&mut tx, &[HersysId::parse(id).unwrap()]).await.unwrap();
        ids.push(found[0].id);
    }
    (tx, ids)
}

/// A red answer from an unregistered phone.
async fn red(tx: &mut Tx, patient: PatientId, entry: &str, at: Timestamp) {
    let report = ReportId(Uuid::now_v7());
    let centre = CentreCode::parse("13101").unwrap();
    let row = ReportRow {
        id: report,
        patient,
        centre,
        report_date: "2026-11-23".parse().unwrap(),
        slot_time: String::new(),
        channel: Channel::HealthCall,
        outcome: ReportOutcome::Reported,
        stopped_after: None,
        started_at: at,
        ended_at: Some(at),
        caller_number: Some(CallerNumber::Unregistered),
    };
    reports::open(tx, &[row]).await.unwrap();
    let item = Item::Spo2;
    let answer = AnswerRow {
        id: Uuid::now_v7(),
        report,
        origin: AnswerOrigin::Unrecorded,
        item,
        entry: Sensitive::new(entry),
        severity: Severity::Red,
        at,
        late: false,
    };
    answers::append(tx, &[answer]).await.unwrap();
    let red = alert(AlertKind::RedAnswer, Some(patient), at);
    alerts::raise(tx, &[AlertRow { report: Some(report), item: Some(item), ..red }]).await.unwrap();
}

async fn a_flood_of_alerts_hides_no_red_answer(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (mut tx, ids) = ground(&command_line, &fresh).await;
    let now = Timestamp::now();
    let flood: Vec<AlertRow> = (0..1_200).map(|_| alert(AlertKind::CallBack, None, now)).collect();
    alerts::raise(&mut tx, &flood).await.unwrap();
    red(&mut tx, ids[0], "090", now + SignedDuration::from_secs(3)).await;
    tx.commit().await.unwrap();
    let listed = command_line.does(&["alerts", "list"]);
    let first = listed.lines().nth(1).unwrap();
    assert!(first.contains("red") && first.contains("01234567"), "{first}");
    assert!(first.contains("SpO2 90 % (from an unregistered number)"), "{first}");
    assert!(listed.contains("there are more"), "{}", listed.lines().last().unwrap());
    let json: Value = serde_json::from_str(&command_line.does(&["alerts", "list", "--json"])).unwrap();
    assert_eq!(json[0]["severity"], "red");
    assert_eq!(json[0]["value"], "90");
    assert_eq!(json[0]["caller_number"], "unregistered");
    assert_eq!(json.as_array().unwrap().len(), 1_000);
    let last = json[999]["id"].as_str().unwrap();
    assert!(listed.contains(&format!("--after {last}")), "{}", listed.lines().last().unwrap());
    let rest = command_line.does(&["alerts", "list", "--json", "--after", last]);
    let rest: Value = serde_json::from_str(&rest).unwrap();
    assert_eq!(rest.as_array().unwrap().len(), 201);
    let ids = json.as_array().unwrap().iter().chain(rest.as_array().unwrap()).map(|alert| alert["id"].as_str());
    assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 1_201);
    let elsewhere = command_line.refuses(&["alerts", "list", "--after", &Uuid::now_v7().to_string()]);
    assert!(elsewhere.contains("there is no alert with this id"), "{elsewhere}");
}

async fn a_patients_alerts_are_one_line_with_the_worst_first(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (mut tx, ids) = ground(&command_line, &fresh).await;
    let at = |seconds| Timestamp::now() - SignedDuration::from_secs(100) + SignedDuration::from_secs(seconds);
    let many = Repeats { occurrences: 14, last_at: Some(at(9)) };
    let rows = [
        AlertRow { repeats: many, ..alert(AlertKind::Guessing, Some(ids[0]), at(0)) },
        alert(AlertKind::Unanswered, Some(ids[1]), at(1)),
        alert(AlertKind::Unanswered, Some(ids[0]), at(2)),
        alert(AlertKind::CallBack, Some(ids[0]), at(3)),
        alert(AlertKind::Unanswered, Some(ids[0]), at(4)),
    ];
    alerts::raise(&mut tx, &rows).await.unwrap();
    red(&mut tx, ids[0], "091", at(6)).await;
    red(&mut tx, ids[0], "088", at(7)).await;
    red(&mut tx, ids[1], "089", at(5)).await;
    tx.commit().await.unwrap();
    let listed = command_line.does(&["alerts", "list"]);
    let table: Vec<&str> = listed.lines().skip(1).take_while(|line| !line.is_empty()).collect();
    let [older, newer, guessing] = table.as_slice() else { panic!("{listed}") };
    assert!(older.contains("7654321") && older.contains("SpO2 89 %") && older.ends_with("+1: unanswered"), "{older}");
    assert!(newer.contains("01234567") && newer.contains("SpO2 91 %"), "{newer}");
    let also = "+4: red_answer SpO2 88 % (from an unregistered number), unanswered ×2, call_back";
    assert!(newer.ends_with(also), "{newer}");
    assert!(guessing.contains("note") && guessing.contains("guessing ×14"), "{guessing}");
}

async fn alerts_are_listed_by_kind_and_of_today(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (mut tx, ids) = ground(&command_line, &fresh).await;
    let now = Timestamp::now();
    let rows = [
        alert(AlertKind::Missed, Some(ids[0]), now - SignedDuration::from_hours(49)),
        alert(AlertKind::Missed, Some(ids[1]), now),
        alert(AlertKind::CallBack, None, now),
    ];
    alerts::raise(&mut tx, &rows).await.unwrap();
    tx.commit().await.unwrap();
    let kinds = |words: &[&str]| {
        let json: Value = serde_json::from_str(&command_line.does(&[words, &["--json"]].concat())).unwrap();
        json.as_array().unwrap().iter().map(|alert| alert["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&["alerts", "list", "--kind", "missed"]), ["missed"; 2]);
    assert_eq!(kinds(&["alerts", "list", "--kind", "call-back"]), ["call_back"]);
    assert_eq!(kinds(&["alerts", "list", "--today"]), ["missed", "call_back"]);
    assert_eq!(kinds(&["alerts", "list", "--kind", "missed", "--today", "--centre", "13101"]), ["missed"]);
    assert_eq!(kinds(&["alerts", "list", "--kind", "red_answer"]), [""; 0]);
    let wrong = command_line.output(&["alerts", "list", "--kind", "red"]);
    let sentence = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(wrong.status.code() == Some(2) && sentence.contains("the kinds of alerts are red_answer, amber_answer"));
}

/// The id in the first line of `alerts list`, by which that alert is closed.
fn first_line(command_line: &CommandLine<'_>, words: &[&str]) -> String {
    let listed = command_line.does(&[&["alerts", "list"], words].concat());
    listed.lines().nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

async fn closing_a_line_closes_what_it_showed_and_nothing_that_came_since(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (mut tx, ids) = ground(&command_line, &fresh).await;
    let at = |seconds| Timestamp::now() - SignedDuration::from_secs(100) + SignedDuration::from_secs(seconds);
    let rows = [
        alert(AlertKind::Missed, Some(ids[0]), at(1)),
        alert(AlertKind::Unanswered, Some(ids[0]), at(3)),
        alert(AlertKind::Guessing, Some(ids[0]), at(4)), // without others
        alert(AlertKind::Unanswered, Some(ids[1]), at(2)),
        alert(AlertKind::CallBack, None, at(2)),
    ];
    alerts::raise(&mut tx, &rows).await.unwrap();
    red(&mut tx, ids[0], "091", at(2)).await;
    tx.commit().await.unwrap();
    let line = first_line(&command_line, &[]);
    assert!(line.ends_with("+2"), "{line}");
    let mut tx = fresh.database.begin_write().await.unwrap();
    red(&mut tx, ids[0], "088", at(5)).await;
    tx.commit().await.unwrap();
    let closed = command_line.does(&["--as", "保健師A", "alerts", "close", &line]);
    assert!(closed.starts_with("closed: ") && closed.contains("and 2 others of this patient"), "{closed}");
    assert!(closed.contains("1 other alert of this patient is open"), "what came since: {closed}");
    let listed = command_line.does(&["alerts", "list"]);
    let first = listed.lines().nth(1).unwrap();
    assert!(first.contains("SpO2 88 %") && !first_line(&command_line, &[]).contains('+'), "{first}");
    let json: Value = serde_json::from_str(&command_line.does(&["alerts", "list", "--json"])).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 4, "the others, and those of other people");
    let noted = command_line.does(&["audit", "list", "--actor", "保健師A", "--json"]);
    assert_eq!(noted.matches("alert.closed").count(), 3, "{noted}");
    assert!(command_line.does(&["alerts", "close", &line]).starts_with("nothing to change"));
    // A bare id closes only that alert.
    let mut tx = fresh.database.begin_write().await.unwrap();
    alerts::raise(&mut tx, &[alert(AlertKind::Missed, Some(ids[0]), at(6))]).await.unwrap();
    tx.commit().await.unwrap();
    let line = first_line(&command_line, &[]);
    let (id, _) = line.split_once('+').unwrap();
    let closed = command_line.does(&["alerts", "close", id]);
    assert!(closed.contains("1 other alert of this patient is open"), "{closed}");
    // An alert with an earlier time, from a node whose clock is slow, is never closed unseen.
    let mut tx = fresh.database.begin_write().await.unwrap();
    alerts::raise(&mut tx, &[alert(AlertKind::Missed, Some(ids[0]), at(7))]).await.unwrap();
    tx.commit().await.unwrap();
    let line = first_line(&command_line, &[]);
    let mut tx = fresh.database.begin_write().await.unwrap();
    red(&mut tx, ids[0], "085", at(0)).await;
    tx.commit().await.unwrap();
    let refused = command_line.output(&["alerts", "close", &line]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("look at `kenkocall alerts list` again"));
    assert!(first_line(&command_line, &[]).ends_with("+2"));
    for wrong in ["+2", "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04+", "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04+x", "x+1"] {
        assert_eq!(command_line.output(&["alerts", "close", wrong]).status.code(), Some(2), "{wrong}");
    }
}

async fn a_line_shows_all_of_its_patient_whatever_was_asked_for(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (mut tx, ids) = ground(&command_line, &fresh).await;
    let now = Timestamp::now();
    let rows = [
        alert(AlertKind::Missed, Some(ids[0]), now),
        alert(AlertKind::Unanswered, Some(ids[0]), now - SignedDuration::from_hours(49)),
        alert(AlertKind::Unanswered, Some(ids[1]), now - SignedDuration::from_hours(49)),
    ];
    alerts::raise(&mut tx, &rows).await.unwrap();
    red(&mut tx, ids[0], "091", now - SignedDuration::from_hours(50)).await;
    tx.commit().await.unwrap();
    for asked in [["--kind", "missed"].as_slice(), &["--today"]] {
        let listed = command_line.does(&[&["alerts", "list"], asked].concat());
        let table: Vec<&str> = listed.lines().skip(1).take_while(|line| !line.is_empty()).collect();
        let [line] = table.as_slice() else { panic!("{listed}") };
        assert!(line.contains("missed") && line.contains("01234567"), "{line}");
        let also = "+2: red_answer SpO2 91 % (from an unregistered number), unanswered";
        assert!(line.ends_with(also), "closing it closes them too: {line}");
    }
    assert!(first_line(&command_line, &["--kind", "missed"]).ends_with("+2"));
}

async fn a_line_is_taken_by_one_person_at_a_time(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    let (mut tx, ids) = ground(&command_line, &fresh).await;
    let now = Timestamp::now();
    red(&mut tx, ids[0], "091", now - SignedDuration::from_secs(9)).await;
    alerts::raise(&mut tx, &[alert(AlertKind::CallBack, None, now)]).await.unwrap();
    tx.commit().await.unwrap();
    let line = first_line(&command_line, &[]);
    let does = |name: &str, words: &[&str]| command_line.does(&[&["--as", name], words].concat());
    assert_eq!(does("保健師A", &["alerts", "take", &line]), "taken: the line is yours\n");
    assert!(does("保健師A", &["alerts", "take", &line]).starts_with("nothing to change: you have had the line since"));
    for words in [["alerts", "take"], ["alerts", "give-back"]] {
        let refused = command_line.output(&[&["--as", "保健師B"], &words[..], &[&line]].concat());
        assert_eq!(refused.status.code(), Some(3), "{words:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("保健師A has had this line since"), "{words:?}");
    }
    let listed = command_line.does(&["alerts", "list"]);
    assert!(listed.lines().nth(1).unwrap().contains("保健師A"), "{listed}");
    assert!(!listed.lines().nth(2).unwrap().contains("保健師"), "the other line is nobody's: {listed}");
    let json: Value = serde_json::from_str(&command_line.does(&["alerts", "list", "--json"])).unwrap();
    assert_eq!((&json[0]["taken_by"], &json[1]["taken_by"]), (&"保健師A".into(), &Value::Null));
    let over = does("保健師B", &["alerts", "take", &line, "--over", "--json"]);
    let over: Value = serde_json::from_str(&over).unwrap();
    assert_eq!((&over["result"], &over["from"]), (&"taken_over".into(), &"保健師A".into()), "{over}");
    assert!(does("保健師B", &["alerts", "give-back", &line]).starts_with("given back"));
    assert!(does("保健師B", &["alerts", "give-back", &line]).starts_with("nothing to change"));
    // A closed line is nobody's.
    does("保健師B", &["alerts", "close", &line]);
    let refused = command_line.output(&["alerts", "take", &line]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("was closed"));
}
