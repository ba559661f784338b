//! Network faults: lost, late and repeated events, and people's behaviour, which they don't change.

use kenkocall::carrier::network::{CommandResult, DialOutcome, LookupResult, NotProcessed, SmsOutcome};
use kenkocall::carrier::simulator::{
    Habit, Network, NetworkEvent, NetworkEventKind, NetworkFaults, Population, PopulationMix, Script, Settings,
};
use kenkocall::domain::Disposition;

use super::driver::{Phones, dial, morning, number, ours, secs, settings, with};

/// The number of calls in one test.
const CALLS: u32 = 200;

fn crowd(network_faults: NetworkFaults) -> Phones {
    let mut phones = Phones::new(Settings { network_faults, ..settings(21, Population::default()) });
    for to in 0..CALLS {
        phones.call(to);
    }
    phones.run_out();
    phones
}

fn statuses(phones: &Phones) -> usize {
    phones.news.iter().filter(|news| !news.what.wants_reply()).count()
}

/// All events except status callbacks.
fn talk(phones: &Phones) -> Vec<NetworkEvent> {
    phones.news.iter().filter(|news| news.what.wants_reply()).cloned().collect()
}

#[test]
fn network_faults_do_not_change_what_people_do() {
    let fair = crowd(NetworkFaults::FAIR);
    let bad = NetworkFaults { statuses_lost: 0.3, statuses_repeated: 0.3, statuses_late: 0.3, ..NetworkFaults::FAIR };
    let bad = crowd(bad);
    assert_eq!(talk(&fair), talk(&bad));
    assert_ne!(fair.news, bad.news);
}

#[test]
fn statuses_are_lost_repeated_and_late() {
    let fair = crowd(NetworkFaults::FAIR);
    let some = statuses(&fair);
    assert!((250..=400).contains(&some), "{some}");
    assert_eq!(statuses(&crowd(NetworkFaults { statuses_lost: 1.0, ..NetworkFaults::FAIR })), 0);
    assert_eq!(statuses(&crowd(NetworkFaults { statuses_repeated: 1.0, ..NetworkFaults::FAIR })), 2 * some);

    let late = crowd(NetworkFaults { statuses_late: 1.0, ..NetworkFaults::FAIR });
    assert_eq!(statuses(&late), some);
    let overtaken = late.talks.keys().filter(|leg| {
        let told = late.of(leg);
        let at = |what: &dyn Fn(&NetworkEventKind) -> bool| told.iter().position(what);
        at(&|what| *what == NetworkEventKind::Ringing) > at(&|what| matches!(what, NetworkEventKind::Answered(_)))
    });
    assert!(overtaken.count() > 20, "“ringing” should often come behind “answered”");
}

fn network(network_faults: NetworkFaults) -> Network {
    Network::new(Settings { network_faults, ..settings(1, Population::of(PopulationMix::only(Habit::NoAnswer))) })
}

#[test]
fn what_became_of_a_dial_is_not_always_known() {
    for (network_faults, placed) in [
        (NetworkFaults { dial_unheard_placed: 1.0, ..NetworkFaults::FAIR }, 1),
        (NetworkFaults { dial_unheard_not_placed: 1.0, ..NetworkFaults::FAIR }, 0),
    ] {
        let mut network = network(network_faults);
        let mut doubts = Vec::new();
        for to in 0..50 {
            let DialOutcome::Unknown(doubt) = network.dial(&dial(to), morning()) else { panic!("known") };
            if !doubts.contains(&doubt) {
                doubts.push(doubt);
            }
            let LookupResult::Found(listed) = network.list(&number(to), morning(), morning()) else {
                panic!("no list")
            };
            assert_eq!(listed.len(), placed);
        }
        assert_eq!((doubts.len(), network.live()), (3, placed * 50));
        // Callbacks contain our own id of the call, by which the call is adopted.
        let told = network.advance(morning() + secs(3_600));
        assert_eq!(told.len(), placed * 100);
        assert!(told.iter().all(|news| news.call.is_some()));
    }
}

#[test]
fn a_dial_may_not_be_taken_at_all() {
    let mut too_many = network(NetworkFaults { dial_too_many: 1.0, ..NetworkFaults::FAIR });
    let mut waits = Vec::new();
    for to in 0..50 {
        match too_many.dial(&dial(to), morning()) {
            DialOutcome::NotProcessed(NotProcessed::TooMany(wait)) => waits.push(wait),
            other => panic!("{other:?}"),
        }
    }
    assert!(waits.iter().any(Option::is_some) && waits.iter().any(Option::is_none), "{waits:?}");
    assert_eq!((too_many.live(), too_many.next_at()), (0, None));

    let mut cut_off = network(NetworkFaults { dial_no_connection: 1.0, ..NetworkFaults::FAIR });
    assert_eq!(cut_off.dial(&dial(1), morning()), DialOutcome::NotProcessed(NotProcessed::NoConnection));
}

#[test]
fn a_request_that_was_not_processed_does_not_change_the_next_call() {
    let told = |network_faults: NetworkFaults| {
        let mut network = network(network_faults);
        network.settings().people = Population::default();
        while !matches!(network.dial(&dial(1), morning()), DialOutcome::Accepted(_)) {}
        network.advance(morning() + secs(60))
    };
    let fair = told(NetworkFaults::FAIR);
    assert_eq!(fair, told(NetworkFaults { dial_too_many: 0.9, ..NetworkFaults::FAIR }));
    assert_eq!(fair, told(NetworkFaults { dial_unheard_not_placed: 0.9, ..NetworkFaults::FAIR }));
}

#[test]
fn the_list_may_be_down_or_old() {
    let mut network = network(NetworkFaults { looks_unavailable: 1.0, ..NetworkFaults::FAIR });
    let DialOutcome::Accepted(leg) = network.dial(&dial(1), morning()) else { panic!() };
    assert!(matches!(network.list(&number(1), morning(), morning()), LookupResult::Unavailable(_)));
    assert!(matches!(network.look_up(&leg, morning()), LookupResult::Unavailable(_)));

    network.settings().network_faults = NetworkFaults { looks_stale: 1.0, stale_by: secs(10), ..NetworkFaults::FAIR };
    let now = morning() + secs(9);
    assert_eq!(network.list(&number(1), morning(), now), LookupResult::Found(Vec::new()));
    assert_eq!(network.look_up(&leg, now), LookupResult::Nothing);
    let now = morning() + secs(10);
    assert!(matches!(network.list(&number(1), morning(), now), LookupResult::Found(listed) if listed.len() == 1));
    network.settings().network_faults = NetworkFaults::FAIR;
    assert!(network.look_up(&leg, now) != LookupResult::Nothing);
}

#[test]
fn an_order_that_is_not_answered_is_obeyed_every_other_time() {
    let network_faults = NetworkFaults { orders_unheard: 1.0, ..NetworkFaults::FAIR };
    let mut network = network(network_faults);
    for to in 0..100 {
        let DialOutcome::Accepted(leg) = network.dial(&dial(to), morning()) else { panic!() };
        assert_eq!(network.cancel(&leg, morning()), CommandResult::Unavailable);
    }
    assert!((30..70).contains(&network.live()), "{}", network.live());
}

#[test]
fn a_message_that_is_not_answered_is_sent_every_other_time() {
    let mut network = network(NetworkFaults { messages_unheard: 1.0, ..NetworkFaults::FAIR });
    for to in 0..100 {
        assert_eq!(network.send_sms(&ours(), &number(to), "折り返し", morning()), SmsOutcome::Unknown);
    }
    let sent = network.messages().count();
    assert!((30..70).contains(&sent), "{sent}");
}

#[test]
fn a_call_whose_every_status_is_lost_still_reports() {
    let mut phones = with(Script::answers(secs(5)));
    phones.network.settings().network_faults = NetworkFaults { statuses_lost: 1.0, ..NetworkFaults::FAIR };
    let leg = phones.call(1);
    phones.run_out();
    assert_eq!(phones.disposition(&leg), Some(Disposition::Reported));
    assert!(phones.of(&leg).iter().all(NetworkEventKind::wants_reply));
}
