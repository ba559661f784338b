//! Carriers: the companies whose network the calls run over. Their words (`CallSid`, `no-answer`) stay below this
//! module; what leaves it is said in the nouns of [`crate::call`].

mod ids;
pub mod network;
pub mod simulator;
pub mod speech;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod twilio;

pub use ids::{CarrierAccountId, CarrierIdError, CarrierLegId};
