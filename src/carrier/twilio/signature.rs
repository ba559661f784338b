//! The proof that a request comes from the carrier. Source: Twilio, "Validating requests" (the header
//! `X-Twilio-Signature`): base64 of HMAC-SHA1, by the auth token, over the URL and all form fields.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

/// The most fields that are sorted without a heap allocation. Forms usually have fewer.
const FEW_FIELDS: usize = 100;
/// The length of an HMAC-SHA1 in bytes (RFC 2104, FIPS 180-4).
const MAC_BYTES: usize = 20;

/// The auth token, ready to verify signatures. Only the two hash states made from it are kept, not the token itself.
#[derive(Clone)]
pub struct SigningKey {
    keyed: Hmac<Sha1>,
}

/// A blank auth token. Anybody could sign with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the carrier's auth token is empty; copy it from the carrier's console to TWILIO__AUTH_TOKEN")]
pub struct NoToken;

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(secret)")
    }
}

impl SigningKey {
    /// Creates a key from the account's auth token.
    ///
    /// # Errors
    ///
    /// Returns an error if the token is empty or only white space.
    pub fn new(auth_token: &SecretString) -> Result<Self, NoToken> {
        let token = auth_token.expose_secret();
        if token.trim().is_empty() {
            return Err(NoToken);
        }
        Hmac::new_from_slice(token.as_bytes()).map(|keyed| Self { keyed }).map_err(|_| NoToken)
    }

    /// Returns `true` if `header` is the signature of a form posted to `url`.
    ///
    /// `url` is our configured public URL with the exact path and query of the request. `form` contains all decoded
    /// fields, including unknown ones, as bytes that needn't be UTF-8.
    pub fn validate<N: AsRef<[u8]>, V: AsRef<[u8]>>(&self, url: &str, form: &[(N, V)], header: &str) -> bool {
        let mut given = [0_u8; MAC_BYTES];
        if STANDARD.decode_slice(header, &mut given) != Ok(MAC_BYTES) {
            return false;
        }
        in_signed_order(form, |order| {
            let url = Parts::of(url);
            // Carriers differ in whether they sign the port, so both forms are tried. This reveals nothing about the
            // key.
            let [as_it_stands, other] = url.candidates();
            self.matches(&as_it_stands, order, form, &given) || self.matches(&other, order, form, &given)
        })
    }

    /// Signs a form as the carrier does, for benchmarks, the simulated network and tests.
    pub fn sign<N: AsRef<[u8]>, V: AsRef<[u8]>>(&self, url: &str, form: &[(N, V)]) -> String {
        in_signed_order(form, |order| STANDARD.encode(self.mac(&Parts::of(url).as_it_stands(), order, form)))
    }

    fn matches<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        url: &[&str; 3],
        order: &[usize],
        form: &[(N, V)],
        given: &[u8; MAC_BYTES],
    ) -> bool {
        self.mac(url, order, form).ct_eq(given).into()
    }

    fn mac<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        url: &[&str; 3],
        order: &[usize],
        form: &[(N, V)],
    ) -> [u8; MAC_BYTES] {
        let mut mac = self.keyed.clone();
        for part in url {
            mac.update(part.as_bytes());
        }
        let mut last = None;
        for (name, value) in order.iter().filter_map(|&place| form.get(place)) {
            let field = (name.as_ref(), value.as_ref());
            // A value that is repeated under one name is signed once.
            if last.replace(field) != Some(field) {
                mac.update(field.0);
                mac.update(field.1);
            }
        }
        mac.finalize().into_bytes().into()
    }
}

/// Calls `then` with the indices of the fields, sorted by name, then value. Forms of the usual size are sorted on the
/// stack.
fn in_signed_order<N: AsRef<[u8]>, V: AsRef<[u8]>, T>(form: &[(N, V)], then: impl FnOnce(&[usize]) -> T) -> T {
    let mut few = [0; FEW_FIELDS];
    let mut many = Vec::new();
    let order = match few.get_mut(..form.len()) {
        Some(order) => order,
        None => {
            many.resize(form.len(), 0);
            many.as_mut_slice()
        }
    };
    for (place, slot) in order.iter_mut().enumerate() {
        *slot = place;
    }
    let field = |place: usize| form.get(place).map(|(name, value)| (name.as_ref(), value.as_ref()));
    order.sort_unstable_by(|&a, &b| field(a).cmp(&field(b)));
    then(order)
}

/// Removes the fragment. It contains timeouts for the carrier (`#rt=5000`) and is neither sent nor signed.
fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(before, _)| before)
}

/// A URL split at its port, without normalisation: scheme, query order and trailing slash are signed as they are.
struct Parts<'a> {
    /// Scheme, user and host.
    origin: &'a str,
    /// `:8443`, or empty.
    port: &'a str,
    /// Path and query.
    rest: &'a str,
    /// The default port of the scheme, as text.
    standard_port: &'static str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Self {
        let url = without_fragment(url);
        let Some((scheme, after)) = url.split_once("://") else {
            return Self { origin: url, port: "", rest: "", standard_port: "" };
        };
        let authority = after.split(['/', '?']).next().unwrap_or(after);
        let host = authority.rsplit('@').next().unwrap_or(authority);
        // The colons of an IPv6 address are inside its brackets.
        let after_brackets = host.rsplit(']').next().unwrap_or(host);
        let port = after_brackets.split_once(':').map_or(0, |(_, digits)| ':'.len_utf8().saturating_add(digits.len()));
        let rest = after.strip_prefix(authority).unwrap_or_default();
        let before_rest = url.strip_suffix(rest).unwrap_or(url);
        let (origin, port) =
            before_rest.split_at_checked(before_rest.len().saturating_sub(port)).unwrap_or((before_rest, ""));
        let secure = scheme.eq_ignore_ascii_case("https");
        Self { origin, port, rest, standard_port: if secure { ":443" } else { ":80" } }
    }

    fn as_it_stands(&self) -> [&'a str; 3] {
        [self.origin, self.port, self.rest]
    }

    /// The URL as it is, and the URL without its port, or with the default port if it has none.
    fn candidates(&self) -> [[&'a str; 3]; 2] {
        let other = if self.port.is_empty() { self.standard_port } else { "" };
        [self.as_it_stands(), [self.origin, other, self.rest]]
    }
}
