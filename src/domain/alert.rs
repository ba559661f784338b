//! What staff must know of at once.

use serde::{Deserialize, Serialize};

use super::Severity;

/// Why an alert is on a centre's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A red answer.
    RedAnswer,
    /// The caller asks to be called back.
    CallBack,
    /// The patient asks that automated calls stop.
    StopRequest,
    /// Someone who didn't say who they are asks that automated calls stop. Calls go on until the centre decides.
    StopUnconfirmed,
    /// Someone guesses at an ID, or at several.
    Guessing,
    /// So many callers fail to identify themselves that unregistered or hidden numbers are slowed.
    MassGuessing,
    /// A health centre's own number can't be called for callers who want a person: its kind costs more than an ordinary
    /// call, or rings nobody.
    CentrePhone,
    /// 未回答: the attempts of a slot are used up.
    Unanswered,
    /// A slot went by without any call.
    Missed,
    /// The person who answers the registered number isn't the patient, or there is no such number.
    WrongNumber,
    /// Whether a call was placed isn't known; a person decides.
    UnknownCall,
    /// No call can be placed: the carrier refuses our account, or the dialer is paused.
    Dialling,
    /// The day's limit of calls, or of what they cost, is reached.
    DayLimit,
    /// The carrier couldn't say what it was told to: a voice is missing, or it takes no part of a document.
    Unspoken,
    /// Someone posts in the carrier's name without its signature, or ours is set wrong.
    Forged,
}

impl AlertKind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::RedAnswer,
        Self::CallBack,
        Self::StopRequest,
        Self::StopUnconfirmed,
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

    /// The word used in the database and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RedAnswer => "red_answer",
            Self::CallBack => "call_back",
            Self::StopRequest => "stop_request",
            Self::StopUnconfirmed => "stop_unconfirmed",
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

    /// How soon someone should look. Answers alone are red: nothing else may hide them.
    pub const fn severity(self) -> Severity {
        match self {
            Self::RedAnswer => Severity::Red,
            Self::CallBack
            | Self::StopRequest
            | Self::StopUnconfirmed
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

    /// Whether it tells of an attack and not of the patient whose ID is tried.
    pub const fn is_about_an_attack(self) -> bool {
        matches!(self, Self::Guessing | Self::MassGuessing | Self::Forged)
    }

    /// Reads [`AlertKind::word`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == word)
    }
}
