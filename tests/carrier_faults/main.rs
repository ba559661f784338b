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

mod carrier_process;
mod cluster;
#[path = "../databases/mod.rs"]
mod databases;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/db_assertions.rs"]
mod db_assertions;
mod deployment;
#[allow(dead_code, reason = "tests/commands uses the rest")]
#[path = "../databases/documented_roles.rs"]
mod documented_roles;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/http_client.rs"]
mod http_client;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/phone.rs"]
mod phone;
#[path = "../databases/postgres_server.rs"]
mod postgres_server;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/server.rs"]
mod server;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/test_patients.rs"]
mod test_patients;

mod backup_restore;
mod clock_steps;
mod data_loss;
mod database_roles;
mod fail_over;
mod killed_changes;
mod killed_notices;
mod killing;
mod postgres_tls;
mod reopened_attempts;
mod rolling_upgrade;
mod two_processes;
mod unexpected_values;
mod unreliable_carrier;
mod withdrawals;
