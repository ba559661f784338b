//! The fake carrier as a process, and its control API.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::http_client::TOKEN;

pub const ACCOUNT: &str = "AC00000000000000000000000000000000";

pub struct FakeCarrier {
    child: Child,
    address: SocketAddr,
}

impl FakeCarrier {
    /// Starts the fake carrier. A minute of its simulated people takes a second.
    pub fn start(seed: u64) -> Self {
        Self::at_speed(seed, 60)
    }

    pub fn at_speed(seed: u64, speed: u32) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kenkocall"))
            .args(["simulate", "carrier", "--port", "0", "--auth-token", TOKEN, "--account-sid", ACCOUNT])
            .args(["--speed", &speed.to_string(), "--seed", &seed.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the fake carrier");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).expect("its address");
        let address =
            line.trim().strip_prefix("fake carrier listens on http://").expect("its address").parse().unwrap();
        // Its output is read continuously; otherwise it would block.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Self { child, address }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(body.map(|body| body.to_string()).unwrap_or_default()))
            .unwrap();
        self.send(request).await
    }

    /// Places a call on the account from outside the program under test.
    pub async fn place(&self, form: &[(&str, &str)]) {
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json"))
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{TOKEN}"))))
            .body(Full::from(form))
            .unwrap();
        self.send(request).await;
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Value {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        let response = sender.send_request(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        connection.abort();
        assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap_or(Value::Null)
    }

    pub async fn deliver_to(&self, address: &str) {
        self.ask(Method::POST, "/_fake/deliver-to", Some(json!({ "address": address }))).await;
    }

    pub async fn fault(&self, fault: Value) {
        self.ask(Method::POST, "/_fake/faults", Some(fault)).await;
    }

    pub async fn mended(&self) {
        self.ask(Method::DELETE, "/_fake/faults", None).await;
    }

    pub async fn person(&self, number: &str, behaviour: &str, more: Value) {
        let mut person = json!({ "number": number, "behaviour": behaviour });
        for (name, value) in more.as_object().unwrap() {
            person[name] = value.clone();
        }
        self.ask(Method::POST, "/_fake/people", Some(person)).await;
    }

    /// How many calls were placed to a number, rang and were answered.
    pub async fn phone(&self, number: &str) -> [u64; 3] {
        let phones = self.ask(Method::GET, "/_fake/phones", None).await;
        ["placed", "rang", "answered"].map(|what| phones[number][what].as_u64().unwrap_or(0))
    }

    /// Every called number, with how often its phone rang for each of our calls.
    pub async fn phones(&self) -> Vec<(String, u64, Vec<u64>)> {
        let phones = self.ask(Method::GET, "/_fake/phones", None).await;
        let counts = |phone: &Value| {
            phone["urls"].as_object().map(|urls| urls.values().filter_map(Value::as_u64).collect()).unwrap_or_default()
        };
        let phones = phones.as_object().unwrap().iter();
        phones.map(|(number, phone)| (number.clone(), phone["placed"].as_u64().unwrap_or(0), counts(phone))).collect()
    }
}

impl Drop for FakeCarrier {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
