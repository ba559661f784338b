//! Callers who occupy a line without being identified: the time for it and the calls from one number are limited.

use jiff::{SignedDuration, Timestamp};
use kenkocall::domain::Language;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::{A_PHONE, Next, Phone};
use super::server::{InProcessServer, TestServer};
use super::test_patients::MOTHER;

crate::on_both_databases!(
    who_is_not_identified_in_time_is_told_goodbye,
    who_is_identified_at_the_last_moment_goes_on,
    who_is_identified_has_all_the_time,
    a_flood_from_one_number_leaves_the_other_lines_free,
);

const BEGUN: &str = "2026-12-01T01:00:00Z";

fn later(seconds: i64) -> String {
    let begun: Timestamp = BEGUN.parse().unwrap();
    (begun + SignedDuration::from_secs(seconds)).to_string()
}

async fn who_is_not_identified_in_time_is_told_goodbye(fresh: Fresh) {
    let inside = InProcessServer::at(&fresh.database, BEGUN).await;
    for (nth, language) in Language::ALL.into_iter().enumerate() {
        inside.set_clock(BEGUN);
        let mut phone = Phone::ring_any(&inside.carrier).await;
        phone.key(&(nth + 1).to_string()).await;
        inside.set_clock(&later(599));
        // A wrong birth date, then silence: both repeat the question while there is time.
        phone.key(MOTHER.id).await.key("19000101").await;
        assert_ne!(phone.next, Next::Over, "{language}: {:?}", phone.said);
        inside.set_clock(&later(600));
        phone.key("").await;
        assert_eq!(phone.next, Next::Over, "{language}: {:?}", phone.said);
        assert_eq!(phone.said.len(), 1, "nothing but the goodbye");
        let said = phone.said[0].text.clone();
        // Whether the ID exists isn't revealed (H8): the words are the same as after no keys at all.
        let mut silent = Phone::ring_any(&inside.carrier).await;
        inside.set_clock(&later(600));
        silent.key(&(nth + 1).to_string()).await;
        inside.set_clock(&later(1_200));
        silent.key("").await;
        assert_eq!((silent.said[0].text.clone(), silent.next), (said, Next::Over), "{language}");
    }
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.dispositions().await, ["not_identified"; 14]);
    assert_eq!(kept.count("reports").await, 0);
}

async fn who_is_identified_at_the_last_moment_goes_on(fresh: Fresh) {
    let inside = InProcessServer::at(&fresh.database, BEGUN).await;
    let mut phone = Phone::ring_any(&inside.carrier).await;
    phone.key("1").await.key(MOTHER.id).await;
    inside.set_clock(&later(610));
    phone.key(MOTHER.birth_date).await;
    assert_ne!(phone.next, Next::Over, "{:?}", phone.said);
}

async fn who_is_identified_has_all_the_time(fresh: Fresh) {
    let inside = InProcessServer::at(&fresh.database, BEGUN).await;
    let mut phone = Phone::ring_any(&inside.carrier).await;
    phone.identify(&MOTHER).await;
    inside.set_clock(&later(540));
    phone.key("375").await.hears("37ど 5ぶ");
    inside.set_clock(&later(1_080));
    phone.key("1").await;
    assert_ne!(phone.next, Next::Over);
}

async fn a_flood_from_one_number_leaves_the_other_lines_free(fresh: Fresh) {
    let settings = [("HEALTH_CALL__GUESSING__CALLS_AT_ONCE", "3")];
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &settings).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut first = Phone::ring_any(&line.carrier).await;
    for _ in 0..2 {
        assert_ne!(Phone::ring_any(&line.carrier).await.next, Next::Over);
    }
    let before = kept.counts().await;
    for _ in 0..5 {
        let turned_away = Phone::ring_any(&line.carrier).await;
        assert_eq!((turned_away.said.len(), &turned_away.next), (0, &Next::Over));
    }
    assert_eq!(kept.counts().await, before, "a call that is turned away leaves nothing");
    let counted = line.operations.get("/metrics").await.unwrap().body;
    assert!(counted.contains("kenkocall_calls_crowded_out_total 5"), "{counted}");
    // Calls from other numbers get through; all hidden numbers together are limited like one number.
    assert_ne!(Phone::ring(&line.carrier, Some("+818055550124")).await.next, Next::Over);
    for _ in 0..3 {
        assert_ne!(Phone::ring(&line.carrier, None).await.next, Next::Over);
    }
    assert_eq!(Phone::ring(&line.carrier, None).await.next, Next::Over);
    // An identified caller no longer counts: all patients in a hotel may share one number.
    first.identify(&MOTHER).await;
    assert_ne!(Phone::ring(&line.carrier, Some(A_PHONE)).await.next, Next::Over);
    assert_eq!(Phone::ring(&line.carrier, Some(A_PHONE)).await.next, Next::Over);
}
