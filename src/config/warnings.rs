//! Warnings about settings that are valid but probably not intended.

use super::{Carrier, Config};

/// What is probably not intended. `Display` is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// No carrier is set.
    #[error("carrier isn't set, so `kenkocall serve` doesn't start; set it to twilio, or to simulator to train")]
    NoCarrier,
    /// Neither calls nor their cost are limited.
    #[error(
        "no limits of a day are set, so a wrong list, a fault or a stolen token can place calls without end; set dialer.calls_per_day and dialer.spend_per_day"
    )]
    NoDayLimits,
    /// The public URL is that of this machine.
    #[error(
        "server.public_url isn't set, so only a carrier on this machine reaches this server; set it to the https address by which your carrier does"
    )]
    NoPublicUrl,
    /// Nobody is called.
    #[error("twilio.caller_number isn't set, so the health-call line is answered and nobody is called")]
    NoCallerNumber,
    /// Nobody is called by our own line.
    #[error("lines.caller_number isn't set, so the health-call line is answered and nobody is called")]
    NoSipCallerNumber,
    /// The audit trail has no checkpoints.
    #[error(
        "audit.checkpoint_file isn't set, so nobody notices an audit trail that was cut off or written anew; set it to a file on another disk than the database"
    )]
    NoCheckpointFile,
}

/// The warnings of these settings.
pub fn warnings(config: &Config) -> Vec<Warning> {
    let is_set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    let real = config.carrier != Some(Carrier::Simulator);
    let twilio = config.carrier == Some(Carrier::Twilio);
    let sip = config.carrier == Some(Carrier::Sip);
    let unlimited = config.dialer.calls_per_day.is_none() && config.dialer.spend_per_day.is_none();
    [
        (config.carrier.is_none(), Warning::NoCarrier),
        (real && unlimited, Warning::NoDayLimits),
        (twilio && !is_set(&config.server.public_url), Warning::NoPublicUrl),
        (twilio && config.caller_number().value.is_none_or(str::is_empty), Warning::NoCallerNumber),
        (sip && config.caller_number().value.is_none_or(str::is_empty), Warning::NoSipCallerNumber),
        (real && config.audit.checkpoint_file.is_none(), Warning::NoCheckpointFile),
    ]
    .into_iter()
    .filter_map(|(applies, warning)| applies.then_some(warning))
    .collect()
}
