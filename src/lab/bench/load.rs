//! Measures an overload and a long even load: how callers are answered, and how much memory the server uses.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use hdrhistogram::Histogram;
use secrecy::SecretString;

use super::TempDir;
use super::phone::{Pace, Phone};
use super::server::{Measured, TOKEN, free_address};
use super::turns::{Load, drive, rate};
use crate::carrier::twilio::SigningKey;
use crate::commands::output::outln;
use crate::domain::DataOrigin;
use crate::lab::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, add_synthetic};
use crate::service::Clock;
use crate::store::{Database, snapshot};

/// The number of registered patients.
const PATIENTS: u32 = 10_000;
/// The number of callers and of turns that measure the capacity.
const TRIED: (u32, u32) = (64, 40_000);
/// The number of concurrent callers in an overload.
const CROWD: u32 = 3_000;
/// The number of concurrent callers in an even load.
const CALLERS: u32 = 300;
/// The interval between memory readings.
const READ_EVERY: Duration = Duration::from_secs(10);

/// What the callers experienced.
pub(super) struct Heard {
    /// The duration of each turn, in microseconds.
    pub(super) taken: Histogram<u64>,
    turned_away: Histogram<u64>,
    /// The number of acknowledged turns by leg.
    acknowledged: HashMap<String, u32>,
    seconds: f64,
}

/// Phones that call until they are told to stop.
pub(super) struct Crowd {
    pub(super) server: Arc<Measured>,
    pub(super) phones: u32,
    /// The total rate in turns per second.
    pub(super) rate: f64,
    /// Distinguishes the legs of one crowd from those of others.
    pub(super) prefix: char,
    /// The first patient who calls, counted from 0.
    pub(super) first: u32,
}

impl Crowd {
    /// Lets them call.
    pub(super) async fn call_for(self, length: Duration) -> anyhow::Result<Heard> {
        let key = Arc::new(SigningKey::new(&SecretString::from(TOKEN)).context("the key")?);
        let (next, over) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        let every = Duration::from_secs_f64(f64::from(self.phones) / self.rate);
        let begun = Instant::now();
        let mut phones = tokio::task::JoinSet::new();
        for nth in 0..self.phones {
            let (key, next, over, address) =
                (Arc::clone(&key), Arc::clone(&next), Arc::clone(&over), self.server.address);
            let (prefix, first) = (self.prefix, self.first);
            phones.spawn(async move {
                let mut phone = Phone::connect(address, &key).await?;
                let mut pace = Pace::new(every, every.mul_f64(f64::from(nth) / f64::from(CROWD)));
                let mut acknowledged = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    let leg = format!("CA{prefix}{call:031x}");
                    let id = FIRST_MADE_UP_ID + (first + call) % PATIENTS;
                    let turns = phone.paced_call(&mut pace, &leg, id, MADE_UP_BIRTH_DATE).await?;
                    acknowledged.push((leg, turns));
                }
                anyhow::Ok((phone.times, phone.turned_away, acknowledged))
            });
        }
        tokio::time::sleep(length).await;
        over.store(true, Ordering::Relaxed);
        let new = || Histogram::<u64>::new(3).context("the histogram");
        let mut heard = Heard { taken: new()?, turned_away: new()?, acknowledged: HashMap::new(), seconds: 0.0 };
        while let Some(phone) = phones.join_next().await {
            let (taken, turned_away, acknowledged) = phone.context("a phone broke")??;
            heard.taken.add(taken).context("the histogram")?;
            heard.turned_away.add(turned_away).context("the histogram")?;
            heard.acknowledged.extend(acknowledged);
        }
        heard.seconds = begun.elapsed().as_secs_f64();
        Ok(heard)
    }
}

impl Heard {
    /// Prints it.
    pub(super) fn show(&self) {
        for (what, times) in [("taken", &self.taken), ("turned away", &self.turned_away)] {
            let at = |quantile| times.value_at_quantile(quantile) as f64 / 1000.0;
            let (count, a_second) = (times.len(), times.len() as f64 / self.seconds);
            if count > 0 {
                outln!(
                    "  {what}: {a_second:.0} turns/s, p50 {:.1} ms, p99 {:.1} ms, max {:.0} ms ({count} turns)",
                    at(0.5),
                    at(0.99),
                    at(1.0),
                );
            }
        }
    }
}

async fn prepared(database: Option<String>, scratch: &TempDir) -> anyhow::Result<(String, Arc<Measured>)> {
    let url = database.unwrap_or_else(|| scratch.database());
    let store = Database::open(&url, 4).await?;
    // The measured server is configured for a real carrier.
    store.migrate(DataOrigin::Real).await?;
    add_synthetic(&store, &Clock::system(), PATIENTS).await?;
    store.close().await;
    let server = Measured::start(&["serve"], Some(&url), free_address()?)?;
    Ok((url, Arc::new(server)))
}

/// Checks that the database has everything that was acknowledged.
async fn nothing_is_lost(url: &str, heard: &Heard) -> anyhow::Result<()> {
    let store = Database::open(url, 4).await?;
    let stored: HashMap<String, i64> =
        snapshot::last_turns(&mut store.begin_read().await?).await?.into_iter().collect();
    store.close().await;
    let lost = heard.acknowledged.iter().filter(|(leg, turns)| {
        let last = stored.get(*leg).copied().unwrap_or(-1);
        last + 1 < i64::from(**turns)
    });
    match lost.count() {
        0 => {
            let turns: u64 = heard.acknowledged.values().map(|turns| u64::from(*turns)).sum();
            outln!(
                "  {turns} turns of {} calls were acknowledged, and all of them are stored",
                heard.acknowledged.len()
            );
            Ok(())
        }
        calls => bail!("{calls} calls lack turns that were acknowledged; report it"),
    }
}

/// Measures the capacity, then offers twice as much.
pub(super) async fn overload(seconds: u32, database: Option<String>) -> anyhow::Result<()> {
    let scratch = TempDir::new("overload")?;
    let (url, server) = prepared(database, &scratch).await?;
    let (callers, turns) = TRIED;
    let capacity = rate(&drive(&server, Load { calls: callers, turns, patients: PATIENTS, whole: true }).await?);
    let offered = capacity * 2.0;
    outln!(
        "{callers} callers who wait for each other: {capacity:.0} turns/s. {CROWD} callers, {offered:.0} turns/s offered:"
    );
    let crowd = Crowd { server: Arc::clone(&server), phones: CROWD, rate: offered, prefix: 'f', first: 0 };
    let heard = crowd.call_for(Duration::from_secs(seconds.into())).await?;
    heard.show();
    if let Some(memory) = server.resident_megabytes() {
        outln!("  resident memory afterwards {memory:.0} MB");
    }
    nothing_is_lost(&url, &heard).await
}

/// Calls at an even rate and reads the server's memory.
pub(super) async fn soak(rate: u32, seconds: u32, database: Option<String>) -> anyhow::Result<()> {
    let scratch = TempDir::new("soak")?;
    let (url, server) = prepared(database, &scratch).await?;
    outln!("{rate} turns/s for {seconds} s by {CALLERS} callers; resident memory:");
    let over = Arc::new(AtomicBool::new(false));
    let (watched, ends, begun) = (Arc::clone(&server), Arc::clone(&over), Instant::now());
    let watch = tokio::spawn(async move {
        let mut read = Vec::new();
        while !ends.load(Ordering::Relaxed) {
            tokio::time::sleep(READ_EVERY).await;
            if let Some(megabytes) = watched.resident_megabytes() {
                outln!("  {:>5.0} s {megabytes:>6.1} MB", begun.elapsed().as_secs_f64());
                read.push(megabytes);
            }
        }
        read
    });
    let crowd = Crowd { server: Arc::clone(&server), phones: CALLERS, rate: rate.into(), prefix: 'e', first: 0 };
    let heard = crowd.call_for(Duration::from_secs(seconds.into())).await?;
    over.store(true, Ordering::Relaxed);
    let read = watch.await.context("the watch broke")?;
    heard.show();
    let mean = |part: &[f64]| part.iter().sum::<f64>() / (part.len().max(1) as f64);
    let half = read.len() / 2;
    let (first, second) = (read.get(..half).unwrap_or_default(), read.get(half..).unwrap_or_default());
    outln!("  resident memory: mean of the first half {:.1} MB, of the second {:.1} MB", mean(first), mean(second));
    nothing_is_lost(&url, &heard).await
}
