//! A mail server that takes every message and keeps none, for measurements.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The mail server.
pub(super) struct Sink {
    pub(super) port: u16,
    taken: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
}

impl Sink {
    /// Starts it on a free port of this machine.
    pub(super) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port is free")?;
        let port = listener.local_addr().context("the mail server's port")?.port();
        let (taken, connections) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let sink = Self { port, taken: Arc::clone(&taken), connections: Arc::clone(&connections) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, Arc::clone(&taken)));
            }
        });
        Ok(sink)
    }

    /// How many messages it has taken.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// How many connections there were.
    pub(super) fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }
}

/// Answers one client until it goes away.
async fn serve(stream: TcpStream, taken: Arc<AtomicU64>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    write.write_all(b"220 sink\r\n").await?;
    let (mut line, mut in_message) = (Vec::new(), false);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        if in_message {
            if line == b".\r\n" {
                in_message = false;
                taken.fetch_add(1, Ordering::Relaxed);
                write.write_all(b"250 taken\r\n").await?;
            }
            continue;
        }
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match word.as_slice() {
            b"DATA" => {
                in_message = true;
                b"354 go on\r\n"
            }
            b"QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            b"EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
}
