//! The carrier's own identifiers. They are kept as text because every carrier has its own format.

/// The error of a text that isn't a carrier's identifier. It doesn't contain the text, which came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a carrier's identifier has 8 to 64 letters, digits, hyphens or underscores")]
pub struct CarrierIdError;

/// The minimum length of a carrier's identifier, in characters.
const MIN_CHARACTERS: usize = 8;
/// The maximum length, in characters: Twilio has 34 (`CA` and 32 hex digits), Somleng and SignalWire 36 (a UUID).
const MAX_CHARACTERS: usize = 64;

macro_rules! carrier_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// Reads an identifier.
            ///
            /// # Errors
            ///
            /// Returns an error if the length or a character is wrong.
            pub fn parse(text: &str) -> Result<Self, CarrierIdError> {
                let fits = (MIN_CHARACTERS..=MAX_CHARACTERS).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
                if fits { Ok(Self(text.into())) } else { Err(CarrierIdError) }
            }

            /// Returns `true` if both are the same. Hexadecimal digits may be in upper or lower case.
            pub fn is_same_as(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

carrier_id! {
    /// The carrier's identifier of one leg (`CallSid`). It isn't personal data: it doesn't identify the caller.
    CarrierLegId
}
carrier_id! {
    /// The carrier's identifier of our account (`AccountSid`).
    CarrierAccountId
}
