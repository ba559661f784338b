//! Callers who key with difficulty: `#` where it isn't expected, long pauses, keys too many, keys without end.

use std::sync::{Arc, LazyLock};

use jiff::SignedDuration;
use kenkocall::domain::{EntryEnd, Item, Keyed, Keys, Language, PhoneNumber};
use kenkocall::engine::{
    AnsweredBy, Effect, EventKind, Fact, Fill, LONGEST_SILENCE_SECONDS, NextAction, Reply, TransferOutcome, Utterance,
    WordsFor, silences, speech_seconds, words,
};
use kenkocall::flow::{FlowName, FlowSet, names};
use kenkocall::flow_test::{Fixtures, FlowTest, PATIENT_ID, Turn};

use crate::built_in::files;

static LIBRARY: LazyLock<Arc<FlowSet>> = LazyLock::new(|| Arc::new(FlowSet::checked(files()).expect("no findings")));

/// A caller of the made-up patient's line.
struct Call {
    test: FlowTest,
    turn: Turn,
}

impl Call {
    fn to(flow: &str) -> Self {
        Self::with(flow, Fixtures::of_a_synthetic_patient().unwrap())
    }

    fn with(flow: &str, cast: Fixtures) -> Self {
        let at = "2026-11-24T09:00:00+09:00".parse().unwrap();
        let mut test = FlowTest::new(LIBRARY.clone(), FlowName::from(flow), Language::Japanese, cast, at);
        let turn = test.call(AnsweredBy::Person).unwrap();
        Self { test, turn }
    }

    /// At the question with this node, in an automated call.
    fn at(question: &str) -> Self {
        let mut call = Self::to(names::AUTOMATED_CALL);
        let entries = ["1", "365", "1", "98", "1", "2"];
        let reached = entries.into_iter().any(|keys| {
            let there = call.stands_at(question);
            if !there {
                call.keys(keys);
            }
            there
        });
        assert!(reached || call.stands_at(question), "{question} isn't reached");
        call
    }

    fn stands_at(&self, node: &str) -> bool {
        self.turn.at.as_ref().is_some_and(|frame| frame.node.as_str() == node)
    }

    fn after(&mut self, milliseconds: i64, keyed: Keyed) -> &mut Self {
        let time = SignedDuration::from_millis(milliseconds);
        self.turn = self.test.happens_after(time, EventKind::Keyed(keyed)).unwrap();
        self
    }

    /// Keys two seconds after the question. The carrier doesn't tell what ended them.
    fn keys(&mut self, keys: &str) -> &mut Self {
        self.after(2_000, Keys::parse(keys).unwrap().into())
    }

    /// Nobody on the staff answers, if the call was put through.
    fn not_reached(&mut self) {
        if self.said().last() == Some(&"person.connecting") {
            self.turn = self.test.happens(EventKind::TransferEnded(TransferOutcome::NotReached)).unwrap();
        }
    }

    fn silence(&mut self) -> &mut Self {
        self.after(90_000, Keyed::silence())
    }

    fn reply(&self) -> &Reply {
        let reply = self.turn.effects.iter().rev().find_map(|effect| match effect {
            Effect::Reply(reply) => Some(reply),
            _ => None,
        });
        reply.expect("a turn has a reply")
    }

    fn said(&self) -> Vec<&str> {
        self.reply().say.iter().map(|said| said.prompt.as_str()).collect()
    }

    fn waits(&self) -> (u8, u8, u8) {
        match self.reply().then {
            NextAction::Gather { max_keys, first_key_seconds, between_keys_seconds, .. } => {
                (max_keys, first_key_seconds, between_keys_seconds)
            }
            _ => panic!("{:?}", self.reply()),
        }
    }

    fn answer(&self) -> Option<(Item, String)> {
        self.turn.effects.iter().find_map(|effect| match effect {
            Effect::Fact(Fact::Answered { item, answer, .. }) => Some((*item, answer.exported())),
            _ => None,
        })
    }
}

fn untold() -> Keyed {
    Keys::default().into()
}

fn finished_by_hash(keys: &str) -> Keyed {
    Keyed { keys: Keys::parse(keys).unwrap(), end: Some(EntryEnd::FinishKey) }
}

const ASK: [&str; 1] = ["questionnaire.ask_body_temperature"];

#[test]
fn a_hash_alone_is_no_silence_and_no_try() {
    let mut call = Call::at("body_temperature");
    for _ in 0..5 {
        assert_eq!(call.after(700, finished_by_hash("")).said(), ASK);
        assert_eq!(call.keys("#").said(), ASK);
    }
    for asked_again in ["shared.no_input_1", "shared.no_input_2"] {
        assert_eq!(call.silence().said(), [asked_again, ASK[0]], "the first try is still there");
    }
}

/// A carrier that doesn't tell: the instructions and the question take 40 s to say, and 60 s are waited.
#[test]
fn without_being_told_what_comes_too_soon_for_silence_is_a_hash() {
    for (milliseconds, silent) in [(500, false), (10_000, false), (50_000, false), (150_000, true)] {
        let mut call = Call::at("body_temperature");
        let said = call.after(milliseconds, untold()).said();
        assert_eq!(said.contains(&"shared.no_input_1"), silent, "{milliseconds}: {said:?}");
    }
    // No phone plays nothing: who answers at once is a rehearsal, and its empty answers are silence.
    assert!(Call::at("body_temperature").after(20, untold()).said().contains(&"shared.no_input_1"));
    assert!(Call::at("body_temperature").after(500, Keyed::silence()).said().contains(&"shared.no_input_1"));
}

#[test]
fn an_id_and_a_birth_date_may_be_keyed_with_pauses() {
    let mut call = Call::to(names::HEALTH_CALL);
    assert_eq!(call.keys("1").waits(), (9, 30, 10));
    assert_eq!(call.keys("1234567#").waits(), (7, 10, 8));
    assert_eq!(Call::at("body_temperature").waits(), (3, 60, 7));
}

/// What a carrier that collects two keys, then one more, delivers for each way to key SpO2.
#[test]
fn spo2_takes_two_keys_and_waits_for_a_third_only_where_one_may_follow() {
    for (parts, value) in
        [(&["98"][..], "98"), (&["09", "8"], "98"), (&["10", "0"], "100"), (&["098"], "98"), (&["100"], "100")]
    {
        let mut call = Call::at("spo2");
        assert_eq!(call.waits(), (2, 30, 7));
        for (nth, part) in parts.iter().enumerate() {
            call.keys(part);
            if nth + 1 < parts.len() {
                assert_eq!((call.said().len(), call.waits()), (0, (1, 7, 7)), "{part}: only the rest is waited for");
            }
        }
        assert_eq!(call.said(), ["questionnaire.read_back_spo2", "questionnaire.confirm_spo2"], "{parts:?}");
        let heard: Vec<_> = call.reply().say.iter().map(|said| words(&LIBRARY, said, WordsFor::Reader)).collect();
        assert!(heard[0].starts_with(&format!("{value}％")), "{heard:?}");
        assert_eq!(call.keys("1").answer(), Some((Item::Spo2, value.to_owned())), "{parts:?}");
    }
    // The # after 98 reaches the next question, and is neither its answer nor a mistake.
    let mut call = Call::at("spo2");
    call.keys("98").after(700, Keys::parse("#").unwrap().into());
    assert_eq!(call.said(), ["questionnaire.read_back_spo2", "questionnaire.confirm_spo2"]);
}

#[test]
fn what_can_be_no_oxygen_saturation_is_asked_again() {
    let again = ["questionnaire.spo2_no_match", "questionnaire.ask_spo2"];
    for parts in [&["35"][..], &["6"], &["05", "5"], &["10", "5"], &["10", "#"]] {
        let mut call = Call::at("spo2");
        for part in parts {
            call.keys(part);
        }
        assert_eq!(call.said(), again, "{parts:?}");
    }
    let mut call = Call::at("spo2");
    assert_eq!(call.keys("10").after(8_000, Keyed::silence()).said(), again, "10 and nothing more");
    let mut call = Call::at("spo2");
    assert_eq!(call.after(5_000, finished_by_hash("10")).said(), again, "10 and #");
    let mut call = Call::at("spo2");
    assert_eq!(call.keys("9").said(), ["questionnaire.ask_spo2"], "9 alone repeats the question");
    let mut call = Call::at("spo2");
    assert_eq!(call.keys("00").keys("0").answer(), Some((Item::Spo2, String::new())));
}

#[test]
fn a_birth_date_is_keyed_by_its_era_or_the_western_calendar() {
    for parts in [&["3550401"][..], &["1980040", "1"], &["19800401"]] {
        let mut call = Call::to(names::HEALTH_CALL);
        call.keys("1").keys(&format!("{PATIENT_ID}#"));
        for (nth, part) in parts.iter().enumerate() {
            call.keys(part);
            if nth + 1 < parts.len() {
                assert_eq!((call.said().len(), call.waits()), (0, (1, 8, 8)));
            }
        }
        assert!(call.stands_at("body_temperature"), "{parts:?}: {:?}", call.said());
    }
    for parts in [&["1945023", "0"][..], &["3640108"], &["4010107"], &["5010430"], &["0550401"], &["6550401"]] {
        let mut call = Call::to(names::HEALTH_CALL);
        call.keys("1").keys(&format!("{PATIENT_ID}#"));
        for part in parts {
            call.keys(part);
        }
        assert_eq!(call.said(), ["health_call.birth_date_no_match_1", "health_call.ask_birth_date"], "{parts:?}");
    }
}

#[test]
fn nobody_who_is_waited_for_hears_a_long_silence() {
    let mut long = 0;
    for question in ["listening", "body_temperature", "body_temperature_confirm", "spo2", "complexion"] {
        let call = Call::at(question);
        let (_, first, between) = call.waits();
        assert!(between <= LONGEST_SILENCE_SECONDS);
        let said = call.reply().while_waiting.as_ref().map(|said| said.prompt.as_str());
        assert_eq!(said, (first > LONGEST_SILENCE_SECONDS).then_some("shared.take_your_time"), "{question}");
        long += usize::from(said.is_some());
    }
    assert_eq!(long, 2, "the thermometer and the oximeter are waited for");
    assert!(silences(90).iter().all(|silence| *silence <= LONGEST_SILENCE_SECONDS));
}

/// 3655 for 365: the extra key reaches the confirmation.
#[test]
fn a_key_too_many_is_no_answer_and_calls_nobody() {
    let confirm = ["questionnaire.read_back_body_temperature", "questionnaire.confirm_body_temperature"];
    for slip in ["5", "0", "#", "7", "9"] {
        let mut call = Call::at("body_temperature");
        call.keys("365").after(700, Keys::parse(slip).unwrap().into());
        assert_eq!(call.said(), confirm, "{slip}");
        for asked_again in ["shared.no_input_1", "shared.no_input_2"] {
            assert_eq!(call.silence().said(), [asked_again, confirm[0], confirm[1]], "after {slip} no try is used");
        }
    }
    // A carrier that keeps keys until the question listens delivers them when the value has been read back.
    let mut call = Call::at("body_temperature");
    let heard = speech_seconds(&LIBRARY, &call.keys("365").reply().say[0]);
    let read_back = i64::try_from(SignedDuration::try_from_secs_f64(heard).unwrap().as_millis()).unwrap();
    assert_eq!(call.after(read_back + 100, Keys::parse("0").unwrap().into()).said(), confirm);
    // Nobody confirms a value that isn't read back yet: a key interrupts only what comes after it.
    let barge_in: Vec<bool> = call.reply().say.iter().map(|said| said.barge_in).collect();
    assert_eq!(barge_in, [false, true]);
    // Later on, 0 is a wish.
    let mut call = Call::at("body_temperature");
    call.keys("365").after(read_back + 2_000, Keys::parse("0").unwrap().into());
    assert_eq!(call.said(), ["person.connecting"]);
    // Those who know the questions type ahead.
    let mut call = Call::at("body_temperature");
    call.keys("365").after(300, Keys::parse("1").unwrap().into());
    assert_eq!(call.answer(), Some((Item::BodyTemperature, "36.5".to_owned())));
    let mut call = Call::at("complexion");
    call.keys("2").after(100, Keys::parse("0").unwrap().into());
    assert_eq!(call.said(), ["person.connecting"], "no entry of several keys was before it");
}

/// A known caller's 365 is noted, and SpO2 is asked for, which takes two keys: a carrier delivers a single one after
/// the wait for the next.
#[test]
fn a_key_too_many_before_another_entry_calls_nobody() {
    let noted = || {
        let mut cast = Fixtures::of_a_synthetic_patient().unwrap();
        cast.patients[0].known_in.push(Language::Japanese);
        let mut call = Call::with(names::AUTOMATED_CALL, cast);
        call.keys("1").keys("365");
        call
    };
    let ask = ["questionnaire.ask_spo2"];
    for (key, milliseconds) in [("0", 7_300), ("5", 8_500), ("0", 200)] {
        let mut call = noted();
        call.after(milliseconds, Keys::parse(key).unwrap().into());
        assert_eq!(call.said(), ask, "{key} after {milliseconds} ms");
        assert_eq!(call.keys("98").answer(), Some((Item::Spo2, "98".to_owned())));
    }
    let mut call = noted();
    assert_eq!(call.after(20_000, Keys::parse("0").unwrap().into()).said(), ["person.connecting"]);
    let mut call = noted();
    call.after(7_500, Keys::parse("7").unwrap().into());
    assert_eq!(call.said(), ["questionnaire.ask_body_temperature"], "7 corrects what was noted");
    // A phone that tells each key at once means it, once the value has been noted.
    let mut call = noted();
    assert_eq!(call.after(5_800, Keys::parse("0").unwrap().into()).said(), ["person.connecting"]);
}

#[test]
fn corrections_without_an_answer_end() {
    // 7 just after the entry is taken for a slip, and 365 is then wrong at the confirmation.
    for (keys, most) in [(["365", "2"], 42), (["365", "7"], 84)] {
        let turns = ends_with_answers(Call::at("body_temperature"), |nth| Keys::parse(keys[nth % 2]).unwrap().into());
        assert_eq!(turns, most, "{keys:?}");
    }
}

#[test]
fn the_health_call_is_named_without_stray_marks_and_not_again_without_its_number() {
    let heard = |number: Option<PhoneNumber>, language| {
        let fill = vec![Fill::HealthCallNumber(number)];
        let said = Utterance { prompt: "shared.number_again".into(), language, barge_in: true, fill };
        words(&LIBRARY, &said, WordsFor::Voice)
    };
    let number = || PhoneNumber::from_e164("+815031980214").ok();
    for language in Language::ALL {
        let said = heard(number(), language);
        let stray = [", .", ", ,", "、，", "、。", "  ", "、で"].into_iter().find(|marks| said.contains(marks));
        assert_eq!(stray, None, "{language}: {said}");
    }
    assert!(heard(number(), Language::Japanese).ends_with("ヨンです。"));
    let mut cast = Fixtures::of_a_synthetic_patient().unwrap();
    cast.health_call_number = None;
    let mut call = Call::with(names::AUTOMATED_CALL, cast);
    call.keys("2").keys("2");
    assert_eq!((call.said(), call.turn.over), (vec!["automated_call.call_later"], true));
}

/// The end of a call that is ended by a limit: it says what to do, and keeps what was answered.
fn ends_with_answers(mut call: Call, what: impl Fn(usize) -> Keyed) -> usize {
    for nth in 0..2_000 {
        call.not_reached();
        if call.turn.over {
            assert_eq!(call.said().first(), Some(&"shared.gave_up"), "{nth}");
            let kept = call.turn.effects.iter().any(|effect| matches!(effect, Effect::Fact(Fact::ReportClosed { .. })));
            assert!(kept, "the report stays, unfinished");
            return nth;
        }
        call.after(2_000, what(nth));
    }
    panic!("the call goes on for ever");
}

#[test]
fn a_question_is_repeated_ten_times_and_no_more() {
    for key in ["#", "*", "9"] {
        let repeats = ends_with_answers(Call::at("complexion"), |_| Keys::parse(key).unwrap().into());
        assert_eq!(repeats, 11, "{key}");
        let mut call = Call::at("complexion");
        for _ in 0..10 {
            call.keys(key);
        }
        assert_eq!(call.keys("2").answer().map(|(item, _)| item), Some(Item::Complexion), "ten are all right");
        for _ in 0..10 {
            call.keys(key);
        }
        assert!(!call.turn.over, "the next question has ten of its own");
    }
    let mut call = Call::at("body_temperature");
    for _ in 0..11 {
        call.keys("7");
    }
    call.not_reached();
    assert!(call.turn.over, "there is nothing before the first question");
}

#[test]
fn keys_without_end_end_the_call() {
    let tones = ["1234567890", "7", "13", "999", "3", "*", "365", "1", "5", "#", "0000"];
    let turns =
        ends_with_answers(Call::at("body_temperature"), |nth| Keys::parse(tones[nth % tones.len()]).unwrap().into());
    assert!(turns < 700, "{turns}");
    let turns = ends_with_answers(Call::at("spo2"), |_| Keyed::silence());
    assert_eq!(turns, 3);
    // Back and forth between two questions, for longer than any report takes.
    let turns = ends_with_answers(Call::at("cough_or_runny_nose"), |nth| {
        Keys::parse(if nth % 2 == 0 { "7" } else { "2" }).unwrap().into()
    });
    assert!((300..900).contains(&turns), "{turns}");
}

#[test]
fn a_report_that_takes_too_long_ends_and_is_kept() {
    let mut call = Call::at("complexion");
    let half_an_hour = 30 * 60 * 1_000;
    call.after(half_an_hour, Keys::parse("2").unwrap().into());
    assert_eq!(call.answer().map(|(item, _)| item), Some(Item::Complexion), "the last answer counts");
    assert_eq!((call.said(), call.turn.over), (vec!["shared.gave_up"], true));
    let mut call = Call::to(names::HEALTH_CALL);
    call.after(half_an_hour, Keys::parse("1").unwrap().into());
    assert!(!call.turn.over, "it counts from the identification");
}
