//! The fallback URL: the carrier couldn't reach us, or we answered nonsense. The call stays resumable: one more try at
//! the same turn, then the caller is asked to call again. It needs no database.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use tracing::warn;

use super::answer::{sorry, twiml};
use super::signed::Signed;
use crate::call::Language;
use crate::carrier::twilio::{ActionUrl, AfterApology, VoiceRequest, apology, urls};
use crate::web::Web;

/// Marks a turn that is tried once more after an apology.
const RETRY: &str = "retry=1";

pub(super) async fn fallback(State(web): State<Arc<Web>>, request: Signed<VoiceRequest>) -> Response {
    let code = request.0.error_code;
    warn!(code, "a carrier used the fallback URL");
    metrics::counter!("kenkocall_fallbacks_total").increment(1);
    match again(&web, request.0.error_url.as_deref()) {
        Some(url) => twiml(apology(Language::Japanese, &AfterApology::TryAgain(url), &web.voices)),
        None => sorry(&web),
    }
}

/// The failed URL of ours, once more; nothing when it was tried again already or isn't ours.
fn again(web: &Web, failed: Option<&str>) -> Option<ActionUrl> {
    let failed = failed?;
    let ours = failed.strip_prefix(web.urls.public())?.strip_prefix(urls::ROOT)?.strip_prefix('/')?;
    if ours.contains(RETRY) || ours.starts_with("fallback") || ours.starts_with("status") {
        return None;
    }
    let separator = if ours.contains('?') { '&' } else { '?' };
    ActionUrl::parse(&format!("{failed}{separator}{RETRY}")).ok()
}
