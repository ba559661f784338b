//! `/healthz`, `/readyz` and `/metrics`: what a supervisor, a load balancer and a monitor ask.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tracing::warn;

use super::Web;
use crate::service::is_ready;

pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/healthz", get(async || "the process is alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready when a turn could be kept: the database answers and has the tables that this program needs.
async fn ready(State(web): State<Arc<Web>>) -> (StatusCode, &'static str) {
    match is_ready(&web.desk).await {
        Ok(true) => (StatusCode::OK, "calls can be taken\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the database lacks tables; run kenkocall migrate\n"),
        Err(error) => {
            warn!(%error, "not ready: the database doesn't answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database doesn't answer\n")
        }
    }
}

async fn metrics(State(web): State<Arc<Web>>) -> String {
    web.metrics.render()
}
