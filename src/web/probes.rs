//! `/healthz`, `/readyz` and `/metrics`: what a supervisor, a load balancer and a monitor ask.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tracing::warn;

use super::Web;
use crate::service::Readiness;

pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/healthz", get(async || "the process is alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready when a turn could be kept: the database answers, has the tables that this program needs, and can be written.
async fn ready(State(web): State<Arc<Web>>) -> (StatusCode, &'static str) {
    let unavailable = |sentence| (StatusCode::SERVICE_UNAVAILABLE, sentence);
    match web.switchboard.readiness(&web.desk).await {
        Ok(Readiness::Ready) => (StatusCode::OK, "calls can be taken\n"),
        Ok(Readiness::LacksTables) => unavailable("the database lacks tables; run kenkocall migrate\n"),
        Ok(Readiness::CannotWrite) => {
            unavailable("the database can't write; make room on its disk or repair the disk\n")
        }
        Err(error) => {
            warn!(%error, "not ready: the database doesn't answer");
            unavailable("the database doesn't answer\n")
        }
    }
}

async fn metrics(State(web): State<Arc<Web>>) -> String {
    web.metrics.render()
}
