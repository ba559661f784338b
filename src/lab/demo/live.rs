//! The live demonstration.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, oneshot};

use super::event_printer::Tally;
use super::{Demo, PATIENTS, console, diagnoses, notices, past_days, rota, second_centre};
use crate::app::{Ports, Server, on_simulated_lines, simulated_lines};
use crate::carrier::simulator;
use crate::commands::documents::Origin;
use crate::commands::output::{closed, outln, write_raw};
use crate::config::Config;
use crate::domain::{CallTimes, CallingHours, escaped_lines};
use crate::lab::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, NamedPeople, SyntheticDay, add_named_day};
use crate::service::ServiceEvent;

/// The patients are due over this many minutes, beginning with the current one.
const MINUTES: i64 = 4;
/// The given names of the patients. Their family name says that they are made up.
pub(super) const GIVEN_NAMES: [&str; 20] = [
    "花子",
    "太郎",
    "一郎",
    "幸子",
    "和夫",
    "さくら",
    "三郎",
    "陽子",
    "翔太",
    "千代",
    "誠",
    "美咲",
    "清",
    "ハル",
    "大輔",
    "文子",
    "茂",
    "葵",
    "正夫",
    "恵",
];
/// How long a demonstration runs without a terminal.
const UNWATCHED: Duration = Duration::from_secs(900);
/// The interval between tallies at a terminal.
const TALLY_EVERY: Duration = Duration::from_millis(500);
/// The interval between tallies without a terminal.
const TALLY_RARELY: Duration = Duration::from_secs(15);

pub(super) async fn demonstrate(folder: &Path, demo: &Demo, named: &Config) -> anyhow::Result<()> {
    let (patients, seed) = (demo.patients.unwrap_or(PATIENTS), demo.seed);
    let zone = TimeZone::get("Asia/Tokyo").context("the time zone")?;
    let mut config = super::settings(folder);
    config.dialer.calls_per_second = 5.0;
    config.dialer.concurrent_calls = 60;
    let listener = super::listen(named).await?;
    let address = listener.local_addr().context("the listening address can't be read")?;
    config.server.listen = address;
    config.server.operations_listen = Some(address);
    if address.ip().is_loopback() {
        // An IP address can't have passkeys.
        config.server.public_url = Some(format!("http://localhost:{}", address.port()));
    }
    config.email.spool_folder = Some(folder.join("mail"));
    let mut people = simulator::Settings { seed, ..simulator::Settings::default() };
    rota::people(&mut people.people);
    let mut phones = None;
    let server = Server::open(&config, Origin::choose(None).flow_set()?, |_, context| {
        let lines = simulated_lines(people, context);
        phones = Some(lines.clone());
        Ok(Some(on_simulated_lines(lines)))
    })
    .await?
    .with_status_page();
    let server = if demo.no_second_factor { server.without_second_factor() } else { server };
    let context = server.context().clone();
    let watching = context.event_bus.watch();
    let now = context.clock.now();
    let since = now.checked_sub(SignedDuration::from_hours(24 * i64::from(past_days::DAYS))).unwrap_or(now);
    let people = NamedPeople { given_names: &GIVEN_NAMES, since };
    add_named_day(&context.database, &day(patients, now, &zone)?, &people).await?;
    past_days::add(&context, patients, now, &zone).await?;
    second_centre::add(&context, now, &zone).await?;
    diagnoses::add(&context, now, &zone).await?;
    let daily_notice = notices::add(&context, now, &zone).await?;

    outln!(
        "自動架電 — a made-up health centre calls its {patients} patients. No phone rings: the network is simulated.\n"
    );
    outln!("  status page  http://{address}/");
    outln!("  probes       http://{address}/healthz  /readyz  /metrics");
    outln!("  database     {} (fresh, removed at the end)", config.database.url);
    outln!(
        "  patients     見本 花子 and others, HER-SYS ID {FIRST_MADE_UP_ID} and on, birth date {MADE_UP_BIRTH_DATE}"
    );
    let staff = console::staff(&context).await?;
    rota::add(&context, &rota::FIRST).await?;
    rota::add(&context, &second_centre::DUTY).await?;
    second_centre::offer(&context).await?;
    let log_ins = staff.iter().flat_map(|member| member.lines(!demo.no_second_factor));
    say_where_staff_log_in(address.port(), log_ins.collect(), demo.no_second_factor);
    say_where_patients_look(address.port(), folder, &daily_notice);
    say_how_it_ends();

    let (stop, stopped) = oneshot::channel::<()>();
    let serving =
        tokio::spawn(server.run(Ports::one(&config, listener), async { drop(stopped.await) }, Duration::from_secs(5)));
    let writing = phones.map(|lines| tokio::spawn(notices::written(lines, folder.join("sms"))));
    let tally = watch(watching, &zone, patients).await;
    if let Some(writing) = writing {
        writing.abort();
    }
    drop(context);
    drop(stop);
    serving.await.context("the server broke")??;
    outln!("\n{}", tally.line());
    Ok(())
}

/// Prints the console's address, and how staff log in.
fn say_where_staff_log_in(port: u16, log_ins: Vec<String>, no_second_factor: bool) {
    outln!("  console      http://localhost:{port}/console");
    for line in log_ins {
        outln!("               {line}");
    }
    if no_second_factor {
        outln!("               no second factor is asked for, in this demonstration only");
    }
}

/// Prints the portal's address, and where its codes can be read.
pub(super) fn say_where_the_portal_is(port: u16, folder: &Path) {
    outln!("  portal       http://localhost:{port}/portal");
    outln!("               its codes by e-mail are in {}", folder.join("mail").display());
}

/// Prints where patients report, and where what they get can be read.
fn say_where_patients_look(port: u16, folder: &Path, daily_notice: &str) {
    say_where_the_portal_is(port, folder);
    outln!("               add HER-SYS ID {FIRST_MADE_UP_ID}, birth date {MADE_UP_BIRTH_DATE}");
    outln!("  notices      SMS as patients get them are in {}", folder.join("sms").display());
    outln!("               the first invites to the portal; at {daily_notice} everybody gets the daily link to report");
}

pub(super) fn say_how_it_ends() {
    if at_terminal() {
        outln!("\nCtrl-C ends it.\n");
    } else {
        let (minutes, process) = (UNWATCHED.as_secs() / 60, std::process::id());
        outln!("\nWithout a terminal it ends by itself: when all calls have ended, or after {minutes} minutes.");
        outln!("To end it before: kill {process}\n");
    }
}

/// Returns a day on which the centre calls around the clock, so that the demonstration works at any hour. A part of the
/// patients is due in each of the next minutes.
pub(super) fn day(patients: u32, now: Timestamp, zone: &TimeZone) -> anyhow::Result<SyntheticDay> {
    let minute = |nth: i64| -> anyhow::Result<CallTimes> {
        let at = now.checked_add(SignedDuration::from_mins(nth)).context("the next minutes")?;
        let time = zone.to_datetime(at).time();
        format!("{:02}:{:02}", time.hour(), time.minute()).parse().context("a time of calls")
    };
    Ok(SyntheticDay {
        hours: "00:00-24:00".parse::<CallingHours>().context("calling hours")?,
        times: (0..MINUTES).map(minute).collect::<anyhow::Result<_>>()?,
        patients,
        // Include the current minute.
        after: now.checked_sub(SignedDuration::from_mins(1)).unwrap_or(now),
    })
}

/// Whether somebody sees how it goes on, and can end it.
fn at_terminal() -> bool {
    std::io::stdout().is_terminal() && crate::commands::escapes()
}

/// Writes one line per event, and the tally. At a terminal it ends at Ctrl-C; without one, when all slots have ended or
/// after [`UNWATCHED`].
pub(super) async fn watch(mut watching: broadcast::Receiver<ServiceEvent>, zone: &TimeZone, patients: u32) -> Tally {
    let at_terminal = at_terminal();
    let clear = if at_terminal { "\r\x1b[K" } else { "" };
    let mut tally = Tally::default();
    let mut finished = false;
    let mut rhythm = tokio::time::interval(if at_terminal { TALLY_EVERY } else { TALLY_RARELY });
    let unwatched = tokio::time::sleep(UNWATCHED);
    tokio::pin!(unwatched);
    while !closed() {
        tokio::select! {
            moment = watching.recv() => match moment {
                Ok(moment) => {
                    if let Some(line) = tally.tell(&moment, zone) {
                        write_raw(&format!("{clear}{}\n", escaped_lines(&line)));
                    }
                    if tally.done() >= patients && !finished {
                        if !at_terminal {
                            return tally;
                        }
                        finished = true;
                        outln!("{clear}All calls have ended. The console stays open until Ctrl-C.");
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return tally,
            },
            _ = rhythm.tick() => {
                if at_terminal {
                    write_raw(&format!("{clear}{}", tally.line()));
                } else {
                    outln!("— {}", tally.line());
                }
            }
            () = &mut unwatched, if !at_terminal => return tally,
            _ = tokio::signal::ctrl_c() => return tally,
        }
    }
    tally
}
