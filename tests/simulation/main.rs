//! Simulated days: a fixed set and new ones, the same day twice, and days that were made to break each rule.
#![cfg(feature = "fault-injection")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and draws its fresh days from the time"
)]

#[allow(dead_code, reason = "tests/flows breaks documents with the rest")]
#[path = "../flows/built_in.rs"]
mod built_in;
mod days;
mod negative_cases;
mod scenario;
