//! Commands for calls in progress, lookups of them, and the network's limits.

use kenkocall::carrier::CarrierLegId;
use kenkocall::carrier::network::{
    CommandResult, DialOutcome, LegProgress, LookupResult, NotProcessed, SmsOutcome, SmsRefusal,
};
use kenkocall::carrier::simulator::{
    Between, Habit, Network, NetworkEventKind, Population, PopulationMix, Script, Settings,
};
use kenkocall::domain::HangupCause;
use kenkocall::engine::AnsweredBy;

use super::driver::{Phones, dial, keys, morning, number, ours, secs, settings, with};

const TAKEN_BACK: NetworkEventKind = NetworkEventKind::Ended(HangupCause::NormalClearing);

/// Rings from the first second, is answered after ten more, then lasts for minutes.
fn phones() -> Phones {
    let mut phones = with(Script::answers(secs(10)));
    phones.network.settings().set_up = Between::exactly(secs(1));
    phones
}

#[test]
fn a_call_is_cancelled_before_and_while_it_rings() {
    for seconds in [0, 5] {
        let mut phones = phones();
        let leg = phones.call(1);
        phones.for_seconds(seconds);
        assert_eq!(phones.network.cancel(&leg, phones.now), CommandResult::Done);
        assert_eq!(phones.network.live(), 0);
        phones.run_out();
        assert_eq!(phones.of(&leg).last(), Some(&TAKEN_BACK));
        assert!(phones.talks.is_empty(), "it was answered");
        assert_eq!(phones.network.cancel(&leg, phones.now), CommandResult::Gone);
        assert_eq!(phones.network.hang_up(&leg, phones.now), CommandResult::Gone);
        assert_eq!(phones.network.redirect(&leg, phones.now), CommandResult::Gone);
    }
}

#[test]
fn an_answered_call_is_hung_up_and_not_cancelled() {
    let mut phones = phones();
    let leg = phones.call(1);
    phones.for_seconds(60);
    assert_eq!(phones.network.cancel(&leg, phones.now), CommandResult::Unavailable);
    assert_eq!(phones.network.look_up(&leg, phones.now), LookupResult::Found(LegProgress::Answered));
    phones.for_seconds(1);
    assert_eq!(phones.network.hang_up(&leg, phones.now), CommandResult::Done);
    assert_eq!(
        phones.network.look_up(&leg, phones.now),
        LookupResult::Found(LegProgress::Ended(HangupCause::NormalClearing))
    );
    let before = phones.of(&leg).len();
    phones.run_out();
    assert_eq!(phones.of(&leg).len(), before + 1);
}

#[test]
fn a_call_is_answered_while_it_is_being_cancelled() {
    let mut phones = phones();
    let leg = phones.call(1);
    // Time wasn't advanced explicitly: the network itself knows that somebody has answered meanwhile.
    assert_eq!(phones.network.cancel(&leg, phones.now + secs(11)), CommandResult::Unavailable);
    phones.run_out();
    assert!(phones.of(&leg).contains(&NetworkEventKind::Answered(AnsweredBy::Person)));
}

#[test]
fn a_redirected_call_asks_what_to_say() {
    let mut phones = phones();
    let leg = phones.call(1);
    phones.for_seconds(5);
    assert_eq!(phones.network.redirect(&leg, phones.now), CommandResult::Unavailable, "it only rings");
    phones.for_seconds(55);
    assert_eq!(phones.network.redirect(&leg, phones.now), CommandResult::Done);
    phones.run_out();
    assert!(phones.of(&leg).ends_with(&[NetworkEventKind::Redirected, TAKEN_BACK]), "{:?}", phones.of(&leg));
}

#[test]
fn a_reply_that_was_overtaken_by_a_redirection_is_thrown_away() {
    let mut phones = phones();
    let leg = phones.call(1);
    let answered = loop {
        let at = phones.network.next_at().unwrap();
        if phones.network.advance(at).iter().any(|news| news.what == NetworkEventKind::Answered(AnsweredBy::Person)) {
            break at;
        }
    };
    let network = &mut phones.network;
    assert_eq!(network.redirect(&leg, answered + secs(1)), CommandResult::Done);
    network.replied(&leg, None, answered + secs(2));
    assert_eq!(network.live(), 1, "the reply to the question before would have hung up");
    let asked: Vec<_> = network.advance(answered + secs(2)).into_iter().map(|news| news.what).collect();
    assert_eq!(asked, [NetworkEventKind::Redirected]);
    network.replied(&leg, None, answered + secs(3));
    assert_eq!(network.live(), 0);
}

#[test]
fn a_full_network_takes_no_more() {
    let people = Population::of(PopulationMix::only(Habit::NoAnswer));
    let mut network = Network::new(Settings { capacity: 2, ..settings(1, people) });
    let mut dialled = |to, at| network.dial(&dial(to), at);
    assert!(matches!(dialled(1, morning()), DialOutcome::Accepted(_)));
    assert!(matches!(dialled(2, morning()), DialOutcome::Accepted(_)));
    let full = DialOutcome::NotProcessed(NotProcessed::TooMany(Some(secs(1))));
    assert_eq!(dialled(3, morning()), full);
    // Both have stopped ringing by then, so there is room although no events have been read yet.
    assert!(matches!(dialled(3, morning() + secs(40)), DialOutcome::Accepted(_)));
    assert_eq!(network.placed().len(), 3);
}

#[test]
fn the_list_has_the_calls_to_one_number_newest_first() {
    let mut phones = Phones::new(settings(1, Population::of(PopulationMix::only(Habit::NoAnswer))));
    let first = phones.call(1);
    phones.for_seconds(100);
    let (second, _) = (phones.call(1), phones.call(2));
    assert_ne!(first, second);
    let now = phones.now;
    let mut listed = |to, since| match phones.network.list(&number(to), since, now) {
        LookupResult::Found(listed) => listed,
        other => panic!("{other:?}"),
    };
    let both = listed(1, morning());
    assert_eq!(both.iter().map(|one| &one.leg).collect::<Vec<_>>(), [&second, &first]);
    assert_eq!(both[0].progress, LegProgress::Queued);
    assert_eq!(both[1].progress, LegProgress::Ended(HangupCause::NoAnswer));
    assert_eq!(both[1].created_at, Some(morning()));
    assert_eq!(both[1].to, Some(number(1)));
    assert_eq!(listed(1, morning() + secs(1)).len(), 1);
    assert_eq!(listed(3, morning()), []);
    let unknown = CarrierLegId::parse("SIM00000000000000000000000000000000").unwrap();
    assert_eq!(phones.network.look_up(&unknown, now), LookupResult::Nothing);
    assert_eq!(phones.network.look_up(&first, now), LookupResult::Found(LegProgress::Ended(HangupCause::NoAnswer)));
}

#[test]
fn a_call_that_is_dialled_twice_rings_twice() {
    let mut phones = phones();
    let legs = [phones.call(1), phones.call(1)];
    phones.run_out();
    assert_ne!(legs[0], legs[1]);
    let placed = phones.network.placed();
    assert_eq!(placed.len(), 2);
    assert_eq!(placed[0].call, placed[1].call, "that is how a test finds out");
}

#[test]
fn short_messages_go_to_mobile_phones() {
    let mut phones = phones();
    let network = &mut phones.network;
    assert_eq!(network.send_sms(&ours(), &number(1), "折り返し", morning()), SmsOutcome::Accepted);
    let at_home = kenkocall::domain::PhoneNumber::parse("03-5211-3641").unwrap();
    let refused = SmsOutcome::Refused(SmsRefusal::Number);
    assert_eq!(network.send_sms(&ours(), &at_home, "折り返し", morning()), refused);
    let sent: Vec<_> = network.messages().collect();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].to.clone(), sent[0].text.expose(), sent[0].at), (number(1), "折り返し", morning()));
}

#[test]
fn staff_take_a_call_or_do_not() {
    for (staff_answer, talks) in [(1.0, true), (0.0, false)] {
        let mut phones = with(Script::answers(secs(3)).keys_at_question(2, keys("0")));
        phones.network.settings().staff_answer = staff_answer;
        let leg = phones.call(1);
        phones.run_out();
        let heard = &phones.talks[&leg].heard;
        assert!(heard.contains(&"person.connecting".to_owned()), "{heard:?}");
        assert_eq!(heard.contains(&"person.ask_call_back".to_owned()), !talks, "{heard:?}");
        assert_eq!(phones.talks[&leg].alerts.contains(&"call_back"), !talks);
    }
}

#[test]
fn the_clock_may_step_back() {
    let mut phones = phones();
    let leg = phones.call(1);
    phones.for_seconds(5);
    let earlier = morning() - secs(3_600);
    assert!(phones.network.advance(earlier).is_empty());
    assert_eq!(phones.network.cancel(&leg, earlier), CommandResult::Done);
    let told = phones.network.advance(earlier);
    assert_eq!(told.iter().map(|news| news.what.clone()).collect::<Vec<_>>(), [TAKEN_BACK]);
}
