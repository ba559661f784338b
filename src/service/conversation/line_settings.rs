//! What the phone lines need besides the context.

use jiff::tz::TimeZone;

use crate::domain::{CentreCode, PhoneNumber};
use crate::policy::GuessingLimits;
use crate::service::context::FlowSetCache;

/// What the phone lines need besides the context: their documents, limits and numbers.
#[derive(Debug)]
pub struct LineSettings {
    /// The flow documents.
    pub flow_sets: FlowSetCache,
    /// The limits on guessing.
    pub guessing: GuessingLimits,
    /// The time zone in which the end of a maintenance is spoken.
    pub zone: TimeZone,
    /// The centre that takes callers who aren't identified. If none is configured, the only centre.
    pub fallback_centre: Option<CentreCode>,
    /// The number of the health call line, as it is spoken to patients.
    pub health_call_number: Option<PhoneNumber>,
    /// The number that automated calls come from.
    pub call_back_number: Option<PhoneNumber>,
}
