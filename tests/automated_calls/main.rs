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

mod daily_limits;
#[path = "../databases/mod.rs"]
mod databases;
#[allow(dead_code, reason = "tests/health_call uses the rest")]
#[path = "../health_call/db_assertions.rs"]
mod db_assertions;
mod simulated_day;

mod call_now_and_resolve;
mod clock_and_downtime;
mod disclosure;
mod erasing;
mod given;
mod imports;
mod other_centres;
mod outbox;
mod reconciliation;
mod red_answers;
mod reopened_attempts;
mod reports_cancel_calls;
mod retention;
mod retries;
mod scheduled_calls;
mod several_carriers;
mod staff_calls;
mod staff_conversations;
mod staff_reports;
mod stop_requests;
mod storage_faults;
mod transfers;
mod unknown_outcomes;
mod withdrawals;
