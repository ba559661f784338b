//! The key of a person: it encrypts what the audit trail says about the person. Without it, nobody can read that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::store::StoreError;

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// A key. It never prints itself.
#[derive(Clone)]
pub(in crate::store) struct PersonKey(LessSafeKey);

impl PersonKey {
    /// The text form of a new random key.
    pub(in crate::store) fn new_text() -> Result<String, StoreError> {
        let mut bytes = [0_u8; KEY_BYTES];
        fill(&mut bytes)?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Parses the text form.
    pub(in crate::store) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; KEY_BYTES];
        for (nth, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * nth..2 * nth + 2)?, 16).ok()?;
        }
        let key = UnboundKey::new(&AES_256_GCM, &bytes).ok().filter(|_| text.len() == 2 * KEY_BYTES)?;
        Some(Self(LessSafeKey::new(key)))
    }

    /// Encrypts a text for a place, such as a field of an entry: elsewhere it can't be decrypted. The nonce is random,
    /// which is safe for far more texts than there will be about one person.
    pub(in crate::store) fn encrypt(&self, place: &str, text: &str) -> Result<String, StoreError> {
        self.encrypt_bytes(place, text.as_bytes().to_vec())
    }

    /// The same of any bytes.
    pub(in crate::store) fn encrypt_bytes(&self, place: &str, mut bytes: Vec<u8>) -> Result<String, StoreError> {
        let mut nonce = [0_u8; NONCE_LEN];
        fill(&mut nonce)?;
        let nonce_value = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(nonce_value, Aad::from(place), &mut bytes)
            .map_err(|_| StoreError::Inconsistent { what: "the encryption of the audit trail" })?;
        Ok(STANDARD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// Decrypts a text that was encrypted for this place.
    pub(in crate::store) fn decrypt(&self, place: &str, encrypted: &str) -> Option<String> {
        String::from_utf8(self.decrypt_bytes(place, encrypted)?).ok()
    }

    /// The same of any bytes.
    pub(in crate::store) fn decrypt_bytes(&self, place: &str, encrypted: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(encrypted).ok()?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(place), &mut text).ok()?;
        Some(opened.to_vec())
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(|_| StoreError::Inconsistent { what: "the system's random numbers" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_only_with_its_key_and_at_its_place() -> Result<(), Box<dyn std::error::Error>> {
        let text = PersonKey::new_text()?;
        let (Some(key), Some(again), Some(other)) =
            (PersonKey::parse(&text), PersonKey::parse(&text), PersonKey::parse(&PersonKey::new_text()?))
        else {
            return Err("a key".into());
        };
        let encrypted = key.encrypt("entry phone_number", "090-1234-5678 健康")?;
        assert_ne!(encrypted, key.encrypt("entry phone_number", "090-1234-5678 健康")?, "the nonce differs");
        let read = again.decrypt("entry phone_number", &encrypted);
        assert_eq!(read.as_deref(), Some("090-1234-5678 健康"));
        assert_eq!(key.decrypt("entry family_name", &encrypted), None);
        assert_eq!(other.decrypt("entry phone_number", &encrypted), None);
        let shorter: String = encrypted.chars().skip(4).collect();
        for broken in ["", "AAAA", "not base64", &shorter, &format!("AAAA{encrypted}")] {
            assert_eq!(key.decrypt("entry phone_number", broken), None, "{broken}");
        }
        Ok(())
    }

    #[test]
    fn only_64_hexadecimal_digits_are_a_key() {
        for wrong in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32)] {
            assert!(PersonKey::parse(wrong).is_none(), "{wrong}");
        }
    }
}
