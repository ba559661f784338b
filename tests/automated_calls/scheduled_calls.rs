//! A patient is called at the configured time and answers.

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after};
use crate::on_both_databases;
use kenkocall::carrier::simulator::{Health, Script};
use kenkocall::domain::Keys;
use kenkocall::engine::AnsweredBy;
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::patient_import::Column;
use kenkocall::store::audit::{self, AuditFilter, AuditRow};
use std::time::Duration;

on_both_databases!(
    a7_called_at_the_configured_time_and_reported,
    a10_voicemail_hears_a_number_and_nothing_of_health,
    a10_the_centre_is_named_and_someone_confirms_before_any_question,
    ten_thousand_would_wait_their_turn_at_the_pace_of_the_carrier,
    what_is_not_automated_is_not_called,
    fault_14_two_workers_dial_each_slot_once,
    fault_35_a_call_that_another_node_is_placing_is_not_a_loss,
    whoever_is_on_the_phone_holds_up_nobody_else,
    who_twice_has_no_value_for_spo2_is_asked_again_after_a_week,
    a_value_from_a_patient_without_an_oximeter_is_a_change_on_the_record,
);

/// The entries of the audit trail about changes by the program itself, oldest first: from where, and what.
async fn own_changes(day: &Day) -> Vec<String> {
    let mut tx = day.client.context.database.begin_read().await.unwrap();
    let filter = AuditFilter { actor: Some("kenkocall".to_owned()), limit: 100, ..AuditFilter::default() };
    let mut entries = audit::list(&mut tx, &filter).await.unwrap();
    entries.retain(|entry| entry.action == "patient.changed");
    entries.reverse();
    let told = |entry: &AuditRow| {
        assert_eq!(entry.centre.as_ref().map(|code| code.as_str()), Some(SYNTHETIC_CENTRE));
        format!("{} {}", entry.source, entry.details.as_str())
    };
    entries.iter().map(told).collect()
}

async fn a7_called_at_the_configured_time_and_reported(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00;17:30"], ..Plan::default() }).await;
    day.until("08:59:59").await;
    assert!(day.rang().is_empty(), "{:?}", day.rang());
    day.until("09:10").await;
    assert_eq!(day.rang(), ["09:00:00 01"]);
    assert_eq!(day.slots().await, ["09:00 reported 1"]);
    assert_eq!(day.kept.column("SELECT channel FROM reports WHERE outcome = 'reported'").await, ["automated_call"]);
    assert_eq!(day.kept.count("answers").await, 11);
    day.until("20:30").await;
    assert_eq!(day.rang().len(), 1, "A9: the report cancels the day's rest");
    assert_eq!(day.slots().await, ["09:00 reported 1", "17:30 cancelled reported 0"]);
    let known = r#"sessions WHERE session LIKE '%"known_in":["ja"]%'"#;
    day.until_moment("2026-11-25T09:00:10+09:00").await;
    assert_eq!(day.kept.count(known).await, 1, "the patient has completed the first call");
    day.until_moment("2026-11-25T09:10:00+09:00").await;
    assert_eq!(day.rang().len(), 2, "the next day is another one");
    assert_eq!(day.kept.count("calls WHERE ended_at IS NULL").await, 0);
    assert_eq!(day.kept.count("attempts WHERE ended_at IS NULL").await, 0);
}

async fn a10_voicemail_hears_a_number_and_nothing_of_health(fresh: Fresh) {
    let machine = Script::answers(Duration::from_secs(5)).picked_up_by(AnsweredBy::Machine, Duration::from_secs(4));
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![machine.into()])], ..Plan::default() }).await;
    day.until("09:05").await;
    assert_eq!(day.attempts().await, ["01 voicemail"]);
    let said = day.said().await;
    assert!(said.contains("automated_call.voicemail"), "{said}");
    assert!(!said.contains("questionnaire") && !said.contains("ask_listening"), "{said}");
    assert_eq!(day.kept.count("reports").await, 0, "voicemail isn't a report");
}

async fn a10_the_centre_is_named_and_someone_confirms_before_any_question(fresh: Fresh) {
    let silent = Script::answers(Duration::from_secs(2)).silent();
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![silent.into()])], ..Plan::default() }).await;
    day.until("09:10").await;
    let said = day.said().await;
    assert!(said.find("automated_call.greeting") < said.find("automated_call.ask_listening"), "{said}");
    assert!(said.contains("automated_call.ask_listening") && !said.contains("questionnaire."), "{said}");
    assert_eq!(day.attempts().await, ["01 dropped"]);
}

async fn whoever_is_on_the_phone_holds_up_nobody_else(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00;09:01", "09:02"], calls_per_second: 1.0, ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("09:01:30").await;
    assert_eq!(day.kept.count("attempts WHERE ended_at IS NULL").await, 1, "the first call takes longer than a minute");
    // At a rate of one call a second, the other patient's slot may come first.
    day.until("09:02:03").await;
    let rang = day.rang();
    assert_eq!((rang.len(), &rang[1][..7], &rang[1][9..]), (2, "09:02:0", "02"), "{rang:?}");
}

async fn ten_thousand_would_wait_their_turn_at_the_pace_of_the_carrier(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00"; 30], calls_per_second: 2.0, concurrent_calls: 3, ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    let mut most = 0;
    for minute in 0..40 {
        for second in [0, 15, 30, 45] {
            day.until(&format!("09:{minute:02}:{second:02}")).await;
            most = most.max(day.kept.count("attempts WHERE ended_at IS NULL").await);
        }
    }
    assert_eq!(most, 3, "as many at a time as allowed, and never more");
    day.until("12:00").await;
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 30);
    let rang = day.rang();
    let mut by_second = std::collections::BTreeMap::<&str, u32>::new();
    for call in &rang {
        *by_second.entry(&call[..8]).or_default() += 1;
    }
    assert!(by_second.values().all(|calls| *calls <= 2), "{by_second:?}");
}

async fn what_is_not_automated_is_not_called(fresh: Fresh) {
    use kenkocall::patient_import::Column;
    let day = Day::begin(
        &fresh,
        Plan { patients: vec!["09:00"; 3], people: vec![(0, vec![answers_after(1)])], ..Plan::default() },
    )
    .await;
    day.set(0, &[(Column::AutomatedCall, "no")]).await;
    day.set(1, &[(Column::MonitoringStart, "2026-11-25")]).await;
    day.until("20:30").await;
    assert_eq!(day.rang().iter().map(|call| &call[9..]).collect::<Vec<_>>(), ["03"]);
    day.until_moment("2026-11-25T09:10:00+09:00").await;
    assert!(day.rang().iter().any(|call| call.ends_with("02")), "observation has begun: {:?}", day.rang());
    assert!(!day.rang().iter().any(|call| call.ends_with("01")), "{:?}", day.rang());
}

/// A node starts while another one has requested calls and hasn't stored the replies yet.
async fn fault_35_a_call_that_another_node_is_placing_is_not_a_loss(fresh: Fresh) {
    use kenkocall::service::Dialer;
    let plan = Plan { patients: vec!["09:00"; 3], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("08:59:59").await;
    day.down_until("2026-11-24T09:00:00+09:00");
    let simulation = &day.simulation;
    let prepared = simulation.dialer.prepare().await.unwrap();
    assert_eq!(prepared.ticked.intended, 3);
    // Two requests have reached the carrier, whose replies are lost.
    let calls = day.kept.rows("SELECT call_id, phone_number FROM attempts ORDER BY call_id LIMIT 2").await;
    for row in calls {
        let to = kenkocall::domain::PhoneNumber::from_e164(&row[1]).unwrap();
        let dial = kenkocall::carrier::network::Dial {
            call: row[0].parse().unwrap(),
            to: kenkocall::domain::CallableNumber::new(to).unwrap(),
            from: simulation.dialer.dialling().from.clone(),
            ring_seconds: 30,
            longest_seconds: 600,
        };
        let dialled = simulation.carriers.default().dial(&dial).await;
        assert!(matches!(dialled, kenkocall::carrier::network::DialOutcome::Accepted(_)));
    }
    drop(prepared);
    let database = kenkocall::store::Database::open(&fresh.url, 4).await.unwrap();
    let context = day.context_on(database.clone());
    let dialling = simulation.dialer.dialling().clone();
    let other = Dialer::new(context, simulation.conversations.clone(), simulation.carriers.clone(), dialling);
    let ticked = other.tick_and_wait().await.unwrap();
    assert_eq!((ticked.intended, ticked.held_until), (0, None));
    assert_eq!(day.kept.count("losses").await, 0);
    day.until("10:00").await;
    assert_eq!(day.rang().len(), 3, "each phone rings once: {:?}", day.rang());
    assert_eq!(day.kept.count("losses").await, 0);
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 3);
    database.close().await;
}

async fn fault_14_two_workers_dial_each_slot_once(fresh: Fresh) {
    use kenkocall::service::Dialer;
    let plan =
        Plan { patients: vec!["09:00"; 40], calls_per_second: 1_000.0, concurrent_calls: 1_000, ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("08:59:59").await;
    day.down_until("2026-11-24T09:00:00+09:00");
    let simulation = &day.simulation;
    // Another node: its own connections, the same database and carrier.
    let database = kenkocall::store::Database::open(&fresh.url, 4).await.unwrap();
    let context = day.context_on(database.clone());
    let dialling = simulation.dialer.dialling().clone();
    let other = Dialer::new(context, simulation.conversations.clone(), simulation.carriers.clone(), dialling);
    for _ in 0..10 {
        // A node that finds the other one ahead claims nothing and tries again.
        let (_first, _second) = tokio::join!(simulation.dialer.tick_and_wait(), other.tick_and_wait());
    }
    assert_eq!(day.kept.count("attempts").await, 40);
    assert_eq!(day.rang().len(), 40, "each phone rings once");
    day.until("09:30").await;
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 40);
    database.close().await;
}

async fn who_twice_has_no_value_for_spo2_is_asked_again_after_a_week(fresh: Fresh) {
    let none = || {
        let none = || Keys::parse("000").unwrap();
        let answers = Script::answers(Duration::from_secs(2));
        answers.keys_at("questionnaire.ask_spo2", none()).keys_at("questionnaire.ask_spo2_short", none()).into()
    };
    let well = || Script::answers(Duration::from_secs(2)).health(Health::well()).into();
    let drops = Script::answers(Duration::from_secs(2)).hangs_up_at_question(2).into();
    let people = vec![(0, vec![none(), none(), drops]), (1, vec![none(), well(), none(), well()])];
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "09:00"], people, ..Plan::default() }).await;
    let oximeters = async || day.kept.column("SELECT oximeter FROM patients ORDER BY hersys_id").await;
    let asked = async |question: &str| {
        let session = format!(r#"sessions WHERE session LIKE '%"oximeter":"no"{question}}}%'"#);
        day.kept.count(&session).await
    };
    let left_out = r#","spo2_question":"left_out""#;
    day.until("09:20").await;
    assert_eq!(oximeters().await, ["unknown", "unknown"], "once may be a slip");
    day.until_moment("2026-11-25T09:20:00+09:00").await;
    assert_eq!(oximeters().await, ["no", "unknown"]);
    assert_eq!(day.kept.column("SELECT field FROM patient_changes").await, ["oximeter"]);
    assert_eq!(own_changes(&day).await, [r#"system {"oximeter":["unknown","no"]}"#]);
    day.until_moment("2026-11-26T09:00:10+09:00").await;
    assert_eq!(asked(left_out).await, 1, "in the call under way");
    day.until_moment("2026-11-26T12:00:00+09:00").await;
    assert_eq!(oximeters().await, ["no", "unknown"], "not two in a row");
    for oximeter in ["yes", "no"] {
        day.set(0, &[(Column::Oximeter, oximeter)]).await;
    }
    day.until_moment("2026-12-02T09:00:10+09:00").await;
    assert_eq!(asked(left_out).await, 1, "six days after staff said so");
    day.until_moment("2026-12-03T09:00:10+09:00").await;
    assert_eq!((asked(left_out).await, asked("").await), (0, 1), "a week after");
}

async fn a_value_from_a_patient_without_an_oximeter_is_a_change_on_the_record(fresh: Fresh) {
    let well = || Script::answers(Duration::from_secs(2)).health(Health::well()).into();
    let people = vec![(0, vec![well(); 9]), (1, vec![well(); 9])];
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "09:00"], people, ..Plan::default() }).await;
    day.set(0, &[(Column::Oximeter, "no")]).await;
    day.until_moment("2026-11-30T09:20:00+09:00").await;
    assert_eq!(own_changes(&day).await, [""; 0], "SpO2 wasn't asked for, and who measures each day changes nothing");
    day.until_moment("2026-12-02T09:20:00+09:00").await;
    assert_eq!(day.kept.column("SELECT oximeter FROM patients ORDER BY hersys_id").await, ["yes", "unknown"]);
    assert_eq!(own_changes(&day).await, [r#"system {"oximeter":["no","yes"]}"#]);
}
