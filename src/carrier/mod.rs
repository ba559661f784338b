//! Carriers: the companies whose network the calls run over. Their words (`CallSid`, `no-answer`) stay below this
//! module; what leaves it is said in the nouns of [`crate::call`].

mod ids;
pub mod network;
pub mod simulator;
pub mod speech;
pub mod twilio;

pub use ids::{CarrierAccountId, CarrierIdError, CarrierLegId};
