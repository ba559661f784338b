//! Transfers to other health centres: the list, one transfer with what either side can decide, and the lines of Today.

mod answer;
mod list;
mod offer;
mod page;
pub(super) mod pending;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Console;
use crate::domain::TransferId;
use crate::service::{ServiceError, TransferError};

/// The pages about transfers.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/patients/{patient}/transfer", get(offer::handler).post(offer::submit))
        .route("/transfers", get(list::handler))
        .route("/transfers/{transfer}", get(page::handler).post(answer::submit))
}

/// A transfer's id in a path. Anything else is nobody's.
fn id_of(text: &str) -> Result<TransferId, ServiceError> {
    text.parse().map_err(|_| TransferError::NotFound.into())
}

fn page_of(id: TransferId) -> String {
    format!("/transfers/{id}")
}
