//! The other side of the calls: callers who talk, and press a key every five seconds. All have one socket, so that one
//! thread can note when each packet arrives.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::io::BufRead;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;

use super::{SETTLING, TELEPHONE_EVENT};
use crate::commands::output::outln;

const PERIOD: Duration = Duration::from_millis(20);
/// Packets from one key to the next: 5 s.
const KEY_EVERY: u64 = 250;
/// Packets of a key.
const DOWN: u64 = 5;
const ENDS: u64 = 3;
/// Bytes of a header and of a packet.
const HEADER: usize = 12;
const PACKET: usize = 172;
/// Nobody waits for a prompt.
const NOBODY: u64 = 0;

/// What one caller waits for, and has heard.
struct Caller {
    address: SocketAddr,
    /// When the key was pressed, in microseconds since the start; [`NOBODY`] if the next prompt was heard.
    pressed: AtomicU64,
}

/// What was measured.
struct Heard {
    late: Histogram<u64>,
    answered: [Histogram<u64>; 2],
    lost: u64,
}

/// Plays the other side for so long, on ports read from standard input.
pub(in crate::lab::bench) fn run(seconds: u32) -> anyhow::Result<()> {
    let ports = std::io::stdin().lock().lines().map(|line| anyhow::Ok(line?.trim().parse::<u16>()?));
    let callers = ports.map(|port| {
        let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port?);
        anyhow::Ok(Caller { address, pressed: AtomicU64::new(NOBODY) })
    });
    let callers: Arc<Vec<Caller>> = Arc::new(callers.collect::<Result<_, _>>().context("the ports")?);
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    // All calls' packets wait in one buffer. The system allows as much as it allows.
    _ = rustix::net::sockopt::set_socket_recv_buffer_size(&socket, 8 << 20);
    outln!("{}", socket.local_addr()?.port());
    let over = Arc::new(AtomicBool::new(false));
    let begun = Instant::now();
    let sender = {
        let (socket, callers, over) = (socket.try_clone()?, Arc::clone(&callers), Arc::clone(&over));
        std::thread::spawn(move || send(&socket, &callers, &over, begun))
    };
    let heard = listen(&socket, &callers, begun, SETTLING + Duration::from_secs(seconds.into()))?;
    over.store(true, Ordering::Relaxed);
    _ = sender.join();
    show(&heard, callers.iter().filter(|caller| waits(caller, begun)).count());
    Ok(())
}

/// Whether a caller has waited for more than a second.
fn waits(caller: &Caller, begun: Instant) -> bool {
    let pressed = caller.pressed.load(Ordering::Relaxed);
    pressed != NOBODY && micros(begun).saturating_sub(pressed) > 1_000_000
}

fn show(heard: &Heard, unanswered: usize) {
    let ms = |times: &Histogram<u64>, share: f64| times.value_at_quantile(share) as f64 / 1_000.0;
    let late = &heard.late;
    outln!(
        "packets heard late by: p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms, max {:.1} ms; lost {} of {}",
        ms(late, 0.5),
        ms(late, 0.99),
        ms(late, 0.999),
        ms(late, 1.0),
        heard.lost,
        late.len(),
    );
    for (way, times) in ["by RFC 4733", "in the sound (from the tone's start)"].iter().zip(&heard.answered) {
        outln!(
            "key {way} to the next prompt's first packet: p50 {:.0} ms, p99 {:.0} ms, max {:.0} ms ({} keys)",
            ms(times, 0.5),
            ms(times, 0.99),
            ms(times, 1.0),
            times.len(),
        );
    }
    outln!("keys without an answer: {unanswered}");
}

fn micros(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
}

/// What a call's packets told so far.
#[derive(Default, Clone, Copy)]
struct Stream {
    /// The timestamp of the first packet.
    first: Option<u32>,
    /// The shortest way that a packet had: arrival minus timestamp, in microseconds.
    shortest: Option<i64>,
    sequence: Option<u16>,
    value: u8,
}

fn listen(socket: &UdpSocket, callers: &[Caller], begun: Instant, length: Duration) -> anyhow::Result<Heard> {
    let new = || Histogram::<u64>::new(3).context("the histogram");
    let mut heard = Heard { late: new()?, answered: [new()?, new()?], lost: 0 };
    let mut streams = vec![Stream::default(); callers.len()];
    let mut nth_of = vec![usize::MAX; 65_536];
    for (caller, nth) in callers.iter().zip(0..) {
        if let Some(place) = nth_of.get_mut(usize::from(caller.address.port())) {
            *place = nth;
        }
    }
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    let mut buffer = [0_u8; 2_048];
    while begun.elapsed() < length {
        let Ok((PACKET, source)) = socket.recv_from(&mut buffer) else { continue };
        let now = micros(begun);
        let nth = nth_of.get(usize::from(source.port())).copied().unwrap_or(usize::MAX);
        let Some((stream, caller)) = streams.get_mut(nth).zip(callers.get(nth)) else { continue };
        let sequence = u16::from_be_bytes([buffer[2], buffer[3]]);
        let timestamp = u32::from_be_bytes([buffer[4], buffer[5], buffer[6], buffer[7]]);
        let first = *stream.first.get_or_insert(timestamp);
        let way = i64::try_from(now)? - i64::from(timestamp.wrapping_sub(first)) * 125;
        let shortest = stream.shortest.map_or(way, |shortest| shortest.min(way));
        stream.shortest = Some(shortest);
        if now > u64::try_from(SETTLING.as_micros())? {
            heard.late.record(u64::try_from(way - shortest)?)?;
            let missing = stream.sequence.map_or(0, |before| sequence.wrapping_sub(before).wrapping_sub(1));
            heard.lost += u64::from(missing);
        }
        stream.sequence = Some(sequence);
        let value = buffer[HEADER];
        if value != stream.value && value != 0xFF {
            stream.value = value;
            let pressed = caller.pressed.swap(NOBODY, Ordering::Relaxed);
            if pressed != NOBODY {
                let [even, odd] = &mut heard.answered;
                if nth.is_multiple_of(2) { even } else { odd }.record(now - pressed)?;
            }
        }
    }
    Ok(heard)
}

fn send(socket: &UdpSocket, callers: &[Caller], over: &AtomicBool, begun: Instant) {
    let (voice, key) = (voice(), key_tone());
    let apart = PERIOD / u32::try_from(callers.len().max(1)).unwrap_or(1);
    let mut packet = [0_u8; PACKET];
    for tick in 0_u32.. {
        for (caller, nth) in callers.iter().zip(0_u32..) {
            let due = PERIOD * tick + apart * nth;
            let now = begun.elapsed();
            if due > now + Duration::from_micros(100) {
                std::thread::park_timeout(due - now);
            }
            let place = (u64::from(tick) + u64::from(nth) * 7) % KEY_EVERY;
            let events = nth % 2 == 0;
            let length = fill(&mut packet, tick, nth, place, events, &voice, &key);
            if place == 0 && u64::from(tick) > 100 {
                caller.pressed.store(micros(begun), Ordering::Relaxed);
            }
            _ = socket.send_to(packet.get(..length).unwrap_or_default(), caller.address);
        }
        if over.load(Ordering::Relaxed) {
            return;
        }
    }
}

/// Writes a packet of a call. Its length.
fn fill(packet: &mut [u8; PACKET], tick: u32, nth: u32, place: u64, events: bool, voice: &[u8], key: &[u8]) -> usize {
    let begins = place == 0;
    let pressing = u64::from(tick) > place + 100 && place < DOWN + ENDS;
    let timestamp = tick.wrapping_mul(160);
    packet[0] = 0x80;
    packet[1] = 0;
    packet[2..4].copy_from_slice(&(tick as u16).to_be_bytes());
    packet[4..8].copy_from_slice(&timestamp.to_be_bytes());
    packet[8..12].copy_from_slice(&(nth + 1).to_be_bytes());
    if events && pressing {
        let lasted = (place.min(DOWN) as u16 + 1) * 160;
        packet[1] = TELEPHONE_EVENT | if begins { 0x80 } else { 0 };
        packet[4..8].copy_from_slice(&timestamp.wrapping_sub(place as u32 * 160).to_be_bytes());
        packet[HEADER] = 5;
        packet[HEADER + 1] = if place >= DOWN { 0x8A } else { 0x0A };
        packet[HEADER + 2..HEADER + 4].copy_from_slice(&lasted.to_be_bytes());
        return HEADER + 4;
    }
    let sound = match (pressing, place < DOWN) {
        (true, true) => key.get(place as usize * 160..),
        (true, false) => None,
        _ => voice.get((tick as usize + nth as usize * 3) % (voice.len() / 160) * 160..),
    };
    packet[HEADER..].fill(0xFF);
    for (place, sample) in packet[HEADER..].iter_mut().zip(sound.unwrap_or_default()) {
        *place = *sample;
    }
    PACKET
}

fn coded(sample: f32) -> u8 {
    audio_codec_algorithms::encode_ulaw((sample * 16_000.0) as i16)
}

/// Five seconds like a voice: harmonics of a gliding pitch, with breaks.
fn voice() -> Vec<u8> {
    let sample = |nth: u16| {
        let time = f32::from(nth) / 8_000.0;
        let word = (time * 2.3).fract();
        let turns = 130.0 * time + 4.0 * (time * 2.0).sin();
        let harmonics = (1..20_u8).map(|harmonic| {
            let loud = 1.0 / (1.0 + ((f32::from(harmonic) * 130.0 - 500.0 - 300.0 * word) / 150.0).powi(2)) + 0.03;
            loud * (turns.fract() * std::f32::consts::TAU * f32::from(harmonic)).sin()
        });
        if word > 0.7 { 0xFF } else { coded(harmonics.sum::<f32>() * 0.2) }
    };
    (0..40_000).map(sample).collect()
}

/// 100 ms of the key 5.
fn key_tone() -> Vec<u8> {
    let wave = |frequency: f32, nth: u16| (std::f32::consts::TAU * frequency * f32::from(nth) / 8_000.0).sin();
    (0..800).map(|nth| coded(0.3 * (wave(770.0, nth) + wave(1_336.0, nth)))).collect()
}
