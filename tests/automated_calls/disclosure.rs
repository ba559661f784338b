//! One person's data as a file (開示請求): all of it, nobody else's, and the audit trail says who made it.

use std::collections::BTreeMap;
use std::time::Duration;

use kenkocall::carrier::simulator::{Health, Script};
use kenkocall::domain::{Item, NoteId, NoteText, YesNo};
use kenkocall::lab::synthetic_number;
use kenkocall::patient_import::Column;
use kenkocall::service::{
    AlertQuery, Details, TakeFrom, TrailQuery, add_note, disclose_person, list_alerts, list_trail, take_line,
};
use serde_json::Value;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, id};

crate::on_both_databases!(everything_about_one_person_is_in_the_file_and_nothing_about_others);

async fn everything_about_one_person_is_in_the_file_and_nothing_about_others(fresh: Fresh) {
    let mut ill = Health::well();
    ill.symptoms = BTreeMap::from([(Item::Complexion, YesNo::Yes)]);
    let people = vec![(0, vec![Script::answers(Duration::from_secs(1)).health(ill).into()])];
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00"; 2], people, ..Plan::default() }).await;
    day.set(0, &[(Column::FamilyName, "鷹司")]).await;
    day.until("10:00").await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    let query = AlertQuery { limit: 10, ..AlertQuery::default() };
    let alert = list_alerts(context, actor, &query).await.unwrap().found.alerts.items[0].alert.id;
    take_line(context, actor, alert, TakeFrom::Nobody).await.unwrap();
    let text = NoteText::parse("長女が電話に出る。").unwrap().unwrap();
    add_note(context, actor, alert, NoteId(uuid::Uuid::now_v7()), &text).await.unwrap();
    let file = disclose_person(context, actor, &id(0)).await.unwrap().file;
    let count = |what: &str| file[what].as_array().unwrap().len();
    assert_eq!(file["person"]["family_name"], "鷹司");
    assert_eq!(file["person"]["phone_number"], synthetic_number(0).unwrap().expose());
    assert_eq!((count("reports"), count("calls"), count("alerts"), count("notes")), (1, 1, 1, 1));
    let stored = day
        .kept
        .column(
            "SELECT CAST(count(*) AS text) FROM answers a JOIN reports r ON r.id = a.report_id
         JOIN patients p ON p.id = r.patient_id WHERE p.hersys_id = '1000001'",
        )
        .await;
    assert_eq!(file["reports"][0]["answers"].as_array().unwrap().len().to_string(), stored[0]);
    assert!(file["alerts"][0].get("report").is_some(), "by which report: {}", file["alerts"]);
    let said = file["calls"][0]["turns"].to_string();
    assert!(said.contains("words") && said.contains("keyed"), "{said}");
    assert_eq!(file["notes"][0]["text"], "長女が電話に出る。");
    assert!(file["reports"][0]["started_at"].as_str().unwrap().ends_with("+09:00"), "times have their offset");
    let trail = file["seen_and_changed_by"].as_array().unwrap();
    let has = |action: &str| trail.iter().any(|entry| entry["action"] == action);
    assert!(has("patient.changed") && has("patient.alert_shown"), "{trail:?}");
    // Nobody else is in it.
    let whole = file.to_string();
    assert!(!whole.contains(id(1).expose()) && !whole.contains(&synthetic_number(1).unwrap().expose()[3..]));
    // The file that is made next says that this one was.
    let again: Value = disclose_person(context, actor, &id(0)).await.unwrap().file;
    let made = |file: &Value| file["seen_and_changed_by"].to_string().matches("patient.disclosure_shown").count();
    assert_eq!((made(&file), made(&again)), (0, 1));
    let query = TrailQuery { patient: Some(id(0)), limit: 100, ..TrailQuery::default() };
    let entries = list_trail(context, actor, &query, Details::Masked).await.unwrap().found.items;
    assert_eq!(entries.iter().filter(|entry| entry.row.action == "patient.disclosure_shown").count(), 2);
}
