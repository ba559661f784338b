//! The health-call line (健康コール) as a carrier uses it: the real program behind its webhooks, a phone that signs and
//! executes TwiML, and the resulting content of the database. Ids in the names are those of the requirements (H1…)
//! and of the faults (`fault_…`) in README.md.
#![cfg(feature = "fault-injection")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and plays the carrier, which has a clock of its own"
)]

#[path = "../databases/mod.rs"]
mod databases;
mod kept;
mod line;
mod losing;
mod people;
mod phone;
mod ports;
mod web;

mod anything;
mod connections;
mod guessing;
mod hostile;
mod identifying;
mod killing;
mod languages;
mod lingering;
mod odd;
mod official;
mod proxy;
mod racing;
mod refusing;
mod reporting;
mod resuming;
mod staff;
mod statuses;
mod storage;
mod upgrading;
