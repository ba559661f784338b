//! The measured servers: this program in a process of its own, and a baseline server that checks signatures and stores
//! nothing.

#![allow(clippy::disallowed_methods, reason = "it measures time and finds its own program")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use axum::body::Bytes;
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::serve::ListenerExt;
use secrecy::SecretString;

use crate::carrier::twilio::{Form, SigningKey};
use crate::commands::output::outln;

/// The auth token of measurements.
pub(super) const TOKEN: &str = "measured";

/// A server process. It is killed when dropped.
pub(super) struct Measured {
    child: Child,
    /// The address it listens on.
    pub(super) address: SocketAddr,
    /// The time from its start until it listened.
    pub(super) start_up: Duration,
}

impl Measured {
    /// Starts this program with `arguments` and waits until it prints its address.
    pub(super) fn start(arguments: &[&str], database: Option<&str>, address: SocketAddr) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("this program can't be found")?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("KENKOCALL_CARRIER", "twilio")
            .env("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN)
            .env("KENKOCALL_SERVER__LISTEN", address.to_string())
            .env("KENKOCALL_SERVER__OPERATIONS_LISTEN", "127.0.0.1:0")
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
        Ok(Self { child, address, start_up })
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
