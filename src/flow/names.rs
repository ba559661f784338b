//! The names in flow documents that the program itself relies on: flows, and results that have a meaning of their own.

use crate::domain::Line;

/// The flow of the line that patients call.
pub const HEALTH_CALL: &str = Line::HealthCall.code();
/// The flow of an automated call.
pub const AUTOMATED_CALL: &str = Line::AutomatedCall.code();
/// The flow of a patient who calls back after an automated call.
pub const CALL_BACK: &str = Line::CallBack.code();
/// The flow of a call to staff about red alerts.
pub const STAFF_ALERT: &str = Line::StaffAlert.code();
/// The flow of a line that is closed.
pub const MAINTENANCE: &str = "maintenance";
/// The flow of a call that was withdrawn before or after it was answered.
pub const WITHDRAWN: &str = "withdrawn";
/// The flow with the day's health questions. It is also shown as a form.
pub const QUESTIONNAIRE: &str = "questionnaire";
/// The folder of the keys and prompts that all flows share. It isn't a flow.
pub const SHARED: &str = "shared";

/// The result of a flow that was finished.
pub const DONE: &str = "done";
/// The result of a flow in which a question got no answer.
pub const GAVE_UP: &str = "gave_up";
/// The result with which a flow opened by a key ends the call. After any other result its question is asked again.
pub const HANG_UP: &str = "hang_up";

/// The kinds of nodes.
pub const NODE_KINDS: [&str; 10] =
    ["announce", "menu", "gather", "confirm", "branch", "record", "identify", "sub_flow", "hand_over", "end"];
