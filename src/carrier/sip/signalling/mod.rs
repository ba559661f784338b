//! Signalling: the only module that names the SIP library, `rsipstack`.
//!
//! The library brings messages, transactions with their timers, and transports. Each call is a task of its own: a
//! failure in it ends that call.

mod answers;
mod dialog;
mod gate;
mod incoming;
mod invite_pump;
mod outgoing;
mod probing;
mod recovery;
mod registering;
mod session_timer;
mod streams;
mod talking;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use rsipstack::EndpointBuilder;
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Method, StatusCode, Transport};
use rsipstack::transaction::endpoint::{Endpoint, EndpointInnerRef, EndpointOption};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportLayer};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::journal::{Cause, Journal, JournalTrouble, Written};
use super::leg::{Ended, LegOrder, LineEvent};
use super::media::MediaPorts;
use super::registration::Standing;
use super::sdp::Audio;
use super::trouble::LineTrouble;
use super::trunk::Trunk;
use crate::carrier::CarrierLegId;
use crate::carrier::network::Ringing;
use crate::config::SipTransport;
use crate::domain::{CallId, HangupCause, PhoneNumber};

pub(super) use outgoing::Placement;
pub use probing::Probe;

/// What we understand.
const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK";
/// In-dialog requests of one call that wait to be read.
const MAILBOX: usize = 16;
/// How soon a refused caller may try again while this server stops, in seconds.
const RETRY_AFTER: &str = "30";

/// The line's settings.
#[derive(Debug, Clone)]
pub struct SipSettings {
    /// Where messages are received, by UDP, and by TCP if a trunk uses it.
    pub listen: SocketAddr,
    /// Our address as the trunks see it.
    pub address: IpAddr,
    /// The trunks. Calls are placed through the first that takes them.
    pub trunks: Vec<Arc<Trunk>>,
    /// The number of the health-call line.
    pub health_call_number: Option<PhoneNumber>,
    /// The number of automated calls, which is called back.
    pub call_back_number: Option<PhoneNumber>,
    /// How long calls under way may last after the server was told to stop.
    pub drain: Duration,
}

/// The line can't be opened.
#[derive(Debug, thiserror::Error)]
#[error("the SIP line can't listen on {0}: {1}")]
pub struct ListenError(SocketAddr, String);

/// What all calls share.
pub(super) struct Shared {
    endpoint: EndpointInnerRef,
    streams: streams::Streams,
    gate: Arc<gate::Gate>,
    settings: SipSettings,
    journal: Journal,
    ports: MediaPorts,
    events: mpsc::Sender<LineEvent>,
    answers: answers::Answers,
    udp: Arc<gate::GatedSocket>,
    /// How we stand with each trunk that we register with, and whether it has an entry of ours.
    registrations: Mutex<BTreeMap<String, (Standing, bool)>>,
    registering: Mutex<Vec<JoinHandle<()>>>,
    /// Set when the last call has ended and this server stops.
    leaving: CancellationToken,
    /// The INVITEs that are being answered, by Call-ID, their tag and number: the same one by another way isn't another
    /// call.
    invites: Mutex<HashSet<(String, String, u32)>>,
    /// The calls by Call-ID and our tag, for their in-dialog requests.
    dialogs: Mutex<HashMap<(String, String), mpsc::Sender<Transaction>>>,
    /// The calls by leg, for orders.
    legs: Mutex<HashMap<CarrierLegId, mpsc::Sender<LegOrder>>>,
    live: AtomicUsize,
    draining: AtomicBool,
}

/// The running line.
#[derive(Clone)]
pub struct Signalling(Arc<Shared>);

impl std::fmt::Debug for Signalling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signalling")
    }
}

impl Signalling {
    /// Opens the line. What happens on it is sent to `events`.
    ///
    /// # Errors
    /// If the address can't be listened on.
    pub fn open(
        settings: SipSettings,
        journal: Journal,
        ports: MediaPorts,
        events: mpsc::Sender<LineEvent>,
    ) -> Result<Self, ListenError> {
        let failed = |error: &dyn std::fmt::Display| ListenError(settings.listen, error.to_string());
        let networks = settings.trunks.iter().flat_map(|trunk| trunk.networks.iter().copied()).collect();
        let gate = gate::Gate::new(networks);
        let socket = std::net::UdpSocket::bind(settings.listen).map_err(|error| failed(&error))?;
        socket.set_nonblocking(true).map_err(|error| failed(&error))?;
        let socket = tokio::net::UdpSocket::from_std(socket).map_err(|error| failed(&error))?;
        let port = socket.local_addr().map_err(|error| failed(&error))?.port();
        let settings = SipSettings { listen: SocketAddr::new(settings.listen.ip(), port), ..settings };
        let failed = |error: &dyn std::fmt::Display| ListenError(settings.listen, error.to_string());
        let by_tcp = settings.trunks.iter().any(|trunk| trunk.transport == SipTransport::Tcp);
        let listener = match by_tcp {
            true => Some(tcp_listener(settings.listen).map_err(|error| failed(&error))?),
            false => None,
        };
        let stop = CancellationToken::new();
        let layer = TransportLayer::new_with_domain_resolver(stop.clone(), Box::new(gate::NoNames));
        let (known, announced) = (Arc::clone(&gate), Some(SocketAddr::new(settings.address, port)));
        layer.set_whitelist(move |ip| {
            let known = known.knows(ip);
            async move { known }
        });
        let socket = Arc::new(gate::GatedSocket { socket, gate: Arc::clone(&gate) });
        // Neither waits for anything.
        let udp =
            UdpConnection::from_socket(Arc::clone(&socket) as _, announced, Some(stop.child_token())).now_or_never();
        let Some(udp) = udp else { return Err(failed(&"the transport isn't ready")) };
        layer.add_transport(udp.map_err(|error| failed(&error))?.into());
        let (found, late) = mpsc::channel(answers::WAITING);
        let endpoint = EndpointBuilder::new()
            .with_user_agent("kenkocall")
            .with_transport_layer(layer)
            .with_cancel_token(stop)
            .with_option(EndpointOption::default())
            .with_transport_inspector(Box::new(gate::Watch { gate: Arc::clone(&gate), answers: found }))
            .with_target_locator(Box::new(gate::NearBy(Arc::clone(&gate))))
            .build();
        let shared = shared(&endpoint, &gate, settings, (journal, ports), events, socket);
        start(endpoint, gate, &shared);
        if let Some(listener) = listener {
            tokio::spawn(shared.streams.clone().accept(listener));
        }
        tokio::spawn(answers::watch(Arc::clone(&shared), late));
        recovery::take_back_all(&shared);
        registering::start(&shared);
        Ok(Self(shared))
    }

    /// The port that is listened on.
    pub fn port(&self) -> u16 {
        self.0.settings.listen.port()
    }

    /// Places a call. Returns as soon as it is known whether the network has it.
    pub(super) async fn place(&self, placement: Placement) -> crate::carrier::network::DialOutcome {
        outgoing::place(&self.0, placement).await
    }

    /// Asks something of a call. Returns `false` if it isn't here.
    pub(super) fn order(&self, leg: &CarrierLegId, order: LegOrder) -> bool {
        let orders = self.0.legs().get(leg).cloned();
        orders.is_some_and(|orders| orders.try_send(order).is_ok())
    }

    /// Takes no new calls, and waits until those under way have ended, at most as long as the settings say.
    pub async fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
        let ended = async {
            while self.0.live.load(Ordering::Relaxed) > 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(self.0.settings.drain, ended).await.is_err() {
            warn!(
                calls = self.0.live.load(Ordering::Relaxed),
                "calls were still under way at the end of sip.drain_seconds"
            );
        }
        self.0.leaving.cancel();
        let registering = std::mem::take(&mut *self.0.registering.lock().unwrap_or_else(PoisonError::into_inner));
        let left = futures_util::future::join_all(registering);
        _ = tokio::time::timeout(registering::LEAVING, left).await;
    }

    /// Why calls can't be taken or placed. `None` if they can.
    pub fn trouble(&self) -> Option<LineTrouble> {
        match self.0.journal.trouble() {
            Some(JournalTrouble::Lost) => return Some(LineTrouble::JournalLost),
            Some(JournalTrouble::NotWritable) => return Some(LineTrouble::JournalNotWritable),
            None => {}
        }
        if self.0.gate.is_stalled() {
            return Some(LineTrouble::Stalled);
        }
        let registrations = self.0.registrations.lock().unwrap_or_else(PoisonError::into_inner);
        registrations.values().any(|(_, registered)| !registered).then_some(LineTrouble::NotRegistered)
    }
}

/// What the calls of a new line share.
fn shared(
    endpoint: &Endpoint,
    gate: &Arc<gate::Gate>,
    settings: SipSettings,
    (journal, ports): (Journal, MediaPorts),
    events: mpsc::Sender<LineEvent>,
    udp: Arc<gate::GatedSocket>,
) -> Arc<Shared> {
    let streams =
        streams::Streams { endpoint: Arc::clone(&endpoint.inner), gate: Arc::clone(gate), open: Arc::default() };
    Arc::new(Shared {
        endpoint: Arc::clone(&endpoint.inner),
        streams,
        gate: Arc::clone(gate),
        settings,
        journal,
        ports,
        events,
        answers: answers::Answers::default(),
        udp,
        registrations: Mutex::default(),
        registering: Mutex::default(),
        leaving: CancellationToken::new(),
        invites: Mutex::default(),
        dialogs: Mutex::default(),
        legs: Mutex::default(),
        live: AtomicUsize::new(0),
        draining: AtomicBool::new(false),
    })
}

fn tcp_listener(listen: SocketAddr) -> std::io::Result<tokio::net::TcpListener> {
    let listener = std::net::TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

fn start(endpoint: Endpoint, gate: Arc<gate::Gate>, shared: &Arc<Shared>) {
    tokio::spawn(Arc::clone(&gate).keep());
    tokio::spawn(gate.beat(Arc::clone(&endpoint.inner)));
    let incoming = endpoint.incoming_transactions();
    tokio::spawn(async move {
        endpoint.serve().await;
        error!("the SIP line has stopped; restart this server");
    });
    let Ok(mut incoming) = incoming else { return };
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        while let Some(transaction) = incoming.recv().await {
            // A failure of the library ends this request, and nothing else.
            tokio::spawn(sort(Arc::clone(&shared), transaction));
        }
    });
}

/// Brings a request to its call, or begins one.
async fn sort(shared: Arc<Shared>, mut transaction: Transaction) {
    let request = &transaction.original;
    let tag = request.to_header().ok().and_then(|to| to.tag().ok().flatten()).map(|tag| tag.value().to_owned());
    let call_id = request.call_id_header().map(|id| id.value().to_owned()).unwrap_or_default();
    let method = request.method;
    // RFC 3261 section 8.1.1.5.
    if method != Method::Ack
        && request.cseq_header().ok().and_then(|cseq| cseq.seq().ok()).is_none_or(|seq| seq >= 1 << 31)
    {
        return refuse(transaction, 400, Vec::new());
    }
    if let Some(tag) = tag {
        let mailbox = shared.dialogs().get(&(call_id, tag)).cloned();
        match mailbox {
            Some(mailbox) => {
                if let Err(returned) = mailbox.try_send(transaction) {
                    let mut transaction = returned.into_inner();
                    _ = answer(&mut transaction, 500, Vec::new(), "").await;
                }
            }
            None if method == Method::Ack => {}
            None => refuse(transaction, 481, Vec::new()),
        }
        return;
    }
    match method {
        Method::Invite => incoming::take(shared, transaction).await,
        Method::Options if shared.draining.load(Ordering::Relaxed) => {
            refuse(transaction, 503, vec![Header::RetryAfter(RETRY_AFTER.into())]);
        }
        Method::Options => {
            let headers = vec![Header::Allow(ALLOW.into()), Header::Accept("application/sdp".into())];
            _ = answer(&mut transaction, 200, headers, "").await;
        }
        Method::Ack | Method::Cancel => {}
        _ => refuse(transaction, 405, vec![Header::Allow(ALLOW.into())]),
    }
}

/// Refuses a request. The refusal of an INVITE is repeated until it is confirmed.
fn refuse(mut transaction: Transaction, status: u16, headers: Vec<Header>) {
    tokio::spawn(async move {
        if answer(&mut transaction, status, headers, "").await {
            while transaction.receive().await.is_some() {}
        }
    });
}

/// Answers a request. Returns `false` if the answer couldn't be sent.
async fn answer(transaction: &mut Transaction, status: u16, mut headers: Vec<Header>, sdp: &str) -> bool {
    let body = (!sdp.is_empty()).then(|| sdp.as_bytes().to_vec());
    if body.is_some() {
        headers.push(Header::ContentType("application/sdp".into()));
    }
    let sent = transaction.reply_with(StatusCode::from(status), headers, body).await.is_ok();
    if !sent {
        warn!(status, "a SIP request could not be answered");
    }
    sent
}

impl Shared {
    fn dialogs(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), mpsc::Sender<Transaction>>> {
        self.dialogs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn legs(&self) -> std::sync::MutexGuard<'_, HashMap<CarrierLegId, mpsc::Sender<LegOrder>>> {
        self.legs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a description names an address outside of the trunk's networks for our audio.
    fn leads_away(&self, trunk: &Trunk, audio: &Audio) -> bool {
        let away = audio.remote.is_some_and(|remote| !trunk.is_from(remote.ip()));
        if away {
            self.gate.count(gate::Dropped::LedAway);
            warn!(trunk = %trunk.name, "audio was to be sent outside of the trunk's networks; add the network if it is its");
        }
        away
    }

    /// Whether a trunk has an entry of ours.
    fn is_registered(&self, trunk: &str) -> bool {
        let all = self.registrations.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(trunk).is_some_and(|(_, registered)| *registered)
    }

    /// Our address as a trunk sees it.
    fn own(&self) -> SocketAddr {
        SocketAddr::new(self.settings.address, self.settings.listen.port())
    }

    fn contact(&self, transport: SipTransport) -> String {
        let suffix = if transport == SipTransport::Tcp { ";transport=tcp" } else { "" };
        format!("<sip:kenkocall@{}{suffix}>", self.own())
    }

    fn via(&self, transport: SipTransport) -> String {
        let word = if transport == SipTransport::Tcp { "TCP" } else { "UDP" };
        format!("SIP/2.0/{word} {}", self.own())
    }

    /// The way to an address, and the address.
    async fn connection(&self, to: &SipAddr) -> Option<(SipConnection, SipAddr)> {
        if to.r#type == Some(Transport::Tcp) {
            return Some((self.streams.to(to).await?, to.clone()));
        }
        self.endpoint.transport_layer.lookup(to, None).await.ok()
    }

    async fn tell(&self, event: LineEvent) {
        // Without a listener, the server is stopping.
        _ = self.events.send(event).await;
    }

    /// Records the end of a call and tells it.
    async fn ended(&self, ended: Ended) {
        self.record_end(&ended).await;
        self.tell(LineEvent::Ended(ended)).await;
    }

    /// Records the end of a call.
    async fn record_end(&self, ended: &Ended) {
        self.legs().remove(&ended.leg);
        let tried = ended.ringing != Ringing::RuledOut;
        let call = ended.leg.as_str().to_owned();
        if !self.journal.write(Written::Ended { call, cause: Cause(ended.cause), tried }).await {
            warn!("the end of a call could not be written into the call journal");
        }
    }

    /// Runs a call as a task of its own. If it fails, only this call ends.
    fn spawn_call(
        self: &Arc<Self>,
        leg: CarrierLegId,
        call: Option<CallId>,
        channel: Option<OwnedSemaphorePermit>,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let shared = Arc::clone(self);
        shared.live.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            let task = tokio::spawn(work);
            if task.await.is_err_and(|error| error.is_panic()) {
                error!(%leg, "a call was ended by a failure of its signalling");
                let (cause, ringing) = (HangupCause::TemporaryFailure, Ringing::Possible);
                shared.ended(Ended { call, leg, cause, ringing }).await;
            }
            shared.live.fetch_sub(1, Ordering::Relaxed);
            drop(channel);
        });
    }
}

/// The library's word for a transport.
const fn library_transport(transport: SipTransport) -> Transport {
    match transport {
        SipTransport::Udp => Transport::Udp,
        SipTransport::Tcp => Transport::Tcp,
    }
}

/// The address of a trunk. Its name is looked up for each call, so that a change is noticed.
async fn address_of_trunk(trunk: &Trunk) -> Option<SipAddr> {
    let address = tokio::net::lookup_host(&trunk.address).await.ok()?.next()?;
    Some(SipAddr { r#type: Some(library_transport(trunk.transport)), ..SipAddr::from(address) })
}
