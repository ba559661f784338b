//! What a service function gave to somebody of another centre.

use kenkocall::service::{ErrorKind, ServiceError};

/// What a service function gave to somebody of another centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// It doesn't exist for them.
    NotFound,
    /// They may not ask.
    Forbidden,
    /// A list without anything of the other centre.
    Nothing,
    /// Something that concerns no patient, which everybody may see.
    State,
    /// Something of the other centre, or the refusal shows that it exists.
    Leaked,
}

/// What a call that names something of the other centre gave.
pub fn refused<T>(result: Result<T, ServiceError>) -> Given {
    match result {
        Ok(_) => Given::Leaked,
        Err(error) => match error.kind() {
            ErrorKind::NotFound => Given::NotFound,
            ErrorKind::Forbidden => Given::Forbidden,
            ErrorKind::Conflict | ErrorKind::Invalid | ErrorKind::Unavailable => Given::Leaked,
        },
    }
}

/// What a list gave.
pub fn listed<T>(result: Result<Vec<T>, ServiceError>) -> Given {
    match result {
        Ok(items) if items.is_empty() => Given::Nothing,
        other => refused(other),
    }
}

/// What an administrator may see and a nurse may not.
pub fn state_or_forbidden<T>(result: Result<T, ServiceError>) -> Given {
    match result {
        Ok(_) => Given::Nothing,
        refusal => refused(refusal),
    }
}

/// What concerns no patient.
pub fn state<T>(result: Result<T, ServiceError>) -> Given {
    if result.is_ok() { Given::State } else { refused(result) }
}
