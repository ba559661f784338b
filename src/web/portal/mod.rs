//! The portal of patients and their families, at `/portal`. Pages are complete without script and without styles.

mod account;
mod certificate;
mod code;
mod cookies;
mod dates;
mod form;
mod help;
mod history;
mod home;
mod layout;
mod log_in;
mod log_out;
mod member;
mod missing;
mod notices;
mod passkeys;
mod people;
mod register;
mod report;
mod script;
mod style;
mod survey;
mod unsubscribe;
mod verify;
mod visit;
mod waiting;
mod worded;

pub use self::help::HelpSettings;

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

use super::PATIENCE;
use super::pages::certificate::CertificateSettings;
use super::pages::site::{self, Site};
use super::pages::{browser, fields, guard, kept_cookies};
use crate::config::Networks;
use crate::domain::PhoneNumber;
use crate::flow::FlowSet;
use crate::policy::{GuessingLimits, PortalLines};
use crate::service::{Context, RelyingParty};

/// The path of the portal.
const ROOT: &str = "/portal";
/// The largest form: a free text of 500 characters, of up to 12 bytes each as browsers encode them, fits many times.
const MAX_FORM_BYTES: usize = 64 * 1024;

/// What the portal needs to know of the settings.
#[derive(Debug, Clone)]
pub struct PortalSettings {
    /// The URL by which people reach this server, without a trailing slash.
    pub public_url: String,
    /// The proxies whose word about a client's address counts.
    pub proxies: Networks,
    /// The time zone of people who belong to no health centre.
    pub zone: TimeZone,
    /// The limits against guessing, which the phone lines share.
    pub guessing: GuessingLimits,
    /// Whether codes can be sent.
    pub mail: PortalMail,
    /// The number of the health-call line, which takes reports at any time.
    pub health_call_number: Option<PhoneNumber>,
    /// Whom people may phone, and from where they get messages.
    pub help: HelpSettings,
    /// What certificates need.
    pub certificates: CertificateSettings,
    /// The waiting lines before what costs much.
    pub lines: PortalLines,
    /// The documents with the questionnaire.
    pub flow_set: Arc<FlowSet>,
}

/// Whether the portal can send e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalMail {
    /// It can.
    Sent,
    /// No mail server is set, so nobody can sign up.
    NoServer,
}

/// The handlers' dependencies.
struct Portal {
    context: Arc<Context>,
    site: Site,
    settings: PortalSettings,
    /// The wrong codes of certificates that were entered.
    tries: verify::Tries,
    /// Who waits, and for what.
    lines: waiting::Lines,
    /// For which passkeys are made. `None` at an address that can't have any.
    party: Option<RelyingParty>,
}

/// The routes of the portal.
pub fn portal(context: &Arc<Context>, settings: PortalSettings) -> Router {
    let site = Site::of(&settings.public_url, ROOT);
    // As people type it.
    let home = Redirect::permanent(&site.path("/"));
    let (tries, lines) = (verify::Tries::default(), waiting::Lines::new(settings.lines, &context.clock));
    let party = RelyingParty::of(&settings.public_url);
    let portal = Arc::new(Portal { context: Arc::clone(context), site, settings, tries, lines, party });
    let pages = Router::new()
        .route("/", get(home::handler))
        .route("/person", post(home::choose))
        .route("/register", get(register::handler).post(register::submit))
        .route("/code", get(code::handler).post(code::submit))
        .route("/log-in", get(log_in::handler).post(log_in::submit))
        .route("/log-in/passkey", post(passkeys::submit_log_in))
        .route("/passkey/challenge", post(passkeys::challenge))
        .route("/account/passkeys", post(passkeys::submit))
        .route("/log-out", post(log_out::submit))
        .route("/waiting", get(waiting::handler).post(waiting::submit))
        .route("/people", get(people::list::handler).post(people::list::submit))
        .route("/people/add", get(people::add::handler).post(people::add::submit))
        .route("/people/remove", get(people::remove::handler).post(people::remove::submit))
        .route("/notices", get(notices::handler).post(notices::submit))
        .route("/unsubscribe/{token}", get(unsubscribe::handler).post(unsubscribe::submit))
        .merge(account::routes())
        .merge(report::routes())
        .route("/history", get(history::handler))
        .route("/survey", get(survey::handler).post(survey::submit))
        .route("/static/{file}", get(style::handler))
        .merge(certificate::routes())
        .merge(help::routes())
        .merge(verify::routes())
        .fallback(missing::handler)
        .method_not_allowed_fallback(missing::handler);
    let guarded = pages
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE))
        .layer(guard::against_other_sites(&portal.site))
        .layer(from_fn_with_state(portal.site.clone(), guard::guarded))
        .layer(CompressionLayer::new().gzip(true))
        .with_state(portal);
    // As people type them, and as they are printed.
    let short = |page: &str| Redirect::temporary(&format!("{ROOT}{page}"));
    let (help, check) = (short("/help"), short("/verify"));
    let outside = Router::new()
        .nest(ROOT, guarded)
        .route("/portal/", get(async || home))
        .route("/help", get(async || help))
        .route("/verify", get(async || check));
    super::guarded(outside)
}
