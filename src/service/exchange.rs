//! The simulated phone network's side towards this program: what its people do comes in as a carrier's news does, and
//! what is said goes back to them.

use std::time::Duration;

use jiff::Timestamp;
use tracing::error;

use super::network::SimulatedLines;
use super::switchboard::{Answered, Begin, Knock, LegStatus, Outcome, StaffNews, Switchboard, SwitchboardError};
use crate::call::{CallId, HangupCause};
use crate::carrier::network::{LegProgress, Ringing};
use crate::carrier::simulator::{Happens, News};
use crate::engine::{Happening, TransferOutcome};

/// The carrier's name in the database.
const CARRIER: &str = "simulator";
/// How long the exchange sleeps when nothing is to happen.
const LONGEST_SLEEP: Duration = Duration::from_millis(500);
/// Pieces of news handed in together: fewer than the switchboard lets wait.
const MAX_HANDED_IN: usize = 512;

/// What came of one piece of the network's news.
#[derive(Debug)]
pub struct Heard<'a> {
    /// The news.
    pub news: &'a News,
    /// The turn that the leg was at: the one that it was handed in as, when it was the answer to a reply.
    pub turn: Option<(CallId, u32)>,
    /// What came of it. Everything in it is committed.
    pub outcome: &'a Result<Outcome, SwitchboardError>,
}

/// Plays the simulated network until the task is ended.
pub async fn run_exchange(switchboard: Switchboard, lines: SimulatedLines) {
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
            let (switchboard, lines) = (switchboard.clone(), lines.clone());
            tokio::spawn(async move { hand_in(&switchboard, &lines, news).await });
        }
    }
}

/// Everything that happens up to `now`, in one commit where it can be, until nothing more happens by then: for a clock
/// that stands meanwhile. Says how much happened.
pub async fn happen_until(switchboard: &Switchboard, lines: &SimulatedLines, now: Timestamp) -> usize {
    let mut happened = 0;
    loop {
        let news = lines.watch(|network, _| network.advance(now));
        if news.is_empty() {
            return happened;
        }
        happened += news.len();
        for part in news.chunks(MAX_HANDED_IN) {
            let handed_in = part.iter().map(|news| Some((news, switchboard.hand_in(knock_of(lines, news)?))));
            for (news, handed_in) in handed_in.collect::<Vec<_>>().into_iter().flatten() {
                reply(lines, news, handed_in.outcome().await);
            }
        }
    }
}

/// Hands one piece of news in and gives the leg what is said then.
async fn hand_in(switchboard: &Switchboard, lines: &SimulatedLines, news: News) {
    let Some(knock) = knock_of(lines, &news) else { return };
    let outcome = switchboard.take(knock).await;
    reply(lines, &news, outcome);
}

/// Gives the leg what came of its news, where it waits for it.
fn reply(lines: &SimulatedLines, news: &News, outcome: Result<Outcome, SwitchboardError>) {
    let leg = &news.leg;
    lines.hear(&Heard { news, turn: lines.expected(leg), outcome: &outcome });
    if !news.what.wants_reply() {
        if let Err(error) = outcome {
            error!(%error, "news of the simulated network couldn't be kept");
        }
        return;
    }
    match outcome {
        Ok(Outcome::Reply { call, turn, reply, library }) => {
            lines.expect(leg, call, turn);
            lines.with(|network, now| network.replied(leg, Some((&library, &reply)), now));
        }
        Ok(_) => lines.with(|network, now| network.replied(leg, None, now)),
        Err(error) => {
            error!(%error, "somebody on the simulated network was asked to call again");
            lines.with(|network, now| network.replied(leg, None, now));
        }
    }
}

/// What a carrier would tell us.
fn knock_of(lines: &SimulatedLines, news: &News) -> Option<Knock> {
    let leg = news.leg.as_str().to_owned();
    let status = |word: &'static str, ended: Option<HangupCause>| {
        let ringing = ended.map_or(Ringing::Proven, |cause| LegProgress::Ended(cause).ringing());
        let status = LegStatus { call: news.call, carrier: CARRIER, leg: leg.clone(), status: word, ended, ringing };
        Some(Knock::Status(status))
    };
    let turn = |happening| {
        let (call, turn) = lines.expected(&news.leg)?;
        Some(Knock::Turn { call, turn, happening })
    };
    match &news.what {
        Happens::Ringing => status("ringing", None),
        Happens::Answered(by) => {
            let answered = Answered { call: news.call?, carrier: CARRIER, leg, answered_by: *by };
            Some(Knock::Answered(answered))
        }
        Happens::RangIn(line) => Some(Knock::Begin(Begin {
            line: *line,
            carrier: CARRIER,
            leg,
            caller: news.from.clone(),
            called: news.to.clone(),
        })),
        Happens::Keyed(keys) => turn(Happening::Keyed(keys.clone())),
        Happens::StaffAnswered => {
            let (call, turn) = lines.expected(&news.leg)?;
            Some(Knock::Staff(StaffNews { call, turn, outcome: TransferOutcome::Talked }))
        }
        Happens::TransferEnded(outcome) => turn(Happening::TransferEnded(*outcome)),
        Happens::Redirected => Some(Knock::Withdraw(news.call?)),
        Happens::Ended(cause) => {
            lines.forget(&news.leg);
            status("ended", Some(*cause))
        }
    }
}
