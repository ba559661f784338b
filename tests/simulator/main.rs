//! The simulated telephone network, with the real flow documents on our side: people answer, press keys, hang up, and
//! every call ends.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

#[path = "../flows/built_in.rs"]
#[allow(dead_code, reason = "nothing is edited here")]
mod built_in;
mod call_control;
mod callers;
mod driver;
mod habits;
mod network_faults;
mod random_seeds;
mod scripts;
