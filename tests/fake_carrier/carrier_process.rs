//! The fake carrier under test: the real program in a process of its own, and an HTTP client for it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{HeaderMap, Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::webhook_recorder::WebhookRecorder;

/// The time limit of every wait before the test fails. It doesn't measure speed.
const PATIENCE: Duration = Duration::from_secs(60);
pub const ACCOUNT: &str = "AC00000000000000000000000000000000";
pub const TOKEN: &str = "rehearsal";
/// A number whose owner answers, and the caller number.
pub const TO: &str = "+819012345678";
pub const FROM: &str = "+815031980214";

/// The running fake carrier.
pub struct FakeCarrier {
    child: Child,
    output: BufReader<ChildStdout>,
    pub address: String,
}

/// A reply.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }

    /// The error code of the carrier's refusal.
    pub fn code(&self) -> u64 {
        self.json()["code"].as_u64().expect("a code")
    }
}

/// Why there was no reply.
pub type Broken = Box<dyn std::error::Error + Send + Sync>;

impl FakeCarrier {
    /// Starts it without output, and by default fast and with a seed.
    pub fn start(arguments: &[&str]) -> Self {
        let mut all = vec!["--port", "0", "--quiet"];
        for [name, value] in [["--speed", "500"], ["--seed", "1"]] {
            if !arguments.contains(&name) {
                all.extend([name, value]);
            }
        }
        Self::start_as_it_is(&[&all, arguments].concat())
    }

    pub fn start_as_it_is(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kenkocall"))
            .args(["simulate", "carrier"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).expect("its output");
        let address = line.trim().strip_prefix("fake carrier listens on ").expect("an address").to_owned();
        Self { child, output, address }
    }

    /// Its output until it ends.
    pub fn terminated(mut self) -> (ExitStatus, String) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let mut printed = String::new();
        while self.output.read_line(&mut printed).unwrap() > 0 {}
        (self.child.wait().unwrap(), printed)
    }

    pub fn calls(&self) -> String {
        format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json")
    }

    pub fn call(&self, sid: &str) -> String {
        format!("/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}.json")
    }

    pub async fn send(&self, method: Method, path: &str, authorization: &str, body: String) -> Result<Reply, Broken> {
        let host = self.address.strip_prefix("http://").unwrap();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, host)
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::<Bytes>::from(body))?;
        let (mut sender, connection) = handshake(TokioIo::new(TcpStream::connect(host).await?)).await?;
        tokio::spawn(connection);
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
        Ok(Reply { status: head.status, headers: head.headers, body })
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &authorization(), String::new()).await.expect("a reply")
    }

    pub async fn try_post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Reply, Broken> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, &authorization(), body).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.try_post(path, fields).await.expect("a reply")
    }

    /// Places a call to `to`, for the recorder's first question.
    pub async fn try_place(
        &self,
        to: &str,
        recorder: &WebhookRecorder,
        more: &[(&str, &str)],
    ) -> Result<Reply, Broken> {
        let (url, status) = (recorder.url("/turn/1"), recorder.url("/status"));
        let all = [("To", to), ("From", FROM), ("Url", &url), ("StatusCallback", &status)];
        self.try_post(&self.calls(), &[&all[..], more].concat()).await
    }

    /// The same if it must be accepted. Returns the call's id.
    pub async fn place(&self, to: &str, recorder: &WebhookRecorder, more: &[(&str, &str)]) -> String {
        let reply = self.try_place(to, recorder, more).await.expect("a reply");
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
        reply.json()["sid"].as_str().unwrap().to_owned()
    }

    /// Sets something through the control API.
    pub async fn set(&self, what: &str, to: Value) {
        let reply = self.send(Method::POST, &format!("/_fake/{what}"), "", to.to_string()).await.unwrap();
        assert!(reply.status.is_success(), "{}", reply.body);
    }

    pub async fn fault(&self, fault: Value) {
        self.set("faults", fault).await;
    }

    pub async fn log(&self) -> Vec<Value> {
        self.get("/_fake/log").await.json()["entries"].as_array().unwrap().clone()
    }

    /// The log's entries of this event.
    pub async fn events(&self, event: &str) -> Vec<Value> {
        self.log().await.into_iter().filter(|entry| entry["event"] == event).collect()
    }

    /// Waits until the log has a matching entry.
    pub async fn until(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let waiting = async {
            loop {
                if let Some(entry) = self.log().await.into_iter().find(|entry| fits(entry)) {
                    return entry;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{what} never came"))
    }

    /// Waits until a call has ended, and returns the log's entry of its end.
    pub async fn ended(&self, call: &str) -> Value {
        self.until("the end", |entry| entry["event"] == "ended" && entry["call"] == call).await
    }

    /// Waits until a call has this status.
    pub async fn stands(&self, call: &str, status: &str) {
        let waiting = async {
            while self.get(&self.call(call)).await.json()["status"] != status {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("it never stood {status}"));
    }
}

impl Drop for FakeCarrier {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

pub fn authorization() -> String {
    format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")))
}
