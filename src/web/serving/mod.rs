//! Serves connections until a shutdown, which lets requests in progress end and waits for no one else. Nobody stops the
//! line by holding connections: their number is limited, each phase of a request has its time, and where there is no
//! room, those that wait for their client give way.

mod connections;
mod progress;
mod stream;

use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
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
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{debug, warn};

use self::connections::{Admission, Connections, Origin};
use self::progress::{Phase, Progress};
use self::stream::{Noted, Stream};
use crate::config::Networks;
use crate::service::{LimitedLine, Stopwatch};

pub use self::connections::ConnectionLimits;

/// The rest after a connection couldn't be taken for want of files or memory.
const REST: Duration = Duration::from_millis(100);
/// How often it is looked for connections that take too long.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Connections that were told to end and haven't yet, at most: each still has its file.
const MOST_ENDING: usize = 32;
/// The longest head of a request, in bytes. A carrier's has about 2 KB, a proxy passes 32 KB at most.
const LONGEST_HEAD: usize = 32 * 1024;
/// How much of its responses the system keeps for a client that doesn't read, in bytes. Ours have up to about 64 KB.
#[cfg(target_os = "linux")]
const UNREAD: usize = 128 * 1024;
/// What a connection hears for which there is no room.
const BUSY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// A port and whom it serves.
#[derive(Debug)]
pub struct Port {
    /// Its name in logs and metrics.
    pub name: &'static str,
    /// Where connections come in.
    pub listener: TcpListener,
    /// How many it takes.
    pub limits: ConnectionLimits,
    /// The proxies that bring many clients from one address.
    pub proxies: Networks,
}

type Shared = Arc<Mutex<Connections>>;

/// A connection's place among those that are counted; given back when it is dropped.
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

/// Serves until `stop`, then closes each connection as soon as the request that it has sent whole is answered.
pub async fn serve(port: Port, app: Router, stop: impl Future<Output = ()>) {
    let Port { name, listener, limits, proxies } = port;
    let (stopping, stopped) = watch::channel(false);
    let door =
        Door { name, proxies, watch: Stopwatch::start(), connections: Shared::new(Connections::new(limits).into()) };
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
            // Those that have ended make room.
            Some(_ended) = tasks.join_next() => {}
            _ = looks.tick() => door.end_overdue(),
            () = &mut rest, if rests => rests = false,
            accepted = listener.accept(), if !rests && has_room => match accepted {
                Ok((stream, peer)) => if let Some((stream, place, progress)) = door.admit(stream, peer) {
                    let (app, stopped) = (app.clone(), stopped.clone());
                    tasks.spawn(async move {
                        connection(stream, app, progress, stopped).await;
                        drop(place);
                    });
                }
                Err(error) if is_of_one_connection(&error) => debug!(%error, "connection already closed"),
                Err(error) => {
                    door.cannot_accept(&error);
                    rest.set(tokio::time::sleep(REST));
                    rests = true;
                }
            },
        }
    }
    drop(listener);
    stopping.send_replace(true);
    while !tasks.is_empty() {
        tokio::select! {
            _ended = tasks.join_next() => {}
            _ = looks.tick() => door.end_overdue(),
        }
    }
}

/// Errors that are the one connection's, after which the next one can be taken at once. Source: accept(2), "Error
/// handling".
fn is_of_one_connection(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
            | ErrorKind::ConnectionRefused
    )
}

/// Who comes in at a port.
struct Door {
    name: &'static str,
    proxies: Networks,
    watch: Stopwatch,
    connections: Shared,
}

impl Door {
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
        // What a client that is gone doesn't read needs no care. The socket never blocks.
        let _told = stream.into_std().and_then(|mut stream| stream.write(BUSY));
    }

    /// Ends those that take too long.
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

    /// The system has no file or no memory for one more.
    fn cannot_accept(&self, error: &std::io::Error) {
        if let Some(ended) = locked(&self.connections).make_room() {
            ended.end();
        }
        if LimitedLine::CannotAccept.is_first() {
            warn!(port = self.name, %error, "could not accept a connection; closing idle ones");
        }
    }
}

/// The system keeps no more than this of what a client doesn't read; by itself it would keep megabytes.
#[cfg(target_os = "linux")]
fn bound_unread(stream: &TcpStream) -> std::io::Result<()> {
    Ok(rustix::net::sockopt::set_socket_send_buffer_size(stream, UNREAD)?)
}

#[cfg(not(target_os = "linux"))]
fn bound_unread(_stream: &TcpStream) -> std::io::Result<()> {
    Ok(())
}

async fn connection(stream: TcpStream, app: Router, progress: Arc<Progress>, mut stopped: watch::Receiver<bool>) {
    // Small answers to a waiting caller: without this some wait 40 ms for the peer's acknowledgement.
    if let Err(error) = stream.set_nodelay(true).and_then(|()| bound_unread(&stream)) {
        debug!(%error, "connection already closed");
    }
    let app = TowerToHyperService::new(app);
    let noted = Arc::clone(&progress);
    let service = service_fn(move |request: Request<Incoming>| {
        let answered = app.call(request.map(|body| Noted::request(body, Arc::clone(&noted))));
        let noted = Arc::clone(&noted);
        async move { answered.await.map(|response| response.map(|body| Noted::response(body, noted))) }
    });
    let io = TokioIo::new(Stream::new(stream, Arc::clone(&progress)));
    let mut http1 = http1::Builder::new();
    http1.max_buf_size(LONGEST_HEAD).max_header_size(LONGEST_HEAD);
    let mut serving = pin!(http1.serve_connection(io, service));
    tokio::select! {
        // An error is a peer that went away.
        _ended = &mut serving => return,
        () = progress.ended() => return,
        _stopped = stopped.wait_for(|stopped| *stopped) => {}
    }
    match progress.phase() {
        // Nobody waits for the rest of a request.
        Phase::Opened | Phase::Head | Phase::Body => {}
        Phase::Working | Phase::Idle => {
            serving.as_mut().graceful_shutdown();
            tokio::select! {
                _ended = &mut serving => {}
                () = progress.ended() => {}
            }
        }
    }
}
