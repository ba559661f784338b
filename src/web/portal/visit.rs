//! A request to the portal: from where, and in which language.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use tracing::error;
use url::form_urlencoded;

use super::cookies::Cookie;
use super::layout::Layout;
use super::{Portal, browser, missing};
use crate::domain::{DeviceName, PageLanguage};
use crate::service::{Context, ErrorKind, PortalBrowser, PortalLoggedIn, SecretToken, ServiceError, portal_session};
use crate::web::Peer;

/// The field and the value of a query that choose the language.
pub(super) const LANGUAGE: &str = "language";

/// A request.
pub(super) struct Visit {
    /// The portal.
    pub(super) portal: Arc<Portal>,
    /// The language of the answer.
    pub(super) language: PageLanguage,
    /// The path of the page within the portal, without the query.
    pub(super) page: String,
    /// The query, without the choice of a language.
    pub(super) query: Vec<(String, String)>,
    /// What it comes from.
    pub(super) browser: PortalBrowser,
    /// Who makes it, if somebody is logged in.
    pub(super) logged_in: Option<Box<PortalLoggedIn>>,
    /// The token of the browser that may enter a code.
    pub(super) code_token: Option<SecretToken>,
    /// The ticket of a place in a line.
    pub(super) ticket: Option<String>,
    /// Whether the browser is to keep the language, because it was chosen with this request.
    chosen: bool,
    /// The key of form tokens, and whether the browser has it.
    form_key: (SecretToken, bool),
}

impl Visit {
    /// The token of this visit's forms. A log-in has one of its own, also after its end: who planted or noted the
    /// browser's key before it can't send forms afterwards.
    pub(super) fn form_token(&self) -> String {
        let of_log_in = self.browser.log_in.as_ref().map(|token| token.derived("portal-form"));
        of_log_in.unwrap_or_else(|| self.form_token_of_browser())
    }

    /// The token of the forms of a browser in which nobody is logged in.
    pub(super) fn form_token_of_browser(&self) -> String {
        self.form_key.0.derived("portal-form")
    }

    /// What only this browser knows, by which it has its place in a line.
    pub(super) fn holder(&self) -> String {
        self.form_key.0.derived("portal-place")
    }

    /// Shows the answer in a language that was chosen with a form.
    pub(super) fn choose(&mut self, language: PageLanguage) {
        self.language = language;
        self.chosen = true;
    }

    /// A value of the query. Empty if it isn't there.
    pub(super) fn asked(&self, name: &str) -> &str {
        self.query.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// The services' context.
    pub(super) fn context(&self) -> &Context {
        &self.portal.context
    }

    /// The layout of a page without a form.
    pub(super) fn layout(&self) -> Layout {
        Layout::of(self)
    }

    /// The full path of a page.
    pub(super) fn path(&self, page: &str) -> String {
        // The first page has no slash at its end, with or without a query.
        let page = if page.starts_with("/?") { page.trim_start_matches('/') } else { page };
        self.portal.site.path(page)
    }

    /// An answer that leads to another page.
    pub(super) fn redirect(&self, page: &str) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        if let Ok(path) = HeaderValue::from_str(&self.path(page)) {
            response.headers_mut().insert(header::LOCATION, path);
        }
        response
    }

    /// An answer with a page, and the cookies that its forms and its language need.
    pub(super) fn page(&self, status: StatusCode, template: &impl askama::Template) -> Response {
        let mut response = match template.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                error!(%error, "could not write a page");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        let site = &self.portal.site;
        if !self.form_key.1 {
            Cookie::Form.write(response.headers_mut(), site, self.form_key.0.expose());
        }
        if self.chosen {
            Cookie::Language.write(response.headers_mut(), site, self.language.code());
        }
        response
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
                error!(%error, code = error.code(), "could not show a page of the portal");
                missing::unavailable(self)
            }
        }
    }

    /// Leads to the log-in, and from there back to this page.
    pub(super) fn log_in_first(&self) -> Response {
        self.redirect(&format!("/log-in?next={}", self.page))
    }

    /// The page to which a log-in leads: one of the portal.
    pub(super) fn next_page<'a>(&self, next: &'a str) -> &'a str {
        let is_page = next.starts_with('/')
            && !next.starts_with("//")
            && next.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_".contains(&byte));
        if is_page { next } else { "/" }
    }

    /// Whether somebody has logged in recently.
    pub(super) fn is_recent(&self) -> bool {
        self.logged_in.as_ref().is_some_and(|logged_in| logged_in.may_change_account(self.context()))
    }

    /// Adds a cookie to an answer. An empty value deletes it.
    pub(super) fn with_cookie(&self, mut response: Response, cookie: Cookie, value: &str) -> Response {
        cookie.write(response.headers_mut(), &self.portal.site, value);
        response
    }
}

/// The peer of a connection that wasn't accepted by this program's server.
const NO_PEER: Peer = Peer(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

/// The language that the browser keeps, or else asks for.
fn kept_language(headers: &HeaderMap, portal: &Portal) -> PageLanguage {
    let kept = Cookie::Language.read(headers, &portal.site).and_then(|code| PageLanguage::from_code(&code));
    let asked = || PageLanguage::accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    kept.or_else(asked).unwrap_or_default()
}

impl FromRequestParts<Arc<Portal>> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        let internal = || StatusCode::INTERNAL_SERVER_ERROR.into_response();
        let headers = &parts.headers;
        let peer = parts.extensions.get::<Peer>().copied().unwrap_or(NO_PEER);
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned();
        let (choices, query): (Vec<_>, Vec<_>) = query.partition(|(name, _)| name == LANGUAGE);
        let chosen = choices.iter().find_map(|(_, code)| PageLanguage::from_code(code));
        let form_key = match Cookie::Form.read(headers, &portal.site).and_then(|key| SecretToken::parse(&key)) {
            Some(key) => (key, true),
            None => (SecretToken::random().map_err(|_| internal())?, false),
        };
        let secret = |cookie: Cookie| SecretToken::parse(&cookie.read(headers, &portal.site)?);
        let mut visit = Self {
            portal: Arc::clone(portal),
            language: chosen.unwrap_or_else(|| kept_language(headers, portal)),
            page: uri.path().strip_prefix(super::ROOT).unwrap_or_default().to_owned(),
            query,
            browser: PortalBrowser {
                address: browser::address(peer.0, headers, &portal.settings.proxies),
                device: browser::device(headers)
                    .map_or_else(|| DeviceName::parse("Web"), Ok)
                    .map_err(|_| internal())?,
                log_in: secret(Cookie::Session),
            },
            logged_in: None,
            code_token: secret(Cookie::Code),
            ticket: Cookie::Place.read(headers, &portal.site),
            chosen: chosen.is_some(),
            form_key,
        };
        if let Some(token) = visit.browser.log_in.clone() {
            match portal_session(&portal.context, &token).await {
                Ok(logged_in) => visit.logged_in = logged_in.map(Box::new),
                Err(error) => return Err(visit.answer(Err(error))),
            }
        }
        Ok(visit)
    }
}
