//! A person does exactly what a test's script says, to the tenth of a second.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::network::{DialOutcome, Refusal};
use kenkocall::carrier::simulator::{
    Behaviour, Between, Habit, Network, NetworkEvent, NetworkEventKind, Pace, Population, PopulationMix, Script,
    Settings,
};
use kenkocall::domain::{HangupCause, Language};
use kenkocall::engine::{AnsweredBy, NextAction, Reply, Utterance};
use kenkocall::flow::FlowSet;

use super::driver::{dial, keys, morning, number, secs, settings};

/// Every question takes 1.3 s to say: nineteen characters and a pause.
static QUESTIONS: LazyLock<FlowSet> = LazyLock::new(|| {
    let mut files = BTreeMap::new();
    let lines: String = ["a", "b", "c", "d"].map(|prompt| format!("{prompt} = \"nineteen characters\"\n")).concat();
    files.insert("t/prompts/en.toml".to_owned(), lines);
    FlowSet::read(files).0
});

fn asks(prompt: &str, max_keys: u8) -> Reply {
    let prompt = prompt.into();
    let say = vec![Utterance { prompt, language: Language::English, barge_in: true, fill: Vec::new() }];
    let then = NextAction::Gather { max_keys, ends_with_hash: true, first_key_seconds: 10, between_keys_seconds: 5 };
    Reply { say, while_waiting: None, then }
}

fn network(manners: Vec<Behaviour>) -> Network {
    let mut people = Population::of(PopulationMix::only(Habit::NoAnswer));
    people.put(number(1), manners);
    let set_up = Between::exactly(secs(1));
    Network::new(Settings { set_up, ..settings(1, people) })
}

/// A call in which we ask these questions, each by its prompt and its number of keys, then hang up. Returns the
/// events and their seconds.
fn call(network: &mut Network, questions: &[(&str, u8)]) -> Vec<(f64, NetworkEventKind)> {
    let began = network.next_at().unwrap_or(morning());
    assert!(matches!(network.dial(&dial(1), began), DialOutcome::Accepted(_)));
    let mut questions = questions.iter();
    let mut told = Vec::new();
    while let Some(at) = network.next_at() {
        for NetworkEvent { leg, what, at, .. } in network.advance(at) {
            if what.wants_reply() {
                let reply = questions.next().map(|(prompt, max_keys)| asks(prompt, *max_keys));
                network.replied(&leg, reply.as_ref().map(|reply| (&*QUESTIONS, reply)), at);
            }
            told.push((at.duration_since(began).as_millis() as f64 / 1_000.0, whatever_ended(what)));
        }
    }
    told
}

fn one(script: Script, questions: &[(&str, u8)]) -> Vec<(f64, NetworkEventKind)> {
    call(&mut network(vec![script.into()]), questions)
}

/// The same, from the time of the answer.
fn answered(script: Script, questions: &[(&str, u8)]) -> Vec<(f64, NetworkEventKind)> {
    let told = one(script, questions);
    let start = told[1].0;
    assert_eq!(told[1].1, NetworkEventKind::Answered(AnsweredBy::Person));
    let later = told.into_iter().skip(2);
    later.map(|(at, what)| (((at - start) * 10.0).round() / 10.0, what)).collect()
}

fn keyed(text: &str) -> NetworkEventKind {
    NetworkEventKind::Keyed(keys(text).into())
}

/// The same, whatever ended the keys.
fn whatever_ended(what: NetworkEventKind) -> NetworkEventKind {
    match what {
        NetworkEventKind::Keyed(keyed) => NetworkEventKind::Keyed(keyed.keys.into()),
        other => other,
    }
}

const HUNG_UP: NetworkEventKind = NetworkEventKind::Ended(HangupCause::NormalClearing);

#[test]
fn a_steady_person_takes_steady_times() {
    let told = one(Script::answers(secs(3)).keys(keys("1")).keys(keys("368")), &[("t.a", 1), ("t.b", 3)]);
    let expected = [
        (1.0, NetworkEventKind::Ringing),
        (5.5, NetworkEventKind::Answered(AnsweredBy::Person)),
        (7.8, keyed("1")),
        (10.7, keyed("368")),
        (10.7, HUNG_UP),
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_steps_are_taken_in_order_then_the_person_goes_on_alone() {
    let script = Script::answers(secs(3))
        .waits(secs(10))
        .keys(keys("1"))
        .keys(keys("99"))
        .waits(secs(4))
        .waits(secs(2))
        .keys(keys("3"));
    let told = answered(script, &[("t.a", 1), ("t.a", 3), ("t.a", 1), ("t.a", 1)]);
    let expected = [
        (11.3, keyed("")),
        // Two keys instead of three: the silence after them ends the entry.
        (11.3 + 2.6 + 5.0, keyed("99")),
        (18.9 + 2.3 + 6.0, keyed("3")),
        (27.2 + 2.3, keyed("1")),
        (29.5, HUNG_UP),
    ];
    assert_eq!(told, expected);
}

#[test]
fn who_waits_for_longer_than_the_patience_was_silent() {
    let told = answered(Script::answers(secs(3)).waits(secs(10)).keys(keys("1")), &[("t.a", 1)]);
    assert_eq!(told, [(11.3, keyed("")), (11.3, HUNG_UP)]);
}

#[test]
fn keys_at_a_prompt_are_used_in_turn_and_the_last_for_good() {
    let script = Script::answers(secs(3)).keys_at("t.b", keys("5")).keys_at("t.b", keys("2")).keys(keys("3"));
    let told = answered(script, &[("t.b", 1), ("t.b", 1), ("t.a", 1), ("t.b", 1)]);
    let what: Vec<_> = told.into_iter().map(|(_, what)| what).collect();
    assert_eq!(what, [keyed("5"), keyed("2"), keyed("3"), keyed("2"), HUNG_UP]);
}

#[test]
fn keys_at_a_question_are_used_once() {
    let script = Script::answers(secs(3)).keys_at_question(2, keys("8"));
    let told = answered(script, &[("t.a", 1), ("t.b", 1), ("t.b", 1), ("t.c", 1)]);
    let what: Vec<_> = told.into_iter().map(|(_, what)| what).collect();
    assert_eq!(what, [keyed("1"), keyed("8"), keyed("1"), keyed("1"), HUNG_UP]);
}

#[test]
fn a_question_asked_again_is_the_same_one() {
    let questions = [("t.a", 1), ("t.a", 1), ("t.b", 1), ("t.c", 1)];
    for (nth, keyed) in [(1, 0), (2, 2), (3, 3)] {
        let told = answered(Script::answers(secs(3)).hangs_up_at_question(nth), &questions);
        assert_eq!(told.len(), keyed + 1, "at question {nth}: {told:?}");
        assert_eq!(told.last().map(|(_, what)| what), Some(&HUNG_UP));
    }
}

#[test]
fn who_hangs_up_before_anything_is_said_never_answered() {
    let told = one(Script::answers(secs(3)).hangs_up_at_question(0), &[("t.a", 1)]);
    assert_eq!(told, [(1.0, NetworkEventKind::Ringing), (5.5, HUNG_UP)]);
}

#[test]
fn who_would_answer_too_late_does_not() {
    let told = one(Script::answers(secs(30)), &[("t.a", 1)]);
    assert_eq!(told, [(1.0, NetworkEventKind::Ringing), (31.0, NetworkEventKind::Ended(HangupCause::NoAnswer))]);
    let told = one(Script::rejects(secs(30)), &[]);
    assert_eq!(told, [(1.0, NetworkEventKind::Ringing), (31.0, NetworkEventKind::Ended(HangupCause::NoAnswer))]);
}

#[test]
fn what_never_rings_ends_with_its_cause() {
    assert_eq!(one(Script::busy(), &[]), [(1.0, NetworkEventKind::Ended(HangupCause::UserBusy))]);
    assert_eq!(one(Script::rings_out(), &[]).len(), 2);
    let mut refused = network(vec![Script::refused().into()]);
    assert_eq!(refused.dial(&dial(1), morning()), DialOutcome::Refused(Refusal::Number));
    assert_eq!((refused.next_at(), refused.live(), refused.placed()), (None, 0, Vec::new()));
}

#[test]
fn the_behaviours_of_a_number_apply_in_turn() {
    let answers = Script::answers(secs(3)).silent();
    let mut network = network(vec![Script::busy().into(), Script::rings_out().into(), answers.into()]);
    let lengths: Vec<_> = (0..4).map(|_| call(&mut network, &[("t.a", 1)]).len()).collect();
    assert_eq!(lengths, [1, 2, 4, 4]);
}

#[test]
fn someone_who_cuts_words_short_is_faster() {
    let tempo = Pace { barges_in: 1.0, ..Pace::STEADY };
    let told = answered(Script::answers(secs(3)).tempo(tempo), &[("t.a", 1)]);
    assert!(told[0].0 < 1.3, "{told:?}");
}

#[test]
fn who_is_asked_for_ever_hangs_up() {
    let questions: Vec<_> = (0..1_000).map(|nth| (if nth % 2 == 0 { "t.unheard_of" } else { "t.b" }, 1)).collect();
    let told = answered(Script::answers(secs(3)), &questions);
    assert_eq!(told.len(), 301, "300 replies are listened to");
    assert!(told[..300].iter().all(|(_, what)| *what == keyed("1")));
    assert_eq!(told[300].1, HUNG_UP);
}

#[test]
fn a_network_that_gets_no_reply_hangs_up() {
    let mut network = network(vec![Script::answers(secs(3)).into()]);
    network.dial(&dial(1), morning());
    let told = network.advance(morning() + secs(3_600));
    let what: Vec<_> = told.iter().map(|news| news.what.clone()).collect();
    assert_eq!(what, [NetworkEventKind::Ringing, NetworkEventKind::Answered(AnsweredBy::Person), HUNG_UP]);
    assert_eq!(told[2].at.duration_since(told[1].at).as_secs(), 15);
    // Too late and unrequested.
    network.replied(&told[2].leg, Some((&QUESTIONS, &asks("t.a", 1))), morning() + secs(3_600));
    network.replied(&CarrierLegId::parse("no-such-leg").unwrap(), None, morning() + secs(3_600));
    assert_eq!(network.next_at(), None);
}

#[test]
fn a_reply_that_nobody_asked_for_changes_nothing() {
    let mut network = network(vec![Script::answers(secs(3)).into()]);
    let DialOutcome::Accepted(leg) = network.dial(&dial(1), morning()) else { panic!() };
    network.replied(&leg, None, morning());
    assert_eq!(network.advance(morning() + secs(1)).len(), 1);
    network.replied(&leg, None, morning() + secs(2));
    assert_eq!(network.advance(morning() + secs(6)).len(), 1);
    assert_eq!(network.live(), 1);
}

#[test]
fn a_network_goes_where_its_mutex_goes() {
    fn sendable<T: Send + 'static>(_: &T) {}
    sendable(&network(Vec::new()));
}
