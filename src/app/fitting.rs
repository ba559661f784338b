//! Checks that settings, database and carrier fit together. `serve` checks it at its start, `config check` before.

use anyhow::{Context as _, bail};
use tracing::warn;

use crate::carrier::CarrierAccountId;
use crate::carrier::twilio::rest::RestClient;
use crate::carrier::twilio::{SigningKey, Urls, Voice, Voices};
use crate::config::{Carrier, Config, Named};
use crate::domain::{CentreCode, DataOrigin, PhoneNumber, PhoneNumberError};
use crate::store::{Database, centres};
use crate::translations::{Said, message};

/// A setting that isn't a phone number.
#[derive(Debug, thiserror::Error)]
#[error("{name} isn't a phone number: {why}")]
pub(crate) struct NotPhoneNumber {
    /// Its name.
    pub(crate) name: &'static str,
    /// What is wrong with it.
    pub(crate) why: PhoneNumberError,
}

/// Returns the reasons why a server couldn't start with these settings, beyond what each setting shows by itself.
pub(crate) fn unusable(config: &Config) -> Vec<anyhow::Error> {
    let twilio = || {
        if config.carrier != Some(Carrier::Twilio) {
            return Ok(());
        }
        let urls = urls(config)?;
        SigningKey::new(&config.twilio.auth_token).context("twilio.auth_token")?;
        if places_calls(config) || !config.twilio.account_sid.is_empty() {
            RestClient::new(&config.twilio, urls)?;
        }
        Ok(())
    };
    let checks = [
        twilio(),
        account(config).map(drop),
        super::mail::configured_mail_server(config).map(drop),
        voices(config).map(drop),
        number_of(config.caller_number()).map(drop),
        number_of(config.health_call_number()).map(drop),
        number(config.help.people_desk.as_deref(), "help.people_desk").map(drop),
        number(config.help.staff_desk.as_deref(), "help.staff_desk").map(drop),
        fallback_centre(config).map(drop),
    ];
    checks.into_iter().filter_map(Result::err).collect()
}

/// Checks that the database suits this carrier and has what the settings name. Simulated answers are never stored among
/// real patients, and no real calls are placed for simulated patients.
pub(crate) async fn fits(config: &Config, database: &Database) -> anyhow::Result<()> {
    origin_fits(config, database.data_origin().await?)?;
    check_fallback_centre(database, fallback_centre(config)?.as_ref()).await
}

/// Checks that the carrier may be used for data of this origin.
pub(super) fn origin_fits(config: &Config, origin: DataOrigin) -> anyhow::Result<()> {
    match (config.carrier, origin) {
        (Some(Carrier::Simulator), DataOrigin::Real) => bail!(Said(message!("fitting-simulator-on-real-data"))),
        (Some(Carrier::Twilio | Carrier::Sip), DataOrigin::Simulated) => {
            bail!(Said(message!("fitting-real-carrier-on-simulated-data")))
        }
        (Some(Carrier::Simulator), DataOrigin::Simulated)
        | (Some(Carrier::Twilio | Carrier::Sip), DataOrigin::Real)
        | (None, _) => Ok(()),
    }
}

/// Returns the centre for unidentified callers, if the settings name one.
pub(super) fn fallback_centre(config: &Config) -> anyhow::Result<Option<CentreCode>> {
    let named = config.health_call.desk_centre.as_deref().map(CentreCode::parse).transpose();
    named.context("health_call.desk_centre")
}

/// Parses a phone number of the settings. Returns `None` if it is empty.
pub(super) fn number(text: Option<&str>, name: &'static str) -> anyhow::Result<Option<PhoneNumber>> {
    match text {
        None | Some("") => Ok(None),
        Some(text) => Ok(Some(PhoneNumber::parse(text).map_err(|why| NotPhoneNumber { name, why })?)),
    }
}

/// Parses a phone number that may be set under two names.
pub(super) fn number_of(named: Named<'_>) -> anyhow::Result<Option<PhoneNumber>> {
    number(named.value, named.name)
}

/// Checks the centre for unidentified callers. If the settings name one, it must exist. If there are several centres
/// and none is named, warns.
async fn check_fallback_centre(database: &Database, named: Option<&CentreCode>) -> anyhow::Result<()> {
    let mut tx = database.begin_read().await?;
    let centres = centres::list(&mut tx).await?;
    match named {
        Some(code) if !centres.iter().any(|centre| centre.code == *code) => {
            bail!(Said(message!("fitting-no-centre", code = code.as_str())))
        }
        None if centres.len() > 1 => warn!(
            "there are several centres and health_call.desk_centre names none: callers who want a person before being identified \
             are asked to phone their own centre, and a lock after guessing at unknown IDs stands on no centre's list"
        ),
        _ => {}
    }
    Ok(())
}

/// Returns `true` if automated calls are placed: the settings have a number to call from.
pub(super) fn places_calls(config: &Config) -> bool {
    config.caller_number().value.is_some_and(|number| !number.is_empty())
}

/// Returns the account that requests must belong to. `None` accepts any account.
pub(super) fn account(config: &Config) -> anyhow::Result<Option<CarrierAccountId>> {
    let named = Some(config.twilio.account_sid.as_str()).filter(|sid| !sid.is_empty());
    let ours = named.filter(|_| config.carrier == Some(Carrier::Twilio)).map(CarrierAccountId::parse).transpose();
    ours.context("twilio.account_sid")
}

/// The URLs by which carriers reach this server.
pub(super) fn urls(config: &Config) -> anyhow::Result<Urls> {
    Urls::new(&config.server.public_url()).context("server.public_url")
}

pub(super) fn voices(config: &Config) -> anyhow::Result<Voices> {
    let mut voices = Voices::default();
    for (language, name) in &config.twilio.voices {
        let voice = Voice::new(voices.of(*language).language(), name);
        voices = voices.with(*language, voice.with_context(|| format!("twilio.voices.{language}"))?);
    }
    Ok(voices)
}
