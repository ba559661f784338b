//! The address of a database, read once: a file's path or a server's options.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

use super::{StoreError, database::cannot_open, encryption};

/// Where a database is.
pub(super) enum Address {
    /// A file, by its absolute path.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    /// Reads `sqlite://PATH`, `sqlite:PATH` or `postgres://…`.
    pub(super) fn read(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(file(path.strip_prefix("//").unwrap_or(path))?));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The address holds a password, so no sentence repeats it.
            encryption::check_parameters(url)?;
            return match PgConnectOptions::from_str(url) {
                Ok(options) => Ok(Self::Postgres(Box::new(encryption::demanded(url, options)?))),
                Err(_) => cannot_open(
                    "the database address can't be read; write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, with %-escapes in the password",
                ),
            };
        }
        cannot_open(
            "the database address must begin with sqlite:// (as sqlite:///var/lib/kenkocall/calls.db) or postgres://",
        )
    }
}

/// The file of an SQLite database, by its absolute path; `None` for another database, and for an address that can't be
/// read.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    match Address::read(url) {
        Ok(Address::Sqlite(path)) => Some(path),
        Ok(Address::Postgres(_)) | Err(_) => None,
    }
}

/// The absolute path of the part after `sqlite://`. It is part of a URL: `%20` is a space, and a `?` ends it.
fn file(path: &str) -> Result<PathBuf, StoreError> {
    if let Some((before, _)) = path.split_once('?') {
        return cannot_open(format!(
            "the database address sqlite://{before} has parameters after its ?, and none are known: how the file is opened is this program's own choice; write the address without them, and a ? in the file's name as %3F",
        ));
    }
    let Some(decoded) = decoded(path).filter(|decoded| !decoded.contains('\0')) else {
        return cannot_open(format!(
            "the database address sqlite://{path} has a % that begins no escape of UTF-8 text; write a % in the file's name as %25",
        ));
    };
    if decoded.is_empty() || decoded == ":memory:" {
        return cannot_open("the database address has no file; write it as sqlite:///var/lib/kenkocall/calls.db");
    }
    std::path::absolute(Path::new(&decoded)).or_else(|_| {
        cannot_open(format!(
            "the database {decoded} is named from the working directory, which can't be read; write an absolute path"
        ))
    })
}

/// The text with its escapes read; `None` if one of them is wrong.
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
