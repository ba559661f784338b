//! The measured servers: this program in a process of its own, and a baseline server that checks signatures and stores
//! nothing.

#![allow(clippy::disallowed_methods, reason = "it measures time and finds its own program")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use axum::body::Bytes;
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::serve::ListenerExt;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::handshake;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use secrecy::SecretString;
use tokio::net::TcpStream;

use crate::carrier::twilio::{Form, SigningKey};
use crate::commands::output::outln;

/// The auth token of measurements.
pub(super) const TOKEN: &str = "measured";

/// A server process. It is killed when dropped.
pub(super) struct Measured {
    child: Child,
    /// The address it listens on.
    pub(super) address: SocketAddr,
    /// The address of its metrics.
    operations: SocketAddr,
    /// The time from its start until it listened.
    pub(super) start_up: Duration,
}

/// What a server has used since it started.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Usage {
    /// CPU time of user and system.
    pub(super) cpu: Duration,
    /// Switches between threads, asked for or not.
    pub(super) context_switches: u64,
    /// Commits of turns.
    pub(super) commits: u64,
    /// Requests to the database for those commits. `None` if the program doesn't count them.
    pub(super) requests: Option<u64>,
}

impl Measured {
    /// Starts this program with `arguments` and waits until it prints its address.
    pub(super) fn start(arguments: &[&str], database: Option<&str>, address: SocketAddr) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("this program can't be found")?;
        Self::start_program(&program, arguments, database, address)
    }

    /// Starts a program, this one or another version of it, and waits until it prints its address.
    pub(super) fn start_program(
        program: &Path,
        arguments: &[&str],
        database: Option<&str>,
        address: SocketAddr,
    ) -> anyhow::Result<Self> {
        let operations = free_address()?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("KENKOCALL_CARRIER", "twilio")
            .env("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN)
            .env("KENKOCALL_SERVER__LISTEN", address.to_string())
            .env("KENKOCALL_SERVER__OPERATIONS_LISTEN", operations.to_string())
            // All phones are on this machine, as if behind a proxy.
            .env("KENKOCALL_SERVER__TRUSTED_PROXIES", "127.0.0.1")
            .env("KENKOCALL_LOG__LEVEL", "warn,kenkocall::alerts=error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if let Some(database) = database {
            command.env("KENKOCALL_DATABASE__URL", database);
        }
        let begun = Instant::now();
        let mut child = command.spawn().context("the server can't be started")?;
        let Some(output) = child.stdout.take() else { bail!("the server has no output") };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).context("the server says nothing")?;
        let start_up = begun.elapsed();
        let Some(address) = line.trim().rsplit("http://").next().and_then(|address| address.parse().ok()) else {
            bail!("the server didn't start; run it by hand to see why");
        };
        Ok(Self { child, address, operations, start_up })
    }

    /// What it has used since it started, if the system and the program report it.
    pub(super) async fn usage(&self) -> Option<Usage> {
        let metrics = get(self.operations, "/metrics").await.ok()?;
        Some(Usage {
            cpu: self.cpu_time()?,
            context_switches: self.context_switches()?,
            commits: sample(&metrics, "kenkocall_turns_per_commit_count").unwrap_or_default(),
            requests: sample(&metrics, "kenkocall_turn_requests_total"),
        })
    }

    /// The metrics, as text.
    pub(super) async fn metrics(&self) -> anyhow::Result<String> {
        get(self.operations, "/metrics").await
    }

    fn cpu_time(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name in brackets may contain spaces. The 14th and 15th fields are user and system time (proc(5)).
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let ticks = fields.next()?.parse::<u64>().ok()?.checked_add(fields.next()?.parse().ok()?)?;
        Some(Duration::from_millis(ticks.checked_mul(1_000)? / rustix::param::clock_ticks_per_second()))
    }

    fn context_switches(&self) -> Option<u64> {
        let mut switches = 0_u64;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?.flatten() {
            // A thread may end meanwhile.
            let Ok(status) = std::fs::read_to_string(task.path().join("status")) else { continue };
            let counts = status.lines().filter(|line| line.contains("_ctxt_switches:"));
            switches += counts.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum::<u64>();
        }
        Some(switches)
    }

    /// Returns the resident memory in megabytes, if the system reports it.
    pub(super) fn resident_megabytes(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes / 1024.0)
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Gets a page of the operations listener.
async fn get(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let stream = TcpStream::connect(address).await.context("the metrics can't be reached")?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.context("the connection")?;
    tokio::spawn(connection);
    let request =
        Request::get(path).header(header::HOST, "localhost").body(Empty::<Bytes>::new()).context("the request")?;
    let response = sender.send_request(request).await.context("no answer")?;
    let body = response.into_body().collect().await.context("the answer broke off")?.to_bytes();
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// The value of a metric, by its name with its labels.
pub(super) fn sample(metrics: &str, name: &str) -> Option<u64> {
    metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

/// Returns an address that is currently free.
pub(super) fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").context("no free port")?;
    listener.local_addr().context("no free port")
}

/// Checks the signature, always asks the same question, and stores nothing.
pub(super) async fn baseline() -> anyhow::Result<()> {
    let listen = std::env::var("KENKOCALL_SERVER__LISTEN").context("KENKOCALL_SERVER__LISTEN")?;
    let key = SigningKey::new(&SecretString::from(TOKEN)).context("the key")?;
    let origin = format!("http://{listen}");
    let reply = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf" action="{origin}/turn" method="POST"><Say language="ja-JP">もう一度</Say></Gather></Response>"#
    );
    let app = axum::Router::new().fallback(move |uri: OriginalUri, headers: HeaderMap, body: Bytes| {
        let signed = Form::read(&body).ok().zip(headers.get("x-twilio-signature")).is_some_and(|(form, signature)| {
            let url = format!("{origin}{}", uri.0.path());
            key.validate(&url, form.fields(), signature.to_str().unwrap_or_default())
        });
        let answer = if signed {
            ([("content-type", "text/xml")], reply.clone()).into_response()
        } else {
            StatusCode::FORBIDDEN.into_response()
        };
        std::future::ready(answer)
    });
    let listener = tokio::net::TcpListener::bind(&listen).await.context("the address")?;
    outln!("baseline listens on http://{listen}");
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "connection already closed");
        }
    });
    axum::serve(listener, app).await.context("the server")
}
