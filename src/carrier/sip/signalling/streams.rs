//! TCP. The library writes to a connection inside the loop that serves all calls, so one peer that reads nothing would
//! hold up every call. Here, messages wait in a queue of each connection, which is closed if it doesn't get shorter.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use rsipstack::sip::{SipMessage, Transport};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transport::channel::ChannelConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportEvent};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_util::sync::CancellationToken;

use super::gate::{Dropped, Gate, LONGEST, can_be_read};

/// Connections of one address at a time.
const MOST_OF_AN_ADDRESS: u32 = 32;
/// Messages that wait for a peer to read.
const MOST_UNREAD: usize = 1_024;
/// How long a peer may read nothing while messages wait for it.
const STUCK: Duration = Duration::from_secs(10);
/// How long a connection may be silent. Calls open a new one.
const SILENT: Duration = Duration::from_secs(600);
/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(3);
/// How long a peer over its budget isn't read from.
const OVER_BUDGET: Duration = Duration::from_millis(100);

/// What stands at the beginning of the bytes that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// A message of this length.
    Message(usize),
    /// Line breaks that keep the connection alive (RFC 5626 section 4.4.1), and whether an answer is asked for.
    Alive(usize, bool),
    /// The rest hasn't arrived.
    Part,
    /// No message can begin so.
    Broken,
}

fn frame(read: &[u8]) -> Frame {
    if read.starts_with(b"\r\n\r\n") {
        return Frame::Alive(4, true);
    }
    if read.starts_with(b"\r\n") && read.get(2..4).is_some_and(|next| next != b"\r\n") {
        return Frame::Alive(2, false);
    }
    let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if read.len() > LONGEST { Frame::Broken } else { Frame::Part };
    };
    let head = read.get(..end).unwrap_or_default();
    let length = match body_length(head) {
        Some(length) if length <= LONGEST => end.saturating_add(4).saturating_add(length),
        _ => return Frame::Broken,
    };
    match length {
        _ if length > LONGEST => Frame::Broken,
        _ if length > read.len() => Frame::Part,
        _ => Frame::Message(length),
    }
}

/// The length of the body that a head announces. `None` if that can't be read.
fn body_length(head: &[u8]) -> Option<usize> {
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let name = name.trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") || name.eq_ignore_ascii_case(b"l") {
            let value = std::str::from_utf8(value.get(1..)?).ok()?;
            return value.trim().parse().ok();
        }
    }
    Some(0)
}

/// The connections that are open, by address.
#[derive(Debug, Default)]
pub(super) struct Open(Mutex<HashMap<IpAddr, u32>>);

struct Place(Arc<Open>, IpAddr);

impl Open {
    fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = open.entry(address).or_default();
        if *of_address >= MOST_OF_AN_ADDRESS {
            return None;
        }
        *of_address = of_address.saturating_add(1);
        Some(Place(Arc::clone(self), address))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_address) = open.get_mut(&self.1) {
            *of_address = of_address.saturating_sub(1);
            if *of_address == 0 {
                open.remove(&self.1);
            }
        }
    }
}

/// Our side of all TCP connections.
#[derive(Clone)]
pub(super) struct Streams {
    pub(super) endpoint: EndpointInnerRef,
    pub(super) gate: Arc<Gate>,
    pub(super) open: Arc<Open>,
}

impl Streams {
    /// Accepts connections of trunks.
    pub(super) async fn accept(self, listener: TcpListener) {
        loop {
            let Ok((stream, from)) = listener.accept().await else {
                // All descriptors are in use; others may be closed soon.
                tokio::time::sleep(OVER_BUDGET).await;
                continue;
            };
            if !self.gate.knows(from.ip()) {
                self.gate.count(Dropped::Stranger);
                continue;
            }
            if self.begin(stream, from).is_none() {
                self.gate.count(Dropped::OverBudget);
            }
        }
    }

    /// A connection to a trunk: one that is open, or a new one.
    pub(super) async fn to(&self, address: &SipAddr) -> Option<SipConnection> {
        let layer = &self.endpoint.transport_layer;
        let at = address.get_socketaddr().ok().filter(|at| self.gate.knows(at.ip()))?;
        if layer.get_addrs().contains(address) {
            return Some(layer.lookup(address, None).await.ok()?.0);
        }
        let stream = tokio::time::timeout(CONNECTING, TcpStream::connect(at)).await.ok()?.ok()?;
        self.begin(stream, at)
    }

    /// `None` if this address has too many connections.
    fn begin(&self, stream: TcpStream, from: SocketAddr) -> Option<SipConnection> {
        let place = self.open.take(from.ip())?;
        let (read, unread) = mpsc::unbounded_channel();
        let (write, unwritten) = mpsc::unbounded_channel();
        let address = SipAddr { r#type: Some(Transport::Tcp), ..SipAddr::from(from) };
        let stop = CancellationToken::new();
        let channel = ChannelConnection::create_connection(unread, write, address.clone(), Some(stop.clone()));
        // It waits for nothing.
        let connection = SipConnection::Channel(channel.now_or_never()?.ok()?);
        self.endpoint.transport_layer.add_connection(connection.clone());
        let (input, output) = stream.into_split();
        let (answer, alive) = mpsc::channel(1);
        let reader = Reader { gate: Arc::clone(&self.gate), connection: connection.clone(), address, read, answer };
        tokio::spawn(async move {
            tokio::select! {
                () = reader.run(input, from) => {}
                () = write_all(output, unwritten, alive) => {}
                () = stop.cancelled() => {}
            }
            drop(place);
        });
        Some(connection)
    }
}

struct Reader {
    gate: Arc<Gate>,
    connection: SipConnection,
    address: SipAddr,
    read: UnboundedSender<TransportEvent>,
    answer: mpsc::Sender<()>,
}

impl Reader {
    async fn run(self, mut input: OwnedReadHalf, from: SocketAddr) {
        let mut buffer: Vec<u8> = Vec::new();
        loop {
            let read = tokio::time::timeout(SILENT, input.read_buf(&mut buffer)).await;
            if !matches!(read, Ok(Ok(1..))) {
                return;
            }
            loop {
                let length = match frame(&buffer) {
                    Frame::Part => break,
                    Frame::Broken => return self.gate.count(Dropped::Unreadable),
                    Frame::Alive(length, asks) => {
                        if asks {
                            // One answer is enough for many questions.
                            _ = self.answer.try_send(());
                        }
                        length
                    }
                    Frame::Message(length) => {
                        if !self.take(buffer.get(..length).unwrap_or_default(), from).await {
                            return;
                        }
                        length
                    }
                };
                buffer.drain(..length.min(buffer.len()));
            }
        }
    }

    /// Hands a message to the library. A sender over its budget waits, and so does what it sends next. Returns `false`
    /// if nobody takes messages any more.
    async fn take(&self, message: &[u8], from: SocketAddr) -> bool {
        while self.gate.admit(from.ip()).is_err() {
            tokio::time::sleep(OVER_BUDGET).await;
        }
        let readable = can_be_read(message).then(|| SipMessage::try_from(message).ok()).flatten();
        let received = readable.and_then(|read| SipConnection::update_msg_received(read, from, Transport::Tcp).ok());
        let Some(received) = received else {
            self.gate.count(Dropped::Unreadable);
            return true;
        };
        let event = TransportEvent::Incoming(received, self.connection.clone(), self.address.clone());
        self.read.send(event).is_ok()
    }
}

/// Writes what the library sends, until the peer has closed the connection or reads nothing.
async fn write_all(
    mut output: OwnedWriteHalf,
    mut unwritten: UnboundedReceiver<TransportEvent>,
    mut alive: mpsc::Receiver<()>,
) {
    let mut queue: VecDeque<Vec<u8>> = VecDeque::new();
    let mut done = 0;
    loop {
        let front = queue.front().and_then(|front| front.get(done..)).unwrap_or_default();
        let writing = !front.is_empty();
        tokio::select! {
            written = tokio::time::timeout(STUCK, output.write(front)), if writing => {
                let Ok(Ok(written @ 1..)) = written else { return };
                done = done.saturating_add(written);
                if queue.front().is_some_and(|front| done >= front.len()) {
                    queue.pop_front();
                    done = 0;
                }
            }
            event = unwritten.recv() => match event {
                Some(TransportEvent::Incoming(message, ..)) if queue.len() < MOST_UNREAD => {
                    queue.push_back(message.to_bytes());
                }
                Some(TransportEvent::New(_) | TransportEvent::Closed(_)) => {}
                Some(TransportEvent::Incoming(..)) | None => return,
            },
            Some(()) = alive.recv() => queue.push_back(b"\r\n".to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_are_cut_where_they_end() {
        let message = b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(frame(message), Frame::Message(message.len()));
        assert_eq!(frame(&[message.as_slice(), b"more"].concat()), Frame::Message(message.len()));
        assert_eq!(frame(&message[..message.len() - 1]), Frame::Part);
        assert_eq!(frame(b"OPTIONS sip:a SIP/2.0\r\n\r\n"), Frame::Message(25), "no body");
        assert_eq!(frame(b"OPTIONS sip:a SIP/2.0\r\nl: 2\r\n\r\nab"), Frame::Message(33));
        assert_eq!(
            (frame(b"\r\n\r\nOPT"), frame(b"\r\nOP"), frame(b"\r\n")),
            (Frame::Alive(4, true), Frame::Alive(2, false), Frame::Part)
        );
        for broken in ["99999999999999999999999999", "18446744073709551615", "-1", "many", "70000"] {
            let text = format!("OPTIONS sip:a SIP/2.0\r\nContent-Length: {broken}\r\n\r\n");
            assert_eq!(frame(text.as_bytes()), Frame::Broken, "{broken}");
        }
        assert_eq!(frame(&[b'x'; LONGEST + 1]), Frame::Broken);
    }

    #[test]
    fn an_address_has_so_many_connections_and_no_more() {
        let open = Arc::new(Open::default());
        let address = "192.0.2.1".parse().unwrap();
        let mut places: Vec<_> = (0..MOST_OF_AN_ADDRESS).map(|_| open.take(address).unwrap()).collect();
        assert!(open.take(address).is_none());
        assert!(open.take("192.0.2.2".parse().unwrap()).is_some());
        places.pop();
        assert!(open.take(address).is_some());
        drop(places);
        assert!(open.0.lock().unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn whatever_is_read_has_a_beginning_or_is_refused(read in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Frame::Message(length) | Frame::Alive(length, _) = frame(&read) {
                prop_assert!(length > 0 && length <= read.len());
            }
        }
    }
}
