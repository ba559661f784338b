//! A browser that is logged in: it asks for pages over one connection, as a nurse's does.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, bail};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A browser with one connection.
pub(super) struct Browser {
    sender: SendRequest<Full<Bytes>>,
    origin: String,
    cookie: String,
}

/// An answer.
pub(super) struct Answer {
    /// How long it took until all of it was there, in milliseconds.
    pub(super) took: f64,
    pub(super) body: String,
    /// Where it leads to, if it is another page.
    pub(super) location: Option<String>,
}

impl Browser {
    /// A browser with the cookie of a log-in.
    pub(super) async fn open(address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server can't be reached")?;
        stream.set_nodelay(true).context("the connection")?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.context("the connection")?;
        tokio::spawn(connection);
        Ok(Self { sender, origin: format!("http://{address}"), cookie: format!("kenko={token}") })
    }

    /// Gets a page. Fails if it isn't there.
    pub(super) async fn page(&mut self, path: &str) -> anyhow::Result<Answer> {
        let begun = Instant::now();
        let response = self.send(Method::GET, path, Full::default()).await?;
        let answer = read(begun, response).await?;
        if answer.location.is_some() {
            bail!("the page leads elsewhere; the log-in may have ended");
        }
        Ok(answer)
    }

    /// Sends a form. Returns the path of the page that it leads to.
    pub(super) async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<String> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let begun = Instant::now();
        let response = self.send(Method::POST, path, Full::from(body)).await?;
        read(begun, response).await?.location.context("the form leads nowhere")
    }

    /// Sends a file. Returns the path of the page that it leads to.
    pub(super) async fn upload(&mut self, path: &str, token: &str, file: Vec<u8>) -> anyhow::Result<String> {
        let mut body = format!(
            "--mihon\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--mihon\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\n\r\n"
        )
        .into_bytes();
        body.extend(file);
        body.extend_from_slice(b"\r\n--mihon--\r\n");
        let begun = Instant::now();
        let kind = "multipart/form-data; boundary=mihon";
        let response = self.send_as(kind, Method::POST, path, Full::from(body)).await?;
        read(begun, response).await?.location.context("the file leads nowhere")
    }

    /// Opens the stream of a page.
    pub(super) async fn stream(&mut self) -> anyhow::Result<Incoming> {
        let response = self.send(Method::GET, "/console/live", Full::default()).await?;
        if !response.status().is_success() {
            bail!("the stream isn't there: {}", response.status());
        }
        Ok(response.into_body())
    }

    async fn send(&mut self, method: Method, path: &str, body: Full<Bytes>) -> anyhow::Result<Response<Incoming>> {
        self.send_as("application/x-www-form-urlencoded", method, path, body).await
    }

    async fn send_as(
        &mut self,
        kind: &str,
        method: Method,
        path: &str,
        body: Full<Bytes>,
    ) -> anyhow::Result<Response<Incoming>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.origin.strip_prefix("http://").unwrap_or_default())
            .header(header::ORIGIN, &self.origin)
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, kind)
            .body(body)
            .context("the request")?;
        self.sender.ready().await.context("the connection was closed")?;
        self.sender.send_request(request).await.context("no answer")
    }
}

async fn read(begun: Instant, response: Response<Incoming>) -> anyhow::Result<Answer> {
    let status = response.status();
    let location = response.headers().get(header::LOCATION).and_then(|path| path.to_str().ok()).map(str::to_owned);
    let body = response.into_body().collect().await.context("the answer broke off")?.to_bytes();
    let took = begun.elapsed().as_secs_f64() * 1_000.0;
    if !status.is_success() && !status.is_redirection() {
        bail!("the server answered {status}");
    }
    Ok(Answer { took, body: String::from_utf8_lossy(&body).into_owned(), location })
}
