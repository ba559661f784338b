//! The current settings with their origins, for finding out which value applies and why. Secrets are shown as dots.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};
use url::Url;

use super::secret_files::{FILE, SECRETS};
use super::variables::Variable;
use super::{Carrier, Config, LogFormat, MachineDetection, Operations};

/// Replaces a secret. The number of dots doesn't depend on its length.
const DOTS: &str = "••••";
/// A placeholder for the dots in an address, which would escape them.
const MARK: &str = "kenkocall-secret";
/// Address parameters that contain no secret.
const OPEN: [&str; 9] =
    ["sslmode", "sslrootcert", "host", "hostaddr", "port", "dbname", "user", "application_name", "options"];

/// The origin of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The default.
    Default,
    /// The settings file.
    File(PathBuf),
    /// The environment variable with this name.
    Environment(String),
    /// The file named by another setting.
    SecretFile(PathBuf),
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its name in a settings file: `server.listen`.
    pub name: String,
    /// The current value. `None` if there is none.
    pub value: Option<String>,
    /// Its origin.
    pub origin: Origin,
}

/// The origins of the settings that aren't defaults, by name.
#[derive(Debug, Default)]
pub(super) struct Origins(BTreeMap<String, Origin>);

impl Origins {
    /// The origins of all settings in the settings file.
    pub(super) fn of_file(path: Option<&Path>, table: &Table) -> Self {
        let mut origins = Self::default();
        if let Some(path) = path {
            origins.note_file(path, table, "");
        }
        origins
    }

    fn note_file(&mut self, path: &Path, table: &Table, before: &str) {
        for (key, value) in table {
            let name = format!("{before}{key}");
            match value {
                Value::Table(inner) => self.note_file(path, inner, &format!("{name}.")),
                _ => _ = self.0.insert(name, Origin::File(path.to_owned())),
            }
        }
    }

    pub(super) fn note_variable(&mut self, variable: &Variable) {
        self.0.insert(variable.path.join("."), Origin::Environment(variable.name.clone()));
    }

    /// Records the secrets that come from files named by settings.
    pub(super) fn note_secret_files(&mut self, table: &Table) {
        for (section, key) in SECRETS {
            let named = table.get(section).and_then(|section| section.get(format!("{key}{FILE}")));
            if let Some(path) = named.and_then(Value::as_str).filter(|path| !path.is_empty()) {
                self.0.insert(format!("{section}.{key}"), Origin::SecretFile(path.into()));
            }
        }
    }
}

/// All settings, in the order of the manual.
pub(super) fn shown(config: &Config, origins: &Origins) -> Vec<Shown> {
    let mut all = Vec::new();
    for settings in [
        of_server(config),
        of_store(config),
        of_lines(config),
        of_twilio(config),
        of_sip(config),
        of_email(config),
        of_dialer(config),
        of_rest(config),
    ] {
        for (name, value) in settings {
            let origin = origins.0.get(&name).cloned().unwrap_or(Origin::Default);
            let secret = match &origin {
                Origin::SecretFile(path) => Some(path.display().to_string()),
                Origin::Default | Origin::File(_) | Origin::Environment(_) => None,
            };
            let value = value.filter(|value| !value.is_empty());
            let file = SECRETS.iter().any(|(section, key)| *name == format!("{section}.{key}"));
            let file = file.then(|| format!("{name}{FILE}"));
            all.push(Shown { name, value, origin });
            if let Some(name) = file {
                let origin = origins.0.get(&name).cloned().unwrap_or(Origin::Default);
                all.push(Shown { name, value: secret, origin });
            }
        }
    }
    all
}

type Settings = Vec<(String, Option<String>)>;

fn section<const N: usize>(name: &str, settings: [(&str, Option<String>); N]) -> Settings {
    settings.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)).collect()
}

fn of_server(config: &Config) -> Settings {
    let carrier = config.carrier.map(|carrier| match carrier {
        Carrier::Simulator => "simulator",
        Carrier::Twilio => "twilio",
        Carrier::Sip => "sip",
    });
    let server = &config.server;
    let operations = match server.operations() {
        Operations::OnMainPort => server.listen,
        Operations::At(address) | Operations::AtDefault(address) => address,
    };
    let mut settings = vec![("carrier".to_owned(), carrier.map(str::to_owned))];
    settings.extend(section(
        "server",
        [
            ("listen", Some(server.listen.to_string())),
            ("operations_listen", Some(operations.to_string())),
            ("public_url", Some(server.public_url())),
            ("trusted_proxies", Some(server.trusted_proxies.to_string())),
            ("drain_seconds", Some(server.drain_seconds.to_string())),
        ],
    ));
    settings
}

fn of_store(config: &Config) -> Settings {
    let url = Some(without_password(&config.database.url));
    let connections = Some(config.database.connections.to_string());
    let mut settings = section("database", [("url", url), ("connections", connections)]);
    let file = config.audit.checkpoint_file.as_ref().map(|path| path.display().to_string());
    settings.extend(section("audit", [("checkpoint_file", file)]));
    let centre = config.operator.centre.as_ref().map(|code| code.as_str().to_owned());
    settings.extend(section("operator", [("centre", centre)]));
    settings
}

fn of_lines(config: &Config) -> Settings {
    let lines = &config.lines;
    let settings = [
        ("health_call_number", lines.health_call_number.clone()),
        ("caller_number", lines.caller_number.clone()),
        ("ring_seconds", lines.ring_seconds.map(|seconds| seconds.to_string())),
    ];
    section("lines", settings)
}

fn of_sip(config: &Config) -> Settings {
    use secrecy::ExposeSecret as _;

    let sip = &config.sip;
    let settings = [
        ("listen", Some(sip.listen.to_string())),
        ("public_address", Some(sip.public_address().to_string())),
        ("rtp_ports", Some(sip.rtp_ports.to_string())),
        ("journal_file", sip.journal_file.as_ref().map(|path| path.display().to_string())),
        ("drain_seconds", Some(sip.drain_seconds.to_string())),
        ("longest_ringing_seconds", Some(sip.longest_ringing_seconds.to_string())),
    ];
    let mut all = section("sip", settings);
    for (name, trunk) in &sip.trunks {
        let is_set = !trunk.password.expose_secret().is_empty();
        let settings = [
            ("profile", Some(trunk.profile.word().to_owned())),
            ("address", Some(trunk.with_port())),
            ("networks", Some(trunk.networks.to_string())),
            ("channels", Some(trunk.channels.to_string())),
            ("register", Some(trunk.register.to_string())),
            ("user_name", trunk.user_name.clone()),
            ("password", is_set.then(|| DOTS.to_owned())),
        ];
        all.extend(section(&format!("sip.trunks.{name}"), settings));
    }
    all
}

fn of_twilio(config: &Config) -> Settings {
    use secrecy::ExposeSecret as _;

    let twilio = &config.twilio;
    let detection = match twilio.machine_detection {
        MachineDetection::Off => "off",
        MachineDetection::Enable => "enable",
        MachineDetection::DetectMessageEnd => "detect_message_end",
    };
    let is_set = !twilio.auth_token.expose_secret().is_empty();
    let mut settings = section(
        "twilio",
        [
            ("account_sid", Some(twilio.account_sid.clone())),
            ("auth_token", is_set.then(|| DOTS.to_owned())),
            ("base_url", Some(twilio.base_url().to_owned())),
            ("health_call_number", twilio.health_call_number.clone()),
            ("caller_number", twilio.caller_number.clone()),
            ("machine_detection", Some(detection.to_owned())),
            ("ring_seconds", Some(twilio.ring_seconds.to_string())),
        ],
    );
    let voice = |(language, voice): (&_, &String)| (format!("twilio.voices.{language}"), Some(voice.clone()));
    settings.extend(twilio.voices.iter().map(voice));
    settings
}

fn of_email(config: &Config) -> Settings {
    use secrecy::ExposeSecret as _;

    let email = &config.email;
    let is_set = !email.password.expose_secret().is_empty();
    let port = email.port.or(email.server().map(|_| email.port()));
    let settings = [
        ("server", email.server.clone()),
        ("port", port.map(|port| port.to_string())),
        ("security", Some(email.security.word().to_owned())),
        ("user_name", email.user_name.clone()),
        ("password", is_set.then(|| DOTS.to_owned())),
        ("from", email.from.clone()),
        ("spool_folder", email.spool_folder.as_ref().map(|path| path.display().to_string())),
        ("notices_per_second", Some(email.notices_per_second.to_string())),
        ("bounces_folder", email.bounces_folder.as_ref().map(|path| path.display().to_string())),
        ("certificate_file", email.certificate_file.as_ref().map(|path| path.display().to_string())),
    ];
    let mut all = section("email", settings);
    let font = config.certificate.second_font.as_ref().map(|path| path.display().to_string());
    all.extend(section("certificate", [("second_font", font)]));
    let help = &config.help;
    all.extend(section("help", [("people_desk", help.people_desk.clone()), ("staff_desk", help.staff_desk.clone())]));
    all
}

fn of_dialer(config: &Config) -> Settings {
    let dialer = &config.dialer;
    let settings = [
        ("calls_per_second", Some(dialer.calls_per_second.to_string())),
        ("notices_per_second", Some(dialer.notices_per_second.to_string())),
        ("concurrent_calls", Some(dialer.concurrent_calls.to_string())),
        ("unknown_grace_seconds", Some(dialer.unknown_grace_seconds.to_string())),
        ("silence_seconds", Some(dialer.silence_seconds.to_string())),
        ("calls_per_day", dialer.calls_per_day.map(|calls| calls.to_string())),
        ("spend_per_day", dialer.spend_per_day.map(|spend| spend.to_string())),
        ("price_per_minute", Some(dialer.price_per_minute.to_string())),
        ("longest_call_minutes", Some(dialer.longest_call_minutes.to_string())),
    ];
    section("dialer", settings)
}

fn of_rest(config: &Config) -> Settings {
    let directory = config.flows.directory.as_ref().map(|path| path.display().to_string());
    let health_call = &config.health_call;
    let guessing = &health_call.guessing;
    let format = match config.log.format {
        LogFormat::Readable => "readable",
        LogFormat::Json => "json",
    };
    let mut settings = section("flows", [("directory", directory)]);
    let recordings = config.voices.directory.as_ref().map(|path| path.display().to_string());
    settings.extend(section("voices", [("directory", recordings)]));
    let zone = Some(health_call.time_zone.clone());
    settings.extend(section("health_call", [("time_zone", zone), ("desk_centre", health_call.desk_centre.clone())]));
    let limits = [
        ("window_minutes", guessing.window_minutes),
        ("per_id", guessing.per_id),
        ("per_id_registered", guessing.per_id_registered),
        ("per_caller", guessing.per_caller),
        ("global", guessing.global),
        ("hidden", guessing.hidden),
        ("wait_seconds", guessing.wait_seconds),
        ("identify_seconds", guessing.identify_seconds),
        ("calls_at_once", guessing.calls_at_once),
    ];
    settings.extend(section("health_call.guessing", limits.map(|(key, limit)| (key, Some(limit.to_string())))));
    settings.extend(section("log", [("format", Some(format.to_owned())), ("level", Some(config.log.level.clone()))]));
    settings
}

/// A PostgreSQL address without its password and without any other possible secret.
fn without_password(address: &str) -> String {
    if address.starts_with("sqlite:") {
        return address.to_owned();
    }
    let Ok(mut url) = Url::parse(address) else { return DOTS.to_owned() };
    let had_password = url.password().is_some() && url.set_password(Some(MARK)).is_ok();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    url.set_query(None);
    let mut shown = url.to_string();
    if had_password {
        shown = shown.replacen(&format!(":{MARK}@"), &format!(":{DOTS}@"), 1);
    }
    for (nth, (key, value)) in pairs.iter().enumerate() {
        let open = OPEN.contains(&key.as_str()) && !value.contains("-----BEGIN");
        shown.push_str(&format!("{}{key}={}", if nth == 0 { '?' } else { '&' }, if open { value } else { DOTS }));
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::variables::SETTINGS;

    #[test]
    fn every_setting_is_shown_once() {
        let shown = shown(&Config::default(), &Origins::default());
        let names: Vec<String> = shown.into_iter().map(|setting| setting.name).collect();
        let known: BTreeSet<String> =
            SETTINGS.iter().map(|name| name.replace("__", ".").to_ascii_lowercase()).collect();
        assert_eq!(names.iter().cloned().collect::<BTreeSet<_>>(), known);
        assert_eq!(names.len(), known.len());
    }

    #[test]
    fn no_password_of_an_address_is_shown() {
        for (address, expected) in [
            ("sqlite://kenkocall.db", "sqlite://kenkocall.db"),
            ("postgres://me:5ecret@db.example.jp/calls", "postgres://me:••••@db.example.jp/calls"),
            (
                "postgres://me:5ecret@db.example.jp:5433/calls?sslmode=verify-full&sslrootcert=/etc/db.crt",
                "postgres://me:••••@db.example.jp:5433/calls?sslmode=verify-full&sslrootcert=/etc/db.crt",
            ),
            ("postgres://me@db.example.jp/calls", "postgres://me@db.example.jp/calls"),
            ("postgres:///calls?user=me&password=5ecret", "postgres:///calls?user=me&password=••••"),
            ("postgres://db/calls?sslkey=-----BEGIN 5ecret", "postgres://db/calls?sslkey=••••"),
            ("postgres://me:5ecret@[::1", "••••"),
        ] {
            assert_eq!(without_password(address), expected);
        }
    }
}
