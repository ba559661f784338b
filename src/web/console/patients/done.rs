//! What was just done about a person, for the banner of the next page. Addresses have its code, which tells nothing
//! about the person.

use super::notices;
use super::words;
use crate::service::{Column, WhyNoInvitation, WhyNoLink};
use crate::translations::{Argument, Message, Separator, message};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Done {
    /// These fields were changed.
    Changed(Vec<Column>),
    /// Nothing: the record was like that already, perhaps by the same form sent before.
    Same,
    /// Calls were stopped.
    Stopped,
    /// Observation has ended.
    Released,
    /// Calls are placed again.
    Resumed,
    /// The person was registered.
    Registered,
    /// The answers were entered.
    Reported,
    /// They had been entered: the form was sent twice.
    ReportedBefore,
    /// What was said so far was entered.
    SoFar,
    /// It was, and staff didn't reach the person.
    NotReachedSoFar,
    /// It was, and staff call again.
    CallLaterSoFar,
    /// It was noted that staff didn't reach the person.
    NotReached,
    /// It was noted when staff call again.
    CallLater,
    /// An answer was corrected.
    Corrected,
    /// The diagnosis was written.
    DiagnosisWritten,
    /// A note was added.
    Noted,
    /// It was there: the form was sent twice.
    NotedBefore,
    /// Another note of the same form was there. Both are kept.
    NotedBeside,
    /// A note that was typed before the last log-in is back.
    NoteRestored,
    /// The person was taken over from another health centre.
    Transferred,
    /// A report link goes out.
    LinkSent,
    /// It went out before: the form was sent twice.
    LinkSentBefore,
    /// No report link goes out.
    LinkNotSent(WhyNoLink),
    /// The invitation goes out.
    Invited,
    /// It went out before: the form was sent twice, or one waits.
    InvitedBefore,
    /// No invitation goes out.
    NotInvited(WhyNoInvitation),
    /// Notices go on that had stopped.
    NoticesGoOn,
    /// A number or an address is used for notices again.
    AddressConfirmed,
    /// A call was requested.
    CallRequested,
    /// It was requested, and nothing is dialled now.
    CallWaits,
    /// It had been requested, or another call is under way.
    CallRequestedBefore,
}

impl Done {
    /// The code in an address.
    pub(super) fn code(&self) -> String {
        match self {
            Self::Changed(columns) => {
                let columns: Vec<&str> = columns.iter().map(|column| column.code()).collect();
                format!("changed-{}", columns.join("-"))
            }
            Self::Same => "same".to_owned(),
            Self::CallRequested => "call-requested".to_owned(),
            Self::CallWaits => "call-waits".to_owned(),
            Self::CallRequestedBefore => "call-requested-before".to_owned(),
            Self::Stopped => "stopped".to_owned(),
            Self::Released => "released".to_owned(),
            Self::Resumed => "resumed".to_owned(),
            Self::Registered => "registered".to_owned(),
            Self::Reported => "reported".to_owned(),
            Self::ReportedBefore => "reported-before".to_owned(),
            Self::SoFar => "so-far".to_owned(),
            Self::NotReachedSoFar => "not-reached-so-far".to_owned(),
            Self::CallLaterSoFar => "call-later-so-far".to_owned(),
            Self::NotReached => "not-reached".to_owned(),
            Self::CallLater => "call-later".to_owned(),
            Self::Corrected => "corrected".to_owned(),
            Self::DiagnosisWritten => "diagnosis".to_owned(),
            Self::Noted => "noted".to_owned(),
            Self::NotedBefore => "noted-before".to_owned(),
            Self::NotedBeside => "noted-beside".to_owned(),
            Self::NoteRestored => "note-restored".to_owned(),
            Self::Transferred => "transferred".to_owned(),
            Self::LinkSent => "link-sent".to_owned(),
            Self::LinkSentBefore => "link-sent-before".to_owned(),
            Self::LinkNotSent(why) => code_of(*why).to_owned(),
            Self::NoticesGoOn => "notices-go-on".to_owned(),
            Self::AddressConfirmed => "address-confirmed".to_owned(),
            Self::Invited => "invited".to_owned(),
            Self::InvitedBefore => "invited-before".to_owned(),
            Self::NotInvited(why) => notices::code_of(*why).to_owned(),
        }
    }

    /// Reads [`Done::code`].
    pub(super) fn read(code: &str) -> Option<Self> {
        match code {
            "same" => Some(Self::Same),
            "call-requested" => Some(Self::CallRequested),
            "call-waits" => Some(Self::CallWaits),
            "call-requested-before" => Some(Self::CallRequestedBefore),
            "stopped" => Some(Self::Stopped),
            "released" => Some(Self::Released),
            "resumed" => Some(Self::Resumed),
            "registered" => Some(Self::Registered),
            "reported" => Some(Self::Reported),
            "reported-before" => Some(Self::ReportedBefore),
            "so-far" => Some(Self::SoFar),
            "not-reached-so-far" => Some(Self::NotReachedSoFar),
            "call-later-so-far" => Some(Self::CallLaterSoFar),
            "not-reached" => Some(Self::NotReached),
            "call-later" => Some(Self::CallLater),
            "corrected" => Some(Self::Corrected),
            "diagnosis" => Some(Self::DiagnosisWritten),
            "noted" => Some(Self::Noted),
            "noted-before" => Some(Self::NotedBefore),
            "noted-beside" => Some(Self::NotedBeside),
            "note-restored" => Some(Self::NoteRestored),
            "link-sent" => Some(Self::LinkSent),
            "link-sent-before" => Some(Self::LinkSentBefore),
            "link-off" => Some(Self::LinkNotSent(WhyNoLink::Off)),
            "link-no-number" => Some(Self::LinkNotSent(WhyNoLink::NoNumber)),
            "link-not-observed" => Some(Self::LinkNotSent(WhyNoLink::NotObserved)),
            "link-left-alone" => Some(Self::LinkNotSent(WhyNoLink::LeftAlone)),
            "link-too-many" => Some(Self::LinkNotSent(WhyNoLink::TooMany)),
            "notices-go-on" => Some(Self::NoticesGoOn),
            "address-confirmed" => Some(Self::AddressConfirmed),
            "invited" => Some(Self::Invited),
            "invited-before" => Some(Self::InvitedBefore),
            "transferred" => Some(Self::Transferred),
            _ if notices::reason_of(code).is_some() => notices::reason_of(code).map(Self::NotInvited),
            _ => {
                let columns = code.strip_prefix("changed-")?.split('-').map(Column::read);
                columns.collect::<Option<Vec<_>>>().map(Self::Changed)
            }
        }
    }

    /// The banner's heading.
    pub(super) fn heading(&self) -> Message {
        match self {
            Self::Changed(columns) => {
                let names = columns.iter().map(|column| words::column_name(*column)).collect();
                message!("patient-done-changed", fields = Argument::Joined(Separator::Words, names))
            }
            Self::Same => message!("patient-done-same"),
            Self::CallRequested => message!("call-now-done"),
            Self::CallWaits => message!("call-now-done-waits"),
            Self::CallRequestedBefore => message!("call-now-done-before"),
            Self::Stopped => message!("patient-done-stopped"),
            Self::Released => message!("patient-done-released"),
            Self::Resumed => message!("patient-done-resumed"),
            Self::Registered => message!("patient-done-registered"),
            Self::Reported => message!("round-told-saved"),
            Self::ReportedBefore => message!("round-told-saved-before"),
            Self::SoFar => message!("answers-told-so-far"),
            Self::NotReachedSoFar => message!("answers-told-not-reached"),
            Self::CallLaterSoFar => message!("answers-told-later"),
            Self::NotReached => message!("round-told-not-reached"),
            Self::CallLater => message!("round-told-later"),
            Self::Corrected => message!("correct-done"),
            Self::DiagnosisWritten => message!("diagnosis-done"),
            Self::Noted => message!("console-told-noted"),
            Self::NotedBefore => message!("console-told-noted-before"),
            Self::NotedBeside => message!("typed-noted-beside"),
            Self::NoteRestored => message!("note-restored"),
            Self::Transferred => message!("transfer-done"),
            Self::LinkSent => message!("report-link-done"),
            Self::LinkSentBefore => message!("report-link-done-before"),
            Self::LinkNotSent(why) => why_not(*why),
            Self::NoticesGoOn => message!("notice-gone-on"),
            Self::AddressConfirmed => message!("notice-address-confirmed"),
            Self::Invited => message!("notice-invited"),
            Self::InvitedBefore => message!("notice-invited-before"),
            Self::NotInvited(why) => notices::why_not(*why),
        }
    }

    /// Whether it is a note that was typed before the last log-in.
    pub(super) const fn is_draft(&self) -> bool {
        matches!(self, Self::NoteRestored)
    }

    /// Whether something was changed.
    pub(super) const fn is_new(&self) -> bool {
        !matches!(
            self,
            Self::Same
                | Self::CallRequestedBefore
                | Self::ReportedBefore
                | Self::NotedBefore
                | Self::NoteRestored
                | Self::LinkSentBefore
                | Self::LinkNotSent(_)
                | Self::InvitedBefore
                | Self::NotInvited(_)
        )
    }
}

/// Why no link was sent.
fn why_not(why: WhyNoLink) -> Message {
    match why {
        WhyNoLink::Off => message!("report-link-not-off"),
        WhyNoLink::NoNumber => message!("report-link-not-number"),
        WhyNoLink::NotObserved => message!("report-link-not-observed"),
        WhyNoLink::LeftAlone => message!("report-link-not-left-alone"),
        WhyNoLink::TooMany => message!("report-link-not-many"),
    }
}

/// The code of a reason in an address.
const fn code_of(why: WhyNoLink) -> &'static str {
    match why {
        WhyNoLink::Off => "link-off",
        WhyNoLink::NoNumber => "link-no-number",
        WhyNoLink::NotObserved => "link-not-observed",
        WhyNoLink::LeftAlone => "link-left-alone",
        WhyNoLink::TooMany => "link-too-many",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_survives_the_address_and_nothing_else_is_read() {
        for done in [
            Done::Changed(vec![Column::PhoneNumber, Column::CallTimes]),
            Done::Same,
            Done::CallRequested,
            Done::CallWaits,
            Done::CallRequestedBefore,
            Done::Stopped,
            Done::Released,
            Done::Resumed,
            Done::Registered,
            Done::Reported,
            Done::ReportedBefore,
            Done::SoFar,
            Done::NotReachedSoFar,
            Done::CallLaterSoFar,
            Done::NotReached,
            Done::CallLater,
            Done::Corrected,
            Done::DiagnosisWritten,
            Done::Noted,
            Done::NotedBefore,
            Done::NotedBeside,
            Done::NoteRestored,
            Done::Transferred,
            Done::Invited,
            Done::InvitedBefore,
            Done::NotInvited(WhyNoInvitation::TooMany),
            Done::NotInvited(WhyNoInvitation::LeftAlone),
            Done::LinkSent,
            Done::LinkSentBefore,
            Done::LinkNotSent(WhyNoLink::Off),
            Done::LinkNotSent(WhyNoLink::NoNumber),
            Done::LinkNotSent(WhyNoLink::NotObserved),
            Done::LinkNotSent(WhyNoLink::LeftAlone),
            Done::LinkNotSent(WhyNoLink::TooMany),
        ] {
            assert_eq!(Done::read(&done.code()), Some(done));
        }
        for code in ["", "changed-", "changed-shoe_size", "erased"] {
            assert_eq!(Done::read(code), None, "{code}");
        }
    }
}
