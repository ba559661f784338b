//! Measures how many calls per second are placed on a real clock, with each intent committed first, and how late calls
//! are that fall due evenly. The phone network is simulated in the same process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use hdrhistogram::Histogram;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::TempDir;
use super::latency_probe::LatencyProbe;
use crate::app::{Workers, dialling, on_simulated_lines, open_services, prepared, start_workers};
use crate::carrier::simulator::{self, Habit, Population, PopulationMix};
use crate::commands::documents::Origin;
use crate::commands::output::outln;
use crate::config::Config;
use crate::domain::{CallTimes, CallingHours, PhoneNumber};
use crate::lab::{SyntheticDay, add_even_slots, add_synthetic_day, synthetic_number};
use crate::service::{Clock, Context, ConversationService, Dialer, PublicUrls, SimulatedCarrier};
use crate::store::{Database, attempts, turns};

/// The configured pace is this multiple of the required rate, so that it isn't the limit that is measured.
const HEADROOM: f64 = 2.0;
/// The time between the last preparation and the first due call.
const LEAD: SignedDuration = SignedDuration::from_secs(2);
/// The interval between checks whether all calls are placed.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// The measurement fails this long after the last call is due.
const LONGEST: Duration = Duration::from_secs(120);

/// The behaviour of the people called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum People {
    /// Half are busy, the others don't answer: measures dialling only.
    Silent,
    /// The usual mix: most answer all questions.
    Usual,
}

/// The parameters of a measurement.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The total number of calls.
    pub(super) calls: u32,
    /// Calls due per second. `None` if all are due at once.
    pub(super) rate: Option<u32>,
    /// The behaviour of the people called.
    pub(super) people: People,
    /// A database instead of a new SQLite file. It must be empty.
    pub(super) database: Option<String>,
}

pub(super) async fn run(plan: Plan) -> anyhow::Result<()> {
    let scratch = TempDir::new("dial")?;
    let mut config = Config::of_a_simulation(plan.database.clone().unwrap_or_else(|| scratch.database()));
    config.dialer.calls_per_second = plan.rate.map_or(f64::from(plan.calls), |rate| HEADROOM * f64::from(rate));
    config.dialer.concurrent_calls = plan.calls;
    let kind = config.database.url.split(':').next().unwrap_or_default().to_owned();
    let exchange = Exchange::open(&config, &plan).await?;
    let people = match plan.people {
        People::Silent => "nobody answers",
        People::Usual => "people as usual",
    };
    match plan.rate {
        Some(rate) => outln!("calls due evenly, {rate} a second, {} in all, on {kind}, {people}:", plan.calls),
        None => outln!("a backlog of {} calls on {kind}, {people}:", plan.calls),
    }
    let begun = exchange.fill(&plan).await?;
    let measured = exchange.measure(&plan, begun).await;
    exchange.close().await;
    measured
}

/// Everything that runs in a server with a simulated network, except its web server.
struct Exchange {
    context: Arc<Context>,
    conversations: ConversationService,
    lines: SimulatedCarrier,
    workers: Workers,
}

impl Exchange {
    async fn open(config: &Config, plan: &Plan) -> anyhow::Result<Self> {
        let mix = match plan.people {
            People::Silent => PopulationMix::only(Habit::Busy).with(Habit::NoAnswer, 1),
            People::Usual => PopulationMix::default(),
        };
        let settings = simulator::Settings {
            people: Population::of(mix),
            capacity: 2 * plan.calls as usize,
            ..simulator::Settings::default()
        };
        let (context, line_settings) =
            open_services(config, prepared(config).await?, Origin::choose(None).flow_set()?, Clock::system()).await?;
        let (conversations, _ends_with_the_last_sender) =
            ConversationService::start(Arc::clone(&context), Arc::clone(&line_settings));
        let lines = SimulatedCarrier::new(simulator::Network::new(settings), context.clock.clone());
        let network = on_simulated_lines(lines.clone());
        let from = line_settings.call_back_number.clone().context("the number that calls come from")?;
        let dialling = dialling(config, from);
        let dialer = Dialer::new(Arc::clone(&context), conversations.clone(), network.carriers.clone(), dialling);
        add_synthetic_day(&context.database, &day(&context.clock, plan)?).await?;
        let longest_call = dialer.dialling().longest_call();
        let workers = start_workers(
            &context,
            &conversations,
            Some(network),
            Some(dialer),
            None,
            PublicUrls::default(),
            longest_call,
        );
        Ok(Self { context, conversations, lines, workers })
    }

    /// Creates the slots if they don't follow from the patients' call times. Returns the time when the first call is
    /// due, or the time when the dialer started.
    async fn fill(&self, plan: &Plan) -> anyhow::Result<Timestamp> {
        let now = self.context.clock.now();
        let Some(apart) = plan.apart()? else { return Ok(now) };
        let first = now.checked_add(LEAD).context("the first call's time")?;
        add_even_slots(&self.context.database, plan.calls, first, apart).await?;
        Ok(first)
    }

    /// Waits until all calls are placed. Meanwhile a caller calls the health-call line.
    async fn measure(&self, plan: &Plan, begun: Timestamp) -> anyhow::Result<()> {
        let probe = LatencyProbe::start(self.conversations.clone());
        let over = plan.rate.map_or(0, |rate| plan.calls / rate.max(1));
        let patience = LONGEST + Duration::from_secs(over.into());
        let all = tokio::time::timeout(patience, self.all_placed(plan.calls)).await;
        let waited = probe.stop().await?;
        if all.is_err() {
            bail!("not all calls were placed in {} s", patience.as_secs());
        }
        all.context("the wait for the calls")??;
        let placed = Placed::of(&self.lines, plan, begun)?;
        placed.show(plan);
        let taken = turns::count(&mut self.context.database.begin_read().await?).await?;
        outln!(
            "  meanwhile {:.0} turns/s kept; callers of the health-call line are answered in p50 {:.1} ms, p99 {:.1} ms; {} times they were asked to call again",
            taken as f64 / placed.seconds,
            micros(&waited.times, 0.5) / 1_000.0,
            micros(&waited.times, 0.99) / 1_000.0,
            waited.turned_away,
        );
        Ok(())
    }

    async fn all_placed(&self, calls: u32) -> anyhow::Result<()> {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let intended = intended(&self.context.database).await?;
            // Query the network's list only when it must be nearly complete: the query slows the network down.
            if intended >= calls && self.lines.with(|network, _| network.placed().len()) >= calls as usize {
                return Ok(());
            }
        }
    }

    async fn close(self) {
        self.workers.stop().await;
        drop(self.conversations);
        self.context.database.close().await;
    }
}

async fn intended(database: &Database) -> anyhow::Result<u32> {
    Ok(attempts::made_since(&mut database.begin_read().await?, Timestamp::UNIX_EPOCH, Timestamp::MAX).await?)
}

impl Plan {
    /// Returns the interval between two due calls.
    fn apart(&self) -> anyhow::Result<Option<SignedDuration>> {
        let Some(rate) = self.rate else { return Ok(None) };
        let apart = Duration::from_secs(1).checked_div(rate).context("a rate above 0")?;
        Ok(Some(SignedDuration::try_from(apart).context("a rate")?))
    }
}

/// The calls as the network recorded them.
struct Placed {
    calls: usize,
    seconds: f64,
    /// The number of calls in each whole second.
    by_second: Vec<u32>,
    /// How late the calls were placed, in microseconds.
    late: Histogram<u64>,
}

impl Placed {
    fn of(lines: &SimulatedCarrier, plan: &Plan, begun: Timestamp) -> anyhow::Result<Self> {
        let nth: HashMap<PhoneNumber, u32> =
            (0..plan.calls).filter_map(|nth| Some((synthetic_number(nth)?, nth))).collect();
        let placed = lines.with(|network, _| network.placed());
        let apart = plan.apart()?.unwrap_or_default();
        let mut late = Histogram::new(3).context("the histogram")?;
        let mut by_second = Vec::new();
        let mut last = begun;
        let mut calls = 0;
        for one in placed.iter().filter(|one| one.call.is_some()) {
            let Some((nth, at)) = one.listed.to.as_ref().and_then(|to| nth.get(to)).zip(one.listed.created_at) else {
                continue;
            };
            let due = begun.checked_add(apart * i32::try_from(*nth).context("the calls")?).context("a due time")?;
            let lateness = at.duration_since(due).as_micros();
            late.record(u64::try_from(lateness).unwrap_or(0)).context("the histogram")?;
            let second = usize::try_from(at.duration_since(begun).as_secs()).unwrap_or(0);
            if by_second.len() <= second {
                by_second.resize(second + 1, 0);
            }
            if let Some(calls) = by_second.get_mut(second) {
                *calls += 1;
            }
            last = last.max(at);
            calls += 1;
        }
        Ok(Self { calls, seconds: last.duration_since(begun).as_secs_f64(), by_second, late })
    }

    fn show(&self, plan: &Plan) {
        if plan.rate.is_some() {
            let within = self.late.count_between(0, 1_000_000) as f64 / self.late.len() as f64;
            outln!(
                "  {:.2} % dialled within 1 s of their time; late by p50 {:.0} ms, p99 {:.0} ms, at most {:.0} ms",
                100.0 * within,
                micros(&self.late, 0.5) / 1_000.0,
                micros(&self.late, 0.99) / 1_000.0,
                micros(&self.late, 1.0) / 1_000.0,
            );
            return;
        }
        // Skip the first second, which opens slots, and the last, which isn't whole.
        let mut whole: Vec<u32> = self.by_second.iter().copied().skip(1).rev().skip(1).collect();
        whole.sort_unstable();
        let of = |place: usize| whole.get(place).copied().unwrap_or_default();
        outln!(
            "  {:.0} calls/s, {} calls in {:.1} s from the first look on; a second's calls: median {}, least {}, most {}",
            self.calls as f64 / self.seconds,
            self.calls,
            self.seconds,
            of(whole.len() / 2),
            of(0),
            of(whole.len().saturating_sub(1)),
        );
    }
}

fn micros(times: &Histogram<u64>, quantile: f64) -> f64 {
    times.value_at_quantile(quantile) as f64
}

/// The centre calls around the clock. A backlog has been due for one minute. If calls fall due evenly, their slots are
/// added separately, and no patient's own call time is due.
fn day(clock: &Clock, plan: &Plan) -> anyhow::Result<SyntheticDay> {
    let zone = TimeZone::get("Asia/Tokyo").context("the time zone")?;
    let now = clock.now();
    let time = |hours: i64| -> anyhow::Result<CallTimes> {
        let at = zone.to_datetime(now.checked_add(SignedDuration::from_hours(hours)).context("a time of calls")?);
        format!("{:02}:{:02}", at.hour(), at.minute()).parse().context("a time of calls")
    };
    let times = vec![time(if plan.rate.is_some() { 12 } else { 0 })?];
    Ok(SyntheticDay {
        hours: "00:00-23:59".parse::<CallingHours>().context("calling hours")?,
        times,
        patients: plan.calls,
        after: now.checked_sub(SignedDuration::from_mins(1)).unwrap_or(now),
    })
}
