//! Measures the portal: complete reports, very many people who sign up beside reports and callers, certificates, the
//! bytes of pages, and what answers tell of an address.

mod browser;
mod pages;
mod records;
mod reports;
mod sign_ups;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::Mutex;

use self::browser::Browser;
use self::reports::{Reporters, Sent};
use super::TempDir;
use super::load;
use super::server::{Measured, free_address, sample};
use crate::commands::output::outln;
use crate::domain::DataOrigin;
use crate::service::{Clock, Context, seal_left_behind};
use crate::store::Database;

/// The patients who call; those after them have accounts.
const CALLERS: u32 = 10_000;
/// Phones that call beside everything else, and their turns per second.
const PHONES: (u32, f64) = (50, 100.0);
/// Reports per second beside the sign-ups.
const BESIDE: f64 = 50.0;
/// How long reports and calls are measured alone.
const ALONE: Duration = Duration::from_secs(10);
/// How long reports are sent at an even rate.
const EVEN: Duration = Duration::from_secs(8);

/// What to measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// All patients.
    pub(super) patients: u32,
    /// Those with an account.
    pub(super) accounts: u32,
    /// Sign-ups per second.
    pub(super) rate: u32,
    /// For how many seconds.
    pub(super) seconds: u32,
    /// Known and unknown addresses that are compared, of each.
    pub(super) addresses: u32,
}

pub(super) async fn run(plan: Plan) -> anyhow::Result<()> {
    let folder = TempDir::new("portal")?;
    let url = folder.database();
    let database = Database::open(&url, 4).await?;
    // The measured server is configured for a real carrier.
    database.migrate(DataOrigin::Real).await?;
    let context = Context::new(database, Clock::system());
    let accounts = plan.accounts.min(plan.patients.saturating_sub(CALLERS));
    let log_ins = Arc::new(records::add(&context, plan.patients, CALLERS..CALLERS + accounts).await?);
    // Otherwise the measured server does it, while it is measured.
    seal_left_behind(&context.database, context.clock.now(), Duration::ZERO).await?;
    context.database.close().await;
    let server = Arc::new(Measured::start(&["serve"], Some(&url), free_address()?)?);
    let cores = std::thread::available_parallelism().context("the cores")?;
    outln!("the portal on sqlite, {} patients, {accounts} accounts, {cores} cores, client included:", plan.patients);

    let mut browser = Browser::open(server.address).await?;
    let first = &log_ins.first().context("nobody has an account")?.token;
    pages::bytes(&mut browser, first).await?;
    pages::certificate(&mut browser, first).await?;
    outln!("known and unknown addresses, in turn:");
    for form in pages::FORMS {
        let count = plan.addresses.min(accounts);
        pages::addresses(&mut browser, form, CALLERS, count).await?;
    }
    let reporters = Reporters::new(server.address, Arc::clone(&log_ins)).await?;
    complete_reports(&server, &reporters).await?;
    pressure(&server, &reporters, &url, plan).await
}

async fn commits(server: &Measured) -> anyhow::Result<u64> {
    Ok(sample(&server.metrics().await?, "kenkocall_commits_total").unwrap_or_default())
}

async fn complete_reports(server: &Measured, reporters: &Reporters) -> anyhow::Result<()> {
    let beside = (BESIDE * ALONE.as_secs_f64()) as usize;
    let before = (commits(server).await?, server.usage().await);
    let most = reporters.as_many_as_possible(reporters.left().saturating_sub(beside) / 3).await?;
    let after = (commits(server).await?, server.usage().await);
    let count = most.times.len().max(1) as f64;
    let cpu = before.1.zip(after.1).map(|(before, after)| (after.cpu - before.cpu).as_secs_f64() * 1e6 / count);
    outln!(
        "complete reports, {} at a time: {:.0} reports/s (target 2,500), p50 {:.1} ms, p99 {:.1} ms; {:.2} commits a page (target 1); {:.0} µs of the server's CPU",
        reports::TOGETHER,
        most.a_second(),
        most.at(0.5),
        most.at(0.99),
        after.0.saturating_sub(before.0) as f64 / count,
        cpu.unwrap_or_default()
    );
    let half = reporters.at_rate(most.a_second() / 2.0, EVEN).await?;
    show("  the page after \"send\" at half that rate (target: p99 60 ms)", &half);
    Ok(())
}

fn show(name: &str, sent: &Sent) {
    outln!("{name}: p50 {:.1} ms, p99 {:.1} ms ({:.0} reports/s)", sent.at(0.5), sent.at(0.99), sent.a_second());
}

/// Reports and calls alone, and then beside very many people who sign up.
async fn pressure(server: &Arc<Measured>, reporters: &Reporters, url: &str, plan: Plan) -> anyhow::Result<()> {
    let callers =
        |prefix, first| load::Crowd { server: Arc::clone(server), phones: PHONES.0, rate: PHONES.1, prefix, first };
    let (idle, idle_calls) = tokio::join!(reporters.at_rate(BESIDE, ALONE), callers('a', 0).call_for(ALONE));
    let (idle, idle_calls) = (idle?, idle_calls?);
    let memory = server.resident_megabytes().unwrap_or_default();
    let length = Duration::from_secs(plan.seconds.into());
    outln!("{} sign-ups/s for {} s, each with a password:", plan.rate, plan.seconds);
    let most = Arc::new(Mutex::new((0, 0)));
    let watching = tokio::spawn(sign_ups::watch(Arc::clone(server), Arc::clone(&most)));
    let crowd = sign_ups::Crowd::new(server.address, url).await?;
    let before = sign_ups::hashed(server).await?;
    let signing_up = tokio::spawn(crowd.sign_up(plan.rate, length));
    let (busy, busy_calls) = tokio::join!(reporters.at_rate(BESIDE, length), callers('b', 5_000).call_for(length));
    let (busy, busy_calls) = (busy?, busy_calls?);
    let hashed = sign_ups::hashed(server).await?.saturating_sub(before) as f64 / 1_000.0;
    let at_peak = server.resident_megabytes().unwrap_or_default();
    show("  reports alone", &idle);
    show("  reports meanwhile", &busy);
    outln!("    p99 × {:.1} (target 2)", busy.at(0.99) / idle.at(0.99));
    let p99 = |heard: &load::Heard| heard.taken.value_at_quantile(0.99) as f64 / 1_000.0;
    let (alone, meanwhile) = (p99(&idle_calls), p99(&busy_calls));
    outln!(
        "  turns of calls: p99 {alone:.1} ms alone, {meanwhile:.1} ms meanwhile: × {:.1} (target 2)",
        meanwhile / alone
    );
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    let share = hashed / (length.as_secs_f64() * cores);
    outln!("  share of the cores that hash: {:.0} % (target: at most 50)", share * 100.0);
    let all = signing_up.await.context("the crowd broke")??;
    watching.abort();
    let most = *most.lock().await;
    outln!(
        "  {} signed up; {} had to wait and {} were asked to come back; the last one was in after {:.0} s; at most {} waited for a password and {} for a code",
        all.people,
        all.waited,
        all.turned_away,
        all.took.as_secs_f64(),
        most.0,
        most.1
    );
    let end = server.resident_megabytes().unwrap_or_default();
    outln!(
        "  resident memory: {memory:.0} MB before, {at_peak:.0} MB with all of them, {end:.0} MB after (target 150)"
    );
    Ok(())
}
