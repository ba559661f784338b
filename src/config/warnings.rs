//! Warnings about settings that are valid but probably not intended.

use super::{Carrier, Config};

/// One sentence for each warning.
pub fn warnings(config: &Config) -> Vec<String> {
    let mut warnings = Vec::new();
    let is_set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    if config.carrier.is_none() {
        warnings.push(
            "carrier isn't set, so `kenkocall serve` doesn't start; set it to twilio, or to simulator to train"
                .to_owned(),
        );
    }
    if config.carrier != Some(Carrier::Simulator)
        && config.dialer.calls_per_day.is_none()
        && config.dialer.spend_per_day.is_none()
    {
        warnings.push(
            "no limits of a day are set, so a wrong list, a fault or a stolen token can place calls without end; set \
             dialer.calls_per_day and dialer.spend_per_day"
                .to_owned(),
        );
    }
    if config.carrier == Some(Carrier::Twilio) {
        if !is_set(&config.server.public_url) {
            warnings.push(
                "server.public_url isn't set, so only a carrier on this machine reaches this server; set it to the https \
                 address by which your carrier does"
                    .to_owned(),
            );
        }
        if !is_set(&config.twilio.caller_number) {
            warnings.push(
                "twilio.caller_number isn't set, so the health-call line is answered and nobody is called".to_owned(),
            );
        }
    }
    if config.carrier != Some(Carrier::Simulator) && config.audit.checkpoint_file.is_none() {
        warnings.push(
            "audit.checkpoint_file isn't set, so nobody notices an audit trail that was cut off or written anew; set it to \
             a file on another disk than the database"
                .to_owned(),
        );
    }
    warnings
}
