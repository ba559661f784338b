//! Nothing that staff type is lost: notes that are sent again with another text, forms that somebody else was faster
//! with, searches and previews while a log-in ended, and forms about somebody transferred meanwhile.

use jiff::SignedDuration;
use kenkocall::domain::{AlertKind, PatientId, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::site::{Member, OTHER, Site, Visitor, plain};

crate::on_both_databases!(
    a_note_sent_again_with_another_text_is_kept_beside_the_first,
    a_note_for_a_line_that_was_closed_meanwhile_is_kept,
    a_note_for_a_decision_that_came_too_late_is_kept,
    a_form_that_shows_its_effect_first_keeps_its_draft,
    what_was_searched_for_is_there_after_the_log_in,
    a_draft_about_somebody_transferred_meanwhile_is_shown_and_passed_on,
    a_draft_that_is_too_late_to_be_passed_on_is_shown,
    a_search_of_the_audit_trail_is_there_after_the_log_in,
);

async fn count(fresh: &Fresh, from: &str) -> u64 {
    DatabaseAssertions::at(&fresh.url).count(from).await
}

/// Somebody else of the same health centre.
async fn colleague(site: &Site) -> Member {
    site.named("jiro@mihon.example", "架空 次郎", Role::Nurse, Some(SYNTHETIC_CENTRE)).await
}

async fn follow(visitor: &mut Visitor) -> String {
    assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    let page = visitor.page.location.clone().unwrap();
    visitor.get(&page).await.body.clone()
}

async fn a_note_sent_again_with_another_text_is_kept_beside_the_first(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (nurse, patient) = (site.nurse().await, site.patient(0).await);
    let alert = site.alert(AlertKind::Unanswered, Some(site.patient(1).await), 30).await;
    let mut visitor = site.logged_in(&nurse).await;
    for (page, path, field) in [
        (format!("/console/patients/{patient}"), format!("/console/patients/{patient}/notes"), "note"),
        (format!("/console/alerts/{alert}/close"), format!("/console/alerts/{alert}/notes"), "line_note"),
    ] {
        let id = visitor.get(&page).await.hidden("note_id");
        for (text, told) in [
            ("娘さんが出た。", "メモを残しました"),
            ("娘さんが出た。", "二重には残していません"),
            ("息子さんが出た。", "両方を残しました"),
            ("息子さんが出た。", "二重には残していません"),
        ] {
            visitor.get(&page).await;
            visitor.post(&path, &[("note_id", &id), (field, text)]).await;
            let body = follow(&mut visitor).await;
            assert!(body.contains(told), "{text}: {body}");
        }
        let body = visitor.get(&page).await.body.clone();
        assert!(body.contains("娘さんが出た。") && body.contains("息子さんが出た。"), "{body}");
    }
    assert_eq!(count(&fresh, "line_notes").await, 4);
}

async fn a_note_for_a_line_that_was_closed_meanwhile_is_kept(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (nurse, colleague) = (site.nurse().await, colleague(&site).await);
    let alert = site.alert(AlertKind::Unanswered, Some(site.patient(0).await), 30).await;
    let path = format!("/console/alerts/{alert}/close");
    let (mut one, mut other) = (site.logged_in(&nurse).await, site.logged_in(&colleague).await);
    one.get(&path).await;
    other.get(&path).await;
    one.post(&path, &[("reason", "spoke"), ("note", "水を飲むように話した。"), ("others", "0")]).await;
    for _ in 0..2 {
        other.post(&path, &[("reason", "spoke"), ("note", "夜にもう一度かける。"), ("others", "0")]).await;
        let body = follow(&mut other).await;
        assert!(body.contains("夜にもう一度かける。") && body.contains("水を飲むように話した。"), "{body}");
    }
    assert_eq!(count(&fresh, "line_notes").await, 1);
}

async fn a_note_for_a_decision_that_came_too_late_is_kept(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (nurse, colleague) = (site.nurse().await, colleague(&site).await);
    let request = site.alert(AlertKind::StopRequest, Some(site.patient(0).await), 5).await;
    let page = format!("/console/alerts/{request}/close");
    let path = format!("/console/alerts/{request}/stop-request");
    let (mut one, mut other) = (site.logged_in(&nurse).await, site.logged_in(&colleague).await);
    let first = one.get(&page).await.hidden("note_id");
    let second = other.get(&page).await.hidden("note_id");
    one.post(&path, &[("note_id", &first), ("decision", "grant"), ("patient_note", "承知しました。")]).await;
    let late = [("note_id", second.as_str()), ("decision", "decline"), ("patient_note", "もう一日お願いします。")];
    let told = other.post(&path, &late).await.location.clone().unwrap();
    let body = other.get(&told).await.body.clone();
    assert!(body.contains("書いたものは職員のメモに残しました"), "{body}");
    assert!(body.contains("もう一日お願いします。"), "{body}");
    assert_eq!(body.matches("本人にも伝える").count(), 1, "only the note of the decision that counts: {body}");
}

async fn a_form_that_shows_its_effect_first_keeps_its_draft(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/patients/new").await;
    site.later(SignedDuration::from_mins(20));
    let typed = [
        ("step", "save"),
        ("hersys_id", "7700001"),
        ("birth_date", "1980-04-01"),
        ("family_name", "見本"),
        ("given_name", "未登録"),
    ];
    visitor.post("/console/patients/new", &typed).await;
    let mut visitor = site.logged_in(&nurse).await;
    assert!(visitor.get("/console/patients/new").await.body.contains("未登録"), "{}", visitor.page.body);
    // Nothing was shown yet, so the answer shows it, and nothing is stored.
    let shown = visitor.post("/console/patients/new", &typed).await.clone();
    assert_ne!(shown.status, 303, "{}", shown.body);
    assert_eq!(count(&fresh, "form_drafts").await, 1, "{}", shown.body);
    assert!(visitor.get("/console/patients/new").await.body.contains("未登録"));
}

async fn what_was_searched_for_is_there_after_the_log_in(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/patients").await;
    site.later(SignedDuration::from_mins(20));
    let log_in = visitor.post("/console/patients", &[("text", "見本 次郎")]).await.location.clone().unwrap();
    assert!(log_in.starts_with("/console/log-in?next=%2Fconsole%2Fpatients%3Fsearch%3D"), "{log_in}");
    assert!(!log_in.contains("見本"), "{log_in}");
    let next = plain(&visitor.get(&log_in).await.hidden("next"));
    let page = site.log_in_again(&mut visitor, &nurse, &next).await;
    assert!(page.starts_with("/console/patients?search=") && page.ends_with("status=all"), "{page}");
    assert!(visitor.get(&page).await.body.contains("value=\"見本 次郎\""), "{}", visitor.page.body);
    // Nobody else has it.
    let colleague = colleague(&site).await;
    let mut colleague = site.logged_in(&colleague).await;
    assert!(!colleague.get(&page).await.body.contains("見本 次郎"));
}

/// A draft of answers and one of a note about a patient, who is then transferred. The patient, and the nurse's log-in
/// some time later.
async fn typed_and_transferred(site: &Site, later: SignedDuration) -> (PatientId, Visitor, Visitor) {
    let (nurse, patient) = (site.nurse().await, site.patient(0).await);
    let hana = site.member("hana@mihon.example", Role::Nurse, Some(OTHER)).await;
    let (mut own, mut other) = (site.logged_in(&nurse).await, site.logged_in(&hana).await);
    let person = own.get(&format!("/console/patients/{patient}")).await.clone();
    let form = own.get(&format!("/console/patients/{patient}/report")).await.clone();
    let mut colleague = site.logged_in(&nurse).await;
    let path = format!("/console/patients/{patient}/transfer");
    let transfer = colleague.get(&path).await.hidden("transfer");
    colleague.post(&path, &[("transfer", &*transfer), ("to", OTHER), ("reason", "moved"), ("note", "")]).await;
    let page = format!("/console/transfers/{transfer}");
    other.get(&page).await;
    other.post(&page, &[("decision", "accept"), ("times", "kept")]).await;
    site.later(SignedDuration::from_mins(20));
    let entry = form.hidden("entry");
    own.page = form;
    let typed = [("entry", entry.as_str()), ("spo2", "89"), ("note", "息が苦しい。"), ("step", "save")];
    own.post(&format!("/console/patients/{patient}/report"), &typed).await;
    assert!(own.page.location.as_deref().unwrap_or_default().contains("kept=1"), "{:?}", own.page.location);
    let note = person.hidden("note_id");
    own.page = person;
    own.post(&format!("/console/patients/{patient}/notes"), &[("note_id", &note), ("note", "鍵は隣の家。")]).await;
    site.later(later);
    let own = site.logged_in(&nurse).await;
    let other = site.logged_in(&hana).await;
    (patient, own, other)
}

async fn a_draft_about_somebody_transferred_meanwhile_is_shown_and_passed_on(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, mut own, mut other) = typed_and_transferred(&site, SignedDuration::ZERO).await;
    let path = format!("/console/patients/{patient}/report");
    let page = own.get(&path).await.clone();
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("今は 架空区保健所 の担当です"), "{}", page.body);
    assert!(page.body.contains("まだ渡していません") && page.body.contains("息が苦しい。"), "{}", page.body);
    assert!(page.body.contains("89") && page.body.contains("鍵は隣の家。"), "{}", page.body);
    let person = own.get(&format!("/console/patients/{patient}")).await.body.clone();
    assert!(person.contains("まだ渡していません") && person.contains("息が苦しい。"), "{person}");
    // Both are passed on, and gone then.
    let sent = [("step", "so-far"), ("spo2", "89"), ("note", "息が苦しい。")];
    let entries = page.body.match_indices("name=\"entry\" value=\"").map(|(at, name)| {
        let from = at + name.len();
        page.body[from..from + 36].to_owned()
    });
    let entries: Vec<String> = entries.collect();
    assert_eq!(entries.len(), 2, "{}", page.body);
    let drafts = [format!("/patients/{patient}/notes"), format!("/patients/{patient}/report")];
    let note = [("step", "so-far"), ("note", "鍵は隣の家。")];
    for (fields, (entry, draft)) in [&note[..], &sent[..]].into_iter().zip(entries.iter().zip(&drafts)) {
        own.page = page.clone();
        let fields = [fields, &[("entry", entry.as_str()), ("draft", draft.as_str())]].concat();
        let passed = own.post(&path, &fields).await.clone();
        assert!(passed.body.contains("書いたものを渡しました"), "{}", passed.body);
    }
    assert_eq!(count(&fresh, "form_drafts").await, 0);
    assert_eq!(own.get(&path).await.status, 404);
    assert!(other.get("/console/today").await.body.contains("SpO2 89"), "{}", other.page.body);
    let person = other.get(&format!("/console/patients/{patient}")).await.body.clone();
    assert!(person.contains("息が苦しい。") && person.contains("鍵は隣の家。"), "{person}");
}

async fn a_draft_that_is_too_late_to_be_passed_on_is_shown(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, mut own, mut other) = typed_and_transferred(&site, SignedDuration::from_hours(13)).await;
    let page = own.get(&format!("/console/patients/{patient}/report")).await.clone();
    assert!(page.body.contains("息が苦しい。") && page.body.contains("電話で伝えてください"), "{}", page.body);
    assert!(!page.body.contains("移管先の保健所に渡す"), "{}", page.body);
    // It is the typist's own: nobody else sees it, and who typed nothing gets no answer.
    let colleague = colleague(&site).await;
    let mut colleague = site.logged_in(&colleague).await;
    assert_eq!(colleague.get(&format!("/console/patients/{patient}/report")).await.status, 404);
    assert!(!other.get(&format!("/console/patients/{patient}/report")).await.body.contains("息が苦しい。"));
    own.page = page;
    let (back, form) = ("/console/today", format!("/patients/{patient}/report"));
    own.post("/console/drafts/discard", &[("back", back), ("form", &form)]).await;
    assert!(!own.get(&format!("/console/patients/{patient}/report")).await.body.contains("息が苦しい。"));
}

async fn a_search_of_the_audit_trail_is_there_after_the_log_in(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let admin = site.named("kanri@mihon.example", "見本 管理", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    let mut visitor = site.logged_in(&admin).await;
    visitor.get("/console/audit").await;
    site.later(SignedDuration::from_mins(20));
    visitor.post("/console/audit", &[("from", "令和8年11月20日"), ("kind", ""), ("actor", "直子")]).await;
    assert!(visitor.page.location.as_deref().unwrap_or_default().contains("kept=1"), "{:?}", visitor.page.location);
    let mut visitor = site.logged_in(&admin).await;
    let found = visitor.get("/console/audit").await.body.clone();
    assert!(found.contains("value=\"令和8年11月20日\"") && found.contains("value=\"直子\""), "{found}");
    assert!(!visitor.get("/console/audit").await.body.contains("令和8年11月20日"), "it was searched for");
}
