//! The portal's cookies.

use axum::http::HeaderMap;

use super::kept_cookies;
use super::site::Site;

/// A cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The key of form tokens. It lasts as long as the browser is open, with or without a log-in.
    Form,
    /// The language of the pages.
    Language,
    /// The token of a log-in for one visit.
    Session,
    /// The same on a device that stays logged in.
    LastingSession,
    /// The token of the browser that may enter a code.
    Code,
    /// The ticket of a place in a line.
    Place,
}

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Self::Form => "kenko-portal-form",
            Self::Language => "kenko-portal-language",
            Self::Session | Self::LastingSession => "kenko-portal",
            Self::Code => "kenko-portal-code",
            Self::Place => "kenko-portal-place",
        }
    }

    /// How long the browser keeps it, in days. `None` until it is closed.
    const fn days(self) -> Option<i64> {
        match self {
            Self::Form | Self::Session | Self::Code | Self::Place => None,
            Self::Language => Some(365),
            Self::LastingSession => Some(90),
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
