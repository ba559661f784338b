//! Reads and writes cookies. None is readable by script or sent from other sites' forms.

use axum::http::HeaderMap;
use axum::http::header::{self, HeaderValue};
use axum_extra::extract::cookie::{Cookie as Written, CookieJar, SameSite};

use super::site::{Site, Transport};

/// Its name at a site. Over HTTPS the prefix lets no other host or path set it (RFC 6265bis, 4.1.3.2).
fn name_at(name: &str, site: &Site) -> String {
    match site.transport {
        Transport::Https => format!("__Host-{name}"),
        Transport::Loopback | Transport::Plain => name.to_owned(),
    }
}

/// The value of a cookie in a request.
pub(in crate::web) fn read(name: &str, headers: &HeaderMap, site: &Site) -> Option<String> {
    CookieJar::from_headers(headers).get(&name_at(name, site)).map(|cookie| cookie.value().to_owned())
}

/// Adds a cookie to an answer. The browser keeps it for so many days, or until it is closed. An empty value deletes it.
pub(in crate::web) fn write((name, days): (&str, Option<i64>), headers: &mut HeaderMap, site: &Site, value: &str) {
    let cookie = Written::build((name_at(name, site), value.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(site.transport == Transport::Https)
        .build();
    let age = match days {
        _ if value.is_empty() => "; Max-Age=0".to_owned(),
        Some(days) => format!("; Max-Age={}", days.saturating_mul(86_400)),
        None => String::new(),
    };
    if let Ok(written) = HeaderValue::from_str(&format!("{cookie}{age}")) {
        headers.append(header::SET_COOKIE, written);
    }
}
