//! How a call ended: the network's reason (the hang-up cause) and our result (the disposition). They are never
//! merged.

use serde::{Deserialize, Serialize};

use super::Channel;

/// Why a leg ended, by the names of ITU-T Q.850.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangupCause {
    /// 16: one side hung up.
    NormalClearing,
    /// 17: the called party is busy.
    UserBusy,
    /// 19: the phone rang and nobody answered.
    NoAnswer,
    /// 21: rejected.
    CallRejected,
    /// 28 or 1: the number can't be reached in this form.
    InvalidNumberFormat,
    /// 41: the network failed.
    TemporaryFailure,
    /// The cause is unknown: the sweeper closed the call.
    Unspecified,
}

impl HangupCause {
    /// All causes.
    pub const ALL: [Self; 7] = [
        Self::NormalClearing,
        Self::UserBusy,
        Self::NoAnswer,
        Self::CallRejected,
        Self::InvalidNumberFormat,
        Self::TemporaryFailure,
        Self::Unspecified,
    ];

    /// The code used in the database and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NormalClearing => "normal_clearing",
            Self::UserBusy => "user_busy",
            Self::NoAnswer => "no_answer",
            Self::CallRejected => "call_rejected",
            Self::InvalidNumberFormat => "invalid_number_format",
            Self::TemporaryFailure => "temporary_failure",
            Self::Unspecified => "unspecified",
        }
    }

    /// Reads [`HangupCause::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == word)
    }
}

/// Our own result of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// At least one person's report was finished and none was left unfinished.
    Reported,
    /// 未回答: a person was identified and the questionnaire wasn't finished.
    Unanswered,
    /// Nobody was identified.
    NotIdentified,
    /// The caller was told that their observation has ended.
    ObservationEnded,
    /// The maintenance announcement was played.
    Maintenance,
    /// The caller talked with staff, or asked them to call back, and no report was finished.
    HandedOver,
    /// The caller was transferred, and no member of staff answered before the call ended.
    StaffNotReached,
    /// The program failed: the caller was asked to call again.
    SystemFailure,
    /// We called, and voicemail or a fax machine answered.
    Voicemail,
    /// We called, and the person who answered can't talk now.
    NotNow,
    /// We called, and the person who answered isn't the patient.
    WrongNumber,
    /// We called, and the call was withdrawn: the person who had answered heard a goodbye.
    Withdrawn,
    /// We called, and there was no conversation. The leg's hang-up cause says why.
    NotAnswered,
    /// We called a member of staff, who took the red alerts.
    AlertsTaken,
    /// We called a member of staff, who passed the red alerts on to the next person.
    AlertsPassedOn,
    /// We called a member of staff, who decided nothing.
    AlertsNotTaken,
}

impl Disposition {
    /// All dispositions.
    pub const ALL: [Self; 16] = [
        Self::Reported,
        Self::Unanswered,
        Self::NotIdentified,
        Self::ObservationEnded,
        Self::Maintenance,
        Self::HandedOver,
        Self::StaffNotReached,
        Self::SystemFailure,
        Self::Voicemail,
        Self::NotNow,
        Self::WrongNumber,
        Self::Withdrawn,
        Self::NotAnswered,
        Self::AlertsTaken,
        Self::AlertsPassedOn,
        Self::AlertsNotTaken,
    ];

    /// The code used in the database and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Unanswered => "unanswered",
            Self::NotIdentified => "not_identified",
            Self::ObservationEnded => "observation_ended",
            Self::Maintenance => "maintenance",
            Self::HandedOver => "handed_over",
            Self::StaffNotReached => "staff_not_reached",
            Self::SystemFailure => "system_failure",
            Self::Voicemail => "voicemail",
            Self::NotNow => "not_now",
            Self::WrongNumber => "wrong_number",
            Self::Withdrawn => "withdrawn",
            Self::NotAnswered => "not_answered",
            Self::AlertsTaken => "alerts_taken",
            Self::AlertsPassedOn => "alerts_passed_on",
            Self::AlertsNotTaken => "alerts_not_taken",
        }
    }

    /// Reads [`Disposition::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|disposition| disposition.code() == word)
    }
}

/// The line of a call, inbound or outbound. Each has the flow document of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// 健康コール: the 24-hour line.
    HealthCall,
    /// 自動架電: we call the patient.
    AutomatedCall,
    /// The patient calls back the number of automated calls.
    CallBack,
    /// We call a member of staff about red alerts that nobody has taken.
    StaffAlert,
}

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The far end called us.
    Inbound,
    /// We called the far end.
    Outbound,
}

impl Direction {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }

    /// Reads [`Direction::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        [Self::Inbound, Self::Outbound].into_iter().find(|direction| direction.code() == word)
    }
}

/// A patient's role in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallRole {
    /// The call was placed to the patient.
    Called,
    /// The patient was identified in the call.
    Identified,
}

impl CallRole {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Called => "called",
            Self::Identified => "identified",
        }
    }

    /// Reads [`CallRole::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        [Self::Called, Self::Identified].into_iter().find(|role| role.code() == word)
    }
}

impl Line {
    /// All lines.
    pub const ALL: [Self; 4] = [Self::HealthCall, Self::AutomatedCall, Self::CallBack, Self::StaffAlert];

    /// The code used in the database and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HealthCall => "health_call",
            Self::AutomatedCall => "automated_call",
            Self::CallBack => "call_back",
            Self::StaffAlert => "staff_alert",
        }
    }

    /// The channel of reports given on this line. The patient who calls back is a caller like on the health-call line.
    /// `None` for calls to staff, in which nobody reports.
    pub const fn channel(self) -> Option<Channel> {
        match self {
            Self::AutomatedCall => Some(Channel::AutomatedCall),
            Self::HealthCall | Self::CallBack => Some(Channel::HealthCall),
            Self::StaffAlert => None,
        }
    }

    /// Reads [`Line::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|line| line.code() == word)
    }
}
