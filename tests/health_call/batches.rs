//! A commit of many turns stores the same rows as a commit for each turn.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use kenkocall::carrier::network::Ringing;
use kenkocall::domain::{CallId, HangupCause, Keys, Line, PhoneNumber};
use kenkocall::engine::EventKind;
use kenkocall::lab::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, add_synthetic};
use kenkocall::service::{Begin, CarrierEvent, Clock, ConversationService, LegStatus, Outcome};
use kenkocall::store::{CommitHook, Decision, StoreError};
use tokio::sync::Notify;

use super::databases::Fresh;
use super::db_assertions::DatabaseAssertions;
use super::phone::WELL;
use super::server::InProcessServer;

crate::on_both_databases!(
    a_batch_of_any_size_stores_the_rows_of_single_turns,
    a_turn_that_another_node_took_is_read_again_and_the_others_are_stored,
    a_call_that_another_node_ended_is_over,
    two_turns_of_a_call_in_consecutive_commits_are_taken_in_order,
    a_commit_that_fails_takes_nothing_from_the_next_one,
);

const NOW: &str = "2026-11-24T01:00:00Z";
/// The most turns of a commit.
const PEOPLE: usize = 128;

/// A call under way.
struct Caller {
    place: usize,
    call: Option<CallId>,
    turn: u32,
    /// Its keys, one turn after the other.
    script: Vec<String>,
}

impl Caller {
    /// Callers differ: most are well, some mistype their birth date, some are ill, some hang up.
    fn new(place: usize) -> Self {
        let id = (FIRST_MADE_UP_ID as usize + place).to_string();
        let mut script = vec!["1".to_owned(), id.clone()];
        if place % 5 == 1 {
            script.extend(["19991231".to_owned(), id]);
        }
        script.push(MADE_UP_BIRTH_DATE.to_owned());
        script.extend(WELL.iter().map(|keys| (*keys).to_owned()));
        if place % 7 == 2 {
            // An oxygen saturation of 88 %.
            let spo2 = script.len() - WELL.len() + 2;
            script[spo2] = "088".to_owned();
            script.insert(spo2 + 2, "1".to_owned());
        }
        if place % 3 == 2 {
            script.truncate(script.len() - 4);
        }
        Self { place, call: None, turn: 0, script }
    }

    fn leg(&self) -> String {
        format!("CA{:032x}", self.place)
    }

    /// The next event. `None` after the call.
    fn next(&mut self) -> Option<CarrierEvent> {
        let Some(call) = self.call else {
            let number = format!("+8180{:08}", self.place);
            return Some(CarrierEvent::Begin(Begin {
                line: Line::HealthCall,
                carrier: "twilio",
                leg: self.leg(),
                caller: Some(PhoneNumber::from_e164(&number).unwrap()),
                called: None,
            }));
        };
        if self.script.is_empty() {
            return None;
        }
        let keys = self.script.remove(0);
        let happening = EventKind::Keyed(Keys::parse(&keys).unwrap().into());
        Some(CarrierEvent::Turn { call, turn: self.turn, happening })
    }

    fn hear(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Reply { call, turn, .. } => (self.call, self.turn) = (Some(*call), *turn),
            Outcome::Over => self.script.clear(),
            other => panic!("{other:?}"),
        }
    }

    fn hang_up(&self) -> CarrierEvent {
        let (ended, ringing) = (Some(HangupCause::NormalClearing), Ringing::Proven);
        CarrierEvent::Status(LegStatus {
            call: None,
            carrier: "twilio",
            leg: self.leg(),
            status: "completed",
            ended,
            ringing,
        })
    }
}

/// Events that are submitted before the service's task runs share a commit, as a test's runtime has one thread.
async fn submit(line: &ConversationService, events: Vec<CarrierEvent>) -> Vec<Outcome> {
    let mut submitted = tokio::task::JoinSet::new();
    for (place, event) in events.into_iter().enumerate() {
        let line = line.clone();
        submitted.spawn(async move { (place, line.take(event).await.unwrap()) });
    }
    let mut outcomes = submitted.join_all().await;
    outcomes.sort_by_key(|(place, _)| *place);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Lets the callers from `first` on call, all at the same time or one after the other.
async fn call(line: &ConversationService, callers: std::ops::Range<usize>, together: bool) {
    let mut callers: Vec<Caller> = callers.map(Caller::new).collect();
    loop {
        let mut coming: Vec<(usize, CarrierEvent)> = Vec::new();
        for (place, caller) in callers.iter_mut().enumerate() {
            coming.extend(caller.next().map(|event| (place, event)));
        }
        if coming.is_empty() {
            break;
        }
        let (places, events): (Vec<usize>, Vec<CarrierEvent>) = coming.into_iter().unzip();
        let outcomes = if together {
            submit(line, events).await
        } else {
            let mut outcomes = Vec::new();
            for event in events {
                outcomes.extend(submit(line, vec![event]).await);
            }
            outcomes
        };
        for (place, outcome) in places.into_iter().zip(&outcomes) {
            callers[place].hear(outcome);
        }
    }
    let ends = callers.iter().map(Caller::hang_up).collect();
    submit(line, ends).await;
}

/// The rows of each leg's call, with the ids replaced by their order.
async fn rows(fresh: &Fresh) -> BTreeMap<String, String> {
    let kept = DatabaseAssertions::at(&fresh.url);
    let of_calls = [
        ("calls", "SELECT l.carrier_leg_id, c.line, c.ended_at, c.disposition FROM calls c", "c.id"),
        ("legs", "SELECT l.carrier_leg_id, l.far_number, l.ended_at, l.hangup_cause FROM legs c", "c.call_id"),
        (
            "statuses",
            "SELECT l.carrier_leg_id, s.status FROM leg_statuses s JOIN legs c ON c.id = s.leg_id",
            "c.call_id",
        ),
        ("sessions", "SELECT l.carrier_leg_id, c.revision, c.turn, c.session FROM sessions c", "c.call_id"),
        ("turns", "SELECT l.carrier_leg_id, c.turn, c.event, c.reply FROM turns c", "c.call_id"),
        ("tries", "SELECT l.carrier_leg_id, c.hersys_id, c.lane, c.outcome FROM identifications c", "c.call_id"),
        ("people", "SELECT l.carrier_leg_id, c.patient_id, c.centre_code, c.role FROM call_people c", "c.call_id"),
        (
            "answers",
            "SELECT l.carrier_leg_id, c.turn, c.item, c.entry, c.severity, c.late, c.report_id FROM answers c",
            "c.call_id",
        ),
        (
            "reports",
            "SELECT DISTINCT l.carrier_leg_id, r.outcome, r.ended_at, r.caller_number, r.channel, r.report_date FROM reports r JOIN answers c ON c.report_id = r.id",
            "c.call_id",
        ),
        ("alerts", "SELECT l.carrier_leg_id, c.kind, c.item, c.patient_id, c.report_id FROM alerts c", "c.call_id"),
    ];
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (table, select, call) in of_calls {
        let mut of_table = kept.rows(&format!("{} JOIN legs l ON l.call_id = {call}", as_text(select))).await;
        of_table.sort_by_key(|row| (row[0].clone(), row[1].parse::<i64>().ok(), row.clone()));
        for row in of_table {
            let text = found.entry(row[0].clone()).or_default();
            *text += &format!("{table}: {}\n", row[1..].join(" | "));
        }
    }
    found.into_iter().map(|(leg, text)| (leg, without_ids(&text))).collect()
}

async fn forget_all_calls(fresh: &Fresh) {
    let tables = "outbox alerts answers reports identifications call_people leg_statuses legs turns sessions calls";
    for table in tables.split(' ') {
        DatabaseAssertions::at(&fresh.url).rows(&format!("DELETE FROM {table}")).await;
    }
    // What calls have told of their patients changes later ones.
    let learnt = "known_in = '', oximeter = 'unknown', spo2_report = NULL, spo2_asked_at = NULL, spo2_unmeasured = 0";
    DatabaseAssertions::at(&fresh.url).rows(&format!("UPDATE patients SET {learnt}")).await;
}

/// Selects every column as text.
fn as_text(select: &str) -> String {
    let (columns, from) = select.split_once(" FROM ").unwrap();
    let (keyword, columns) = match columns.strip_prefix("SELECT DISTINCT ") {
        Some(columns) => ("SELECT DISTINCT", columns),
        None => ("SELECT", columns.strip_prefix("SELECT ").unwrap()),
    };
    let columns: Vec<String> = columns.split(", ").map(|column| format!("CAST({column} AS text)")).collect();
    format!("{keyword} {} FROM {from}", columns.join(", "))
}

fn without_ids(text: &str) -> String {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        match rest.get(..36).filter(|id| uuid::Uuid::parse_str(id).is_ok()) {
            Some(id) => {
                let next = format!("#{}", names.len());
                out += names.entry(id.to_owned()).or_insert(next);
                rest = &rest[36..];
            }
            None => {
                let length = rest.chars().next().map_or(0, char::len_utf8);
                out += &rest[..length];
                rest = &rest[length..];
            }
        }
    }
    out
}

async fn a_batch_of_any_size_stores_the_rows_of_single_turns(fresh: Fresh) {
    let now = NOW.parse().unwrap();
    add_synthetic(&fresh.database, &Clock::reading(move || now), PEOPLE as u32).await.unwrap();
    let line = InProcessServer::serving(&fresh.database, now).await;
    call(&line.conversations, 0..PEOPLE, false).await;
    let single = rows(&fresh).await;
    assert_eq!(single.len(), PEOPLE);
    assert!(
        single.values().any(|rows| rows.contains("red_answer"))
            && single.values().any(|rows| rows.contains("mismatch"))
    );
    for size in [2, 63, 64, PEOPLE] {
        forget_all_calls(&fresh).await;
        for first in (0..PEOPLE).step_by(size) {
            call(&line.conversations, first..PEOPLE.min(first + size), true).await;
        }
        let batched = rows(&fresh).await;
        for (leg, rows) in &single {
            assert_eq!(batched.get(leg), Some(rows), "in batches of {size}");
        }
        assert_eq!(batched.len(), single.len());
    }
}

fn keyed(caller: &Caller, keys: &str) -> CarrierEvent {
    let happening = EventKind::Keyed(Keys::parse(keys).unwrap().into());
    CarrierEvent::Turn { call: caller.call.unwrap(), turn: caller.turn, happening }
}

/// Two callers whose sessions this node has in memory.
async fn two_callers(line: &ConversationService) -> [Caller; 2] {
    let mut callers = [Caller::new(0), Caller::new(3)];
    for _ in 0..6 {
        let events = callers.iter_mut().filter_map(Caller::next).collect();
        for (caller, outcome) in callers.iter_mut().zip(submit(line, events).await) {
            caller.hear(&outcome);
        }
    }
    callers
}

async fn a_turn_that_another_node_took_is_read_again_and_the_others_are_stored(fresh: Fresh) {
    let now = NOW.parse().unwrap();
    add_synthetic(&fresh.database, &Clock::reading(move || now), 4).await.unwrap();
    let one = InProcessServer::serving(&fresh.database, now).await;
    let other = InProcessServer::serving(&fresh.database, now).await;
    let [moved, stayed] = two_callers(&one.conversations).await;
    let elsewhere = submit(&other.conversations, vec![keyed(&moved, "098")]).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let turns = kept.count("turns").await;
    // The carrier repeats the turn to this node, which still has the session of before.
    let here = submit(&one.conversations, vec![keyed(&moved, "097"), keyed(&stayed, "096")]).await;
    assert_eq!(kept.count("turns").await, turns + 1, "only the other call's turn is new");
    let [Outcome::Reply { reply: again, turn, .. }, Outcome::Reply { turn: next, .. }] = &here[..] else {
        panic!("{here:?}")
    };
    let Outcome::Reply { reply: first, .. } = &elsewhere[0] else { panic!("{elsewhere:?}") };
    assert_eq!((again, *turn, *next), (first, moved.turn + 1, stayed.turn + 1), "what was stored is said again");
    // And it goes on here.
    let goes_on = CarrierEvent::Turn { call: moved.call.unwrap(), turn: moved.turn + 1, happening: yes() };
    assert!(matches!(&submit(&one.conversations, vec![goes_on]).await[..], [Outcome::Reply { .. }]));
    assert!(kept.answers(&(FIRST_MADE_UP_ID).to_string()).await.contains(&"spo2=098".to_owned()));
}

fn yes() -> EventKind {
    EventKind::Keyed(Keys::parse("1").unwrap().into())
}

async fn a_call_that_another_node_ended_is_over(fresh: Fresh) {
    let now = NOW.parse().unwrap();
    add_synthetic(&fresh.database, &Clock::reading(move || now), 4).await.unwrap();
    let one = InProcessServer::serving(&fresh.database, now).await;
    let other = InProcessServer::serving(&fresh.database, now).await;
    let [gone, stayed] = two_callers(&one.conversations).await;
    submit(&other.conversations, vec![gone.hang_up()]).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    let answers = kept.count("answers").await;
    let here = submit(&one.conversations, vec![keyed(&gone, "098"), keyed(&stayed, "096")]).await;
    assert!(matches!(&here[..], [Outcome::CallAgain(_) | Outcome::Over, Outcome::Reply { .. }]), "{here:?}");
    assert_eq!(kept.count("answers").await, answers);
    assert_eq!(kept.dispositions().await.iter().filter(|how| !how.is_empty()).count(), 1);
}

/// Holds up one commit, which then succeeds or fails.
#[derive(Default)]
struct Gate {
    next: Mutex<Option<Result<(), StoreError>>>,
    reached: Notify,
    opened: Notify,
}

impl CommitHook for Held {
    fn before(&self) -> Decision {
        let gate = Arc::clone(&self.0);
        let held = gate.next.lock().unwrap().take();
        Box::pin(async move {
            let Some(result) = held else { return Ok(()) };
            gate.reached.notify_one();
            gate.opened.notified().await;
            result
        })
    }

    fn after(&self) -> Decision {
        Box::pin(async { Ok(()) })
    }
}

struct Held(Arc<Gate>);

/// Submits a turn of the first caller. While its commit is held up, submits the caller's next turn and a turn of the
/// second caller. Returns the outcomes in this order.
async fn while_a_commit_is_held_up(fresh: &Fresh, result: Result<(), StoreError>) -> (Vec<Outcome>, [Caller; 2]) {
    let now = NOW.parse().unwrap();
    add_synthetic(&fresh.database, &Clock::reading(move || now), 4).await.unwrap();
    let gate = Arc::new(Gate::default());
    let database = fresh.database.clone().with_commit_hook(Arc::new(Held(Arc::clone(&gate))));
    let server = InProcessServer::serving(&database, now).await;
    let line = server.conversations.clone();
    let callers = two_callers(&line).await;
    let [one, other] = &callers;
    *gate.next.lock().unwrap() = Some(result);
    let first = tokio::spawn({
        let (line, event) = (line.clone(), keyed(one, "098"));
        async move { submit(&line, vec![event]).await }
    });
    gate.reached.notified().await;
    let next = CarrierEvent::Turn { call: one.call.unwrap(), turn: one.turn + 1, happening: yes() };
    let rest = tokio::spawn({
        let (line, events) = (line.clone(), vec![next, keyed(other, "096")]);
        async move { submit(&line, events).await }
    });
    tokio::task::yield_now().await;
    gate.opened.notify_one();
    let mut outcomes = first.await.unwrap();
    outcomes.extend(rest.await.unwrap());
    (outcomes, callers)
}

/// The turn that each outcome asks for.
fn asked(outcomes: &[Outcome]) -> Vec<u32> {
    let turn = |outcome: &Outcome| if let Outcome::Reply { turn, .. } = outcome { *turn } else { 0 };
    outcomes.iter().map(turn).collect()
}

async fn two_turns_of_a_call_in_consecutive_commits_are_taken_in_order(fresh: Fresh) {
    let (outcomes, [one, other]) = while_a_commit_is_held_up(&fresh, Ok(())).await;
    assert_eq!(asked(&outcomes), [one.turn + 1, one.turn + 2, other.turn + 1]);
    let stored = DatabaseAssertions::at(&fresh.url);
    assert_eq!(stored.answers(&FIRST_MADE_UP_ID.to_string()).await.last(), Some(&"spo2=098".to_owned()));
    let turns = format!("SELECT turn FROM sessions WHERE call_id = '{}'", one.call.unwrap());
    assert_eq!(stored.rows(&as_text(&turns)).await, [[(one.turn + 1).to_string()]], "the session has both turns");
}

async fn a_commit_that_fails_takes_nothing_from_the_next_one(fresh: Fresh) {
    let (outcomes, [one, other]) = while_a_commit_is_held_up(&fresh, Err(StoreError::Full)).await;
    // The first turn is taken again alone, on the stored session, and the turns after it on its result.
    assert_eq!(asked(&outcomes), [one.turn + 1, one.turn + 2, other.turn + 1]);
    let stored = DatabaseAssertions::at(&fresh.url);
    for caller in [one, other] {
        let call = caller.call.unwrap();
        let turns = format!("SELECT turn FROM turns WHERE call_id = '{call}'");
        let mut turns = stored.rows(&as_text(&turns)).await;
        turns.sort_by_key(|row| row[0].parse::<u32>().unwrap());
        let each: Vec<[String; 1]> = (0..turns.len()).map(|turn| [turn.to_string()]).collect();
        assert_eq!(turns, each, "each turn once");
    }
}
