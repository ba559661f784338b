//! The fake carrier from outside, as the real program: what its REST API answers, how calls live, and each thing that
//! it can do badly on order. The carrier's own Python library checks its signatures and reads its replies.
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
