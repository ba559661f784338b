//! Automated calls (自動架電) through the real services on a virtual clock: scripted people on the simulated network, and
//! the resulting content of the database. Ids in the names are those of the requirements (A1…) and of the faults
//! (`fault_…`) in README.md.
#![cfg(feature = "fault-injection")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and databases/mod.rs asks for the address of the test server"
)]

#[path = "../databases/mod.rs"]
mod databases;
mod day;
mod day_limits;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/kept.rs"]
mod kept;

mod by_hand;
mod calling;
mod clocks;
mod doubts;
mod losing;
mod outbox;
mod reporting;
mod retrying;
mod signs_of_life;
mod staff;
mod stopping;
mod storing;
mod withdrawing;
