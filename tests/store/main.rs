//! The store on both databases: each aggregate is written and read, and each guarantee for the upper layers is
//! checked.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../databases/mod.rs"]
mod databases;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/kept.rs"]
mod kept;
mod sample;

mod conversations;
mod guessing;
mod jobs;
mod opening;
mod people;
mod reporting;
mod trail;
