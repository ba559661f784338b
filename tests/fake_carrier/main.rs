//! The fake carrier from outside, as the real program: the replies of its REST API, the life of calls, and each fault
//! that can be requested. The carrier's own Python library checks its signatures and reads its replies.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod callbacks;
mod calls;
mod control;
mod document;
mod fake;
mod faults;
mod hook;
mod lists;
mod official;
#[path = "../official/prism.rs"]
mod prism;
mod rehearsal;
mod replies;
mod rest;
mod twiml;
mod webhooks;
