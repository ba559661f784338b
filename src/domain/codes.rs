//! The stored codes of closed enums, written once for both directions.

macro_rules! codes {
    ($($name:ident { $($variant:ident => $code:literal),+ $(,)? })+) => {$(
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored code.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code),+
                }
            }

            /// Reads the stored code.
            pub fn from_code(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == word)
            }
        }
    )+};
}
pub(super) use codes;
