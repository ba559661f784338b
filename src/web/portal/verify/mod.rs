//! Checking a certificate by its code (療養証明書を確かめる): for those to whom it is shown, without an account.

mod file;
mod page;
mod tries;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub(super) use self::tries::Tries;
use super::Portal;

/// The largest upload: a certificate has at most 60 kB.
const MAX_FILE_BYTES: usize = 512 * 1024;

/// The pages on which certificates are checked.
pub(super) fn routes() -> Router<Arc<Portal>> {
    let file = post(file::submit).layer(DefaultBodyLimit::max(MAX_FILE_BYTES));
    Router::new()
        .route("/verify", get(page::handler).post(page::submit))
        .route("/verify/file", file)
        .route("/verify/{code}", get(page::handler))
}
