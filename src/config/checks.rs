//! Checks that valid settings can be used together.

use super::addresses::{check_base_url, check_pasted, check_public_url};
use super::load::wrong;
use super::{Carrier, Config, ConfigError, Dialer, Twilio};
use crate::domain::PhoneNumber;
use crate::policy::GuessingLimits;

type Check = fn(&Config) -> Result<(), ConfigError>;

/// Every reason why the settings can't be used.
pub(super) fn problems(config: &Config) -> Vec<ConfigError> {
    let checks: [Check; 6] = [public_url, database, dialer, health_call, twilio, twilio_requests];
    let mut problems: Vec<ConfigError> = checks.iter().filter_map(|check| check(config).err()).collect();
    if !cfg!(feature = "lab") && config.carrier == Some(Carrier::Simulator) {
        problems.extend(
            wrong::<()>(
                "carrier",
                "this program was built without the simulated phone network (the feature `lab`); set it to twilio, or \
                 train with a program that has it",
            )
            .err(),
        );
    }
    if config.carrier == Some(Carrier::Sip) {
        problems.extend(wrong::<()>("carrier", "this version speaks to the carriers simulator and twilio").err());
    }
    problems
}

fn public_url(config: &Config) -> Result<(), ConfigError> {
    check_public_url(config, config.carrier == Some(Carrier::Twilio))
}

fn database(config: &Config) -> Result<(), ConfigError> {
    let url = &config.database.url;
    if url.starts_with("sqlite:") || url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(());
    }
    wrong("database.url", "it is sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME")
}

fn dialer(config: &Config) -> Result<(), ConfigError> {
    let rate = config.dialer.calls_per_second;
    if !(rate.is_finite() && rate > 0.0 && rate <= 1000.0) {
        return wrong("dialer.calls_per_second", "it is a number above 0 and not above 1000");
    }
    if config.dialer.concurrent_calls == 0 {
        return wrong("dialer.concurrent_calls", "at least one call must be possible at a time");
    }
    let price = config.dialer.price_per_minute;
    if !(price.is_finite() && price >= 0.0) {
        return wrong("dialer.price_per_minute", "it is a number that isn't below 0");
    }
    if !Dialer::LONGEST_CALL_MINUTES.contains(&config.dialer.longest_call_minutes) {
        return wrong("dialer.longest_call_minutes", "a call lasts 1 to 1440 minutes at most");
    }
    Ok(())
}

fn health_call(config: &Config) -> Result<(), ConfigError> {
    if !GuessingLimits::IDENTIFY_SECONDS.contains(&config.health_call.guessing.identify_seconds) {
        return wrong("health_call.guessing.identify_seconds", "it is 60 to 3600: an ID has to be found first");
    }
    if !GuessingLimits::WAIT_SECONDS.contains(&config.health_call.guessing.wait_seconds) {
        return wrong("health_call.guessing.wait_seconds", "it is 0 to 3600 seconds");
    }
    if config.health_call.guessing.calls_at_once == 0 {
        return wrong("health_call.guessing.calls_at_once", "at least one call must be possible at a time");
    }
    if jiff::tz::TimeZone::get(&config.health_call.time_zone).is_err() {
        return wrong("health_call.time_zone", "it is the name of a time zone such as Asia/Tokyo");
    }
    Ok(())
}

fn twilio(config: &Config) -> Result<(), ConfigError> {
    if config.carrier != Some(Carrier::Twilio) {
        return Ok(());
    }
    let token = secrecy::ExposeSecret::expose_secret(&config.twilio.auth_token);
    if token.trim().is_empty() {
        return wrong(
            "twilio.auth_token",
            "it is needed to check the carrier's signatures; set KENKOCALL_TWILIO__AUTH_TOKEN, or \
             KENKOCALL_TWILIO__AUTH_TOKEN_FILE to a file that holds it",
        );
    }
    check_pasted("twilio.auth_token", token)?;
    check_pasted("twilio.account_sid", &config.twilio.account_sid)
}

fn twilio_requests(config: &Config) -> Result<(), ConfigError> {
    let caller_number = config.twilio.caller_number.as_deref().and_then(|text| PhoneNumber::parse(text).ok());
    if caller_number.is_some_and(|number| !number.kind().may_be_shown()) {
        return wrong(
            "twilio.caller_number",
            "patients are told to call this number back, so it can't be a premium-rate, 0570 or satellite number",
        );
    }
    check_base_url(config.twilio.base_url())?;
    if !Twilio::RING_SECONDS.contains(&config.twilio.ring_seconds) {
        return wrong("twilio.ring_seconds", "a call rings for 5 to 600 seconds");
    }
    Ok(())
}
