//! The console over HTTP: accounts and log-ins, who may see what, forms from elsewhere, and the pages.
#![cfg(feature = "fault-injection")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and makes its own rows"
)]

#[path = "../databases/mod.rs"]
mod databases;
#[allow(dead_code, clippy::disallowed_methods, reason = "tests/health_call uses the rest")]
#[path = "../health_call/db_assertions.rs"]
mod db_assertions;
#[allow(dead_code, reason = "tests/automated_calls uses the rest")]
#[path = "../automated_calls/simulated_day.rs"]
mod simulated_day;

mod access;
mod bad_input;
mod call_now;
mod calls;
mod certificates;
mod closing;
mod colleagues;
mod corrections;
mod forms;
mod gate;
mod handovers;
mod header;
mod help_pages;
mod house;
mod import_columns;
mod import_previews;
mod invitations;
mod kept_answers;
mod live;
mod log_in;
mod notice_stops;
mod notices;
mod other_sites;
mod own_routes;
mod pages;
mod passkeys;
mod patient_bulk;
mod patient_changes;
mod patient_exports;
mod patient_imports;
mod patient_list;
mod patient_pages;
mod portal_accounts;
mod portal_codes;
mod portal_history;
mod portal_languages;
mod portal_owner;
mod portal_passkeys;
mod portal_people;
mod portal_reports;
mod portal_site;
mod portal_survey;
mod portal_tokens;
mod portal_unlocking;
mod portal_waiting;
mod rota;
mod rounds;
mod saved_filters;
mod sessions;
mod settings;
mod site;
mod staff_called;
mod stop_requests;
mod taking;
mod throttling;
mod trail_words;
mod transfers;
mod typed;
mod unlocking;
