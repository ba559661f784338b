//! The script for passkeys. Its name has its hash, so browsers keep it for good.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

const SCRIPT: &str = include_str!("passkeys.js");

static NAME: LazyLock<String> = LazyLock::new(|| {
    let hash: String = Sha256::digest(SCRIPT).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("passkeys-{hash}.js")
});

/// The script's path within the portal.
pub(super) fn page() -> String {
    format!("/static/{}", *NAME)
}

/// The script, if a file is it.
pub(super) fn answer(file: &str) -> Option<Response> {
    let kind = (header::CONTENT_TYPE, "text/javascript; charset=utf-8");
    let kept = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    (file == *NAME).then(|| ([kind, kept], SCRIPT).into_response())
}
