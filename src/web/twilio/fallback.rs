//! The fallback URL: the carrier couldn't reach us or couldn't use our response. The call stays resumable: the turn is
//! retried once, then the caller is asked to call again. This works without the database and only waits for it to tell
//! staff. It names no voice, as the voice may be what the carrier couldn't use (fault 37).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use tracing::warn;

use super::respond::{sorry, twiml, voices};
use super::verified::{Verified, VoiceMode, tell_staff};
use crate::carrier::twilio::{ActionUrl, FallbackRequest, try_again, urls};
use crate::domain::{AlertKind, Language};
use crate::web::Web;

/// Marks a turn that is retried after an apology.
const RETRY: &str = "retry=1";
/// Errors of a document (12xxx) and of its verbs (13xxx). Source: Twilio, "Error and Warning Dictionary".
const OF_DOCUMENTS: std::ops::Range<u32> = 12_000..14_000;

/// Why the carrier used the fallback URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// We couldn't be reached, or the carrier gives no reason.
    Unreached,
    /// The carrier couldn't use our response.
    Unspoken,
}

pub(super) async fn fallback(State(web): State<Arc<Web>>, request: Verified<FallbackRequest>) -> Response {
    let code = request.0.error_code;
    warn!(code, "the carrier used the fallback URL");
    metrics::counter!("kenkocall_fallbacks_total").increment(1);
    let unspoken = code.is_some_and(|code| OF_DOCUMENTS.contains(&code));
    let failure = if unspoken { Failure::Unspoken } else { Failure::Unreached };
    if failure == Failure::Unspoken {
        tell_staff(&web, AlertKind::Unspoken).await;
    }
    match again(&web, request.0.error_url.as_deref(), failure) {
        Some(url) => twiml(try_again(Language::Japanese, &url, &voices(&web, VoiceMode::Carriers))),
        None => sorry(&web, VoiceMode::Carriers),
    }
}

/// The failed URL for a retry. `None` if it was retried already or isn't ours.
fn again(web: &Web, failed: Option<&str>, failure: Failure) -> Option<ActionUrl> {
    let failed = failed?;
    let ours = failed.strip_prefix(web.urls.public())?.strip_prefix(urls::ROOT)?.strip_prefix('/')?;
    if ours.contains(RETRY) || ours.starts_with("fallback") || ours.starts_with("status") {
        return None;
    }
    let url = ActionUrl::parse(failed).ok()?;
    let url = if failure == Failure::Unspoken { url.with(urls::WITHOUT_VOICE).ok()? } else { url };
    url.with(RETRY).ok()
}
