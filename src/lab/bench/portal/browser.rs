//! A browser of the portal, over one connection that many people may share one after the other.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::Context;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::service::SecretToken;

/// Somebody with a browser: the cookies, and the address.
#[derive(Clone)]
pub(super) struct Person {
    form: SecretToken,
    session: Option<String>,
    code: Option<String>,
    address: String,
}

impl Person {
    /// Somebody at the nth address, logged in by a token or not.
    pub(super) fn new(nth: u32, session: Option<&SecretToken>) -> anyhow::Result<Self> {
        let [a, b, c, d] = (0x0a00_0000 + nth % 0x00ff_ffff).to_be_bytes();
        Ok(Self {
            form: SecretToken::random()?,
            session: session.map(|token| token.expose().to_owned()),
            code: None,
            address: format!("{a}.{b}.{c}.{d}"),
        })
    }

    /// The token of the person's forms.
    pub(super) fn token(&self) -> String {
        let of_log_in = self.session.as_deref().and_then(SecretToken::parse);
        of_log_in.as_ref().unwrap_or(&self.form).derived("portal-form")
    }

    /// The token of the browser that may enter a code.
    pub(super) fn code_token(&self) -> Option<SecretToken> {
        SecretToken::parse(self.code.as_deref()?)
    }

    fn cookies(&self) -> String {
        let mut cookies = format!("kenko-portal-form={}", self.form.expose());
        for (name, value) in [("kenko-portal", &self.session), ("kenko-portal-code", &self.code)] {
            if let Some(value) = value {
                cookies.push_str(&format!("; {name}={value}"));
            }
        }
        cookies
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else { return };
        let value = (!value.is_empty()).then(|| value.to_owned());
        match name {
            "kenko-portal" => self.session = value,
            "kenko-portal-code" => self.code = value,
            _ => {}
        }
    }
}

/// An answer.
pub(super) struct Answer {
    /// How long it took until all of it was there, in milliseconds.
    pub(super) took: f64,
    pub(super) status: u16,
    /// Where it leads to, if it is another page.
    pub(super) location: Option<String>,
    pub(super) body: Bytes,
}

impl Answer {
    /// The page as text, unless it is compressed.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text between two others.
    pub(super) fn between(&self, before: &str, after: &str) -> Option<String> {
        let text = self.text();
        Some(text.split_once(before)?.1.split_once(after)?.0.to_owned())
    }
}

/// A connection.
pub(super) struct Browser {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Browser {
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server can't be reached")?;
        stream.set_nodelay(true).context("the connection")?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.context("the connection")?;
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string() })
    }

    /// Gets a page.
    pub(super) async fn page(&mut self, person: &mut Person, path: &str) -> anyhow::Result<Answer> {
        self.send(person, Method::GET, path, String::new(), "identity").await
    }

    /// Gets a page as it is transferred, and returns its size in bytes.
    pub(super) async fn transferred(&mut self, person: &mut Person, path: &str) -> anyhow::Result<usize> {
        Ok(self.send(person, Method::GET, path, String::new(), "gzip").await?.body.len())
    }

    /// Sends a form.
    pub(super) async fn form(
        &mut self,
        person: &mut Person,
        path: &str,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let body = {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.append_pair("token", &person.token());
            form.extend_pairs(fields);
            form.finish()
        };
        self.send(person, Method::POST, path, body, "identity").await
    }

    async fn send(
        &mut self,
        person: &mut Person,
        method: Method,
        path: &str,
        body: String,
        encoding: &str,
    ) -> anyhow::Result<Answer> {
        let begun = Instant::now();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::ORIGIN, format!("http://{}", self.host))
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", &person.address)
            .header(header::ACCEPT_ENCODING, encoding)
            .header(header::COOKIE, person.cookies())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(body))
            .context("the request")?;
        self.sender.ready().await.context("the connection was closed")?;
        let response = self.sender.send_request(request).await.context("no answer")?;
        let status = response.status().as_u16();
        let header = |name: header::HeaderName| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let location = header(header::LOCATION);
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            person.keep(cookie.to_str().unwrap_or_default());
        }
        let body = response.into_body().collect().await.context("the answer broke off")?.to_bytes();
        Ok(Answer { took: begun.elapsed().as_secs_f64() * 1_000.0, status, location, body })
    }
}
