//! The settings: working defaults, overridden by a TOML file, overridden by the environment (`KENKOCALL_SECTION__KEY`).

mod addresses;
mod audit;
mod certificate;
mod checks;
mod database;
mod dialer;
mod email;
mod error;
mod file;
mod flows;
mod health_call;
mod help;
mod lines;
mod load;
mod log;
mod networks;
mod operator;
mod secret_files;
mod server;
mod shown;
mod sip;
mod twilio;
mod variables;
mod voices;
mod warnings;

pub use audit::Audit;
pub use certificate::Certificate;
pub use database::Database;
pub use dialer::Dialer;
pub use email::{Email, EmailFault, EmailSecurity};
pub use error::{AddressError, ConfigError, Expected, Place, SecretFileError, SettingFault, SettingsFileError};
pub use flows::Flows;
pub use health_call::HealthCall;
pub use help::Help;
pub use lines::{Lines, Named};
pub use load::{Survey, load, survey};
pub use log::{Log, LogFormat};
pub use networks::{NetworkError, Networks};
pub use operator::Operator;
pub use server::{Operations, Server};
pub use shown::{Origin, Shown};
pub use sip::{Ports, Sip, SipCallerHeader, SipFault, SipKeys, SipNumbers, SipProfile, SipTransport, SipTrunk};
pub use twilio::{MachineDetection, Twilio};
pub use voices::Voices;
pub use warnings::{Warning, warnings};

#[cfg(test)]
mod example_file;

use serde::Deserialize;

/// All settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The carrier to use. There is no default: a simulated carrier invents answers, and a real one calls people.
    pub carrier: Option<Carrier>,
    /// The HTTP server.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// The audit trail.
    pub audit: Audit,
    /// Twilio-compatible carriers.
    pub twilio: Twilio,
    /// Our numbers and the ringing time, for every carrier.
    pub lines: Lines,
    /// Our own telephone line.
    pub sip: Sip,
    /// The mail server for messages to staff.
    pub email: Email,
    /// Whom people may ask.
    pub help: Help,
    /// How certificates are printed.
    pub certificate: Certificate,
    /// The pace and limits of automated calls.
    pub dialer: Dialer,
    /// The location of the flow documents.
    pub flows: Flows,
    /// Recordings of one's own.
    pub voices: Voices,
    /// The health-call line.
    pub health_call: HealthCall,
    /// Who works at the command line.
    pub operator: Operator,
    /// What is logged, and how.
    pub log: Log,
}

impl Config {
    /// The settings of a simulation: the simulated carrier, and a separate database.
    #[must_use]
    #[cfg(feature = "lab")]
    pub fn of_a_simulation(database_url: String) -> Self {
        let database = Database { url: database_url, ..Database::default() };
        Self { carrier: Some(Carrier::Simulator), database, ..Self::default() }
    }
}

/// The kind of carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// A simulated carrier: no phone rings, and every answer is invented.
    Simulator,
    /// A Twilio-compatible carrier.
    Twilio,
    /// Our own SIP.
    Sip,
}
