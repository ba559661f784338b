//! What the store's errors say.

use super::{ToMessage, open_error};
use crate::store::{StoreError, Unique};
use crate::translations::{Message, message};

impl ToMessage for StoreError {
    fn message(&self) -> Message {
        match self {
            Self::CannotOpen(fault) => fault.message(),
            Self::Unreachable { server, why } => open_error::unreachable(server, why.as_deref()),
            Self::NoDatabase(missing) => missing.message(),
            Self::Newer => message!("database-newer"),
            Self::Older => message!("database-older"),
            Self::Stale => message!("database-stale"),
            Self::Taken(unique) => taken(*unique),
            Self::Full => message!("database-full"),
            Self::ReadOnly => message!("database-read-only"),
            Self::Replaced => message!("database-replaced"),
            Self::Busy => message!("database-busy"),
            Self::Abandoned => message!("database-abandoned"),
            Self::Inconsistent { what } => message!("database-inconsistent", what = *what),
            Self::Driver(why) => message!("database-driver", why = why.to_string()),
        }
    }
}

fn taken(unique: Unique) -> Message {
    match unique {
        Unique::HersysId => message!("taken-hersys-id"),
        Unique::AutomatedCallNumber => message!("taken-automated-call-number"),
        Unique::CentreCode => message!("taken-centre-code"),
        Unique::OpenReport => message!("taken-open-report"),
        Unique::LegId => message!("taken-leg-id"),
        Unique::Attempt => message!("taken-attempt"),
        Unique::Turn => message!("taken-turn"),
    }
}
