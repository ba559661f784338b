//! What the errors and findings of the lower layers say to the people at the command line. Each becomes a message; its
//! sentences are in `translations`. The matches are total: a new error doesn't compile without a message.

mod patient_import;
mod service;
mod store;

use std::error::Error;

pub use patient_import::warnings;

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
}
