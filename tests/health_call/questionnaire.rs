//! The questionnaire over the phone: a complete report, several people, red answers, corrections and repeated
//! numbers.

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::{Next, Phone, RECEIVED, WELL, WELL_KEPT};
use super::server::TestServer;
use super::test_patients::{CENTRE, MOTHER, SON};

crate::on_both_databases!(
    a_whole_report_is_kept_as_it_was_given,
    a_caller_is_known_in_the_language_of_a_completed_call,
    h3_one_person_after_the_other_in_one_call,
    h3_at_most_ten_people_in_one_call,
    a_red_answer_is_kept_and_told_at_once_and_the_caller_advised,
    key_7_corrects_the_answer_before,
    numbers_are_read_back_and_confirmed,
    the_question_is_repeated_and_three_silences_end_the_call,
);

async fn a_whole_report_is_kept_as_it_was_given(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.hears("こちらは健康コールです");
    phone.identify(&MOTHER).await;
    let keys = ["378", "1", "000", "3", "1", "1", "2", "3", "2", "2", "3", "2", "1"];
    phone.keys(&keys).await.hears(RECEIVED);
    phone.key("2").await.hears("これで終わります");
    assert_eq!(phone.next, Next::Over);

    let kept = DatabaseAssertions::at(&fresh.url);
    let expected = [
        "body_temperature=378",
        "spo2=000",
        "complexion=unknown",
        "cough_or_runny_nose=yes",
        "breathlessness=yes",
        "breathlessness_severe=no",
        "fatigue=unknown",
        "nausea_or_vomiting=no",
        "diarrhoea=no",
        "drowsiness=unknown",
        "unable_to_eat=no",
        "no_urine=yes",
    ];
    assert_eq!(kept.answers(MOTHER.id).await, expected);
    assert_eq!(kept.reports(MOTHER.id).await, ["reported"]);
    assert_eq!(kept.dispositions().await, ["reported"]);
    assert_eq!(kept.column("SELECT channel FROM reports").await, ["health_call"]);
    assert_eq!(kept.count("turns").await, 1 + 3 + keys.len() as u64 + 1);
    assert_eq!(kept.count("turns WHERE event LIKE '%19510723%'").await, 0, "the history has no birth date");
    assert_eq!(kept.count("sessions WHERE session LIKE '%19510723%'").await, 0);
}

/// How many sessions know their caller in these languages, as they are stored.
async fn sessions_knowing(kept: &DatabaseAssertions, languages: &str) -> u64 {
    kept.count(&format!("sessions WHERE session LIKE '%\"known_in\":[{languages}]%'")).await
}

async fn a_caller_is_known_in_the_language_of_a_completed_call(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut first = Phone::ring_any(&line.carrier).await;
    first.identify(&MOTHER).await.keys(&WELL[..3]).await;
    let mut dropped = Phone::ring_any(&line.carrier).await;
    dropped.identify(&SON).await.hang_up().await;
    assert_eq!(kept.count("sessions WHERE session LIKE '%known_in%'").await, 0, "nobody has completed a call");
    first.keys(&WELL[3..]).await.hears(RECEIVED);
    let mut again = Phone::ring_any(&line.carrier).await;
    again.identify(&MOTHER).await;
    let mut son = Phone::ring_any(&line.carrier).await;
    son.identify(&SON).await;
    assert_eq!((sessions_knowing(&kept, "\"ja\"").await, kept.count("sessions").await), (1, 4));
    // Usual values needn't be confirmed by a known caller.
    again.keys(&["365", "098"]).await.keys(&WELL[4..]).await.hears(RECEIVED);
    let known = kept.column("SELECT known_in FROM patients WHERE known_in <> ''").await;
    assert_eq!(known, ["health_call:ja;"], "noted once");
    let mut english = Phone::ring_any(&line.carrier).await;
    english.keys(&["2", "2", MOTHER.id, MOTHER.birth_date]).await;
    english.keys(&WELL).await;
    assert_eq!(kept.count("reports WHERE outcome = 'reported'").await, 3);
    let mut last = Phone::ring_any(&line.carrier).await;
    last.identify(&MOTHER).await;
    assert_eq!(sessions_knowing(&kept, "\"ja\",\"en\"").await, 1);
}

async fn h3_one_person_after_the_other_in_one_call(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL).await.hears("ほかのご家族の報告をするときは1");
    phone.keys(&["1", SON.id, SON.birth_date]).await.hears("たいおんを");
    let mut feverish = WELL;
    feverish[0] = "381";
    phone.keys(&feverish).await.hears(RECEIVED);
    phone.key("2").await;
    assert_eq!(phone.next, Next::Over);
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.answers(MOTHER.id).await, WELL_KEPT);
    let sons = kept.answers(SON.id).await;
    assert_eq!((sons[0].as_str(), &sons[1..]), ("body_temperature=381", &WELL_KEPT.map(str::to_owned)[1..]));
    assert_eq!(kept.count("calls").await, 1);
    assert_eq!(kept.count("reports WHERE outcome = 'reported'").await, 2);
}

async fn h3_at_most_ten_people_in_one_call(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let ids: Vec<String> = (2_000_001..2_000_011).map(|id| id.to_string()).collect();
    super::test_patients::register_many(&fresh.database, jiff::Timestamp::now(), &ids).await.unwrap();
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.key("1").await;
    for (nth, id) in ids.iter().enumerate() {
        if nth > 0 {
            phone.key("1").await;
        }
        phone.keys(&[id, MOTHER.birth_date]).await.keys(&WELL).await.hears(RECEIVED);
    }
    assert_eq!(phone.next, Next::Over, "after the tenth nobody else is asked for");
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("reports WHERE outcome = 'reported'").await, 10);
}

async fn a_red_answer_is_kept_and_told_at_once_and_the_caller_advised(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL[..4]).await;
    assert_eq!(kept.count("alerts").await, 0);
    phone.key("1").await;
    // The call is still in progress, but the answer and the alert are already stored.
    assert_eq!(kept.alerts().await, [format!("red_answer {CENTRE} complexion")]);
    assert!(kept.answers(MOTHER.id).await.contains(&"complexion=yes".to_owned()));
    phone.hears("イチ、イチ、キュウばん");
    phone.hears("質問を続けるときは1");
    let advice = phone.said.iter().find(|said| said.text.contains("イチ、イチ、キュウばん")).unwrap();
    assert!(!advice.barge_in, "the advice is heard to its end");
    for class in ["重症", "中等症", "軽症"] {
        assert!(!phone.text().contains(class), "no severity class is spoken");
    }
    // A separate job notifies staff.
    assert_eq!(kept.count("outbox WHERE job LIKE '%red_answer%'").await, 1);
    phone.hang_up().await;
    assert_eq!(kept.reports(MOTHER.id).await, ["unanswered"]);
    assert_eq!(kept.alerts().await.len(), 1);
}

async fn key_7_corrects_the_answer_before(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL[..6]).await;
    let question = phone.said.clone();
    phone.key("7").await.hears("せきや鼻水");
    phone.key("1").await;
    assert_eq!(phone.said, question, "and on to the question that was left");
    let answers = kept.answers(MOTHER.id).await;
    assert_eq!(answers.first().map(String::as_str), Some("body_temperature=365"));
    assert_eq!(answers.last().map(String::as_str), Some("cough_or_runny_nose=yes"));
    phone.keys(&WELL[6..]).await.hears(RECEIVED);
    assert_eq!(kept.reports(MOTHER.id).await, ["reported"]);
}

async fn numbers_are_read_back_and_confirmed(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await;
    phone.key("385").await.hears("38ど 5ぶ");
    assert_eq!(kept.answers(MOTHER.id).await, Vec::<String>::new(), "nothing before it is confirmed");
    phone.key("2").await.hears("たいおんを");
    phone.key("375").await.hears("37ど 5ぶ");
    phone.key("1").await;
    phone.key("100").await.hears("100パーセント");
    phone.keys(&["2", "097"]).await.hears("97パーセント");
    phone.key("1").await;
    assert_eq!(kept.answers(MOTHER.id).await, ["body_temperature=375", "spo2=097"]);
    // After a typing error the question is repeated.
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&SON).await;
    for slip in ["37", "3755", "500", "339", "421"] {
        phone.key(slip).await;
        phone.hears("さんけたの数字");
        phone.keys(&["365", "2"]).await.hears("たいおんを");
    }
    assert_eq!(kept.answers(SON.id).await, Vec::<String>::new());
}

async fn the_question_is_repeated_and_three_silences_end_the_call(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL[..4]).await;
    let question = phone.said.clone();
    for key in ["*", "9", "*", "9", "9"] {
        phone.key(key).await;
        assert_eq!(phone.said, question, "{key} says it again, as often as it is wanted");
    }
    phone.key("").await.hears("ボタンが押されていないようです");
    assert!(!phone.said[0].barge_in, "an error is heard to its end");
    phone.key("").await.hears("まだボタンが押されていない");
    phone.key("").await.hears("今日の報告は、まだ終わっていません");
    assert_eq!(phone.next, Next::Over);
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.answers(MOTHER.id).await, ["body_temperature=365", "spo2=098"], "what was given stays");
    assert_eq!(
        (kept.reports(MOTHER.id).await, kept.dispositions().await),
        (vec!["unanswered".to_owned()], vec!["unanswered".to_owned()],)
    );
}
