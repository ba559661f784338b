//! Bad weather: what gets lost, late, or twice, and that people don't mind it.

use kenkocall::call::Disposition;
use kenkocall::carrier::network::{Dialled, Looked, NotProcessed, Sent, Told};
use kenkocall::carrier::simulator::{Habit, Happens, Mix, Network, News, Population, Script, Settings, Weather};

use super::phones::{Phones, dial, morning, number, ours, secs, settings, with};

/// Calls of one test.
const CALLS: u32 = 200;

fn crowd(weather: Weather) -> Phones {
    let mut phones = Phones::new(Settings { weather, ..settings(21, Population::default()) });
    for to in 0..CALLS {
        phones.call(to);
    }
    phones.run_out();
    phones
}

fn statuses(phones: &Phones) -> usize {
    phones.news.iter().filter(|news| !news.what.wants_reply()).count()
}

/// Everything but the statuses.
fn talk(phones: &Phones) -> Vec<News> {
    phones.news.iter().filter(|news| news.what.wants_reply()).cloned().collect()
}

#[test]
fn bad_weather_does_not_change_what_people_do() {
    let fair = crowd(Weather::FAIR);
    let bad = Weather { statuses_lost: 0.3, statuses_repeated: 0.3, statuses_late: 0.3, ..Weather::FAIR };
    let bad = crowd(bad);
    assert_eq!(talk(&fair), talk(&bad));
    assert_ne!(fair.news, bad.news);
}

#[test]
fn statuses_are_lost_repeated_and_late() {
    let fair = crowd(Weather::FAIR);
    let some = statuses(&fair);
    assert!((250..=400).contains(&some), "{some}");
    assert_eq!(statuses(&crowd(Weather { statuses_lost: 1.0, ..Weather::FAIR })), 0);
    assert_eq!(statuses(&crowd(Weather { statuses_repeated: 1.0, ..Weather::FAIR })), 2 * some);

    let late = crowd(Weather { statuses_late: 1.0, ..Weather::FAIR });
    assert_eq!(statuses(&late), some);
    let overtaken = late.talks.keys().filter(|leg| {
        let told = late.of(leg);
        let at = |what: &dyn Fn(&Happens) -> bool| told.iter().position(what);
        at(&|what| *what == Happens::Ringing) > at(&|what| matches!(what, Happens::Answered(_)))
    });
    assert!(overtaken.count() > 20, "“ringing” should often come behind “answered”");
}

fn network(weather: Weather) -> Network {
    Network::new(Settings { weather, ..settings(1, Population::of(Mix::only(Habit::NoAnswer))) })
}

#[test]
fn what_became_of_a_dial_is_not_always_known() {
    for (weather, placed) in [
        (Weather { dial_unheard_placed: 1.0, ..Weather::FAIR }, 1),
        (Weather { dial_unheard_not_placed: 1.0, ..Weather::FAIR }, 0),
    ] {
        let mut network = network(weather);
        let mut doubts = Vec::new();
        for to in 0..50 {
            let Dialled::Unknown(doubt) = network.dial(&dial(to), morning()) else { panic!("known") };
            if !doubts.contains(&doubt) {
                doubts.push(doubt);
            }
            let Looked::Found(listed) = network.list(&number(to), morning(), morning()) else { panic!("no list") };
            assert_eq!(listed.len(), placed);
        }
        assert_eq!((doubts.len(), network.live()), (3, placed * 50));
        // The callbacks of what was placed name our own id of it: that is how it is adopted.
        let told = network.advance(morning() + secs(3_600));
        assert_eq!(told.len(), placed * 100);
        assert!(told.iter().all(|news| news.call.is_some()));
    }
}

#[test]
fn a_dial_may_not_be_taken_at_all() {
    let mut too_many = network(Weather { dial_too_many: 1.0, ..Weather::FAIR });
    let mut waits = Vec::new();
    for to in 0..50 {
        match too_many.dial(&dial(to), morning()) {
            Dialled::NotProcessed(NotProcessed::TooMany(wait)) => waits.push(wait),
            other => panic!("{other:?}"),
        }
    }
    assert!(waits.iter().any(Option::is_some) && waits.iter().any(Option::is_none), "{waits:?}");
    assert_eq!((too_many.live(), too_many.next_at()), (0, None));

    let mut cut_off = network(Weather { dial_no_connection: 1.0, ..Weather::FAIR });
    assert_eq!(cut_off.dial(&dial(1), morning()), Dialled::NotProcessed(NotProcessed::NoConnection));
}

#[test]
fn a_request_that_was_not_processed_does_not_change_the_next_call() {
    let told = |weather: Weather| {
        let mut network = network(weather);
        network.settings().people = Population::default();
        while !matches!(network.dial(&dial(1), morning()), Dialled::Accepted(_)) {}
        network.advance(morning() + secs(60))
    };
    let fair = told(Weather::FAIR);
    assert_eq!(fair, told(Weather { dial_too_many: 0.9, ..Weather::FAIR }));
    assert_eq!(fair, told(Weather { dial_unheard_not_placed: 0.9, ..Weather::FAIR }));
}

#[test]
fn the_list_may_be_down_or_old() {
    let mut network = network(Weather { looks_unavailable: 1.0, ..Weather::FAIR });
    let Dialled::Accepted(leg) = network.dial(&dial(1), morning()) else { panic!() };
    assert!(matches!(network.list(&number(1), morning(), morning()), Looked::Unavailable(_)));
    assert!(matches!(network.look_up(&leg, morning()), Looked::Unavailable(_)));

    network.settings().weather = Weather { looks_stale: 1.0, stale_by: secs(10), ..Weather::FAIR };
    let now = morning() + secs(9);
    assert_eq!(network.list(&number(1), morning(), now), Looked::Found(Vec::new()));
    assert_eq!(network.look_up(&leg, now), Looked::Nothing);
    let now = morning() + secs(10);
    assert!(matches!(network.list(&number(1), morning(), now), Looked::Found(listed) if listed.len() == 1));
    network.settings().weather = Weather::FAIR;
    assert!(network.look_up(&leg, now) != Looked::Nothing);
}

#[test]
fn an_order_that_is_not_answered_is_obeyed_every_other_time() {
    let weather = Weather { orders_unheard: 1.0, ..Weather::FAIR };
    let mut network = network(weather);
    for to in 0..100 {
        let Dialled::Accepted(leg) = network.dial(&dial(to), morning()) else { panic!() };
        assert_eq!(network.cancel(&leg, morning()), Told::Unavailable);
    }
    assert!((30..70).contains(&network.live()), "{}", network.live());
}

#[test]
fn a_message_that_is_not_answered_is_sent_every_other_time() {
    let mut network = network(Weather { messages_unheard: 1.0, ..Weather::FAIR });
    for to in 0..100 {
        assert_eq!(network.send_sms(&ours(), &number(to), "折り返し", morning()), Sent::Unknown);
    }
    let sent = network.messages().count();
    assert!((30..70).contains(&sent), "{sent}");
}

#[test]
fn a_call_whose_every_status_is_lost_still_reports() {
    let mut phones = with(Script::answers(secs(5)));
    phones.network.settings().weather = Weather { statuses_lost: 1.0, ..Weather::FAIR };
    let leg = phones.call(1);
    phones.run_out();
    assert_eq!(phones.disposition(&leg), Some(Disposition::Reported));
    assert!(phones.of(&leg).iter().all(Happens::wants_reply));
}
