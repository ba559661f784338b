//! The fallback URL: the carrier couldn't reach us, or couldn't use what we answered. The call stays resumable: one
//! more try at the same turn, then the caller is asked to call again. It needs no database and waits for none, but to
//! tell staff, and names no voice: a voice may be what couldn't be used (fault 37).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use tracing::warn;

use super::respond::{sorry, twiml, voices};
use super::verified::{Verified, VoiceMode, tell_staff};
use crate::carrier::twilio::{ActionUrl, AfterApology, FallbackRequest, apology, urls};
use crate::domain::{AlertKind, Language};
use crate::web::Web;

/// Marks a turn that is tried once more after an apology.
const RETRY: &str = "retry=1";
/// Errors of a document (12xxx) and of its verbs (13xxx). Source: Twilio, "Error and Warning Dictionary".
const OF_DOCUMENTS: std::ops::Range<u32> = 12_000..14_000;

/// Why the carrier turned here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// We weren't reached, or it doesn't say.
    Unreached,
    /// It couldn't use what we answered.
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
        Some(url) => {
            let voices = voices(&web, VoiceMode::Carriers);
            twiml(apology(Language::Japanese, &AfterApology::TryAgain(url), &voices))
        }
        None => sorry(&web, VoiceMode::Carriers),
    }
}

/// The failed URL of ours, once more; nothing when it was tried again already or isn't ours.
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
