//! The console of health centres' staff, at `/console`. Pages are complete without script. What isn't the reader's is
//! the same 404 as what doesn't exist.

mod account;
mod alerts;
mod audit;
mod calls;
mod close_alert;
mod colleagues;
mod cookies;
mod dialling;
mod figures;
mod form;
mod handover;
mod help;
mod here;
mod home;
mod invitation;
mod language;
mod layout;
mod log_in;
mod log_out;
mod log_out_everywhere;
mod missing;
mod names;
mod note_field;
mod notices;
mod passkeys;
mod patients;
mod portal_unlock;
mod rota;
mod round;
mod second_factor;
mod second_factor_set_up;
mod section;
mod sender;
mod settings;
mod spreadsheet;
mod staff;
mod style;
mod times;
mod today;
mod transfers;
mod unlock;
mod visit;
mod where_to_turn;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use self::alerts::{Pulses, Streams};
pub use self::patients::finding_words;
use super::PATIENCE;
use super::pages::certificate::CertificateSettings;
use super::pages::site::{self, Site};
use super::pages::{browser, fields, guard, kept_cookies};
use crate::config::Networks;
use crate::flow::FlowSet;
use crate::service::{Context, EmailRule, RelyingParty};

/// The path of the console.
const ROOT: &str = "/console";
/// The largest form. A note of ten thousand characters, of up to 12 bytes each as browsers encode them, is still
/// refused beside its field, and what was typed is kept.
const MAX_FORM_BYTES: usize = 256 * 1024;

/// Whether the second factor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecondFactorRule {
    /// Always.
    #[default]
    Asked,
    /// Not in this demonstration.
    #[cfg(feature = "lab")]
    NotInThisDemonstration,
}

/// How fast a server places automated calls, for all health centres together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServerPace {
    /// Calls placed per second.
    pub per_second: f64,
    /// Calls at the same time.
    pub at_once: u32,
}

/// What the console needs to know of the settings.
#[derive(Debug, Clone)]
pub struct ConsoleSettings {
    /// The URL by which people reach this server, without a trailing slash.
    pub public_url: String,
    /// The proxies whose word about a client's address counts.
    pub proxies: Networks,
    /// The time zone of people who belong to no health centre.
    pub zone: TimeZone,
    /// Whether the second factor is asked for.
    pub second_factor: SecondFactorRule,
    /// Whether staff who are rung get an e-mail, too.
    pub email: EmailRule,
    /// How fast this server places automated calls.
    pub pace: ServerPace,
    /// The documents with the questionnaire.
    pub flow_set: Arc<FlowSet>,
    /// What certificates need.
    pub certificates: CertificateSettings,
}

/// The handlers' dependencies.
struct Console {
    context: Arc<Context>,
    site: Site,
    settings: ConsoleSettings,
    /// For open pages.
    pulses: Pulses,
    /// Those of open pages.
    streams: Streams,
    /// What staff search for at the moment.
    searches: patients::Searches,
    /// For whom passkeys are made. `None` if they can't be used at this address.
    party: Option<RelyingParty>,
}

/// The routes of the console.
pub fn console(context: &Arc<Context>, settings: ConsoleSettings) -> Router {
    let site = Site::of(&settings.public_url, ROOT);
    // As people type it.
    let home = Redirect::permanent(&site.path("/"));
    let (pulses, streams, searches) = (Pulses::new(), Streams::default(), patients::Searches::default());
    let party = RelyingParty::of(&settings.public_url);
    let console = Arc::new(Console { context: Arc::clone(context), site, settings, pulses, streams, searches, party });
    let pages = Router::new()
        .route("/", get(home::handler))
        .route("/log-in", get(log_in::handler).post(log_in::submit))
        .route("/log-in/second-factor", get(second_factor::handler).post(second_factor::submit))
        .route("/log-in/unlock", get(unlock::handler).post(unlock::submit))
        .route("/log-out", post(log_out::submit))
        .route("/invitation/{token}", get(invitation::handler).post(invitation::submit))
        .route("/invitation/{token}/second-factor", post(second_factor_set_up::submit))
        .route("/language/{language}", get(language::handler))
        .route("/today", get(today::handler))
        .route("/alerts/{alert}/close", get(close_alert::handler).post(close_alert::submit))
        .merge(patients::routes())
        .merge(round::routes())
        .route("/drafts/discard", post(sender::discard))
        .route("/handover", get(handover::handler).post(handover::submit))
        .route("/help", get(help::handler))
        .route("/figures", get(figures::handler))
        .route("/notices", get(notices::handler))
        .route("/portal-unlock", get(portal_unlock::handler).post(portal_unlock::submit))
        .route("/where-to-turn", get(where_to_turn::handler).post(where_to_turn::submit))
        .route("/account", get(account::handler))
        .route("/account/passkeys", get(passkeys::handler).post(passkeys::submit))
        .route("/account/log-out-everywhere", post(log_out_everywhere::submit))
        .route("/static/{file}", get(style::handler))
        .merge(alerts::routes())
        .route("/audit", get(audit::handler).post(audit::submit))
        .route("/dialling", get(dialling::handler).post(dialling::submit))
        .merge(calls::routes())
        .merge(colleagues::routes())
        .merge(rota::routes())
        .merge(settings::routes())
        .merge(transfers::routes())
        .fallback(missing::handler)
        .method_not_allowed_fallback(missing::handler);
    let guarded = pages
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE))
        .merge(patients::upload_routes())
        .layer(guard::against_other_sites(&console.site))
        .layer(from_fn_with_state(console.site.clone(), guard::guarded))
        // Not of streams, whose events must go out at once: the layer leaves them alone.
        .layer(CompressionLayer::new().gzip(true))
        .with_state(console);
    super::guarded(Router::new().nest(ROOT, guarded).route("/console/", get(async || home)))
}
