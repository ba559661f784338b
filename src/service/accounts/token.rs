//! Random tokens: of a log-in, a browser, an invitation. The database has only their hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::store::StoreError;

/// Bytes of a token.
const BYTES: usize = 32;

/// A random token of 256 bits. `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretToken(String);

impl SecretToken {
    /// A new token.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn random() -> Result<Self, StoreError> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random_bytes::<BYTES>()?)))
    }

    /// Reads a token from a cookie or a link. `None` if the text can't be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == BYTES).then(|| Self(text.to_owned()))
    }

    /// The text, for the cookie or the link.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub(crate) fn hash(&self) -> String {
        hash_of(&["token", &self.0])
    }

    /// A value that only who has the token can make, for one purpose. It tells nothing about the token.
    pub fn derived(&self, purpose: &str) -> String {
        hash_of(&["derived", purpose, &self.0])
    }
}

impl std::fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// The SHA-256 of some texts, as hexadecimal digits. No two lists of texts have the same input.
pub(in crate::service) fn hash_of(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Random bytes of the system.
pub(in crate::service) fn random_bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Inconsistent { what: "the system's random numbers" })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_never_printed() -> Result<(), StoreError> {
        let token = SecretToken::random()?;
        assert_eq!(SecretToken::parse(token.expose()), Some(token.clone()));
        assert_ne!(token, SecretToken::random()?);
        assert_eq!(format!("{token:?}"), "(secret)");
        for wrong in ["", "short", &"a".repeat(42), &"a".repeat(44), &"é".repeat(43)] {
            assert_eq!(SecretToken::parse(wrong), None, "{wrong}");
        }
        assert_ne!(token.hash(), token.derived("form"));
        assert_ne!(hash_of(&["ab", "c"]), hash_of(&["a", "bc"]));
        Ok(())
    }
}
