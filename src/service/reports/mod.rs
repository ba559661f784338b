//! Reports: recording them, and exporting them for other systems.

mod export;
mod recorder;
mod versions;

pub use export::Export;
pub(in crate::service) use recorder::{NewReport, Recorder, ReportCheck};
pub use versions::{ReportStanding, ReportVersion};
