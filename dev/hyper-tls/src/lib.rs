//! Stands in for the TLS connector that twilio-async names. That library only builds our requests; its own sender reads
//! replies so strictly that an accepted call can look like a failed one. Here it can't send at all, and OpenSSL stays
//! out of the program.

use std::future::{Ready, ready};
use std::io;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use hyper::client::HttpConnector;
use hyper::service::Service;

/// A connector that refuses every connection.
#[derive(Debug, Clone)]
pub struct HttpsConnector<T>(PhantomData<T>);

impl HttpsConnector<HttpConnector> {
    /// The connector.
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl Default for HttpsConnector<HttpConnector> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Service<hyper::Uri> for HttpsConnector<T> {
    type Response = tokio::net::TcpStream;
    type Error = io::Error;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: hyper::Uri) -> Self::Future {
        ready(Err(io::Error::new(io::ErrorKind::Unsupported, "twilio-async builds requests here and sends none")))
    }
}
