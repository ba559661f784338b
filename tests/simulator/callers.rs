//! Inbound calls of the simulated people.

use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::simulator::{Between, Caller, NetworkEventKind, Pace, Population, Script, Settings, Staff};
use kenkocall::domain::{Disposition, HangupCause, Language, Line};

use super::driver::{Phones, identity, keys, number, secs, settings};

fn family() -> Phones {
    let mut phones = Phones::new(settings(9, Population::default()));
    phones.patients = ["1000001", "1000002", "1000003"].map(|id| identity(id, "19800401")).to_vec();
    phones
}

fn ring_in(phones: &mut Phones, line: Line, people: usize, script: Option<Script>) -> CarrierLegId {
    let people = phones.patients.iter().take(people).cloned().collect();
    let caller = Caller { people, language: Language::English, script };
    phones.network.ring_in(Some(number(1)), line, caller, phones.now).unwrap()
}

#[test]
fn someone_calls_for_the_whole_family() {
    for line in [Line::HealthCall, Line::CallBack] {
        let mut phones = family();
        let leg = ring_in(&mut phones, line, 3, None);
        phones.run_out();
        assert_eq!(phones.of(&leg).first(), Some(&NetworkEventKind::RangIn(line)));
        assert_eq!(phones.disposition(&leg), Some(Disposition::Reported));
        assert_eq!(phones.cause(&leg), HangupCause::NormalClearing);
        let heard = &phones.talks[&leg].heard;
        assert_eq!(heard.iter().filter(|prompt| *prompt == "health_call.ask_another_person").count(), 3);
        let news = phones.news.iter().find(|news| news.leg == leg).unwrap();
        assert_eq!((news.call, news.from.clone(), news.to.clone()), (None, Some(number(1)), None));
    }
}

#[test]
fn someone_who_is_unknown_is_led_to_staff_and_sent_away() {
    let mut phones = family();
    let wrong =
        Script::answers(secs(0)).keys_at("health_call.ask_birth_date", keys("19800402")).staff(Staff::NeverAnswer);
    let leg = ring_in(&mut phones, Line::HealthCall, 1, Some(wrong));
    phones.run_out();
    assert_eq!(phones.disposition(&leg), Some(Disposition::StaffNotReached));
}

#[test]
fn someone_hangs_up_and_calls_again() {
    let mut phones = family();
    let script = Script::answers(secs(0)).tempo(Pace::ORDINARY).hangs_up_at_question(8);
    let first = ring_in(&mut phones, Line::HealthCall, 1, Some(script));
    phones.run_out();
    assert_eq!(phones.disposition(&first), Some(Disposition::Unanswered));
    let second = ring_in(&mut phones, Line::HealthCall, 1, None);
    phones.run_out();
    assert_ne!(first, second);
    assert_eq!(phones.disposition(&second), Some(Disposition::Reported));
}

/// An ID of eight digits and a birth date, with long looks at the paper, `#` after each entry, and a third of the calls
/// with a key too many.
#[test]
fn those_who_find_it_hard_are_identified() {
    let between_keys = Between::millis(1_000, 8_000);
    let tempo = Pace { between_keys, hashes: 0.5, extra_keys: 0.02, ..Pace::ELDERLY };
    let mut phones = Phones::new(settings(9, Population::default()));
    phones.patients = vec![identity("12345678", "19450401")];
    let legs: Vec<_> = (0..200)
        .map(|_| {
            let script = Script::answers(secs(0)).tempo(tempo.clone());
            let leg = ring_in(&mut phones, Line::HealthCall, 1, Some(script));
            phones.run_out();
            leg
        })
        .collect();
    let identified = |leg: &&CarrierLegId| phones.disposition(leg) != Some(Disposition::NotIdentified);
    let identified = legs.iter().filter(identified).count();
    println!("{identified} of {}", legs.len());
    assert!(identified * 100 >= legs.len() * 95, "{identified} of {}", legs.len());
}

#[test]
fn a_full_network_lets_nobody_through() {
    let mut phones = Phones::new(Settings { capacity: 1, ..settings(9, Population::default()) });
    let caller = || Caller { people: Vec::new(), language: Language::Japanese, script: None };
    assert!(phones.network.ring_in(None, Line::HealthCall, caller(), phones.now).is_some());
    assert!(phones.network.ring_in(None, Line::HealthCall, caller(), phones.now).is_none());
    phones.run_out();
    assert!(phones.network.ring_in(None, Line::HealthCall, caller(), phones.now).is_some());
}

#[test]
fn i6_a_network_with_callers_prints_nothing_personal() {
    let mut phones = family();
    ring_in(&mut phones, Line::HealthCall, 3, None);
    phones.call(2);
    for _ in 0..900 {
        let printed = format!("{:?}", phones.network);
        for personal in ["1000001", "19800401", "1980-04-01", number(1).expose(), number(2).expose()] {
            assert!(!printed.contains(personal), "{personal} in {printed}");
        }
        phones.for_seconds(1);
    }
    assert_eq!(phones.network.live(), 0);
}
