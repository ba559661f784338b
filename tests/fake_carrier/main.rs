//! The fake carrier from outside, as the real program: the replies of its REST API, the life of calls, and each fault
//! that can be requested. The carrier's own Python library checks its signatures and reads its replies.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod call_list;
mod calls;
mod carrier_process;
mod official_library;
mod openapi;
#[path = "../official/prism.rs"]
mod prism;
mod process_lifecycle;
mod rehearsal;
mod rest;
mod rest_faults;
mod status_callbacks;
mod twiml;
mod webhook_delivery;
mod webhook_faults;
mod webhook_recorder;
