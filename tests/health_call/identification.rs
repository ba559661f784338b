//! Identification: mismatches, people whose observation has ended or hasn't begun, and what is never said.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kenkocall::domain::HersysId;
use kenkocall::store::maintenances::{self, MaintenanceRow};
use kenkocall::store::patients;
use uuid::Uuid;

use super::databases::{Fresh, on_sqlite};
use super::db_assertions::DatabaseAssertions;
use super::phone::{MISMATCH, Next, Phone, RECEIVED, WELL};
use super::server::TestServer;
use super::test_patients::{AUNT, CENTRE_NAME, EVERYBODY, MOTHER, NOBODY, Person, SON, UNCLE};

crate::on_both_databases!(
    h1_maintenance_without_a_known_end,
    h1_maintenance_with_its_end_and_open_again_afterwards,
    h2_three_mismatches_in_the_same_words_then_a_neutral_ending,
    h2_the_right_birth_date_after_a_mismatch_goes_on,
    h6_nothing_that_is_stored_is_ever_said,
    h8_who_is_not_under_observation_hears_the_neutral_words,
    h8_released_with_the_right_birth_date_is_told_that_reporting_has_ended,
);

#[tokio::test]
async fn an_identification_reads_in_one_request_and_writes_with_the_commit() {
    on_sqlite(requests_of_an_identification).await;
}

async fn requests_of_an_identification(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.keys(&["1", MOTHER.id]).await;
    let before = line.measured("kenkocall_turn_requests_total").await;
    phone.key(MOTHER.birth_date).await.hears("たいおん");
    assert_eq!(line.measured("kenkocall_turn_requests_total").await - before, 2);
}

async fn maintain(fresh: &Fresh, until: Option<Timestamp>) -> Uuid {
    let now = Timestamp::now();
    let row =
        MaintenanceRow { id: Uuid::now_v7(), starts_at: now - SignedDuration::from_mins(1), until, closed_at: None };
    let mut tx = fresh.database.begin_write().await.unwrap();
    maintenances::start(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row.id
}

async fn h1_maintenance_without_a_known_end(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    maintain(&fresh, None).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.hears("ただいまメンテナンス中");
    phone.hears("保健所にお問い合わせください");
    assert!(!phone.text().contains('時'), "no end is known: {}", phone.text());
    phone.key("9").await.hears("ただいまメンテナンス中");
    assert_eq!(phone.key("1").await.next, Next::Over, "a key ends it");
    assert_eq!(DatabaseAssertions::at(&fresh.url).dispositions().await, ["maintenance"]);
}

async fn h1_maintenance_with_its_end_and_open_again_afterwards(fresh: Fresh) {
    let line =
        TestServer::with_people_and(&fresh.database, &fresh.url, &[("HEALTH_CALL__TIME_ZONE", "Asia/Tokyo")]).await;
    let mut before = Phone::ring_any(&line.carrier).await;
    let until = Timestamp::now() + SignedDuration::from_hours(3);
    let id = maintain(&fresh, Some(until)).await;

    let mut phone = Phone::ring_any(&line.carrier).await;
    let local = TimeZone::get("Asia/Tokyo").unwrap().to_datetime(until);
    let (half, hour) =
        if local.hour() < 12 { ("午前", local.hour()) } else { ("午後", (local.hour() + 11) % 12 + 1) };
    let minutes = if local.minute() == 0 { String::new() } else { format!("{}分", local.minute()) };
    phone.hears(&format!("{}月{}日、{half}{hour}時{minutes}まで", local.month(), local.day()));
    assert!(phone.said.iter().any(|said| said.language == "en-US"), "also said in English");
    assert!(phone.said.iter().all(|said| said.barge_in), "a key ends it");
    assert_eq!(phone.key("").await.next, Next::Over, "and so does silence");

    // A call in progress continues.
    before.identify(&MOTHER).await.keys(&WELL).await.hears(RECEIVED);

    let mut tx = fresh.database.begin_write().await.unwrap();
    maintenances::end(&mut tx, id, Timestamp::now()).await.unwrap();
    tx.commit().await.unwrap();
    Phone::ring_any(&line.carrier).await.hears("こちらは健康コールです");
}

async fn h2_three_mismatches_in_the_same_words_then_a_neutral_ending(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut wrong_date = Phone::ring_any(&line.carrier).await;
    let mut wrong_id = Phone::ring_any(&line.carrier).await;
    wrong_date.key("1").await;
    wrong_id.key("1").await;
    for nth in 1..=3 {
        wrong_date.keys(&[MOTHER.id, NOBODY.birth_date]).await.hears(MISMATCH);
        wrong_id.keys(&[NOBODY.id, MOTHER.birth_date]).await.hears(MISMATCH);
        assert_eq!(wrong_date.said, wrong_id.said, "try {nth}: nobody can tell which of the two was wrong");
    }
    assert_eq!((&wrong_date.next, &wrong_id.next), (&Next::Over, &Next::Over));
    wrong_date.hears("お住まいの地域を管轄する保健所");
    assert!(!wrong_date.text().contains(CENTRE_NAME), "the centre's name would tell that the ID exists");
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.dispositions().await, ["not_identified"; 2]);
    assert_eq!(kept.count("identifications WHERE outcome = 'mismatch'").await, 6);
    assert_eq!(kept.count("reports").await, 0);
}

async fn h2_the_right_birth_date_after_a_mismatch_goes_on(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&Person { birth_date: SON.birth_date, ..MOTHER }).await.hears(MISMATCH);
    // After an invalid date the question is repeated; it doesn't count as a try.
    phone.keys(&[MOTHER.id, "19511399"]).await;
    assert!(!phone.text().contains(MISMATCH));
    phone.key(MOTHER.birth_date).await.keys(&WELL).await.hears(RECEIVED);
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("identifications WHERE outcome = 'mismatch'").await, 1);
}

async fn h6_nothing_that_is_stored_is_ever_said(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut heard = Vec::new();
    // A complete call from the registered number, dropped and resumed; another person; a mismatch; a released
    // person; an unknown person.
    let mut phone = Phone::ring(&line.carrier, MOTHER.number).await;
    phone.identify(&MOTHER).await.keys(&WELL[..6]).await;
    phone.hang_up().await;
    heard.append(&mut phone.heard);
    let mut phone = Phone::ring(&line.carrier, MOTHER.number).await;
    phone.identify(&MOTHER).await.keys(&["*", "0"]).await;
    if matches!(phone.next, Next::Transfer { .. }) {
        phone.transfer_ends("busy").await;
    }
    phone.keys(&["2"]).await.keys(&WELL[6..]).await;
    phone.keys(&["1", SON.id, SON.birth_date, "372", "1", "7", "372", "1"]).await;
    heard.append(&mut phone.heard);
    for person in [AUNT, UNCLE, NOBODY, Person { birth_date: AUNT.birth_date, ..MOTHER }] {
        let mut phone = Phone::ring(&line.carrier, MOTHER.number).await;
        phone.identify(&person).await;
        heard.append(&mut phone.heard);
    }
    assert!(heard.len() > 30);
    for answer in &heard {
        for person in EVERYBODY {
            let [family, given] = person.name;
            let digits = |text: &str| text.chars().map(|digit| digit.to_string()).collect::<Vec<_>>().join(" ");
            let (year, month_day) = person.birth_date.split_at(4);
            let spoken = format!("{year}年{}", month_day[..2].trim_start_matches('0'));
            for stored in [family, given, person.id, person.birth_date, &digits(person.id), &spoken] {
                assert!(!answer.contains(stored), "“{stored}” in {answer}");
            }
            if let Some(number) = person.number {
                assert!(!answer.contains(number) && !answer.contains(&number[3..]), "a number in {answer}");
            }
        }
    }
    // An answer from an earlier call isn't read back in a later one.
    let mut phone = Phone::ring(&line.carrier, None).await;
    phone.identify(&SON).await;
    assert!(!phone.text().contains("37"), "{}", phone.text());
}

async fn h8_who_is_not_under_observation_hears_the_neutral_words(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let wrong = |person: Person| Person { birth_date: MOTHER.birth_date, ..person };
    let mut replies = Vec::new();
    for person in [UNCLE, NOBODY, wrong(UNCLE), wrong(AUNT), wrong(SON)] {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.identify(&person).await.hears(MISMATCH);
        replies.push(phone.said.clone());
    }
    assert!(replies.iter().all(|said| *said == replies[0]), "not yet begun, unknown, released or wrong: all the same");
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("reports").await, 0);
}

async fn h8_released_with_the_right_birth_date_is_told_that_reporting_has_ended(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&AUNT).await.hears("報告は、終了しています");
    phone.hears("ほかのご家族の報告をするときは");
    phone.key("2").await.hears("これで終わります");
    assert_eq!(phone.next, Next::Over);
    // A release during the call takes effect immediately.
    let mut tx = fresh.database.begin_write().await.unwrap();
    let found = patients::by_hersys_ids(&mut tx, &[HersysId::parse(SON.id).unwrap()]).await.unwrap();
    patients::release(&mut tx, found[0].id, Timestamp::now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&SON).await.hears("報告は、終了しています");
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("reports").await, 0);
    assert_eq!(kept.dispositions().await, ["observation_ended", ""]);
}
