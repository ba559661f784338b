//! H7: guessing at HER-SYS IDs and birth dates is limited, and nobody can lock the patient out.

use jiff::{SignedDuration, Timestamp};
use kenkocall::domain::AlertKind;
use kenkocall::store::alerts;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::http_client::Carrier;
use super::phone::{MISMATCH, Next, Phone, RECEIVED, Said, WELL};
use super::server::{InProcessServer, TestServer};
use super::test_patients::{AUNT, CENTRE, MOTHER, NOBODY, Person, SON};

/// Few failures, and no waits, because these tests use the real clock.
const FEW: [(&str, &str); 6] = [
    ("HEALTH_CALL__GUESSING__PER_ID", "4"),
    ("HEALTH_CALL__GUESSING__PER_ID_REGISTERED", "2"),
    ("HEALTH_CALL__GUESSING__PER_CALLER", "5"),
    ("HEALTH_CALL__GUESSING__GLOBAL", "12"),
    ("HEALTH_CALL__GUESSING__HIDDEN", "6"),
    ("HEALTH_CALL__GUESSING__WAIT_SECONDS", "0"),
];

/// A birth date that nobody has.
const WRONG: &str = "19990101";

crate::on_both_databases!(
    h7_one_id_is_locked_for_outsiders_and_the_registered_number_still_gets_in,
    h7_the_registered_number_has_a_limit_of_its_own,
    h7_one_caller_is_locked_whatever_the_id,
    h7_hidden_numbers_slow_down_only_hidden_numbers,
    h7_with_200_hidden_calls_running_an_unregistered_phone_gets_in,
    h7_many_unregistered_numbers_are_slowed_and_ids_without_failures_still_get_in,
    h7_one_id_has_twenty_tries_a_day_with_growing_waits,
    h7_guesses_at_many_ids_are_one_alert,
    hidden_numbers_together_have_as_many_calls_at_once_as_one_number,
    h7_locked_sounds_exactly_like_a_mismatch,
    h7_tries_at_the_same_moment_count_one_another,
    h7_two_nodes_together_keep_the_limit,
    h7_slow_guesses_are_told_and_told_again_while_they_go_on,
);

/// One try in a call of its own. Returns what the caller heard.
async fn guess(carrier: &Carrier, from: Option<&str>, id: &str, birth_date: &str) -> Vec<Said> {
    let mut phone = Phone::ring(carrier, from).await;
    phone.keys(&["1", id, birth_date]).await;
    phone.hang_up().await;
    phone.said
}

fn is_mismatch(said: &[Said]) -> bool {
    said.iter().any(|said| said.text.contains(MISMATCH))
}

fn stranger(nth: u32) -> String {
    format!("+8180111100{nth:02}")
}

async fn h7_one_id_is_locked_for_outsiders_and_the_registered_number_still_gets_in(fresh: Fresh) {
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let alert = format!("guessing {CENTRE}");
    for nth in 0..4 {
        let expected: &[&str] = if nth < 2 { &[] } else { &[&alert] };
        assert_eq!(kept.alerts().await, expected, "after {nth} failures");
        assert!(is_mismatch(&guess(&line.carrier, Some(&stranger(nth)), MOTHER.id, WRONG).await));
    }
    assert_eq!(kept.alerts().await, [alert.as_str()], "one alert, when half of the tries are used up");
    // Locked: even the right birth date is rejected from an unregistered number, and raises no further alert.
    for nth in 4..8 {
        assert!(is_mismatch(&guess(&line.carrier, Some(&stranger(nth)), MOTHER.id, MOTHER.birth_date).await));
    }
    assert_eq!(kept.alerts().await, [alert.as_str()]);
    assert_eq!(kept.count("identifications WHERE outcome = 'locked'").await, 4);
    assert_eq!(kept.count("reports").await, 0);
    // The patient's own phone and other people's IDs aren't affected.
    assert!(!is_mismatch(&guess(&line.carrier, MOTHER.number, MOTHER.id, MOTHER.birth_date).await));
    assert!(!is_mismatch(&guess(&line.carrier, Some(&stranger(9)), SON.id, SON.birth_date).await));
}

async fn h7_the_registered_number_has_a_limit_of_its_own(fresh: Fresh) {
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    for _ in 0..2 {
        guess(&line.carrier, MOTHER.number, MOTHER.id, WRONG).await;
    }
    assert_eq!(kept.alerts().await, [format!("guessing {CENTRE}")]);
    assert!(is_mismatch(&guess(&line.carrier, MOTHER.number, MOTHER.id, MOTHER.birth_date).await));
    // A forged caller number doesn't lock the family's other phones.
    assert!(!is_mismatch(&guess(&line.carrier, Some(&stranger(1)), MOTHER.id, MOTHER.birth_date).await));
}

async fn h7_one_caller_is_locked_whatever_the_id(fresh: Fresh) {
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let caller = stranger(1);
    for nth in 0..5 {
        guess(&line.carrier, Some(&caller), &format!("9999900{nth}"), WRONG).await;
    }
    // These IDs don't exist, so the only centre gets the alert.
    assert_eq!(kept.alerts().await, [format!("guessing {CENTRE}")]);
    assert_eq!(kept.count("outbox WHERE job LIKE '%guessing%'").await, 1);
    assert!(is_mismatch(&guess(&line.carrier, Some(&caller), SON.id, SON.birth_date).await));
    assert!(!is_mismatch(&guess(&line.carrier, Some(&stranger(2)), SON.id, SON.birth_date).await));
}

/// Several tries in one call. Returns `true` if the last one was a mismatch.
async fn fails_in_one_call(carrier: &Carrier, from: Option<&str>, tries: &[(&str, &str)]) -> bool {
    let mut phone = Phone::ring(carrier, from).await;
    phone.key("1").await;
    for (id, birth_date) in tries {
        phone.keys(&[id, birth_date]).await;
    }
    phone.hang_up().await;
    is_mismatch(&phone.said)
}

async fn h7_hidden_numbers_slow_down_only_hidden_numbers(fresh: Fresh) {
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    for nth in 0..8 {
        guess(&line.carrier, None, &format!("999990{nth:02}"), WRONG).await;
    }
    assert_eq!(kept.alerts().await, ["mass_guessing"], "one alert for all health centres");
    // An ID without failures is accepted; only the first try of a call is evaluated.
    assert!(!is_mismatch(&guess(&line.carrier, None, SON.id, SON.birth_date).await));
    let wrong_first = [(MOTHER.id, WRONG), (SON.id, SON.birth_date)];
    assert!(fails_in_one_call(&line.carrier, None, &wrong_first).await);
    // An ID with a failure has to wait.
    assert!(is_mismatch(&guess(&line.carrier, None, MOTHER.id, MOTHER.birth_date).await));
    // Callers who show a number aren't affected.
    assert!(!fails_in_one_call(&line.carrier, Some(&stranger(1)), &wrong_first).await);
    assert!(!fails_in_one_call(&line.carrier, Some(&stranger(2)), &[(MOTHER.id, MOTHER.birth_date)]).await);
    assert!(!is_mismatch(&guess(&line.carrier, MOTHER.number, MOTHER.id, MOTHER.birth_date).await));
}

/// Callers with hidden numbers who guess simultaneously. None of them hangs up.
async fn hidden_calls(carrier: &Carrier, calls: u32) -> Vec<Phone> {
    let mut ringing = tokio::task::JoinSet::new();
    for nth in 0..calls {
        let carrier = carrier.clone();
        ringing.spawn(async move {
            let mut phone = Phone::ring(&carrier, None).await;
            if phone.next == Next::Over {
                return phone;
            }
            phone.key("1").await;
            let id = if nth % 2 == 0 { MOTHER.id.to_owned() } else { format!("9{nth:06}") };
            phone.keys(&[&id, WRONG, &id, WRONG]).await;
            phone
        });
    }
    ringing.join_all().await
}

async fn h7_with_200_hidden_calls_running_an_unregistered_phone_gets_in(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let hidden = hidden_calls(&line.carrier, 200).await;
    let turned_away = hidden.iter().filter(|phone| phone.next == Next::Over).count();
    assert_eq!(turned_away, 100, "all hidden numbers have as many calls at a time as one number");
    assert!(kept.count("identifications WHERE lane = 'hidden' AND outcome = 'mismatch'").await > 50);
    assert_eq!(kept.count("identifications WHERE lane <> 'hidden'").await, 0);
    for (nth, person) in [SON, MOTHER].into_iter().enumerate() {
        let mut phone = Phone::ring(&line.carrier, Some(&stranger(u32::try_from(nth).unwrap()))).await;
        phone.identify(&person).await.keys(&WELL).await.hears(RECEIVED);
    }
    assert_eq!(kept.column("SELECT caller_number FROM reports").await, ["unregistered"; 2]);
    drop(hidden);
}

async fn h7_many_unregistered_numbers_are_slowed_and_ids_without_failures_still_get_in(fresh: Fresh) {
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    for nth in 0..14 {
        guess(&line.carrier, Some(&stranger(nth)), &format!("999990{nth:02}"), WRONG).await;
    }
    assert_eq!(kept.alerts().await, ["mass_guessing"]);
    let wrong_first = [(MOTHER.id, WRONG), (SON.id, SON.birth_date)];
    assert!(fails_in_one_call(&line.carrier, Some(&stranger(50)), &wrong_first).await, "one try a call");
    assert!(is_mismatch(&guess(&line.carrier, Some(&stranger(51)), MOTHER.id, MOTHER.birth_date).await), "it waits");
    assert!(!is_mismatch(&guess(&line.carrier, Some(&stranger(52)), SON.id, SON.birth_date).await));
    assert!(!is_mismatch(&guess(&line.carrier, MOTHER.number, MOTHER.id, MOTHER.birth_date).await));
    // Hidden numbers are limited separately.
    assert!(!fails_in_one_call(&line.carrier, None, &wrong_first).await);
}

async fn h7_one_id_has_twenty_tries_a_day_with_growing_waits(fresh: Fresh) {
    let inside = InProcessServer::at(&fresh.database, "2026-11-23T10:00:00+09:00").await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let start: Timestamp = "2026-11-23T10:00:00+09:00".parse().unwrap();
    let mut judged = Vec::new();
    // A new number every minute, then at the end of the day, then after it.
    for minute in (0..480_i64).chain([1_439, 1_441]) {
        inside.set_clock(&(start + SignedDuration::from_mins(minute)).to_string());
        let before = kept.count("identifications WHERE outcome = 'mismatch'").await;
        let caller = format!("+8180{minute:08}");
        guess(&inside.carrier, Some(&caller), MOTHER.id, WRONG).await;
        if kept.count("identifications WHERE outcome = 'mismatch'").await > before {
            judged.push(minute);
        }
    }
    assert_eq!(judged.pop(), Some(1_441), "the first failure has left the day");
    assert_eq!(judged.len(), 20);
    let gaps: Vec<i64> = judged.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(gaps.is_sorted() && gaps.last() == Some(&60), "{gaps:?}");
    assert_eq!(kept.alerts().await, [format!("guessing {CENTRE}")]);
    // The day's tries are in the database, so another process counts them too.
    drop(inside);
    let again = TestServer::start(&fresh.url, &[]);
    assert!(!is_mismatch(&guess(&again.carrier, MOTHER.number, MOTHER.id, MOTHER.birth_date).await));
}

async fn h7_guesses_at_many_ids_are_one_alert(fresh: Fresh) {
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let (mother, son, aunt) = (MOTHER.id, SON.id, AUNT.id);
    for (nth, id) in [mother, son, aunt, mother, son, aunt].into_iter().enumerate() {
        guess(&line.carrier, Some(&stranger(u32::try_from(nth).unwrap())), id, WRONG).await;
    }
    assert_eq!(kept.alerts().await, [format!("guessing {CENTRE}")]);
    assert_eq!(kept.column("SELECT CAST(occurrences AS text) FROM alerts").await, ["3"]);
    assert_eq!(kept.count("outbox WHERE job LIKE '%guessing%'").await, 1, "the centre is told once");
    assert_eq!(kept.count("alerts WHERE last_at > raised_at").await, 1);
}

async fn hidden_numbers_together_have_as_many_calls_at_once_as_one_number(fresh: Fresh) {
    let few = [("HEALTH_CALL__GUESSING__CALLS_AT_ONCE", "3")];
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &few).await;
    let hidden = hidden_calls(&line.carrier, 5).await;
    assert_eq!(hidden.iter().filter(|phone| phone.next == Next::Over).count(), 2);
    // Identified callers don't count.
    let talking = hidden.into_iter().find(|phone| phone.next != Next::Over).unwrap();
    let mut talking = talking;
    talking.keys(&[SON.id, SON.birth_date]).await;
    assert_ne!(Phone::ring(&line.carrier, None).await.next, Next::Over);
    assert_eq!(Phone::ring(&line.carrier, None).await.next, Next::Over);
    assert_ne!(Phone::ring(&line.carrier, Some(&stranger(1))).await.next, Next::Over);
}

async fn h7_locked_sounds_exactly_like_a_mismatch(fresh: Fresh) {
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let mut open = Phone::ring(&line.carrier, Some(&stranger(50))).await;
    open.key("1").await;
    for nth in 0..4 {
        guess(&line.carrier, Some(&stranger(nth)), MOTHER.id, WRONG).await;
    }
    let mut locked = Phone::ring(&line.carrier, Some(&stranger(51))).await;
    locked.key("1").await;
    for nth in 1..=3 {
        open.keys(&[NOBODY.id, NOBODY.birth_date]).await;
        locked.keys(&[MOTHER.id, MOTHER.birth_date]).await;
        assert_eq!(open.said, locked.said, "try {nth}");
        // Identical except for the call's own URLs.
        let bare = |phone: &Phone| {
            let answer = phone.heard.last().unwrap();
            answer
                .split("/calls/")
                .map(|part| part.split_once("/turns/").map_or(part, |(_, rest)| rest))
                .collect::<String>()
        };
        assert_eq!(bare(&open), bare(&locked), "try {nth}");
    }
}

async fn h7_tries_at_the_same_moment_count_one_another(fresh: Fresh) {
    let line = TestServer::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let mut tries = tokio::task::JoinSet::new();
    for nth in 0..10 {
        let carrier = line.carrier.clone();
        tries.spawn(async move {
            let person = Person { birth_date: WRONG, ..MOTHER };
            let mut phone = Phone::ring(&carrier, Some(&stranger(nth))).await;
            phone.identify(&person).await.hears(MISMATCH);
        });
    }
    while let Some(tried) = tries.join_next().await {
        tried.unwrap();
    }
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("identifications WHERE outcome = 'mismatch'").await, 4, "the limit, and not one more");
    assert_eq!(kept.count("identifications WHERE outcome = 'locked'").await, 6);
    assert_eq!(kept.alerts().await, [format!("guessing {CENTRE}")]);
}

/// Two programs on one database, at the same time.
async fn h7_two_nodes_together_keep_the_limit(fresh: Fresh) {
    let one = TestServer::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let two = TestServer::start(&fresh.url, &FEW);
    let mut tries = tokio::task::JoinSet::new();
    for nth in 0..24 {
        let carrier = if nth % 2 == 0 { one.carrier.clone() } else { two.carrier.clone() };
        tries.spawn(async move { guess(&carrier, Some(&stranger(nth)), MOTHER.id, WRONG).await });
    }
    assert!(tries.join_all().await.iter().all(|said| is_mismatch(said)));
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("identifications WHERE outcome = 'mismatch'").await, 4, "the limit, and not one more");
}

async fn h7_slow_guesses_are_told_and_told_again_while_they_go_on(fresh: Fresh) {
    let inside = InProcessServer::at(&fresh.database, "2026-11-23T10:00:00+09:00").await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let start: Timestamp = "2026-11-23T10:00:00+09:00".parse().unwrap();
    let mut open = Vec::new();
    // Nine tries a day, from new numbers: one fewer than the number that raises an alert for an ID in a day.
    for day in 0..6_i64 {
        for nth in 0..9_i64 {
            inside.set_clock(&(start + SignedDuration::from_mins(day * 1_500 + nth * 60)).to_string());
            guess(&inside.carrier, Some(&format!("+8180{day:04}{nth:04}")), MOTHER.id, WRONG).await;
        }
        let alerts = kept.alerts().await.len();
        open.push(alerts);
        if day == 2 {
            // Staff have handled the alert.
            let mut tx = fresh.database.begin_write().await.unwrap();
            let now = start + SignedDuration::from_mins(day * 1_500 + 600);
            let guessing = alerts::open_of_kind(&mut tx, AlertKind::Guessing).await.unwrap();
            assert!(alerts::close(&mut tx, guessing[0].id, now, "staff").await.unwrap());
            tx.commit().await.unwrap();
        }
    }
    assert_eq!(open[..3], [0, 0, 1], "at the 20th try in a week");
    assert_eq!(open[3], 1, "the closed one alone: they are left in peace for a day");
    assert_eq!(open[4..], [2, 2], "a day after they closed it, once more");
    assert_eq!(kept.count("alerts WHERE closed_at IS NULL").await, 1);
}
