//! Loads the settings. The environment overrides the file as text, so that `+815031980214` and an auth token that
//! consists of digits remain text.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::shown::{self, Origins, Shown};
use super::{Config, ConfigError, Place, SettingFault, variables};

/// The result of reading the settings.
#[derive(Debug)]
pub struct Survey {
    /// The settings. `None` if there are problems.
    pub config: Option<Config>,
    /// Every reason why the settings can't be used.
    pub problems: Vec<ConfigError>,
    /// Files that contain secrets: those named by settings, and the settings file if it contains one.
    pub secret_files: Vec<PathBuf>,
    origins: Origins,
}

/// Loads the settings: defaults, then `file`, then `environment` (all variables of the process; unrelated ones are
/// ignored).
///
/// # Errors
/// If the file can't be read, a setting is unknown or wrong, or a variable looks like one of ours but is unknown.
pub fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Config, ConfigError> {
    survey(file, environment).usable()
}

impl Survey {
    /// Every setting with its current value and origin. Secrets are shown as dots. `None` if there are problems.
    pub fn shown(&self) -> Option<Vec<Shown>> {
        self.config.as_ref().map(|config| shown::shown(config, &self.origins))
    }

    /// The settings, or the first problem.
    ///
    /// # Errors
    /// If there is a problem.
    pub fn usable(self) -> Result<Config, ConfigError> {
        match (self.config, self.problems.into_iter().next()) {
            (Some(config), _) => Ok(config),
            (None, Some(problem)) => Err(problem),
            (None, None) => Err(ConfigError::Setting { place: Place::Whole, fault: SettingFault::Unreadable }),
        }
    }
}

/// Loads the settings like [`load`], but reports every problem, so that all of them can be fixed at once.
pub fn survey(file: Option<&Path>, environment: impl Iterator<Item = (OsString, OsString)>) -> Survey {
    let mut problems = Vec::new();
    let mut table = file.map(|path| super::file::read(path, &mut problems)).unwrap_or_default();
    let mut secret_files: Vec<PathBuf> =
        file.filter(|_| holds_secrets(&table)).map(Path::to_owned).into_iter().collect();
    let mut origins = Origins::of_file(file, &table);
    for variable in variables::settings(environment, &mut problems) {
        origins.note_variable(&variable);
        match super::file::form(&variable.path, Value::String(variable.value.clone())) {
            Ok(()) => lay(&mut table, &variable.path, variable.value),
            Err(fault) => problems.push(ConfigError::Variable { name: variable.name, fault }),
        }
    }
    let whole = problems.is_empty();
    origins.note_secret_files(&table);
    secret_files.extend(super::secret_files::read_into(&mut table, &mut problems));
    let config = match Value::Table(table).try_into::<Config>() {
        Ok(config) => Some(config),
        Err(_) => {
            if whole {
                let fault = SettingFault::UnreadableTogether;
                problems.push(ConfigError::Setting { place: Place::Whole, fault });
            }
            None
        }
    };
    if let Some(config) = config.as_ref().filter(|_| problems.is_empty()) {
        problems = super::checks::problems(config);
    }
    Survey { config: config.filter(|_| problems.is_empty()), problems, secret_files, origins }
}

/// Returns `true` if the file contains a token, or an address with a password.
fn holds_secrets(table: &Table) -> bool {
    let text = |section: &str, key: &str| table.get(section)?.get(key)?.as_str();
    let is_set = |section: &str, key: &str| text(section, key).is_some_and(|secret| !secret.is_empty());
    is_set("twilio", "auth_token")
        || is_set("email", "password")
        || trunk_passwords(table)
        || text("database", "url").is_some_and(|url| url.contains('@') || url.contains("password="))
}

/// Returns `true` if the file contains the password of a trunk.
fn trunk_passwords(table: &Table) -> bool {
    let trunks = table.get("sip").and_then(|sip| sip.get("trunks")?.as_table());
    let password = |trunk: &Value| trunk.get("password")?.as_str().map(|password| !password.is_empty());
    trunks.into_iter().flatten().any(|(_, trunk)| password(trunk) == Some(true))
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
            ("KENKOCALL_DIALER__CALLS_PER_SECOND", "fast", "it is a number"),
            ("KENKOCALL_CARRIER", "twilio", "KENKOCALL_TWILIO__AUTH_TOKEN"),
            ("KENKOCALL_DIALER__CALLS_PER_DAY", "many", "a whole number"),
            ("KENKOCALL_DIALER__SPEND_PER_DAY", "-1", "a whole number"),
            ("KENKOCALL_DIALER__PRICE_PER_MINUTE", "-0.1", "isn't below 0"),
            ("KENKOCALL_DIALER__PRICE_PER_MINUTE", "NaN", "isn't below 0"),
            ("KENKOCALL_DIALER__LONGEST_CALL_MINUTES", "0", "1 to 1440"),
            ("KENKOCALL_HEALTH_CALL__GUESSING__IDENTIFY_SECONDS", "59", "60 to 3600"),
            ("KENKOCALL_HEALTH_CALL__GUESSING__CALLS_AT_ONCE", "0", "at least one call"),
            ("KENKOCALL_SERVER__TRUSTED_PROXIES", "10.0.0.0/8 10.1.0.1", "CIDR notation"),
            ("KENKOCALL_SERVER__TRUSTED_PROXIES", "0.0.0.0/0", "no network that holds every address"),
            ("KENKOCALL_HEALTH_CALL__GUESSING__WAIT_SECONDS", "3601", "0 to 3600"),
            ("KENKOCALL_TWILIO__CALLER_NUMBER", "0990-123-456", "premium-rate"),
            ("KENKOCALL_CARRIER", "pigeon", "one of simulator, twilio, sip"),
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
            ("KENKOCALL_TWILIO__RING_SECONDS", "long", "a whole number"),
            ("KENKOCALL_TWILIO__MACHINE_DETECTION", "maybe", "detect_message_end"),
            ("KENKOCALL_HEALTH_CALL__TIME_ZONE", "Mars/Olympus", "Asia/Tokyo"),
        ] {
            let error = with(&[(name, value)]).expect_err(name);
            assert!(error.contains(mentions), "{name}: {error}");
        }
    }
}
