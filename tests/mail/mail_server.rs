//! Real mail servers on this machine: npm's `smtp-server`, with `mailparser`, which reads messages as a mail program
//! does, and PyPI's `aiosmtpd` with Python's own parser. dev/setup installs them.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// The longest that a message takes from the server's answer to its line. Nothing waits for that long unless it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running mail server, killed at the end of the test.
pub struct Server {
    child: Child,
    lines: Receiver<Value>,
    pub port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Server {
    /// Starts one with these rules; see server.mjs.
    pub fn start(rules: &Value) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(root.join("target/mail/installed").exists(), "there is no mail server: run dev/setup");
        let mut node = Command::new("node");
        node.arg(root.join("tests/mail/server.mjs")).arg(rules.to_string());
        Self::run(node)
    }

    /// Starts the second one, with the same kind of rules; see second_server.py.
    pub fn second(rules: &Value) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(root.join("target/mail/installed").exists(), "there is no mail server: run dev/setup");
        let mut python = Command::new(root.join("target/mail/venv/bin/python3"));
        python.arg(root.join("tests/mail/second_server.py")).arg(rules.to_string());
        Self::run(python)
    }

    fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("Node and Python; dev/setup installs them");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (told, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if told.send(serde_json::from_str(&line).expect("JSON")).is_err() {
                    break;
                }
            }
        });
        let first: Value = lines.recv_timeout(PATIENCE).expect("its port");
        let port = first["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("its port");
        Self { child, lines, port }
    }

    /// One that takes everything unencrypted.
    pub fn open() -> Self {
        Self::start(&json!({ "security": "none" }))
    }

    /// The next thing that it says: a message that it has read, or a log-in.
    pub fn next(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).expect("a message")
    }

    /// What it has said since. It says a message before it answers, so nothing can be on its way for long.
    pub fn rest(&self) -> Vec<Value> {
        std::thread::sleep(Duration::from_millis(100));
        self.lines.try_iter().collect()
    }
}

/// A key and a certificate for this machine, and the file of the certificate.
pub fn certificate(folder: &Path) -> (String, String) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status()
        .expect("openssl; dev/setup installs it");
    assert!(made.success());
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    (read("key.pem"), read("cert.pem"))
}

/// A port at which nobody listens.
pub fn closed_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}
