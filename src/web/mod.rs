//! HTTP: parse, call one service function, render. No SQL, no policy.

mod probes;
mod status;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::catch_panic::CatchPanicLayer;

use crate::carrier::twilio::{SigningKey, Urls, Voices, urls};
use crate::service::{Desk, Switchboard};

/// The largest request body. A carrier's webhook has about 2 KB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What the handlers work with.
#[allow(missing_debug_implementations)] // it holds connections and keys, which have nothing to show
pub struct Web {
    /// Takes the turns of calls.
    pub switchboard: Switchboard,
    /// For the readiness probe.
    pub desk: Arc<Desk>,
    /// The URLs by which carriers reach this server.
    pub urls: Urls,
    /// The key of the Twilio-compatible carrier, when one is configured.
    pub twilio_key: Option<SigningKey>,
    /// The voices of the Twilio-compatible carrier.
    pub voices: Voices,
    /// What `/metrics` shows.
    pub metrics: PrometheusHandle,
}

/// What a demonstration serves besides: its status page at `/`, with its own state.
pub fn status_page(web: Arc<Web>) -> Router {
    status::routes().layer(CatchPanicLayer::new()).with_state(web)
}

/// Everything that is served.
pub fn router(web: Arc<Web>) -> Router {
    let webhooks = Router::new()
        .merge(probes::routes())
        .nest(urls::ROOT, webhooks::routes())
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CatchPanicLayer::new());
    webhooks.with_state(web)
}
