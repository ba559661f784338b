//! The flow documents: what is read from them, and that each mistake of their author is found in the right place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

/// A snapshot without the expression that produced it, because the text already contains the mistakes.
macro_rules! assert_told {
    ($told:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($told) })
    };
}

mod built_in;
mod check;
mod draw;
mod forms;
mod parse;
