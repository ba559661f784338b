//! The real program with `carrier = "sip"`, and SIPp as the other side of its trunk.

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use kenkocall::carrier::voices::{Recording, texts};
use kenkocall::carrier::wav;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::server::shipped;

/// The time limit of every wait before the test fails. It doesn't measure speed.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// The number of automated calls.
pub const CALLER: &str = "+815031980215";

/// Each test has its own block of ports for audio, so that tests can run side by side.
fn audio_ports() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let block = std::process::id() % 400;
    20_000 + u16::try_from(block).unwrap() * 100 + NEXT.fetch_add(1, Ordering::SeqCst) % 5 * 20
}

/// A UDP port that was free a moment ago, for SIP.
pub fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A short tone for every sentence, so that calls in tests are short.
fn voices(folder: &Path) {
    let tone: Vec<u8> = (0..1_200_u32).map(|at| if at / 8 % 2 == 0 { 0x2a } else { 0xaa }).collect();
    let content = wav::write(&tone).unwrap();
    let sha256 = |content: &[u8]| Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut all = Vec::new();
    for text in texts(&shipped()) {
        let recording = Recording {
            language: text.language,
            id: text.id.parse().unwrap(),
            reading: text.text.clone(),
            engine: "tone".to_owned(),
            voice: "tone".to_owned(),
            licence: "CC0-1.0".to_owned(),
            text_sha256: sha256(text.text.as_bytes()),
            text: text.text,
            file_sha256: sha256(&content),
        };
        let file = folder.join("voices").join(recording.language.to_string()).join(format!("{}.wav", text.id));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &content).unwrap();
        all.push(recording);
    }
    std::fs::write(folder.join("voices/manifest.json"), serde_json::to_vec(&all).unwrap()).unwrap();
}

/// The program and the place it works in.
pub struct SipServer {
    child: Option<Child>,
    folder: TempDir,
    url: String,
    pub port: u16,
    pub trunk: u16,
    audio: u16,
    settings: Vec<(String, String)>,
}

impl SipServer {
    /// Starts the program on a database. Its trunk is at the port `trunk`.
    pub fn start(url: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        voices(folder.path());
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (port, trunk, audio) = (free_port(), free_port(), audio_ports());
        let mut server = Self { child: None, folder, url: url.to_owned(), port, trunk, audio, settings };
        server.restart();
        server
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
        command.args(arguments).current_dir(self.folder.path());
        for name in std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("KENKOCALL_")) {
            command.env_remove(name);
        }
        command
            .env("KENKOCALL_CARRIER", "sip")
            .env("KENKOCALL_DATABASE__URL", &self.url)
            .env("KENKOCALL_SERVER__LISTEN", "127.0.0.1:0")
            .env("KENKOCALL_SERVER__OPERATIONS_LISTEN", "127.0.0.1:0")
            .env("KENKOCALL_SIP__LISTEN", format!("127.0.0.1:{}", self.port))
            .env("KENKOCALL_SIP__JOURNAL_FILE", self.folder.path().join("journal/calls"))
            .env("KENKOCALL_SIP__RTP_PORTS", format!("{}-{}", self.audio, self.audio + 19))
            .env("KENKOCALL_SIP__TRUNKS__TEST__ADDRESS", format!("127.0.0.1:{}", self.trunk))
            .env("KENKOCALL_SIP__TRUNKS__TEST__CHANNELS", "8")
            .env("KENKOCALL_LINES__CALLER_NUMBER", CALLER)
            .env("KENKOCALL_LINES__HEALTH_CALL_NUMBER", super::server::HEALTH_CALL)
            // As loud as it can be set: what must not be logged isn't logged even then.
            .env("KENKOCALL_LOG__LEVEL", "trace")
            .envs(self.settings.iter().map(|(name, value)| (format!("KENKOCALL_{name}"), value)));
        command
    }

    /// Starts the program again, with everything as it was.
    pub fn restart(&mut self) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        let mut child =
            self.command(&["serve"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        assert!(line.starts_with("kenkocall listens on"), "{line}{}", self.log());
        // Its output is read to the end, so that it can be written.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        self.child = Some(child);
    }

    /// Kills the process without warning, like a power cut.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Runs a command on the same database, and returns its output.
    pub fn does(&self, arguments: &[&str]) -> String {
        let done = self.command(arguments).env("KENKOCALL_LOG__LEVEL", "off").output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// SIPp calls the program.
    pub fn caller(&self, scenario: &str, keys: &[(&str, &str)]) -> Sipp {
        let target = format!("127.0.0.1:{}", self.port);
        Sipp::start(self.folder.path(), scenario, keys, &[target.as_str(), "-p", &free_port().to_string(), "-m", "1"])
    }

    /// SIPp is the trunk, for a number of calls.
    pub fn trunk(&self, scenario: &str, keys: &[(&str, &str)], calls: u32) -> Sipp {
        let arguments = ["-p", &self.trunk.to_string(), "-m", &calls.to_string()];
        Sipp::start(self.folder.path(), scenario, keys, &arguments)
    }

    /// A scenario of the repository, changed by replacing texts.
    pub fn scenario_from(&self, name: &str, replaced: &[(&str, &str)]) -> String {
        let mut text = std::fs::read_to_string(scenario(name)).unwrap();
        for (from, to) in replaced {
            text = text.replace(from, to);
        }
        let path = self.folder.path().join(format!("{}.xml", free_port()));
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for SipServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn scenario(name: &str) -> PathBuf {
    let named = PathBuf::from(name);
    if named.is_absolute() {
        return named;
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sip/scenarios").join(format!("{name}.xml"))
}

/// A running SIPp.
pub struct Sipp {
    child: Child,
    messages: PathBuf,
}

impl Sipp {
    fn start(folder: &Path, name: &str, keys: &[(&str, &str)], arguments: &[&str]) -> Self {
        let media = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port() & !1;
        let messages = folder.join(format!("messages-{media}"));
        let mut command = Command::new("sipp");
        command.current_dir(folder).args(["-sf", scenario(name).to_str().unwrap(), "-nostdin", "-i", "127.0.0.1"]);
        command.args(["-mi", "127.0.0.1", "-mp", &media.to_string()]).args(arguments);
        command.args(["-timeout", "100s", "-timeout_error", "-trace_msg", "-message_file"]).arg(&messages);
        for (key, value) in keys {
            match *key {
                "service" => command.args(["-s", value]),
                _ => command.args(["-key", key, value]),
            };
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child: command.spawn().expect("sipp: dev/setup installs it"), messages }
    }

    /// Everything that went over the wire.
    pub fn messages(&self) -> String {
        std::fs::read(&self.messages).map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default()
    }

    /// Waits until the scenario has ended as it must.
    pub async fn succeeds(mut self, log: impl Fn() -> String) -> String {
        let waiting = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let status = tokio::time::timeout(PATIENCE, waiting).await.expect("the scenario ends");
        let messages = self.messages();
        assert!(
            status.success(),
            "{status}\n{messages}\n{}",
            log().lines().rev().take(60).collect::<Vec<_>>().join("\n")
        );
        messages
    }

    /// Waits until a message of this kind was received.
    pub async fn until_received(&self, start: &str) {
        let waiting = async {
            while !self.messages().contains(start) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{start}: {}", self.messages()));
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // It may have ended.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
