//! Alerts: what staff must know immediately.

use serde::{Deserialize, Serialize};

use super::Severity;

/// Why an alert is on a centre's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A red answer.
    RedAnswer,
    /// An amber answer.
    AmberAnswer,
    /// The caller asks for a call back.
    CallBack,
    /// The patient asks to stop automated calls.
    StopRequest,
    /// A caller who wasn't identified asks to stop automated calls. Calls continue until the health centre decides.
    StopUnconfirmed,
    /// The patient asks to stop notices. They rest until the health centre decides; calls go on.
    NoticeStop,
    /// Someone guesses one ID or several.
    Guessing,
    /// So many callers fail to identify themselves that calls from unregistered or hidden numbers are slowed down.
    MassGuessing,
    /// A health centre's own number can't be called for callers who want a person: its kind costs more than an
    /// ordinary call, or no phone rings.
    CentrePhone,
    /// 未回答: all attempts of a slot were made.
    Unanswered,
    /// A slot passed without any call.
    Missed,
    /// The person who answers the registered number isn't the patient, or the number doesn't exist.
    WrongNumber,
    /// It is unknown whether a call was placed. A person decides.
    UnknownCall,
    /// No call can be placed: the carrier refuses our account, or automated calls are paused.
    Dialling,
    /// The daily limit of calls, or of their cost, is reached.
    DayLimit,
    /// The carrier couldn't say a reply: a voice is missing, or it doesn't accept part of a document.
    Unspoken,
    /// Someone posts in the carrier's name without its signature, or our auth token is wrong.
    Forged,
}

impl AlertKind {
    /// All kinds.
    pub const ALL: [Self; 17] = [
        Self::RedAnswer,
        Self::AmberAnswer,
        Self::CallBack,
        Self::StopRequest,
        Self::StopUnconfirmed,
        Self::NoticeStop,
        Self::Guessing,
        Self::MassGuessing,
        Self::CentrePhone,
        Self::Unanswered,
        Self::Missed,
        Self::WrongNumber,
        Self::UnknownCall,
        Self::Dialling,
        Self::DayLimit,
        Self::Unspoken,
        Self::Forged,
    ];

    /// The code used in the database and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RedAnswer => "red_answer",
            Self::AmberAnswer => "amber_answer",
            Self::CallBack => "call_back",
            Self::StopRequest => "stop_request",
            Self::StopUnconfirmed => "stop_unconfirmed",
            Self::NoticeStop => "notice_stop",
            Self::Guessing => "guessing",
            Self::MassGuessing => "mass_guessing",
            Self::CentrePhone => "centre_phone",
            Self::Unanswered => "unanswered",
            Self::Missed => "missed",
            Self::WrongNumber => "wrong_number",
            Self::UnknownCall => "unknown_call",
            Self::Dialling => "dialling",
            Self::DayLimit => "day_limit",
            Self::Unspoken => "unspoken",
            Self::Forged => "forged",
        }
    }

    /// How soon staff should look. Only answers are red, so that no other alert hides them.
    pub const fn severity(self) -> Severity {
        match self {
            Self::RedAnswer => Severity::Red,
            Self::AmberAnswer
            | Self::CallBack
            | Self::StopRequest
            | Self::StopUnconfirmed
            | Self::NoticeStop
            | Self::MassGuessing
            | Self::CentrePhone
            | Self::Unanswered
            | Self::Missed
            | Self::WrongNumber
            | Self::UnknownCall
            | Self::Dialling
            | Self::DayLimit => Severity::Amber,
            Self::Guessing | Self::Unspoken | Self::Forged => Severity::Note,
        }
    }

    /// Returns `true` if the alert concerns an attack rather than the patient whose ID is tried.
    pub const fn is_about_an_attack(self) -> bool {
        matches!(self, Self::Guessing | Self::MassGuessing | Self::Forged)
    }

    /// Reads [`AlertKind::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == word)
    }
}
