//! Simultaneous events: webhooks posted twice and twenty times, two calls for one person, keys at the same time as a
//! hang-up.

use std::collections::BTreeSet;

use kenkocall::carrier::network::Ringing;
use kenkocall::domain::{HangupCause, Keys};
use kenkocall::engine::{EventKind, TransferOutcome};
use kenkocall::service::{CarrierEvent, LegStatus, Outcome};
use kenkocall::store::reports;
use tokio::task::JoinSet;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::{Next, Phone, RECEIVED, WELL, WELL_KEPT, read};
use super::server::{InProcessServer, TestServer};
use super::test_patients::{MOTHER, SON};

crate::on_both_databases!(
    fault_28_one_turn_posted_twenty_times_in_parallel_has_one_effect,
    fault_28_a_whole_call_of_which_everything_is_posted_four_times,
    health_call_posted_many_times_with_one_leg_is_one_call,
    fault_23_two_calls_for_one_person_at_once_are_one_report,
    fault_23_an_answer_of_another_call_after_the_report_is_kept_beside_it,
    digits_that_race_with_the_hang_up_are_kept_whole_or_not_at_all,
    a_hang_up_in_the_same_commit_as_a_turn_that_does_not_fit_is_not_lost,
    fault_23_a_report_finished_in_the_same_commit_as_the_other_call_hangs_up_is_finished,
    fault_37_a_missing_voice_in_many_calls_at_once_raises_one_alert,
);

async fn fault_37_a_missing_voice_in_many_calls_at_once_raises_one_alert(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let mut posts = JoinSet::new();
    for _ in 0..20 {
        let phone = Phone::new(&line.carrier, None);
        posts.spawn(async move { phone.post("/twilio/voice/fallback", &[("ErrorCode", "13520")]).await.unwrap() });
    }
    while let Some(answer) = posts.join_next().await {
        assert!(answer.unwrap().body.contains("システムに問題が起きました"));
    }
    assert_eq!(DatabaseAssertions::at(&fresh.url).alerts().await, ["unspoken"]);
}

async fn fault_28_one_turn_posted_twenty_times_in_parallel_has_one_effect(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await.keys(&WELL[..4]).await;
    let turns = kept.count("turns").await;
    let action = phone.action().to_owned();
    let mut posts = JoinSet::new();
    for nth in 0..20 {
        let (phone, action) = (phone.clone(), action.clone());
        // The first one decides, even if the others say something else.
        let digits = if nth % 2 == 0 { "1" } else { "2" };
        posts.spawn(async move { phone.post(&action, &[("Digits", digits)]).await.unwrap() });
    }
    let mut answers = BTreeSet::new();
    while let Some(answer) = posts.join_next().await {
        answers.insert(answer.unwrap().body);
    }
    assert_eq!(answers.len(), 1, "the same TwiML for all: {answers:?}");
    assert_eq!(kept.count("turns").await, turns + 1);
    assert_eq!(kept.answers(MOTHER.id).await.len(), 3);
    let red = kept.answers(MOTHER.id).await.contains(&"complexion=yes".to_owned());
    assert_eq!(kept.count("alerts").await, u64::from(red));
    (phone.said, phone.next) = read(answers.first().unwrap());
    if red {
        phone.key("1").await;
    }
    phone.keys(&WELL[5..]).await.hears(RECEIVED);
}

async fn fault_28_a_whole_call_of_which_everything_is_posted_four_times(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut phone = Phone::new(&line.carrier, None);
    let mut action = "/twilio/voice/health-call".to_owned();
    for keys in ["", "1", MOTHER.id, MOTHER.birth_date].into_iter().chain(WELL) {
        let mut posts = JoinSet::new();
        for _ in 0..4 {
            let (phone, action) = (phone.clone(), action.clone());
            posts.spawn(async move { phone.post(&action, &[("Digits", keys)]).await.unwrap() });
        }
        let answers = posts.join_all().await;
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        phone.follow(&answers[0]);
        action = phone.action().to_owned();
    }
    phone.hears(RECEIVED);
    assert_eq!(kept.answers(MOTHER.id).await, WELL_KEPT);
    assert_eq!(kept.reports(MOTHER.id).await, ["reported"]);
    assert_eq!((kept.count("calls").await, kept.count("turns").await), (1, 17));
    assert_eq!(kept.count("identifications").await, 1);
}

async fn health_call_posted_many_times_with_one_leg_is_one_call(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let phone = Phone::new(&line.carrier, None);
    let mut posts = JoinSet::new();
    for _ in 0..12 {
        let phone = phone.clone();
        posts.spawn(async move { phone.post("/twilio/voice/health-call", &[]).await.unwrap().body });
    }
    let bodies: BTreeSet<String> = posts.join_all().await.into_iter().collect();
    assert_eq!(bodies.len(), 1);
    let again = phone.post("/twilio/voice/health-call", &[]).await.unwrap().body;
    assert!(bodies.contains(&again), "later as well");
    assert_eq!((kept.count("calls").await, kept.count("legs").await, kept.count("turns").await), (1, 1, 1));
}

async fn fault_23_two_calls_for_one_person_at_once_are_one_report(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut calls = JoinSet::new();
    for number in [MOTHER.number, Some("+818012345678")] {
        let carrier = line.carrier.clone();
        calls.spawn(async move {
            let mut phone = Phone::ring(&carrier, number).await;
            phone.identify(&MOTHER).await;
            phone
        });
    }
    let mut phones = calls.join_all().await;
    assert_eq!(kept.reports(MOTHER.id).await, ["unanswered"], "both joined the one report");
    let (mut patient, mut son) = (phones.remove(0), phones.remove(0));
    for (nth, keys) in WELL.iter().enumerate() {
        patient.key(keys).await;
        if nth < 8 {
            son.key(keys).await;
        }
    }
    patient.hears(RECEIVED);
    assert_eq!(kept.reports(MOTHER.id).await, ["reported"]);
    // A later hang-up doesn't reopen it, and a later completion doesn't create another.
    let mut third = son.clone();
    third.keys(&WELL[8..]).await.hears(RECEIVED);
    third.hang_up().await;
    assert_eq!(kept.reports(MOTHER.id).await, ["reported"]);
    let standing: BTreeSet<String> = kept.answers(MOTHER.id).await.into_iter().collect();
    assert_eq!(standing, WELL_KEPT.iter().map(|answer| (*answer).to_owned()).collect());
}

async fn fault_23_an_answer_of_another_call_after_the_report_is_kept_beside_it(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, "2026-11-24T01:00:00Z").await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let mut first = Phone::ring_any(&line.carrier).await;
    first.identify(&MOTHER).await;
    let mut second = Phone::ring_any(&line.carrier).await;
    second.identify(&MOTHER).await;
    first.keys(&WELL).await.hears(RECEIVED);
    let answered = |late: bool| {
        format!("SELECT item || '=' || entry || ' ' || severity FROM answers WHERE late IS {late} ORDER BY id")
    };
    let acknowledged = kept.column(&answered(false)).await;
    // Fever, low oxygen and cyanosis, all reported after the first caller was thanked.
    second.keys(&["391", "1", "088", "1", "1", "1", "1"]).await;
    assert_eq!(kept.column(&answered(false)).await, acknowledged, "the acknowledged report stands");
    let late = kept.column(&answered(true)).await;
    assert_eq!(late.len(), 3, "{late:?}");
    assert!(late.contains(&"complexion=yes red".to_owned()), "{late:?}");
    let red = kept.alerts().await.into_iter().filter(|alert| alert.starts_with("red_answer")).count();
    assert!(red >= 1, "a late red answer alerts as any other");
    second.keys(&WELL[5..]).await.hears(RECEIVED);
    assert_eq!(kept.reports(MOTHER.id).await, ["reported"]);
    let mut tx = fresh.database.begin_read().await.unwrap();
    let day = jiff::civil::date(2026, 11, 24);
    let page = reports::ExportPage { from: day, to: day, centres: None, after: None, limit: 10 };
    let exported = reports::export(&mut tx, &page).await.unwrap();
    assert_eq!(exported.len(), 1);
    assert_eq!(exported[0].severity, kenkocall::domain::Severity::None);
    assert_eq!(exported[0].answers.iter().find(|answer| answer.item.code() == "spo2").unwrap().entry.expose(), "098");
}

async fn digits_that_race_with_the_hang_up_are_kept_whole_or_not_at_all(fresh: Fresh) {
    let line = TestServer::with_people(&fresh.database, &fresh.url).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let ids: Vec<String> = (7_000_001..7_000_013).map(|id| id.to_string()).collect();
    super::test_patients::register_many(&fresh.database, jiff::Timestamp::now(), &ids).await.unwrap();
    for id in &ids {
        let mut phone = Phone::ring_any(&line.carrier).await;
        phone.keys(&["1", id, MOTHER.birth_date]).await.keys(&WELL[..4]).await;
        let action = phone.action().to_owned();
        let digits = [("Digits", "2")];
        let (answer, ()) = tokio::join!(phone.post(&action, &digits), phone.hang_up());
        let (_, next) = read(&answer.unwrap().body);
        let taken = next != Next::Over;
        assert_eq!(kept.answers(id).await, WELL_KEPT[..if taken { 3 } else { 2 }], "acknowledged: {taken}");
        assert_eq!(kept.reports(id).await, ["unanswered"]);
    }
    assert_eq!(kept.dispositions().await, vec!["unanswered"; ids.len()]);
}

async fn a_hang_up_in_the_same_commit_as_a_turn_that_does_not_fit_is_not_lost(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, "2026-11-24T01:00:00Z").await;
    let mut phone = Phone::ring_any(&line.carrier).await;
    phone.identify(&MOTHER).await;
    let (call, turn) = (phone.call(), u32::try_from(phone.turn()).unwrap());
    // Both are queued before the conversation service's task runs, as a test's runtime has one thread.
    let unfit = CarrierEvent::Turn { call, turn, happening: EventKind::TransferEnded(TransferOutcome::NotReached) };
    let (ended, ringing) = (Some(HangupCause::NormalClearing), Ringing::Proven);
    let gone = LegStatus { call: None, carrier: "twilio", leg: phone.leg.clone(), status: "completed", ended, ringing };
    let (unfit, gone) =
        tokio::join!(line.conversations.take(unfit), line.conversations.take(CarrierEvent::Status(gone)));
    assert!(matches!(unfit, Ok(Outcome::Reply { turn: next, .. }) if next == turn), "{unfit:?}");
    assert!(matches!(gone, Ok(Outcome::Noted)), "{gone:?}");
    assert_eq!(DatabaseAssertions::at(&fresh.url).dispositions().await, ["unanswered"], "the caller is gone");
    let keyed = EventKind::Keyed(Keys::parse("1").unwrap().into());
    let late = line.conversations.take(CarrierEvent::Turn { call, turn, happening: keyed }).await;
    assert!(matches!(late, Ok(Outcome::CallAgain(_))), "whoever is there hears why: {late:?}");
}

async fn fault_23_a_report_finished_in_the_same_commit_as_the_other_call_hangs_up_is_finished(fresh: Fresh) {
    let line = InProcessServer::at(&fresh.database, "2026-11-24T01:00:00Z").await;
    for person in [&MOTHER, &SON] {
        let mut finishing = Phone::ring_any(&line.carrier).await;
        finishing.identify(person).await.keys(&WELL[..WELL.len() - 1]).await;
        let mut leaving = Phone::ring_any(&line.carrier).await;
        leaving.identify(person).await;
        let last = EventKind::Keyed(Keys::parse(WELL[WELL.len() - 1]).unwrap().into());
        let turn = u32::try_from(finishing.turn()).unwrap();
        let finished = line.conversations.take(CarrierEvent::Turn { call: finishing.call(), turn, happening: last });
        let (ended, ringing) = (Some(HangupCause::NormalClearing), Ringing::Proven);
        let left =
            LegStatus { call: None, carrier: "twilio", leg: leaving.leg.clone(), status: "completed", ended, ringing };
        let left = line.conversations.take(CarrierEvent::Status(left));
        // Both are queued before the conversation service's task runs, as a test's runtime has one thread.
        let (finished, left) =
            if person.id == MOTHER.id { tokio::join!(finished, left) } else { first_the_other(finished, left).await };
        assert!(matches!(finished, Ok(Outcome::Reply { .. })), "{finished:?}");
        assert!(matches!(left, Ok(Outcome::Noted)), "{left:?}");
        assert_eq!(DatabaseAssertions::at(&fresh.url).reports(person.id).await, ["reported"], "the caller was thanked");
    }
}

async fn first_the_other<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
    let (other, one) = tokio::join!(other, one);
    (one, other)
}
