//! Parsing of a database address: the path of a file, or the options of a server.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

use super::error::cannot_open;
use super::{OpenFault, StoreError, encryption};

/// The location of a database.
pub(super) enum Address {
    /// The absolute path of an SQLite file.
    Sqlite(PathBuf),
    /// The connection options of a PostgreSQL server.
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    /// Parses `sqlite://PATH`, `sqlite:PATH` or `postgres://…`.
    pub(super) fn read(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(file(path.strip_prefix("//").unwrap_or(path))?));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The address contains a password, so no error message repeats it.
            encryption::check_parameters(url)?;
            return match PgConnectOptions::from_str(url) {
                Ok(options) => Ok(Self::Postgres(Box::new(encryption::demanded(url, options)?))),
                Err(_) => cannot_open(OpenFault::ServerAddress),
            };
        }
        cannot_open(OpenFault::Scheme)
    }
}

/// The absolute path of an SQLite database file. `None` if the address is invalid or names another database.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    match Address::read(url) {
        Ok(Address::Sqlite(path)) => Some(path),
        Ok(Address::Postgres(_)) | Err(_) => None,
    }
}

/// The absolute path of the part after `sqlite://`. The part belongs to a URL: `%20` is a space, and `?` ends the path.
fn file(path: &str) -> Result<PathBuf, StoreError> {
    if let Some((before, _)) = path.split_once('?') {
        return cannot_open(OpenFault::FileParameters(before.to_owned()));
    }
    let Some(decoded) = decoded(path).filter(|decoded| !decoded.contains('\0')) else {
        return cannot_open(OpenFault::FileEscape(path.to_owned()));
    };
    if decoded.is_empty() || decoded == ":memory:" {
        return cannot_open(OpenFault::NoFileName);
    }
    std::path::absolute(Path::new(&decoded)).or_else(|_| cannot_open(OpenFault::RelativePath(decoded)))
}

/// Decodes percent escapes. `None` if an escape is invalid.
fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}
