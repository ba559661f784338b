//! Reports for other systems.

mod error;
mod export;

pub use error::ReportError;
pub use export::Export;
