//! Serves connections until a shutdown, which lets requests under way end and waits for nobody else: a client that has
//! sent half a request, or none, mustn't hold it up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{debug, warn};

/// The rest after a connection couldn't be taken: no more file descriptors, most often.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`, then closes each connection as soon as the request that it has sent whole is answered.
pub async fn serve(listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            // Those that have ended make room.
            Some(_ended) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, app.clone(), stopped.clone()));
                }
                Err(error) => {
                    warn!(%error, "a connection couldn't be taken");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    stopping.send_replace(true);
    while connections.join_next().await.is_some() {}
}

async fn connection(stream: TcpStream, app: Router, mut stopped: watch::Receiver<bool>) {
    // Small answers to a waiting caller: without this some wait 40 ms for the peer's acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "a connection is gone already");
    }
    // Whether the last request of this connection has come whole.
    let whole = Arc::new(AtomicBool::new(false));
    let came = Arc::clone(&whole);
    let app = TowerToHyperService::new(app);
    let service = service_fn(move |request: Request<Incoming>| {
        let request = request.map(|body| Watched::new(body, Arc::clone(&came)));
        app.call(request)
    });
    let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    tokio::select! {
        // An error is a peer that went away.
        _ended = &mut serving => return,
        _stopped = stopped.wait_for(|stopped| *stopped) => {}
    }
    if whole.load(Ordering::Acquire) {
        serving.as_mut().graceful_shutdown();
        let _ended = serving.await;
    }
}

/// A request's body that tells when all of it has come.
struct Watched {
    body: Incoming,
    whole: Arc<AtomicBool>,
}

impl Watched {
    fn new(body: Incoming, whole: Arc<AtomicBool>) -> Self {
        whole.store(body.is_end_stream(), Ordering::Release);
        Self { body, whole }
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = std::pin::Pin::new(&mut self.body).poll_frame(context);
        let ended = matches!(polled, Poll::Ready(None)) || self.body.is_end_stream();
        if ended && !matches!(polled, Poll::Ready(Some(Err(_)))) {
            self.whole.store(true, Ordering::Release);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
