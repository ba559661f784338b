//! Pages and callers at the same time: nurses who turn pages, open consoles, and callers at an even rate; and how long
//! it takes from a red answer to the screens.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hdrhistogram::Histogram;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use secrecy::SecretString;
use tokio::task::JoinSet;

use super::super::load::Crowd;
use super::super::phone::Phone;
use super::super::server::{Measured, TOKEN};
use super::browser::Browser;
use super::pages::next_page;
use crate::carrier::twilio::SigningKey;
use crate::commands::output::outln;
use crate::lab::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE};

/// Nurses who turn pages of the list.
const NURSES: u32 = 10;
/// The pause of a nurse between two pages.
const PAUSE: Duration = Duration::from_millis(500);
/// Open consoles.
const OPEN: u32 = 200;
/// How long each part is measured.
const LENGTH: Duration = Duration::from_secs(20);
/// The callers who give the turns.
const CALLERS: u32 = 300;
/// Red answers while all of it goes on.
const RED: u32 = 30;
/// The first patient of the second measurement: those of the first have reported today.
const SECOND: u32 = 4_500;
/// The first patient who gives one, after those of the callers.
const FIRST_RED: u32 = 9_000;
/// The longest wait for a screen.
const WAIT: Duration = Duration::from_secs(30);

/// Measures the callers alone, the nurses alone, and all together.
pub(super) async fn run(server: &Arc<Measured>, token: &str, rate: u32) -> anyhow::Result<()> {
    let memory = server.resident_megabytes();
    let crowd = |prefix, first| Crowd { server: Arc::clone(server), phones: CALLERS, rate: rate.into(), prefix, first };
    let callers_alone = crowd('a', 0).call_for(LENGTH).await?;
    let nurses = Nurses::start(server.address, token);
    tokio::time::sleep(LENGTH).await;
    let pages_alone = nurses.stop().await?;
    outln!("{rate} turns/s, alone:");
    callers_alone.show();
    show("pages alone", &pages_alone);

    let between = server.resident_megabytes();
    let mut consoles = Vec::new();
    for _ in 0..OPEN {
        consoles.push(Browser::open(server.address, token).await?);
    }
    let mut streams = JoinSet::new();
    for console in &mut consoles {
        let stream = console.stream().await?;
        streams.spawn(read_on(stream));
    }
    let nurses = Nurses::start(server.address, token);
    let (address, own) = (server.address, token.to_owned());
    let red = tokio::spawn(async move { red_answers(address, &own).await });
    let callers = crowd('b', SECOND).call_for(LENGTH).await?;
    let pages = nurses.stop().await?;
    let red = red.await.context("the red answers broke")??;
    outln!("{rate} turns/s beside {NURSES} nurses who turn pages and {OPEN} open consoles:");
    callers.show();
    show("pages", &pages);
    let share = |one: &Histogram<u64>, other: &Histogram<u64>, quantile| {
        one.value_at_quantile(quantile) as f64 / other.value_at_quantile(quantile).max(1) as f64
    };
    outln!(
        "  turns: p99 × {:.1}; pages: p95 × {:.1}",
        share(&callers.taken, &callers_alone.taken, 0.99),
        share(&pages, &pages_alone, 0.95)
    );
    show("a red answer until a screen shows it", &red);
    if let (Some(first), Some(between), Some(now)) = (memory, between, server.resident_megabytes()) {
        outln!("  resident memory: {first:.0} MB at first, {between:.0} MB before and {now:.0} MB with the consoles");
    }
    streams.abort_all();
    Ok(())
}

fn show(name: &str, times: &Histogram<u64>) {
    let at = |quantile| times.value_at_quantile(quantile) as f64 / 1_000.0;
    outln!("  {name}: p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms ({} times)", at(0.5), at(0.95), at(0.99), times.len());
}

/// Reads a stream for as long as it goes on.
async fn read_on(mut stream: Incoming) {
    while let Some(Ok(_)) = stream.frame().await {}
}

/// Nurses who turn pages until they are stopped.
struct Nurses {
    stopped: Arc<AtomicBool>,
    pages: JoinSet<anyhow::Result<Vec<f64>>>,
}

impl Nurses {
    fn start(address: SocketAddr, token: &str) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let mut pages = JoinSet::new();
        for nth in 0..NURSES {
            let (stopped, token) = (Arc::clone(&stopped), token.to_owned());
            pages.spawn(async move {
                tokio::time::sleep(PAUSE.mul_f64(f64::from(nth) / f64::from(NURSES))).await;
                let mut browser = Browser::open(address, &token).await?;
                let (mut times, mut path) = (Vec::new(), "/console/patients".to_owned());
                while !stopped.load(Ordering::Relaxed) {
                    let answer = browser.page(&path).await?;
                    times.push(answer.took);
                    path = next_page(&answer.body).unwrap_or_else(|| "/console/patients".to_owned());
                    tokio::time::sleep(PAUSE).await;
                }
                anyhow::Ok(times)
            });
        }
        Self { stopped, pages }
    }

    /// How long the pages took, in microseconds.
    async fn stop(mut self) -> anyhow::Result<Histogram<u64>> {
        self.stopped.store(true, Ordering::Relaxed);
        let mut times = Histogram::new(3).context("the histogram")?;
        while let Some(nurse) = self.pages.join_next().await {
            for took in nurse.context("a nurse broke")?? {
                times.record((took * 1_000.0) as u64).context("the histogram")?;
            }
        }
        Ok(times)
    }
}

/// Gives red answers, one after the other. Returns how long it took from each key press until a stream told of it.
async fn red_answers(address: SocketAddr, token: &str) -> anyhow::Result<Histogram<u64>> {
    let key = SigningKey::new(&SecretString::from(TOKEN)).context("the key")?;
    let mut phone = Phone::connect(address, &key).await?;
    let mut browser = Browser::open(address, token).await?;
    let mut stream = browser.stream().await?;
    let mut known = next_pulse(&mut stream).await?;
    let mut times = Histogram::new(3).context("the histogram")?;
    for nth in 0..RED {
        let leg = format!("CAc{nth:031x}");
        let keyed = phone.red_answer(&leg, FIRST_MADE_UP_ID + FIRST_RED + nth, MADE_UP_BIRTH_DATE).await?;
        let told = tokio::time::timeout(WAIT, async {
            loop {
                let pulse = next_pulse(&mut stream).await?;
                if pulse != known {
                    known = pulse;
                    return anyhow::Ok(Instant::now());
                }
            }
        });
        let told = told.await.context("no screen shows the red answer")??;
        let took = told.saturating_duration_since(keyed).as_micros();
        times.record(u64::try_from(took).unwrap_or(u64::MAX)).context("the histogram")?;
    }
    Ok(times)
}

/// The number of red lines that the next event tells.
async fn next_pulse(stream: &mut Incoming) -> anyhow::Result<u64> {
    loop {
        let frame = stream.frame().await.context("the stream has ended")?.context("the stream broke off")?;
        let Ok(data) = frame.into_data() else { continue };
        let text = String::from_utf8_lossy(&data).into_owned();
        let Some(json) = text.lines().find_map(|line| line.strip_prefix("data:")) else { continue };
        let pulse: serde_json::Value = serde_json::from_str(json).context("an event isn't JSON")?;
        if let Some(red) = pulse.get("red").and_then(serde_json::Value::as_u64) {
            return Ok(red);
        }
    }
}
