//! The carriers that this program places calls with, and the legs that they report.

mod client;
mod leg_book;

pub use client::{CarrierClient, NetworkObserver, SimulatedCarrier};
pub use leg_book::{LegBook, Speaks};
