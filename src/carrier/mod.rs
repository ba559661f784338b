//! Carriers: the companies whose networks connect the calls. Their terms (`CallSid`, `no-answer`) are used only in
//! this module. Other modules see the types of [`crate::domain`].

mod ids;
pub mod network;
pub mod simulator;
pub mod speech;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod twilio;

pub use ids::{CarrierAccountId, CarrierIdError, CarrierLegId};
