//! A caller on the health-call line who rings again and again while something else is measured: how long they wait.

#![allow(clippy::disallowed_methods)] // it measures time

use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::call::Line;
use crate::carrier::network::Ringing;
use crate::service::{Begin, Knock, LegStatus, Switchboard};

/// How often they ring.
const EVERY: Duration = Duration::from_millis(50);

/// The caller, until stopped.
pub(super) struct Probe {
    stop: oneshot::Sender<()>,
    ringing: JoinHandle<anyhow::Result<Histogram<u64>>>,
}

impl Probe {
    /// Rings from now on.
    pub(super) fn start(switchboard: Switchboard) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, ringing: tokio::spawn(ring(switchboard, stopped)) }
    }

    /// Stops; how long each call waited for its first reply, in microseconds.
    pub(super) async fn stop(self) -> anyhow::Result<Histogram<u64>> {
        // It may have ended by itself, with an error that is found next.
        let _ended = self.stop.send(());
        self.ringing.await.context("the caller broke")?
    }
}

async fn ring(switchboard: Switchboard, mut stopped: oneshot::Receiver<()>) -> anyhow::Result<Histogram<u64>> {
    let mut times = Histogram::new(3).context("the histogram")?;
    let mut rhythm = tokio::time::interval(EVERY);
    for nth in 0_u32.. {
        tokio::select! {
            _ = rhythm.tick() => {}
            _ = &mut stopped => break,
        }
        let leg = format!("probe-{nth:08}");
        let begin = Begin { line: Line::HealthCall, carrier: "terminal", leg: leg.clone(), caller: None, called: None };
        let begun = Instant::now();
        switchboard.take(Knock::Begin(begin)).await?;
        let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        times.record(took).context("the histogram")?;
        let (ended, ringing) = (Some(crate::call::HangupCause::NormalClearing), Ringing::Proven);
        switchboard
            .take(Knock::Status(LegStatus { call: None, carrier: "terminal", leg, status: "ended", ended, ringing }))
            .await?;
    }
    Ok(times)
}
