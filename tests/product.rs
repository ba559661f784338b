//! The product without the laboratory, as `cargo build --no-default-features` builds it: its commands, what it says of
//! the simulated phone network, and a call to the health-call line.
#![cfg(not(feature = "lab"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and starts the program with an environment of its own"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use kenkocall::carrier::twilio::SigningKey;
use secrecy::SecretString;

const TOKEN: &str = "5ecret-0f-the-tests";
const PUBLIC_URL: &str = "https://kenko.example";

fn program(folder: &Path, carrier: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    for name in std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("KENKOCALL_")) {
        command.env_remove(name);
    }
    command
        .current_dir(folder)
        .env("KENKOCALL_CARRIER", carrier)
        .env("KENKOCALL_DATABASE__URL", "sqlite://calls.db")
        .env("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN)
        .env("KENKOCALL_SERVER__LISTEN", "127.0.0.1:0")
        .env("KENKOCALL_SERVER__OPERATIONS_LISTEN", "127.0.0.1:0")
        .env("KENKOCALL_SERVER__PUBLIC_URL", PUBLIC_URL);
    command
}

fn run(folder: &Path, carrier: &str, arguments: &[&str]) -> Output {
    program(folder, carrier).args(arguments).output().unwrap()
}

fn does(folder: &Path, arguments: &[&str]) -> String {
    let done = run(folder, "twilio", arguments);
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// A started server, killed at the end of the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Posts a signed form of one leg. Returns the body of the answer.
fn post(address: &str, path: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("AccountSid", "AC00000000000000000000000000000000"),
        ("ApiVersion", "2010-04-01"),
        ("CallSid", "CA00000000000000000000000000000001"),
        ("Direction", "inbound"),
        ("From", "+819012345678"),
        ("To", "+815031980214"),
        ("CallStatus", "in-progress"),
    ];
    fields.extend(more);
    let key = SigningKey::new(&SecretString::from(TOKEN)).unwrap();
    let signature = key.sign(&[PUBLIC_URL, path].concat(), &fields);
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: kenko.example\r\nConnection: close\r\nX-Twilio-Signature: {signature}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// The path that waits for the next keys.
fn next(answer: &str) -> String {
    let question = answer.split_once("<Gather ").and_then(|(_, gather)| gather.split_once(" action=\""));
    let (_, action) = question.unwrap_or_else(|| panic!("no question: {answer}"));
    let url = action.split('"').next().unwrap().replace("&amp;", "&");
    url.strip_prefix(PUBLIC_URL).unwrap_or(&url).to_owned()
}

#[test]
fn it_has_the_commands_for_centres_and_none_of_the_laboratory() {
    let folder = tempfile::tempdir().unwrap();
    let help = does(folder.path(), &["--help"]);
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .map_while(|line| line.strip_prefix("  "))
        .filter_map(|line| line.split_whitespace().next().filter(|_| !line.starts_with(' ')))
        .collect();
    for command in ["serve", "migrate", "config", "backup", "restore", "centres", "patients", "calls", "dialer", "days"]
    {
        assert!(commands.contains(&command), "{command} isn't among {commands:?}");
    }
    for command in ["demo", "simulate", "bench"] {
        assert!(!commands.contains(&command), "{command} is among {commands:?}");
        assert_eq!(run(folder.path(), "twilio", &[command]).status.code(), Some(2), "{command}");
    }
}

#[test]
fn the_simulated_phone_network_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["serve", "migrate"] {
        let refused = run(folder.path(), "simulator", &[command]);
        assert!(!refused.status.success());
        let told = String::from_utf8_lossy(&refused.stderr);
        assert!(told.contains("carrier") && told.contains("built without the simulated phone network"), "{told}");
    }
    assert!(!folder.path().join("calls.db").exists());
}

#[test]
fn it_takes_a_call_and_stores_the_answers() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    does(folder, &["centres", "add", "--code", "13101", "--name", "千代田保健所", "--phone", "0352113641"]);
    let person =
        ["--hersys-id", "1234567", "--birth-date", "1980-04-01", "--family-name", "見本", "--given-name", "花子"];
    does(folder, &[&["patients", "add", "--centre", "13101", "--phone-number", "090-1234-5678"][..], &person].concat());
    let mut server = Server(program(folder, "twilio").arg("serve").stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("kenkocall listens on http://").expect("an address").to_owned();

    let mut answer = post(&address, "/twilio/voice/health-call", &[]);
    for keys in ["1", "1234567", "19800401", "365", "1"] {
        answer = post(&address, &next(&answer), &[("Digits", keys)]);
    }
    let _next_question = next(&answer);
    let calls: serde_json::Value = serde_json::from_str(&does(folder, &["calls", "list", "--json"])).unwrap();
    let id = calls[0]["id"].as_str().unwrap_or_else(|| panic!("no call: {calls}"));
    let call = does(folder, &["calls", "show", id]);
    assert!(call.contains("36.5"), "{call}");
}
