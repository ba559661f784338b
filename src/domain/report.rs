//! Reports: one person's answers for one day from one channel.

use serde::{Deserialize, Serialize};

/// The channel of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 自動架電: we called.
    AutomatedCall,
    /// 健康コール: the patient called.
    HealthCall,
    /// My HER-SYS.
    Portal,
    /// A nurse took the answers.
    Staff,
}

impl Channel {
    /// All channels.
    pub const ALL: [Self; 4] = [Self::AutomatedCall, Self::HealthCall, Self::Portal, Self::Staff];

    /// The code used in the database and in exports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AutomatedCall => "automated_call",
            Self::HealthCall => "health_call",
            Self::Portal => "portal",
            Self::Staff => "staff",
        }
    }

    /// Whether a report that this channel began has `finisher` as its channel once that finished it. Of two calls by
    /// phone, the first one stays its channel.
    pub fn gives_way_to(self, finisher: Self) -> bool {
        self != finisher && !(self.is_by_phone() && finisher.is_by_phone())
    }

    /// Whether it is one of the two lines.
    pub const fn is_by_phone(self) -> bool {
        matches!(self, Self::AutomatedCall | Self::HealthCall)
    }

    /// Reads [`Channel::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == word)
    }
}

/// Whether the questionnaire was finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportOutcome {
    /// Every question was answered.
    Reported,
    /// 未回答: the call ended first. The answers given so far are kept.
    Unanswered,
    /// We called, and nobody said that they are the patient or answer for the patient: a wrong number, silence, no
    /// time. It is no report of the patient, and a later call may begin it.
    NotBegun,
}

impl ReportOutcome {
    /// The code used in the database and in exports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Unanswered => "unanswered",
            Self::NotBegun => "not_begun",
        }
    }

    /// Reads [`ReportOutcome::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        [Self::Reported, Self::Unanswered, Self::NotBegun].into_iter().find(|outcome| outcome.code() == word)
    }

    /// Returns `true` if a later call of the same day or slot goes on with the report.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Reported)
    }

    /// The outcome of two ends of one report, in two calls.
    #[must_use]
    pub const fn or_better(self, other: Self) -> Self {
        match (self, other) {
            (Self::Reported, _) | (_, Self::Reported) => Self::Reported,
            (Self::Unanswered, _) | (_, Self::Unanswered) => Self::Unanswered,
            (Self::NotBegun, Self::NotBegun) => Self::NotBegun,
        }
    }
}
