//! What the pages about transfers call reasons, states and what was just done.

use jiff::ZonedDateTime;

use crate::domain::{TransferReason, TransferSide, TransferState, Withdrawal};
use crate::service::{TransferCall, TransferView};
use crate::translations::{Message, message};
use crate::web::console::patients::withdrawal_name;
use crate::web::console::times;

/// Why a patient is offered.
pub(super) fn reason_name(reason: TransferReason) -> Message {
    match reason {
        TransferReason::Moved => message!("transfer-reason-moved"),
        TransferReason::Facility => message!("transfer-reason-facility"),
        TransferReason::Jurisdiction => message!("transfer-reason-jurisdiction"),
        TransferReason::Other => message!("transfer-reason-other"),
    }
}

/// How a transfer stands, for one side.
pub(super) fn state_name(state: TransferState, side: TransferSide) -> Message {
    match (state, side) {
        (TransferState::Offered, TransferSide::Receiving) => message!("transfer-state-waits-for-us"),
        (TransferState::Offered, TransferSide::Offering) => message!("transfer-state-waits-for-them"),
        (TransferState::Accepted, _) => message!("transfer-state-accepted"),
        (TransferState::Declined, _) => message!("transfer-state-declined"),
        (TransferState::Withdrawn, _) => message!("transfer-state-withdrawn"),
    }
}

/// The class of a state's badge.
pub(super) const fn state_look(state: TransferState) -> &'static str {
    match state {
        TransferState::Offered => "on",
        TransferState::Declined => "off",
        TransferState::Accepted | TransferState::Withdrawn => "over",
    }
}

/// Whether calls are placed, and why not.
pub(super) fn calls_state(not_called: Option<Withdrawal>) -> Message {
    match not_called {
        None => message!("transfer-calls-on"),
        Some(why) => message!("transfer-calls-off", why = withdrawal_name(why)),
    }
}

/// The other health centre of a transfer.
pub(super) fn other_centre(transfer: &TransferView) -> &str {
    match transfer.side {
        TransferSide::Receiving => &transfer.from_name,
        TransferSide::Offering => &transfer.to_name,
    }
}

/// What becomes of the calls that wait or are in progress.
pub(super) fn calls_go_on(calls: &[TransferCall], now: &ZonedDateTime) -> Vec<Message> {
    let mut said: Vec<Message> = calls
        .iter()
        .map(|call| {
            let at = times::clock_time(call.due_at, now);
            match call.is_in_progress {
                true => message!("transfer-call-in-progress", at = at),
                false => message!("transfer-call-waits", at = at),
            }
        })
        .collect();
    if said.is_empty() {
        said.push(message!("transfer-no-calls"));
    }
    said
}

/// What was just done, or was done before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The patient is offered.
    Offered,
    /// The offer is declined.
    Declined,
    /// The offer is withdrawn.
    Withdrawn,
    /// The decision was noticed.
    Noticed,
    /// The same was done before.
    Before,
    /// Something else was decided before.
    Otherwise,
}

impl Told {
    const ALL: [Self; 6] =
        [Self::Offered, Self::Declined, Self::Withdrawn, Self::Noticed, Self::Before, Self::Otherwise];

    /// The code in an address.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Noticed => "noticed",
            Self::Before => "before",
            Self::Otherwise => "otherwise",
        }
    }

    /// Reads [`Told::code`].
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.code() == code)
    }

    /// The banner's heading.
    pub(super) fn heading(self) -> Message {
        match self {
            Self::Offered => message!("transfer-told-offered"),
            Self::Declined => message!("transfer-told-declined"),
            Self::Withdrawn => message!("transfer-told-withdrawn"),
            Self::Noticed => message!("transfer-told-noticed"),
            Self::Before => message!("transfer-told-before"),
            Self::Otherwise => message!("transfer-told-otherwise"),
        }
    }

    /// The class of the banner.
    pub(super) const fn look(self) -> &'static str {
        match self {
            Self::Offered | Self::Declined | Self::Withdrawn | Self::Noticed => "ok",
            Self::Before => "info",
            Self::Otherwise => "warn",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_survives_the_address() {
        for told in Told::ALL {
            assert_eq!(Told::from_code(told.code()), Some(told));
        }
        assert_eq!(Told::from_code("accepted"), None);
    }
}
