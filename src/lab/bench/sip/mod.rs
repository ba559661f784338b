//! Measures the sound of our own line: how late packets leave, and how long a key takes to change what is said. The
//! other side is this program in another process, on the same machine.

mod machine;
mod partner;

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::task::JoinSet;

use crate::carrier::clip::Clip;
use crate::carrier::sip::media::{MediaEvent, MediaEvents, MediaPorts, MediaSession, MediaSettings, Payload};
use crate::commands::output::outln;
use machine::Moment;
pub(super) use partner::run as partner;

/// Where the calls come from, and go to.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The ports of the calls, below those that the system hands out by itself.
const PORTS: std::ops::RangeInclusive<u16> = 10_000..=32_000;
/// The payload type of keys.
const TELEPHONE_EVENT: u8 = 101;
/// The time in which both sides settle before the measurement begins.
const SETTLING: Duration = Duration::from_secs(2);
/// The longest prompt: 4 s.
const PROMPT: usize = 32_000;

/// The two sides of the measurement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) calls: u16,
    pub(super) seconds: u32,
}

/// Measures.
pub(super) async fn run(plan: Plan) -> anyhow::Result<()> {
    let ports = MediaPorts::new(HERE, PORTS).context("the ports of the calls can't be opened")?;
    let pairs: Vec<_> = (0..plan.calls).map(|_| ports.take()).collect::<Result<_, _>>()?;
    let program = std::env::current_exe().context("this program can't be found")?;
    let mut child = Command::new(program)
        .args(["bench", "sip-partner", "--seconds", &plan.seconds.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the other side can't be started")?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        bail!("the other side can't be talked to");
    };
    let id = child.id();
    let listed: String = pairs.iter().map(|pair| format!("{}\n", pair.address().port())).collect();
    input.write_all(listed.as_bytes())?;
    drop(input);
    let mut lines = BufReader::new(output).lines();
    let first = lines.next().context("the other side says nothing")??;
    let partner = SocketAddr::new(HERE, first.parse().context("the other side has no port")?);

    let mut calls = JoinSet::new();
    for (pair, nth) in pairs.into_iter().zip(0_u32..) {
        let in_band = nth % 2 == 1;
        let settings = MediaSettings {
            remote: Some(partner),
            sources: vec!["127.0.0.0/8".parse()?],
            payload: Payload::Pcmu,
            telephone_event: (!in_band).then_some(TELEPHONE_EVENT),
            in_band,
            dscp: 0,
        };
        let (session, events) = MediaSession::start(pair, settings);
        calls.spawn(talk(session, events));
    }
    tokio::time::sleep(SETTLING).await;
    let (before, late_before) = (Moment::read(id), ports.lateness());
    tokio::time::sleep(Duration::from_secs(plan.seconds.into())).await;
    let (after, late) = (Moment::read(id), ports.lateness().since(&late_before));
    let seconds = f64::from(plan.seconds);
    outln!("{} calls for {seconds:.0} s, sound both ways, keys by RFC 4733 and in the sound, half each:", plan.calls);
    let ms = |share: f64| late.quantile(share).as_secs_f64() * 1_000.0;
    outln!(
        "  packets left late by at most: p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms; over 20 ms: {} of {}",
        ms(0.5),
        ms(0.99),
        ms(0.999),
        late.over_20_ms(),
        late.packets(),
    );
    // It ends by itself when it has measured for as long.
    for line in lines {
        outln!("  {}", line?);
    }
    child.wait()?;
    machine::show(&before, &after, plan.calls);
    calls.abort_all();
    while calls.join_next().await.is_some() {}
    if ports.free() != PORTS.len() / 2 {
        outln!("  {} of {} pairs of ports are free after the calls", ports.free(), PORTS.len() / 2);
    }
    Ok(())
}

/// One call: a prompt again and again, and another one after each key.
async fn talk(session: MediaSession, mut events: MediaEvents) {
    let mut value = 0x21_u8;
    let prompt = |value: u8| vec![Clip { audio: Arc::from(vec![value; PROMPT]), firm: false }];
    let mut said = prompt(value);
    session.play(said.clone());
    while let Some(event) = events.recv().await {
        match event {
            MediaEvent::Key(_) => {
                // The other side sees by the bytes that it is another prompt.
                value = if value < 0x60 { value + 1 } else { 0x21 };
                said = prompt(value);
                session.play(said.clone());
            }
            MediaEvent::SpeechEnded => session.play(said.clone()),
            MediaEvent::FirmEnded | MediaEvent::Beep | MediaEvent::Fax => {}
        }
    }
}
