//! The flow documents: what is read from them, and that each slip of their author is found where it stands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod parse;
mod shipped;
