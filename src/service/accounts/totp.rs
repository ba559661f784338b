//! The codes of an authenticator (TOTP, RFC 6238: SHA-1, 30 s, six digits, as every authenticator knows them).

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

use super::token::random_bytes;
use crate::domain::LogInName;
use crate::store::StoreError;

/// Bytes of a secret. Source: RFC 4226, 4, R6 recommends 160 bits.
const SECRET_BYTES: usize = 20;
/// The name of this program in the authenticator.
const ISSUER: &str = "Kenko Call";

/// A new secret, in base 32.
pub(super) fn new_secret() -> Result<String, StoreError> {
    Ok(Secret::from(random_bytes::<SECRET_BYTES>()?).to_base32())
}

fn of(secret: &str, account: &str) -> Result<Totp, StoreError> {
    let secret = Secret::try_from_base32(secret).ok();
    let built = secret.and_then(|secret| {
        Builder::new().with_secret(secret).with_issuer(Some(ISSUER)).with_account_name(account).build().ok()
    });
    built.ok_or(StoreError::Inconsistent { what: "staff_accounts.totp_secret" })
}

/// The step of 30 s to which a code belongs: the current one, or the one before or after it.
pub(super) fn matching_step(secret: &str, code: &str, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let step = of(secret, "staff")?.check(code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// What an authenticator reads from the QR code.
pub(super) fn url(secret: &str, name: &LogInName) -> Result<String, StoreError> {
    of(secret, name.typed())?.to_url().map_err(|_| StoreError::Inconsistent { what: "staff_accounts.log_in_name" })
}

/// The code of a time, for the demonstration.
///
/// # Errors
/// If the text isn't a secret.
#[cfg(feature = "lab")]
pub fn code_at(secret: &str, at: Timestamp) -> Result<String, StoreError> {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    Ok(of(secret, "staff")?.generate(seconds).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B, and its codes with six of their eight digits.
    #[test]
    fn the_codes_are_those_of_the_standard() -> Result<(), StoreError> {
        let secret = Secret::from(*b"12345678901234567890").to_base32();
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let at = |second| Timestamp::from_second(second).unwrap_or(Timestamp::MIN);
            assert_eq!(matching_step(&secret, code, at(second))?, Some(second / 30));
            assert_eq!(matching_step(&secret, code, at(second + 30))?, Some(second / 30), "one step late");
            assert_eq!(matching_step(&secret, code, at(second + 60))?, None, "two steps late");
        }
        Ok(())
    }

    #[test]
    fn a_new_secret_and_its_link() -> Result<(), Box<dyn std::error::Error>> {
        let secret = new_secret()?;
        assert_eq!(secret.len(), 32);
        let url = url(&secret, &LogInName::parse("naoko@mihon.example")?)?;
        assert!(url.starts_with("otpauth://totp/Kenko%20Call:naoko%40mihon.example?secret="), "{url}");
        assert!(url.contains(&secret), "{url}");
        Ok(())
    }
}
