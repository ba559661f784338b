//! One line of the call journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::carrier::CarrierLegId;
use crate::domain::HangupCause;

/// A line: when it was written, and what it says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When it was written.
    pub at: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub what: Written,
}

/// What a line says. Lines have phone numbers, so their `Debug` output has no content.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Written {
    /// A file begins.
    Opened {
        /// The name of the file before it. `None` for the first one.
        previous: Option<String>,
    },
    /// What was written before may lack something: a line was torn, or a file is missing.
    Gap,
    /// An INVITE is about to leave. Nothing is dialled before this line is on the disk.
    Sending(Box<Sending>),
    /// The INVITE is about to leave again, after the trunk has asked who we are.
    Again {
        /// The call.
        call: CallKey,
        /// The branch of its `Via`.
        branch: String,
        /// Its sequence number.
        cseq: u32,
    },
    /// An 18x came.
    Ringing {
        /// The call.
        call: CallKey,
    },
    /// A 2xx came.
    Answered {
        /// The call.
        call: CallKey,
        /// What it takes to end it.
        dialog: Box<Dialog>,
    },
    /// The call has ended.
    Ended {
        /// The call.
        call: CallKey,
        /// Why.
        cause: Cause,
        /// Whether the phone rang or may have rung.
        tried: bool,
    },
    /// A call came in.
    Called {
        /// The call.
        call: CallKey,
        /// The caller's number, unless it is hidden.
        from: Option<String>,
        /// The number called.
        to: Option<String>,
    },
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line(personal)")
    }
}

/// Our id of a call's leg: the Call-ID of outgoing calls.
pub type CallKey = String;

/// What an INVITE is sent with, and what it takes to cancel it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// The call's id, which is the Call-ID.
    pub call: CallKey,
    /// The trunk's name.
    pub trunk: String,
    /// The number, in E.164.
    pub number: String,
    /// The caller number shown, in E.164.
    pub shown: String,
    /// The request URI.
    pub target: String,
    /// `From`, with its tag.
    pub from: String,
    /// `To`.
    pub to: String,
    /// `Contact`.
    pub contact: String,
    /// `Via`, with its branch.
    pub via: String,
    /// The branch.
    pub branch: String,
    /// The sequence number.
    pub cseq: u32,
    /// `udp` or `tcp`, and the address it is sent to.
    pub destination: String,
}

/// What it takes to end an answered call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialog {
    /// `To`, with its tag.
    pub to: String,
    /// The address of the other side.
    pub target: String,
    /// The proxies on the way.
    pub routes: Vec<String>,
    /// The last sequence number that was used.
    pub cseq: u32,
}

/// A [`HangupCause`] by its code in the database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cause(pub HangupCause);

impl Serialize for Cause {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        let known = HangupCause::ALL.into_iter().find(|cause| cause.code() == code);
        known.map(Self).ok_or_else(|| serde::de::Error::custom("an unknown cause"))
    }
}

/// The id of a leg by its key. Keys are made by this program, so each is an id.
pub fn leg_of(key: &str) -> Option<CarrierLegId> {
    CarrierLegId::parse(key).ok()
}
