//! Kenko Call: automated follow-up calls of patients and a health-call line that answers 24 hours a day.
//!
//! The map of the code base. A layer imports only lower ones; `tests/house.rs` holds the rule.
//!
//! | layer | module | what it is for |
//! | --- | --- | --- |
//! | 0 | [`config`] | plain values, one file per section |
//! | 1 | [`domain`] | the domain types: ids, numbers, answers, reports |
//! | 2 | [`flow`] | the flow documents: parse, check, draw |
//! | 2 | [`patient_import`] | a patient list read and checked, and what it would change |
//! | 2 | [`policy`] | policy: severity, guessing limits, office hours |
//! | 3 | [`engine`] | one step of one conversation |
//! | 4 | [`flow_test`] | a flow walked without phone and store |
//! | 4 | [`store`] | the only SQL |
//! | 4 | [`carrier`] | Twilio-compatible carriers, and a simulated telephone network |
//! | 5 | [`service`] | one call for each thing that the outside can ask for |
//! | 6 | [`simulation`] | whole days with everything that can go wrong, checked |
//! | 6 | [`web`] | HTTP: parse, call one service function, render |
//! | 7 | [`commands`] | the command line |

// What comes from outside may not end a call, let alone the process: nothing here panics on a value. tests/house.rs
// watches over these lines and over what lifts them.
#![cfg_attr(not(test), deny(clippy::print_stderr, clippy::print_stdout))]
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_used
)]

pub mod carrier;
pub mod commands;
pub mod config;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod domain;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod engine;
pub mod flow;
pub mod flow_test;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod patient_import;
pub mod policy;
pub mod service;
pub mod simulation;
pub mod store;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod web;
