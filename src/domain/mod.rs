//! The domain types, each parsed once at the edge. `Debug` of the types for personal data never prints the data.

mod account;
mod alert;
mod answer;
mod answer_origin;
mod birth_date;
mod bulk;
mod call_times;
mod caller_number;
mod calling_hours;
mod certificate;
mod claim;
mod closing;
mod codes;
mod data_loss;
mod data_origin;
mod diagnosis;
mod email_address;
pub mod era;
mod escalation;
mod folded_name;
mod hersys_id;
mod hours;
mod ids;
mod job;
mod keys;
mod known_in;
mod language;
mod list_filter;
mod list_upload;
mod lookalike;
mod municipalities;
mod note;
mod notice;
mod number_as_text;
mod number_kind;
mod outcome;
mod oximeter;
mod page_language;
mod patient_status;
mod phone_number;
mod plain_line;
mod portal_account;
mod report;
mod report_text;
mod revision;
mod rota;
mod said_name;
mod sensitive;
mod severity;
mod shift;
mod slot;
mod staff_account;
mod staff_call;
pub mod survey;
mod transfer;
pub mod width;

pub use account::{Actor, Operator, PatientAccount, Role, Staff, StaffAccess, SystemUser};
pub use alert::AlertKind;
pub use answer::{Answer, BodyTemperature, Item, OxygenSaturation, YesNo};
pub use answer_origin::AnswerOrigin;
pub use birth_date::{BirthDate, BirthDateError};
pub use bulk::{BulkKind, BulkOutcome, BulkState};
pub use call_times::{CallTimes, CallTimesError};
pub use caller_number::CallerNumber;
pub use calling_hours::{CallingHours, CallingHoursError};
pub use certificate::{CertificateCode, CertificateEnd, PassportNumber};
pub use claim::{Claimant, LineOf};
pub use closing::{Closing, ClosingReason, NoteText, NoteTextError};
pub use data_loss::LossEvidence;
pub use data_origin::DataOrigin;
pub use diagnosis::{Diagnosis, DiagnosisBasis, DiseaseName, NotificationReason, RegisteredName};
pub use email_address::{EmailAddress, EmailAddressError};
pub use escalation::{EscalationEnd, NoticeOutcome, StepOutcome, StepRole, StepState};
pub use folded_name::FoldedName;
pub use hersys_id::{HersysId, HersysIdError};
pub use hours::{DayEnd, read_hours, read_span};
pub use ids::{
    AccountId, AlertId, BulkId, CallId, CentreCode, CentreCodeError, CertificateId, ClaimId, ContactId, EscalationId,
    HandoverId, JobId, LegId, NoteId, NoticeId, PasskeyId, PatientId, PortalCodeId, PortalLetterId, PortalSessionId,
    ProcessId, ReportFormId, ReportId, ReportLinkId, SavedFilterId, ShiftId, SlotId, StaffAccountId, StaffCallId,
    TransferId, UploadId, WebSessionId,
};
pub use job::{Job, JobFailure, JobKind, JobNeeds};
pub use keys::{EntryEnd, Keyed, Keys, KeysError};
pub use known_in::KnownIn;
pub use language::{Language, UnknownLanguage};
pub use list_filter::{FilterSharing, ListColumn, ListColumns, ListFilter, ReportedToday};
pub use list_upload::{RowFate, UploadState};
pub use municipalities::{Municipalities, MunicipalitiesError};
pub use note::NoteAudience;
pub use notice::{NoNotice, NoticeChannel, NoticeKind, NoticeState, NoticeStop, StopAskedIn};
pub use number_as_text::{number, some_number};
pub use number_kind::{CallableNumber, NumberKind};
pub use outcome::{CallRole, Direction, Disposition, HangupCause, Line};
pub use oximeter::{Oximeter, Spo2Question};
pub use page_language::PageLanguage;
pub use patient_status::PatientStatus;
pub use phone_number::{PhoneNumber, PhoneNumberError};
pub use plain_line::{
    CentreName, FilterName, HiddenCharacter, HiddenKind, PlainLine, PlainLineError, ReasonText, StaffName, all_visible,
    all_visible_in_lines, escaped, escaped_lines,
};
pub use portal_account::{AccountChange, CodePurpose, EnteredName, MailCode, PersonLabel, PersonalLine, Stay};
pub use report::{Channel, ReportOutcome};
pub use report_text::{ReportText, ReportTextError};
pub use revision::Revision;
pub use rota::{Contact, Rota, RotaError, RotaParts, Shift, SmsToo, WaitMinutes, WaitMinutesError};
pub use said_name::{LatinName, LatinNameError, NameReading, NameReadingError};
pub use sensitive::Sensitive;
pub use severity::Severity;
pub use shift::{ShiftDays, ShiftDaysError, ShiftHours, ShiftHoursError};
pub use slot::{AttemptOutcome, AttemptState, Missed, SlotEnd, SlotOrigin, SlotState, Withdrawal};
pub use staff_account::{
    AccountState, DeviceName, LogInName, LogInNameError, LogInStage, PasskeyName, Password, PasswordError, RedSound,
    SecondFactor,
};
pub use staff_call::StaffCallOutcome;
pub use survey::{Chosen, Height, Illness, Offered, RiskFactor, Survey, Weight};
pub use transfer::{TransferDecision, TransferReason, TransferSide, TransferState};
