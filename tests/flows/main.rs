//! The flow documents: what is read from them, and that each slip of their author is found where it stands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

/// A snapshot without the expression that made it: the slips are in the text already.
macro_rules! assert_told {
    ($told:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($told) })
    };
}

mod check;
mod draw;
mod parse;
mod shipped;
