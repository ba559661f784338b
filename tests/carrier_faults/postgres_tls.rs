//! The connection to PostgreSQL on another machine, as docs/operations.md describes it: encrypted, or explicitly
//! unencrypted.

use std::net::{IpAddr, UdpSocket};
use std::path::Path;
use std::process::Command;

use super::carrier_process::{ACCOUNT, FakeCarrier};
use super::documented_roles::program;
use super::postgres_server::{PASSWORD, Server, run};
use super::server::TestServer;

const MANUAL: &str = include_str!("../../docs/operations.md");
/// The name in the document's certificate.
const PRINTED: &str = "DNS:db.example.jp";

/// An address of this machine other than loopback. Nothing is sent: the system only chooses the address from which it
/// would send.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("198.51.100.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

/// Runs the document's own command for a certificate in this folder, with some words replaced.
fn certificate(folder: &Path, changes: &[(&str, &str)]) -> (String, String) {
    let lines: Vec<&str> = MANUAL.lines().skip_while(|line| !line.starts_with("    openssl req")).collect();
    let length = lines.iter().position(|line| !line.ends_with('\\')).expect("its last line") + 1;
    let printed = lines[..length].join("\n");
    let made = changes.iter().fold(printed, |command, (printed, made)| {
        assert!(command.contains(printed), "{command}");
        command.replace(printed, made)
    });
    run(Command::new("bash").args(["-c", &made]).current_dir(folder));
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("the document's name of the file");
    (read("server.crt"), read("server.key"))
}

struct Encrypted {
    server: Server,
    host: IpAddr,
    folder: tempfile::TempDir,
}

impl Encrypted {
    /// A server with the document's certificate, with these changes. It accepts only encrypted connections.
    fn start(host: IpAddr, changes: &[(&str, &str)]) -> Self {
        let (server, folder) = (Server::new(), tempfile::tempdir().unwrap());
        let (certificate, key) = certificate(folder.path(), changes);
        server.file("server.crt", &certificate);
        server.file("server.key", &key);
        server.file("pg_hba.conf", "hostssl all all all scram-sha-256\n");
        server.start(&host.to_string(), "-c ssl=on");
        Self { server, host, folder }
    }

    fn url(&self, parameters: &str) -> String {
        format!("postgres://postgres:{PASSWORD}@{}:{}/postgres{parameters}", self.host, self.server.port)
    }

    fn root(&self) -> String {
        self.folder.path().join("server.crt").to_str().unwrap().to_owned()
    }
}

fn works(url: &str) {
    for arguments in [&["migrate"][..], &["centres", "list"]] {
        let done = program(url, arguments);
        assert!(done.status.success(), "{url}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// The message if the connection is refused. It never contains the password.
fn refused(url: &str) -> String {
    let done = program(url, &["migrate"]);
    let told = String::from_utf8(done.stderr).unwrap();
    assert!(!done.status.success(), "{url} is taken");
    assert!(told.starts_with("kenkocall: ") && !told.contains(PASSWORD), "{told}");
    told
}

/// Says in the test's output why nothing was tested.
fn no_address() {
    eprintln!("SKIPPED: this machine has no address but loopback, where no encryption is demanded");
}

#[tokio::test]
async fn postgres_with_a_certificate_of_its_own_is_used_encrypted_as_documented() {
    let Some(host) = own_address() else { return no_address() };
    let encrypted = Encrypted::start(host, &[(PRINTED, &format!("IP:{host}"))]);
    let verified = format!("?sslmode=verify-full&sslrootcert={}", encrypted.root());
    for parameters in [&verified, "", "?sslmode=require"] {
        works(&encrypted.url(parameters));
    }
    // Only its address disables encryption, and this server refuses unencrypted connections.
    assert!(refused(&encrypted.url("?sslmode=disable")).contains("pg_hba.conf"));

    // The same for `serve`.
    let fake = FakeCarrier::start(1);
    let base = fake.base_url();
    let settings = [
        ("TWILIO__BASE_URL", base.as_str()),
        ("TWILIO__ACCOUNT_SID", ACCOUNT),
        ("TWILIO__CALLER_NUMBER", "+815031980214"),
    ];
    let line = TestServer::start(&encrypted.url(&verified), &settings);
    assert_eq!(line.operations.get("/readyz").await.unwrap().status.as_u16(), 200, "{}", line.log());
    assert!(!line.log().contains(PASSWORD), "{}", line.log());
}

/// Another server's certificate, one for another name, one with openssl's defaults, and none at all.
#[tokio::test]
async fn a_certificate_that_cannot_be_trusted_is_told_by_its_cause() {
    let Some(host) = own_address() else { return no_address() };
    let encrypted = Encrypted::start(host, &[(PRINTED, &format!("IP:{host}"))]);
    let verified = |root: &str| format!("?sslmode=verify-full&sslrootcert={root}");
    let other = tempfile::tempdir().unwrap();
    certificate(other.path(), &[(PRINTED, &format!("IP:{host}"))]);
    let others = format!("{}/server.crt", other.path().display());
    for root in [verified(&others), "?sslmode=verify-full".to_owned()] {
        let told = refused(&encrypted.url(&root));
        assert!(told.contains("nothing was sent; sslrootcert must name a file"), "{told}");
    }
    // Reported as an error: `serve` would wait for a server that merely doesn't answer yet.
    let told = refused(&encrypted.url(&verified("/nowhere/server.crt")));
    assert!(told.contains("the file that sslrootcert names in the database address can't be read"), "{told}");

    let named = Encrypted::start(host, &[]);
    let told = refused(&named.url(&verified(&named.root())));
    assert!(told.contains("nothing was sent") && told.contains("subjectAltName"), "{told}");
    works(&named.url(&format!("?sslmode=verify-ca&sslrootcert={}", named.root())));

    let authority = Encrypted::start(host, &[(PRINTED, &format!("IP:{host}")), ("CA:FALSE", "CA:TRUE")]);
    let told = refused(&authority.url(&verified(&authority.root())));
    assert!(told.contains("nothing was sent") && told.contains("basicConstraints=CA:FALSE"), "{told}");
}

#[tokio::test]
async fn postgres_without_encryption_is_used_only_where_that_is_written() {
    let Some(host) = own_address() else { return no_address() };
    let server = Server::new();
    server.file("pg_hba.conf", "host all all all scram-sha-256\n");
    server.start(&format!("{host},127.0.0.1"), "-c ssl=off");
    let at = |host: &str, parameters: &str| {
        format!("postgres://postgres:{PASSWORD}@{host}:{}/postgres{parameters}", server.port)
    };
    let host = host.to_string();
    for parameters in ["", "?sslmode=require", "?sslmode=verify-full"] {
        let told = refused(&at(&host, parameters));
        for mentioned in ["nothing was sent", "let the server offer TLS", "sslmode=disable", &host] {
            assert!(told.contains(mentioned), "{parameters}: {told}");
        }
    }
    for parameters in ["?sslmode=prefer", "?sslmode=allow"] {
        assert!(refused(&at(&host, parameters)).contains("sslmode=disable where the network itself is encrypted"));
    }
    works(&at(&host, "?sslmode=disable"));
    // A local connection doesn't leave this machine.
    works(&at("127.0.0.1", ""));
    // Another program's environment variable doesn't disable encryption.
    let mut migrate = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    let migrate = migrate.arg("migrate").env("PGSSLMODE", "disable").env("KENKOCALL_DATABASE__URL", at(&host, ""));
    assert!(!migrate.output().unwrap().status.success(), "PGSSLMODE lifts it");
}
