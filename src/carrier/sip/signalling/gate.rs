//! Keeps strangers and floods away from the SIP library, and its failures away from the node.
//!
//! A datagram reaches the library only if it comes from a trunk's network, its sender has budget left in this second,
//! and the parts of the library that every message passes have read it once without failing. A message on which they
//! fail would otherwise end the task that serves all calls.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use rsipstack::sip::prelude::{HeadersExt as _, ToTypedHeader as _};
use rsipstack::sip::{Request, Response, SipMessage, Transport};
use rsipstack::transaction::endpoint::{EndpointInnerRef, TargetLocator, TransportEventInspector};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transport::channel::ChannelConnection;
use rsipstack::transport::transport_layer::DomainResolver;
use rsipstack::transport::{SipAddr, SipConnection, TransportEvent};
use tokio::sync::mpsc;
use tracing::warn;

use super::answers::answer_in;

/// Messages of one address in a second. A trunk with 200 new calls a second sends fewer.
const BUDGET: u32 = 4_000;
/// Addresses counted in a second. More are strangers by number.
const MOST_ADDRESSES: usize = 1_024;
/// The longest message, in bytes.
pub(super) const LONGEST: usize = 16 * 1024;
/// The most proxies that a message may have passed (RFC 3261 section 16.6: 70 hops).
const MOST_VIAS: usize = 70;
/// Seconds between two log lines about what was dropped.
const TOLD_EVERY: u32 = 60;
/// How often the library's loop is tried.
const BEAT: Duration = Duration::from_secs(5);
/// So many beats without an answer, and the loop is held up.
const MISSED_BEATS: u64 = 4;

/// What comes in must pass it.
#[derive(Debug)]
pub(crate) struct Gate {
    networks: Vec<IpNet>,
    spent: Mutex<HashMap<IpAddr, u32>>,
    /// Dropped: from strangers, over budget, unreadable, led away.
    dropped: [AtomicU64; 4],
    pulse: Pulse,
}

/// Why a message is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dropped {
    Stranger = 0,
    OverBudget = 1,
    Unreadable = 2,
    /// It named an address outside of the trunks' networks, for audio or for our requests.
    LedAway = 3,
}

impl Gate {
    pub(crate) fn new(networks: Vec<IpNet>) -> Arc<Self> {
        Arc::new(Self { networks, spent: Mutex::default(), dropped: Default::default(), pulse: Pulse::default() })
    }

    /// Returns whether a sender may be heard.
    pub(crate) fn knows(&self, sender: IpAddr) -> bool {
        let sender = sender.to_canonical();
        self.networks.iter().any(|network| network.contains(&sender))
    }

    /// Counts a message of a sender, and returns whether it may be read.
    pub(crate) fn admit(&self, sender: IpAddr) -> Result<(), Dropped> {
        if !self.knows(sender) {
            return Err(Dropped::Stranger);
        }
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= MOST_ADDRESSES && !spent.contains_key(&sender) {
            return Err(Dropped::OverBudget);
        }
        let of_sender = spent.entry(sender).or_default();
        *of_sender = of_sender.saturating_add(1);
        if *of_sender > BUDGET { Err(Dropped::OverBudget) } else { Ok(()) }
    }

    /// Counts a message that was dropped.
    pub(crate) fn count(&self, why: Dropped) {
        if let Some(counter) = self.dropped.get(why as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        metrics::counter!("kenkocall_sip_dropped_total").increment(1);
    }

    /// Gives budgets back every second, and tells once a minute what was dropped.
    pub(crate) async fn keep(self: Arc<Self>) {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        let mut told = 0_u32;
        loop {
            second.tick().await;
            self.spent.lock().unwrap_or_else(PoisonError::into_inner).clear();
            told = told.saturating_add(1);
            if told < TOLD_EVERY {
                continue;
            }
            told = 0;
            let [strangers, over_budget, unreadable, led_away] =
                self.dropped.each_ref().map(|dropped| dropped.swap(0, Ordering::Relaxed));
            if strangers.saturating_add(over_budget).saturating_add(unreadable).saturating_add(led_away) > 0 {
                warn!(strangers, over_budget, unreadable, led_away, "SIP messages were dropped in the last minute");
            }
        }
    }
}

/// A UDP socket behind the gate.
pub(super) struct GatedSocket {
    pub(super) socket: tokio::net::UdpSocket,
    pub(super) gate: Arc<Gate>,
}

#[async_trait::async_trait]
impl rsipstack::platform::net::UdpSocket for GatedSocket {
    async fn recv_from(&self, buf: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        loop {
            // A port that is closed on the other side is reported here, and concerns nobody else.
            let Ok((len, sender)) = self.socket.recv_from(buf).await else {
                tokio::task::yield_now().await;
                continue;
            };
            let admitted = self.gate.admit(sender.ip()).and_then(|()| {
                let datagram = buf.get(..len).unwrap_or_default();
                let blank = datagram.iter().all(u8::is_ascii_whitespace);
                if blank || can_be_read(datagram) { Ok(()) } else { Err(Dropped::Unreadable) }
            });
            match admitted {
                Ok(()) => return Ok((len, sender)),
                Err(why) => self.gate.count(why),
            }
        }
    }

    async fn send_to(&self, buf: &[u8], addr: SocketAddr) -> rsipstack::Result<usize> {
        // Whatever a message names: nothing leaves the trunks' networks.
        if !self.gate.knows(addr.ip()) {
            self.gate.count(Dropped::LedAway);
            return Ok(buf.len());
        }
        Ok(self.socket.send_to(buf, addr).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}

/// Sees every event in the library's one loop: answers to INVITEs, and the beats that show that it runs.
pub(super) struct Watch {
    pub(super) gate: Arc<Gate>,
    pub(super) answers: mpsc::Sender<Response>,
}

#[async_trait::async_trait]
impl TransportEventInspector for Watch {
    async fn handle(&self, event: TransportEvent) -> Option<TransportEvent> {
        if let TransportEvent::Closed(connection) = &event
            && connection.get_addr().to_string() == beat_address().to_string()
        {
            self.gate.pulse.seen.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        if let Some(answer) = answer_in(&event) {
            // Those that find no room are repeated.
            _ = self.answers.try_send(answer);
        }
        Some(event)
    }
}

/// Beats that were sent through the library's loop, and those that came through.
#[derive(Debug, Default)]
struct Pulse {
    sent: AtomicU64,
    seen: AtomicU64,
}

/// No peer has it.
fn beat_address() -> SipAddr {
    SipAddr { r#type: Some(Transport::Tcp), ..SipAddr::from(SocketAddr::from(([0, 0, 0, 0], 0))) }
}

impl Gate {
    /// Whether the library's loop doesn't run any more, or is held up.
    pub(super) fn is_stalled(&self) -> bool {
        let sent = self.pulse.sent.load(Ordering::Relaxed);
        sent.saturating_sub(self.pulse.seen.load(Ordering::Relaxed)) >= MISSED_BEATS
    }

    /// Sends beats through the library's loop.
    pub(super) async fn beat(self: Arc<Self>, layer: EndpointInnerRef) {
        let (beats, unread) = mpsc::unbounded_channel();
        let (nowhere, _unread) = mpsc::unbounded_channel();
        let channel = ChannelConnection::create_connection(unread, nowhere, beat_address(), None).await;
        let Ok(connection) = channel.map(SipConnection::Channel) else { return };
        layer.transport_layer.add_connection(connection.clone());
        let mut every = tokio::time::interval(BEAT);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            every.tick().await;
            self.pulse.sent.fetch_add(1, Ordering::Relaxed);
            if beats.send(TransportEvent::Closed(connection.clone())).is_err() {
                return;
            }
        }
    }
}

/// The library never looks names up: its one loop would wait for the answer.
pub(super) struct NoNames;

#[async_trait::async_trait]
impl DomainResolver for NoNames {
    async fn resolve(&self, target: &SipAddr) -> rsipstack::Result<SipAddr> {
        Err(rsipstack::Error::DnsResolutionError(target.to_string()))
    }
}

/// Where the library confirms answers: in the trunks' networks, or where the INVITE went.
pub(super) struct NearBy(pub(super) Arc<Gate>);

#[async_trait::async_trait]
impl TargetLocator for NearBy {
    async fn locate(&self, uri: &rsipstack::sip::Uri) -> rsipstack::Result<SipAddr> {
        let named = SipAddr::try_from(uri)?;
        let near = named.get_socketaddr().is_ok_and(|at| self.0.knows(at.ip()));
        if near {
            return Ok(named);
        }
        Err(rsipstack::Error::TransportLayerError("outside of the trunks' networks".to_owned(), named))
    }
}

/// Returns whether the library can read a datagram.
pub(crate) fn can_be_read(datagram: &[u8]) -> bool {
    if datagram.len() > LONGEST || datagram.contains(&0) || vias(datagram) > MOST_VIAS {
        return false;
    }
    let read = catch_unwind(AssertUnwindSafe(|| SipMessage::try_from(datagram).ok()));
    read.ok().flatten().is_some_and(|message| passes(&message))
}

fn vias(datagram: &[u8]) -> usize {
    let is_via = |line: &&[u8]| {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii();
        name.eq_ignore_ascii_case(b"via") || name.eq_ignore_ascii_case(b"v")
    };
    let commas = |line: &[u8]| line.iter().filter(|byte| **byte == b',').count();
    let lines = datagram.split(|byte| *byte == b'\n').filter(is_via);
    lines.map(|line| commas(line).saturating_add(1)).sum()
}

/// Returns whether the headers on which the library relies can be read.
fn passes(message: &SipMessage) -> bool {
    let read = catch_unwind(AssertUnwindSafe(|| match message {
        SipMessage::Request(request) => of_request(request),
        SipMessage::Response(response) => of_response(response),
    }));
    read.is_ok_and(|headers| headers.is_some())
}

fn of_request(request: &Request) -> Option<()> {
    TransactionKey::from_request(request, TransactionRole::Server).ok()?;
    request.to_header().ok()?.tag().ok()?;
    request.via_header().ok()?.typed().ok()?;
    length_fits(request.header_value("Content-Length"), request.body.len())
}

fn of_response(response: &Response) -> Option<()> {
    TransactionKey::from_response(response, TransactionRole::Client).ok()?;
    response.to_header().ok()?.tag().ok()?;
    length_fits(response.header_value("Content-Length"), response.body.len())
}

/// A length that is longer than the body means that a part is missing.
fn length_fits(length: Option<String>, body: usize) -> Option<()> {
    let Some(length) = length else { return Some(()) };
    let length: usize = length.trim().parse().ok()?;
    (length <= body).then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INVITE: &str = "INVITE sip:health@192.0.2.1 SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK1\r\n\
        From: <sip:a@192.0.2.2>;tag=1\r\nTo: <sip:health@192.0.2.1>\r\nCall-ID: a@b\r\nCSeq: 1 INVITE\r\n\
        Contact: <sip:a@192.0.2.2>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";

    #[test]
    fn strangers_and_floods_are_dropped_before_anything_is_read() {
        let gate = Gate::new(vec!["192.0.2.0/24".parse().unwrap()]);
        assert_eq!(gate.admit("203.0.113.1".parse().unwrap()), Err(Dropped::Stranger));
        let trunk: IpAddr = "192.0.2.7".parse().unwrap();
        assert!((0..BUDGET).all(|_| gate.admit(trunk).is_ok()));
        assert_eq!(gate.admit(trunk), Err(Dropped::OverBudget));
        assert_eq!(gate.admit("192.0.2.8".parse().unwrap()), Ok(()), "another address has its own budget");
        assert!(gate.knows("::ffff:192.0.2.7".parse().unwrap()));
    }

    /// The row of the bad-input table about messages.
    #[test]
    fn strange_messages_are_dropped_and_harmless_ones_are_not() {
        assert!(can_be_read(INVITE.as_bytes()));
        let long_id = INVITE.replace("a@b", &"x".repeat(300));
        assert!(can_be_read(long_id.as_bytes()), "a Call-ID of 300 characters");
        let vias =
            INVITE.replace("From:", &format!("{}From:", "Via: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK2\r\n".repeat(500)));
        let one_line = INVITE.replace("branch=z9hG4bK1", &"branch=z9hG4bK1, SIP/2.0/UDP h".repeat(500));
        for (strange, what) in [
            (vias.as_bytes(), "500 Vias"),
            (one_line.as_bytes(), "500 Vias in one line"),
            (INVITE.replace("a@b", "a\0b").as_bytes(), "NUL"),
            (INVITE.replace("Content-Length: 0", "Content-Length: 900").as_bytes(), "a body that is missing"),
            (INVITE.replace("Content-Length: 0", "Content-Length: many").as_bytes(), "a length that is no number"),
            (INVITE.replace("CSeq: 1 INVITE\r\n", "").as_bytes(), "no CSeq"),
            (INVITE.replace(";tag=1", "").as_bytes(), "no tag"),
            (format!("{INVITE}{}", "x".repeat(65_000)).as_bytes(), "65,535 bytes"),
            (b"\xff\xfe\xfd", "noise"),
        ] {
            assert!(!can_be_read(strange), "{what}");
        }
        let name = [
            b"INVITE sip:h@192.0.2.1 SIP/2.0\r\nFrom: \"\xff\xfe\" <sip:a@b>;tag=1\r\n".as_slice(),
            &INVITE.as_bytes()[37..],
        ]
        .concat();
        let _either = can_be_read(&name);
    }

    proptest! {
        /// Whatever comes: nothing fails.
        #[test]
        fn no_message_ends_the_reader(
            at in 0..INVITE.len(), with in prop::collection::vec(any::<u8>(), 0..40), cut in 0_usize..80,
        ) {
            let mut message = INVITE.as_bytes().to_vec();
            let end = (at + cut).min(message.len());
            message.splice(at..end, with);
            can_be_read(&message);
        }
    }
}
