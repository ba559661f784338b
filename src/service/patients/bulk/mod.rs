//! A change of many patients at once: a preview of its effect, the change in short transactions that another process
//! continues if this one ends, and its undoing. Each patient is changed as by hand, with the same checks.
//!
//! There is no bulk change that resumes stopped calls: somebody may have asked to be left alone.

mod apply;
mod preview;
mod show;
mod together;

pub use apply::{finish_bulk_changes, start_bulk, undo_bulk, work_on_bulk};
pub use preview::{BulkChange, BulkEffect, BulkOf, prepare_bulk};
pub use show::{BulkView, ShownBulk, show_bulk};
