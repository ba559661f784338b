//! H7: guessing at HER-SYS ID and birth date is limited, and nobody can lock the patient out.

use super::databases::Fresh;
use super::kept::Kept;
use super::line::Line;
use super::people::{CENTRE, MOTHER, NOBODY, Person, SON};
use super::phone::{MISMATCH, Phone, Said};
use super::web::Carrier;

const FEW: [(&str, &str); 4] = [
    ("HEALTH_CALL__GUESSING__PER_ID", "4"),
    ("HEALTH_CALL__GUESSING__PER_ID_REGISTERED", "2"),
    ("HEALTH_CALL__GUESSING__PER_CALLER", "5"),
    ("HEALTH_CALL__GUESSING__GLOBAL", "12"),
];

crate::on_both_databases!(
    h7_one_id_is_locked_for_outsiders_and_the_registered_number_still_gets_in,
    h7_the_registered_number_has_a_limit_of_its_own,
    h7_one_caller_is_locked_whatever_the_id,
    h7_a_hidden_caller_is_limited_by_all_outsiders_together,
    h7_locked_sounds_exactly_like_a_mismatch,
    h7_tries_at_the_same_moment_count_one_another,
);

/// One try in a call of its own; what was said to it.
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
    let line = Line::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let kept = Kept::at(&fresh.url);
    for nth in 0..4 {
        assert_eq!(kept.alerts().await, Vec::<String>::new(), "after {nth} failures");
        assert!(is_mismatch(&guess(&line.carrier, Some(&stranger(nth)), MOTHER.id, "19990101").await));
    }
    let alert = format!("guessing {CENTRE}");
    assert_eq!(kept.alerts().await, [alert.as_str()], "the failure that locks raises one alert");
    // Locked: the right birth date doesn't get an outsider in, and raises nothing more.
    for nth in 4..8 {
        assert!(is_mismatch(&guess(&line.carrier, Some(&stranger(nth)), MOTHER.id, MOTHER.birth_date).await));
    }
    assert_eq!(kept.alerts().await, [alert.as_str()]);
    assert_eq!(kept.count("identifications WHERE outcome = 'locked'").await, 4);
    assert_eq!(kept.count("reports").await, 0);
    // The patient's own phone, and other people's IDs, go on.
    assert!(!is_mismatch(&guess(&line.carrier, MOTHER.number, MOTHER.id, MOTHER.birth_date).await));
    assert!(!is_mismatch(&guess(&line.carrier, Some(&stranger(9)), SON.id, SON.birth_date).await));
}

async fn h7_the_registered_number_has_a_limit_of_its_own(fresh: Fresh) {
    let line = Line::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let kept = Kept::at(&fresh.url);
    for _ in 0..2 {
        guess(&line.carrier, MOTHER.number, MOTHER.id, "19990101").await;
    }
    assert_eq!(kept.alerts().await, [format!("guessing {CENTRE}")]);
    assert!(is_mismatch(&guess(&line.carrier, MOTHER.number, MOTHER.id, MOTHER.birth_date).await));
    // A forged caller number doesn't lock the family's other phones.
    assert!(!is_mismatch(&guess(&line.carrier, Some(&stranger(1)), MOTHER.id, MOTHER.birth_date).await));
}

async fn h7_one_caller_is_locked_whatever_the_id(fresh: Fresh) {
    let line = Line::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let kept = Kept::at(&fresh.url);
    let caller = stranger(1);
    for nth in 0..5 {
        guess(&line.carrier, Some(&caller), &format!("9999900{nth}"), "19990101").await;
    }
    // Nobody has these IDs: the only centre there is gets the alert.
    assert_eq!(kept.alerts().await, [format!("guessing {CENTRE}")]);
    assert_eq!(kept.count("outbox WHERE errand LIKE '%guessing%'").await, 1);
    assert!(is_mismatch(&guess(&line.carrier, Some(&caller), SON.id, SON.birth_date).await));
    assert!(!is_mismatch(&guess(&line.carrier, Some(&stranger(2)), SON.id, SON.birth_date).await));
}

async fn h7_a_hidden_caller_is_limited_by_all_outsiders_together(fresh: Fresh) {
    let line = Line::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    for nth in 0..12 {
        guess(&line.carrier, None, &format!("999990{nth:02}"), "19990101").await;
    }
    assert!(is_mismatch(&guess(&line.carrier, None, SON.id, SON.birth_date).await));
    assert!(is_mismatch(&guess(&line.carrier, Some(&stranger(1)), SON.id, SON.birth_date).await));
    assert!(!is_mismatch(&guess(&line.carrier, MOTHER.number, MOTHER.id, MOTHER.birth_date).await));
}

async fn h7_locked_sounds_exactly_like_a_mismatch(fresh: Fresh) {
    let line = Line::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let mut open = Phone::ring(&line.carrier, Some(&stranger(50))).await;
    open.key("1").await;
    for nth in 0..4 {
        guess(&line.carrier, Some(&stranger(nth)), MOTHER.id, "19990101").await;
    }
    let mut locked = Phone::ring(&line.carrier, Some(&stranger(51))).await;
    locked.key("1").await;
    for nth in 1..=3 {
        open.keys(&[NOBODY.id, NOBODY.birth_date]).await;
        locked.keys(&[MOTHER.id, MOTHER.birth_date]).await;
        assert_eq!(open.said, locked.said, "try {nth}");
        // Byte for byte, but for the call's own URLs.
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
    let line = Line::with_people_and(&fresh.database, &fresh.url, &FEW).await;
    let mut tries = tokio::task::JoinSet::new();
    for nth in 0..10 {
        let carrier = line.carrier.clone();
        tries.spawn(async move {
            let person = Person { birth_date: "19990101", ..MOTHER };
            let mut phone = Phone::ring(&carrier, Some(&stranger(nth))).await;
            phone.identify(&person).await.hears(MISMATCH);
        });
    }
    while let Some(tried) = tries.join_next().await {
        tried.unwrap();
    }
    let kept = Kept::at(&fresh.url);
    assert_eq!(kept.count("identifications WHERE outcome = 'mismatch'").await, 4, "the limit, and not one more");
    assert_eq!(kept.count("identifications WHERE outcome = 'locked'").await, 6);
    assert_eq!(kept.alerts().await, [format!("guessing {CENTRE}")]);
}
