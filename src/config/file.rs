//! Reads the settings file. It may contain secrets, so error messages have the line, the column and the name of a known
//! setting, but never the file's text.

use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::{Config, ConfigError, secret_files, variables};

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

fn text(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(std::io::Error::other("it is larger than 1 MB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| std::io::Error::other("it isn't UTF-8 text"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn settings(path: &Path, text: &str, problems: &mut Vec<ConfigError>) -> Table {
    let at = |span: Range<usize>| {
        let (line, column) = position(text, span.start);
        format!("{}, line {line}, column {column}", path.display())
    };
    let parsed = DeTable::parse(text).and_then(|table| Ok((table, text.parse::<Table>()?)));
    let (spans, mut table) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let place = error.span().map_or_else(|| path.display().to_string(), at);
            let what =
                "the settings file isn't TOML there; a text stands between quotation marks, and each setting on a \
                        line of its own"
                    .to_owned();
            problems.push(ConfigError::Setting { place, what });
            return Table::new();
        }
    };
    let mut leaves = Vec::new();
    collect(spans.get_ref(), &mut Vec::new(), &mut leaves);
    for leaf in leaves {
        if let Err(what) = check(&leaf.path, &table) {
            problems.push(ConfigError::Setting { place: at(leaf.span), what });
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
fn check(path: &[String], table: &Table) -> Result<(), String> {
    if variables::is_section(path) {
        let section = path.join(".");
        return Err(format!("{section} is a section: write [{section}], and its settings on the lines below"));
    }
    if !variables::is_known(path) {
        return Err(match variables::nearest_of_file(path) {
            Some(near) => format!("no setting has the name that stands here; did you mean {near}?"),
            None => "no setting has the name that stands here; docs/operations.md lists all settings".to_owned(),
        });
    }
    match get(table, path) {
        Some(value) => form(path, value),
        None => Ok(()),
    }
}

/// Checks that a setting can be read from the value's form. The error names the setting and its possible values, not
/// the text of the file.
pub(super) fn form(path: &[String], value: Value) -> Result<(), String> {
    let name = match path {
        // The last part isn't one of our words.
        [section, voices, _] if voices == "voices" => format!("{section}.{voices}"),
        _ => path.join("."),
    };
    let is_file = matches!(path, [section, key] if secret_files::SECRETS.iter().any(|(of, secret)| {
        of == section && key.strip_suffix(secret_files::FILE) == Some(*secret)
    }));
    if is_file {
        return if value.is_str() {
            Ok(())
        } else {
            Err(format!("{name} has the wrong form: it is the path of a file"))
        };
    }
    let mut nested = value;
    for part in path.iter().rev() {
        nested = Value::Table(Table::from_iter([(part.clone(), nested)]));
    }
    match nested.try_into::<Config>() {
        Ok(_) => Ok(()),
        Err(error) => Err(match expected(error.message()) {
            Some(expected) => format!("{name} has the wrong form: it is {expected}"),
            None => format!("{name} has the wrong form; docs/operations.md says what it can be"),
        }),
    }
}

/// The form that serde expected. The text before it says what serde found, which may be a secret. After the last
/// "expected" there are only words of this program.
fn expected(message: &str) -> Option<String> {
    let (_, expected) = message.rsplit_once("expected ")?;
    Some(match expected.trim() {
        "a string" => "a text between quotation marks".to_owned(),
        "u16" | "u32" | "u64" => "a whole number that isn't below 0".to_owned(),
        "f64" => "a number".to_owned(),
        other => other.replace('`', ""),
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
