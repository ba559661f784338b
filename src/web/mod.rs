//! HTTP: parse, call one service function, render. No SQL, no policy.

mod console;
mod pages;
mod portal;
mod probes;
mod serving;
#[cfg(feature = "lab")]
mod status;
mod twilio;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::{error, warn};

use crate::carrier::CarrierAccountId;
use crate::carrier::twilio::{SigningKey, Urls, Voices, urls};
use crate::service::{Context, ConversationService, LegBook, LimitedLine, LineHealth};

pub use console::{ConsoleSettings, SecondFactorRule, ServerPace, console, finding_words};
pub use pages::certificate::CertificateSettings;
pub use portal::{HelpSettings, PortalMail, PortalSettings, portal};
pub use probes::LastReadiness;
pub use serving::{ConnectionLimits, Endless, Peer, Port, Stopping, serve};

/// The largest request body. A carrier's webhook has about 2 KB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The timeout of a request, including its body. A carrier waits 15 s. Clients that send a byte a second are
/// disconnected.
const PATIENCE: Duration = Duration::from_secs(15);

/// The handlers' dependencies.
#[allow(missing_debug_implementations, reason = "connections and keys have no useful `Debug` output")]
pub struct Web {
    /// Handles the turns of calls.
    pub conversations: ConversationService,
    /// For the readiness probe.
    pub context: Arc<Context>,
    /// The URLs by which carriers reach this server.
    pub urls: Urls,
    /// The key of the Twilio-compatible carrier, if one is configured.
    pub twilio_key: Option<SigningKey>,
    /// The account of the Twilio-compatible carrier, if configured. Requests about another account are refused.
    pub account: Option<CarrierAccountId>,
    /// The calls of legs that this process has looked up.
    pub legs: LegBook,
    /// The voices of the Twilio-compatible carrier.
    pub voices: Voices,
    /// The metrics for `/metrics`.
    pub metrics: PrometheusHandle,
    /// What keeps our own telephone line from taking or placing calls, if there is one.
    pub line: Option<LineHealth>,
    /// The last answer of `/readyz`.
    pub readiness: LastReadiness,
    /// When staff were last told about requests without the carrier's signature, in milliseconds since 1970. 0 for
    /// never.
    pub forged_told_at: AtomicI64,
}

/// The demonstration's status page at `/`, with a link to the console.
#[cfg(feature = "lab")]
pub fn status_page(web: Arc<Web>, console: String) -> Router {
    guarded(status::routes(status::Status { web, console }))
}

/// The routes of the main port, which anyone can reach.
pub fn router(web: Arc<Web>) -> Router {
    limited(probes::bare().nest(urls::ROOT, twilio::routes()), web)
}

/// The routes of the operations port, which operators and their monitors can reach.
pub fn operations(web: Arc<Web>) -> Router {
    limited(probes::detailed(), web)
}

/// All routes on one port.
pub fn router_with_operations(web: Arc<Web>) -> Router {
    limited(probes::detailed().nest(urls::ROOT, twilio::routes()), web)
}

fn limited(routes: Router<Arc<Web>>, web: Arc<Web>) -> Router {
    let all = routes
        .fallback(async || refused("path", StatusCode::NOT_FOUND, "there is nothing at this address\n"))
        .method_not_allowed_fallback(async || {
            refused("method", StatusCode::METHOD_NOT_ALLOWED, "this address takes another method\n")
        })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE));
    guarded(all).with_state(web)
}

/// Counts a refused request and returns the reason.
fn refused(why: &'static str, status: StatusCode, sentence: &'static str) -> Response {
    metrics::counter!("kenkocall_requests_refused_total", "why" => why).increment(1);
    if LimitedLine::RequestRefused(why).is_first() {
        // The path may hold anything, so it isn't logged.
        warn!(why, status = status.as_u16(), "request refused");
    }
    (status, sentence).into_response()
}

/// A panic in a handler must not end the process and all its calls. It is a bug, so it is counted and logged.
fn guarded<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| {
        // Its text may hold what a caller keyed.
        if LimitedLine::RequestPanicked.is_first() {
            error!("a request panicked; please report this, with the program's version");
        }
        metrics::counter!("kenkocall_panics_total").increment(1);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }))
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn a_panic_is_counted_and_the_next_request_served() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let _here = metrics::set_default_local_recorder(&recorder);
        let router = Router::new().route("/well", get(async || "well")).route(
            "/panic",
            get(async || {
                assert!(std::hint::black_box(false), "09012345678");
            }),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, guarded(router)).await });
        for (path, status) in [("/panic", "500"), ("/well", "200")] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut reply = String::new();
            stream.read_to_string(&mut reply).await.unwrap();
            assert!(reply.starts_with(&format!("HTTP/1.1 {status}")) && !reply.contains("090"), "{reply}");
        }
        let counted = recorder.handle().render();
        assert!(counted.contains("kenkocall_panics_total 1"), "{counted}");
    }
}
