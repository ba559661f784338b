//! Correcting an answer (M7), and the diagnosis for the certificate.

use kenkocall::domain::ReportOutcome::Reported;
use kenkocall::domain::{Item, PatientId, ReportId, Role, Severity};
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::handovers::report;
use crate::site::{Site, Visitor};

crate::on_both_databases!(
    m7_an_answer_is_corrected_with_a_reason_and_the_old_one_stays,
    m7_a_correction_to_red_raises_an_alert_and_one_from_red_closes_none,
    m7_today_shows_the_corrected_value_and_what_it_was,
    m7_a_correction_to_red_is_told_anew_when_the_former_alert_is_closed,
    m7_a_correction_to_amber_is_on_today,
    m7_two_people_correct_the_same_answer_and_both_values_are_shown,
    m7_a_correction_that_cant_be_taken_is_refused_beside_its_field,
    the_diagnosis_for_the_certificate_is_written_once_and_checked,
    two_people_write_the_diagnosis_and_both_are_shown,
    a_change_of_the_record_is_undone_by_another_one_that_says_its_effect,
);

async fn nurse(site: &Site) -> Visitor {
    let nurse = site.nurse().await;
    site.logged_in(&nurse).await
}

async fn colleague(site: &Site) -> Visitor {
    let jiro = site.member("jiro@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    site.logged_in(&jiro).await
}

async fn with_report(site: &Site) -> (PatientId, ReportId) {
    let patient = site.patient(0).await;
    let given = [
        (Item::BodyTemperature, "387", Severity::Amber),
        (Item::Spo2, "097", Severity::None),
        (Item::Fatigue, "no", Severity::None),
    ];
    (patient, report(site, patient, 1, Reported, &given).await)
}

fn path((patient, report): (PatientId, ReportId)) -> String {
    format!("/console/patients/{patient}/reports/{report}/correct")
}

/// Opens the form for an item and sends it.
async fn correct(visitor: &mut Visitor, of: (PatientId, ReportId), item: &str, fields: &[(&str, &str)]) {
    visitor.get(&format!("{}?item={item}", path(of))).await;
    let before = visitor.page.hidden("before");
    let fields: Vec<(&str, &str)> =
        fields.iter().copied().chain([("item", item), ("before", before.as_str())]).collect();
    visitor.post(&path(of), &fields).await;
}

async fn m7_an_answer_is_corrected_with_a_reason_and_the_old_one_stays(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let of = with_report(&site).await;
    let mut visitor = nurse(&site).await;
    let person = format!("/console/patients/{}", of.0);
    assert!(visitor.get(&person).await.body.contains(&path(of)));
    let fields = [("body_temperature", "37.8"), ("reason", "本人に確かめた。<b>")];
    correct(&mut visitor, of, "body_temperature", &fields).await;
    assert_eq!(visitor.page.location.as_deref(), Some(&*format!("{person}?done=corrected")));
    let body = visitor.get(&format!("{person}?done=corrected")).await.body.clone();
    assert!(body.contains("回答を訂正しました") && body.contains("訂正した回答"), "{body}");
    assert!(body.contains("<del>38.7</del> → <b>37.8</b>") && body.contains("本人に確かめた。&#60;b&#62;"), "{body}");
    assert!(body.contains("見本 直子"), "who");
    // The form again.
    visitor.get(&path(of)).await;
    let again = [&fields[..], &[("item", "body_temperature"), ("before", "387")]].concat();
    visitor.post(&path(of), &again).await;
    assert_eq!(visitor.page.location.as_deref(), Some(&*format!("{person}?done=same")));
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("answers WHERE item = 'body_temperature'").await, 2, "the old one stays");
    assert_eq!(kept.count("answer_corrections").await, 1);
    // What wasn't asked can be added.
    correct(&mut visitor, of, "no_urine", &[("no_urine", "unknown"), ("reason", "電話で聞いた")]).await;
    assert!(visitor.get(&person).await.body.contains("<del>未質問</del> → <b>わからない</b>"), "{}", visitor.page.body);
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "answer.corrected").count(), 2, "{actions:?}");
}

async fn m7_a_correction_to_red_raises_an_alert_and_one_from_red_closes_none(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let of = with_report(&site).await;
    let mut visitor = nurse(&site).await;
    correct(&mut visitor, of, "spo2", &[("spo2", "91"), ("reason", "入力の誤り")]).await;
    let today = visitor.get("/console/today").await.body.clone();
    assert!(today.contains("SpO2 91") && today.contains("<title>(緊急 1)"), "{today}");
    correct(&mut visitor, of, "spo2", &[("spo2", "98"), ("reason", "測り直した")]).await;
    let today = visitor.get("/console/today").await.body.clone();
    assert!(today.contains("<title>(緊急 1)"), "staff close it: {today}");
    correct(&mut visitor, of, "spo2", &[("spo2_instead", "000"), ("reason", "機械がない")]).await;
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("alerts").await, 1);
}

async fn closed(site: &Site, visitor: &mut Visitor, others: &str) {
    let today = visitor.get("/console/today").await.body.clone();
    let newest = today.split("/alerts/").nth(1).expect(&today).split('/').next().unwrap().to_owned();
    let path = format!("/console/alerts/{newest}/close");
    visitor.get(&path).await;
    visitor.post(&path, &[("reason", "spoke"), ("note", ""), ("others", others)]).await;
    assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    site.later(jiff::SignedDuration::from_secs(1));
}

async fn m7_today_shows_the_corrected_value_and_what_it_was(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let of = with_report(&site).await;
    let mut visitor = nurse(&site).await;
    for (value, before, shown) in [
        ("91", "97", "SpO2 91"),
        ("88", "91", "SpO2 88 % (訂正済み、前は 91)"),
        ("98", "88", "SpO2 98 % (訂正済み、前は 91)"),
        ("91", "98", "SpO2 91"),
    ] {
        site.later(jiff::SignedDuration::from_secs(1));
        correct(&mut visitor, of, "spo2", &[("spo2", value), ("reason", "聞き直した")]).await;
        assert_eq!(visitor.page.status, 303, "{before} {}", visitor.page.body);
        let today = visitor.get("/console/today").await.body.clone();
        assert!(today.contains(shown), "{shown} isn't in {today}");
        let person = visitor.get(&format!("/console/patients/{}", of.0)).await.body.clone();
        assert!(person.contains(shown), "the person's page says the same: {person}");
    }
    // 91 was raised, 88 and 98 were corrections of it, and 91 is red again: told as any red answer.
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("alerts WHERE kind = 'red_answer'").await, 2);
    correct(&mut visitor, of, "spo2", &[("spo2_instead", "000"), ("reason", "機械がない")]).await;
    let today = visitor.get("/console/today").await.body.clone();
    assert!(today.contains("測れない (訂正済み、前は 91)"), "{today}");
}

async fn m7_a_correction_to_red_is_told_anew_when_the_former_alert_is_closed(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let of = with_report(&site).await;
    let mut visitor = nurse(&site).await;
    correct(&mut visitor, of, "spo2", &[("spo2", "91"), ("reason", "入力の誤り")]).await;
    closed(&site, &mut visitor, "0").await;
    assert!(visitor.get("/console/today").await.body.contains("対応の要るものはありません"));
    correct(&mut visitor, of, "spo2", &[("spo2", "88"), ("reason", "聞き直した")]).await;
    let today = visitor.get("/console/today").await.body.clone();
    assert!(today.contains("SpO2 88") && today.contains("<title>(緊急 1)"), "from red to red: {today}");
    closed(&site, &mut visitor, "0").await;
    for value in ["98", "90"] {
        site.later(jiff::SignedDuration::from_secs(1));
        correct(&mut visitor, of, "spo2", &[("spo2", value), ("reason", "聞き直した")]).await;
    }
    let today = visitor.get("/console/today").await.body.clone();
    assert!(today.contains("SpO2 90") && !today.contains("訂正済み"), "{today}");
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("alerts WHERE kind = 'red_answer'").await, 3);
    assert_eq!(kept.count("outbox WHERE kind = 'tell_centre'").await, 3, "the centre is told each time");
}

async fn m7_a_correction_to_amber_is_on_today(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let of = with_report(&site).await;
    let mut visitor = nurse(&site).await;
    correct(&mut visitor, of, "spo2", &[("spo2", "95"), ("reason", "聞き直した")]).await;
    let today = visitor.get("/console/today?kind=amber").await.body.clone();
    assert!(today.contains("SpO2 95") && !today.contains("<title>(緊急"), "{today}");
    site.later(jiff::SignedDuration::from_secs(1));
    correct(&mut visitor, of, "spo2", &[("spo2", "94"), ("reason", "聞き直した")]).await;
    assert!(visitor.get("/console/today").await.body.contains("SpO2 94 % (訂正済み、前は 95)"));
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("alerts").await, 1);
}

async fn m7_two_people_correct_the_same_answer_and_both_values_are_shown(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let of = with_report(&site).await;
    let (mut one, mut other) = (nurse(&site).await, colleague(&site).await);
    other.get(&format!("{}?item=fatigue", path(of))).await;
    let open = other.page.clone();
    correct(&mut one, of, "fatigue", &[("fatigue", "yes"), ("reason", "聞き直した")]).await;
    other.page = open;
    let fields = [("item", "fatigue"), ("before", "no"), ("fatigue", "unknown"), ("reason", "家族の話")];
    let page = other.post(&path(of), &fields).await.clone();
    assert_eq!(page.status, 409, "{}", page.body);
    assert!(page.body.contains("ほかの人が同じ回答を訂正しました") && page.body.contains("家族の話</textarea>"));
    assert_eq!(page.hidden("before"), "yes");
    let again = [("item", "fatigue"), ("before", "yes"), ("fatigue", "unknown"), ("reason", "家族の話")];
    assert_eq!(other.post(&path(of), &again).await.status, 303);
}

async fn m7_a_correction_that_cant_be_taken_is_refused_beside_its_field(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let of = with_report(&site).await;
    let mut visitor = nurse(&site).await;
    correct(&mut visitor, of, "spo2", &[("spo2", "150"), ("reason", "")]).await;
    assert_eq!(visitor.page.status, 422);
    for field in ["spo2", "reason"] {
        assert!(visitor.page.body.contains(&format!("href=\"#{field}\"")), "{}", visitor.page.body);
        assert!(visitor.page.body.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    assert!(visitor.page.body.contains("value=\"150\""), "what was typed is kept");
    // A report of somebody else.
    let elsewhere = report(&site, site.patient(1).await, 1, Reported, &[]).await;
    assert_eq!(visitor.get(&path((of.0, elsewhere))).await.status, 404);
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("answer_corrections").await, 0);
}

const DIAGNOSIS: [(&str, &str); 6] = [
    ("disease", "新型コロナウイルス感染症"),
    ("registered_name", "見本 花子"),
    ("diagnosed_on", "令和8年11月20日"),
    ("entered_on", "2026-11-21"),
    ("basis", "presumed"),
    ("reason", "aged_65"),
];

fn with<'a>(field: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    DIAGNOSIS.into_iter().filter(|(known, _)| *known != field).chain([(field, value)]).collect()
}

async fn send(visitor: &mut Visitor, page: &str, fields: &[(&str, &str)]) {
    visitor.get(page).await;
    let revision = visitor.page.hidden("revision");
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("revision", revision.as_str())]).collect();
    visitor.post(page, &fields).await;
}

async fn the_diagnosis_for_the_certificate_is_written_once_and_checked(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let page = format!("/console/patients/{patient}/diagnosis");
    let mut visitor = nurse(&site).await;
    let long = "あ".repeat(10_000);
    for (field, value) in [
        ("disease", ""),
        ("registered_name", "見本\u{202e}花子"),
        ("registered_name", long.as_str()),
        ("diagnosed_on", "昭和65年1月1日"),
        ("diagnosed_on", "2027-01-01"),
        ("entered_on", "2026-11-19"),
        ("basis", "guess"),
        ("reason", ""),
    ] {
        send(&mut visitor, &page, &with(field, value)).await;
        assert_eq!(visitor.page.status, 422, "{field} {value}");
        assert!(visitor.page.body.contains(&format!("href=\"#{field}\"")), "{field}: {}", visitor.page.body);
        assert!(visitor.page.body.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    send(&mut visitor, &page, &DIAGNOSIS).await;
    assert_eq!(visitor.page.location.as_deref(), Some(&*format!("/console/patients/{patient}?done=diagnosis")));
    let body = visitor.get(&format!("/console/patients/{patient}")).await.body.clone();
    assert!(body.contains("2026年11月20日") && body.contains("みなし") && body.contains("65歳以上"), "{body}");
    send(&mut visitor, &page, &DIAGNOSIS).await;
    assert_eq!(visitor.page.location.as_deref(), Some(&*format!("/console/patients/{patient}?done=same")));
    let written = site.actions().await.into_iter().filter(|action| action == "diagnosis.written").count();
    assert_eq!(written, 1);
}

async fn two_people_write_the_diagnosis_and_both_are_shown(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let page = format!("/console/patients/{}/diagnosis", site.patient(0).await);
    let (mut one, mut other) = (nurse(&site).await, colleague(&site).await);
    other.get(&page).await;
    let open = other.page.clone();
    send(&mut one, &page, &DIAGNOSIS).await;
    other.page = open;
    let typed = [with("registered_name", "架空 花子"), vec![("revision", "0")]].concat();
    let shown = other.post(&page, &typed).await.clone();
    assert_eq!(shown.status, 409, "{}", shown.body);
    assert!(shown.body.contains("ほかの人が診断を書きました") && shown.body.contains("見本 花子"), "{}", shown.body);
    assert!(shown.body.contains("value=\"架空 花子\""), "{}", shown.body);
    let typed = [with("registered_name", "架空 花子"), vec![("revision", "1")]].concat();
    assert_eq!(other.post(&page, &typed).await.status, 303);
}

async fn a_change_of_the_record_is_undone_by_another_one_that_says_its_effect(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let person = format!("/console/patients/{patient}");
    let mut visitor = nurse(&site).await;
    let actor = kenkocall::domain::Actor::System;
    let values = [(kenkocall::service::Column::CallTimes, "11:30")];
    kenkocall::service::change_patient(&site.context, &actor, patient, None, &values).await.unwrap();
    let body = visitor.get(&person).await.body.clone();
    let undo = body.split(&format!("{person}/change?undo=")).nth(1).expect(&body).split('"').next().unwrap().to_owned();
    let page = visitor.get(&format!("{person}/change?undo={undo}")).await.clone();
    assert!(page.status == 200 && page.body.contains("id=\"effect\"") && page.body.contains("11:30"), "{}", page.body);
    assert_eq!(visitor.get(&format!("{person}/change?undo=nonsense")).await.status, 404);
    // It was changed again: there is nothing to undo.
    let values = [(kenkocall::service::Column::CallTimes, "12:30")];
    kenkocall::service::change_patient(&site.context, &actor, patient, None, &values).await.unwrap();
    let page = visitor.get(&format!("{person}/change?undo={undo}")).await.clone();
    assert!(page.status == 200 && !page.body.contains("id=\"effect\""), "{}", page.body);
}
