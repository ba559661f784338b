//! Checks of the addresses and credentials in the settings. Signatures are computed over `server.public_url` as
//! written, and the auth token is sent to `twilio.base_url`. A mistake in either would lose every call or reveal the
//! token, so it is refused at the start.

use std::net::IpAddr;

use url::{Host, Url};

use super::error::wrong;
use super::{AddressError, Config, ConfigError, SettingFault};

const PUBLIC_URL: &str = "server.public_url";
const BASE_URL: &str = "twilio.base_url";

/// Checks the public URL. The simulator calls no URL, so the listen address is good enough for it.
pub(super) fn check_public_url(config: &Config, carrier_calls: bool) -> Result<(), ConfigError> {
    match &config.server.public_url {
        Some(url) => check(url).or_else(|error| wrong(PUBLIC_URL, error)),
        None if !carrier_calls => Ok(()),
        None => {
            let unset = SettingFault::NoPublicUrl(config.server.listen);
            check(&config.server.public_url()).or_else(|_| wrong(PUBLIC_URL, unset))
        }
    }
}

/// Checks the address of the carrier's REST API.
pub(super) fn check_base_url(url: &str) -> Result<(), ConfigError> {
    check(url).or_else(|error| match error {
        AddressError::User => wrong(BASE_URL, SettingFault::BaseUrlUser),
        AddressError::Scheme | AddressError::Query | AddressError::Host => wrong(BASE_URL, SettingFault::BaseUrl),
        other => wrong(BASE_URL, other),
    })
}

/// Checks a value copied from the carrier's console.
pub(super) fn check_pasted(setting: &str, value: &str) -> Result<(), ConfigError> {
    if value.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'`".contains(&byte)) {
        return Ok(());
    }
    wrong(setting, SettingFault::Pasted)
}

fn check(url: &str) -> Result<(), AddressError> {
    if !url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'`<>\\".contains(&byte)) {
        return Err(AddressError::Characters);
    }
    let (https, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(AddressError::Scheme),
    };
    if rest.contains(['?', '#']) {
        return Err(AddressError::Query);
    }
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Err(AddressError::User);
    }
    let parsed = Url::parse(url).ok().filter(|parsed| !authority.is_empty() && parsed.port() != Some(0));
    let host = parsed.as_ref().filter(|_| !authority.ends_with(':')).and_then(Url::host).ok_or(AddressError::Host)?;
    let address = match host {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address).to_canonical()),
        Host::Domain(_) => None,
    };
    if address.is_some_and(|address| address.is_unspecified() || address.is_multicast()) {
        return Err(AddressError::Unspecified);
    }
    let loopback = address.is_some_and(|address| address.is_loopback()) || host == Host::Domain("localhost");
    if https || loopback { Ok(()) } else { Err(AddressError::Plain) }
}

#[cfg(test)]
mod tests {
    use super::AddressError::{Characters, Host, Plain, Query, Scheme, Unspecified, User};
    use super::*;

    #[test]
    fn an_address_that_a_carrier_can_reach_is_taken() {
        for url in [
            "https://calls.example.jp",
            "https://calls.example.jp/",
            "https://calls.example.jp//",
            "https://calls.example.jp:8443",
            "https://calls.example.jp/kenko/calls",
            "https://calls",
            "https://203.0.113.7",
            "https://[2001:db8::1]:8443",
            "https://localhost",
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://127.8.9.1",
            "http://[::1]:8080/kenko",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn any_other_address_is_refused() {
        for (url, error) in [
            ("", Scheme),
            ("calls.example.jp", Scheme),
            ("HTTPS://calls.example.jp", Scheme),
            ("Http://127.0.0.1", Scheme),
            ("ftp://calls.example.jp", Scheme),
            ("//calls.example.jp", Scheme),
            (" https://calls.example.jp", Characters),
            ("https://calls.example.jp ", Characters),
            ("https://calls.example.jp\n", Characters),
            ("https://calls .example.jp", Characters),
            ("\"https://calls.example.jp\"", Characters),
            ("'https://calls.example.jp'", Characters),
            ("https:\\\\calls.example.jp", Characters),
            ("https://健康.example.jp", Characters),
            ("https://calls.example.jp?a=1", Query),
            ("https://calls.example.jp/#x", Query),
            ("https://user:5ecret@calls.example.jp", User),
            ("https://user@calls.example.jp", User),
            ("https://@calls.example.jp", User),
            ("https://:@calls.example.jp", User),
            ("http://user:5ecret@127.0.0.1", User),
            ("https://", Host),
            ("https:///calls.example.jp", Host),
            ("https://:8443", Host),
            ("https://calls.example.jp:", Host),
            ("https://calls.example.jp:0", Host),
            ("https://calls.example.jp:99999", Host),
            ("https://999.0.0.1", Host),
            ("http://0.0.0.0:8080", Unspecified),
            ("https://0.0.0.0", Unspecified),
            ("https://0", Unspecified),
            ("https://[::]", Unspecified),
            ("https://[::ffff:0.0.0.0]", Unspecified),
            ("https://224.0.0.1", Unspecified),
            ("http://calls.example.jp", Plain),
            ("http://calls", Plain),
            ("http://203.0.113.7", Plain),
            ("http://192.168.0.7:8080", Plain),
            ("http://localhost.example.jp", Plain),
            ("http://127.0.0.1.example.jp", Plain),
            ("http://[2001:db8::1]", Plain),
        ] {
            assert_eq!(check(url), Err(error), "{url}");
            assert!(!error.to_string().contains("5ecret"), "{error}");
        }
    }

    #[test]
    fn what_is_pasted_with_something_around_it_is_refused() {
        assert!(check_pasted("twilio.auth_token", "8f0e1c2d3b4a59687766554433221100").is_ok());
        for wrong in ["\"8f0e\"", "'8f0e'", "8f0e\n", " 8f0e", "8f 0e", "8f0e\r\n", "８f0e", "\t"] {
            let error = check_pasted("twilio.auth_token", wrong).unwrap_err().to_string();
            assert!(error.contains("twilio.auth_token") && !error.contains("8f0e"), "{error}");
        }
    }
}
