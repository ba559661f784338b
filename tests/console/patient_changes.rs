//! Changing a person: the effect before it is saved, two people at once, and forms sent twice.

use jiff::SignedDuration;
use kenkocall::domain::{PatientId, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::stop_patient;
use kenkocall::store::patients::{self, PatientRow};

use crate::databases::Fresh;
use crate::site::{Member, Site, Visitor};

crate::on_both_databases!(
    a_change_says_its_effect_and_is_saved_once,
    what_a_field_cant_take_is_said_beside_it,
    two_people_change_different_fields_and_both_are_kept,
    two_people_change_the_same_field_and_both_values_are_shown,
    calls_are_stopped_and_resumed_once_and_the_observation_ends,
    what_was_typed_survives_a_log_in_that_ended,
    an_old_form_doesnt_resume_calls_that_somebody_has_stopped_since,
    switching_calls_on_meets_a_stop_that_was_made_meanwhile,
    a_preview_shows_what_somebody_else_has_saved_meanwhile,
);

async fn record(site: &Site, id: PatientId) -> PatientRow {
    let mut tx = site.context.database.begin_read().await.unwrap();
    patients::by_ids(&mut tx, &[id]).await.unwrap().pop().unwrap()
}

/// The fields of the form of the last page, as a browser sends them, with some typed anew.
fn filled(visitor: &Visitor, typed: &[(&str, &str)], step: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let form = visitor.page.body.split("record-form").nth(1).expect("a form");
    for tag in form.split('<').filter(|tag| tag.starts_with("input")) {
        let value = |name: &str| tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        if value("type") == Some("radio") && !tag.contains(" checked") {
            continue;
        }
        if let Some(name) = value("name") {
            fields.push((name.to_owned(), value("value").unwrap_or_default().to_owned()));
        }
    }
    let chosen =
        form.split("<option value=\"").skip(1).find(|option| option.split('>').next().unwrap().contains("selected"));
    fields.push(("language".to_owned(), chosen.expect("a language").split('"').next().unwrap().to_owned()));
    for (name, value) in typed {
        fields.retain(|(field, _)| field != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields.push(("step".to_owned(), step.to_owned()));
    fields
}

async fn send(visitor: &mut Visitor, path: &str, typed: &[(&str, &str)], step: &str) {
    let fields = filled(visitor, typed, step);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post_only(path, &fields).await;
}

async fn opened_by(site: &Site, nurse: &Member) -> (PatientId, String, Visitor) {
    let patient = site.patient(0).await;
    let path = format!("/console/patients/{patient}/change");
    let mut visitor = site.logged_in(nurse).await;
    visitor.get(&path).await;
    (patient, path, visitor)
}

async fn opened(site: &Site) -> (PatientId, String, Visitor) {
    opened_by(site, &site.nurse().await).await
}

async fn a_change_says_its_effect_and_is_saved_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, path, mut visitor) = opened(&site).await;
    let typed = [("phone_number", "０９０ー１０００ー７７７７"), ("call_times", "930、13時")];
    send(&mut visitor, &path, &typed, "preview").await;
    let page = visitor.page.body.clone();
    assert_eq!(visitor.page.status, 200);
    for part in [
        "まだ保存していません",
        "<del>090-1000-0001</del>",
        "<b>090-1000-7777</b>",
        "<b>9:30 13:00</b>",
        "鳴っている電話はありません",
    ] {
        assert!(page.contains(part), "{part} isn't in {page}");
    }
    assert_eq!(record(&site, patient).await.revision, 1, "nothing is saved yet");
    let mut again = visitor.clone();
    send(&mut visitor, &path, &[], "save").await;
    assert_eq!(
        visitor.page.location.as_deref(),
        Some(&*format!("/console/patients/{patient}?done=changed-phone_number-call_times"))
    );
    let saved = record(&site, patient).await;
    assert_eq!(saved.call_times, "09:30;13:00");
    assert_eq!(saved.phone_number.unwrap().expose(), "+819010007777");
    let page = visitor.get(&visitor.page.location.clone().unwrap()).await.body.clone();
    assert!(page.contains("保存しました: 電話番号") && page.contains("090-1000-7777"), "{page}");
    // The same form again: one change, and the page says so.
    send(&mut again, &path, &[], "save").await;
    assert_eq!(again.page.location.as_deref(), Some(&*format!("/console/patients/{patient}?done=same")));
    assert!(again.get(&again.page.location.clone().unwrap()).await.body.contains("新しく変えたものはありません"));
    assert_eq!(record(&site, patient).await.revision, saved.revision);
    // A value that wasn't shown isn't saved.
    visitor.get(&path).await;
    send(&mut visitor, &path, &[("call_times", "10")], "save").await;
    assert!(visitor.page.status == 200 && visitor.page.body.contains("効果をもう一度確かめてください"));
    assert_eq!(record(&site, patient).await.call_times, "09:30;13:00");
}

async fn what_a_field_cant_take_is_said_beside_it(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, path, mut visitor) = opened(&site).await;
    for (field, typed, sentence) in [
        ("phone_number", "12", "電話番号を読み取れませんでした"),
        ("phone_number", "0120-444-444", "この種類の番号には自動架電できません"),
        ("phone_number", "090-1000-0002", "ほかの人への自動架電があります"),
        ("phone_number", "", "自動架電には電話番号が必要です"),
        ("call_times", "朝", "時刻を読み取れませんでした"),
        ("call_times", "8 9 10 11 12", "1日4回まで"),
        ("birth_date", "昭和70年1月1日", "元号の期間ではありません"),
        ("birth_date", "2090-01-01", "未来の日付です"),
        ("family_name", "", "姓を入力してください"),
        ("family_name", "見\u{202e}本", "U+202E"),
        ("diagnosis_date", "1970-01-01", "生年月日より前"),
    ] {
        visitor.get(&path).await;
        send(&mut visitor, &path, &[(field, typed)], "preview").await;
        let page = &visitor.page;
        assert_eq!(page.status, 422, "{field} {typed}: {}", page.body);
        assert!(page.body.contains(sentence), "{typed}: {}", page.body);
        assert!(page.body.contains("<title>エラー:") && page.body.contains("href=\"#"), "{typed}");
        assert!(
            page.body.contains(&format!("name=\"{field}\"")) && page.body.contains(typed),
            "what was typed is kept"
        );
    }
    assert_eq!(record(&site, patient).await.revision, 1);
}

async fn two_people_change_different_fields_and_both_are_kept(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, path, mut one) = opened(&site).await;
    let mut other = one.clone();
    send(&mut one, &path, &[("call_times", "10:00")], "preview").await;
    send(&mut other, &path, &[("language", "ko"), ("oximeter", "no")], "preview").await;
    send(&mut other, &path, &[], "save").await;
    assert_eq!(other.page.status, 303, "{}", other.page.body);
    send(&mut one, &path, &[], "save").await;
    assert_eq!(one.page.status, 303, "{}", one.page.body);
    let saved = record(&site, patient).await;
    assert_eq!((saved.call_times.as_str(), saved.language.tag(), saved.oximeter.code()), ("10:00", "ko", "no"));
}

async fn two_people_change_the_same_field_and_both_values_are_shown(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, path, mut one) = opened(&site).await;
    let mut other = one.clone();
    send(&mut one, &path, &[("call_times", "10:00"), ("language", "ko")], "preview").await;
    send(&mut other, &path, &[("call_times", "11:00"), ("oximeter", "no")], "preview").await;
    send(&mut other, &path, &[], "save").await;
    send(&mut one, &path, &[], "save").await;
    assert_eq!(one.page.status, 409);
    let page = one.page.body.clone();
    for part in [
        "見本 直子: 11:00",
        "自分: 10:00",
        "さんが変えました",
        "(言語、パルスオキシメーター)は、両方の変更とも残しました",
    ] {
        assert!(page.contains(part), "{part} isn't in {page}");
    }
    assert_eq!(page.matches("type=\"radio\" name=\"call_times\"").count(), 2, "{page}");
    assert_eq!(record(&site, patient).await.language.tag(), "ja", "nothing was saved");
    // Choosing theirs changes only the other fields.
    let mut yielding = one.clone();
    send(&mut yielding, &path, &[("call_times", "11:00")], "preview").await;
    let body = yielding.page.body.clone();
    assert!(!body.contains("<del>11:00</del>") && body.contains("<b>한국어</b>"), "{body}");
    // Theirs stays where nobody meant to change it, and the decision is the reader's.
    send(&mut one, &path, &[], "preview").await;
    assert!(one.page.body.contains("<del>11:00</del>"), "{}", one.page.body);
    send(&mut one, &path, &[], "save").await;
    assert_eq!(one.page.status, 303, "{}", one.page.body);
    let saved = record(&site, patient).await;
    assert_eq!((saved.call_times.as_str(), saved.language.tag(), saved.oximeter.code()), ("10:00", "ko", "no"));
}

async fn a_preview_shows_what_somebody_else_has_saved_meanwhile(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, path, mut one) = opened(&site).await;
    let mut other = one.clone();
    send(&mut other, &path, &[("call_times", "11:00")], "preview").await;
    send(&mut other, &path, &[], "save").await;
    send(&mut one, &path, &[("call_times", "10:00")], "preview").await;
    let page = one.page.body.clone();
    assert_eq!(one.page.status, 409, "{page}");
    assert!(
        page.contains("見本 直子: 11:00") && page.contains("自分: 10:00") && page.contains("さんが変えました"),
        "{page}"
    );
    assert_eq!(record(&site, patient).await.call_times, "11:00");
    send(&mut one, &path, &[], "preview").await;
    assert!(one.page.status == 200 && one.page.body.contains("<del>11:00</del>"), "{}", one.page.body);
}

async fn calls_are_stopped_and_resumed_once_and_the_observation_ends(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, _, mut visitor) = opened(&site).await;
    let person = format!("/console/patients/{patient}");
    for (word, effect, done) in [
        ("stop", "次の電話はなくなります", "stopped"),
        ("resume", "次の電話は", "resumed"),
        ("release", "次の電話はなくなります", "released"),
    ] {
        let path = format!("{person}/{word}");
        let page = visitor.get(&path).await.body.clone();
        assert!(page.contains("まだ実行していません") && page.contains(effect), "{word}: {page}");
        let mut again = visitor.clone();
        let done = format!("{person}?done={done}");
        let revision = visitor.page.hidden("revision");
        let fields = [("revision", revision.as_str())];
        assert_eq!(visitor.post(&path, &fields).await.location.as_deref(), Some(&*done));
        assert_eq!(visitor.get(&done).await.status, 200);
        assert_eq!(
            again.post(&path, &fields).await.location.as_deref(),
            Some(&*format!("{person}?done=same")),
            "{word}"
        );
        assert!(visitor.get(&path).await.body.contains("新しく変えたものはありません"), "{word}");
        visitor.get(&person).await;
    }
    assert!(record(&site, patient).await.released_at.is_some());
    let actions = site.actions().await;
    let count = |action: &str| actions.iter().filter(|known| *known == action).count();
    assert_eq!(
        (count("patient.stopped"), count("patient.changed"), count("patient.released")),
        (1, 1, 1),
        "{actions:?}"
    );
    assert_eq!(visitor.get(&format!("{person}/erase")).await.status, 404);
}

async fn what_was_typed_survives_a_log_in_that_ended(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let (patient, path, mut visitor) = opened_by(&site, &nurse).await;
    site.later(SignedDuration::from_mins(20));
    send(&mut visitor, &path, &[("call_times", "15:00")], "preview").await;
    assert_eq!(visitor.page.location.as_deref(), Some(&*format!("/console/log-in?kept=1&next={path}")));
    // Somebody else of the centre doesn't get it; the same person does, once.
    let colleague = site.member("jiro@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    assert!(!site.logged_in(&colleague).await.get(&path).await.body.contains("15:00"));
    let mut back = site.logged_in(&nurse).await;
    let page = back.get(&path).await.body.clone();
    assert!(page.contains("書きかけの内容を戻しました") && page.contains("value=\"15:00\""), "{page}");
    send(&mut back, &path, &[], "preview").await;
    send(&mut back, &path, &[], "save").await;
    assert_eq!(record(&site, patient).await.call_times, "15:00");
    assert!(!back.get(&path).await.body.contains("書きかけ"));
}

/// Back and send: the nurse resumes calls, a colleague stops them, and the nurse's form is sent again.
async fn an_old_form_doesnt_resume_calls_that_somebody_has_stopped_since(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, _, mut visitor) = opened(&site).await;
    let actor = kenkocall::domain::Actor::System;
    stop_patient(&site.context, &actor, patient).await.unwrap();
    let path = format!("/console/patients/{patient}/resume");
    visitor.get(&path).await;
    let revision = visitor.page.hidden("revision");
    assert_eq!(visitor.post(&path, &[("revision", &revision)]).await.status, 303);
    assert!(record(&site, patient).await.stopped_at.is_none());
    stop_patient(&site.context, &actor, patient).await.unwrap();
    visitor.get(&path).await;
    let body = visitor.post(&path, &[("revision", &revision)]).await.body.clone();
    assert!(body.contains("ほかの人がこの登録を先に変えました"), "{body}");
    assert!(record(&site, patient).await.stopped_at.is_some());
    // A form without a revision shows no effect that anybody has read.
    visitor.post(&path, &[]).await;
    assert!(record(&site, patient).await.stopped_at.is_some());
}

async fn switching_calls_on_meets_a_stop_that_was_made_meanwhile(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, path, mut visitor) = opened(&site).await;
    let actor = kenkocall::domain::Actor::System;
    let off = [(kenkocall::service::Column::AutomatedCall, "no")];
    kenkocall::service::change_patient(&site.context, &actor, patient, None, &off).await.unwrap();
    visitor.get(&path).await;
    send(&mut visitor, &path, &[("automated_call", "yes")], "preview").await;
    stop_patient(&site.context, &actor, patient).await.unwrap();
    send(&mut visitor, &path, &[], "save").await;
    assert_eq!(visitor.page.status, 409, "{}", visitor.page.body);
    assert!(visitor.page.body.contains("ほかの人が同じところを先に変えました"), "{}", visitor.page.body);
    assert!(record(&site, patient).await.stopped_at.is_some());
}
