//! The environment variables of this program. An unknown name prevents the start: a mistyped setting would be ignored
//! silently, and real patients could get simulated calls. The names in a settings file are the same, in lower case and
//! with dots.

use std::ffi::{OsStr, OsString};

use super::{ConfigError, SettingFault};

/// The prefix of our variables.
const PREFIX: &str = "KENKOCALL_";
/// The prefix for comparison with names that may be mistyped.
const PREFIX_LETTERS: &str = "KENKOCALL";
/// The separator between the parts of a setting's name.
const BETWEEN: &str = "__";
/// The carrier's voices have one setting per language: `KENKOCALL_TWILIO__VOICES__JA`.
const VOICES: &str = "TWILIO__VOICES__";
/// Each trunk has its own settings: `KENKOCALL_SIP__TRUNKS__CARRIER__ADDRESS`.
const TRUNKS: &str = "SIP__TRUNKS__";
/// The settings of a trunk.
pub(super) const OF_A_TRUNK: [&str; 13] = [
    "PROFILE",
    "ADDRESS",
    "TRANSPORT",
    "DOMAIN",
    "NETWORKS",
    "NUMBERS",
    "CALLER_HEADER",
    "KEYS",
    "CHANNELS",
    "REGISTER",
    "USER_NAME",
    "PASSWORD",
    "PASSWORD_FILE",
];
/// Variables that only the tests read.
const OF_TESTS: [&str; 4] = ["CLOCK_STEPS", "FAIL_OVERS", "KILLS", "TEST_POSTGRES"];
/// The maximum number of different letters at which one name is suggested for another.
const NEAR: usize = 4;

/// All settings, without [`PREFIX`].
pub(super) const SETTINGS: [&str; 66] = [
    "CARRIER",
    "SERVER__LISTEN",
    "SERVER__OPERATIONS_LISTEN",
    "SERVER__PUBLIC_URL",
    "SERVER__TRUSTED_PROXIES",
    "SERVER__DRAIN_SECONDS",
    "DATABASE__URL",
    "DATABASE__URL_FILE",
    "DATABASE__CONNECTIONS",
    "AUDIT__CHECKPOINT_FILE",
    "OPERATOR__CENTRE",
    "LINES__HEALTH_CALL_NUMBER",
    "LINES__CALLER_NUMBER",
    "LINES__RING_SECONDS",
    "TWILIO__ACCOUNT_SID",
    "TWILIO__AUTH_TOKEN",
    "TWILIO__AUTH_TOKEN_FILE",
    "TWILIO__BASE_URL",
    "TWILIO__HEALTH_CALL_NUMBER",
    "TWILIO__CALLER_NUMBER",
    "TWILIO__MACHINE_DETECTION",
    "TWILIO__RING_SECONDS",
    "SIP__LISTEN",
    "SIP__PUBLIC_ADDRESS",
    "SIP__RTP_PORTS",
    "SIP__JOURNAL_FILE",
    "SIP__DRAIN_SECONDS",
    "SIP__LONGEST_RINGING_SECONDS",
    "EMAIL__SERVER",
    "EMAIL__SPOOL_FOLDER",
    "EMAIL__PORT",
    "EMAIL__SECURITY",
    "EMAIL__USER_NAME",
    "EMAIL__PASSWORD",
    "EMAIL__PASSWORD_FILE",
    "EMAIL__FROM",
    "EMAIL__NOTICES_PER_SECOND",
    "EMAIL__BOUNCES_FOLDER",
    "EMAIL__CERTIFICATE_FILE",
    "CERTIFICATE__SECOND_FONT",
    "HELP__PEOPLE_DESK",
    "HELP__STAFF_DESK",
    "DIALER__CALLS_PER_SECOND",
    "DIALER__NOTICES_PER_SECOND",
    "DIALER__CONCURRENT_CALLS",
    "DIALER__UNKNOWN_GRACE_SECONDS",
    "DIALER__SILENCE_SECONDS",
    "DIALER__CALLS_PER_DAY",
    "DIALER__SPEND_PER_DAY",
    "DIALER__PRICE_PER_MINUTE",
    "DIALER__LONGEST_CALL_MINUTES",
    "FLOWS__DIRECTORY",
    "VOICES__DIRECTORY",
    "HEALTH_CALL__TIME_ZONE",
    "HEALTH_CALL__DESK_CENTRE",
    "HEALTH_CALL__GUESSING__WINDOW_MINUTES",
    "HEALTH_CALL__GUESSING__PER_ID",
    "HEALTH_CALL__GUESSING__PER_ID_REGISTERED",
    "HEALTH_CALL__GUESSING__PER_CALLER",
    "HEALTH_CALL__GUESSING__GLOBAL",
    "HEALTH_CALL__GUESSING__HIDDEN",
    "HEALTH_CALL__GUESSING__WAIT_SECONDS",
    "HEALTH_CALL__GUESSING__IDENTIFY_SECONDS",
    "HEALTH_CALL__GUESSING__CALLS_AT_ONCE",
    "LOG__FORMAT",
    "LOG__LEVEL",
];

/// A setting from the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    /// Its full name.
    pub(super) name: String,
    /// The parts of the setting's name, in lower case.
    pub(super) path: Vec<String>,
    /// Its value, which may be a secret.
    pub(super) value: String,
}

/// The settings among all variables of the process. Variables that can't be used are added to `problems`: an unknown
/// variable that looks like ours, and a value that isn't text.
pub(super) fn settings(
    environment: impl Iterator<Item = (OsString, OsString)>,
    problems: &mut Vec<ConfigError>,
) -> Vec<Variable> {
    let mut found = Vec::new();
    for (name, value) in environment {
        if !looks_like_ours(&name) {
            continue;
        }
        let shown = name.to_string_lossy().into_owned();
        let known = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        match known {
            Some(name) if OF_TESTS.contains(&name) => {}
            Some(setting) if is_setting(setting) => match value.into_string() {
                Ok(value) => {
                    let path = setting.split(BETWEEN).map(str::to_ascii_lowercase).collect();
                    found.push(Variable { name: shown, path, value });
                }
                Err(_) => {
                    problems.push(ConfigError::Variable { name: shown, fault: SettingFault::NotUtf8 });
                }
            },
            _ => problems.push(unknown(shown)),
        }
    }
    found
}

fn is_setting(name: &str) -> bool {
    SETTINGS.contains(&name)
        || name.strip_prefix(VOICES).is_some_and(|language| !language.is_empty())
        || name
            .strip_prefix(TRUNKS)
            .and_then(|rest| rest.split_once(BETWEEN))
            .is_some_and(|(trunk, setting)| is_trunk_name(trunk) && OF_A_TRUNK.contains(&setting))
}

/// Trunks are named in the log and in the call journal, so their names are short and plain.
fn is_trunk_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=32).contains(&name.len()) && name.bytes().all(plain)
}

/// Returns `true` if these are the parts of a setting's name, as written in a settings file.
pub(super) fn is_known(path: &[String]) -> bool {
    let as_written = |part: &String| !part.contains(BETWEEN) && !part.contains(|c: char| c.is_ascii_uppercase());
    is_setting(&path.join(BETWEEN).to_ascii_uppercase()) && path.iter().take(2).all(as_written)
}

/// Returns `true` if the names of settings begin with these parts, such as `twilio` and `health_call.guessing`.
pub(super) fn is_section(path: &[String]) -> bool {
    let begin = format!("{}{BETWEEN}", path.join(BETWEEN).to_ascii_uppercase());
    let of_a_trunk = matches!(path, [sip, trunks, trunk] if sip == "sip" && trunks == "trunks" && is_trunk_name(trunk));
    begin == VOICES || begin == TRUNKS || of_a_trunk || SETTINGS.iter().any(|name| name.starts_with(&begin))
}

/// The name of the setting nearest to an unknown one, as written in a settings file. `None` if none is near.
pub(super) fn nearest_of_file(path: &[String]) -> Option<String> {
    let near = nearest(&format!("{PREFIX}{}", path.join(BETWEEN)))?;
    Some(near.replace(BETWEEN, ".").to_ascii_lowercase())
}

/// Returns `true` if a name seems to mean one of our variables, in any case and with any separators.
fn looks_like_ours(name: &OsStr) -> bool {
    letters(&name.to_string_lossy()).starts_with(PREFIX_LETTERS)
}

/// The letters and digits of a name, in upper case.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn unknown(name: String) -> ConfigError {
    let near = nearest(&name).map(|near| format!("{PREFIX}{near}"));
    ConfigError::Variable { name, fault: SettingFault::UnknownVariable(near) }
}

/// The nearest known name. `None` if none is near.
fn nearest(name: &str) -> Option<&'static str> {
    let given = letters(name);
    let distance = |known: &&&str| strsim::levenshtein(&given, &format!("{PREFIX_LETTERS}{}", letters(known)));
    let near = SETTINGS.iter().min_by_key(distance)?;
    (distance(&near) <= NEAR).then_some(*near)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use toml::{Table, Value};

    use super::*;
    use crate::config::Config;

    fn one(name: &str, value: &str) -> Result<Vec<(Vec<String>, String)>, String> {
        read(std::iter::once((name.into(), value.into())))
    }

    fn read(environment: impl Iterator<Item = (OsString, OsString)>) -> Result<Vec<(Vec<String>, String)>, String> {
        let mut problems = Vec::new();
        let found = settings(environment, &mut problems);
        match problems.first() {
            Some(problem) => Err(problem.to_string()),
            None => Ok(found.into_iter().map(|variable| (variable.path, variable.value)).collect()),
        }
    }

    /// The fields that serde lists in its error about an unknown field.
    fn fields(sections: &[&str]) -> Vec<String> {
        let mut table = Table::from_iter([("?".to_owned(), Value::String(String::new()))]);
        for section in sections.iter().rev() {
            table = Table::from_iter([((*section).to_owned(), Value::Table(table))]);
        }
        let error = Value::Table(table).try_into::<Config>().expect_err("an unknown field").to_string();
        let (_, expected) = error.split_once("expected").expect(&error);
        let expected = expected.lines().next().unwrap_or_default();
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn every_setting_has_its_variable() {
        let mut expected: Vec<String> =
            ["CARRIER", "DATABASE__URL_FILE", "EMAIL__PASSWORD_FILE", "TWILIO__AUTH_TOKEN_FILE"]
                .map(str::to_owned)
                .into();
        let mut sections: Vec<Vec<String>> =
            fields(&[]).into_iter().filter(|name| name != "carrier").map(|name| vec![name]).collect();
        while let Some(section) = sections.pop() {
            let path: Vec<&str> = section.iter().map(String::as_str).collect();
            for field in fields(&path) {
                let name = [&path[..], &[&*field]].concat();
                match &*field {
                    "guessing" => sections.push(name.into_iter().map(str::to_owned).collect()),
                    "voices" | "trunks" => {}
                    _ => expected.push(name.join(BETWEEN).to_ascii_uppercase()),
                }
            }
        }
        expected.sort();
        let mut known = SETTINGS.map(str::to_owned);
        known.sort();
        assert_eq!(known.to_vec(), expected);
    }

    #[test]
    fn a_variable_that_is_not_known_is_named_with_the_nearest_one() {
        for (name, near) in [
            ("KENKOCALL_CARIER", "KENKOCALL_CARRIER?"),
            ("kenkocall_carrier", "KENKOCALL_CARRIER?"),
            ("Kenkocall_Carrier", "KENKOCALL_CARRIER?"),
            ("KENKOCALL__CARRIER", "KENKOCALL_CARRIER?"),
            ("KENKOCALL-CARRIER", "KENKOCALL_CARRIER?"),
            ("KENKO_CALL_CARRIER", "KENKOCALL_CARRIER?"),
            ("KENKOCALL_CARRIER_", "KENKOCALL_CARRIER?"),
            ("KENKOCALL_DATABASE_URL", "KENKOCALL_DATABASE__URL?"),
            ("KENKOCALL_DATABASE__ULR", "KENKOCALL_DATABASE__URL?"),
            ("KENKOCALL_TWILIO_AUTH_TOKEN", "KENKOCALL_TWILIO__AUTH_TOKEN?"),
            ("KENKOCALL_TWILIO__AUTHTOKEN", "KENKOCALL_TWILIO__AUTH_TOKEN?"),
            ("KENKOCALL_DIALER__CALL_PER_DAY", "KENKOCALL_DIALER__CALLS_PER_DAY?"),
            ("KENKOCALL_kills", "no setting has this name"),
            ("KENKOCALL_", "no setting has this name"),
            ("KENKOCALL", "no setting has this name"),
            ("KENKOCALL_SERVICE_HOST", "enableServiceLinks: false"),
            ("KENKOCALL_PORT_8080_TCP", "enableServiceLinks: false"),
            ("KENKOCALL_ＣＡＲＲＩＥＲ", "no setting has this name"),
        ] {
            let error = one(name, "secret").expect_err(name);
            assert!(error.contains(name) && error.contains(near) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn what_is_not_text_gets_a_sentence_where_it_is_ours() {
        let bytes = |text: &[u8]| OsString::from_vec(text.to_vec());
        let read = |name: &[u8], value: &[u8]| read(std::iter::once((bytes(name), bytes(value))));
        assert_eq!(read(b"OTHER\xff", b"\xff"), Ok(vec![]));
        assert_eq!(read(b"KENKOCALL_KILLS", b"\xff"), Ok(vec![]));
        let error = read(b"KENKOCALL_CARRIER", b"twilio\xff").expect_err("no text");
        assert!(error.contains("KENKOCALL_CARRIER") && error.contains("isn't UTF-8"), "{error}");
        let error = read(b"KENKOCALL_CARRIER\xff", b"twilio").expect_err("no name");
        assert!(error.contains("did you mean KENKOCALL_CARRIER?"), "{error}");
    }

    #[test]
    fn others_and_those_of_tests_are_no_settings() {
        for name in ["PATH", "CARRIER", "KENKOCALL_KILLS", "KENKOCALL_TEST_POSTGRES", "KENKO"] {
            assert_eq!(one(name, "x"), Ok(vec![]), "{name}");
        }
        let voice = one("KENKOCALL_TWILIO__VOICES__JA", "Polly.Mizuki").expect("a setting");
        assert_eq!(voice, [(vec!["twilio".into(), "voices".into(), "ja".into()], "Polly.Mizuki".to_owned())]);
    }
}
