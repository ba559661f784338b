//! What a line of Today is about, as the page groups and counts lines.

use crate::domain::AlertKind;
use crate::service::Reached;
use crate::translations::{Message, message};

/// What a line is about, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::web::console) enum Group {
    /// Red answers.
    Red,
    /// Amber answers.
    Amber,
    /// Nobody was reached in time.
    Unanswered,
    /// The call broke off in the middle of the questions, and nobody was reached again.
    PartlyAnswered,
    /// Calls of unknown outcome.
    UnknownCall,
    /// IDs that are locked as somebody guesses.
    Lock,
    /// Requests to stop automated calls.
    StopRequest,
    /// Requests to be called back.
    CallBack,
    /// Somebody who isn't the patient answered at the patient's number.
    WrongNumber,
    /// What concerns no patient.
    Other,
}

impl Group {
    /// All groups, in the order of the page.
    pub(in crate::web::console) const ALL: [Self; 10] = [
        Self::Red,
        Self::Amber,
        Self::Unanswered,
        Self::PartlyAnswered,
        Self::UnknownCall,
        Self::Lock,
        Self::StopRequest,
        Self::CallBack,
        Self::WrongNumber,
        Self::Other,
    ];

    /// Of an alert.
    pub(in crate::web::console) const fn of(kind: AlertKind, reached: Reached) -> Self {
        match kind {
            AlertKind::Unanswered if matches!(reached, Reached::Partly) => Self::PartlyAnswered,
            AlertKind::RedAnswer => Self::Red,
            AlertKind::AmberAnswer => Self::Amber,
            AlertKind::Unanswered | AlertKind::Missed => Self::Unanswered,
            AlertKind::UnknownCall => Self::UnknownCall,
            AlertKind::Guessing => Self::Lock,
            AlertKind::StopRequest | AlertKind::StopUnconfirmed | AlertKind::NoticeStop => Self::StopRequest,
            AlertKind::CallBack => Self::CallBack,
            AlertKind::WrongNumber => Self::WrongNumber,
            AlertKind::MassGuessing
            | AlertKind::CentrePhone
            | AlertKind::Dialling
            | AlertKind::DayLimit
            | AlertKind::Unspoken
            | AlertKind::Forged => Self::Other,
        }
    }

    /// Returns `true` if it asks staff for something that dealing with an answer doesn't settle.
    pub(in crate::web::console) const fn is_of_its_own(self) -> bool {
        matches!(self, Self::UnknownCall | Self::Lock | Self::StopRequest | Self::CallBack | Self::WrongNumber)
    }

    /// The code in the page's query and in its style.
    pub(in crate::web::console) const fn code(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Amber => "amber",
            Self::Unanswered => "unanswered",
            Self::PartlyAnswered => "partly-answered",
            Self::UnknownCall => "unknown-call",
            Self::Lock => "lock",
            Self::StopRequest => "stop-request",
            Self::CallBack => "call-back",
            Self::WrongNumber => "wrong-number",
            Self::Other => "other",
        }
    }

    /// Reads [`Group::code`].
    pub(in crate::web::console) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }

    /// Its name.
    pub(in crate::web::console) fn name(self) -> Message {
        match self {
            Self::Red => message!("console-red"),
            Self::Amber => message!("console-amber"),
            Self::Unanswered => message!("console-kind-unanswered"),
            Self::PartlyAnswered => message!("today-partly-answered"),
            Self::UnknownCall => message!("console-group-unknown-call"),
            Self::Lock => message!("console-group-lock"),
            Self::StopRequest => message!("today-group-stop-request"),
            Self::CallBack => message!("console-group-call-back"),
            Self::WrongNumber => message!("today-group-wrong-number"),
            Self::Other => message!("console-group-other"),
        }
    }

    /// The drawing of its badge, in a square of 16.
    pub(in crate::web::console) const fn drawing(self) -> &'static str {
        match self {
            Self::Red => "M5 .5h6L15.500 5v6L11 15.500H5L.5 11V5zM7 3.500v6h2v-6zM7 10.700v2h2v-2z",
            Self::Amber => "M8 1l7.500 14H.5zM7.200 5.500v5h1.600v-5zM7.200 11.500v1.700h1.600v-1.700z",
            Self::Unanswered => {
                "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 1.600a5.400 5.400 0 1 1 0 10.800A5.400 5.400 0 0 1 8 2.600z"
            }
            Self::PartlyAnswered => "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 1.600v10.800A5.400 5.400 0 0 0 8 2.600z",
            Self::UnknownCall => {
                "M5 5.500C5 3.500 6.300 2 8.200 2S11.400 3.300 11.400 5C11.400 7.500 8.900 7.600 8.900 10H7.200c0-3 2.400-3.200 2.400-5 0-.8-.6-1.400-1.400-1.400S6.700 4.300 6.700 5.500zM7.200 11.500h1.800v2H7.200z"
            }
            Self::Lock => "M4 7V5a4 4 0 0 1 8 0v2h1v8H3V7zm2 0h4V5a2 2 0 0 0-4 0z",
            Self::StopRequest => "M1.500 1.500h13v13h-13zM3 3v10h10V3zM5 5h6v6H5z",
            Self::CallBack => {
                "M4.200 1.500l2.300 3-1.200 1.800c.8 1.700 2.200 3.100 3.900 4l1.800-1.300 3 2.300c-.5 1.700-1.600 2.700-3 2.700C6 14 2 10 1.500 5 1.500 3.300 2.500 2.100 4.200 1.500z"
            }
            Self::WrongNumber => {
                "M4.200 1.500l2.300 3-1.200 1.800c.8 1.700 2.200 3.100 3.900 4l1.800-1.300 3 2.300c-.5 1.700-1.600 2.700-3 2.700C6 14 2 10 1.500 5 1.500 3.300 2.500 2.100 4.200 1.500zM10 1.200l1.800 1.800L13.600 1.200l1.200 1.200L13 4.200 14.800 6l-1.200 1.200L11.800 5.400 10 7.200 8.800 6l1.800-1.800L8.800 2.400z"
            }
            Self::Other => "M1 6.500h3v3H1zM6.500 6.500h3v3h-3zM12 6.500h3v3h-3z",
        }
    }
}

/// Whose lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web::console) enum Whose {
    /// Everybody's.
    All,
    /// Those with which nobody deals.
    Untaken,
    /// The reader's.
    Own,
    /// Those of others.
    Others,
}

impl Whose {
    /// All, in the order of the page.
    pub(in crate::web::console) const ALL: [Self; 4] = [Self::All, Self::Untaken, Self::Own, Self::Others];

    /// The code in the page's query.
    pub(in crate::web::console) const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Untaken => "untaken",
            Self::Own => "own",
            Self::Others => "others",
        }
    }

    /// Reads [`Whose::code`]. Anything else shows everybody's.
    pub(in crate::web::console) fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|whose| whose.code() == code).unwrap_or(Self::All)
    }

    /// Its name.
    pub(in crate::web::console) fn name(self) -> Message {
        match self {
            Self::All => message!("console-whose-all"),
            Self::Untaken => message!("console-whose-untaken"),
            Self::Own => message!("console-whose-own"),
            Self::Others => message!("console-whose-others"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alert_has_a_group_and_every_group_a_code() {
        for group in Group::ALL {
            assert_eq!(Group::from_code(group.code()), Some(group));
            let is_of =
                |kind| [Reached::No, Reached::Partly].into_iter().any(|reached| Group::of(kind, reached) == group);
            assert!(AlertKind::ALL.into_iter().any(is_of), "{group:?}");
        }
        for whose in Whose::ALL {
            assert_eq!(Whose::from_code(whose.code()), whose);
        }
        assert_eq!((Group::from_code("green"), Whose::from_code("x")), (None, Whose::All));
    }
}
