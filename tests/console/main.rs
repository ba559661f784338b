//! The console over HTTP: accounts and log-ins, who may see what, forms from elsewhere, and the pages.
#![cfg(feature = "fault-injection")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and makes its own rows"
)]

#[path = "../databases/mod.rs"]
mod databases;

mod access;
mod closing;
mod house;
mod invitations;
mod log_in;
mod other_sites;
mod pages;
mod sessions;
mod site;
mod throttling;
