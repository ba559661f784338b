//! What the errors and findings of the lower layers say to the people at the command line. Each becomes a message; its
//! sentences are in `translations`. The matches are total: a new error doesn't compile without a message.

mod app;
mod carrier;
mod config;
mod domain;
mod flow;
mod flow_test;
mod open_error;
mod patient_import;
mod policy;
mod service;
mod store;
#[cfg(test)]
mod tests;

use std::error::Error;

pub use flow::Advice;
pub use patient_import::warnings;

use crate::app::{CannotListen, NotPhoneNumber};
use crate::carrier::CarrierIdError;
use crate::carrier::twilio::rest::NotReady;
use crate::carrier::twilio::{NoToken, UrlsError, VoiceError};
use crate::config::ConfigError;
use crate::domain::{
    BirthDateError, CallTimesError, CallingHoursError, CentreCodeError, HersysIdError, HiddenCharacter, KeysError,
    LogInNameError, PhoneNumberError, PlainLineError, UnknownLanguage,
};
use crate::flow_test::TranscriptError;
use crate::mail::SmtpError;
use crate::policy::{
    AfterRedError, CallPatternError, CentreCallsError, DaysOffError, MissedCallSmsError, OfficeHoursError,
    ReportCoversError, RetryPolicyError, SmsPriceError, UnregisteredReportsError,
};
use crate::service::{CheckpointError, ServiceError};
use crate::store::{CopyError, StoreError};
use crate::translations::{Message, Said};

/// Something that can be said to people.
pub trait ToMessage {
    /// The message that says it.
    fn message(&self) -> Message;
}

impl ToMessage for Said {
    fn message(&self) -> Message {
        self.0.clone()
    }
}

/// The message of an error whose type has some. `None` for the errors of libraries and the system.
pub(super) fn of(error: &(dyn Error + 'static)) -> Option<Message> {
    fn as_type<E: Error + ToMessage + 'static>(error: &(dyn Error + 'static)) -> Option<Message> {
        error.downcast_ref::<E>().map(ToMessage::message)
    }
    as_type::<ServiceError>(error)
        .or_else(|| as_type::<StoreError>(error))
        .or_else(|| as_type::<CheckpointError>(error))
        .or_else(|| as_type::<Said>(error))
        .or_else(|| as_type::<NotPhoneNumber>(error))
        .or_else(|| as_type::<CannotListen>(error))
        .or_else(|| as_type::<ConfigError>(error))
        .or_else(|| as_type::<CopyError>(error))
        .or_else(|| as_type::<NotReady>(error))
        .or_else(|| as_type::<CarrierIdError>(error))
        .or_else(|| as_type::<NoToken>(error))
        .or_else(|| as_type::<SmtpError>(error))
        .or_else(|| as_type::<UrlsError>(error))
        .or_else(|| as_type::<VoiceError>(error))
        .or_else(|| as_type::<TranscriptError>(error))
        .or_else(|| as_type::<OfficeHoursError>(error))
        .or_else(|| as_type::<DaysOffError>(error))
        .or_else(|| as_type::<ReportCoversError>(error))
        .or_else(|| as_type::<UnregisteredReportsError>(error))
        .or_else(|| as_type::<AfterRedError>(error))
        .or_else(|| as_type::<CentreCallsError>(error))
        .or_else(|| as_type::<CallPatternError>(error))
        .or_else(|| as_type::<MissedCallSmsError>(error))
        .or_else(|| as_type::<SmsPriceError>(error))
        .or_else(|| as_type::<RetryPolicyError>(error))
        .or_else(|| as_type::<BirthDateError>(error))
        .or_else(|| as_type::<CallTimesError>(error))
        .or_else(|| as_type::<CallingHoursError>(error))
        .or_else(|| as_type::<CentreCodeError>(error))
        .or_else(|| as_type::<HersysIdError>(error))
        .or_else(|| as_type::<HiddenCharacter>(error))
        .or_else(|| as_type::<KeysError>(error))
        .or_else(|| as_type::<LogInNameError>(error))
        .or_else(|| as_type::<PhoneNumberError>(error))
        .or_else(|| as_type::<PlainLineError>(error))
        .or_else(|| as_type::<UnknownLanguage>(error))
}
