//! A carrier on the loopback interface that replies with given bytes, and stores the requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use kenkocall::carrier::twilio::rest::{Patience, RestClient};
use kenkocall::config::Twilio;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{settings, urls};

/// What the carrier does with a request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Writes these bytes and closes.
    Answer(Vec<u8>),
    /// Writes these bytes and keeps the connection for the next request.
    AnswerAndStay(Vec<u8>),
    /// Writes these bytes, then nothing more, and keeps the connection open.
    AnswerAndStall(Vec<u8>),
    /// Closes without a reply.
    Close,
    /// Accepts the connection and never reads.
    Ignore,
}

/// A complete reply.
pub fn answer(status: &str, headers: &str, body: &str) -> Act {
    Act::Answer(written(status, headers, body).into_bytes())
}

/// The same, on a connection that stays open.
pub fn answer_and_stay(status: &str, body: &str) -> Act {
    Act::AnswerAndStay(written(status, "", body).into_bytes())
}

pub fn written(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A received request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Method and path with query.
    pub line: String,
    pub head: String,
    pub body: String,
}

/// A carrier and the requests that it received.
pub struct Carrier {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    acts: Arc<Mutex<VecDeque<Act>>>,
}

impl Carrier {
    /// Listens, and carries out these acts, one for each request. The last one is repeated.
    pub async fn that(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (asked, acts) = (Arc::default(), Arc::new(Mutex::new(acts.into_iter().collect())));
        let carrier = Self { address, asked: Arc::clone(&asked), acts: Arc::clone(&acts) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, Arc::clone(&asked), Arc::clone(&acts)));
            }
        });
        carrier
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic before").clone()
    }

    /// The number of remaining acts, without the last.
    pub fn left(&self) -> usize {
        self.acts.lock().expect("no panic before").len()
    }

    /// A client of it with short timeouts.
    pub fn client(&self, patience: Patience) -> RestClient {
        client(&format!("http://{}", self.address), patience)
    }
}

pub fn client(base_url: &str, patience: Patience) -> RestClient {
    let settings = Twilio { base_url: Some(base_url.to_owned()), ..settings() };
    RestClient::with_patience(&settings, urls(), patience).expect("settings")
}

fn next(acts: &Mutex<VecDeque<Act>>) -> Act {
    let mut acts = acts.lock().expect("no panic before");
    if acts.len() > 1 { acts.pop_front().expect("one") } else { acts.front().expect("an act").clone() }
}

async fn talk(mut stream: TcpStream, asked: Arc<Mutex<Vec<Asked>>>, acts: Arc<Mutex<VecDeque<Act>>>) {
    let mut seen = Vec::new();
    if matches!(acts.lock().expect("no panic before").front(), Some(Act::Ignore)) {
        return std::future::pending().await;
    }
    while let Some(request) = read(&mut stream, &mut seen).await {
        asked.lock().expect("no panic before").push(request);
        match next(&acts) {
            Act::Answer(bytes) => {
                let _gone = stream.write_all(&bytes).await;
                let _gone = stream.shutdown().await;
                return;
            }
            Act::AnswerAndStay(bytes) => stream.write_all(&bytes).await.expect("it reads"),
            Act::AnswerAndStall(bytes) => {
                stream.write_all(&bytes).await.expect("it reads");
                return std::future::pending().await;
            }
            Act::Close => return,
            Act::Ignore => return std::future::pending().await,
        }
    }
}

/// Reads one request; `None` if the peer closed the connection or doesn't speak HTTP.
async fn read(stream: &mut TcpStream, seen: &mut Vec<u8>) -> Option<Asked> {
    loop {
        let text = String::from_utf8_lossy(seen).into_owned();
        if let Some((head, rest)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let length: usize = length.unwrap_or(0);
            if rest.len() >= length {
                seen.drain(..head.len() + 4 + length);
                let line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
                return Some(Asked { line, head: head.to_owned(), body: rest[..length].to_owned() });
            }
        }
        if stream.read_buf(seen).await.ok()? == 0 {
            return None;
        }
    }
}
