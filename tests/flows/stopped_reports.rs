//! Who leaves after the advice on a red answer has reported, and staff learn after which question that was.

use std::sync::Arc;

use jiff::SignedDuration;
use kenkocall::domain::{HangupCause, Item, Keyed, Keys, Language, ReportOutcome};
use kenkocall::engine::{AnsweredBy, Effect, EventKind, Fact, TransferOutcome};
use kenkocall::flow::{FlowName, FlowSet, names};
use kenkocall::flow_test::{Fixtures, FlowTest, Turn};

use crate::built_in::files;

const QUESTIONNAIRE: &str = "questionnaire/flow.toml";
/// To the question for the colour of the face: 36.5 °C and 98 %.
const TO_COMPLEXION: [&str; 5] = ["1", "365", "1", "98", "1"];
/// To the advice on a red SpO2.
const RED_SPO2: [&str; 5] = ["1", "365", "1", "92", "1"];

/// An automated call to the made-up patient, and how it closed the report.
struct Call {
    test: FlowTest,
    closed: Vec<(ReportOutcome, Option<Item>)>,
    over: bool,
}

impl Call {
    fn with(flow_set: FlowSet) -> Self {
        let at = "2026-11-24T09:00:00+09:00".parse().unwrap();
        let people = Fixtures::of_a_synthetic_patient().unwrap();
        let flow = FlowName::from(names::AUTOMATED_CALL);
        let mut test = FlowTest::new(Arc::new(flow_set), flow, Language::Japanese, people, at);
        let turn = test.call(AnsweredBy::Person).unwrap();
        let mut call = Self { test, closed: Vec::new(), over: false };
        call.note(&turn);
        call
    }

    fn new() -> Self {
        Self::with(FlowSet::checked(files()).expect("no findings"))
    }

    fn note(&mut self, turn: &Turn) {
        self.over = turn.over;
        for effect in &turn.effects {
            if let Effect::Fact(Fact::ReportClosed { outcome, stopped_after, .. }) = effect {
                self.closed.push((*outcome, *stopped_after));
            }
        }
    }

    fn happens(&mut self, event: EventKind) -> &mut Self {
        // Long enough to have heard all that was said.
        let turn = self.test.happens_after(SignedDuration::from_secs(60), event).unwrap();
        self.note(&turn);
        self
    }

    fn keys(&mut self, entries: &[&str]) -> &mut Self {
        for keys in entries {
            self.happens(EventKind::Keyed(Keys::parse(keys).unwrap().into()));
        }
        self
    }

    fn hangs_up(&mut self) -> &[(ReportOutcome, Option<Item>)] {
        self.happens(EventKind::HungUp(HangupCause::NormalClearing));
        assert!(self.over);
        &self.closed
    }
}

const fn stopped(item: Item) -> (ReportOutcome, Option<Item>) {
    (ReportOutcome::Reported, Some(item))
}

#[test]
fn who_hangs_up_after_the_advice_stops_after_the_red_answer() {
    assert_eq!(Call::new().keys(&RED_SPO2).hangs_up(), [stopped(Item::Spo2)]);
    assert_eq!(Call::new().keys(&TO_COMPLEXION).keys(&["1"]).hangs_up(), [stopped(Item::Complexion)]);
    let breathless = ["2", "2", "1", "1"];
    let mut call = Call::new();
    assert_eq!(call.keys(&TO_COMPLEXION).keys(&breathless).hangs_up(), [stopped(Item::BreathlessnessSevere)]);
    let drowsy = ["2", "2", "2", "2", "2", "2", "1"];
    assert_eq!(Call::new().keys(&TO_COMPLEXION).keys(&drowsy).hangs_up(), [stopped(Item::Drowsiness)]);
}

#[test]
fn silence_at_the_question_whether_to_continue_stops_there_too() {
    let mut call = Call::new();
    call.keys(&RED_SPO2);
    for _ in 0..2 {
        call.happens(EventKind::Keyed(Keyed::silence()));
    }
    assert_eq!((call.closed.as_slice(), call.over), ([stopped(Item::Spo2)].as_slice(), true));
}

#[test]
fn who_wants_to_continue_and_then_hangs_up_stops_after_the_red_answer() {
    assert_eq!(Call::new().keys(&RED_SPO2).keys(&["1"]).hangs_up(), [stopped(Item::Spo2)]);
    // Another answer shows that the questions went on: this call was dropped, and the report stays open.
    let unanswered = (ReportOutcome::Unanswered, None);
    assert_eq!(Call::new().keys(&RED_SPO2).keys(&["1", "2"]).hangs_up(), [unanswered]);
}

#[test]
fn who_hangs_up_while_staff_are_rung_after_the_advice_stops_there_too() {
    let mut call = Call::new();
    call.keys(&RED_SPO2).keys(&["0"]);
    call.happens(EventKind::TransferEnded(TransferOutcome::NotReached));
    assert_eq!(call.hangs_up(), [stopped(Item::Spo2)]);
}

#[test]
fn a_report_whose_questions_were_all_asked_stops_nowhere() {
    let complete = (ReportOutcome::Reported, None);
    let well = ["2", "2", "2", "2", "2", "2", "2", "2", "2"];
    assert_eq!(Call::new().keys(&TO_COMPLEXION).keys(&well).closed, [complete]);
    assert_eq!(Call::new().keys(&RED_SPO2).keys(&["1"]).keys(&well).closed, [complete], "red, and to the end");
}

#[test]
fn a_red_answer_to_the_last_question_stops_nothing() {
    let mut files = files();
    let flow = files[QUESTIONNAIRE].replacen("next = \"unable_to_eat\"", "next = \"complete\"", 1);
    assert_ne!(flow, files[QUESTIONNAIRE]);
    files.insert(QUESTIONNAIRE.to_owned(), flow);
    // Two questions are unused now, which doesn't concern the call.
    let call = || Call::with(FlowSet::read(files.clone()).0);
    let drowsy = ["2", "2", "2", "2", "2", "2", "1"];
    assert_eq!(call().keys(&TO_COMPLEXION).keys(&drowsy).hangs_up(), [(ReportOutcome::Reported, None)]);
    assert_eq!(call().keys(&RED_SPO2).hangs_up(), [stopped(Item::Spo2)], "others are left");
}

#[test]
fn who_hears_the_advice_again_in_the_next_call_and_hangs_up_stops_after_the_last_answer() {
    let mut call = Call::new();
    call.keys(&TO_COMPLEXION).keys(&["1", "1", "2"]).hangs_up();
    assert_eq!(call.closed, [(ReportOutcome::Unanswered, None)], "another answer was given since");
    call.closed.clear();
    let turn = call.test.call(AnsweredBy::Person).unwrap();
    call.note(&turn);
    assert_eq!(call.keys(&["1"]).hangs_up(), [stopped(Item::CoughOrRunnyNose)]);
}
