//! Checks that valid settings can be used together.

use super::addresses::{check_base_url, check_pasted, check_public_url};
use super::error::wrong;
use super::{Carrier, Config, ConfigError, Dialer, Place, SettingFault, Twilio};
use crate::domain::PhoneNumber;
use crate::policy::GuessingLimits;

type Check = fn(&Config) -> Result<(), ConfigError>;

/// Every reason why the settings can't be used.
pub(super) fn problems(config: &Config) -> Vec<ConfigError> {
    let checks: [Check; 9] = [public_url, database, dialer, health_call, twilio, twilio_requests, lines, sip, email];
    let mut problems: Vec<ConfigError> = checks.iter().filter_map(|check| check(config).err()).collect();
    if !cfg!(feature = "lab") && config.carrier == Some(Carrier::Simulator) {
        problems.extend(wrong::<()>("carrier", SettingFault::NoSimulator).err());
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
    wrong("database.url", SettingFault::DatabaseUrl)
}

fn dialer(config: &Config) -> Result<(), ConfigError> {
    let rate = config.dialer.calls_per_second;
    if !(rate.is_finite() && rate > 0.0 && rate <= 1000.0) {
        return wrong("dialer.calls_per_second", SettingFault::CallsPerSecond);
    }
    let notices = config.dialer.notices_per_second;
    if !(notices.is_finite() && notices > 0.0 && notices <= 1000.0) {
        return wrong("dialer.notices_per_second", SettingFault::CallsPerSecond);
    }
    let emails = config.email.notices_per_second;
    if !(emails.is_finite() && emails > 0.0 && emails <= 1000.0) {
        return wrong("email.notices_per_second", SettingFault::CallsPerSecond);
    }
    if config.dialer.concurrent_calls == 0 {
        return wrong("dialer.concurrent_calls", SettingFault::NoCalls);
    }
    let price = config.dialer.price_per_minute;
    if !(price.is_finite() && price >= 0.0) {
        return wrong("dialer.price_per_minute", SettingFault::Price);
    }
    if !Dialer::LONGEST_CALL_MINUTES.contains(&config.dialer.longest_call_minutes) {
        return wrong("dialer.longest_call_minutes", SettingFault::LongestCall);
    }
    Ok(())
}

fn health_call(config: &Config) -> Result<(), ConfigError> {
    if !GuessingLimits::IDENTIFY_SECONDS.contains(&config.health_call.guessing.identify_seconds) {
        return wrong("health_call.guessing.identify_seconds", SettingFault::IdentifySeconds);
    }
    if !GuessingLimits::WAIT_SECONDS.contains(&config.health_call.guessing.wait_seconds) {
        return wrong("health_call.guessing.wait_seconds", SettingFault::WaitSeconds);
    }
    if config.health_call.guessing.calls_at_once == 0 {
        return wrong("health_call.guessing.calls_at_once", SettingFault::NoCalls);
    }
    if jiff::tz::TimeZone::get(&config.health_call.time_zone).is_err() {
        return wrong("health_call.time_zone", SettingFault::TimeZone);
    }
    Ok(())
}

fn twilio(config: &Config) -> Result<(), ConfigError> {
    if config.carrier != Some(Carrier::Twilio) {
        return Ok(());
    }
    let token = secrecy::ExposeSecret::expose_secret(&config.twilio.auth_token);
    if token.trim().is_empty() {
        return wrong("twilio.auth_token", SettingFault::NoToken);
    }
    check_pasted("twilio.auth_token", token)?;
    check_pasted("twilio.account_sid", &config.twilio.account_sid)
}

fn twilio_requests(config: &Config) -> Result<(), ConfigError> {
    check_base_url(config.twilio.base_url())?;
    if !Twilio::RING_SECONDS.contains(&config.twilio.ring_seconds) {
        return wrong("twilio.ring_seconds", SettingFault::RingSeconds);
    }
    Ok(())
}

fn lines(config: &Config) -> Result<(), ConfigError> {
    let named = config.caller_number();
    let caller_number = named.value.and_then(|text| PhoneNumber::parse(text).ok());
    if caller_number.is_some_and(|number| !number.kind().may_be_shown()) {
        return wrong(named.name, SettingFault::CallerNumber);
    }
    if config.lines.ring_seconds.is_some_and(|seconds| !Twilio::RING_SECONDS.contains(&seconds)) {
        return wrong("lines.ring_seconds", SettingFault::RingSeconds);
    }
    Ok(())
}

fn sip(config: &Config) -> Result<(), ConfigError> {
    if config.carrier != Some(Carrier::Sip) {
        return Ok(());
    }
    config.sip.check().map_err(|(setting, fault)| {
        let place = Place::Setting(setting);
        ConfigError::Setting { place, fault: fault.into() }
    })
}

fn email(config: &Config) -> Result<(), ConfigError> {
    config.email.check().or_else(|(setting, fault)| wrong(setting, fault))
}
