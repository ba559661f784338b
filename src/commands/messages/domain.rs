//! What values say that the domain types refuse.

use super::ToMessage;
use crate::domain::{
    BirthDateError, CallTimesError, CallingHoursError, CentreCodeError, HersysIdError, HiddenCharacter, KeysError,
    LogInNameError, PhoneNumberError, PlainLineError, UnknownLanguage,
};
use crate::service::list_words;
use crate::translations::{Message, message};

impl ToMessage for BirthDateError {
    fn message(&self) -> Message {
        match self {
            Self::Form => message!("birth-date-form"),
            Self::NoSuchDay => message!("date-no-such-day"),
            Self::Future => message!("birth-date-future"),
            Self::TooOld => message!("birth-date-too-old"),
        }
    }
}

impl ToMessage for CallingHoursError {
    fn message(&self) -> Message {
        message!("calling-hours-form")
    }
}

impl ToMessage for CentreCodeError {
    fn message(&self) -> Message {
        message!("centre-code-form")
    }
}

impl ToMessage for KeysError {
    fn message(&self) -> Message {
        match self {
            Self::NotAKey => message!("keys-not-a-key"),
            Self::TooMany => message!("keys-too-many"),
        }
    }
}

impl ToMessage for UnknownLanguage {
    fn message(&self) -> Message {
        message!("list-language")
    }
}

impl ToMessage for LogInNameError {
    fn message(&self) -> Message {
        message!("log-in-name-form")
    }
}

impl ToMessage for PhoneNumberError {
    fn message(&self) -> Message {
        message!("phone-number-form")
    }
}

impl ToMessage for PlainLineError {
    fn message(&self) -> Message {
        match self {
            Self::Empty => message!("line-empty"),
            Self::TooLong(most) => message!("line-too-long", most = most.to_string()),
            Self::Hidden(hidden) => hidden.message(),
        }
    }
}

impl ToMessage for HersysIdError {
    fn message(&self) -> Message {
        list_words::id_words(*self)
    }
}

impl ToMessage for CallTimesError {
    fn message(&self) -> Message {
        list_words::times_words(*self)
    }
}

impl ToMessage for HiddenCharacter {
    fn message(&self) -> Message {
        list_words::hidden_words(*self)
    }
}
