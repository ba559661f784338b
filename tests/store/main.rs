//! The store on both databases: each aggregate is written and read, and each guarantee for the upper layers is
//! checked.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../databases/mod.rs"]
mod databases;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/db_assertions.rs"]
mod db_assertions;
mod sample_rows;

mod audit_chain;
mod centres_and_patients;
mod conversations;
mod forgetting;
mod guessing_limits;
mod open_and_migrate;
mod outbox_and_maintenance;
mod pages;
mod reports;
mod views;
