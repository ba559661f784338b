//! Reads the settings file. It may contain secrets, so error messages have the line, the column and the name of a known
//! setting, but never the file's text.

use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::{
    Config, ConfigError, Expected, NetworkError, Place, SettingFault, SettingsFileError, secret_files, variables,
};

/// The maximum size of a settings file, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The contents of the file. Mistakes are added to `problems`, and the settings concerned are omitted.
pub(super) fn read(path: &Path, problems: &mut Vec<ConfigError>) -> Table {
    match text(path) {
        Ok(text) => settings(path, &text, problems),
        Err(source) => {
            problems.push(ConfigError::File { path: path.to_owned(), source });
            Table::new()
        }
    }
}

fn text(path: &Path) -> Result<String, SettingsFileError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(SettingsFileError::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|_| SettingsFileError::NotUtf8)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn settings(path: &Path, text: &str, problems: &mut Vec<ConfigError>) -> Table {
    let at = |span: Range<usize>| {
        let (line, column) = position(text, span.start);
        Place::Position { path: path.to_owned(), line, column }
    };
    let parsed = DeTable::parse(text).and_then(|table| Ok((table, text.parse::<Table>()?)));
    let (spans, mut table) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let place = error.span().map_or_else(|| Place::File(path.to_owned()), at);
            problems.push(ConfigError::Setting { place, fault: SettingFault::NotToml });
            return Table::new();
        }
    };
    let mut leaves = Vec::new();
    collect(spans.get_ref(), &mut Vec::new(), &mut leaves);
    for leaf in leaves {
        if let Err(fault) = check(&leaf.path, &table) {
            problems.push(ConfigError::Setting { place: at(leaf.span), fault });
            remove(&mut table, &leaf.path);
        }
    }
    table
}

/// A setting with its position.
struct Leaf {
    path: Vec<String>,
    span: Range<usize>,
}

fn collect(table: &DeTable<'_>, path: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) if variables::is_section(path) => collect(inner, path, leaves),
            // The position of the key: a value may begin on a later line.
            _ => leaves.push(Leaf { path: path.clone(), span: key.span() }),
        }
        path.pop();
    }
}

/// Checks that a setting is known and that its own form is valid.
fn check(path: &[String], table: &Table) -> Result<(), SettingFault> {
    if variables::is_section(path) {
        return Err(SettingFault::IsSection(path.join(".")));
    }
    if !variables::is_known(path) {
        return Err(SettingFault::UnknownInFile(variables::nearest_of_file(path)));
    }
    match get(table, path) {
        Some(value) => form(path, value),
        None => Ok(()),
    }
}

/// Checks that a setting can be read from the value's form. The error names the setting and its possible values, not
/// the text of the file.
pub(super) fn form(path: &[String], value: Value) -> Result<(), SettingFault> {
    let name = match path {
        // The last part isn't one of our words.
        [section, voices, _] if voices == "voices" => format!("{section}.{voices}"),
        _ => path.join("."),
    };
    let is_file = matches!(path, [section, key] if secret_files::SECRETS.iter().any(|(of, secret)| {
        of == section && key.strip_suffix(secret_files::FILE) == Some(*secret)
    })) || matches!(path, [sip, _, _, key] if sip == "sip" && key == "password_file");
    if is_file {
        return match value.is_str() {
            true => Ok(()),
            false => Err(SettingFault::Form { name, expected: Some(Expected::Path) }),
        };
    }
    let mut nested = value;
    for part in path.iter().rev() {
        nested = Value::Table(Table::from_iter([(part.clone(), nested)]));
    }
    match nested.try_into::<Config>() {
        Ok(_) => Ok(()),
        Err(error) => Err(SettingFault::Form { name, expected: expected(error.message()) }),
    }
}

/// The form that serde expected. The text before it says what serde found, which may be a secret. After the last
/// "expected" there are only words of this program.
fn expected(message: &str) -> Option<Expected> {
    let (_, expected) = message.rsplit_once("expected ")?;
    let expected = expected.trim().replace('`', "");
    let network = [NetworkError::Form, NetworkError::Everybody].into_iter().find(|error| error.to_string() == expected);
    Some(match &*expected {
        "a string" => Expected::Text,
        "u16" | "u32" | "u64" => Expected::WholeNumber,
        "f64" => Expected::Number,
        words => match (network, words.strip_prefix("one of ")) {
            (Some(error), _) => Expected::Networks(error),
            (None, Some(words)) => Expected::OneOf(words.to_owned()),
            (None, None) => Expected::Other(expected),
        },
    })
}

fn get(table: &Table, path: &[String]) -> Option<Value> {
    let [first, rest @ ..] = path else { return None };
    match (table.get(first)?, rest) {
        (value, []) => Some(value.clone()),
        (Value::Table(inner), rest) => get(inner, rest),
        _ => None,
    }
}

fn remove(table: &mut Table, path: &[String]) {
    match path {
        [] => {}
        [last] => drop(table.remove(last)),
        [first, rest @ ..] => {
            if let Some(Value::Table(inner)) = table.get_mut(first) {
                remove(inner, rest);
            }
        }
    }
}

/// The line and column of a byte, counted from 1 in characters.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count().saturating_add(1);
    (line, column)
}

#[cfg(test)]
mod tests;
