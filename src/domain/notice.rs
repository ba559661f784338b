//! Notices to patients: the daily one and the invitation to the portal (M13, M14).

use super::codes::codes;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// Today's health can be reported.
    Daily,
    /// The portal's address and the HER-SYS ID.
    Invitation,
}

/// How a notice goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeChannel {
    /// To the registered number.
    Sms,
    /// To the address of the account that has the person.
    Email,
}

/// How far a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeState {
    /// It isn't due, or the pace doesn't allow it yet.
    Waiting,
    /// The intent is stored, and it is being handed over.
    Intended,
    /// The carrier or the mail server has taken it.
    Sent,
    /// The phone has it.
    Delivered,
    /// It was taken, and then couldn't be delivered.
    Bounced,
    /// It was refused.
    Refused,
    /// It is unknown whether it was taken. It isn't sent again.
    Unknown,
    /// It isn't sent, for a reason.
    NotSent,
}

/// Why a notice isn't sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoNotice {
    /// The observation has ended.
    Released,
    /// The observation hasn't begun.
    NotBegun,
    /// Staff have stopped the calls.
    Stopped,
    /// The patient has asked that calls stop, and the health centre hasn't decided.
    StopRequested,
    /// The patient has asked that notices stop, and the health centre hasn't declined.
    NoticesStopped,
    /// The health centre sends none.
    Off,
    /// There is no number and no address that takes messages.
    NoAddress,
    /// Its hours were over.
    Late,
}

/// How far a request is that notices stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeStop {
    /// Notices rest until the health centre decides.
    Requested,
    /// They have stopped.
    Stopped,
    /// The health centre has declined, and they go on.
    Declined,
}

/// Where a patient asked that notices stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopAskedIn {
    /// The portal.
    Portal,
    /// An SMS with a word such as 停止 or STOP.
    Sms,
    /// The mail program's way to unsubscribe.
    Email,
}

codes! {
    NoticeKind { Daily => "daily", Invitation => "invitation" }
    NoticeChannel { Sms => "sms", Email => "email" }
    NoticeState {
        Waiting => "waiting",
        Intended => "intended",
        Sent => "sent",
        Delivered => "delivered",
        Bounced => "bounced",
        Refused => "refused",
        Unknown => "unknown",
        NotSent => "not_sent",
    }
    NoNotice {
        Released => "released",
        NotBegun => "not_begun",
        Stopped => "stopped",
        StopRequested => "stop_requested",
        NoticesStopped => "notices_stopped",
        Off => "off",
        NoAddress => "no_address",
        Late => "late",
    }
    NoticeStop { Requested => "requested", Stopped => "stopped", Declined => "declined" }
    StopAskedIn { Portal => "portal", Sms => "sms", Email => "email" }
}

impl NoticeState {
    /// Whether a carrier's later word about the delivery may change it. A delivered message stays delivered, whatever
    /// order the reports come in.
    pub const fn may_become(self, next: Self) -> bool {
        match next {
            Self::Sent => matches!(self, Self::Intended | Self::Unknown),
            Self::Delivered => matches!(self, Self::Intended | Self::Unknown | Self::Sent | Self::Bounced),
            Self::Bounced => matches!(self, Self::Intended | Self::Unknown | Self::Sent),
            Self::Refused | Self::Unknown => matches!(self, Self::Intended),
            Self::Waiting | Self::Intended | Self::NotSent => false,
        }
    }
}

impl NoticeStop {
    /// Whether notices go out.
    pub const fn lets_notices_out(self) -> bool {
        matches!(self, Self::Declined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_read_as_it_is_stored() {
        assert!(NoticeKind::ALL.iter().all(|kind| NoticeKind::from_code(kind.code()) == Some(*kind)));
        assert!(NoticeChannel::ALL.iter().all(|channel| NoticeChannel::from_code(channel.code()) == Some(*channel)));
        assert!(NoticeState::ALL.iter().all(|state| NoticeState::from_code(state.code()) == Some(*state)));
        assert!(NoNotice::ALL.iter().all(|why| NoNotice::from_code(why.code()) == Some(*why)));
        assert!(NoticeStop::ALL.iter().all(|stop| NoticeStop::from_code(stop.code()) == Some(*stop)));
        assert!(StopAskedIn::ALL.iter().all(|place| StopAskedIn::from_code(place.code()) == Some(*place)));
        assert_eq!(NoticeState::from_code("lost"), None);
    }

    #[test]
    fn nothing_is_handed_over_twice_and_delivered_is_final() {
        for state in NoticeState::ALL {
            assert!(!state.may_become(NoticeState::Waiting) && !state.may_become(NoticeState::Intended));
            assert!(!NoticeState::Delivered.may_become(*state));
            assert!(!NoticeState::NotSent.may_become(*state));
        }
    }
}
