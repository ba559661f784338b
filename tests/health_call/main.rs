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

mod data_loss;
#[path = "../databases/mod.rs"]
mod databases;
mod db_assertions;
mod http_client;
mod phone;
mod ports;
mod server;
mod test_patients;

mod batches;
mod concurrent_turns;
mod connections;
mod document_upgrade;
mod full_disk;
mod fuzz_http;
mod guessing_limits;
mod identification;
mod interrupted_calls;
mod killing;
mod languages;
mod malformed_input;
mod official_library;
mod old_database;
mod proxy;
mod questionnaire;
mod refused_settings;
mod staff_transfer;
mod status_callbacks;
mod unexpected_values;
mod unidentified_callers;
