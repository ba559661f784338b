//! Changing many patients at once: the effect first, then the change, once, and its undoing as far as nobody has
//! changed anything since.

use kenkocall::carrier::simulator::Script;
use kenkocall::domain::{BulkId, BulkState, CentreCode, PatientStatus, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{Column, change_patient, finish_bulk_changes, list_staff, start_bulk, stop_patient};
use kenkocall::store::patient_list::{self, PatientFilter};
use kenkocall::store::patients::{self, PatientRow};

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, answers_after};
use crate::site::{OTHER, Site, Visitor};

crate::on_both_databases!(
    all_who_match_are_changed_once_and_changed_back,
    only_the_ticked_are_changed_and_others_ids_are_not_found,
    undoing_a_stop_calls_nobody_who_had_asked_to_be_left_alone,
    undoing_a_stop_calls_nobody_who_was_stopped_again_since,
    a_change_goes_on_when_its_server_was_killed,
    a_wrong_time_is_named_beside_its_field,
    a3_other_times_of_many_cut_nobody_off_and_the_preview_says_who_is_on_the_phone,
    a3_the_preview_says_who_was_called_today_and_who_will_be_called_again,
);

async fn all(site: &Site) -> Vec<PatientRow> {
    let mut tx = site.context.database.begin_read().await.unwrap();
    let filter = PatientFilter { status: PatientStatus::All, limit: 10_000, ..PatientFilter::default() };
    let centre = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    patient_list::list(&mut tx, &filter, Some(&[centre].into())).await.unwrap()
}

fn times(people: &[PatientRow]) -> Vec<&str> {
    people.iter().map(|row| row.call_times.as_str()).collect()
}

async fn asked(visitor: &mut Visitor, fields: &[(&str, &str)]) -> String {
    visitor.get("/console/patients").await;
    let page = visitor.post("/console/patients/bulk", fields).await;
    assert_eq!(page.status, 303, "{}", page.body);
    let path = page.location.clone().unwrap();
    visitor.get(&path).await;
    path
}

async fn decided(visitor: &mut Visitor, path: &str, decision: &str) -> String {
    visitor.get(path).await;
    let next = visitor.post(&format!("{path}/{decision}"), &[]).await.location.clone().unwrap();
    loop {
        let body = visitor.get(&next).await.body.clone();
        if !body.contains("<h2>変えています</h2>") && !body.contains("<h2>元に戻しています</h2>") {
            return body;
        }
        tokio::task::yield_now().await;
    }
}

const NEW_TIMES: [(&str, &str); 4] = [("of", "all"), ("kind", "call_times"), ("times", "10:30"), ("filter", "")];

async fn all_who_match_are_changed_once_and_changed_back(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let before = all(&site).await;
    let path = asked(&mut visitor, &NEW_TIMES).await;
    let preview = visitor.page.body.clone();
    assert!(preview.contains("まだ何も変えていません") && preview.contains("2人の時刻を変える"), "{preview}");
    assert_eq!(all(&site).await, before, "a preview changes nothing");
    let done = decided(&mut visitor, &path, "apply").await;
    assert!(done.contains("2人を変えました"), "{done}");
    assert_eq!(times(&all(&site).await), ["10:30", "10:30"]);
    // Sent twice: one change, and the page says so.
    let changed = all(&site).await;
    assert!(decided(&mut visitor, &path, "apply").await.contains("二度は変えません"));
    assert_eq!(all(&site).await, changed);
    // Somebody has changed one of them since.
    let actor = list_staff(&site.context, &kenkocall::domain::Actor::System).await.unwrap()[0].actor();
    change_patient(&site.context, &actor, changed[0].id, None, &[(Column::CallTimes, "11:00")]).await.unwrap();
    let undone = decided(&mut visitor, &path, "undo").await;
    assert!(undone.contains("1人を元に戻しました") && undone.contains("1人はそのままです"), "{undone}");
    assert!(undone.contains(&format!("/console/patients/{}", changed[0].id)), "it says who");
    assert_eq!(times(&all(&site).await), ["11:00", before[1].call_times.as_str()]);
    let actions = site.actions().await;
    for action in ["patients.bulk_changed", "patient.changed", "patients.bulk_undone"] {
        assert!(actions.iter().any(|known| known == action), "{action} {actions:?}");
    }
}

async fn only_the_ticked_are_changed_and_others_ids_are_not_found(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let people = all(&site).await;
    let (first, second) = (people[0].id.to_string(), people[1].id.to_string());
    visitor.get("/console/patients").await;
    let nobody = [("of", "chosen"), ("kind", "language"), ("language", "en")];
    let page = visitor.post("/console/patients/bulk", &nobody).await;
    assert!(page.status == 422 && page.body.contains("だれも選んでいません"), "{}", page.body);
    let fields = [("of", "chosen"), ("kind", "language"), ("language", "en"), ("patient[]", &*first)];
    let path = asked(&mut visitor, &fields).await;
    assert!(decided(&mut visitor, &path, "apply").await.contains("1人を変えました"));
    let languages: Vec<&str> = all(&site).await.iter().map(|row| row.language.tag()).collect();
    assert_eq!(languages, ["en", "ja"]);
    // One of another health centre among the ticked.
    let mut tx = site.context.database.begin_write().await.unwrap();
    let moved = PatientRow { centre: CentreCode::parse(OTHER).unwrap(), ..people[1].clone() };
    patients::update(&mut tx, &[moved]).await.unwrap();
    tx.commit().await.unwrap();
    visitor.get("/console/patients").await;
    let both = [("of", "chosen"), ("kind", "stop"), ("patient[]", &*first), ("patient[]", &*second)];
    assert_eq!(visitor.post("/console/patients/bulk", &both).await.status, 404);
    assert!(site.actions().await.iter().any(|action| action == "patient.not_found"));
    let other = site.member("other@mihon.example", Role::CentreAdministrator, Some(OTHER)).await;
    let mut other = site.logged_in(&other).await;
    assert_eq!(other.get(&path).await.status, 404);
    for decision in ["apply", "undo"] {
        other.get("/console/account").await;
        assert_eq!(other.post(&format!("{path}/{decision}"), &[]).await.status, 404);
    }
    assert!(site.actions().await.iter().any(|action| action == "bulk.not_found"));
}

async fn undoing_a_stop_calls_nobody_who_had_asked_to_be_left_alone(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let people = all(&site).await;
    // One has asked for it already. The other one is called.
    let mut tx = site.context.database.begin_write().await.unwrap();
    patients::request_stop(&mut tx, &[people[0].id], site.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let path = asked(&mut visitor, &[("of", "all"), ("kind", "stop"), ("filter", "")]).await;
    assert!(decided(&mut visitor, &path, "apply").await.contains("2人を変えました"));
    assert!(all(&site).await.iter().all(|row| row.stopped_at.is_some()));
    let undone = decided(&mut visitor, &path, "undo").await;
    assert!(undone.contains("1人を元に戻しました"), "{undone}");
    let stopped: Vec<bool> = all(&site).await.iter().map(|row| row.stopped_at.is_some()).collect();
    assert_eq!(stopped, [true, false]);
    // Stopped by a colleague: nothing to stop, and nothing to undo.
    let actor = list_staff(&site.context, &kenkocall::domain::Actor::System).await.unwrap()[0].actor();
    stop_patient(&site.context, &actor, people[1].id).await.unwrap();
    asked(&mut visitor, &[("of", "all"), ("kind", "stop"), ("filter", "")]).await;
    assert!(visitor.page.body.contains("変わる人がいません"), "{}", visitor.page.body);
}

async fn a_change_goes_on_when_its_server_was_killed(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let path = asked(&mut visitor, &NEW_TIMES).await;
    let id: BulkId = path.rsplit('/').next().unwrap().parse().unwrap();
    let actor = list_staff(&site.context, &kenkocall::domain::Actor::System).await.unwrap()[0].actor();
    assert_eq!(start_bulk(&site.context, &actor, id).await.unwrap(), BulkState::Applying);
    assert!(visitor.get(&path).await.body.contains("変えています"), "{}", visitor.page.body);
    finish_bulk_changes(&site.context).await.unwrap();
    assert!(visitor.get(&path).await.body.contains("2人を変えました"));
    assert_eq!(times(&all(&site).await), ["10:30", "10:30"]);
}

async fn a_wrong_time_is_named_beside_its_field(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/patients").await;
    let wrong = [("of", "all"), ("kind", "call_times"), ("times", "25:00"), ("filter", "")];
    let page = visitor.post("/console/patients/bulk", &wrong).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("href=\"#times\"") && page.body.contains("id=\"times-error\""), "{}", page.body);
    assert!(page.body.contains("value=\"25:00\""), "what was typed is kept");
    let typed = [("of", "all"), ("kind", "call_times"), ("times", "9:30　13:00"), ("filter", "")];
    asked(&mut visitor, &typed).await;
    assert!(visitor.page.body.contains("9:30 13:00"), "{}", visitor.page.body);
}

async fn undoing_a_stop_calls_nobody_who_was_stopped_again_since(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let people = all(&site).await;
    let unconfirmed = site.alert(kenkocall::domain::AlertKind::StopUnconfirmed, Some(people[0].id), 5).await;
    let stop = [("of", "all"), ("kind", "stop"), ("filter", "")];
    let path = asked(&mut visitor, &stop).await;
    assert!(decided(&mut visitor, &path, "apply").await.contains("2人を変えました"));
    // One was asked about by somebody unknown, which the stop has decided. The other one is stopped again by a nurse.
    let mut tx = site.context.database.begin_read().await.unwrap();
    let row = kenkocall::store::alerts::get(&mut tx, unconfirmed).await.unwrap().unwrap();
    drop(tx);
    assert!(row.closed_at.is_some());
    let actor = list_staff(&site.context, &kenkocall::domain::Actor::System).await.unwrap()[0].actor();
    assert!(!stop_patient(&site.context, &actor, people[1].id).await.unwrap().changed);
    decided(&mut visitor, &path, "undo").await;
    assert!(all(&site).await.iter().all(|row| row.stopped_at.is_some()), "{}", visitor.page.body);
}

/// A nurse of the day's health centre.
async fn nurse_of(day: &Day) -> (Site, Visitor) {
    let site = Site::of_day(day).await;
    let nurse = site.nurse().await;
    let visitor = site.logged_in(&nurse).await;
    (site, visitor)
}

async fn a3_other_times_of_many_cut_nobody_off_and_the_preview_says_who_is_on_the_phone(fresh: Fresh) {
    let people = vec![(0, vec![answers_after(1)]), (1, vec![Script::rings_out().into(), answers_after(1)])];
    let plan = Plan { start: "2026-11-24T08:50:00+09:00", patients: vec!["09:00"; 2], people, ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    let (_site, mut visitor) = nurse_of(&day).await;
    day.until("09:00:20").await;
    let mut states = day.attempts().await;
    states.sort();
    assert_eq!(states, ["01 answered", "02 placed"]);
    let path = asked(&mut visitor, &NEW_TIMES).await;
    let preview = visitor.page.body.clone();
    assert!(preview.contains("いま通話中の1人: 電話はそのまま続きます"), "{preview}");
    assert!(preview.contains("かけている途中の1本を終えます"), "{preview}");
    assert!(decided(&mut visitor, &path, "apply").await.contains("2人を変えました"));
    day.until("10:00").await;
    let mut states = day.attempts().await;
    states.sort();
    assert_eq!(states, ["01 reported", "02 withdrawn"]);
    assert!(!day.said().await.contains("withdrawn.goodbye"), "nobody is cut off");
    day.until("12:00").await;
    let mut rang = day.rang();
    rang.sort();
    assert_eq!(rang, ["09:00:00 01", "09:00:00 02", "10:30:00 02"], "nobody is called twice for one slot");
}

async fn a3_the_preview_says_who_was_called_today_and_who_will_be_called_again(fresh: Fresh) {
    // The first one has reported at 9:00, the second one wasn't reached, and the third one is called at 18:00.
    let people = vec![(0, vec![answers_after(1)]), (1, vec![Script::rings_out().into(); 9])];
    let patients = vec!["09:00", "09:00", "18:00"];
    let plan = Plan { start: "2026-11-24T08:50:00+09:00", patients, people, ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("09:20").await;
    let (_site, mut visitor) = nurse_of(&day).await;
    let fields = [("of", "all"), ("kind", "call_times"), ("times", "16:00"), ("filter", "")];
    let path = asked(&mut visitor, &fields).await;
    let said = "2人には今日すでにかけました。うち1人には新しい時刻に今日もう一度かけます";
    assert!(visitor.page.body.contains(said), "{}", visitor.page.body);
    decided(&mut visitor, &path, "apply").await;
    let early = [("of", "all"), ("kind", "call_times"), ("times", "08:00"), ("filter", "")];
    asked(&mut visitor, &early).await;
    assert!(visitor.page.body.contains("2人には今日すでにかけました。今日はもうかけません"), "{}", visitor.page.body);
    day.until("20:00").await;
    let again: Vec<String> = day.rang().into_iter().filter(|rang| &rang[..5] == "16:00").collect();
    assert_eq!(again, ["16:00:00 02", "16:00:00 03"]);
}
