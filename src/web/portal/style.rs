//! The style of all pages. Its name has its hash, so browsers keep it for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use super::script;

const STYLE: &str = concat!(
    include_str!("portal.css"),
    include_str!("../pages/certificate.css"),
    include_str!("help.css"),
    include_str!("history.css")
);

static NAME: LazyLock<String> = LazyLock::new(|| {
    let hash: String = Sha256::digest(STYLE).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("portal-{hash}.css")
});

/// The style's path within the portal.
pub(super) fn page() -> String {
    format!("/static/{}", *NAME)
}

pub(super) async fn handler(Path(file): Path<String>) -> Response {
    if let Some(script) = script::answer(&file) {
        return script;
    }
    if file != *NAME {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = (header::CONTENT_TYPE, "text/css; charset=utf-8");
    ([kind, (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], STYLE).into_response()
}

#[cfg(test)]
mod tests {
    use super::STYLE;

    /// Chrome 51 and the like drop a declaration that they don't know, and with it what the page needs.
    #[test]
    fn the_style_uses_nothing_that_a_browser_of_2016_lacks() {
        for unknown in
            ["var(--", "display: grid", " gap:", ":has(", ":is(", ":where(", "inset:", "clamp(", "min(", "max("]
        {
            assert!(!STYLE.contains(unknown), "{unknown}");
        }
        assert!(STYLE.len() < 16 * 1024, "{} bytes", STYLE.len());
        assert_eq!(STYLE.matches('{').count(), STYLE.matches('}').count());
    }
}
