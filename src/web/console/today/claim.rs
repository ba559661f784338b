//! Who has taken a line, in words.

use jiff::ZonedDateTime;

use crate::service::ClaimView;
use crate::translations::{Message, message};
use crate::web::console::times;

/// Who has taken a line.
#[derive(Clone)]
pub(in crate::web::console) struct ClaimWords {
    /// The claim, from which somebody else may take the line over.
    pub(in crate::web::console) id: String,
    /// The name.
    pub(in crate::web::console) by: String,
    /// Since when.
    pub(in crate::web::console) at: String,
    /// Whether it is the reader.
    pub(in crate::web::console) is_own: bool,
    /// Whether a red alert has come since.
    pub(in crate::web::console) red_since: bool,
    /// Whether it was taken on the phone, and nobody has opened it yet.
    pub(in crate::web::console) is_unopened: bool,
}

impl ClaimWords {
    pub(in crate::web::console) fn of(claim: &ClaimView, now: &ZonedDateTime) -> Self {
        Self {
            id: claim.id.to_string(),
            by: claim.by.clone(),
            at: times::clock_time(claim.taken_at, now),
            is_own: claim.is_own,
            red_since: claim.red_since,
            is_unopened: claim.is_unopened,
        }
    }

    /// Who has it since when, as a sentence.
    pub(in crate::web::console) fn sentence(&self) -> Message {
        if self.is_own {
            message!("console-taken-by-you", at = &self.at)
        } else {
            message!("console-taken-by", at = &self.at, who = &self.by)
        }
    }

    /// The button with which somebody else takes the line over.
    pub(in crate::web::console) fn take_over(&self) -> Message {
        message!("console-take-over", who = &self.by)
    }

    /// Since when, after the name.
    pub(in crate::web::console) fn since(&self) -> Message {
        message!("console-since-time", at = &self.at)
    }
}
