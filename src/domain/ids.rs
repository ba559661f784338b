//! Identifiers. The service creates new ones, because the domain types read no clock and no random source.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

uuid_id! {
    /// One call, in either direction.
    CallId,
    /// One leg of a call: from the caller to us, or from us to the staff to whom the caller is transferred.
    LegId,
    /// One patient record: one infection of one person.
    PatientId,
    /// One report.
    ReportId,
    /// One slot: one call time of one patient.
    SlotId,
    /// One alert on a health centre's list.
    AlertId,
    /// One time that somebody took a line of the open alerts.
    ClaimId,
    /// One note of staff.
    NoteId,
    /// One certificate.
    CertificateId,
    /// One call that staff placed themselves.
    StaffCallId,
    /// One time that a shift handed over to the next.
    HandoverId,
    /// One transfer of a patient to another health centre.
    TransferId,
    /// One job of the outbox.
    JobId,
    /// One account of the portal.
    AccountId,
    /// One link by which a patient reports without an account.
    ReportLinkId,
    /// One form of the portal: what one browser or account has filled in of one report.
    ReportFormId,
    /// One notice to a patient.
    NoticeId,
    /// One code by e-mail, for an account of the portal.
    PortalCodeId,
    /// One letter about a change of an account of the portal.
    PortalLetterId,
    /// One log-in to the portal.
    PortalSessionId,
    /// One account of a member of staff.
    StaffAccountId,
    /// One log-in of a member of staff in a browser.
    WebSessionId,
    /// One passkey of a member of staff.
    PasskeyId,
    /// One patient list that staff have uploaded.
    UploadId,
    /// One filter that staff have saved.
    SavedFilterId,
    /// One change of many patients at once.
    BulkId,
    /// One person whom a health centre's rota names.
    ContactId,
    /// One shift of a health centre's rota.
    ShiftId,
    /// One escalation: the calls to staff until somebody takes the red alerts of a health centre.
    EscalationId,
    /// One running process of the program: a node until it stops. A restart is another process.
    ProcessId,
}

/// A health centre's code: 1 to 16 letters, digits and hyphens (`13101`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CentreCode(Box<str>);

/// Why a text isn't a centre code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a health centre's code has 1 to 16 letters, digits or hyphens, such as 13101")]
pub struct CentreCodeError;

impl CentreCode {
    /// Reads a code.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is empty, too long or has other characters.
    pub fn parse(text: &str) -> Result<Self, CentreCodeError> {
        let fits = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if fits { Ok(Self(text.into())) } else { Err(CentreCodeError) }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CentreCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
