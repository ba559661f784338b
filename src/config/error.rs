//! Why settings can't be used: codes with their values. `Display` is for the log; sentences for people are written at
//! the edge. No value of a setting is in an error, since it may be a secret.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::email::EmailFault;
use super::networks::NetworkError;
use super::sip::SipFault;

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The settings file can't be read.
    #[error(
        "the settings file {path} can't be read ({source}); check the path after --config, and that this program's user may read the file"
    )]
    File {
        /// The path given.
        path: PathBuf,
        /// Why.
        source: SettingsFileError,
    },
    /// The file isn't TOML, or a setting is unknown or wrong.
    #[error("{place}: {fault}")]
    Setting {
        /// Where it is.
        place: Place,
        /// What is wrong.
        fault: SettingFault,
    },
    /// An environment variable that looks like one of ours can't be used.
    #[error("the environment variable {name} can't be used: {fault}")]
    Variable {
        /// Its name.
        name: String,
        /// What is wrong.
        fault: SettingFault,
    },
}

/// Why the settings file can't be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFileError {
    /// The system's error.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// It is larger than 1 MB.
    #[error("it is larger than 1 MB")]
    TooLarge,
    /// It isn't UTF-8.
    #[error("it isn't UTF-8 text")]
    NotUtf8,
}

/// Where a setting is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The setting's name.
    Setting(String),
    /// All settings together.
    Whole,
    /// The settings file.
    File(PathBuf),
    /// A position in the settings file, counted from 1, in characters.
    Position {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(name) => f.write_str(name),
            Self::Whole => f.write_str("settings"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Position { path, line, column } => write!(f, "{}, line {line}, column {column}", path.display()),
        }
    }
}

/// What a setting should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// A text.
    Text,
    /// The path of a file.
    Path,
    /// A whole number that isn't below 0.
    WholeNumber,
    /// A number.
    Number,
    /// One of these words.
    OneOf(String),
    /// Networks.
    Networks(NetworkError),
    /// The parser's own words, in English.
    Other(String),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("a text between quotation marks"),
            Self::Path => f.write_str("the path of a file"),
            Self::WholeNumber => f.write_str("a whole number that isn't below 0"),
            Self::Number => f.write_str("a number"),
            Self::OneOf(words) => write!(f, "one of {words}"),
            Self::Networks(error) => write!(f, "{error}"),
            Self::Other(words) => f.write_str(words),
        }
    }
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingFault {
    /// The settings can't be read.
    #[error("they can't be read")]
    Unreadable,
    /// The settings can't be read together.
    #[error("they can't be read together")]
    UnreadableTogether,
    /// The file isn't TOML at this place.
    #[error(
        "the settings file isn't TOML there; a text stands between quotation marks, and each setting on a line of its own"
    )]
    NotToml,
    /// A section is written as a setting.
    #[error("{0} is a section: write [{0}], and its settings on the lines below")]
    IsSection(String),
    /// The file has an unknown setting; the known one that resembles it.
    #[error("no setting has the name that stands here; {}", guess(.0.as_deref(), "docs/operations.md lists all settings"))]
    UnknownInFile(Option<String>),
    /// The environment has an unknown setting; the known variable that resembles it.
    #[error("no setting has this name; {}", guess(.0.as_deref(), "docs/operations.md lists all settings. Unset it or correct its name (in Kubernetes, a service named kenkocall makes such variables: set enableServiceLinks: false)"))]
    UnknownVariable(Option<String>),
    /// The variable's value isn't UTF-8.
    #[error("its value isn't UTF-8 text")]
    NotUtf8,
    /// The value of the setting (its name) isn't what it should be, if that is known.
    #[error("{name} has the wrong form{}", form(expected.as_ref()))]
    Form {
        /// The setting's name.
        name: String,
        /// What it should be.
        expected: Option<Expected>,
    },
    /// An address can't be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The mail server can't be used.
    #[error(transparent)]
    Email(#[from] EmailFault),
    /// There is no public URL, and a carrier can't reach the listen address.
    #[error(
        "it isn't set, and the carrier can't reach this server at http://{0}; set it to the https address by which the carrier reaches this server, such as https://calls.example.jp"
    )]
    NoPublicUrl(SocketAddr),
    /// The carrier's address isn't an https address alone.
    #[error("it is an address with https:// and without a user, ? and #, such as https://api.twilio.com")]
    BaseUrl,
    /// The carrier's address has a user.
    #[error(
        "it is an address with https:// and without a user, ? and #, such as https://api.twilio.com; the account goes to twilio.account_sid and twilio.auth_token"
    )]
    BaseUrlUser,
    /// A value copied from the carrier's console has something around it.
    #[error(
        "it has a space, a line break, a quotation mark or a letter outside ASCII; copy it again from the carrier's console, without anything around it"
    )]
    Pasted,
    /// A secret is set both itself (its name) and by a file.
    #[error("{0} is set too, and only one of them can hold; unset one of the two")]
    Twice(String),
    /// The file of a secret can't be used.
    #[error("the file {} {error}", path.display())]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// Why.
        error: SecretFileError,
    },
    /// The program has no simulated phone network.
    #[error(
        "this program was built without the simulated phone network (the feature `lab`); set it to twilio, or train with a program that has it"
    )]
    NoSimulator,
    /// A setting of our own telephone line can't be used.
    #[error(transparent)]
    Sip(#[from] SipFault),
    /// The address of the database has another scheme.
    #[error("it is sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME")]
    DatabaseUrl,
    /// The pace isn't above 0 and at most 1000.
    #[error("it is a number above 0 and not above 1000")]
    CallsPerSecond,
    /// No call could be placed.
    #[error("at least one call must be possible at a time")]
    NoCalls,
    /// The price is below 0.
    #[error("it is a number that isn't below 0")]
    Price,
    /// The longest call isn't 1 to 1440 minutes.
    #[error("a call lasts 1 to 1440 minutes at most")]
    LongestCall,
    /// The time to identify isn't 60 to 3600 seconds.
    #[error("it is 60 to 3600: an ID has to be found first")]
    IdentifySeconds,
    /// The wait isn't 0 to 3600 seconds.
    #[error("it is 0 to 3600 seconds")]
    WaitSeconds,
    /// There is no such time zone.
    #[error("it is the name of a time zone such as Asia/Tokyo")]
    TimeZone,
    /// The token is missing.
    #[error(
        "it is needed to check the carrier's signatures; set KENKOCALL_TWILIO__AUTH_TOKEN, or KENKOCALL_TWILIO__AUTH_TOKEN_FILE to a file that holds it"
    )]
    NoToken,
    /// The caller number can't be called back.
    #[error("patients are told to call this number back, so it can't be a premium-rate, 0570 or satellite number")]
    CallerNumber,
    /// The ringing time isn't 5 to 600 seconds.
    #[error("a call rings for 5 to 600 seconds")]
    RingSeconds,
}

fn guess(near: Option<&str>, otherwise: &str) -> String {
    near.map_or_else(|| otherwise.to_owned(), |near| format!("did you mean {near}?"))
}

fn form(expected: Option<&Expected>) -> String {
    expected
        .map_or_else(|| "; docs/operations.md says what it can be".to_owned(), |expected| format!(": it is {expected}"))
}

/// Why the file of a secret can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretFileError {
    /// It can't be read; the system's words.
    #[error("can't be read ({0}); check the path, and that this program's user may read it")]
    Unreadable(String),
    /// It is a folder or a device.
    #[error("isn't an ordinary file; name a file that holds the secret alone")]
    NotAFile,
    /// It is larger than any secret.
    #[error("is too large for a secret; name a file that holds the secret alone")]
    TooLarge,
    /// It isn't UTF-8.
    #[error("isn't UTF-8 text; name a file that holds the secret alone")]
    NotUtf8,
    /// It is empty.
    #[error("is empty; write the secret into it")]
    Empty,
}

/// Why an address can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Another scheme than https, or none.
    #[error("it begins with https:// in lower case, such as https://calls.example.jp")]
    Scheme,
    /// A space or another character around or in it.
    #[error(
        "it has a space, a line break, a quotation mark or a letter outside ASCII; write the address alone, such as https://calls.example.jp"
    )]
    Characters,
    /// Parameters or a fragment.
    #[error("it is an address without ? and #, such as https://calls.example.jp")]
    Query,
    /// A user or a password.
    #[error(
        "it names a user or a password (the part before @); the carrier leaves that out of what it signs, so write the address without it"
    )]
    User,
    /// No host, or no port that can be used.
    #[error(
        "it has no host or no usable port; write it like https://calls.example.jp or https://calls.example.jp:8443"
    )]
    Host,
    /// An address of all interfaces.
    #[error(
        "0.0.0.0 and [::] are addresses to listen on, and nobody can call them; write the name by which the carrier reaches this server"
    )]
    Unspecified,
    /// Unencrypted to another machine.
    #[error(
        "http:// is used only on this machine (localhost, 127.0.0.1, [::1]), since phone numbers and answers would go out unencrypted; write https://"
    )]
    Plain,
}

/// The error for one setting.
pub(super) fn wrong<T>(setting: &str, fault: impl Into<SettingFault>) -> Result<T, ConfigError> {
    Err(ConfigError::Setting { place: Place::Setting(setting.to_owned()), fault: fault.into() })
}
