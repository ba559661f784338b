//! `kenkocall demo --sip`: a softphone on this machine calls the health-call line, and takes automated calls.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use tokio::sync::oneshot;

use super::{Demo, console, live, rota, second_centre};
use crate::app::{Ports, Server, own_line};
use crate::commands::documents::Origin;
use crate::commands::output::outln;
use crate::config::{Config, SipTrunk};
use crate::lab::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, NamedPeople, add_named_day, synthetic_number};

/// The default number of patients: one reports by the softphone's own call, and the others are called.
pub(super) const PATIENTS: u32 = 3;
/// Where the line listens.
const LISTEN: u16 = 5070;
/// The numbers of the two lines, among those that nobody has.
const LINES: [u32; 2] = [8_999_992, 8_999_993];
/// How long the line's calls may last after the end.
const DRAIN_SECONDS: u32 = 2;

pub(super) async fn demonstrate(folder: &Path, demo: &Demo, named: &Config) -> anyhow::Result<()> {
    let patients = demo.patients.unwrap_or(PATIENTS);
    let zone = TimeZone::get("Asia/Tokyo").context("the time zone")?;
    let listener = super::listen(named).await?;
    let address = listener.local_addr().context("the listening address can't be read")?;
    let config = settings(folder, demo.sip_phone, address)?;
    let server = Server::open(&config, Origin::choose(None).flow_set()?, |config, context| {
        own_line(config, context).map(Some).context("the SIP line can't be opened")
    })
    .await?
    .with_status_page();
    let server = if demo.no_second_factor { server.without_second_factor() } else { server };
    let context = server.context().clone();
    let watching = context.event_bus.watch();
    let now = context.clock.now();
    let since = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let people = NamedPeople { given_names: &live::GIVEN_NAMES, since };
    add_named_day(&context.database, &live::day(patients, now, &zone)?, &people).await?;
    rota::add(&context, &rota::FIRST).await?;
    second_centre::add(&context, now, &zone).await?;
    outln!("健康コール — a telephone line of this program's own, and your softphone.\n");
    outln!("  call         sip:health@127.0.0.1:{LISTEN}  (no account, no password)");
    outln!("  report for   見本 花子, HER-SYS ID {FIRST_MADE_UP_ID}, birth date {MADE_UP_BIRTH_DATE}");
    outln!("  be called    your softphone must listen at {} and take calls to any number", demo.sip_phone);
    outln!("               (baresip: the account with ;catchall=yes); {patients} people are called, one at a time,");
    outln!("               from within a minute on, unless a report was keyed before");
    let staff = console::staff(&context).await?;
    outln!("  console      http://localhost:{}/console", address.port());
    for line in staff.iter().flat_map(|member| member.lines(!demo.no_second_factor)) {
        outln!("               {line}");
    }
    live::say_how_it_ends();

    let (stop, stopped) = oneshot::channel::<()>();
    let ports = Ports::one(&config, listener);
    let serving = tokio::spawn(server.run(ports, async { drop(stopped.await) }, Duration::from_secs(5)));
    let tally = live::watch(watching, &zone, patients).await;
    drop(context);
    drop(stop);
    serving.await.context("the server broke")??;
    outln!("\n{}", tally.line());
    Ok(())
}

/// A line on the loopback interface, whose trunk is the softphone.
fn settings(folder: &Path, phone: SocketAddr, address: SocketAddr) -> anyhow::Result<Config> {
    let mut config = super::settings(folder);
    config.dialer.calls_per_second = 1.0;
    config.dialer.concurrent_calls = 1;
    config.server.listen = address;
    config.server.operations_listen = Some(address);
    if address.ip().is_loopback() {
        // An IP address can't have passkeys.
        config.server.public_url = Some(format!("http://localhost:{}", address.port()));
    }
    config.email.spool_folder = Some(folder.join("mail"));
    let [health, back] = LINES.map(|nth| synthetic_number(nth).map(|number| number.as_written()));
    (config.lines.health_call_number, config.lines.caller_number) = (health, back);
    config.sip.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, LISTEN));
    config.sip.journal_file = Some(folder.join("journal").join("calls"));
    config.sip.drain_seconds = DRAIN_SECONDS;
    let networks = format!("{}/32", phone.ip()).parse().ok().context("the softphone's network")?;
    let trunk = SipTrunk { address: phone.to_string(), networks, channels: 4, ..SipTrunk::default() };
    config.sip.trunks.insert("softphone".to_owned(), trunk);
    Ok(config)
}
