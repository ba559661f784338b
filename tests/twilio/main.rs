//! The carrier's protocol from outside: signatures, forms, TwiML and the REST API, against fixed vectors, hostile
//! input and the carrier's own libraries.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod form;
mod official_libraries;
#[path = "../official/prism.rs"]
mod prism;
mod rest;
mod signature;
mod twiml;
mod urls;
