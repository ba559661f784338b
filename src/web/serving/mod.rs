//! Serves connections until a shutdown. At shutdown, requests in progress are completed and nothing else is waited
//! for. Holding connections open can't block the line: their number is limited, each phase of a request has a timeout,
//! and connections that wait for their client give way if there is no room.

mod connections;
mod progress;
mod stream;

use std::convert::Infallible;
use std::io::{ErrorKind, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use self::connections::{Admission, Connections, Origin};
use self::progress::{Phase, Progress};
use self::stream::{Noted, Stream};
use crate::config::Networks;
use crate::service::{LimitedLine, Stopwatch};

pub use self::connections::ConnectionLimits;

/// The delay after a connection couldn't be accepted for lack of files or memory.
const REST: Duration = Duration::from_millis(100);
/// How often overdue connections are checked.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The maximum number of connections that were told to end and haven't yet. Each still has its file.
const MOST_ENDING: usize = 32;
/// The longest request head, in bytes. A carrier's has about 2 KB. A proxy passes at most 32 KB.
const LONGEST_HEAD: usize = 32 * 1024;
/// The send buffer for a client that doesn't read, in bytes. Our responses have up to about 64 KB.
#[cfg(target_os = "linux")]
const UNREAD: usize = 128 * 1024;
/// The response if there is no room for a connection.
const BUSY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// The other end of a request's connection, in the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Ends when the server stops, in the request's extensions: a response without an end must end then.
#[derive(Debug, Clone)]
pub struct Stopping(pub CancellationToken);

/// A response without an end, in the response's extensions: its connection gives way if there is no room.
#[derive(Debug, Clone, Copy)]
pub struct Endless;

/// A port and its clients.
#[derive(Debug)]
pub struct Port {
    /// Its name in logs and metrics.
    pub name: &'static str,
    /// Accepts its connections.
    pub listener: TcpListener,
    /// Its limits.
    pub limits: ConnectionLimits,
    /// The proxies that forward many clients from one address.
    pub proxies: Networks,
}

type Shared = Arc<Mutex<Connections>>;

/// A connection's place in the count. Dropping it frees the place.
struct Place {
    connections: Shared,
    id: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        locked(&self.connections).remove(self.id);
    }
}

fn locked(connections: &Shared) -> std::sync::MutexGuard<'_, Connections> {
    connections.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves until `stop`, then closes each connection once its complete request is answered.
pub async fn serve(port: Port, app: Router, stop: impl Future<Output = ()>) {
    let Port { name, listener, limits, proxies } = port;
    let stopping = CancellationToken::new();
    let acceptor = Acceptor {
        name,
        proxies,
        watch: Stopwatch::start(),
        connections: Shared::new(Connections::new(limits).into()),
    };
    let mut tasks = JoinSet::new();
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut stop = pin!(stop);
    let mut rest = pin!(tokio::time::sleep(Duration::ZERO));
    let mut rests = false;
    loop {
        let has_room = tasks.len() < limits.total.saturating_add(MOST_ENDING);
        tokio::select! {
            () = &mut stop => break,
            // Ended connections free their places.
            Some(_ended) = tasks.join_next() => {}
            _ = looks.tick() => acceptor.end_overdue(),
            () = &mut rest, if rests => rests = false,
            accepted = listener.accept(), if !rests && has_room => match accepted {
                Ok((stream, peer)) => if let Some((stream, place, progress)) = acceptor.admit(stream, peer) {
                    let (app, stopping) = (app.clone(), stopping.clone());
                    tasks.spawn(async move {
                        connection(stream, Peer(peer.ip()), app, progress, stopping).await;
                        drop(place);
                    });
                }
                Err(error) if is_of_one_connection(&error) => debug!(%error, "connection already closed"),
                Err(error) => {
                    acceptor.cannot_accept(&error);
                    rest.set(tokio::time::sleep(REST));
                    rests = true;
                }
            },
        }
    }
    drop(listener);
    stopping.cancel();
    while !tasks.is_empty() {
        tokio::select! {
            _ended = tasks.join_next() => {}
            _ = looks.tick() => acceptor.end_overdue(),
        }
    }
}

/// Returns `true` for errors of a single connection, after which the next one can be accepted immediately. Source:
/// accept(2), "Error handling".
fn is_of_one_connection(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
            | ErrorKind::ConnectionRefused
    )
}

/// Accepts the connections of a port.
struct Acceptor {
    name: &'static str,
    proxies: Networks,
    watch: Stopwatch,
    connections: Shared,
}

impl Acceptor {
    fn admit(&self, stream: TcpStream, peer: SocketAddr) -> Option<(TcpStream, Place, Arc<Progress>)> {
        let progress = Progress::opened(self.watch);
        let origin = Origin::of(peer.ip(), &self.proxies);
        let (admission, open) = {
            let mut connections = locked(&self.connections);
            (connections.admit(origin, Arc::clone(&progress)), connections.len())
        };
        metrics::gauge!("kenkocall_connections", "port" => self.name).set(u32::try_from(open).unwrap_or(u32::MAX));
        let id = match admission {
            Admission::Taken(id) => id,
            Admission::InPlaceOf(full, ended, id) => {
                ended.end();
                let line = LimitedLine::ConnectionReplaced(full.code());
                metrics::counter!("kenkocall_connections_replaced_total", "port" => self.name, "limit" => full.code())
                    .increment(1);
                if line.is_first() {
                    warn!(
                        port = self.name,
                        limit = full.code(),
                        "too many connections: closed an idle one for a new one"
                    );
                }
                id
            }
            Admission::Refused(full) => {
                self.refuse(stream, full.code());
                return None;
            }
        };
        Some((stream, Place { connections: Arc::clone(&self.connections), id }, progress))
    }

    fn refuse(&self, stream: TcpStream, limit: &'static str) {
        metrics::counter!("kenkocall_connections_refused_total", "port" => self.name, "limit" => limit).increment(1);
        if LimitedLine::ConnectionRefused(limit).is_first() {
            warn!(port = self.name, limit, "connection refused: too many, all busy");
        }
        // The client may be gone, so the result doesn't matter. The socket never blocks.
        let _told = stream.into_std().and_then(|mut stream| stream.write(BUSY));
    }

    fn end_overdue(&self) {
        let connections = locked(&self.connections);
        for (progress, phase) in connections.all().filter_map(|progress| Some((progress, progress.overdue()?))) {
            progress.end();
            metrics::counter!("kenkocall_connections_timed_out_total", "port" => self.name, "waited_for" => phase.code())
                .increment(1);
            let slow = matches!(phase, Phase::Head | Phase::Body | Phase::Working);
            if slow && LimitedLine::ConnectionTimedOut(phase.code()).is_first() {
                warn!(port = self.name, waited_for = phase.code(), "disconnected a slow client");
            }
        }
        let open = connections.len();
        drop(connections);
        metrics::gauge!("kenkocall_connections", "port" => self.name).set(u32::try_from(open).unwrap_or(u32::MAX));
    }

    /// The system has no file or memory for another connection.
    fn cannot_accept(&self, error: &std::io::Error) {
        if let Some(ended) = locked(&self.connections).make_room() {
            ended.end();
        }
        if LimitedLine::CannotAccept.is_first() {
            warn!(port = self.name, %error, "could not accept a connection; closing idle ones");
        }
    }
}

/// Limits the send buffer for a client that doesn't read. The system's default is megabytes.
#[cfg(target_os = "linux")]
fn bound_unread(stream: &TcpStream) -> std::io::Result<()> {
    Ok(rustix::net::sockopt::set_socket_send_buffer_size(stream, UNREAD)?)
}

#[cfg(not(target_os = "linux"))]
fn bound_unread(_stream: &TcpStream) -> std::io::Result<()> {
    Ok(())
}

async fn connection(stream: TcpStream, peer: Peer, app: Router, progress: Arc<Progress>, stopping: CancellationToken) {
    // Responses to a waiting caller are small. Without this, some wait 40 ms for the peer's acknowledgement.
    if let Err(error) = stream.set_nodelay(true).and_then(|()| bound_unread(&stream)) {
        debug!(%error, "connection already closed");
    }
    let app = TowerToHyperService::new(app);
    let noted = Arc::clone(&progress);
    let stop = Stopping(stopping.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(stop.clone());
        let answered = app.call(request.map(|body| Noted::request(body, Arc::clone(&noted))));
        let noted = Arc::clone(&noted);
        async move {
            let response = answered.await?;
            if response.extensions().get::<Endless>().is_some() {
                noted.enter(Phase::Streaming);
            }
            Ok::<_, Infallible>(response.map(|body| Noted::response(body, noted)))
        }
    });
    let io = TokioIo::new(Stream::new(stream, Arc::clone(&progress)));
    let mut http1 = http1::Builder::new();
    http1.max_buf_size(LONGEST_HEAD).max_header_size(LONGEST_HEAD);
    let mut serving = pin!(http1.serve_connection(io, service));
    tokio::select! {
        // An error means that the peer is gone.
        _ended = &mut serving => return,
        () = progress.ended() => return,
        () = stopping.cancelled() => {}
    }
    match progress.phase() {
        // Don't wait for the rest of a request.
        Phase::Opened | Phase::Head | Phase::Body => {}
        Phase::Working | Phase::Streaming | Phase::Idle => {
            serving.as_mut().graceful_shutdown();
            tokio::select! {
                _ended = &mut serving => {}
                () = progress.ended() => {}
            }
        }
    }
}
