//! Calls that end before their report is complete: the given answers are stored, and the next call continues from
//! there (H5, A5).

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::{A_PHONE, Next, Phone, RECEIVED, WELL, WELL_KEPT, WELL_KNOWN};
use super::server::TestServer;
use super::test_patients::MOTHER;

crate::on_both_databases!(
    h5_a5_a_dropped_call_keeps_its_answers_and_the_next_one_goes_on_from_there,
    h5_dropped_at_every_question_of_the_questionnaire,
    h5_a_report_that_was_finished_is_not_resumed,
    h5_dropped_before_anybody_was_identified,
    a_report_is_marked_by_the_number_that_proves_least,
    the_first_keys_of_an_entry_outlive_the_process,
);

async fn h5_a5_a_dropped_call_keeps_its_answers_and_the_next_one_goes_on_from_there(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut first = Phone::ring_any(&line.carrier).await;
    first.identify(&MOTHER).await.keys(&WELL[..5]).await;
    let open_question = first.said.last().unwrap().text.clone();
    first.hang_up().await;
    assert_eq!(kept.answers(MOTHER.id).await, WELL_KEPT[..3]);
    assert_eq!(kept.reports(MOTHER.id).await, ["unanswered"]);
    assert_eq!(kept.dispositions().await, ["unanswered"]);

    let mut second = Phone::ring_any(&line.carrier).await;
    second.identify(&MOTHER).await.hears("残りの質問を続けます");
    second.hears(&open_question);
    second.keys(&WELL[5..]).await.hears(RECEIVED);
    assert_eq!(kept.answers(MOTHER.id).await, WELL_KEPT, "each answer once");
    assert_eq!(kept.reports(MOTHER.id).await, ["reported"], "one report, of both calls");
    assert_eq!(kept.count("answers WHERE turn IS NULL").await, 0);
}

async fn h5_dropped_at_every_question_of_the_questionnaire(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let ids: Vec<String> = (0..=WELL.len()).map(|nth| (3_000_001 + nth).to_string()).collect();
    super::test_patients::register_many(&fresh.database, jiff::Timestamp::now(), &ids).await.unwrap();
    for (given, id) in ids.iter().enumerate() {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.keys(&["1", id, MOTHER.birth_date]).await.keys(&WELL[..given]).await;
        phone.hang_up().await;
        // Two of the first four keys are confirmations.
        let answers = if given < 4 { given / 2 } else { given - 2 };
        assert_eq!(kept.answers(id).await, WELL_KEPT[..answers], "after {given} keys");
        let finished = given == WELL.len();
        assert_eq!(kept.reports(id).await, [if finished { "reported" } else { "unanswered" }], "after {given} keys");
    }
    let mut dispositions = vec!["unanswered"; WELL.len()];
    dispositions.push("reported");
    assert_eq!(kept.dispositions().await, dispositions);
    // Each report is then completed.
    for (given, id) in ids.iter().enumerate().take(WELL.len()) {
        let mut phone = Phone::ring_any(&line.carrier).await;
        let answered = if given < 4 { given / 2 * 2 } else { given };
        phone.keys(&["1", id, MOTHER.birth_date]).await.keys(&WELL[answered..]).await.hears(RECEIVED);
        assert_eq!(kept.answers(id).await, WELL_KEPT);
        assert_eq!(kept.reports(id).await, ["reported"]);
    }
}

async fn h5_a_report_that_was_finished_is_not_resumed(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL).await.hears(RECEIVED);
    phone.hang_up().await;
    let mut again = Phone::ring_any(&line.carrier).await;
    again.identify(&MOTHER).await.hears("はいは1、いいえは2");
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.reports(MOTHER.id).await, ["reported", "unanswered"], "a state that changed is a second report");
    again.keys(&WELL_KNOWN).await.hears(RECEIVED);
    assert_eq!(kept.reports(MOTHER.id).await, ["reported", "reported"]);
}

/// SpO2 and birth dates are collected in two steps. Nothing is said between them.
async fn the_first_keys_of_an_entry_outlive_the_process(fresh: Fresh) {
    let mut line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    let born = MOTHER.birth_date;
    phone.keys(&["1", MOTHER.id, &born[..7]]).await;
    assert!(phone.said.is_empty(), "{:?}", phone.said);
    line.kill();
    line.restart();
    phone.key(&born[7..]).await.hears("たいおん");
    // A habit from the ID: nobody is told that no button was pressed.
    phone.hash_alone().await.hears("たいおん");
    assert!(!phone.text().contains("押されていない"), "{}", phone.text());
    phone.keys(&["365", "1", "10"]).await;
    assert!(phone.said.is_empty(), "{:?}", phone.said);
    line.kill();
    line.restart();
    phone.key("0").await.hears("100パーセント");
    phone.key("1").await;
    assert_eq!(kept.answers(MOTHER.id).await, ["body_temperature=365", "spo2=100"]);
}

async fn h5_dropped_before_anybody_was_identified(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let keys = ["1", MOTHER.id];
    for given in 0..=keys.len() {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.keys(&keys[..given]).await;
        let before = kept.count("turns").await;
        phone.hang_up().await;
        assert_eq!(kept.count("turns").await, before + 1);
        // The call is over, whatever arrives afterwards.
        let action = phone.action().to_owned();
        let late = phone.post(&action, &[("Digits", "1")]).await.unwrap();
        phone.follow(&late);
        assert_eq!(phone.next, Next::Over);
    }
    assert_eq!(kept.dispositions().await, ["not_identified"; 3]);
    assert_eq!(kept.count("reports").await, 0);
}

async fn a_report_is_marked_by_the_number_that_proves_least(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let numbers = [MOTHER.number, Some(A_PHONE), MOTHER.number, None, Some(A_PHONE)];
    let marks = ["registered", "unregistered", "unregistered", "hidden", "hidden"];
    for (nth, (number, mark)) in numbers.into_iter().zip(marks).enumerate() {
        let mut phone = Phone::ring(&line.carrier, number).await;
        let given = if nth == 0 { &WELL[..5] } else { &WELL[nth + 4..nth + 5] };
        phone.identify(&MOTHER).await.keys(given).await;
        phone.hang_up().await;
        assert_eq!(kept.column("SELECT caller_number FROM reports").await, [mark], "after call {nth}");
    }
}
