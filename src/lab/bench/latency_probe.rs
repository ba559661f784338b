//! A caller on the health-call line who calls repeatedly while something else is measured: how long callers wait.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::carrier::network::Ringing;
use crate::domain::Line;
use crate::service::{Begin, CarrierEvent, ConversationError, ConversationService, LegStatus};

/// The interval between calls.
const EVERY: Duration = Duration::from_millis(50);

/// The caller. It calls until it is stopped.
pub(super) struct LatencyProbe {
    stop: oneshot::Sender<()>,
    ringing: JoinHandle<anyhow::Result<Waited>>,
}

/// What the caller experienced.
pub(super) struct Waited {
    /// The time each call waited for its first reply, in microseconds.
    pub(super) times: Histogram<u64>,
    /// How often the caller was asked to call again because too many requests waited for the database.
    pub(super) turned_away: u32,
}

impl LatencyProbe {
    /// Starts calling.
    pub(super) fn start(conversations: ConversationService) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, ringing: tokio::spawn(ring(conversations, stopped)) }
    }

    /// Stops calling and returns the measurements.
    pub(super) async fn stop(self) -> anyhow::Result<Waited> {
        // The task may have ended with an error, which the next line returns.
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
            // A carrier would get status 503.
            Err(ConversationError::Overloaded) => {}
            taken => drop(taken?),
        }
    }
    Ok(Waited { times, turned_away })
}
