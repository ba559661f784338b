//! What staff type is never lost: half an interview, another value after Back, a form about somebody who has another
//! health centre meanwhile, and what was typed when a log-in ended.

use jiff::SignedDuration;
use kenkocall::domain::{AlertKind, PatientId, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::site::{OTHER, PUBLIC_URL, Page, Site, Visitor};

crate::on_both_databases!(
    half_an_interview_is_kept_and_finished_on_the_page,
    a_red_answer_of_half_an_interview_alerts_at_once_and_once,
    not_reached_and_later_keep_what_was_typed,
    nothing_so_far_is_told_beside_the_button,
    back_with_another_value_is_told_and_saved_as_a_correction,
    back_after_not_reached_saves_the_answers_that_were_typed_then,
    back_with_another_handover_message_is_told_and_added,
    answers_about_somebody_transferred_meanwhile_are_passed_on,
    who_never_had_the_page_open_gets_no_answer_about_a_transfer,
    a_draft_stays_until_it_is_sent_or_discarded,
    two_forms_of_one_page_have_drafts_of_their_own,
    login_expires_in_the_middle_of_a_bulk_change_and_it_is_kept,
    drafts_of_a_person_go_with_the_person,
    a_round_whose_search_is_forgotten_calls_nobody_else,
    each_page_view_is_one_entry,
);

/// Answers without complaints.
const WELL: [(&str, &str); 11] = [
    ("body_temperature", "36.5"),
    ("spo2", "98"),
    ("complexion", "no"),
    ("cough_or_runny_nose", "no"),
    ("breathlessness", "no"),
    ("fatigue", "no"),
    ("nausea_or_vomiting", "no"),
    ("diarrhoea", "no"),
    ("drowsiness", "no"),
    ("unable_to_eat", "no"),
    ("no_urine", "no"),
];

async fn nurse(site: &Site) -> Visitor {
    let nurse = site.nurse().await;
    site.logged_in(&nurse).await
}

fn form_of(patient: PatientId) -> String {
    format!("/console/patients/{patient}/report")
}

/// Sends the form of a page.
async fn send(visitor: &mut Visitor, page: &Page, patient: PatientId, answers: &[(&str, &str)], step: &str) -> Page {
    let entry = page.hidden("entry");
    let more = [("entry", entry.as_str()), ("round", ""), ("step", step)];
    let fields: Vec<(&str, &str)> = answers.iter().copied().chain(more).collect();
    visitor.page = page.clone();
    visitor.post(&form_of(patient), &fields).await.clone()
}

fn with<'a>(answers: &[(&'a str, &'a str)], field: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    answers.iter().copied().filter(|(known, _)| *known != field).chain([(field, value)]).collect()
}

async fn count(fresh: &Fresh, from: &str) -> u64 {
    DatabaseAssertions::at(&fresh.url).count(from).await
}

async fn half_an_interview_is_kept_and_finished_on_the_page(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut visitor, patient) = (nurse(&site).await, site.patient(0).await);
    let page = visitor.get(&form_of(patient)).await.clone();
    assert!(page.body.contains("ここまでを保存する"), "{}", page.body);
    let half = [("body_temperature", "38.1"), ("fatigue", "yes"), ("note", "電話が切れた。")];
    let page = send(&mut visitor, &page, patient, &half, "so-far").await;
    assert_eq!(page.location.as_deref(), Some(&*format!("/console/patients/{patient}?done=so-far")), "{}", page.body);
    let person = visitor.get(page.location.as_deref().unwrap()).await.body.clone();
    assert!(person.contains("ここまでの回答を保存しました") && person.contains("38.1"), "{person}");
    assert!(person.contains("途中まで聞いた") && person.contains("電話が切れた。"), "{person}");
    let open = "reports WHERE channel = 'staff' AND outcome = 'unanswered' AND ended_at IS NOT NULL";
    assert_eq!(count(&fresh, open).await, 1);
    assert_eq!(count(&fresh, "answers WHERE entered_by LIKE 'staff:%'").await, 2);
    // The page has them, and only what is new is added.
    let page = visitor.get(&form_of(patient)).await.clone();
    assert!(page.body.contains("value=\"38.1\"") && page.body.contains("までに保存した回答"), "{}", page.body);
    let whole = with(&with(&WELL, "body_temperature", "38.1"), "fatigue", "yes");
    let page = send(&mut visitor, &page, patient, &whole, "save").await;
    assert!(page.location.as_deref().unwrap().ends_with("done=reported"), "{}", page.body);
    assert_eq!(count(&fresh, "reports").await, 1, "the same report");
    assert_eq!(count(&fresh, "reports WHERE outcome = 'reported'").await, 1);
    assert_eq!(count(&fresh, "answers").await, 11);
    let actions = site.actions().await;
    assert!(actions.contains(&"report.partly_added".to_owned()) && actions.contains(&"report.added".to_owned()));
}

async fn a_red_answer_of_half_an_interview_alerts_at_once_and_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut visitor, patient) = (nurse(&site).await, site.patient(0).await);
    let page = visitor.get(&form_of(patient)).await.clone();
    let page = send(&mut visitor, &page, patient, &[("spo2", "90")], "so-far").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("119番") && page.body.contains("ここまでの回答を保存しました"), "{}", page.body);
    assert!(visitor.get("/console/today").await.body.contains("SpO2 90"));
    let page = visitor.get(&form_of(patient)).await.clone();
    let page = send(&mut visitor, &page, patient, &with(&WELL, "spo2", "90"), "save").await;
    assert_eq!(page.status, 303, "{}", page.body);
    assert_eq!(count(&fresh, "alerts WHERE kind = 'red_answer'").await, 1);
    // An answer that is mended stays beside the new one.
    assert_eq!(count(&fresh, "reports WHERE outcome = 'reported' AND channel = 'staff'").await, 1);
}

async fn not_reached_and_later_keep_what_was_typed(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = nurse(&site).await;
    for (nth, step, told) in [(0, "not-reached", "not-reached-so-far"), (1, "later", "call-later-so-far")] {
        let patient = site.patient(nth).await;
        let page = visitor.get(&form_of(patient)).await.clone();
        let typed = [("body_temperature", "37.9"), ("note", "娘さんが出た。"), ("later_at", "15:00")];
        let page = send(&mut visitor, &page, patient, &typed, step).await;
        assert!(page.location.as_deref().unwrap().ends_with(told), "{:?} {}", page.location, page.body);
        let person = visitor.get(&format!("/console/patients/{patient}")).await.body.clone();
        assert!(person.contains("37.9") && person.contains("娘さんが出た。"), "{step}: {person}");
        assert!(visitor.get(&form_of(patient)).await.body.contains("value=\"37.9\""), "{step}");
    }
    assert_eq!(
        count(&fresh, "staff_calls WHERE outcome IN ('not_reached', 'later') AND report_id IS NOT NULL").await,
        2
    );
    assert!(visitor.get("/console/round").await.body.contains("15:00"), "{}", visitor.page.body);
}

async fn nothing_so_far_is_told_beside_the_button(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut visitor, patient) = (nurse(&site).await, site.patient(0).await);
    let page = visitor.get(&form_of(patient)).await.clone();
    let again = send(&mut visitor, &page, patient, &[], "so-far").await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains("href=\"#so_far\"") && again.body.contains("まだ何も書いていません"), "{}", again.body);
    // What can't be read is told, as in a whole report, and all else is kept.
    let typed = [("body_temperature", "52"), ("spo2", "97")];
    let again = send(&mut visitor, &page, patient, &typed, "so-far").await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains("value=\"97\"") && !again.body.contains("fatigue-error"), "{}", again.body);
    assert_eq!(count(&fresh, "reports").await, 0);
}

async fn back_with_another_value_is_told_and_saved_as_a_correction(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut visitor, patient) = (nurse(&site).await, site.patient(0).await);
    let first = visitor.get(&form_of(patient)).await.clone();
    send(&mut visitor, &first, patient, &WELL, "save").await;
    let same = send(&mut visitor, &first, patient, &WELL, "save").await;
    assert!(same.location.as_deref().unwrap().ends_with("done=reported-before"), "{}", same.body);
    let mended = with(&with(&WELL, "body_temperature", "38.5"), "spo2", "91");
    let told = send(&mut visitor, &first, patient, &mended, "save").await;
    assert_eq!(told.status, 409);
    assert!(told.body.contains("今書いたものは、まだ保存していません"), "{}", told.body);
    assert!(told.body.contains("36.5") && told.body.contains("value=\"38.5\""), "both values: {}", told.body);
    assert_ne!(told.hidden("entry"), first.hidden("entry"));
    let report = told.hidden("corrects");
    let correct = [&mended[..], &[("corrects", report.as_str())]].concat();
    let refused = send(&mut visitor, &told, patient, &correct, "correct").await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("href=\"#reason\"") && refused.body.contains("value=\"38.5\""), "{}", refused.body);
    let correct = [&correct[..], &[("reason", "入力の誤り")]].concat();
    let done = send(&mut visitor, &told, patient, &correct, "correct").await;
    assert_eq!(done.status, 200, "the new value is red: {}", done.body);
    assert!(done.body.contains("119番"), "{}", done.body);
    let again = send(&mut visitor, &told, patient, &correct, "correct").await;
    assert!(again.location.as_deref().unwrap().ends_with("done=reported-before"), "{}", again.body);
    assert_eq!(count(&fresh, "reports").await, 1);
    assert_eq!(count(&fresh, "answer_corrections").await, 2);
    assert_eq!(count(&fresh, "alerts WHERE kind = 'red_answer'").await, 1);
    let person = visitor.get(&format!("/console/patients/{patient}")).await.body.clone();
    assert!(person.contains("38.5") && person.contains("36.5") && person.contains("入力の誤り"), "{person}");
}

async fn back_after_not_reached_saves_the_answers_that_were_typed_then(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut visitor, patient) = (nurse(&site).await, site.patient(0).await);
    let first = visitor.get(&form_of(patient)).await.clone();
    send(&mut visitor, &first, patient, &[], "not-reached").await;
    let told = send(&mut visitor, &first, patient, &WELL, "save").await;
    assert_eq!(told.status, 409);
    assert!(told.body.contains("「つながらなかった」として一度保存してあります"), "{}", told.body);
    let done = send(&mut visitor, &told, patient, &WELL, "save").await;
    assert!(done.location.as_deref().unwrap().ends_with("done=reported"), "{}", done.body);
    send(&mut visitor, &told, patient, &WELL, "save").await;
    assert_eq!(count(&fresh, "reports").await, 1);
}

async fn back_with_another_handover_message_is_told_and_added(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = nurse(&site).await;
    let first = visitor.get("/console/handover").await.clone();
    let id = first.hidden("handover");
    visitor.post("/console/handover", &[("handover", &id), ("message", "22時から止まる。")]).await;
    visitor.page = first;
    let told = visitor.post("/console/handover", &[("handover", &id), ("message", "23時から止まる。")]).await.clone();
    assert_eq!(told.status, 409);
    assert!(told.body.contains("別の文で一度記録してあります"), "{}", told.body);
    assert!(told.body.contains("23時から止まる。</textarea>"), "{}", told.body);
    let next = told.hidden("handover");
    assert_ne!(next, id);
    visitor.post("/console/handover", &[("handover", &next), ("message", "23時から止まる。")]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/console/handover?told=now"));
    let page = visitor.get("/console/handover").await.body.clone();
    assert!(page.contains("22時から止まる。") && page.contains("23時から止まる。"), "{page}");
}

/// Transfers a patient to the other health centre.
async fn transferred(own: &mut Visitor, other: &mut Visitor, patient: PatientId) {
    let path = format!("/console/patients/{patient}/transfer");
    let transfer = own.get(&path).await.hidden("transfer");
    own.post(&path, &[("transfer", &*transfer), ("to", OTHER), ("reason", "moved"), ("note", "")]).await;
    assert_eq!(own.page.status, 303, "{}", own.page.body);
    let page = format!("/console/transfers/{transfer}");
    other.get(&page).await;
    let accepted = other.post(&page, &[("decision", "accept"), ("times", "kept")]).await.clone();
    assert!(accepted.location.as_deref().is_some_and(|at| at.ends_with("done=transferred")), "{}", accepted.body);
}

async fn answers_about_somebody_transferred_meanwhile_are_passed_on(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut own, patient) = (nurse(&site).await, site.patient(0).await);
    let hana = site.member("hana@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut other = site.logged_in(&hana).await;
    let form = own.get(&form_of(patient)).await.clone();
    transferred(&mut own, &mut other, patient).await;
    let typed = [("body_temperature", "380"), ("spo2", "89"), ("fatigue", "often"), ("note", "息が苦しい。")];
    let page = send(&mut own, &form, patient, &typed, "save").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("今は 架空区保健所 の担当です") && page.body.contains("119番"), "{}", page.body);
    assert!(page.body.contains("一部を渡しました") && page.body.contains("息が苦しい。"), "{}", page.body);
    assert!(page.body.contains("380") && page.body.contains("89"), "what was typed: {}", page.body);
    // It isn't theirs any more.
    assert_eq!(own.get(&form_of(patient)).await.status, 404);
    // The other health centre has it all, and who it comes from.
    assert!(other.get("/console/today").await.body.contains("SpO2 89"), "{}", other.page.body);
    let person = other.get(&format!("/console/patients/{patient}")).await.body.clone();
    assert!(person.contains("息が苦しい。") && person.contains("見本 直子 ("), "{person}");
    assert_eq!(count(&fresh, "reports WHERE channel = 'staff' AND centre_code = '27100'").await, 1);
    // Sent twice, it is passed on once.
    let again = send(&mut own, &form, patient, &[("body_temperature", "380"), ("spo2", "89")], "save").await;
    assert!(again.body.contains("二重には保存していません"), "{}", again.body);
    assert_eq!(count(&fresh, "alerts WHERE kind = 'red_answer'").await, 1);
    assert!(site.actions().await.contains(&"report.passed_on".to_owned()));
    // A form that can't be open any more isn't.
    site.later(SignedDuration::from_hours(13));
    let mut late = nurse_again(&site).await;
    let form = with_token(&form, &mut late).await;
    let page = send(&mut late, &form, patient, &WELL, "save").await;
    assert_eq!(page.status, 404);
}

async fn nurse_again(site: &Site) -> Visitor {
    let member = site.member("kei@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    site.logged_in(&member).await
}

/// A form of another log-in, with the token of this one.
async fn with_token(form: &Page, visitor: &mut Visitor) -> Page {
    let token = visitor.get("/console/today").await.token();
    Page { body: form.body.replace(&form.token(), &token), ..form.clone() }
}

async fn who_never_had_the_page_open_gets_no_answer_about_a_transfer(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut own, patient) = (nurse(&site).await, site.patient(0).await);
    let hana = site.member("hana@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut other = site.logged_in(&hana).await;
    let form = own.get(&form_of(patient)).await.clone();
    transferred(&mut own, &mut other, patient).await;
    // A colleague of the same centre whose name is another one.
    let third = Role::CentreAdministrator;
    let third = site.named("ken@mihon.example", "見本 健", third, Some(SYNTHETIC_CENTRE)).await;
    let mut third = site.logged_in(&third).await;
    let form = with_token(&form, &mut third).await;
    let page = send(&mut third, &form, patient, &WELL, "save").await;
    assert_eq!(page.status, 404, "{}", page.body);
    assert_eq!(count(&fresh, "reports").await, 0);
    assert!(site.actions().await.contains(&"patient.not_found".to_owned()));
}

async fn a_draft_stays_until_it_is_sent_or_discarded(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let (mut visitor, patient) = (site.logged_in(&nurse).await, site.patient(0).await);
    let form = visitor.get(&form_of(patient)).await.clone();
    site.later(SignedDuration::from_mins(20));
    send(&mut visitor, &form, patient, &[("body_temperature", "38.1")], "save").await;
    let mut visitor = site.logged_in(&nurse).await;
    for _ in 0..2 {
        let page = visitor.get(&form_of(patient)).await.clone();
        assert!(page.body.contains("書きかけの回答を戻しました") && page.body.contains("38.1"), "{}", page.body);
    }
    // A form that is refused isn't sent yet.
    let form = visitor.page.clone();
    assert_eq!(send(&mut visitor, &form, patient, &[("body_temperature", "38.1")], "save").await.status, 422);
    assert!(visitor.get(&form_of(patient)).await.body.contains("書きかけの回答を戻しました"));
    let form = visitor.page.clone();
    send(&mut visitor, &form, patient, &with(&WELL, "body_temperature", "38.1"), "save").await;
    assert!(!visitor.get(&form_of(patient)).await.body.contains("書きかけの回答を戻しました"));
    // Another one is discarded.
    let form = visitor.page.clone();
    site.later(SignedDuration::from_mins(20));
    send(&mut visitor, &form, patient, &[("body_temperature", "39.9")], "save").await;
    let mut visitor = site.logged_in(&nurse).await;
    let page = visitor.get(&form_of(patient)).await.clone();
    assert!(page.body.contains("書きかけを捨てる") && page.body.contains("39.9"), "{}", page.body);
    let (back, form) = (page.hidden("back"), page.hidden("form"));
    visitor.post("/console/drafts/discard", &[("back", &back), ("form", &form)]).await;
    assert_eq!(visitor.page.location.as_deref(), Some(&*form_of(patient)));
    assert!(!visitor.get(&form_of(patient)).await.body.contains("39.9"));
    visitor.get(&form_of(patient)).await;
    let elsewhere = [("back", "https://mihon.example/"), ("form", form.as_str())];
    assert_eq!(visitor.post("/console/drafts/discard", &elsewhere).await.status, 404);
}

async fn two_forms_of_one_page_have_drafts_of_their_own(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let alert = site.alert(AlertKind::Unanswered, Some(site.patient(0).await), 30).await;
    let mut visitor = site.logged_in(&nurse).await;
    let page = format!("/console/alerts/{alert}/close");
    let form = visitor.get(&page).await.clone();
    site.later(SignedDuration::from_mins(20));
    let note = form.hidden("note_id");
    visitor.post(&format!("/console/alerts/{alert}/notes"), &[("note_id", &note), ("line_note", "夜に電話。")]).await;
    visitor.page = form;
    visitor.post(&page, &[("reason", "other"), ("note", "入院した。"), ("others", "0")]).await;
    let mut visitor = site.logged_in(&nurse).await;
    let restored = visitor.get(&page).await.clone();
    assert!(restored.body.contains("夜に電話。</textarea>"), "{}", restored.body);
    assert!(restored.body.contains("入院した。</textarea>"), "{}", restored.body);
    // The one that is sent goes, and the other stays.
    let note = restored.hidden("note_id");
    visitor.post(&format!("/console/alerts/{alert}/notes"), &[("note_id", &note), ("line_note", "夜に電話。")]).await;
    let left = visitor.get(&page).await.body.clone();
    assert!(!left.contains("夜に電話。</textarea>") && left.contains("入院した。</textarea>"), "{left}");
}

async fn login_expires_in_the_middle_of_a_bulk_change_and_it_is_kept(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let (mut visitor, patient) = (site.logged_in(&nurse).await, site.patient(1).await.to_string());
    visitor.get("/console/patients?status=all").await;
    site.later(SignedDuration::from_mins(20));
    let fields = [
        ("filter", "?status=all"),
        ("of", "chosen"),
        ("kind", "call_times"),
        ("times", "7:45"),
        ("patient[]", patient.as_str()),
    ];
    visitor.post("/console/patients/bulk", &fields).await;
    assert!(
        visitor.page.location.as_deref().unwrap().starts_with("/console/log-in?kept=1"),
        "{:?}",
        visitor.page.location
    );
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/patients").await;
    assert_eq!(visitor.page.location.as_deref(), Some("/console/patients?status=all"));
    let page = visitor.get("/console/patients?status=all").await.clone();
    assert!(page.body.contains("まとめて変える」を戻しました") && page.body.contains("7:45"), "{}", page.body);
    assert!(page.body.contains(&format!("value=\"{patient}\" checked")), "{}", page.body);
    visitor.post("/console/patients/bulk", &fields).await;
    assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    assert!(!visitor.get("/console/patients?status=all").await.body.contains("7:45"));
}

async fn drafts_of_a_person_go_with_the_person(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let (mut visitor, patient) = (site.logged_in(&nurse).await, site.patient(0).await);
    let alert = site.alert(AlertKind::Unanswered, Some(patient), 30).await;
    let form = visitor.get(&form_of(patient)).await.clone();
    let close = visitor.get(&format!("/console/alerts/{alert}/close")).await.clone();
    let register = visitor.get("/console/patients/new").await.clone();
    let (id, _) = kenkocall::lab::synthetic_identity(0).unwrap();
    site.later(SignedDuration::from_mins(20));
    send(&mut visitor, &form, patient, &[("body_temperature", "38.1")], "save").await;
    visitor.page = close;
    let fields = [("reason", "other"), ("note", "入院した。"), ("others", "0")];
    visitor.post(&format!("/console/alerts/{alert}/close"), &fields).await;
    visitor.page = register;
    visitor.post("/console/patients/new", &[("hersys_id", id.expose()), ("family_name", "見本")]).await;
    assert_eq!(count(&fresh, "form_drafts").await, 3);
    let operator = kenkocall::domain::Actor::System;
    kenkocall::service::release_patient(&site.context, &operator, &id).await.unwrap();
    site.later(SignedDuration::from_hours(72));
    kenkocall::service::erase_person(&site.context, &operator, &id).await.unwrap();
    assert_eq!(count(&fresh, "form_drafts").await, 0);
}

async fn a_round_whose_search_is_forgotten_calls_nobody_else(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = nurse(&site).await;
    visitor.get("/console/patients").await;
    visitor.post("/console/patients", &[("text", "だれもいない")]).await;
    let list = visitor.page.location.clone().unwrap();
    let round = list.replace("/console/patients?", "round=1&");
    assert!(visitor.get(&list.replace("/patients?", "/round?")).await.body.contains("一覧に 0人"));
    visitor.post("/console/round/next", &[("round", &round)]).await;
    assert!(visitor.page.location.as_deref().unwrap().contains("over=1"), "nobody is found");
    // The program starts again: what was searched for is gone.
    let router = Site::router_of(&site.context, PUBLIC_URL, "");
    let mut later = Visitor::at(&router, "192.0.2.1");
    later.cookies = visitor.cookies.clone();
    later.get("/console/round").await;
    later.post("/console/round/next", &[("round", &round)]).await;
    let location = later.page.location.clone().unwrap();
    assert!(location.starts_with("/console/round?"), "nobody else is called: {location}");
    let page = later.get(&location).await.body.clone();
    assert!(page.contains("この一覧は、もう一度選んでください"), "{page}");
}

async fn each_page_view_is_one_entry(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (one, two) = (site.patient(0).await, site.patient(1).await);
    site.alert(AlertKind::RedAnswer, Some(one), 20).await;
    site.alert(AlertKind::Unanswered, Some(two), 20).await;
    let mut visitor = nurse(&site).await;
    let before = count(&fresh, "audit").await;
    let page = visitor.get("/console/handover").await.body.clone();
    assert_eq!(count(&fresh, "audit").await, before + 1);
    let (id, born) = kenkocall::lab::synthetic_identity(0).unwrap();
    assert!(page.contains(&format!("ID {}", id.expose())), "{page}");
    assert!(page.contains(&format!("{}年", born.expose().year())), "the birth date: {page}");
}
