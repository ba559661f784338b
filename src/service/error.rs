//! Why a request by staff can't be carried out. The messages never quote input about a person: it may be a real ID.

use crate::domain::{CallingHours, CentreCode, PatientId, Withdrawal};
use crate::patient_import::{Fault, Finding};
use crate::policy::{Forbidden, ThresholdsError, UnusablePattern};
use crate::service::audit::CheckpointError;
use crate::store::StoreError;

/// Why a request was refused. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The actor lacks a permission.
    #[error(
        "this isn't permitted ({}); if `operator.centre` limits you to a health centre, ask someone who isn't limited",
        .0.0.code()
    )]
    Forbidden(#[from] Forbidden),
    /// The database failed, or a value that must be unique exists already.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No health centre has this code.
    #[error(
        "there is no health centre {0}; `kenkocall centres list` shows those there are, `kenkocall centres add` adds one"
    )]
    NoSuchCentre(CentreCode),
    /// No patient is registered with the HER-SYS ID.
    #[error(
        "nobody is registered under this HER-SYS ID; check the digits, or add the patient with `kenkocall patients add`"
    )]
    NoSuchPatient,
    /// The same, while the audit trail can't be written.
    #[error(
        "nobody is registered under this HER-SYS ID; check the digits. This look-up isn't recorded in the audit trail, as {0}; write down who looked for whom, and when"
    )]
    NoSuchPatientNotNoted(StoreError),
    /// No call has this id.
    #[error("there is no call with this id; `kenkocall calls list` shows the latest ones")]
    NoSuchCall,
    /// The patient must not be called.
    #[error("{}", super::calls::not_called(*.0))]
    NotCalled(Withdrawal),
    /// A7: outside the centre's calling hours.
    #[error(
        "automated calls begin within the health centre's calling hours, {0}; try again then, or phone the patient yourself"
    )]
    OutsideCallingHours(CallingHours),
    /// A call to the patient is in progress or was requested already.
    #[error(
        "a call to this patient is under way already, or was asked for and comes at once; `kenkocall patients show HERSYS_ID` shows it"
    )]
    CalledAlready,
    /// The outcome of the call is known.
    #[error("the outcome of this call is known; `kenkocall calls list --state unknown` shows those of which it isn't")]
    NotUnknown,
    /// No job with this id was given up.
    #[error("no job with this id was given up; `kenkocall outbox list` shows those there are")]
    NoSuchFailedJob,
    /// No alert has this id.
    #[error("there is no alert with this id; `kenkocall alerts list` shows the open ones")]
    NoSuchAlert,
    /// The patient's line has more alerts than it showed.
    #[error(
        "nothing was closed, as more alerts of this patient have come than the line showed; look at `kenkocall alerts list` again"
    )]
    AlertsCameSince,
    /// The whole list is refused.
    #[error("nothing was imported: the list has {} to mend", things(.0.len()))]
    List(Vec<Finding>),
    /// A value given for one patient is invalid.
    #[error("{}", sentences(.0))]
    Values(Vec<Finding>),
    /// A2: another patient under observation gets automated calls on this number.
    #[error(
        "another patient under observation already gets automated calls on this number, and one number can't take them for two patients; this patient can report by the portal (My HER-SYS) or by the health call (健康コール), or use another number"
    )]
    NumberInUse(PatientId),
    /// The time zone is unknown.
    #[error("{0} isn't a time zone; write the IANA name, such as Asia/Tokyo")]
    UnknownZone(String),
    /// Thresholds are out of range or out of order.
    #[error(transparent)]
    Thresholds(#[from] ThresholdsError),
    /// The centre's call pattern as written, and why it is invalid.
    #[error("the call pattern “{0}” can't be used: {1}")]
    CallPattern(String, UnusablePattern),
    /// Callers aren't connected with this kind of number.
    #[error(
        "a health centre's number must be a Japanese landline, mobile, 050 or toll-free number, as callers are connected with it and told to phone it; this one costs more than an ordinary call, or isn't in Japan"
    )]
    CentrePhone,
    /// The number of concurrent calls can't be set.
    #[error(
        "a health centre's calls at the same time are 1 to 10000; an empty value leaves them to the carrier's own limit"
    )]
    ConcurrentCalls,
    /// The number of calls per second can't be set.
    #[error("a health centre's calls a second are 0.001 to 1000; an empty value leaves them to the carrier's own pace")]
    CallsPerSecond,
    /// The last day comes before the first.
    #[error("the export would end before it begins; give the earlier day as --from and the later one as --to")]
    WindowReversed,
    /// The announced end of a maintenance has passed.
    #[error(
        "the announced end of the maintenance lies in the past; give a later time, or leave it out if it isn't known"
    )]
    UntilPassed,
    /// The end of the pause has passed.
    #[error(
        "the end of the pause lies in the past; give a later time, or none: then it lasts until `kenkocall dialer resume`"
    )]
    PausePassed,
    /// Dialling was stopped because the database lost its last entries, and the carrier's list wasn't reconciled
    /// since.
    #[error(
        "the database lacks its last entries, and whom the carrier called meanwhile wasn't looked up yet; run `kenkocall dialer reconcile` first; `dialer resume --anyway` goes on without it, and phones may ring twice"
    )]
    NotReconciled,
    /// The carrier's list can't be read to its end.
    #[error(
        "the carrier's list of calls can't be read to its end, so nothing is certain; the log of `kenkocall serve` and the carrier's own pages say how it stands; try again"
    )]
    NoList,
    /// The checkpoint file can't be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Something stored can't be read.
    #[error("a stored {0} can't be read; restore the database from a backup or ask for support")]
    Unreadable(&'static str),
}

impl ServiceError {
    /// A single invalid value given for a patient.
    pub(super) fn value(fault: Fault) -> Self {
        Self::Values(vec![Finding { place: crate::patient_import::Place::Row(1), fault }])
    }
}

fn things(count: usize) -> String {
    if count == 1 { "1 thing".to_owned() } else { format!("{count} things") }
}

fn sentences(findings: &[Finding]) -> String {
    let sentences: Vec<String> = findings.iter().map(|finding| finding.fault.to_string()).collect();
    sentences.join("; ")
}
