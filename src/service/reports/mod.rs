//! Reports for other systems.

mod export;

pub use export::Export;
