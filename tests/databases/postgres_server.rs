//! A PostgreSQL server for one test that needs a special configuration. Included by path.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, reason = "a test fails by panicking")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub const PASSWORD: &str = "5ecret-0f-the-server";

/// A server in a temporary folder, which stops with the test.
pub struct Server {
    folder: tempfile::TempDir,
    pub port: u16,
}

impl Server {
    /// A new server that isn't started yet. Its superuser is `postgres`.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Self { folder, port: free_port() };
        let password = server.path("password");
        std::fs::write(&password, PASSWORD).unwrap();
        if is_root() {
            run(Command::new("chown").args(["-R", "postgres"]).arg(server.folder.path()));
        }
        let (data, password) = (shown(&server.path("data")), format!("--pwfile={}", password.display()));
        let arguments = ["--username=postgres", &password, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"];
        server.program("initdb", &[&arguments[..], &["--no-sync", "-D", &data]].concat());
        server
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that only the server's user can read.
    pub fn file(&self, name: &str, content: &str) {
        let path = self.path("data").join(name);
        std::fs::write(&path, content).unwrap();
        run(Command::new("chmod").arg("600").arg(&path));
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&path));
        }
    }

    /// Starts it on these addresses, with more settings as `-c name=value`.
    pub fn start(&self, addresses: &str, settings: &str) {
        let options = format!(
            "-p {} -k '{}' -c listen_addresses={addresses} -c fsync=off {settings}",
            self.port,
            self.folder.path().display()
        );
        let (data, log) = (shown(&self.path("data")), shown(&self.path("log")));
        self.program("pg_ctl", &["start", "-D", &data, "-l", &log, "--wait", "--silent", "-o", &options]);
    }

    pub fn stop(&self) {
        self.program("pg_ctl", &["stop", "-D", &shown(&self.path("data")), "--mode=immediate", "--silent"]);
    }

    fn program(&self, name: &str, arguments: &[&str]) {
        run_as_postgres(&programs().join(name), arguments, self.folder.path());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.path("data").join("postmaster.pid").exists() {
            self.stop();
        }
    }
}

fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// Runs a program of PostgreSQL in a folder. PostgreSQL refuses to run as root.
pub fn run_as_postgres(program: &Path, arguments: &[&str], folder: &Path) {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    run(command.args(arguments).current_dir(folder));
}

pub fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL of dev/setup");
    let mut found: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin")).collect();
    found.sort();
    found.pop().expect("PostgreSQL of dev/setup")
}

pub fn run(command: &mut Command) {
    // The server keeps its output open, so the output isn't a pipe whose end would be waited for.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
