//! Transfers to another health centre (D4): no gap, no second call, nothing lost, no stuck state.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kenkocall::carrier::simulator::{Behaviour, Between, Health, NetworkFaults, Script};
use kenkocall::domain::{
    Actor, CentreCode, CentreName, Item, NoteId, NoteText, Operator, PhoneNumber, StaffName, SystemUser, TransferId,
    TransferReason, TransferState, YesNo,
};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{
    AcceptedTimes, AlertError, AlertQuery, CallError, CentreChange, DecidedOutcome, Details, Export, Offer, Offered,
    PatientError, ServiceError, TransferAnswer, TransferError, add_centre, add_note, change_patient, close_alerts,
    decide_transfer, list_alerts, notice_transfer, offer_transfer, pending_transfers, release_patient, seal_trail,
    show_alert_line, show_call, show_patient, show_transfer, take_line, walk_trail,
};
use kenkocall::service::{TakeFrom, ToClose};
use kenkocall::store::{CommitHook, Decision, connection_lost};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, answers_after, id};

crate::on_both_databases!(
    d4_the_old_centre_calls_until_the_acceptance_and_the_new_one_from_then_on,
    d4_a_call_that_waits_goes_on_and_a_call_that_was_made_isnt_made_again,
    d4_a_call_in_progress_goes_on_and_its_red_answer_reaches_the_new_centre,
    d4_one_series_of_tries_remains_of_a_call_that_rings,
    d4_one_series_of_tries_remains_of_a_call_that_breaks_off,
    d4_one_series_of_tries_remains_of_a_call_that_waits_to_be_tried_again,
    d4_one_series_of_tries_remains_of_a_call_of_unknown_outcome,
    d4_the_history_moves_and_the_trail_verifies,
    d4_one_decision_counts_and_the_other_side_sees_which,
    d4_a_transfer_whose_server_is_killed_happened_or_didnt,
    d4_times_outside_the_new_hours_are_chosen_by_the_receiving_centre,
    d4_between_time_zones_each_call_time_is_called_once,
    d4_an_offer_is_made_once_and_released_patients_stay,
);

/// The receiving health centre.
const NEW: &str = "27100";

fn code(code: &str) -> CentreCode {
    CentreCode::parse(code).unwrap()
}

/// An operator of one health centre.
fn of(centre: &str) -> Actor {
    Actor::Operator(Operator {
        name: StaffName::parse(&format!("nurse of {centre}")).unwrap(),
        system_user: SystemUser::new(0, Some("root")),
        centre: Some(code(centre)),
    })
}

/// A day with a second health centre.
async fn day(fresh: &Fresh, plan: Plan, change: CentreChange) -> Day {
    let day = Day::begin(fresh, plan).await;
    let (name, phone) = (CentreName::parse("架空区保健所").unwrap(), PhoneNumber::from_e164("+81352113642").unwrap());
    add_centre(&day.client.context, &day.client.actor, code(NEW), name, phone, &change).await.unwrap();
    day
}

async fn offered(day: &Day, nth: u32) -> TransferId {
    let to = code(NEW);
    let offer = Offer { id: None, to: &to, reason: TransferReason::Moved, note: None };
    match offer_transfer(&day.client.context, &of(SYNTHETIC_CENTRE), &id(nth), offer).await.unwrap() {
        Offered::Now(id) => id,
        Offered::Before(..) => panic!("offered before"),
    }
}

async fn accepted(day: &Day, transfer: TransferId) {
    let kept = TransferAnswer::Accept(AcceptedTimes::Kept);
    let decided = decide_transfer(&day.client.context, &of(NEW), transfer, kept).await.unwrap();
    assert_eq!((decided.outcome, decided.state), (DecidedOutcome::Now, TransferState::Accepted));
}

async fn verifies(day: &Day) {
    seal_trail(&day.client.context.database).await.unwrap();
    let found = walk_trail(&day.client.context, &day.client.actor, None, Duration::ZERO).await.unwrap();
    assert_eq!(found.chain_error, None);
    assert_eq!((found.waiting, found.rows.unsealed), (0, 0));
    assert_eq!(found.rows.bad, []);
}

/// The slots' centres and states, by time.
async fn slots_at(day: &Day) -> Vec<String> {
    let sql = "SELECT centre_code, slot_time, state FROM slots ORDER BY slot_date, slot_time, id";
    day.kept.rows(sql).await.into_iter().map(|row| row.join(" ")).collect()
}

async fn d4_the_old_centre_calls_until_the_acceptance_and_the_new_one_from_then_on(fresh: Fresh) {
    let people = vec![(0, vec![answers_after(2); 4]), (1, vec![answers_after(2); 4])];
    let plan = Plan { patients: vec!["09:00;15:00"; 2], people, ..Plan::default() };
    let day = day(&fresh, plan, CentreChange::default()).await;
    day.until("08:30").await;
    let transfer = offered(&day, 0).await;
    day.until("09:30").await;
    let mut rang = day.rang();
    rang.sort();
    assert_eq!(rang, ["09:00:00 01", "09:00:00 02"], "an offer changes nothing");
    accepted(&day, transfer).await;
    day.until("20:00").await;
    // Both have reported, and no second call of the day is needed: the receiving centre's slot ends as reported, too.
    assert_eq!(day.rang().len(), 2);
    let slots = slots_at(&day).await;
    assert!(slots.contains(&format!("{NEW} 15:00 cancelled")), "{slots:?}");
    assert_eq!(slots.iter().filter(|slot| slot.starts_with(NEW)).count(), 1, "{slots:?}");
    day.until_moment("2026-11-25T20:00:00+09:00").await;
    let rang = day.rang();
    assert_eq!(rang.iter().filter(|rang| rang.ends_with(" 01")).count(), 2, "{rang:?}");
    assert!(slots_at(&day).await.contains(&format!("{NEW} 09:00 reported")));
    verifies(&day).await;
}

async fn d4_a_call_that_waits_goes_on_and_a_call_that_was_made_isnt_made_again(fresh: Fresh) {
    let people = vec![(0, vec![Script::rings_out().into(); 9])];
    let day = day(&fresh, Plan { people, ..Plan::default() }, CentreChange::default()).await;
    day.until("09:05").await;
    assert_eq!(day.slots().await, ["09:00 waiting 1"]);
    let transfer = offered(&day, 0).await;
    accepted(&day, transfer).await;
    assert_eq!(slots_at(&day).await, [format!("{NEW} 09:00 waiting")]);
    day.until("20:00").await;
    let rang = day.rang();
    assert_eq!(rang.len(), 3, "three tries in all, as without the transfer: {rang:?}");
    assert_eq!(day.slots().await, ["09:00 unanswered no_answer 3"]);
    let told = day.kept.rows("SELECT kind, centre_code FROM alerts WHERE closed_at IS NULL").await;
    assert_eq!(told, [["unanswered".to_owned(), NEW.to_owned()]]);
    let attempts = day.kept.column("SELECT centre_code FROM attempts ORDER BY intended_at").await;
    assert_eq!(attempts, [SYNTHETIC_CENTRE, NEW, NEW]);
    verifies(&day).await;
}

/// The first call is in this state at the acceptance, and nobody answers any other. The receiving health centre calls
/// at 9:20, so the tries of 9:00 are over by then.
async fn one_series(fresh: &Fresh, first: Script, faults: NetworkFaults, (at, state): (&str, &str)) {
    let mut behaviour: Vec<Behaviour> = vec![first.into()];
    behaviour.extend((0..9).map(|_| Behaviour::from(Script::rings_out())));
    let plan = Plan { people: vec![(0, behaviour)], network_faults: faults, ..Plan::default() };
    let day = day(fresh, plan, CentreChange::default()).await;
    let transfer = offered(&day, 0).await;
    day.until(at).await;
    day.simulation.lines.with(|network, _| network.settings().network_faults = NetworkFaults::FAIR);
    assert_eq!(day.attempts().await, [state]);
    let given = TransferAnswer::Accept(AcceptedTimes::Given("09:20"));
    decide_transfer(&day.client.context, &of(NEW), transfer, given).await.unwrap();
    day.until("20:00").await;
    let rang = day.rang();
    let minutes: Vec<&str> = rang.iter().map(|rang| &rang[..5]).collect();
    assert_eq!(minutes, ["09:00", "09:20", "09:50", "10:21"], "one series after the other");
    let slots = slots_at(&day).await;
    assert_eq!(slots, [format!("{NEW} 09:00 unanswered"), format!("{NEW} 09:20 unanswered")]);
    verifies(&day).await;
}

async fn d4_one_series_of_tries_remains_of_a_call_that_rings(fresh: Fresh) {
    one_series(&fresh, Script::rings_out(), NetworkFaults::FAIR, ("09:00:10", "01 placed")).await;
}

async fn d4_one_series_of_tries_remains_of_a_call_that_breaks_off(fresh: Fresh) {
    let breaks_off = Script::answers(Duration::from_secs(1)).hangs_up_at_question(6);
    one_series(&fresh, breaks_off, NetworkFaults::FAIR, ("09:00:40", "01 answered")).await;
}

async fn d4_one_series_of_tries_remains_of_a_call_that_waits_to_be_tried_again(fresh: Fresh) {
    one_series(&fresh, Script::busy(), NetworkFaults::FAIR, ("09:05", "01 busy")).await;
}

async fn d4_one_series_of_tries_remains_of_a_call_of_unknown_outcome(fresh: Fresh) {
    let unheard = NetworkFaults {
        dial_unheard_placed: 1.0,
        looks_unavailable: 1.0,
        statuses_late: 1.0,
        late_by: Between::exactly(Duration::from_secs(60)),
        ..NetworkFaults::FAIR
    };
    one_series(&fresh, Script::rings_out(), unheard, ("09:00:20", "01 unknown")).await;
}

fn ill() -> Vec<Behaviour> {
    let mut ill = Health::well();
    ill.symptoms = BTreeMap::from([(Item::Complexion, YesNo::Yes)]);
    vec![Script::answers(Duration::from_secs(2)).health(ill).into()]
}

async fn d4_a_call_in_progress_goes_on_and_its_red_answer_reaches_the_new_centre(fresh: Fresh) {
    let day = day(&fresh, Plan { people: vec![(0, ill())], ..Plan::default() }, CentreChange::default()).await;
    let transfer = offered(&day, 0).await;
    day.until("09:00:10").await;
    assert_eq!(day.attempts().await, ["01 answered"], "they are talking");
    accepted(&day, transfer).await;
    day.until("10:00").await;
    assert_eq!(day.rang().len(), 1);
    let told = day.kept.rows("SELECT kind, centre_code FROM alerts").await;
    assert_eq!(told, [["red_answer".to_owned(), NEW.to_owned()]]);
    let shown = show_patient(&day.client.context, &of(NEW), &id(0), Details::Masked).await.unwrap().found;
    assert_eq!(shown.reports.len(), 1, "what the patient told is in the record");
    assert!(!shown.reports[0].answers.is_empty());
    verifies(&day).await;
}

async fn d4_the_history_moves_and_the_trail_verifies(fresh: Fresh) {
    let day = day(&fresh, Plan { people: vec![(0, ill())], ..Plan::default() }, CentreChange::default()).await;
    day.until("10:00").await;
    let (context, old, new) = (&day.client.context, of(SYNTHETIC_CENTRE), of(NEW));
    let query = AlertQuery { limit: 10, ..AlertQuery::default() };
    let before = list_alerts(context, &old, &query).await.unwrap().found.alerts.items;
    let (alert, call) = (before[0].alert.id, before[0].alert.call.unwrap());
    take_line(context, &old, alert, TakeFrom::Nobody).await.unwrap();
    let text = NoteText::parse("長女が電話に出る。").unwrap().unwrap();
    add_note(context, &old, alert, NoteId(Uuid::now_v7()), &text).await.unwrap();
    let transfer = offered(&day, 0).await;
    let before_it = show_transfer(context, &new, transfer).await.unwrap().found;
    assert_eq!(before_it.transfer.state, TransferState::Offered);
    assert!(show_patient(context, &new, &id(0), Details::Masked).await.is_err(), "not theirs yet");
    accepted(&day, transfer).await;
    let moved = list_alerts(context, &new, &query).await.unwrap().found;
    let item = &moved.alerts.items[0];
    assert_eq!((item.alert.raised_at, item.answer), (before[0].alert.raised_at, before[0].answer));
    assert!(moved.claims.is_empty(), "whoever dealt with it is of the old centre");
    let line = show_alert_line(context, &new, item.alert.id).await.unwrap().found;
    assert_eq!(line.notes.len(), 1);
    assert_eq!(show_patient(context, &new, &id(0), Details::Masked).await.unwrap().found.reports.len(), 1);
    drop(show_call(context, &new, call, Details::Masked).await.unwrap());
    // The old centre reaches nothing of it, by no id that it knows.
    assert!(list_alerts(context, &old, &query).await.unwrap().found.alerts.items.is_empty());
    let gone = show_patient(context, &old, &id(0), Details::Masked).await;
    assert!(matches!(gone, Err(ServiceError::Patient(PatientError::NotFound))));
    let gone = show_call(context, &old, call, Details::Masked).await.map(drop);
    assert!(matches!(gone, Err(ServiceError::Call(CallError::NotFound))), "{gone:?}");
    let no_alert = |gone: Result<(), ServiceError>| {
        assert!(matches!(gone, Err(ServiceError::Alert(AlertError::NotFound))), "{gone:?}");
    };
    no_alert(show_alert_line(context, &old, alert).await.map(drop));
    no_alert(add_note(context, &old, alert, NoteId(Uuid::now_v7()), &text).await.map(drop));
    let what = ToClose { alert, others: Some(5) };
    no_alert(close_alerts(context, &old, what, None).await.map(drop));
    let day_of = jiff::civil::date(2026, 11, 24);
    let rows = async |actor: &Actor| {
        Export::begin(context, actor, day_of, day_of, None).await.unwrap().found.next().await.unwrap().len()
    };
    assert_eq!((rows(&old).await, rows(&new).await), (0, 1));
    // Until it has taken note, the old centre sees what became of its offer.
    assert_eq!(pending_transfers(context, &old).await.unwrap().decided.len(), 1);
    notice_transfer(context, &old, transfer).await.unwrap();
    assert!(pending_transfers(context, &old).await.unwrap().decided.is_empty());
    verifies(&day).await;
}

async fn d4_one_decision_counts_and_the_other_side_sees_which(fresh: Fresh) {
    let day = day(&fresh, Plan { patients: vec!["09:00"; 3], ..Plan::default() }, CentreChange::default()).await;
    let context = &day.client.context;
    let (old, new) = (of(SYNTHETIC_CENTRE), of(NEW));
    let kept = TransferAnswer::Accept(AcceptedTimes::Kept);
    // Accepted and withdrawn at the same moment.
    let transfer = offered(&day, 0).await;
    let (accept, withdraw) = tokio::join!(
        decide_transfer(context, &new, transfer, kept),
        decide_transfer(context, &old, transfer, TransferAnswer::Withdraw),
    );
    let (accept, withdraw) = (accept.unwrap(), withdraw.unwrap());
    assert_eq!(accept.state, withdraw.state, "both learn the same");
    let outcomes = [accept.outcome, withdraw.outcome];
    assert!(outcomes.contains(&DecidedOutcome::Now) && outcomes.contains(&DecidedOutcome::Otherwise), "{outcomes:?}");
    // The form sent again, and Back and send.
    let transfer = offered(&day, 1).await;
    accepted(&day, transfer).await;
    let again = decide_transfer(context, &new, transfer, kept).await.unwrap();
    assert_eq!(again.outcome, DecidedOutcome::Before);
    let late = decide_transfer(context, &old, transfer, TransferAnswer::Withdraw).await.unwrap();
    assert_eq!((late.outcome, late.state), (DecidedOutcome::Otherwise, TransferState::Accepted));
    assert_eq!(day.kept.count("audit WHERE action = 'patient.transfer_accepted' AND centre_code = '27100'").await, {
        1 + u64::from(accept.outcome == DecidedOutcome::Now)
    });
    // A declined patient can be offered again, and comes back.
    let transfer = offered(&day, 2).await;
    let declined = decide_transfer(context, &new, transfer, TransferAnswer::Decline(None)).await.unwrap();
    assert_eq!((declined.outcome, declined.state), (DecidedOutcome::Now, TransferState::Declined));
    let transfer = offered(&day, 2).await;
    accepted(&day, transfer).await;
    let back = code(SYNTHETIC_CENTRE);
    let offer = Offer { id: None, to: &back, reason: TransferReason::Jurisdiction, note: None };
    let Offered::Now(transfer) = offer_transfer(context, &new, &id(2), offer).await.unwrap() else { panic!() };
    decide_transfer(context, &old, transfer, kept).await.unwrap();
    drop(show_patient(context, &old, &id(2), Details::Masked).await.unwrap());
    // The wrong side can't decide.
    let transfer = offered(&day, 2).await;
    for (actor, answer) in [(&old, kept), (&old, TransferAnswer::Decline(None)), (&new, TransferAnswer::Withdraw)] {
        let refused = decide_transfer(context, actor, transfer, answer).await;
        assert!(matches!(refused, Err(ServiceError::Transfer(TransferError::NotFound))), "{refused:?}");
    }
    verifies(&day).await;
}

/// The process dies around one of its commits.
#[derive(Default)]
struct Killed {
    commits: AtomicU64,
    at: u64,
    after: bool,
}

impl Killed {
    fn dies(&self, here: bool) -> Decision {
        let dies = here && self.commits.load(Ordering::Relaxed) == self.at;
        Box::pin(async move { if dies { Err(connection_lost()) } else { Ok(()) } })
    }
}

impl CommitHook for Killed {
    fn before(&self) -> Decision {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.dies(!self.after)
    }

    fn after(&self) -> Decision {
        self.dies(self.after)
    }
}

async fn d4_a_transfer_whose_server_is_killed_happened_or_didnt(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00;15:00"; 4], ..Plan::default() };
    let day = day(&fresh, plan, CentreChange::default()).await;
    day.until("09:00:40").await;
    let (context, database) = (&day.client.context, &fresh.database);
    let where_is = async |nth: u32| {
        let old = show_patient(context, &of(SYNTHETIC_CENTRE), &id(nth), Details::Masked).await.is_ok();
        let new = show_patient(context, &of(NEW), &id(nth), Details::Masked).await.is_ok();
        match (old, new) {
            (true, false) => SYNTHETIC_CENTRE,
            (false, true) => NEW,
            both => panic!("at one of the two: {both:?}"),
        }
    };
    for (nth, after) in [(0, false), (1, true), (2, false), (3, true)] {
        let transfer = offered(&day, nth).await;
        let hook = Arc::new(Killed { at: 1, after, ..Killed::default() });
        let dying = day.context_on(database.clone().with_commit_hook(hook));
        let answer = match nth {
            0 | 1 => TransferAnswer::Accept(AcceptedTimes::Kept),
            _ => TransferAnswer::Decline(None),
        };
        drop(decide_transfer(&dying, &of(NEW), transfer, answer).await.expect_err("it was killed"));
        let shown = show_transfer(context, &of(SYNTHETIC_CENTRE), transfer).await.unwrap().found.transfer.state;
        let happened = after;
        let there = if happened && nth == 1 { NEW } else { SYNTHETIC_CENTRE };
        assert_eq!((where_is(nth).await, shown == TransferState::Offered), (there, !happened), "{nth}");
        // The page shows which, and the same form again leads to the same.
        let again = decide_transfer(context, &of(NEW), transfer, answer).await.unwrap();
        let outcome = if happened { DecidedOutcome::Before } else { DecidedOutcome::Now };
        assert_eq!(again.outcome, outcome, "{nth}");
        assert_eq!(where_is(nth).await, if nth < 2 { NEW } else { SYNTHETIC_CENTRE });
    }
    // The calls of 9:00 went on, and nobody is called twice or left out.
    day.until("20:00").await;
    let mut rang: Vec<String> = day.rang().into_iter().map(|rang| rang[9..].to_owned()).collect();
    rang.sort();
    assert_eq!(rang, ["01", "02", "03", "04"], "{:?}", day.rang());
    assert_eq!(day.kept.count("slots WHERE state = 'reported'").await, 4);
    verifies(&day).await;
}

async fn d4_times_outside_the_new_hours_are_chosen_by_the_receiving_centre(fresh: Fresh) {
    let change = CentreChange { calling_hours: Some("10:00-18:00".parse().unwrap()), ..CentreChange::default() };
    let day = day(&fresh, Plan::default(), change).await;
    let context = &day.client.context;
    let transfer = offered(&day, 0).await;
    let shown = show_transfer(context, &of(NEW), transfer).await.unwrap().found;
    assert!(!shown.times_fit && shown.call_times == "09:00");
    for times in [AcceptedTimes::Kept, AcceptedTimes::Given("08:00"), AcceptedTimes::Given("morning")] {
        let refused = decide_transfer(context, &of(NEW), transfer, TransferAnswer::Accept(times)).await;
        assert!(matches!(refused, Err(ServiceError::Patient(PatientError::InvalidValues(_)))), "{refused:?}");
    }
    let shown = show_transfer(context, &of(NEW), transfer).await.unwrap().found;
    assert_eq!(shown.transfer.state, TransferState::Offered, "nothing is half done");
    let own = TransferAnswer::Accept(AcceptedTimes::Given("11:00"));
    decide_transfer(context, &of(NEW), transfer, own).await.unwrap();
    day.until("20:00").await;
    assert_eq!(day.rang(), ["11:00:00 01"]);
}

async fn d4_between_time_zones_each_call_time_is_called_once(fresh: Fresh) {
    // An hour behind: its 9:00 is 10:00 in Japan.
    let zone = CentreChange { time_zone: Some("Asia/Shanghai".to_owned()), ..CentreChange::default() };
    let plan = Plan { patients: vec!["09:00"; 2], ..Plan::default() };
    let day = day(&fresh, plan, zone).await;
    let early = offered(&day, 0).await;
    accepted(&day, early).await;
    let late = offered(&day, 1).await;
    day.until("09:30").await;
    accepted(&day, late).await;
    day.until("20:00").await;
    assert_eq!(day.rang(), ["09:00:00 02", "10:00:00 01"]);
    verifies(&day).await;
}

async fn d4_an_offer_is_made_once_and_released_patients_stay(fresh: Fresh) {
    let day = day(&fresh, Plan { patients: vec!["09:00"; 2], ..Plan::default() }, CentreChange::default()).await;
    let (context, old) = (&day.client.context, of(SYNTHETIC_CENTRE));
    let (to, form) = (code(NEW), TransferId(Uuid::now_v7()));
    let offer = Offer { id: Some(form), to: &to, reason: TransferReason::Moved, note: None };
    let twice = [
        offer_transfer(context, &old, &id(0), offer).await.unwrap(),
        offer_transfer(context, &old, &id(0), offer).await.unwrap(),
        offer_transfer(context, &old, &id(0), Offer { id: None, ..offer }).await.unwrap(),
    ];
    assert_eq!(
        twice,
        [
            Offered::Now(form),
            Offered::Before(form, TransferState::Offered),
            Offered::Before(form, TransferState::Offered),
        ]
    );
    decide_transfer(context, &old, form, TransferAnswer::Withdraw).await.unwrap();
    // Back and send: the old form doesn't offer anew.
    let sent = offer_transfer(context, &old, &id(0), offer).await.unwrap();
    assert_eq!(sent, Offered::Before(form, TransferState::Withdrawn));
    assert_eq!(day.kept.count("transfers").await, 1);
    let own = code(SYNTHETIC_CENTRE);
    let nowhere = code("99999");
    for to in [&own, &nowhere] {
        let refused = offer_transfer(context, &old, &id(0), Offer { id: None, to, ..offer }).await;
        assert!(matches!(refused, Err(ServiceError::Transfer(TransferError::NoReceiver))), "{refused:?}");
    }
    release_patient(context, &old, &id(1)).await.unwrap();
    let refused = offer_transfer(context, &old, &id(1), Offer { id: None, ..offer }).await;
    assert!(matches!(refused, Err(ServiceError::Transfer(TransferError::Released))), "{refused:?}");
    // A change after the acceptance is the new centre's.
    let transfer = offered(&day, 0).await;
    accepted(&day, transfer).await;
    let values = [(kenkocall::patient_import::Column::CallTimes, "10:00")];
    assert!(change_patient(context, &old, &id(0), None, &values).await.is_err());
    change_patient(context, &of(NEW), &id(0), None, &values).await.unwrap();
    day.until("12:00").await;
    assert_eq!(day.rang(), ["10:00:00 01"]);
}
