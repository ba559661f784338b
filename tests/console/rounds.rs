//! Calling people in turn, and entering their answers.

use jiff::SignedDuration;
use kenkocall::domain::{AlertKind, Item, PatientId, ReportOutcome, Role, Severity};
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::handovers::report;
use crate::site::{Page, Site, Visitor};

crate::on_both_databases!(
    two_nurses_of_one_round_get_different_people,
    answers_are_entered_once_and_the_next_person_follows,
    a_red_answer_raises_an_alert_at_once_and_says_what_to_tell,
    who_isnt_reached_comes_again_after_an_hour,
    who_asks_to_be_called_later_comes_at_that_time,
    wrong_value_in_a_form_is_told_beside_its_field_and_all_else_kept,
    wrong_values_are_told_beside_their_own_field_only,
    login_expires_in_the_middle_of_the_answers_and_they_are_kept,
    answers_are_entered_from_the_persons_page,
    notes_about_a_person_are_added_once,
    a_call_that_broke_off_is_partly_answered_until_there_is_a_report,
    all_calls_of_a_person_are_read_page_by_page,
);

const JIRO: &str = "jiro@mihon.example";
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

/// Begins a round, and follows to the first person.
async fn begin(visitor: &mut Visitor) -> Page {
    visitor.get("/console/round").await;
    let round = visitor.page.hidden("round");
    visitor.post("/console/round/next", &[("round", &round.replace("&amp;", "&").replace("&#38;", "&"))]).await;
    follow(visitor).await
}

async fn follow(visitor: &mut Visitor) -> Page {
    assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    let page = visitor.page.location.clone().unwrap();
    visitor.get(&page).await.clone()
}

/// The person of the form that is shown.
fn shown(page: &Page) -> PatientId {
    let rest = page.body.split("<form method=\"post\" action=\"/console/patients/").nth(1).expect(&page.body);
    rest.split('/').next().unwrap().parse().unwrap()
}

/// Sends the form of the page.
async fn send(visitor: &mut Visitor, page: &Page, answers: &[(&str, &str)], step: &str) -> Page {
    let (entry, round) = (page.hidden("entry"), page.hidden("round").replace("&#38;", "&").replace("&amp;", "&"));
    let path = format!("/console/patients/{}/report", shown(page));
    let more = [("entry", entry.as_str()), ("round", round.as_str()), ("step", step)];
    let fields: Vec<(&str, &str)> = answers.iter().copied().chain(more).collect();
    visitor.page = page.clone();
    visitor.post(&path, &fields).await.clone()
}

fn with<'a>(answers: &[(&'a str, &'a str)], field: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    answers.iter().copied().filter(|(known, _)| *known != field).chain([(field, value)]).collect()
}

async fn count(fresh: &Fresh, from: &str) -> u64 {
    DatabaseAssertions::at(&fresh.url).count(from).await
}

async fn two_nurses_of_one_round_get_different_people(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut one = nurse(&site).await;
    let jiro = site.member(JIRO, Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let mut other = site.logged_in(&jiro).await;
    let (first, second) = tokio::join!(begin(&mut one), begin(&mut other));
    assert_ne!(shown(&first), shown(&second), "each has a person of their own");
    // Nobody is left for a third one, until half an hour has passed.
    let hana = site.member("hana@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    let mut third = site.logged_in(&hana).await;
    assert!(begin(&mut third).await.body.contains("今かける人はいません"));
    // Who skips has the other one free again, and gets the own one back as nobody else is free.
    let page = send(&mut one, &first, &[], "skip").await;
    assert_eq!(page.status, 303);
    let again = follow(&mut one).await;
    assert_eq!(shown(&again), shown(&first));
    site.later(SignedDuration::from_mins(31));
    let mut third = site.logged_in(&hana).await;
    assert!(begin(&mut third).await.body.contains("tel:"));
}

async fn answers_are_entered_once_and_the_next_person_follows(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = nurse(&site).await;
    let first = begin(&mut visitor).await;
    assert!(first.body.contains("今の体温") && first.body.contains("一覧に 2人"), "{}", first.body);
    send(&mut visitor, &first, &WELL, "save").await;
    let second = follow(&mut visitor).await;
    assert!(second.body.contains("回答を保存しました") && second.body.contains("一覧に 1人"), "{}", second.body);
    assert_ne!(shown(&second), shown(&first));
    // Back, and the form again.
    send(&mut visitor, &first, &WELL, "save").await;
    assert!(follow(&mut visitor).await.body.contains("二重には保存していません"));
    assert_eq!(count(&fresh, "reports WHERE outcome = 'reported' AND channel = 'staff'").await, 1);
    send(&mut visitor, &second, &WELL, "save").await;
    let over = follow(&mut visitor).await;
    assert!(over.body.contains("今かける人はいません") && over.body.contains("一覧に 0人"), "{}", over.body);
    let person = visitor.get(&format!("/console/patients/{}", shown(&first))).await;
    assert!(person.body.contains("職員がかけた電話") && person.body.contains("36.5"), "{}", person.body);
}

async fn a_red_answer_raises_an_alert_at_once_and_says_what_to_tell(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = nurse(&site).await;
    let first = begin(&mut visitor).await;
    let page = send(&mut visitor, &first, &with(&WELL, "spo2", "92"), "save").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("119番") && page.body.contains("緊急の回答を保存しました"), "{}", page.body);
    assert!(visitor.get("/console/today").await.body.contains("SpO2 92"), "{}", visitor.page.body);
    visitor.page = page;
    let (round, after) = (visitor.page.hidden("round").replace("&#38;", "&"), visitor.page.hidden("after"));
    visitor.post("/console/round/next", &[("round", &round), ("after", &after)]).await;
    let second = follow(&mut visitor).await;
    assert_ne!(shown(&second), shown(&first));
}

async fn who_isnt_reached_comes_again_after_an_hour(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let first = begin(&mut visitor).await;
    send(&mut visitor, &first, &[], "not-reached").await;
    let second = follow(&mut visitor).await;
    assert!(second.body.contains("つながらなかったことを記録しました"), "{}", second.body);
    // The form again does nothing.
    send(&mut visitor, &first, &[], "not-reached").await;
    assert_eq!(shown(&follow(&mut visitor).await), shown(&second));
    send(&mut visitor, &second, &[], "not-reached").await;
    assert!(follow(&mut visitor).await.body.contains("今かける人はいません"));
    assert_eq!(count(&fresh, "staff_calls").await, 2);
    assert_eq!(count(&fresh, "reports").await, 0);
    site.later(SignedDuration::from_mins(61));
    let mut visitor = site.logged_in(&nurse).await;
    let again = begin(&mut visitor).await;
    assert_eq!(shown(&again), shown(&first));
    assert!(again.body.contains("つながらなかった <span class=\"soft\">見本 直子"), "{}", again.body);
}

async fn who_asks_to_be_called_later_comes_at_that_time(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let first = begin(&mut visitor).await;
    for (time, sentence) in [("soon", "15:00 のように"), ("9:00", "これからの時刻")] {
        let page = send(&mut visitor, &first, &[("later_at", time), ("note", "娘さん")], "later").await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains(sentence) && page.body.contains("娘さん</textarea>"), "{}", page.body);
    }
    send(&mut visitor, &first, &[("later_at", "15:00")], "later").await;
    let second = follow(&mut visitor).await;
    assert_ne!(shown(&second), shown(&first));
    let start = visitor.get("/console/round").await.body.clone();
    assert!(start.contains("あとでかける人") && start.contains("15:00"), "{start}");
    let person = visitor.get(&format!("/console/patients/{}", shown(&first))).await.body.clone();
    assert!(person.contains("15:00 にもう一度かける"), "{person}");
    site.later(SignedDuration::from_hours(5));
    let mut visitor = site.logged_in(&nurse).await;
    assert_eq!(shown(&begin(&mut visitor).await), shown(&first), "the time has come");
}

async fn wrong_value_in_a_form_is_told_beside_its_field_and_all_else_kept(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = nurse(&site).await;
    let first = begin(&mut visitor).await;
    let wrong = with(&with(&WELL, "body_temperature", "52"), "breathlessness", "yes");
    let wrong: Vec<(&str, &str)> = wrong.into_iter().filter(|(field, _)| *field != "no_urine").collect();
    let both = [wrong, vec![("spo2_instead", "000"), ("note", "a\u{202e}b")]].concat();
    let page = send(&mut visitor, &first, &both, "save").await;
    assert_eq!(page.status, 422);
    for field in ["spo2", "note"] {
        assert!(page.body.contains(&format!("href=\"#{field}\"")), "{field}: {}", page.body);
    }
    let answers = with(&with(&WELL, "body_temperature", "52"), "breathlessness", "yes");
    let answers: Vec<(&str, &str)> = answers.into_iter().filter(|(field, _)| *field != "no_urine").collect();
    let page = send(&mut visitor, &first, &[answers, vec![("note", "水分")]].concat(), "save").await;
    assert_eq!(page.status, 422);
    for field in ["body_temperature", "breathlessness_severe", "no_urine"] {
        assert!(page.body.contains(&format!("href=\"#{field}\"")), "{field}: {}", page.body);
        assert!(page.body.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    assert!(page.body.contains("34.0 から 42.0 まで") && page.body.contains("value=\"52\""), "{}", page.body);
    assert!(page.body.contains("水分</textarea>") && page.body.contains("value=\"98\""), "{}", page.body);
    assert_eq!(count(&fresh, "reports").await, 0);
}

/// The sentences of the summary, by field.
fn summary(page: &Page) -> Vec<(String, String)> {
    let Some(list) = page.body.split("<div class=\"banner err\"").nth(1) else { return Vec::new() };
    let list = list.split("</ul>").next().unwrap();
    let lines = list.split("<li><a href=\"#").skip(1).map(|line| {
        let (field, rest) = line.split_once("\">").unwrap();
        (field.to_owned(), rest.split("</a>").next().unwrap().to_owned())
    });
    lines.collect()
}

async fn wrong_values_are_told_beside_their_own_field_only(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = nurse(&site).await;
    let first = begin(&mut visitor).await;
    for (changes, expected) in [
        // A red saturation beside a wrong temperature, and the reverse.
        (vec![("body_temperature", "52"), ("spo2", "88")], vec![("body_temperature", "体温: 34.0 から 42.0 まで")]),
        (vec![("body_temperature", "40.5"), ("spo2", "150")], vec![("spo2", "SpO2: 70 から 100 まで")]),
        (vec![("spo2", "九八")], vec![("spo2", "SpO2: 98 のような整数")]),
        (vec![("body_temperature", "熱")], vec![("body_temperature", "体温: 37.5 のような数字")]),
        (
            vec![("body_temperature", ""), ("spo2", "88"), ("spo2_again", "90")],
            vec![("body_temperature", "体温: 数字を入れるか"), ("spo2_again", "SpO2(2回目): ほかの答えからは聞かない")],
        ),
        (vec![("spo2", "94"), ("spo2_again", "abc")], vec![("spo2_again", "SpO2(2回目): 98 のような整数")]),
    ] {
        let answers = changes.iter().fold(WELL.to_vec(), |answers, (field, value)| with(&answers, field, value));
        let page = send(&mut visitor, &first, &answers, "save").await;
        assert_eq!(page.status, 422, "{changes:?}");
        let said = summary(&page);
        assert_eq!(said.len(), expected.len(), "{changes:?} {said:?}");
        for ((field, sentence), (wanted, start)) in said.iter().zip(expected) {
            assert_eq!(field, wanted);
            assert!(sentence.starts_with(start), "{field}: {sentence}");
            assert_eq!(page.body.matches(&format!("id=\"{field}-error\"")).count(), 1, "{field}");
            assert_eq!(page.body.matches(sentence.as_str()).count(), 2, "in the summary and beside its field");
        }
        assert_eq!(page.body.matches("aria-invalid=\"true\"").count(), said.len(), "{changes:?}");
    }
    assert_eq!(count(&fresh, "reports").await, 0);
}

async fn login_expires_in_the_middle_of_the_answers_and_they_are_kept(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let first = begin(&mut visitor).await;
    site.later(SignedDuration::from_mins(20));
    let page = send(&mut visitor, &first, &[("body_temperature", "38.1"), ("note", "水分をとった。")], "save").await;
    let location = page.location.unwrap();
    assert!(location.starts_with("/console/log-in?kept=1"), "{location}");
    let mut again = site.logged_in(&nurse).await;
    let page = again.get(&format!("/console/patients/{}/report", shown(&first))).await.clone();
    assert!(page.body.contains("書きかけの回答を戻しました") && page.body.contains("38.1"), "{}", page.body);
    assert!(page.body.contains("水分をとった。</textarea>") && page.body.contains("保存して次の人へ"), "the round too");
    assert_eq!(page.hidden("entry"), first.hidden("entry"), "sent twice, it is one report");
}

async fn answers_are_entered_from_the_persons_page(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let alert = site.alert(AlertKind::Unanswered, Some(patient), 30).await;
    let mut visitor = nurse(&site).await;
    let path = format!("/console/patients/{patient}/report");
    assert!(visitor.get(&format!("/console/alerts/{alert}/close")).await.body.contains(&path));
    assert!(visitor.get(&format!("/console/patients/{patient}")).await.body.contains(&path));
    let page = visitor.get(&path).await.clone();
    assert!(!page.body.contains("飛ばす"), "outside a round");
    send(&mut visitor, &page, &[&WELL[..], &[("note", "食事もとれた。")]].concat(), "save").await;
    let person = follow(&mut visitor).await;
    assert!(person.body.contains("回答を保存しました") && person.body.contains("食事もとれた。"), "{}", person.body);
    // The alert that nobody was reached has closed by itself.
    let today = visitor.get("/console/today").await.body.clone();
    assert!(!today.contains(&alert.to_string()), "{today}");
    let actions = site.actions().await;
    assert!(
        actions.contains(&"report.added".to_owned()) && actions.contains(&"patient.noted".to_owned()),
        "{actions:?}"
    );
}

async fn notes_about_a_person_are_added_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let page = format!("/console/patients/{patient}");
    visitor.get(&page).await;
    let id = visitor.page.hidden("note_id");
    let fields = [("note_id", id.as_str()), ("note", "長女が電話に出る。<b>")];
    visitor.post(&format!("{page}/notes"), &fields).await;
    let body = follow(&mut visitor).await.body;
    assert!(body.contains("メモを残しました") && body.contains("長女が電話に出る。&#60;b&#62;"), "{body}");
    visitor.post(&format!("{page}/notes"), &fields).await;
    assert!(follow(&mut visitor).await.body.contains("二重には残していません"));
    assert_eq!(count(&fresh, "line_notes").await, 1);
    let refused = visitor.post(&format!("{page}/notes"), &[("note_id", &id), ("note", "左\u{202e}右")]).await;
    assert!(refused.status == 422 && refused.body.contains("note-error") && refused.body.contains("左\u{202e}右"));
    // Login expires in the middle of a note.
    site.later(SignedDuration::from_mins(20));
    visitor.post(&format!("{page}/notes"), &[("note_id", &id), ("note", "水分をとった。")]).await;
    let mut again = site.logged_in(&nurse).await;
    let body = again.get(&page).await.body.clone();
    assert!(body.contains("書きかけのメモを戻しました") && body.contains("水分をとった。</textarea>"), "{body}");
}

async fn a_call_that_broke_off_is_partly_answered_until_there_is_a_report(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (partly, silent) = (site.patient(0).await, site.patient(1).await);
    let given = [(Item::BodyTemperature, "371", Severity::None)];
    report(&site, partly, 2, ReportOutcome::Unanswered, &given).await;
    report(&site, silent, 2, ReportOutcome::Unanswered, &[]).await;
    let alert = site.alert(AlertKind::Unanswered, Some(partly), 30).await;
    site.alert(AlertKind::Unanswered, Some(silent), 30).await;
    let mut visitor = nurse(&site).await;
    // Each count equals its list.
    for (kind, lines) in [("partly-answered", 1), ("unanswered", 1), ("red", 0)] {
        let page = visitor.get(&format!("/console/today?kind={kind}")).await.body.clone();
        assert_eq!(page.matches("/take\"").count(), lines, "{kind}: {page}");
        let count = page.split(&format!("?kind={kind}\"")).nth(1).unwrap().split("</a>").next().unwrap();
        assert!(count.contains(&format!(">{lines}<")), "{kind}: {count}");
    }
    let page = visitor.get(&format!("/console/patients/{partly}/report")).await.clone();
    send(&mut visitor, &page, &WELL, "save").await;
    let page = visitor.get("/console/today").await.body.clone();
    assert!(!page.contains(&alert.to_string()), "it has closed by itself: {page}");
}

async fn all_calls_of_a_person_are_read_page_by_page(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let mut visitor = nurse(&site).await;
    let page = visitor.get(&format!("/console/patients/{patient}/calls")).await;
    assert!(page.status == 200 && page.body.contains("電話"), "{}", page.body);
    let nothing = format!("/console/patients/{patient}/calls?after=0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04");
    assert_eq!(visitor.get(&nothing).await.status, 404);
}
