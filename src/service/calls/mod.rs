//! Calls as they took place, and calls that staff start or settle by hand.

mod log;
mod manual;
mod show;
mod view;

pub use log::{CallHour, CallNumbers, LoggedCall, LoggedPerson, call_log, call_numbers};
pub use manual::{AskedFor, Resolution, Resolved, call_now, resolve_call};
pub(in crate::service) use manual::{hold_of, refusal, request, window_end};
pub(in crate::service) use show::spoken_in;
pub use show::{
    AttemptQuery, AttemptStage, CallQuery, ShownAnswer, ShownAttempt, ShownCall, ShownPerson, ShownReport, ShownTurn,
    list_attempts, list_calls, show_call,
};
pub use view::{AttemptSummary, CallSummary, Lookups, ShownLeg};
