//! A caller on the health-call line who rings again and again while something else is measured: how long they wait.

#![allow(clippy::disallowed_methods)] // it measures time

use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::carrier::network::Ringing;
use crate::domain::Line;
use crate::service::{Begin, CarrierEvent, ConversationError, ConversationService, LegStatus};

/// How often they ring.
const EVERY: Duration = Duration::from_millis(50);

/// The caller, until stopped.
pub(super) struct LatencyProbe {
    stop: oneshot::Sender<()>,
    ringing: JoinHandle<anyhow::Result<Waited>>,
}

/// What the caller met with.
pub(super) struct Waited {
    /// How long each call waited for its first reply, in microseconds.
    pub(super) times: Histogram<u64>,
    /// How often the caller was asked to call again, as too much else was waiting for the database.
    pub(super) turned_away: u32,
}

impl LatencyProbe {
    /// Rings from now on.
    pub(super) fn start(conversations: ConversationService) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, ringing: tokio::spawn(ring(conversations, stopped)) }
    }

    /// Stops, and tells how it was.
    pub(super) async fn stop(self) -> anyhow::Result<Waited> {
        // It may have ended by itself, with an error that is found next.
        let _ended = self.stop.send(());
        self.ringing.await.context("the caller broke")?
    }
}

async fn ring(conversations: ConversationService, mut stopped: oneshot::Receiver<()>) -> anyhow::Result<Waited> {
    let (mut times, mut turned_away) = (Histogram::new(3).context("the histogram")?, 0_u32);
    let mut rhythm = tokio::time::interval(EVERY);
    for nth in 0_u32.. {
        tokio::select! {
            _ = rhythm.tick() => {}
            _ = &mut stopped => break,
        }
        let leg = format!("probe-{nth:08}");
        let begin = Begin { line: Line::HealthCall, carrier: "terminal", leg: leg.clone(), caller: None, called: None };
        let begun = Instant::now();
        match conversations.take(CarrierEvent::Begin(begin)).await {
            Err(ConversationError::Overloaded) => {
                turned_away = turned_away.saturating_add(1);
                continue;
            }
            taken => taken?,
        };
        let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        times.record(took).context("the histogram")?;
        let (ended, ringing) = (Some(crate::domain::HangupCause::NormalClearing), Ringing::Proven);
        let ended = LegStatus { call: None, carrier: "terminal", leg, status: "ended", ended, ringing };
        match conversations.take(CarrierEvent::Status(ended)).await {
            // A carrier would be answered 503.
            Err(ConversationError::Overloaded) => {}
            taken => drop(taken?),
        }
    }
    Ok(Waited { times, turned_away })
}
