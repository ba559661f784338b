//! The legs that carriers report, and the simulated phone network as a carrier.

mod leg_book;
mod line_health;
#[cfg(feature = "lab")]
mod simulated;
#[cfg(feature = "lab")]
mod simulated_gateway;
mod sip_gateway;

pub use leg_book::{LegBook, LegOwner};
pub use line_health::{LineHealth, watch_line};
#[cfg(feature = "lab")]
pub use simulated::{NetworkObserver, SimulatedCarrier};
#[cfg(feature = "lab")]
pub use simulated_gateway::{Processed, run_simulated_gateway, run_until};
pub use sip_gateway::run_sip_gateway;
