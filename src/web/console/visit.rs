//! A request to the console: who makes it, from where, in which language.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use jiff::tz::TimeZone;
use tracing::error;

use super::alerts::live;
use super::cookies::Cookie;
use super::layout::Layout;
use super::{Console, browser, missing};
use crate::domain::{DeviceName, Language, RedSound};
use crate::service::{
    AccountView, Activity, Browser, Context, ErrorKind, SecretToken, ServiceError, SessionState, UntakenRed,
    locked_account, may_watch_alerts, session, show_centre, untaken_red,
};
use crate::web::Peer;

/// The query by which an open page looks how far something has come. Nobody is at work because of that.
const PROGRESS: &str = "?progress=1";

/// What readers who may know of alerts learn on every page.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    /// The red lines with which nobody deals.
    pub(super) red: UntakenRed,
    /// Whether red alerts sound.
    pub(super) sound: RedSound,
    /// The time zone in which it is said since when they wait.
    pub(super) zone: TimeZone,
}

/// A request.
pub(super) struct Visit {
    /// The console.
    pub(super) console: Arc<Console>,
    /// Who makes it, by the cookie.
    pub(super) session: SessionState,
    /// The language of the answer.
    pub(super) language: Language,
    /// The page and its query, within the console.
    pub(super) page: String,
    /// What it comes from.
    pub(super) browser: Browser,
    /// The token of the log-in, also if that has ended.
    pub(super) token: Option<SecretToken>,
    /// What readers who may know of alerts learn on every page.
    pub(super) watch: Option<Watch>,
    /// The form that was sent, whose draft goes when it is taken.
    pub(super) draft: Option<String>,
    /// The key of form tokens where there is no log-in.
    form_key: Option<SecretToken>,
}

impl Visit {
    /// The token of this visit's forms. Without a log-in and a key, forms can't be sent.
    pub(super) fn form_token(&self) -> Option<String> {
        self.token.as_ref().or(self.form_key.as_ref()).map(|key| key.derived("form"))
    }

    /// Looks up who makes the request, and what they must know on every page.
    async fn look_up(&mut self) -> Result<(), ServiceError> {
        let Some(token) = &self.token else { return Ok(()) };
        let context = &self.console.context;
        let is_live = self.page.split('?').next() == Some(live::PAGE) || self.page.ends_with(PROGRESS);
        let activity = if is_live { Activity::OpenPage } else { Activity::Active };
        self.session = session(context, token, activity).await?;
        if let Some(account) = watcher(context, &self.session).await? {
            let red = untaken_red(context, &account.actor()).await?;
            let centre = match account.centre.as_ref().filter(|_| !is_live) {
                Some(code) => Some(show_centre(context, &account.actor(), code).await?),
                None => None,
            };
            let zone = centre.and_then(|centre| TimeZone::get(&centre.time_zone).ok());
            let zone = zone.unwrap_or_else(|| self.console.settings.zone.clone());
            self.watch = Some(Watch { red, sound: account.red_sound, zone });
        }
        Ok(())
    }

    /// The layout of a page.
    pub(super) fn layout(&self) -> Layout {
        Layout::of(self)
    }

    /// The full path of a page.
    pub(super) fn path(&self, page: &str) -> String {
        self.console.site.path(page)
    }

    /// The path of the page, without its query: by it a form's draft is kept.
    pub(super) fn form_path(&self) -> String {
        self.page.split('?').next().unwrap_or_default().to_owned()
    }

    /// An answer that leads to another page.
    pub(super) fn redirect(&self, page: &str) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        if let Ok(path) = HeaderValue::from_str(&self.path(page)) {
            response.headers_mut().insert(header::LOCATION, path);
        }
        response
    }

    /// An answer with a page.
    pub(super) fn page(&self, status: StatusCode, template: &impl askama::Template) -> Response {
        match template.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                error!(%error, "could not write a page");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// The page, or the one for an error. Nobody learns whether what isn't theirs exists.
    pub(super) fn answer(&self, result: Result<Response, ServiceError>) -> Response {
        let error = match result {
            Ok(response) => return response,
            Err(error) => error,
        };
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::Forbidden => missing::page(self),
            ErrorKind::Conflict | ErrorKind::Invalid | ErrorKind::Unavailable => {
                error!(%error, code = error.code(), "could not show a page");
                missing::unavailable(self)
            }
        }
    }

    /// Leads to the log-in, and from there back to this page.
    pub(super) fn log_in_first(&self) -> Response {
        self.redirect(&format!("/log-in?next={}", self.path(self.page.split('?').next().unwrap_or_default())))
    }

    /// Adds a cookie to an answer.
    pub(super) fn with_cookie(&self, mut response: Response, cookie: Cookie, value: &str) -> Response {
        cookie.write(response.headers_mut(), &self.console.site, value);
        response
    }

    /// A visit without a log-in whose forms can be sent, and the answer's cookie for that.
    pub(super) fn with_form_key(mut self) -> (Self, Option<SecretToken>) {
        if self.token.is_some() || self.form_key.is_some() {
            return (self, None);
        }
        self.form_key = SecretToken::random().ok();
        let key = self.form_key.clone();
        (self, key)
    }
}

/// Who may know how many red alerts wait: also somebody whose log-in ended by itself.
pub(super) async fn watcher(context: &Context, session: &SessionState) -> Result<Option<AccountView>, ServiceError> {
    let account = match session {
        SessionState::LoggedIn(logged_in) => Some(logged_in.account.clone()),
        SessionState::TimedOut(account) => locked_account(context, *account).await?,
        SessionState::PasswordGiven(..) | SessionState::None => None,
    };
    Ok(account.filter(|account| may_watch_alerts(&account.actor())))
}

/// The peer of a connection that wasn't accepted by this program's server.
const NO_PEER: Peer = Peer(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

fn language(headers: &HeaderMap, console: &Console) -> Language {
    match Cookie::Language.read(headers, &console.site).as_deref() {
        Some("en") => Language::English,
        _ => Language::Japanese,
    }
}

impl FromRequestParts<Arc<Console>> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Response> {
        let headers = &parts.headers;
        let secret = |cookie: Cookie| SecretToken::parse(&cookie.read(headers, &console.site)?);
        let token = secret(Cookie::Session);
        let peer = parts.extensions.get::<Peer>().copied().unwrap_or(NO_PEER);
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let path = uri.path_and_query().map_or("", |path| path.as_str());
        let mut visit = Self {
            console: Arc::clone(console),
            session: SessionState::None,
            language: language(headers, console),
            page: path.strip_prefix(super::ROOT).unwrap_or_default().to_owned(),
            browser: Browser {
                address: browser::address(peer.0, headers, &console.settings.proxies),
                known_as: secret(Cookie::Browser),
                device: browser::device(headers).map_or_else(|| DeviceName::parse("Web"), Ok).map_err(internal)?,
            },
            watch: None,
            draft: None,
            form_key: secret(Cookie::Form),
            token,
        };
        if let Err(error) = visit.look_up().await {
            return Err(visit.answer(Err(error)));
        }
        Ok(visit)
    }
}

fn internal(_: crate::domain::PlainLineError) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
