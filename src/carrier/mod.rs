//! Carriers: the companies whose networks connect the calls. Their terms (`CallSid`, `no-answer`) are used only in
//! this module. Other modules see the types of [`crate::domain`].

pub mod clip;
pub mod gather;
mod ids;
pub mod network;
mod registry;
#[cfg(feature = "lab")]
#[allow(clippy::arithmetic_side_effects, reason = "simulated people and times, none of them from outside")]
pub mod simulator;
pub mod sip;
pub mod speech;
pub mod twilio;
pub mod voices;
pub mod wav;

pub use ids::{CarrierAccountId, CarrierIdError, CarrierLegId};
pub use network::{Carrier, Pending, Reach};
pub use registry::{Carriers, NameTaken};
