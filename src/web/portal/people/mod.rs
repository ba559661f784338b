//! The people of an account.

pub(super) mod add;
pub(super) mod list;
pub(super) mod remove;
