//! The simulated telephone network, with the real flow documents on our side: people answer, press keys, hang up, and
//! every call ends.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod callers;
mod habits;
mod network_faults;
mod orders;
mod phones;
mod scripts;
mod seeds;
#[path = "../flows/shipped.rs"]
#[allow(dead_code, reason = "nothing is edited here")]
mod shipped;
