//! What the errors and findings of the lower layers say to the people at the command line. Each becomes a message; its
//! sentences are in `translations`. The matches are total: a new error doesn't compile without a message.

mod domain;
mod flow;
mod flow_test;
mod patient_import;
mod service;
mod store;

use std::error::Error;

pub use flow::Advice;
pub use patient_import::warnings;

use crate::domain::{
    BirthDateError, CallTimesError, CallingHoursError, CentreCodeError, HersysIdError, HiddenCharacter, KeysError,
    PhoneNumberError, PlainLineError, UnknownLanguage,
};
use crate::flow_test::TranscriptError;
use crate::service::{CheckpointError, ServiceError};
use crate::store::StoreError;
use crate::translations::Message;

/// Something that can be said to people.
pub trait ToMessage {
    /// The message that says it.
    fn message(&self) -> Message;
}

/// The message of an error whose type has some. `None` for the errors of libraries and the system.
pub(super) fn of(error: &(dyn Error + 'static)) -> Option<Message> {
    fn as_type<E: Error + ToMessage + 'static>(error: &(dyn Error + 'static)) -> Option<Message> {
        error.downcast_ref::<E>().map(ToMessage::message)
    }
    as_type::<ServiceError>(error)
        .or_else(|| as_type::<StoreError>(error))
        .or_else(|| as_type::<CheckpointError>(error))
        .or_else(|| as_type::<TranscriptError>(error))
        .or_else(|| as_type::<BirthDateError>(error))
        .or_else(|| as_type::<CallTimesError>(error))
        .or_else(|| as_type::<CallingHoursError>(error))
        .or_else(|| as_type::<CentreCodeError>(error))
        .or_else(|| as_type::<HersysIdError>(error))
        .or_else(|| as_type::<HiddenCharacter>(error))
        .or_else(|| as_type::<KeysError>(error))
        .or_else(|| as_type::<PhoneNumberError>(error))
        .or_else(|| as_type::<PlainLineError>(error))
        .or_else(|| as_type::<UnknownLanguage>(error))
}
