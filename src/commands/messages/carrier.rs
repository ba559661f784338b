//! What is said about settings that a carrier or a mail server can't be asked with.

use super::ToMessage;
use crate::carrier::CarrierIdError;
use crate::carrier::twilio::rest::NotReady;
use crate::carrier::twilio::{NoToken, Urls, UrlsError, VoiceError};
use crate::mail::SmtpError;
use crate::translations::{Message, message};

impl ToMessage for NotReady {
    fn message(&self) -> Message {
        match self {
            Self::NoAccount => message!("carrier-no-account"),
            Self::Account(why) => message!("carrier-account", why = why.message()),
            Self::NoToken => message!("carrier-no-token"),
            Self::BaseUrl => message!("carrier-base-url"),
            Self::Tls(why) => message!("carrier-tls", why = why),
        }
    }
}

impl ToMessage for CarrierIdError {
    fn message(&self) -> Message {
        message!("carrier-id")
    }
}

impl ToMessage for SmtpError {
    fn message(&self) -> Message {
        match self {
            Self::From => message!("mail-from"),
            Self::Certificates { path, why } => {
                message!("mail-certificates", path = path.display().to_string(), why = why)
            }
            Self::Tls(why) => message!("mail-tls", why = why),
        }
    }
}

impl ToMessage for NoToken {
    fn message(&self) -> Message {
        message!("carrier-token-empty")
    }
}

impl ToMessage for UrlsError {
    fn message(&self) -> Message {
        message!("carrier-public-url", most = Urls::MAX_PUBLIC_BYTES)
    }
}

impl ToMessage for VoiceError {
    fn message(&self) -> Message {
        message!("carrier-voice")
    }
}
