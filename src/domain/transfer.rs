//! Transfers of patients from one health centre to another (D4).

/// The state of a transfer. All but the first are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferState {
    /// Offered. The offering health centre has the patient.
    Offered,
    /// Accepted. The receiving health centre has had the patient since.
    Accepted,
    /// The receiving health centre has declined.
    Declined,
    /// The offering health centre has withdrawn the offer.
    Withdrawn,
}

impl TransferState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Offered, Self::Accepted, Self::Declined, Self::Withdrawn];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads [`TransferState::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What a health centre decides about an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferDecision {
    /// The receiving health centre takes the patient.
    Accept,
    /// The receiving health centre doesn't take the patient.
    Decline,
    /// The offering health centre keeps the patient.
    Withdraw,
}

impl TransferDecision {
    /// All decisions.
    pub const ALL: [Self; 3] = [Self::Accept, Self::Decline, Self::Withdraw];

    /// The code in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Withdraw => "withdraw",
        }
    }

    /// Reads [`TransferDecision::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.code() == code)
    }
}

/// The side of a transfer on which a health centre is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferSide {
    /// It offers the patient.
    Offering,
    /// The patient is offered to it.
    Receiving,
}

/// Why a patient is offered to another health centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferReason {
    /// The patient has moved.
    Moved,
    /// The patient stays at a facility or with relatives.
    Facility,
    /// The patient was registered at the wrong health centre.
    Jurisdiction,
    /// Something else, which the note says.
    Other,
}

impl TransferReason {
    /// All reasons, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Moved, Self::Facility, Self::Jurisdiction, Self::Other];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Facility => "facility",
            Self::Jurisdiction => "jurisdiction",
            Self::Other => "other",
        }
    }

    /// Reads [`TransferReason::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back() {
        for state in TransferState::ALL {
            assert_eq!(TransferState::from_code(state.code()), Some(state));
        }
        for decision in TransferDecision::ALL {
            assert_eq!(TransferDecision::from_code(decision.code()), Some(decision));
        }
        for reason in TransferReason::ALL {
            assert_eq!(TransferReason::from_code(reason.code()), Some(reason));
        }
        assert_eq!((TransferState::from_code(""), TransferReason::from_code("x")), (None, None));
    }
}
