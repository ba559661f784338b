//! Policy of follow-up: pure functions of what is known and what time it is.

mod guessing;
mod office_hours;
mod severity;

pub use guessing::{Failures, GuessingLimits, Lane, Standing};
pub use office_hours::{OfficeHours, OfficeHoursError, report_day};
pub use severity::{Thresholds, ThresholdsError, grade};
