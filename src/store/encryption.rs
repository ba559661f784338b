//! Encryption of the connection to a PostgreSQL server. By default, the driver continues without encryption if the
//! server offers none. Patients' data would then cross the network readable for everyone.

use std::fs::File;
use std::net::IpAddr;
use std::path::Path;

use rustls::CertificateError;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use super::StoreError;
use super::error::{DriverError, cannot_open};
use super::open_error::{Distrust, OpenFault, ServerFault};

/// The address parameters that the driver knows. It would write any other parameter into the log, with its value.
const KNOWN: [&str; 20] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    "ssl-client-cert",
    "ssl-client-key",
];

/// The word in webpki's error for a CA certificate where a server certificate is expected.
const OF_AN_AUTHORITY: &str = "CaUsedAsEndEntity";

/// The parameters that name a file.
const FILES: [&str; 9] = [
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "ssl-client-cert",
    "sslkey",
    "ssl-key",
    "ssl-client-key",
];

/// Checks the parameters of an address before the driver parses it. No error message repeats a value: it may be a
/// password.
pub(super) fn check_parameters(url: &str) -> Result<(), StoreError> {
    let Ok(parsed) = Url::parse(url) else { return Ok(()) };
    let known = |key: &str| KNOWN.contains(&key) || key.starts_with("options[");
    if !parsed.query_pairs().all(|(key, _)| known(&key)) {
        return cannot_open(OpenFault::UnknownParameter);
    }
    // The driver would report a server that doesn't answer yet, and `serve` would wait for it.
    let unreadable = parsed.query_pairs().find_map(|(key, value)| {
        let is_file = FILES.contains(&&*key) && !value.contains("-----BEGIN");
        let why = if is_file { why_unreadable(Path::new(&*value)) } else { None };
        why.map(|why| (key.into_owned(), why))
    });
    match unreadable {
        None => Ok(()),
        Some((parameter, why)) => cannot_open(OpenFault::FileOfParameter { parameter, why }),
    }
}

/// Why a file can't be read: the system's words, or `Some(None)` for a folder.
fn why_unreadable(path: &Path) -> Option<Option<String>> {
    match File::open(path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_dir() => Some(None),
        Ok(_) => None,
        Err(error) => Some(Some(error.to_string())),
    }
}

/// Requires encryption if the server isn't on this machine. Only the address itself can turn it off: `PGSSLMODE` may
/// have been set for another program.
///
/// # Errors
/// If the address makes encryption optional, or names several servers.
pub(super) fn demanded(url: &str, options: PgConnectOptions) -> Result<PgConnectOptions, StoreError> {
    if options.get_host().contains([',', ' ']) {
        return cannot_open(OpenFault::SeveralServers);
    }
    if is_on_this_machine(&options) {
        return Ok(options);
    }
    match (written(url).as_deref(), options.get_ssl_mode()) {
        (Some("disable"), _) => Ok(options),
        (Some("allow" | "prefer"), _) => cannot_open(OpenFault::OptionalEncryption(options.get_host().to_owned())),
        (_, PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull) => Ok(options),
        (_, PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer) => Ok(options.ssl_mode(PgSslMode::Require)),
    }
}

/// The fault of a server that doesn't support TLS or isn't trusted.
pub(super) fn not_encrypted(error: sqlx::Error) -> ServerFault {
    let distrust = distrusted(&error);
    let why = DriverError::new(error).to_string();
    match distrust {
        Some(distrust) => ServerFault::NotTrusted(why, distrust),
        None => ServerFault::NotEncrypted(why),
    }
}

/// Why a certificate isn't trusted. `None` if the error has another cause.
fn distrusted(error: &sqlx::Error) -> Option<Distrust> {
    let sqlx::Error::Io(error) = error else { return None };
    let Some(rustls::Error::InvalidCertificate(why)) = error.get_ref()?.downcast_ref::<rustls::Error>() else {
        return None;
    };
    Some(match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Distrust::Issuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Distrust::Name,
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Distrust::Time,
        _ if why.to_string().contains(OF_AN_AUTHORITY) => Distrust::Authority,
        _ => Distrust::Other,
    })
}

/// The last `sslmode` in the address, which is the one that applies.
fn written(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    let modes = parsed.query_pairs().filter(|(key, _)| matches!(&**key, "sslmode" | "ssl-mode"));
    modes.last().map(|(_, mode)| mode.to_ascii_lowercase())
}

fn is_on_this_machine(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    fn mode(url: &str) -> Result<String, String> {
        let told = |error: StoreError| {
            let told = error.to_string();
            assert!(!told.contains("5ecret"), "{told}");
            told
        };
        check_parameters(url).map_err(told)?;
        let options = PgConnectOptions::from_str(url).expect(url);
        demanded(url, options).map(|options| format!("{:?}", options.get_ssl_mode())).map_err(told)
    }

    #[test]
    fn off_this_machine_a_connection_is_encrypted_unless_disable_is_written() {
        for (url, expected) in [
            ("postgres://me:5ecret@db.example.jp/calls", "Require"),
            ("postgresql://me:5ecret@10.0.0.5:5433/calls", "Require"),
            ("postgres://me@[2001:db8::1]/calls", "Require"),
            ("postgres://me@localhost.example.jp/calls", "Require"),
            ("postgres://me@127.0.0.1.example.jp/calls", "Require"),
            ("postgres://me@0.0.0.0/calls", "Require"),
            ("postgres://localhost/calls?host=db.example.jp", "Require"),
            ("postgres://localhost/calls?hostaddr=10.0.0.5", "Require"),
            ("postgres:///calls?host=db.example.jp&user=me&password=5ecret", "Require"),
            ("postgres://me@db.example.jp/calls?sslmode=require", "Require"),
            ("postgres://me@db.example.jp/calls?sslmode=verify-ca", "VerifyCa"),
            ("postgres://me@db.example.jp/calls?ssl-mode=VERIFY-FULL", "VerifyFull"),
            ("postgres://me@db.example.jp/calls?sslmode=disable", "Disable"),
            ("postgres://me@db.example.jp/calls?sslmode=prefer&sslmode=disable", "Disable"),
            ("postgres://me@localhost/calls", "Prefer"),
            ("postgres://me@LOCALHOST/calls", "Prefer"),
            ("postgres://me@127.0.0.1/calls", "Prefer"),
            ("postgres://me@127.1.2.3/calls?sslmode=allow", "Allow"),
            ("postgres://me@[::1]/calls", "Prefer"),
            ("postgres://me@[::ffff:127.0.0.1]/calls", "Prefer"),
            ("postgres://%2Fvar%2Frun%2Fpostgresql/calls", "Prefer"),
            ("postgres:///calls?host=/var/run/postgresql", "Prefer"),
        ] {
            assert_eq!(mode(url).as_deref(), Ok(expected), "{url}");
        }
    }

    #[test]
    fn what_may_fall_back_or_is_not_known_is_refused() {
        for (url, mentions) in [
            ("postgres://me:5ecret@db.example.jp/calls?sslmode=prefer", "sslmode=disable where the network"),
            ("postgres://me:5ecret@db.example.jp/calls?ssl-mode=Allow", "sslmode=disable where the network"),
            ("postgres://me:5ecret@db.example.jp/calls?sslmode=disable&sslmode=prefer", "sslmode=disable where"),
            ("postgres://me:5ecret@one.example.jp,two.example.jp/calls?sslmode=disable", "several servers"),
            ("postgres:///calls?host=one.example.jp,two.example.jp&password=5ecret", "several servers"),
            ("postgres://db.example.jp/calls?pasword=5ecret", "doesn't know"),
            ("postgres://db.example.jp/calls?connect_timeout=5ecret", "doesn't know"),
            ("postgres://me:5ecret@db.example.jp/calls?sslrootcert=/nowhere/5ecret", "sslrootcert names in the"),
            ("postgres://me:5ecret@localhost/calls?ssl-key=/", "it is a folder"),
        ] {
            let told = mode(url).expect_err(url);
            assert!(told.contains(mentions), "{told}");
        }
    }
}
