//! Serves HTTP on loopback. Unlike a well-behaved server, it can close a connection instead of answering.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service as _;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use super::rest::CloseConnection;

/// The maximum wait for a request's head on an open connection.
const HEAD_LIMIT: Duration = Duration::from_secs(60);
/// The pause after a connection couldn't be accepted, usually because file descriptors ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Closes a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed in place of an answer")]
struct Closed;

/// Serves until `stop`.
pub(super) async fn serve(listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, app.clone()));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn connection(stream: TcpStream, app: Router) {
    // Without it, small answers may be delayed by 40 ms. If it can't be set, they are.
    let _set = stream.set_nodelay(true);
    let service = TowerToHyperService::new(app);
    let service = service_fn(move |request: Request<Incoming>| {
        let answering = service.call(request);
        async move {
            let answered: Result<Response, Infallible> = answering.await;
            let response = answered.map_err(|_| Closed)?;
            if response.extensions().get::<CloseConnection>().is_some() { Err(Closed) } else { Ok(response) }
        }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
    // An error means that the peer disconnected, or that the connection was closed on purpose.
    let _ended = server.serve_connection(TokioIo::new(stream), service).await;
}
