//! The style of all pages, and their scripts. Their names have their hashes, so browsers keep them for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

const STYLE: &str = concat!(include_str!("console.css"), include_str!("../pages/certificate.css"));

const SCRIPT: &str = include_str!("console.js");

const PASSKEY_SCRIPT: &str = include_str!("passkeys.js");

static NAME: LazyLock<String> = LazyLock::new(|| named(STYLE, "css"));
static SCRIPT_NAME: LazyLock<String> = LazyLock::new(|| named(SCRIPT, "js"));
static PASSKEY_SCRIPT_NAME: LazyLock<String> = LazyLock::new(|| named(PASSKEY_SCRIPT, "js"));

fn named(text: &str, extension: &str) -> String {
    let hash: String = Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("console-{hash}.{extension}")
}

/// The style's path within the console.
pub(super) fn page() -> String {
    format!("/static/{}", *NAME)
}

/// The script's path within the console.
pub(super) fn script_page() -> String {
    format!("/static/{}", *SCRIPT_NAME)
}

/// The path of the script for passkeys within the console.
pub(super) fn passkey_script_page() -> String {
    format!("/static/{}", *PASSKEY_SCRIPT_NAME)
}

pub(super) async fn handler(Path(file): Path<String>) -> Response {
    let (kind, text) = match file {
        style if style == *NAME => ("text/css; charset=utf-8", STYLE),
        script if script == *SCRIPT_NAME => ("text/javascript; charset=utf-8", SCRIPT),
        script if script == *PASSKEY_SCRIPT_NAME => ("text/javascript; charset=utf-8", PASSKEY_SCRIPT),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::STYLE;

    /// A brace that is missing at the end of an `@media` takes all later rules away from other screens.
    #[test]
    fn every_block_of_the_style_is_closed_where_it_should_be() {
        let mut depth = 0_i32;
        for (number, line) in STYLE.lines().enumerate() {
            let is_top = !line.starts_with(' ') && !line.starts_with('}') && !line.is_empty();
            assert!(!is_top || depth == 0, "line {}: a block before it isn't closed", number + 1);
            let count = |brace| i32::try_from(line.matches(brace).count()).unwrap_or(i32::MAX);
            depth += count('{') - count('}');
            assert!((0..=2).contains(&depth), "line {}", number + 1);
        }
        assert_eq!(depth, 0);
    }
}
