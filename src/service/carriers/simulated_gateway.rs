//! Connects the simulated phone network with this program. What its people do arrives as a carrier's events do, and
//! replies go back to them.

use std::time::Duration;

use jiff::Timestamp;
use tracing::error;

use super::simulated::{CARRIER_NAME, SimulatedCarrier};
use crate::carrier::network::{LegProgress, Ringing};
use crate::carrier::simulator::{NetworkEvent, NetworkEventKind};
use crate::domain::{CallId, HangupCause};
use crate::engine::{EventKind, TransferOutcome};
use crate::service::conversation::{
    Answered, Begin, CarrierEvent, ConversationError, ConversationService, LegStatus, Outcome, StaffNews,
};

/// How long the gateway sleeps if no event is due.
const LONGEST_SLEEP: Duration = Duration::from_millis(500);
/// Events submitted together: fewer than the conversation service lets wait.
const MAX_HANDED_IN: usize = 512;

/// The result of one event of the network.
#[derive(Debug)]
pub struct Processed<'a> {
    /// The event.
    pub news: &'a NetworkEvent,
    /// The leg's current turn. If the event answers a reply, it was submitted as this turn.
    pub turn: Option<(CallId, u32)>,
    /// The outcome. Everything in it is committed.
    pub outcome: &'a Result<Outcome, ConversationError>,
}

/// Runs the simulated network until the task is aborted.
pub async fn run_simulated_gateway(conversations: ConversationService, lines: SimulatedCarrier) {
    loop {
        let next = lines.watch(|network, _| network.next_at());
        let sleep = next.map_or(LONGEST_SLEEP, |at| {
            Duration::try_from(at.duration_since(lines.now())).unwrap_or_default().min(LONGEST_SLEEP)
        });
        if !sleep.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(sleep) => {}
                () = lines.changed.notified() => {}
            }
        }
        for news in lines.watch(|network, now| network.advance(now)) {
            let (conversations, lines) = (conversations.clone(), lines.clone());
            tokio::spawn(async move { hand_in(&conversations, &lines, news).await });
        }
    }
}

/// Handles all events up to `now`, in one commit if possible, until no more are due: for a clock that stands still
/// during the call. Returns the number of events.
pub async fn run_until(conversations: &ConversationService, lines: &SimulatedCarrier, now: Timestamp) -> usize {
    let mut happened = 0;
    loop {
        let news = lines.watch(|network, _| network.advance(now));
        if news.is_empty() {
            return happened;
        }
        happened += news.len();
        for part in news.chunks(MAX_HANDED_IN) {
            let handed_in = part.iter().map(|news| Some((news, conversations.hand_in(event_of(lines, news)?))));
            for (news, handed_in) in handed_in.collect::<Vec<_>>().into_iter().flatten() {
                reply(lines, news, handed_in.outcome().await);
            }
        }
    }
}

/// Submits one event and gives the reply to the leg.
async fn hand_in(conversations: &ConversationService, lines: &SimulatedCarrier, news: NetworkEvent) {
    let Some(event) = event_of(lines, &news) else { return };
    let outcome = conversations.take(event).await;
    reply(lines, &news, outcome);
}

/// Gives the outcome of an event to its leg, if the leg waits for it.
fn reply(lines: &SimulatedCarrier, news: &NetworkEvent, outcome: Result<Outcome, ConversationError>) {
    let leg = &news.leg;
    lines.hear(&Processed { news, turn: lines.expected(leg), outcome: &outcome });
    if !news.what.wants_reply() {
        if let Err(error) = outcome {
            error!(%error, "could not store an event of the simulated network");
        }
        return;
    }
    match outcome {
        Ok(Outcome::Reply { call, turn, reply, flow_set, .. }) => {
            lines.expect(leg, call, turn);
            lines.with(|network, now| network.replied(leg, Some((&flow_set, &reply)), now));
        }
        Ok(_) => lines.with(|network, now| network.replied(leg, None, now)),
        Err(error) => {
            error!(%error, "a simulated caller was asked to call again");
            lines.with(|network, now| network.replied(leg, None, now));
        }
    }
}

/// The event that a carrier would send us.
fn event_of(lines: &SimulatedCarrier, news: &NetworkEvent) -> Option<CarrierEvent> {
    let leg = news.leg.as_str().to_owned();
    let status = |word: &'static str, ended: Option<HangupCause>| {
        let ringing = ended.map_or(Ringing::Proven, |cause| LegProgress::Ended(cause).ringing());
        let status =
            LegStatus { call: news.call, carrier: CARRIER_NAME, leg: leg.clone(), status: word, ended, ringing };
        Some(CarrierEvent::Status(status))
    };
    let turn = |happening| {
        let (call, turn) = lines.expected(&news.leg)?;
        Some(CarrierEvent::Turn { call, turn, happening })
    };
    match &news.what {
        NetworkEventKind::Ringing => status("ringing", None),
        NetworkEventKind::Answered(by) => {
            let answered = Answered { call: news.call?, carrier: CARRIER_NAME, leg, answered_by: *by };
            Some(CarrierEvent::Answered(answered))
        }
        NetworkEventKind::RangIn(line) => Some(CarrierEvent::Begin(Begin {
            line: *line,
            carrier: CARRIER_NAME,
            leg,
            caller: news.from.clone(),
            called: news.to.clone(),
        })),
        NetworkEventKind::Keyed(keys) => turn(EventKind::Keyed(keys.clone())),
        NetworkEventKind::StaffAnswered => {
            let (call, turn) = lines.expected(&news.leg)?;
            Some(CarrierEvent::Staff(StaffNews { call, turn, outcome: TransferOutcome::Talked }))
        }
        NetworkEventKind::TransferEnded(outcome) => turn(EventKind::TransferEnded(*outcome)),
        NetworkEventKind::Redirected => Some(CarrierEvent::Withdraw(news.call?)),
        NetworkEventKind::Ended(cause) => {
            lines.forget(&news.leg);
            status("ended", Some(*cause))
        }
    }
}
