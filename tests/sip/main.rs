//! Our own telephone line over real SIP: the real program with `carrier = "sip"`, and SIPp as its trunk. The other side
//! isn't our own code. Each scenario is a file in `scenarios`.
#![cfg(feature = "fault-injection")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, and plays people with a clock of their own"
)]

#[allow(dead_code, reason = "the line is tried on SQLite alone")]
#[path = "../databases/mod.rs"]
mod databases;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/db_assertions.rs"]
mod db_assertions;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/http_client.rs"]
mod http_client;
mod line;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/phone.rs"]
mod phone;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/server.rs"]
mod server;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/test_patients.rs"]
mod test_patients;

mod inbound;
mod killing;
mod outbound;
