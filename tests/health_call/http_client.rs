//! HTTP as the carrier uses it: one request on one connection, signed with the auth token that both sides know.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use kenkocall::carrier::twilio::{Form, SigningKey};
use secrecy::SecretString;
use tokio::net::TcpStream;

/// The auth token of every server under test.
pub const TOKEN: &str = "5ecret-0f-the-tests";
/// The address of the program, as configured at the carrier. It isn't real: it is used for signatures, not for
/// connections.
pub const PUBLIC_URL: &str = "https://kenko.example";

/// The carrier's side: the server's current address, and the key.
#[derive(Clone)]
pub struct Carrier {
    address: Arc<Mutex<SocketAddr>>,
    key: SigningKey,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub body: String,
}

/// A request as sent over the network.
#[derive(Clone)]
pub struct Raw<'a> {
    pub method: Method,
    pub path: &'a str,
    pub content_type: Option<&'a str>,
    pub signature: Option<String>,
    pub host: &'a str,
    pub body: Vec<u8>,
}

impl Carrier {
    pub fn of(address: SocketAddr) -> Self {
        let key = SigningKey::new(&SecretString::from(TOKEN)).unwrap();
        Self { address: Arc::new(Mutex::new(address)), key }
    }

    /// Sets the server's new address for all clones.
    pub fn moved(&self, address: SocketAddr) {
        *self.address.lock().unwrap() = address;
    }

    /// The server's address, for a phone other than ours.
    pub fn address(&self) -> String {
        self.address.lock().unwrap().to_string()
    }

    pub fn sign(&self, path: &str, fields: &[(&str, &str)]) -> String {
        self.key.sign(&[PUBLIC_URL, path].concat(), fields)
    }

    /// Posts a signed form to a path or to one of our own URLs.
    pub async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let path = url.strip_prefix(PUBLIC_URL).unwrap_or(url);
        self.send(&self.signed(path, fields)).await
    }

    pub fn signed<'a>(&self, path: &'a str, fields: &[(&str, &str)]) -> Raw<'a> {
        Raw {
            method: Method::POST,
            path,
            content_type: Some("application/x-www-form-urlencoded"),
            signature: Some(self.sign(path, fields)),
            host: "kenko.example",
            body: form(fields),
        }
    }

    /// A body sent unchanged, with a signature over its decoded fields.
    pub fn signed_as_it_is<'a>(&self, path: &'a str, body: &[u8]) -> Raw<'a> {
        let form = Form::read(body).unwrap();
        let signature = Some(self.key.sign(&[PUBLIC_URL, path].concat(), form.fields()));
        Raw { signature, body: body.to_vec(), ..self.signed(path, &[]) }
    }

    pub async fn get(&self, path: &str) -> Result<Answer, String> {
        let method = Method::GET;
        self.send(&Raw { method, path, content_type: None, signature: None, host: "kenko.example", body: vec![] }).await
    }

    pub async fn send(&self, raw: &Raw<'_>) -> Result<Answer, String> {
        let address = *self.address.lock().unwrap();
        let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let (mut sender, connection) =
            handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        let connection = tokio::spawn(connection);
        let mut request = Request::builder().method(raw.method.clone()).uri(raw.path).header(header::HOST, raw.host);
        if let Some(kind) = raw.content_type {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if let Some(signature) = &raw.signature {
            request = request.header("x-twilio-signature", signature);
        }
        let request = request.body(Full::from(Bytes::from(raw.body.clone()))).unwrap();
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
        connection.abort();
        Ok(Answer { status, body: String::from_utf8(body.to_vec()).unwrap() })
    }
}

pub fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}
