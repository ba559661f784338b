//! E-mail to staff, sent by SMTP to a real mail server on this machine, and what happens when there is none.
#![cfg(feature = "fault-injection")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and makes its own ids"
)]

#[path = "../databases/mod.rs"]
mod databases;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/db_assertions.rs"]
mod db_assertions;
mod mail_server;
#[allow(dead_code, reason = "tests/automated_calls uses the rest")]
#[path = "../automated_calls/simulated_day.rs"]
mod simulated_day;

mod bounces;
mod escalations;
mod messages;
mod notices;
mod paces;
mod second_server;
