//! The health survey of the portal (M8): asked once, seen by staff, disclosed and erased with the patient.

use jiff::SignedDuration;
use kenkocall::domain::{Actor, HersysId, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{disclose_person, erase_person, release_patient};

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id};
use crate::site::Visitor;

crate::on_both_databases!(
    m8_the_survey_is_asked_once_and_staff_see_it,
    m8_the_survey_may_be_put_off_and_parts_left_out,
    m8_what_was_typed_is_read_or_asked_again_and_survives_another_language,
    m8_a_survey_is_disclosed_and_erased_with_the_patient,
    m8_nobody_is_asked_after_release,
);

async fn member(portal: &Portal) -> Visitor {
    let mut visitor = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await, "{}", visitor.page.body);
    visitor
}

async fn m8_the_survey_is_asked_once_and_staff_see_it(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = member(&portal).await;
    let home = visitor.get("/portal").await.body.clone();
    assert!(home.contains("健康調査回答フォーム") && home.contains("一度回答すると"), "{home}");
    let person = visitor.get("/portal/survey").await.hidden("person");
    let fields = [
        ("height", "１６５センチ"),
        ("weight", "58,5 kg"),
        ("illnesses-diabetes", "1"),
        ("illnesses-blood_pressure", "1"),
        ("besides", "=cmd <b>ぜんそくの薬</b>"),
        ("risks-none", "1"),
    ];
    assert_eq!(visitor.post("/portal/survey", &fields).await.location.as_deref(), Some("/portal?done=survey"));
    // Sent twice.
    visitor.get("/portal").await;
    let again = visitor.post("/portal/survey", &[("person", &person), ("height", "170")]).await;
    assert_eq!(again.location.as_deref(), Some("/portal?done=survey"));
    let kept = DatabaseAssertions::at(&fresh.url);
    let stored = "SELECT height_tenths || ' ' || weight_tenths || ' ' || illnesses || '/' || risks FROM surveys";
    assert_eq!(kept.column(stored).await, ["1650 585 blood_pressure diabetes/"]);
    assert!(!visitor.get("/portal").await.body.contains("健康調査回答フォーム"), "it is asked once");
    let page = visitor.get("/portal/survey").await;
    assert!(page.body.contains("すでに回答") && !page.body.contains("165"), "nothing stored is shown: {}", page.body);
    assert!(portal.site.actions().await.contains(&"portal.survey_answered".to_owned()));
    let nurse = portal.site.member("nurse@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let mut nurse = portal.site.logged_in(&nurse).await;
    let patient = portal.site.patient(0).await;
    let page = nurse.get(&format!("/console/patients/{patient}")).await.body.clone();
    for told in ["165 cm", "58.5 kg", "高血圧、糖尿病", "たずねたものはなし", "&#60;b&#62;ぜんそくの薬"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
}

async fn m8_the_survey_may_be_put_off_and_parts_left_out(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = member(&portal).await;
    visitor.get("/portal/survey").await;
    let later = visitor.post("/portal/survey", &[("step", "later"), ("height", "x")]).await;
    assert_eq!(later.location.as_deref(), Some("/portal?done=survey-later"));
    assert!(visitor.get("/portal?done=survey-later").await.body.contains("健康調査回答フォーム"), "it is still asked");
    assert_eq!(visitor.get("/portal/report").await.status, 200, "reports don't wait for it");
    visitor.get("/portal/survey").await;
    let page = visitor.post("/portal/survey", &[("height", ""), ("besides", " ")]).await;
    assert!(page.status == 422 && page.body.contains("まだ何も入っていません"), "{}", page.body);
    visitor.get("/portal/survey").await;
    assert_eq!(visitor.post("/portal/survey", &[("weight", "58")]).await.status, 303);
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("surveys WHERE height_tenths IS NULL AND illnesses IS NULL AND risks IS NULL").await, 1);
}

async fn m8_what_was_typed_is_read_or_asked_again_and_survives_another_language(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = member(&portal).await;
    visitor.get("/portal/survey").await;
    let wordy = "あ".repeat(501);
    let fields = [
        ("height", "17"),
        ("weight", "<script>"),
        ("illnesses-cancer", "1"),
        ("illnesses-none", "1"),
        ("besides", wordy.as_str()),
    ];
    let page = visitor.post("/portal/survey", &fields).await.clone();
    assert_eq!(page.status, 422);
    for kept in [
        "value=\"17\"",
        "value=\"&#60;script&#62;\"",
        "id=\"illnesses-cancer\" name=\"illnesses-cancer\" value=\"1\" checked",
        "href=\"#height\"",
        "href=\"#weight\"",
        "href=\"#illnesses\"",
        "501",
    ] {
        assert!(page.body.contains(kept), "{kept}: {}", page.body);
    }
    let fields = [("height", "17"), ("besides", "薬"), ("risks-smoking", "1"), ("language", "ko")];
    let page = visitor.post("/portal/survey", &fields).await;
    assert_eq!(page.status, 200);
    for kept in
        ["<html lang=\"ko\">", "value=\"17\"", "\n薬</textarea>", "담배", "name=\"risks-smoking\" value=\"1\" checked"]
    {
        assert!(page.body.contains(kept), "{kept}: {}", page.body);
    }
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("surveys").await, 0);
}

async fn m8_a_survey_is_disclosed_and_erased_with_the_patient(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = member(&portal).await;
    visitor.get("/portal/survey").await;
    visitor.post("/portal/survey", &[("height", "165"), ("risks-pregnancy", "1")]).await;
    let patient = portal.site.patient(0).await;
    let file = disclose_person(&portal.site.context, &Actor::System, patient).await.unwrap().file;
    assert_eq!(file["health_survey"]["height_cm"], "165");
    assert_eq!(file["health_survey"]["risk_factors"], "pregnancy");
    let id = HersysId::parse(&hersys_id(0)).unwrap();
    release_patient(&portal.site.context, &Actor::System, &id).await.unwrap();
    portal.site.later(SignedDuration::from_hours(49));
    erase_person(&portal.site.context, &Actor::System, &id).await.unwrap();
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("surveys").await, 0);
}

async fn m8_nobody_is_asked_after_release(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = member(&portal).await;
    let id = HersysId::parse(&hersys_id(0)).unwrap();
    release_patient(&portal.site.context, &Actor::System, &id).await.unwrap();
    assert!(!visitor.get("/portal").await.body.contains("健康調査回答フォーム"));
    let page = visitor.get("/portal/survey").await.clone();
    assert!(page.status == 200 && page.body.contains("回答は要りません"), "{}", page.body);
    let page = visitor.post("/portal/survey", &[("height", "165")]).await;
    assert_eq!(page.status, 404);
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("surveys").await, 0);
}
