//! Changing many patients at once: asked for in the list, shown with its effect, made, and undone.

mod ask;
mod decide;
mod show;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub(super) use self::ask::{Asked, kept_bulk};
use crate::domain::BulkId;
use crate::service::{PatientError, ServiceError};
use crate::web::console::Console;

/// The path of all changes.
const PAGE: &str = "/patients/bulk";

/// The pages about changes of many patients.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/patients/bulk", post(ask::submit))
        .route("/patients/bulk/{bulk}", get(show::handler))
        .route("/patients/bulk/{bulk}/apply", post(decide::apply))
        .route("/patients/bulk/{bulk}/undo", post(decide::undo))
}

fn id_of(text: &str) -> Result<BulkId, ServiceError> {
    text.parse().map_err(|_| PatientError::NotFound.into())
}
