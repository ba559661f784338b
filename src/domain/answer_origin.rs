//! Where an answer comes from: a call, an account of the portal, or staff.

use super::{AccountId, CallId, ReportLinkId, StaffName};

/// Where an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerOrigin {
    /// It was keyed in during a call.
    Turn {
        /// The call.
        call: CallId,
        /// The turn of that call.
        turn: i64,
    },
    /// It was submitted by an account of the portal.
    Account(AccountId),
    /// It was submitted by a browser that a report link and the birth date had opened. Who has the link isn't known.
    Link(ReportLinkId),
    /// It was entered by staff. Holds the name recorded in the audit trail.
    Staff(StaffName),
    /// It wasn't recorded, as in made-up data.
    Unrecorded,
}

impl AnswerOrigin {
    /// The call in which it was given. `None` if it wasn't given by phone.
    pub const fn call(&self) -> Option<CallId> {
        match self {
            Self::Turn { call, .. } => Some(*call),
            Self::Account(_) | Self::Link(_) | Self::Staff(_) | Self::Unrecorded => None,
        }
    }

    /// The turn of that call.
    pub const fn turn(&self) -> Option<i64> {
        match self {
            Self::Turn { turn, .. } => Some(*turn),
            Self::Account(_) | Self::Link(_) | Self::Staff(_) | Self::Unrecorded => None,
        }
    }

    /// Who entered it, as stored: `account:ID`, `link:ID` or `staff:NAME`. `None` for a call.
    pub fn entered_by(&self) -> Option<String> {
        match self {
            Self::Account(account) => Some(format!("account:{account}")),
            Self::Link(link) => Some(format!("link:{link}")),
            Self::Staff(name) => Some(format!("staff:{}", name.as_str())),
            Self::Turn { .. } | Self::Unrecorded => None,
        }
    }

    /// Reads what is stored. `None` if it contradicts itself, or this program doesn't know it.
    pub fn read(call: Option<CallId>, turn: Option<i64>, entered_by: Option<&str>) -> Option<Self> {
        match (call, turn, entered_by.map(|text| text.split_once(':'))) {
            (Some(call), Some(turn), None) => Some(Self::Turn { call, turn }),
            (None, None, None) => Some(Self::Unrecorded),
            (None, None, Some(Some(("account", id)))) => id.parse().ok().map(Self::Account),
            (None, None, Some(Some(("link", id)))) => id.parse().ok().map(Self::Link),
            (None, None, Some(Some(("staff", name)))) => StaffName::parse(name).ok().map(Self::Staff),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_origin_is_read_as_it_was_stored_and_nothing_else_is_one() {
        let call = CallId(Uuid::from_u128(1));
        let staff = AnswerOrigin::Staff(StaffName::parse("保健師: A").unwrap());
        let account = AnswerOrigin::Account(AccountId(Uuid::from_u128(2)));
        let link = AnswerOrigin::Link(ReportLinkId(Uuid::from_u128(3)));
        for origin in [AnswerOrigin::Turn { call, turn: 3 }, account, link, staff, AnswerOrigin::Unrecorded] {
            let read = AnswerOrigin::read(origin.call(), origin.turn(), origin.entered_by().as_deref());
            assert_eq!(read, Some(origin));
        }
        assert_eq!(AnswerOrigin::read(Some(call), None, None), None);
        assert_eq!(AnswerOrigin::read(Some(call), Some(1), Some("staff:A")), None);
        for text in ["staff", "staff:", "account:A", "link:A", "robot:A", ""] {
            assert_eq!(AnswerOrigin::read(None, None, Some(text)), None, "{text}");
        }
    }
}
