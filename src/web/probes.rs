//! `/healthz`, `/readyz` and `/metrics`, for supervisors, load balancers and monitors. On the main port they only
//! reveal whether calls can be taken.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::sync::Mutex;
use tracing::warn;

use super::Web;
use crate::carrier::sip::LineTrouble;
use crate::service::{LimitedLine, Readiness, Stopwatch};

/// The timeout of the database.
const PATIENCE: Duration = Duration::from_secs(3);

/// The last answer of `/readyz`, and when its check began.
#[derive(Debug, Default)]
pub struct LastReadiness(Mutex<Option<(Stopwatch, Ready)>>);

/// Whether calls can be taken, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ready {
    Known(Readiness),
    NoAnswer,
    Line(LineTrouble),
}

impl Ready {
    const fn status(self) -> StatusCode {
        match self {
            Self::Known(Readiness::Ready) => StatusCode::OK,
            Self::Known(Readiness::LacksTables | Readiness::NewerTables | Readiness::CannotWrite)
            | Self::NoAnswer
            | Self::Line(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn details(self) -> String {
        match self {
            Self::Line(trouble) => format!("{}\n", trouble.sentence()),
            _ => self.of_the_database().to_owned(),
        }
    }

    const fn of_the_database(self) -> &'static str {
        match self {
            Self::Known(Readiness::Ready) | Self::Line(_) => "calls can be taken\n",
            Self::Known(Readiness::LacksTables) => "the database lacks tables; run kenkocall migrate\n",
            Self::Known(Readiness::NewerTables) => {
                "the database is newer than this program; install the version that migrated it\n"
            }
            Self::Known(Readiness::CannotWrite) => {
                "the database can't write; make room on its disk or repair the disk\n"
            }
            Self::NoAnswer => "the database doesn't answer; start it, or correct database.url\n",
        }
    }
}

/// The routes for everyone.
pub(super) fn bare() -> Router<Arc<Web>> {
    alive().route(
        "/readyz",
        get(async |State(web): State<Arc<Web>>| {
            let ready = ready(&web).await;
            (ready.status(), if ready.status().is_success() { "ready\n" } else { "not ready\n" })
        }),
    )
}

/// The routes for operators.
pub(super) fn detailed() -> Router<Arc<Web>> {
    let ready = async |State(web): State<Arc<Web>>| {
        let ready = ready(&web).await;
        (ready.status(), ready.details())
    };
    alive().route("/readyz", get(ready)).route("/metrics", get(metrics))
}

fn alive() -> Router<Arc<Web>> {
    Router::new().route("/healthz", get(async || "the process is alive\n"))
}

/// Ready if a turn can be stored: the database answers, has the tables that this program needs, and can be written.
/// One check runs at a time. Requests that waited share its result, so a flood of them doesn't reach the database.
async fn ready(web: &Web) -> Ready {
    let asked = Stopwatch::start();
    let mut last = web.readiness.0.lock().await;
    if let Some((_, ready)) = last.as_ref().filter(|(began, _)| began.elapsed() <= asked.elapsed()) {
        return *ready;
    }
    let began = Stopwatch::start();
    let ready = match tokio::time::timeout(PATIENCE, web.conversations.readiness(&web.context)).await {
        Ok(Ok(Readiness::Ready)) => line(web).map_or(Ready::Known(Readiness::Ready), Ready::Line),
        Ok(Ok(ready)) => Ready::Known(ready),
        Ok(Err(error)) => {
            if LimitedLine::NotReady("database").is_first() {
                warn!(%error, "not ready: the database does not answer");
            }
            Ready::NoAnswer
        }
        Err(_) => {
            if LimitedLine::NotReady("time").is_first() {
                warn!("not ready: the database does not answer in time");
            }
            Ready::NoAnswer
        }
    };
    *last = Some((began, ready));
    ready
}

/// What keeps our own telephone line from taking or placing calls.
fn line(web: &Web) -> Option<LineTrouble> {
    let trouble = web.line.as_ref().and_then(|health| health())?;
    if LimitedLine::NotReady("line").is_first() {
        warn!(reason = trouble.sentence(), "not ready: our own telephone line has trouble");
    }
    Some(trouble)
}

async fn metrics(State(web): State<Arc<Web>>) -> String {
    web.metrics.render()
}
