//! The sound of one call.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::listener::Listener;
use super::pace::MediaClock;
use super::playout::Playout;
use super::ports::PortPair;
use super::rtcp::{Reception, Sent};
use super::rtp::Packet;
use super::{Clip, FRAME, MediaEvent, MediaSettings, g711, rtp};

/// Events that wait to be taken. Keys beyond them are dropped: nobody types so far ahead.
const MOST_WAITING: usize = 64;
/// Events other than keys that wait beyond them.
const MOST_OWED: usize = 8;
/// Packets that are read at a time. What is more waits in the system's buffer, or is lost there.
const MOST_AT_A_TIME: usize = 256;
/// Reports that are read at a time.
const MOST_REPORTS: usize = 8;
/// A packet with a report is sent, and the other side's are read, every five seconds: after so many periods.
const REPORT_EVERY: u64 = 250;
/// The longest payload: 200 ms.
const LONGEST: usize = 1_600;

/// What was sent and received on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Packets sent.
    pub sent: u32,
    /// Packets taken.
    pub received: u64,
    /// Packets dropped because they came from elsewhere.
    pub foreign: u64,
    /// Packets dropped because they weren't RTP, or of a kind that wasn't agreed on.
    pub unreadable: u64,
    /// Keys dropped because nobody took those before them.
    pub keys_dropped: u64,
}

/// The sound of a call. It ends, and its ports are free, when this is dropped.
#[derive(Debug)]
pub struct MediaSession {
    line: Arc<Line>,
    clock: MediaClock,
}

/// What happens on a call.
#[derive(Debug)]
pub struct MediaEvents {
    events: mpsc::Receiver<Told>,
    line: Arc<Line>,
}

/// An event, and the speech during which it happened.
#[derive(Debug, Clone, Copy)]
struct Told {
    event: MediaEvent,
    speech: u64,
}

impl MediaEvents {
    /// The next event; `None` when the session is over. What ended that has been replaced or cut since isn't told.
    /// Dropping the future loses nothing.
    pub async fn recv(&mut self) -> Option<MediaEvent> {
        loop {
            let told = self.events.recv().await?;
            let of_speech = matches!(told.event, MediaEvent::FirmEnded | MediaEvent::SpeechEnded);
            if !of_speech || told.speech == self.line.speech.load(Ordering::Acquire) {
                return Some(told.event);
            }
        }
    }
}

impl MediaSession {
    /// Begins to send and to listen.
    pub fn start(ports: PortPair, settings: MediaSettings) -> (Self, MediaEvents) {
        let (tell, events) = mpsc::channel(MOST_WAITING);
        let clock = ports.pace().clock();
        mark(&ports, settings.dscp);
        let [ssrc, timestamp, sequence] = random();
        let state = State {
            listener: Listener::new(&settings),
            settings,
            playout: Playout::default(),
            tell: Some(tell),
            owed: VecDeque::new(),
            held: false,
            sending: false,
            bound: None,
            first_due: None,
            ticks: 0,
            sequence: sequence as u16,
            out: Sent { ssrc, timestamp, packets: 0, bytes: 0 },
            first_timestamp: timestamp,
            reception: Reception::default(),
            counts: Counts::default(),
            ports: Some(ports),
        };
        let line = Arc::new(Line { state: Mutex::new(state), speech: AtomicU64::new(0) });
        if let Some(ports) = &line.locked().ports {
            ports.pace().add(Arc::clone(&line));
        }
        (Self { line: Arc::clone(&line), clock }, MediaEvents { events, line })
    }

    /// Says these clips, in place of what was queued. The first packet leaves within 20 ms.
    pub fn play(&self, clips: Vec<Clip>) {
        self.line.with_new_speech(|playout| playout.play(clips));
    }

    /// Cuts all that is said, within 20 ms.
    pub fn silence(&self) {
        self.line.with_new_speech(Playout::silence);
    }

    /// Cuts all that is said, within 20 ms, except for firm clips: they are played to the end. Whether there are any,
    /// and their end is still to be told.
    pub fn barge_in(&self) -> bool {
        let mut state = self.line.locked();
        let left = state.playout.barge_in();
        if !left {
            self.line.speech.fetch_add(1, Ordering::AcqRel);
        }
        left
    }

    /// Changes what was agreed on. Sequence numbers and timestamps go on; the other side may send from another address,
    /// and is bound to the first one again.
    pub fn update(&self, settings: MediaSettings) {
        self.line.locked().update(settings);
    }

    /// Sends nothing, and says nothing, until it is called with `false`. Keys are still heard.
    pub fn hold(&self, held: bool) {
        self.line.locked().held = held;
    }

    /// A key that came in a SIP INFO. It is told as an event, unless it also came in the sound or by RFC 4733.
    pub fn info_key(&self, key: char) {
        let now = self.clock.now();
        let speech = self.line.speech.load(Ordering::Acquire);
        let mut state = self.line.locked();
        let mut heard = Vec::new();
        state.listener.info(key, now, &mut |event| heard.push(event));
        heard.into_iter().for_each(|event| state.tell(event, speech));
    }

    /// What was sent and received.
    pub fn counts(&self) -> Counts {
        self.line.locked().counts
    }
}

impl Drop for MediaSession {
    fn drop(&mut self) {
        let now = self.clock.now();
        let mut state = self.line.locked();
        state.send_report(true, now);
        state.end();
    }
}

/// What the session and its thread share.
#[derive(Debug)]
pub struct Line {
    state: Mutex<State>,
    /// Counts what is said, so that the end of one isn't taken for that of the next.
    speech: AtomicU64,
}

impl Line {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_new_speech(&self, change: impl FnOnce(&mut Playout)) {
        let mut state = self.locked();
        self.speech.fetch_add(1, Ordering::AcqRel);
        change(&mut state.playout);
    }

    /// Reads what came, and sends the packet that is due. Whether one was sent; `None` when the session is over.
    pub fn tick(&self, due: Duration, now: Duration) -> Option<bool> {
        let mut state = self.locked();
        let speech = self.speech.load(Ordering::Acquire);
        state.ports.as_ref()?;
        state.tell_owed();
        state.receive(now, speech);
        let sent = state.send(due, speech);
        state.ticks = state.ticks.saturating_add(1);
        if state.ticks % REPORT_EVERY == REPORT_EVERY / 2 {
            state.read_reports(now);
            state.send_report(false, now);
        }
        Some(sent)
    }

    /// Frees the ports, and tells nothing any more.
    pub fn end(&self) {
        self.locked().end();
    }
}

#[derive(Debug)]
struct State {
    ports: Option<PortPair>,
    settings: MediaSettings,
    listener: Listener,
    playout: Playout,
    tell: Option<mpsc::Sender<Told>>,
    owed: VecDeque<Told>,
    held: bool,
    /// Whether the packet before was sent.
    sending: bool,
    /// The only address that is listened to.
    bound: Option<SocketAddr>,
    first_due: Option<Duration>,
    ticks: u64,
    sequence: u16,
    out: Sent,
    first_timestamp: u32,
    reception: Reception,
    counts: Counts,
}

impl State {
    fn end(&mut self) {
        (self.ports, self.tell) = (None, None);
    }

    fn tell(&mut self, event: MediaEvent, speech: u64) {
        let told = Told { event, speech };
        let Some(tell) = &self.tell else { return };
        match (tell.try_send(told), event) {
            (Err(TrySendError::Full(_)), MediaEvent::Key(_)) => {
                self.counts.keys_dropped = self.counts.keys_dropped.saturating_add(1);
            }
            (Err(TrySendError::Full(_)), _) if self.owed.len() < MOST_OWED => self.owed.push_back(told),
            _ => {}
        }
    }

    fn tell_owed(&mut self) {
        let Some(tell) = &self.tell else { return };
        while let Some(told) = self.owed.front() {
            if matches!(tell.try_send(*told), Err(TrySendError::Full(_))) {
                break;
            }
            self.owed.pop_front();
        }
    }

    fn update(&mut self, settings: MediaSettings) {
        self.listener.update(&settings);
        if let Some(ports) = self.ports.as_ref().filter(|_| settings.dscp != self.settings.dscp) {
            mark(ports, settings.dscp);
        }
        self.bound = None;
        self.settings = settings;
    }

    fn may_come_from(&self, source: SocketAddr) -> bool {
        let ip = source.ip().to_canonical();
        self.bound.is_none_or(|bound| bound == source) && self.settings.sources.iter().any(|net| net.contains(&ip))
    }

    fn receive(&mut self, now: Duration, speech: u64) {
        let mut heard = Vec::new();
        let mut buffer = [0; 2_048];
        for _ in 0..MOST_AT_A_TIME {
            let Some(ports) = &self.ports else { break };
            let (length, source) = match ports.rtp.recv_from(&mut buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
                // The other side's machine may say that nothing listens there yet.
                Err(_) => continue,
            };
            if !self.may_come_from(source) {
                self.counts.foreign = self.counts.foreign.saturating_add(1);
                continue;
            }
            let packet = buffer.get(..length).and_then(rtp::read);
            let packet = packet.filter(|packet| packet.payload.len() <= LONGEST);
            let Some(packet) = packet.filter(|packet| self.listener.takes(packet.payload_type)) else {
                self.counts.unreadable = self.counts.unreadable.saturating_add(1);
                continue;
            };
            self.bound = Some(source);
            self.counts.received = self.counts.received.saturating_add(1);
            self.reception.count(packet.ssrc, packet.sequence, packet.timestamp, now);
            self.listener.packet(&packet, now, &mut |event| heard.push(event));
        }
        self.listener.tick(now, &mut |event| heard.push(event));
        heard.into_iter().for_each(|event| self.tell(event, speech));
    }

    /// Where to send: to where the other side sends from, which a translation of addresses may have changed.
    fn destination(&self) -> Option<SocketAddr> {
        self.bound.or(self.settings.remote)
    }

    fn send(&mut self, due: Duration, speech: u64) -> bool {
        let since = due.saturating_sub(*self.first_due.get_or_insert(due));
        let periods = (since.as_micros() / 20_000) as u32;
        self.out.timestamp = self.first_timestamp.wrapping_add(periods.wrapping_mul(FRAME as u32));
        let Some(destination) = self.destination().filter(|_| !self.held) else {
            self.sending = false;
            return false;
        };
        let mut frame = [g711::SILENCE; FRAME];
        let ended = self.playout.frame(&mut frame);
        if ended.firm {
            self.tell(MediaEvent::FirmEnded, speech);
        }
        if ended.speech {
            self.tell(MediaEvent::SpeechEnded, speech);
        }
        g711::to_line(self.settings.payload, &mut frame);
        let packet = Packet {
            payload_type: self.settings.payload.number(),
            marker: !std::mem::replace(&mut self.sending, true),
            sequence: self.sequence,
            timestamp: self.out.timestamp,
            ssrc: self.out.ssrc,
            payload: &frame,
        };
        self.sequence = self.sequence.wrapping_add(1);
        let mut buffer = [0; _];
        if let (Some(ports), Some(bytes)) = (&self.ports, rtp::write(&packet, &mut buffer)) {
            // What the network doesn't take now is lost, as anywhere else on its way.
            _ = ports.rtp.send_to(bytes, destination);
        }
        self.out.packets = self.out.packets.wrapping_add(1);
        self.out.bytes = self.out.bytes.wrapping_add(FRAME as u32);
        self.counts.sent = self.out.packets;
        true
    }

    fn read_reports(&mut self, now: Duration) {
        let mut buffer = [0; 2_048];
        for _ in 0..MOST_REPORTS {
            let Some(received) = self.ports.as_ref().map(|ports| ports.rtcp.recv_from(&mut buffer)) else { break };
            match received {
                Ok((length, source)) => {
                    let ip = source.ip().to_canonical();
                    let ours = self.settings.sources.iter().any(|net| net.contains(&ip));
                    if let Some(bytes) = buffer.get(..length).filter(|_| ours) {
                        self.reception.heard(bytes, now);
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
                Err(_) => {}
            }
        }
    }

    fn send_report(&mut self, bye: bool, now: Duration) {
        let Some(mut destination) = self.destination() else { return };
        let Some(port) = destination.port().checked_add(1) else { return };
        destination.set_port(port);
        let name = format!("{:08x}@line.invalid", self.out.ssrc);
        let mut buffer = [0; 256];
        let report = self.reception.report(self.out, &name, bye, now, &mut buffer);
        if let (Some(ports), Some(report)) = (&self.ports, report) {
            _ = ports.rtcp.send_to(report, destination);
        }
    }
}

/// Numbers that a stranger can't guess (RFC 3550 asks for it).
fn random() -> [u32; 3] {
    let one = || getrandom::u32().unwrap_or(0x5EED);
    [one(), one(), one()]
}

/// Sets the class of service. A system that doesn't know it sends without.
fn mark(ports: &PortPair, dscp: u8) {
    #[cfg(target_os = "linux")]
    for socket in [&ports.rtp, &ports.rtcp] {
        let class = dscp.min(63).wrapping_shl(2);
        _ = match ports.address() {
            SocketAddr::V4(_) => rustix::net::sockopt::set_ip_tos(socket, class),
            SocketAddr::V6(_) => rustix::net::sockopt::set_ipv6_tclass(socket, class.into()),
        };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (ports, dscp);
}

#[cfg(test)]
mod tests;
