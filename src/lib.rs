//! Kenko Call: automated follow-up calls of patients and a health-call line that answers 24 hours a day.
//!
//! The layers of the code base. A layer imports only lower ones. `tests/house.rs` enforces this.
//!
//! | layer | module | what it is for |
//! | --- | --- | --- |
//! | 1 | [`domain`] | the domain types: ids, numbers, answers, reports |
//! | 2 | [`flow`] | the flow documents: parse, check, draw |
//! | 2 | [`patient_import`] | reads and checks a patient list, and computes its changes |
//! | 2 | [`policy`] | policy: severity, guessing limits, office hours |
//! | 2 | [`translations`] | sentences for people, in each language |
//! | 3 | [`config`] | the settings as plain values, one file per section |
//! | 3 | [`engine`] | one step of one conversation |
//! | 4 | [`flow_test`] | runs flows without a carrier or a database |
//! | 4 | [`store`] | the only SQL |
//! | 4 | [`carrier`] | Twilio-compatible carriers, and a simulated telephone network |
//! | 5 | [`service`] | the application services: one function per use case |
//! | 6 | [`web`] | HTTP: parse, call one service function, render |
//! | 7 | `app` | the program put together: settings, services, phone network, background tasks, ports, shutdown |
//! | 8 | [`commands`] | the command line |
//! | 9 | `lab` | simulated days, a fake carrier, measurements, the demonstration; only with the feature `lab` |

// Input from outside must not end a call or the process, so nothing here panics on a value.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::print_stderr, clippy::print_stdout))]
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

mod app;
pub mod carrier;
#[allow(clippy::arithmetic_side_effects, reason = "counts and times for people")]
pub mod commands;
pub mod config;
pub mod domain;
pub mod engine;
pub mod flow;
pub mod flow_test;
#[cfg(feature = "lab")]
#[allow(clippy::arithmetic_side_effects, reason = "simulated and measured values, none of them from outside")]
pub mod lab;
pub mod mail;
pub mod patient_import;
#[allow(clippy::arithmetic_side_effects, reason = "times and counts whose bounds were checked when they were read")]
pub mod policy;
pub mod render;
#[allow(clippy::arithmetic_side_effects, reason = "times and counts of our own, except in `conversation`")]
pub mod service;
#[allow(clippy::arithmetic_side_effects, reason = "counts of rows and columns")]
pub mod store;
pub mod translations;
pub mod web;
