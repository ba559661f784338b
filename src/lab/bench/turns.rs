//! Measures whole health calls, many at a time, against this program and against a server that stores nothing.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use anyhow::Context;
use hdrhistogram::Histogram;
use secrecy::SecretString;

use super::TempDir;
use super::phone::Phone;
use super::server::{Measured, TOKEN, free_address};
use crate::carrier::twilio::SigningKey;
use crate::commands::output::outln;
use crate::domain::DataOrigin;
use crate::lab::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, add_synthetic};
use crate::service::Clock;
use crate::store::Database;

/// The measurements of one server.
pub(super) struct Figures {
    turns: u32,
    seconds: f64,
    times: Histogram<u64>,
}

pub(super) async fn run(calls: u32, turns: u32, database: Option<String>, patients: u32) -> anyhow::Result<()> {
    let scratch = TempDir::new("turns")?;
    let url = database.unwrap_or_else(|| scratch.database());
    measure(calls, turns, &url, patients).await
}

async fn measure(calls: u32, turns: u32, url: &str, patients: u32) -> anyhow::Result<()> {
    let store = Database::open(url, 4).await?;
    // The measured server is configured for a real carrier.
    store.migrate(DataOrigin::Real).await?;
    add_synthetic(&store, &Clock::system(), patients).await?;
    store.close().await;

    let server = Measured::start(&["serve"], Some(url), free_address()?)?;
    let start_up = server.start_up;
    let ours = drive(&server, calls, turns, patients, true).await?;
    let memory = server.resident_megabytes();
    drop(server);
    let server = Measured::start(&["bench", "baseline"], None, free_address()?)?;
    let nothing = drive(&server, calls, turns, patients, false).await?;
    drop(server);

    let kind = url.split(':').next().unwrap_or_default();
    outln!(
        "health calls on {kind}, {calls} at a time, {patients} patients registered, client and server on this machine:"
    );
    show("kenkocall, a durable commit each turn", &ours);
    show("a server that stores nothing", &nothing);
    outln!("  share of the server that stores nothing: {:.0} %", 100.0 * rate(&ours) / rate(&nothing));
    outln!("  start-up {} ms", start_up.as_millis());
    if let Some(memory) = memory {
        outln!("  resident memory after {} turns {memory:.0} MB", ours.turns);
    }
    Ok(())
}

pub(super) fn rate(figures: &Figures) -> f64 {
    f64::from(figures.turns) / figures.seconds
}

fn show(name: &str, figures: &Figures) {
    let at = |quantile| figures.times.value_at_quantile(quantile) as f64 / 1000.0;
    let (rate, p50, p99, max) = (rate(figures), at(0.5), at(0.99), at(1.0));
    outln!("  {name}: {rate:.0} turns/s, p50 {p50:.2} ms, p99 {p99:.2} ms, max {max:.1} ms ({} turns)", figures.turns);
}

/// Makes calls with `calls` phones at a time until `turns` turns were taken.
pub(super) async fn drive(
    server: &Measured,
    calls: u32,
    turns: u32,
    patients: u32,
    whole: bool,
) -> anyhow::Result<Figures> {
    let key = Arc::new(SigningKey::new(&SecretString::from(TOKEN)).context("the key")?);
    let (taken, next) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let begun = Instant::now();
    let mut phones = tokio::task::JoinSet::new();
    for _ in 0..calls {
        let (key, taken, next, address) = (Arc::clone(&key), Arc::clone(&taken), Arc::clone(&next), server.address);
        phones.spawn(async move {
            let mut phone = Phone::connect(address, &key).await?;
            while taken.load(Ordering::Relaxed) < turns {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let leg = format!("CA{nth:032x}");
                let id = FIRST_MADE_UP_ID + nth % patients;
                let took = if whole {
                    phone.call(&leg, id, MADE_UP_BIRTH_DATE).await?
                } else {
                    phone.turns_only(&leg).await?
                };
                taken.fetch_add(took, Ordering::Relaxed);
            }
            anyhow::Ok(phone.times)
        });
    }
    let mut times = Histogram::<u64>::new(3).context("the histogram")?;
    while let Some(phone) = phones.join_next().await {
        times.add(phone.context("a phone broke")??).context("the histogram")?;
    }
    Ok(Figures { turns: taken.load(Ordering::Relaxed), seconds: begun.elapsed().as_secs_f64(), times })
}
