//! The console's cookies. None is readable by script or sent from other sites' forms.

use axum::http::HeaderMap;

use super::kept_cookies;
use super::site::Site;

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

    /// Its value in a request.
    pub(super) fn read(self, headers: &HeaderMap, site: &Site) -> Option<String> {
        kept_cookies::read(self.name(), headers, site)
    }

    /// Adds it to an answer. An empty value deletes it.
    pub(super) fn write(self, headers: &mut HeaderMap, site: &Site, value: &str) {
        kept_cookies::write((self.name(), self.days()), headers, site, value);
    }
}
