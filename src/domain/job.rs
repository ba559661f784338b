//! Jobs: what follows from a commit and is done outside its transaction. They wait in the outbox.

use serde::{Deserialize, Serialize};

use super::{AlertKind, CallId, CentreCode, ContactId, PatientId, PortalCodeId, PortalLetterId, ReportLinkId, SlotId};

/// A job that runs after the commit. Its JSON is stored. A change of it must still read what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Withdraw a call: a ringing call is cancelled, an answered one ends with a goodbye.
    Withdraw {
        /// The call.
        call: CallId,
    },
    /// Send a patient an SMS that we could not reach them, in the centre's own words (A8).
    MissedCallSms {
        /// The patient.
        patient: PatientId,
        /// The slot whose attempts are used up.
        slot: SlotId,
    },
    /// Tell a member of staff who is rung about red alerts by SMS, too.
    StaffSms {
        /// The call to them.
        call: CallId,
    },
    /// Tell a member of staff who is rung about red alerts by e-mail, too.
    StaffEmail {
        /// The call to them.
        call: CallId,
    },
    /// Send a code of the portal by e-mail.
    PortalCode {
        /// The code.
        code: PortalCodeId,
    },
    /// Tell the owner of an account of the portal by e-mail that it was changed.
    PortalLetter {
        /// The letter.
        letter: PortalLetterId,
    },
    /// Send a trial message by SMS to a person of a health centre's rota.
    StaffTrial {
        /// The health centre.
        centre: CentreCode,
        /// The person.
        contact: ContactId,
    },
    /// Send a patient a link to today's form by SMS. The token is made when it is sent.
    ReportLinkSms {
        /// The link.
        link: ReportLinkId,
    },
    /// Tell the centre's staff immediately about a new alert on their list. Carries no personal data.
    TellCentre {
        /// The centre.
        centre: CentreCode,
        /// The kind of alert.
        kind: AlertKind,
    },
}

impl Job {
    /// The kind.
    pub const fn kind(&self) -> JobKind {
        match self {
            Self::Withdraw { .. } => JobKind::Withdraw,
            Self::MissedCallSms { .. } => JobKind::MissedCallSms,
            Self::StaffSms { .. } => JobKind::StaffSms,
            Self::StaffEmail { .. } => JobKind::StaffEmail,
            Self::PortalCode { .. } => JobKind::PortalCode,
            Self::PortalLetter { .. } => JobKind::PortalLetter,
            Self::StaffTrial { .. } => JobKind::StaffTrial,
            Self::ReportLinkSms { .. } => JobKind::ReportLinkSms,
            Self::TellCentre { .. } => JobKind::TellCentre,
        }
    }
}

/// A kind of job that this program can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// [`Job::Withdraw`].
    Withdraw,
    /// [`Job::MissedCallSms`].
    MissedCallSms,
    /// [`Job::StaffSms`].
    StaffSms,
    /// [`Job::StaffEmail`].
    StaffEmail,
    /// [`Job::PortalCode`].
    PortalCode,
    /// [`Job::PortalLetter`].
    PortalLetter,
    /// [`Job::StaffTrial`].
    StaffTrial,
    /// [`Job::ReportLinkSms`].
    ReportLinkSms,
    /// [`Job::TellCentre`].
    TellCentre,
}

impl JobKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Withdraw,
        Self::MissedCallSms,
        Self::StaffSms,
        Self::StaffEmail,
        Self::PortalCode,
        Self::PortalLetter,
        Self::StaffTrial,
        Self::ReportLinkSms,
        Self::TellCentre,
    ];

    /// The code in the database, and the tag of the job's JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::MissedCallSms => "missed_call_sms",
            Self::StaffSms => "staff_sms",
            Self::StaffEmail => "staff_email",
            Self::PortalCode => "portal_code",
            Self::PortalLetter => "portal_letter",
            Self::StaffTrial => "staff_trial",
            Self::ReportLinkSms => "report_link_sms",
            Self::TellCentre => "tell_centre",
        }
    }

    /// Reads [`JobKind::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What a node needs to run it.
    pub const fn needs(self) -> JobNeeds {
        match self {
            Self::Withdraw | Self::MissedCallSms | Self::StaffSms | Self::StaffTrial | Self::ReportLinkSms => {
                JobNeeds::Network
            }
            Self::StaffEmail | Self::PortalCode | Self::PortalLetter => JobNeeds::MailServer,
            Self::TellCentre => JobNeeds::Nothing,
        }
    }
}

/// What a node needs to run a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobNeeds {
    /// Each node can run it.
    Nothing,
    /// A phone network.
    Network,
    /// A mail server.
    MailServer,
}

/// Why a job failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobFailure {
    /// Its stored content can't be read. Retrying doesn't help this program.
    Unreadable,
    /// The program ended while it ran, or couldn't store its result.
    Interrupted,
    /// A query failed, or the database holds something that can't be read.
    Database,
    /// It panicked, which is a fault of the program.
    Panicked,
    /// It took too long and was stopped.
    TimedOut,
    /// The carrier that has its leg isn't configured. Retrying helps once it is.
    NoCarrier,
    /// The mail server wasn't reached, or took nothing.
    MailServer,
}

impl JobFailure {
    /// All failures.
    pub const ALL: [Self; 7] = [
        Self::Unreadable,
        Self::Interrupted,
        Self::Database,
        Self::Panicked,
        Self::TimedOut,
        Self::NoCarrier,
        Self::MailServer,
    ];

    /// The code in the database, in metrics and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Interrupted => "interrupted",
            Self::Database => "database",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed_out",
            Self::NoCarrier => "no_carrier",
            Self::MailServer => "mail_server",
        }
    }

    /// Reads [`JobFailure::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_kind_is_the_tag_of_the_stored_job() -> Result<(), Box<dyn std::error::Error>> {
        let id = Uuid::nil();
        let jobs = [
            Job::Withdraw { call: CallId(id) },
            Job::MissedCallSms { patient: PatientId(id), slot: SlotId(id) },
            Job::StaffSms { call: CallId(id) },
            Job::StaffEmail { call: CallId(id) },
            Job::ReportLinkSms { link: ReportLinkId(id) },
            Job::PortalCode { code: PortalCodeId(id) },
            Job::PortalLetter { letter: PortalLetterId(id) },
            Job::TellCentre { centre: CentreCode::parse("13101")?, kind: AlertKind::RedAnswer },
        ];
        for job in jobs {
            let json: serde_json::Value = serde_json::to_value(&job)?;
            let tags: Vec<&String> = json.as_object().into_iter().flat_map(serde_json::Map::keys).collect();
            assert_eq!(tags, [job.kind().code()]);
            assert_eq!(JobKind::from_code(job.kind().code()), Some(job.kind()));
            assert_eq!(serde_json::from_value::<Job>(json)?, job);
        }
        Ok(())
    }
}
