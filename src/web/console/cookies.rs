//! The console's cookies. None is readable by script or sent from other sites' forms.

use axum::http::HeaderMap;
use axum::http::header::{self, HeaderValue};
use axum_extra::extract::cookie::{Cookie as Written, CookieJar, SameSite};

use super::site::{Site, Transport};

/// A cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The token of a log-in. It ends with the browser.
    Session,
    /// The key of form tokens before a log-in.
    Form,
    /// The token by which a browser is known again: after its first log-in, others can't slow it down.
    Browser,
    /// The language of the pages.
    Language,
}

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "kenko",
            Self::Form => "kenko-form",
            Self::Browser => "kenko-browser",
            Self::Language => "kenko-language",
        }
    }

    /// How long the browser keeps it, in days. `None` until it is closed.
    const fn days(self) -> Option<i64> {
        match self {
            Self::Session | Self::Form => None,
            Self::Browser => Some(90),
            Self::Language => Some(365),
        }
    }

    /// Its name at a site. Over HTTPS the prefix lets no other host or path set it (RFC 6265bis, 4.1.3.2).
    fn name_at(self, site: &Site) -> String {
        match site.transport {
            Transport::Https => format!("__Host-{}", self.name()),
            Transport::Loopback | Transport::Plain => self.name().to_owned(),
        }
    }

    /// Its value in a request.
    pub(super) fn read(self, headers: &HeaderMap, site: &Site) -> Option<String> {
        CookieJar::from_headers(headers).get(&self.name_at(site)).map(|cookie| cookie.value().to_owned())
    }

    /// Adds it to an answer. An empty value deletes it.
    pub(super) fn write(self, headers: &mut HeaderMap, site: &Site, value: &str) {
        let cookie = Written::build((self.name_at(site), value.to_owned()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(site.transport == Transport::Https)
            .build();
        let age = match self.days() {
            _ if value.is_empty() => "; Max-Age=0".to_owned(),
            Some(days) => format!("; Max-Age={}", days.saturating_mul(86_400)),
            None => String::new(),
        };
        if let Ok(written) = HeaderValue::from_str(&format!("{cookie}{age}")) {
            headers.append(header::SET_COOKIE, written);
        }
    }
}
