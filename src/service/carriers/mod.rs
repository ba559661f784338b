//! The carriers that this program places calls with, and the legs that they report.

mod client;
mod leg_book;
#[cfg(feature = "lab")]
mod simulated;

pub use client::CarrierClient;
pub use leg_book::{LegBook, Speaks};
#[cfg(feature = "lab")]
pub use simulated::{NetworkObserver, SimulatedCarrier};
