//! Settling calls after the database has lost its last entries.

mod lost_reports;
mod reconcile;

pub use reconcile::{Reconciled, reconcile_calls};
