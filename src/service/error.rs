//! Why the desk can't do what was asked. The sentences never quote what was typed for a person: it may be a real ID.

use super::audit_trail::CheckpointError;
use crate::domain::{CallingHours, CentreCode, PatientId, Withdrawal};
use crate::patient_import::{Fault, Finding};
use crate::policy::{ThresholdsError, UnusablePattern};
use crate::store::StoreError;

/// Why the desk refuses; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The database failed, or holds something that may exist only once.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No health centre has this code.
    #[error(
        "there is no health centre {0}; `kenkocall centres list` shows those there are, `kenkocall centres add` adds one"
    )]
    NoSuchCentre(CentreCode),
    /// Nobody is registered under the HER-SYS ID.
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
    /// The patient isn't to be called.
    #[error("{}", super::manual_calls::not_called(*.0))]
    NotCalled(Withdrawal),
    /// A7: outside the centre's calling hours.
    #[error(
        "automated calls begin within the health centre's calling hours, {0}; try again then, or phone the patient yourself"
    )]
    OutsideCallingHours(CallingHours),
    /// A call to the patient is in progress, or was asked for and waits for its place.
    #[error(
        "a call to this patient is under way already, or was asked for and comes at once; `kenkocall patients show HERSYS_ID` shows it"
    )]
    CalledAlready,
    /// The outcome of the call is known.
    #[error("the outcome of this call is known; `kenkocall calls list --state unknown` shows those of which it isn't")]
    NotUnknown,
    /// No alert has this id.
    #[error("there is no alert with this id; `kenkocall alerts list` shows the open ones")]
    NoSuchAlert,
    /// More alerts of the patient stand there than the line showed.
    #[error(
        "nothing was closed, as more alerts of this patient have come than the line showed; look at `kenkocall alerts list` again"
    )]
    AlertsCameSince,
    /// The list is refused as a whole.
    #[error("nothing was imported: the list has {} to mend", things(.0.len()))]
    List(Vec<Finding>),
    /// A value given for one patient is wrong.
    #[error("{}", sentences(.0))]
    Values(Vec<Finding>),
    /// A2: another patient under observation gets automated calls on the number.
    #[error(
        "another patient under observation already gets automated calls on this number, and one number can't take them for two patients; this patient can report by the portal (My HER-SYS) or by the health call (健康コール), or use another number"
    )]
    NumberInUse(PatientId),
    /// Not the name of a time zone.
    #[error("{0} isn't a time zone; write the IANA name, such as Asia/Tokyo")]
    UnknownZone(String),
    /// Thresholds out of range or order.
    #[error(transparent)]
    Thresholds(#[from] ThresholdsError),
    /// The centre's pattern of calls, as it is written, and why it can't be used.
    #[error("the call pattern “{0}” can't be used: {1}")]
    CallPattern(String, UnusablePattern),
    /// A kind of number that callers aren't connected with.
    #[error(
        "a health centre's number must be a Japanese landline, mobile, 050 or toll-free number, as callers are connected with it and told to phone it; this one costs more than an ordinary call, or isn't in Japan"
    )]
    CentrePhone,
    /// A number of calls at the same time that can't be set.
    #[error(
        "a health centre's calls at the same time are 1 to 10000; an empty value leaves them to the carrier's own limit"
    )]
    ConcurrentCalls,
    /// A pace that can't be set.
    #[error("a health centre's calls a second are 0.001 to 1000; an empty value leaves them to the carrier's own pace")]
    CallsPerSecond,
    /// The last day comes before the first.
    #[error("the export would end before it begins; give the earlier day as --from and the later one as --to")]
    WindowReversed,
    /// The announced end of a maintenance has passed.
    #[error("the announced end of the maintenance lies in the past; give a later time, or none when it isn't known")]
    UntilPassed,
    /// The end of a pause has passed.
    #[error(
        "the end of the pause lies in the past; give a later time, or none: then it lasts until `kenkocall dialer resume`"
    )]
    PausePassed,
    /// Dialling stopped because last entries are lost, and the carrier's list wasn't gone through since.
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
    /// One fault of the values given for a patient.
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
