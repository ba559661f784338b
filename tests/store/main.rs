//! The store on both databases: each aggregate there and back, and each promise that the layers above rely on.
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
