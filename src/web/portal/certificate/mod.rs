//! The certificate of the person whom the pages show (療養証明書を表示する).

pub(super) mod file;
pub(super) mod page;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Portal;

/// The pages of the certificate.
pub(super) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/certificate", get(page::handler).post(page::submit))
        .route("/certificate/{kind}", get(file::handler))
}
