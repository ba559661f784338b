//! What is said about settings that can't be used, or probably aren't intended.

use super::ToMessage;
use crate::config::{
    AddressError, ConfigError, EmailFault, Expected, NetworkError, Place, SecretFileError, SettingFault,
    SettingsFileError, SipFault, Warning,
};
use crate::translations::{Message, message};

impl ToMessage for ConfigError {
    fn message(&self) -> Message {
        match self {
            Self::File { path, source } => {
                message!("settings-file", path = path.display().to_string(), why = source.message())
            }
            Self::Setting { place, fault } => {
                message!("settings-fault", place = place.message(), fault = fault.message())
            }
            Self::Variable { name, fault } => message!("settings-variable", name = name, fault = fault.message()),
        }
    }
}

impl ToMessage for SettingsFileError {
    fn message(&self) -> Message {
        match self {
            Self::System(why) => message!("verbatim", text = why.to_string()),
            Self::TooLarge => message!("settings-file-too-large"),
            Self::NotUtf8 => message!("settings-file-not-utf8"),
        }
    }
}

impl ToMessage for Place {
    fn message(&self) -> Message {
        match self {
            Self::Setting(name) => message!("verbatim", text = name),
            Self::Whole => message!("settings-whole"),
            Self::File(path) => message!("verbatim", text = path.display().to_string()),
            Self::Position { path, line, column } => message!(
                "settings-position",
                path = path.display().to_string(),
                line = line.to_string(),
                column = column.to_string()
            ),
        }
    }
}

impl ToMessage for SettingFault {
    #[allow(clippy::too_many_lines, reason = "one arm for each fault, so that the match is total")]
    fn message(&self) -> Message {
        match self {
            Self::Unreadable => message!("setting-unreadable"),
            Self::UnreadableTogether => message!("setting-unreadable-together"),
            Self::NotToml => message!("setting-not-toml"),
            Self::IsSection(section) => message!("setting-is-section", section = section),
            Self::UnknownInFile(Some(near)) => message!("setting-unknown-here-guess", near = near),
            Self::UnknownInFile(None) => message!("setting-unknown-here"),
            Self::UnknownVariable(Some(near)) => message!("setting-unknown-guess", near = near),
            Self::UnknownVariable(None) => message!("setting-unknown"),
            Self::NotUtf8 => message!("setting-not-utf8"),
            Self::Form { name, expected: Some(expected) } => {
                message!("setting-form", name = name, expected = expected.message())
            }
            Self::Form { name, expected: None } => message!("setting-form-unknown", name = name),
            Self::Address(error) => error.message(),
            Self::Email(fault) => fault.message(),
            Self::NoPublicUrl(listen) => message!("setting-no-public-url", listen = listen.to_string()),
            Self::BaseUrl => message!("setting-base-url"),
            Self::BaseUrlUser => message!("setting-base-url-user"),
            Self::Pasted => message!("setting-pasted"),
            Self::Twice(other) => message!("setting-twice", other = other),
            Self::SecretFile { path, error } => secret_file(&path.display().to_string(), error),
            Self::NoSimulator => message!("setting-no-simulator"),
            Self::Sip(fault) => fault.message(),
            Self::DatabaseUrl => message!("setting-database-url"),
            Self::CallsPerSecond => message!("setting-calls-per-second"),
            Self::NoCalls => message!("setting-no-calls"),
            Self::Price => message!("setting-price"),
            Self::LongestCall => message!("setting-longest-call"),
            Self::IdentifySeconds => message!("setting-identify-seconds"),
            Self::WaitSeconds => message!("setting-wait-seconds"),
            Self::TimeZone => message!("setting-time-zone"),
            Self::NoToken => message!("setting-no-token"),
            Self::CallerNumber => message!("setting-caller-number"),
            Self::RingSeconds => message!("setting-ring-seconds"),
        }
    }
}

impl ToMessage for SipFault {
    fn message(&self) -> Message {
        match self {
            Self::NoJournal => message!("sip-setting-no-journal"),
            Self::NoAddress => message!("sip-setting-no-address"),
            Self::LongestRinging => message!("sip-setting-longest-ringing"),
            Self::NoTrunk => message!("sip-setting-no-trunk"),
            Self::TrunkAddress => message!("sip-setting-trunk-address"),
            Self::TrunkNetworks => message!("sip-setting-trunk-networks"),
            Self::NoPassword => message!("sip-setting-no-password"),
            Self::NoChannel => message!("sip-setting-no-channel"),
            Self::NoUserName => message!("sip-line-no-user-name"),
        }
    }
}

impl ToMessage for EmailFault {
    fn message(&self) -> Message {
        match self {
            Self::NoServer => message!("setting-email-no-server"),
            Self::TwoWays => message!("portal-setting-two-ways"),
            Self::Server => message!("setting-email-server"),
            Self::Port => message!("setting-email-port"),
            Self::From => message!("setting-email-from"),
            Self::HalfLogIn => message!("setting-email-half-log-in"),
            Self::Plain => message!("setting-email-plain"),
        }
    }
}

impl ToMessage for Expected {
    fn message(&self) -> Message {
        match self {
            Self::Text => message!("expected-text"),
            Self::Path => message!("expected-path"),
            Self::WholeNumber => message!("expected-whole-number"),
            Self::Number => message!("expected-number"),
            Self::OneOf(words) => message!("expected-one-of", words = words),
            Self::Networks(NetworkError::Form) => message!("expected-networks"),
            Self::Networks(NetworkError::Everybody) => message!("expected-smaller-networks"),
            Self::Other(words) => message!("verbatim", text = words),
        }
    }
}

impl ToMessage for AddressError {
    fn message(&self) -> Message {
        match self {
            Self::Scheme => message!("address-scheme"),
            Self::Characters => message!("address-characters"),
            Self::Query => message!("address-query"),
            Self::User => message!("address-user"),
            Self::Host => message!("address-host"),
            Self::Unspecified => message!("address-unspecified"),
            Self::Plain => message!("address-plain"),
        }
    }
}

fn secret_file(path: &str, error: &SecretFileError) -> Message {
    match error {
        SecretFileError::Unreadable(why) => message!("secret-file-unreadable", path = path, why = why),
        SecretFileError::NotAFile => message!("secret-file-not-a-file", path = path),
        SecretFileError::TooLarge => message!("secret-file-too-large", path = path),
        SecretFileError::NotUtf8 => message!("secret-file-not-utf8", path = path),
        SecretFileError::Empty => message!("secret-file-empty", path = path),
    }
}

impl ToMessage for Warning {
    fn message(&self) -> Message {
        match self {
            Self::NoCarrier => message!("warning-no-carrier"),
            Self::NoDayLimits => message!("warning-no-day-limits"),
            Self::NoPublicUrl => message!("warning-no-public-url"),
            Self::NoCallerNumber => message!("warning-no-caller-number"),
            Self::NoSipCallerNumber => message!("warning-no-sip-caller-number"),
            Self::NoCheckpointFile => message!("warning-no-checkpoint-file"),
        }
    }
}
