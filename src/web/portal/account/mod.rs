//! The own account: address, password, devices, deletion.

mod address;
mod delete;
mod devices;
mod password;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Portal;

/// The pages of the own account.
pub(super) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/account", get(devices::handler).post(devices::submit))
        .route("/account/password", get(password::handler).post(password::submit))
        .route("/account/address", get(address::handler).post(address::submit))
        .route("/account/delete", get(delete::handler).post(delete::submit))
}
