//! Complete reports, with all questions on one page: as many as the server takes, and at an even rate.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use super::browser::{Browser, Person};
use super::records::LogIn;
use crate::domain::Item;

/// How many people send at the same time.
pub(super) const TOGETHER: usize = 64;

/// People who report, each once.
#[derive(Clone)]
pub(super) struct Reporters {
    address: SocketAddr,
    log_ins: Arc<Vec<LogIn>>,
    next: Arc<AtomicUsize>,
    /// The questions of the page.
    questions: Arc<str>,
}

/// What was measured.
pub(super) struct Sent {
    /// How long it took from "send" to the page after it, in microseconds.
    pub(super) times: Histogram<u64>,
    pub(super) seconds: f64,
}

impl Sent {
    pub(super) fn a_second(&self) -> f64 {
        self.times.len() as f64 / self.seconds
    }

    pub(super) fn at(&self, quantile: f64) -> f64 {
        self.times.value_at_quantile(quantile) as f64 / 1_000.0
    }
}

impl Reporters {
    pub(super) async fn new(address: SocketAddr, log_ins: Arc<Vec<LogIn>>) -> anyhow::Result<Self> {
        let mut person = Person::new(0, log_ins.last().map(|log_in| &log_in.token))?;
        let page = Browser::open(address).await?.page(&mut person, "/portal/report?view=all").await?;
        let questions = page.between("name=\"questions\" value=\"", "\"").context("the form has no questions")?;
        Ok(Self { address, log_ins, next: Arc::new(AtomicUsize::new(0)), questions: questions.into() })
    }

    /// How many people are left.
    pub(super) fn left(&self) -> usize {
        self.log_ins.len().saturating_sub(self.next.load(Ordering::Relaxed)).saturating_sub(1)
    }

    /// Sends as many reports as the server takes.
    pub(super) async fn as_many_as_possible(&self, count: usize) -> anyhow::Result<Sent> {
        self.send(count, None).await
    }

    /// Sends reports at an even rate.
    pub(super) async fn at_rate(&self, rate: f64, length: Duration) -> anyhow::Result<Sent> {
        self.send((rate * length.as_secs_f64()) as usize, Some(rate)).await
    }

    async fn send(&self, count: usize, rate: Option<f64>) -> anyhow::Result<Sent> {
        let (begun, sent) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
        let count = count.min(self.left());
        let mut people = JoinSet::new();
        for _ in 0..TOGETHER {
            let (all, sent) = (self.clone(), Arc::clone(&sent));
            people.spawn(async move {
                let mut browser = Browser::open(all.address).await?;
                let mut times = Histogram::<u64>::new(3).context("the histogram")?;
                loop {
                    let nth = sent.fetch_add(1, Ordering::Relaxed);
                    if nth >= count {
                        return anyhow::Ok(times);
                    }
                    let mut from = Instant::now();
                    if let Some(rate) = rate {
                        // What waits for a free browser waits as people do.
                        from = begun + Duration::from_secs_f64(nth as f64 / rate);
                        tokio::time::sleep_until(from.into()).await;
                    }
                    all.report(&mut browser).await?;
                    let took = from.elapsed().as_micros();
                    times.record(u64::try_from(took).unwrap_or(u64::MAX)).context("the histogram")?;
                }
            });
        }
        let mut times = Histogram::<u64>::new(3).context("the histogram")?;
        while let Some(person) = people.join_next().await {
            times.add(person.context("somebody broke")??).context("the histogram")?;
        }
        Ok(Sent { times, seconds: begun.elapsed().as_secs_f64() })
    }

    /// One report by somebody who hasn't reported, and the page after it.
    async fn report(&self, browser: &mut Browser) -> anyhow::Result<()> {
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        let log_in = self.log_ins.get(nth).context("everybody has reported")?;
        let mut person = Person::new(u32::try_from(nth).unwrap_or(0), Some(&log_in.token))?;
        let patient = log_in.patient.to_string();
        let mut fields =
            vec![("person", patient.as_str()), ("form", ""), ("questions", &*self.questions), ("words", "")];
        fields.extend(Item::ALL.into_iter().filter_map(|item| Some((item.code(), usual(item)?))));
        let answer = browser.form(&mut person, "/portal/report", &fields).await?;
        match answer.location.as_deref() {
            Some(done @ "/portal/report/done") => browser.page(&mut person, done).await?,
            _ => bail!("the report wasn't taken: {} {}", answer.status, answer.location.unwrap_or_default()),
        };
        Ok(())
    }
}

/// The usual answer to a question. `None` for one that depends on another answer.
fn usual(item: Item) -> Option<&'static str> {
    match item {
        Item::BodyTemperature => Some("36.5"),
        Item::Spo2 => Some("98"),
        Item::BreathlessnessSevere => None,
        _ => Some("no"),
    }
}
