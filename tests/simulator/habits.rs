//! Each habit, in the built-in flow of the automated call.

use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::simulator::{Habit, Health, NetworkEventKind, Population, PopulationMix, Script};
use kenkocall::domain::{Answer, BodyTemperature, Disposition, HangupCause, Item, OxygenSaturation, YesNo};
use kenkocall::engine::AnsweredBy;

use super::driver::{Phones, secs, settings, with};

/// The number of different people for each habit.
const PEOPLE: u32 = 40;

fn crowd_of(habit: Habit) -> (Phones, Vec<CarrierLegId>) {
    let mut phones = Phones::new(settings(3, Population::of(PopulationMix::only(habit))));
    let legs = (0..PEOPLE).map(|nth| phones.call(nth)).collect();
    phones.run_out();
    (phones, legs)
}

fn reported(phones: &Phones, legs: &[CarrierLegId]) -> usize {
    legs.iter().filter(|leg| phones.disposition(leg) == Some(Disposition::Reported)).count()
}

fn heard_health_questions(phones: &Phones, leg: &CarrierLegId) -> bool {
    phones.talks.get(leg).is_some_and(|talk| talk.heard.iter().any(|prompt| prompt.starts_with("questionnaire.")))
}

#[test]
fn a_well_person_is_called_and_reports() {
    let mut phones = with(Script::answers(secs(4)).health(Health::well()));
    let leg = phones.call(1);
    phones.run_out();
    assert_eq!(phones.disposition(&leg), Some(Disposition::Reported));
    assert_eq!(phones.cause(&leg), HangupCause::NormalClearing);
    let told = phones.of(&leg);
    assert_eq!(told.first(), Some(&NetworkEventKind::Ringing));
    assert_eq!(told.get(1), Some(&NetworkEventKind::Answered(AnsweredBy::Person)));
    let talk = &phones.talks[&leg];
    assert_eq!(talk.answers[&Item::BodyTemperature], "366");
    assert_eq!(talk.answers[&Item::Spo2], "098");
    assert_eq!(talk.answers.len(), 11, "the twelfth is asked only after the fifth");
    assert!(talk.answers.iter().skip(2).all(|(_, answer)| answer == "no"));
    // Such a call takes two minutes.
    let seconds = phones.times(&leg, super::driver::morning()).pop().unwrap();
    assert!((100.0..300.0).contains(&seconds), "{seconds}");
}

#[test]
fn an_ill_person_answers_as_they_are() {
    let mut health = Health::well();
    health.temperature = BodyTemperature::from_tenths(391);
    health.saturation = OxygenSaturation::from_percent(94);
    health.saturation_again = OxygenSaturation::from_percent(96);
    health.symptoms.insert(Item::Breathlessness, YesNo::Yes);
    health.symptoms.insert(Item::BreathlessnessSevere, YesNo::Yes);
    health.symptoms.insert(Item::NoUrine, YesNo::Unknown);
    let mut phones = with(Script::answers(secs(4)).health(health.clone()));
    let leg = phones.call(1);
    phones.run_out();
    let talk = &phones.talks[&leg];
    assert_eq!(talk.disposition, Some(Disposition::Reported));
    assert_eq!(talk.alerts, ["red_answer"]);
    for item in Item::ALL {
        let expected = if item == Item::Spo2 { "096".to_owned() } else { Answer::entry(health.answer(item)) };
        assert_eq!(talk.answers[&item], expected, "{}", item.code());
    }
}

#[test]
fn those_who_finish_do() {
    for habit in [Habit::Finishes, Habit::AnswersLate, Habit::WrongKeys, Habit::OtherLanguage] {
        let (phones, legs) = crowd_of(habit);
        assert_eq!(reported(&phones, &legs), legs.len(), "{}", habit.code());
    }
}

#[test]
fn those_who_find_it_hard_mostly_do() {
    let (phones, legs) = crowd_of(Habit::Elderly);
    let reported = reported(&phones, &legs);
    assert!((24..legs.len()).contains(&reported), "{reported}");
    let asked_again = |leg: &&CarrierLegId| phones.talks[leg].heard.windows(2).any(|two| two[0] == two[1]);
    assert!(legs.iter().filter(asked_again).count() > 20, "they hear everything once");
}

/// Those who are slow, press wrong keys, wait long between keys or press `#` everywhere. The rates of what they do are
/// in docs/performance.md. Who decides to hang up isn't asked again, whatever the call is like.
#[test]
fn those_who_find_it_hard_are_not_lost() {
    for habit in [Habit::Elderly, Habit::SlowKeys, Habit::WrongKeys, Habit::HashEverywhere, Habit::ExtraKeys] {
        let mut phones = Phones::new(settings(3, Population::of(PopulationMix::only(habit))));
        let legs: Vec<_> = (0..400).map(|nth| phones.call(nth)).collect();
        phones.run_out();
        let placed = phones.network.placed();
        let gave_up = placed.iter().filter(|placed| placed.gave_up).count();
        assert!(placed.iter().all(|placed| placed.habit == Some(habit)));
        assert!(gave_up < 120 && (gave_up > 0) == (habit == Habit::Elderly), "{gave_up}");
        let (tried, completed) = (legs.len() - gave_up, reported(&phones, &legs));
        println!("{}: {completed} of {tried}", habit.code());
        assert!(completed * 100 >= tried * 95, "{}: {completed} of {tried}", habit.code());
    }
}

#[test]
fn people_who_do_not_finish_complete_no_report() {
    for habit in [
        Habit::HangsUpMidway,
        Habit::NotNow,
        Habit::WrongNumber,
        Habit::Silent,
        Habit::Voicemail,
        Habit::VoicemailUnnoticed,
    ] {
        let (phones, legs) = crowd_of(habit);
        for leg in &legs {
            assert_eq!(phones.cause(leg), HangupCause::NormalClearing);
            let disposition = phones.disposition(leg).unwrap();
            assert_ne!(disposition, Disposition::Reported, "{}", habit.code());
            // A10: no health content before somebody confirms that they are listening.
            assert!(
                habit == Habit::HangsUpMidway || !heard_health_questions(&phones, leg),
                "{} heard health questions",
                habit.code()
            );
        }
    }
}

#[test]
fn voicemail_hears_one_message_after_its_greeting() {
    let (phones, legs) = crowd_of(Habit::Voicemail);
    for leg in &legs {
        let ended = NetworkEventKind::Ended(HangupCause::NormalClearing);
        assert_eq!(phones.of(leg), [NetworkEventKind::Ringing, NetworkEventKind::Answered(AnsweredBy::Machine), ended]);
        assert_eq!(phones.talks[leg].heard, ["automated_call.voicemail_number"], "the last prompt of the message");
    }
}

#[test]
fn those_who_are_not_reached_end_with_their_cause() {
    for (habit, cause, rings) in [
        (Habit::NoAnswer, HangupCause::NoAnswer, true),
        (Habit::Busy, HangupCause::UserBusy, false),
        (Habit::Rejects, HangupCause::CallRejected, true),
        (Habit::NoSuchNumber, HangupCause::InvalidNumberFormat, false),
        (Habit::NetworkFails, HangupCause::TemporaryFailure, false),
    ] {
        let (phones, legs) = crowd_of(habit);
        for leg in &legs {
            let mut expected = vec![NetworkEventKind::Ended(cause)];
            if rings {
                expected.insert(0, NetworkEventKind::Ringing);
            }
            assert_eq!(phones.of(leg), expected, "{}", habit.code());
        }
    }
}

#[test]
fn those_who_ask_for_something_else_get_it() {
    let (phones, legs) = crowd_of(Habit::AsksToStop);
    assert!(legs.iter().all(|leg| phones.talks[leg].alerts.contains(&"stop_request")));
    let finished = reported(&phones, &legs);
    assert!((5..35).contains(&finished), "{finished} of 40 go on after it");

    let (phones, legs) = crowd_of(Habit::StopsAtOnce);
    let told = |kind: &str| legs.iter().filter(|leg| phones.talks[leg].alerts.contains(&kind)).count();
    let [patient, wrong, unknown] = ["stop_request", "wrong_number", "stop_unconfirmed"].map(told);
    assert_eq!(patient + wrong + unknown, legs.len(), "each is told of once");
    assert!(patient > 3 && wrong > 3 && unknown > 10, "{patient} {wrong} {unknown}");

    let (phones, legs) = crowd_of(Habit::WantsPerson);
    for leg in &legs {
        assert!(phones.talks[leg].heard.iter().any(|prompt| prompt.starts_with("person.")));
    }
    let talked = |leg: &&CarrierLegId| phones.disposition(leg) != Some(Disposition::Reported);
    let talked = legs.iter().filter(talked).count();
    assert!((20..40).contains(&talked), "staff take four of five: {talked}");
}

#[test]
fn someone_who_hangs_up_does_so_at_different_questions() {
    let (phones, legs) = crowd_of(Habit::HangsUpMidway);
    let lengths: std::collections::BTreeSet<_> = legs.iter().map(|leg| phones.talks[leg].replies).collect();
    assert!(lengths.len() > 6, "{lengths:?}");
}
