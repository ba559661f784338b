//! Reading the settings. The environment is laid over the file as text, so that `+815031980214` and an auth token of
//! digits alone stay what they are.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use toml::{Table, Value};

use super::addresses::{check_base_url, check_pasted, check_public_url};
use super::{Carrier, Config, Dialer, Twilio, variables};
use crate::follow_up::GuessingLimits;

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("the settings file {path} can't be read ({source}); check the path after --config")]
    File {
        /// The path given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file isn't TOML, or a setting is unknown or of the wrong form.
    #[error("{place}: {what}")]
    Setting {
        /// The file or the environment.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// An environment variable that looks like one of ours can't be used. Its value isn't repeated: it may be a secret.
    #[error("the environment variable {name} can't be used: {what}")]
    Variable {
        /// Its name.
        name: String,
        /// What is wrong.
        what: String,
    },
}

/// Reads the settings: defaults, then `file`, then `environment` (all of the process's variables; others than ours are
/// ignored).
///
/// # Errors
/// When the file can't be read, a setting is unknown or wrong, or a variable looks like one of ours and isn't known.
pub fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Config, ConfigError> {
    let mut table = Table::new();
    let mut place = "the environment".to_owned();
    if let Some(path) = file {
        let source = std::fs::read_to_string(path);
        let text = source.map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        place = format!("{} (or the environment)", path.display());
        table = text
            .parse()
            .map_err(|error: toml::de::Error| ConfigError::Setting { place: place.clone(), what: error.to_string() })?;
    }
    for (path, value) in variables::settings(environment)? {
        lay(&mut table, &path, value);
    }
    let config: Config = Value::Table(table).try_into().map_err(|error: toml::de::Error| ConfigError::Setting {
        place,
        what: error.to_string().trim_end().to_owned(),
    })?;
    check(&config)?;
    Ok(config)
}

fn lay(table: &mut Table, path: &[String], value: String) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        table.insert(first.clone(), Value::String(value));
        return;
    }
    let inner = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
    if !inner.is_table() {
        *inner = Value::Table(Table::new());
    }
    if let Value::Table(inner) = inner {
        lay(inner, rest, value);
    }
}

fn wrong<T>(place: &str, what: &str) -> Result<T, ConfigError> {
    Err(ConfigError::Setting { place: place.to_owned(), what: what.to_owned() })
}

fn check(config: &Config) -> Result<(), ConfigError> {
    check_public_url(config, config.carrier == Some(Carrier::Twilio))?;
    if !config.database.url.starts_with("sqlite:") && !config.database.url.starts_with("postgres") {
        return wrong("database.url", "it is sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME");
    }
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
    check_twilio(config)?;
    if config.carrier == Some(Carrier::Sip) {
        return wrong("carrier", "this version speaks to the carriers simulator and twilio");
    }
    Ok(())
}

fn check_twilio(config: &Config) -> Result<(), ConfigError> {
    let token = secrecy::ExposeSecret::expose_secret(&config.twilio.auth_token);
    if config.carrier == Some(Carrier::Twilio) {
        if token.trim().is_empty() {
            return wrong(
                "twilio.auth_token",
                "it is needed to check the carrier's signatures; set KENKOCALL_TWILIO__AUTH_TOKEN",
            );
        }
        check_pasted("twilio.auth_token", token)?;
        check_pasted("twilio.account_sid", &config.twilio.account_sid)?;
    }
    check_base_url(config.twilio.base_url())?;
    if !Twilio::RING_SECONDS.contains(&config.twilio.ring_seconds) {
        return wrong("twilio.ring_seconds", "a call rings for 5 to 600 seconds");
    }
    Ok(())
}

/// A number, written as one or as text: the environment knows text alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written<T> {
    Number(T),
    Text(String),
}

impl<T: FromStr<Err: Display>> Written<T> {
    fn number<E: serde::de::Error>(self) -> Result<T, E> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Text(text) => text.trim().parse().map_err(|error| E::custom(format!("“{text}”: {error}"))),
        }
    }
}

/// Reads such a number.
pub(crate) fn number<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: Display>,
{
    Written::deserialize(deserializer)?.number()
}

/// The same where nothing is a value too: an empty text.
pub(crate) fn some_number<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: Display>,
{
    match Written::deserialize(deserializer)? {
        Written::Text(text) if text.trim().is_empty() => Ok(None),
        written => written.number().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{MachineDetection, Operations};
    use secrecy::ExposeSecret;

    fn with(variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        load(None, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_run() {
        let config = with(&[]).expect("defaults");
        assert_eq!(config.server.public_url(), "http://127.0.0.1:8080");
        assert_eq!(config.carrier, None, "nobody is called, by whatever network, unless somebody says so");
        assert_eq!(config.twilio.base_url(), "https://api.twilio.com");
        assert_eq!(config.twilio.machine_detection, MachineDetection::DetectMessageEnd);
        assert_eq!(config.twilio.ring_seconds, 30);
    }

    #[test]
    fn operations_are_on_the_main_port_only_where_its_address_is_set() {
        let at = |listen: &str, operations: &str| {
            let set =
                with(&[("KENKOCALL_SERVER__LISTEN", listen), ("KENKOCALL_SERVER__OPERATIONS_LISTEN", operations)]);
            set.map(|config| config.server.operations())
        };
        let address = |text: &str| text.parse().expect("an address");
        let default = with(&[]).expect("defaults").server.operations();
        assert_eq!(default, Operations::AtDefault(address("127.0.0.1:9464")));
        assert_eq!(at("127.0.0.1:9464", "127.0.0.1:9464"), Ok(Operations::OnMainPort));
        assert_eq!(at("0.0.0.0:8080", "127.0.0.1:8080"), Ok(Operations::At(address("127.0.0.1:8080"))));
        assert_eq!(at("127.0.0.1:0", "127.0.0.1:0"), Ok(Operations::At(address("127.0.0.1:0"))));
        let on_default = with(&[("KENKOCALL_SERVER__LISTEN", "127.0.0.1:9464")]).expect("settings");
        assert_eq!(on_default.server.operations(), default, "nobody has chosen the main port for them");
        assert!(at("127.0.0.1:8080", "9464").is_err());
    }

    #[test]
    fn text_of_digits_stays_text() {
        let config = with(&[
            ("KENKOCALL_CARRIER", "twilio"),
            ("KENKOCALL_TWILIO__AUTH_TOKEN", "12345"),
            ("KENKOCALL_TWILIO__HEALTH_CALL_NUMBER", "+815031980214"),
            ("KENKOCALL_DIALER__CALLS_PER_SECOND", "2.5"),
            ("KENKOCALL_DIALER__CONCURRENT_CALLS", "7"),
            ("KENKOCALL_SERVER__LISTEN", "0.0.0.0:9000"),
            ("KENKOCALL_SERVER__PUBLIC_URL", "https://calls.example.jp/"),
            ("KENKOCALL_TWILIO__BASE_URL", "https://example.signalwire.com/api/laml/"),
            ("KENKOCALL_TWILIO__MACHINE_DETECTION", "enable"),
            ("KENKOCALL_TWILIO__RING_SECONDS", "25"),
            ("KENKOCALL_DIALER__CALLS_PER_DAY", ""),
            ("KENKOCALL_DIALER__SPEND_PER_DAY", "30000"),
            ("KENKOCALL_TEST_POSTGRES", "not a setting"),
        ])
        .expect("settings");
        assert_eq!(config.twilio.auth_token.expose_secret(), "12345");
        assert_eq!(config.twilio.health_call_number.as_deref(), Some("+815031980214"));
        assert_eq!(config.twilio.base_url(), "https://example.signalwire.com/api/laml");
        assert_eq!(config.twilio.machine_detection, MachineDetection::Enable);
        assert_eq!(config.twilio.ring_seconds, 25);
        assert!((config.dialer.calls_per_second - 2.5).abs() < f64::EPSILON);
        assert_eq!(config.dialer.concurrent_calls, 7);
        let limits = config.dialer.day_limits();
        assert_eq!((limits.calls, limits.spend), (None, Some(30_000)), "an empty text is no limit");
        assert_eq!(config.server.public_url(), "https://calls.example.jp");
        assert!(!format!("{config:?}").contains("12345"));
    }

    #[test]
    fn a_carrier_needs_an_address_that_it_can_reach() {
        let twilio = |listen| {
            with(&[
                ("KENKOCALL_CARRIER", "twilio"),
                ("KENKOCALL_TWILIO__AUTH_TOKEN", "12345"),
                ("KENKOCALL_SERVER__LISTEN", listen),
            ])
        };
        for listen in ["0.0.0.0:8080", "[::]:8080", "192.168.0.7:8080", "127.0.0.1:0"] {
            let error = twilio(listen).expect_err(listen);
            assert!(error.contains("server.public_url: it isn't set"), "{error}");
            assert!(with(&[("KENKOCALL_SERVER__LISTEN", listen)]).is_ok(), "the simulator calls no URL");
        }
        assert!(twilio("127.0.0.1:8080").is_ok(), "as `simulate carrier` calls it");
    }

    #[test]
    fn what_is_copied_from_the_console_is_copied_alone() {
        for (token, sid, mentions) in [
            (" ", "", "KENKOCALL_TWILIO__AUTH_TOKEN"),
            ("\n", "", "KENKOCALL_TWILIO__AUTH_TOKEN"),
            ("12345\n", "", "twilio.auth_token: it has a space"),
            ("\"12345\"", "", "twilio.auth_token: it has a space"),
            ("12345", " ", "twilio.account_sid: it has a space"),
            ("12345", "'AC0123'", "twilio.account_sid: it has a space"),
        ] {
            let error = with(&[
                ("KENKOCALL_CARRIER", "twilio"),
                ("KENKOCALL_TWILIO__AUTH_TOKEN", token),
                ("KENKOCALL_TWILIO__ACCOUNT_SID", sid),
            ]);
            let error = error.expect_err(mentions);
            assert!(error.contains(mentions) && !error.contains("12345"), "{error}");
        }
    }

    #[test]
    fn wrong_settings_get_a_sentence() {
        for (name, value, mentions) in [
            ("KENKOCALL_SERVER__LISTNE", "127.0.0.1:1", "did you mean KENKOCALL_SERVER__LISTEN?"),
            ("KENKOCALL_SERVER__LISTEN", "nowhere", "server.listen"),
            ("KENKOCALL_SERVER__PUBLIC_URL", "calls.example.jp", "https://"),
            ("KENKOCALL_DIALER__CALLS_PER_SECOND", "0", "above 0"),
            ("KENKOCALL_DIALER__CALLS_PER_SECOND", "fast", "fast"),
            ("KENKOCALL_CARRIER", "twilio", "KENKOCALL_TWILIO__AUTH_TOKEN"),
            ("KENKOCALL_DIALER__CALLS_PER_DAY", "many", "many"),
            ("KENKOCALL_DIALER__SPEND_PER_DAY", "-1", "-1"),
            ("KENKOCALL_DIALER__PRICE_PER_MINUTE", "-0.1", "isn't below 0"),
            ("KENKOCALL_DIALER__PRICE_PER_MINUTE", "NaN", "isn't below 0"),
            ("KENKOCALL_DIALER__LONGEST_CALL_MINUTES", "0", "1 to 1440"),
            ("KENKOCALL_HEALTH_CALL__GUESSING__IDENTIFY_SECONDS", "59", "60 to 3600"),
            ("KENKOCALL_HEALTH_CALL__GUESSING__CALLS_AT_ONCE", "0", "at least one call"),
            ("KENKOCALL_CARRIER", "pigeon", "pigeon"),
            ("KENKOCALL_DATABASE__URL", "mysql://x", "sqlite://PATH"),
            ("KENKOCALL_TWILIO__BASE_URL", "api.twilio.com", "https://api.twilio.com"),
            ("KENKOCALL_TWILIO__BASE_URL", "ftp://api.example", "https://"),
            ("KENKOCALL_TWILIO__BASE_URL", "https://user@api.example", "without a user"),
            ("KENKOCALL_TWILIO__BASE_URL", "https://api.example/?key=1", "without a user, ? and #"),
            ("KENKOCALL_TWILIO__BASE_URL", "http://api.example", "unencrypted"),
            ("KENKOCALL_TWILIO__BASE_URL", "https://0.0.0.0", "nobody can call them"),
            ("KENKOCALL_SERVER__PUBLIC_URL", "http://calls.example.jp", "unencrypted"),
            ("KENKOCALL_SERVER__PUBLIC_URL", "https://0.0.0.0", "nobody can call them"),
            ("KENKOCALL_SERVER__PUBLIC_URL", "https://me:secret@calls.example.jp", "before @"),
            ("KENKOCALL_TWILIO__RING_SECONDS", "4", "5 to 600"),
            ("KENKOCALL_TWILIO__RING_SECONDS", "601", "5 to 600"),
            ("KENKOCALL_TWILIO__RING_SECONDS", "long", "long"),
            ("KENKOCALL_TWILIO__MACHINE_DETECTION", "maybe", "detect_message_end"),
            ("KENKOCALL_HEALTH_CALL__TIME_ZONE", "Mars/Olympus", "Asia/Tokyo"),
        ] {
            let error = with(&[(name, value)]).expect_err(name);
            assert!(error.contains(mentions), "{name}: {error}");
        }
    }
}
