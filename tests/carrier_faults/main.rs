//! Automated calls over HTTP, with all faults of real carriers: the real program, the fake carrier (`kenkocall
//! simulate carrier`) as a separate process, and its log as the proof of how often a phone rang. Numbers in the names
//! are those of the faults in docs/faults.md.
#![cfg(feature = "fault-injection")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and plays people with a clock of their own"
)]

#[allow(dead_code, reason = "tests/commands uses the rest")]
#[path = "../databases/roles.rs"]
mod as_printed;
mod cluster;
#[path = "../databases/mod.rs"]
mod databases;
mod fake;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/kept.rs"]
mod kept;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/line.rs"]
mod line;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/people.rs"]
mod people;
#[path = "../databases/server.rs"]
mod server;
mod town;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/web.rs"]
mod web;

mod clock_steps;
mod encrypted;
mod fail_over;
mod killing;
mod losing;
mod misbehaving;
mod odd;
mod restoring;
mod roles;
mod sharing;
mod signs_of_life;
mod withdrawing;
