//! The line on the loopback interface.

use std::net::UdpSocket;

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::super::journal::Sending;
use super::*;
use crate::config::{SipNumbers, SipTrunk};

/// The trunk's address; 127.0.0.1 is a stranger.
const TRUNK: &str = "127.0.0.2";

fn trunk() -> Arc<Trunk> {
    trunk_of(&SipTrunk { address: format!("{TRUNK}:5060"), ..SipTrunk::default() })
}

fn trunk_of(settings: &SipTrunk) -> Arc<Trunk> {
    Arc::new(Trunk::new("test", settings))
}

fn open() -> (Signalling, mpsc::Receiver<LineEvent>, TempDir) {
    open_with(trunk())
}

/// Each line has its own block of ports for audio.
fn audio_ports() -> MediaPorts {
    static NEXT: std::sync::atomic::AtomicU16 = std::sync::atomic::AtomicU16::new(0);
    let first = 45_000 + NEXT.fetch_add(1, Ordering::SeqCst) % 40 * 100;
    MediaPorts::new("127.0.0.1".parse().unwrap(), first..=first + 99).unwrap()
}

fn open_with(trunk: Arc<Trunk>) -> (Signalling, mpsc::Receiver<LineEvent>, TempDir) {
    open_with_all(vec![trunk])
}

fn open_with_all(trunks: Vec<Arc<Trunk>>) -> (Signalling, mpsc::Receiver<LineEvent>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let now: super::super::journal::Now = Arc::new(|| Timestamp::from_second(1_796_000_000).unwrap());
    let journal = Journal::open(&folder.path().join("calls"), now, Duration::from_secs(240)).unwrap();
    let settings = SipSettings {
        listen: "127.0.0.1:0".parse().unwrap(),
        address: "127.0.0.1".parse().unwrap(),
        trunks,
        health_call_number: None,
        call_back_number: None,
        drain: Duration::from_secs(1),
    };
    let ports = audio_ports();
    let (tell, events) = mpsc::channel(16);
    (Signalling::open(settings, journal, ports, tell).unwrap(), events, folder)
}

fn options(from: &UdpSocket, branch: &str) -> String {
    let at = from.local_addr().unwrap();
    format!(
        "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bK{branch}\r\nFrom: <sip:a@{at}>;tag=1\r\n\
         To: <sip:127.0.0.1>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
}

async fn answer_to(socket: UdpSocket) -> String {
    socket.set_nonblocking(true).unwrap();
    let socket = tokio::net::UdpSocket::from_std(socket).unwrap();
    let mut answer = vec![0; 4_096];
    let read = tokio::time::timeout(Duration::from_secs(60), socket.recv(&mut answer)).await.expect("an answer");
    answer.truncate(read.unwrap());
    String::from_utf8(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_is_answered_and_a_stranger_is_not() {
    let (line, _events, _folder) = open();
    let (stranger, trunk) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind((TRUNK, 0)).unwrap());
    let to = ("127.0.0.1", line.port());
    for _ in 0..100 {
        stranger.send_to(options(&stranger, "stranger").as_bytes(), to).unwrap();
        trunk.send_to(b"INVITE \xff\xfe SIP/2.0\r\n\r\n", to).unwrap();
    }
    trunk.send_to(options(&trunk, "trunk").as_bytes(), to).unwrap();
    let answer = answer_to(trunk).await;
    assert!(answer.starts_with("SIP/2.0 200") && answer.contains("INVITE, ACK, BYE"), "{answer}");
    stranger.set_nonblocking(true).unwrap();
    assert!(stranger.recv(&mut [0; 64]).is_err(), "a stranger hears nothing");
}

/// A failure of the library in a call's task.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_in_a_call_ends_that_call_and_no_other() {
    let (line, mut events, _folder) = open();
    let leg = CarrierLegId::parse("0123456789abcdef").unwrap();
    line.0.spawn_call(leg.clone(), None, None, async { panic!("a failure") });
    let Some(LineEvent::Ended(ended)) = events.recv().await else { panic!("its end") };
    assert_eq!((ended.leg, ended.ringing), (leg, Ringing::Possible));
    let trunk = UdpSocket::bind((TRUNK, 0)).unwrap();
    trunk.send_to(options(&trunk, "after").as_bytes(), ("127.0.0.1", line.port())).unwrap();
    assert!(answer_to(trunk).await.starts_with("SIP/2.0 200"), "the line goes on");
}

#[test]
fn numbers_are_written_as_the_trunk_wants_them() {
    let number = PhoneNumber::from_e164("+819012345678").unwrap();
    assert_eq!(trunk().uri(&number), "sip:+819012345678@127.0.0.2");
    let national = Trunk { numbers: SipNumbers::National, ..(*trunk()).clone() };
    assert_eq!(national.written(&number), "09012345678");
}

/// What the journal has is enough to cancel a call of the process before.
#[tokio::test(flavor = "multi_thread")]
async fn a_ringing_call_of_a_dead_process_is_cancelled_by_its_own_branch() {
    let trunk = UdpSocket::bind((TRUNK, 0)).unwrap();
    let at = trunk.local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let text = |text: &str| text.to_owned();
    let sending = Sending {
        call: text("01938f6e-0000-7000-8000-000000000001"),
        trunk: text("test"),
        number: text("+819012345678"),
        shown: text("+815000000000"),
        target: format!("sip:+819012345678@{at}"),
        from: text("<sip:+815000000000@127.0.0.1>;tag=abc"),
        to: format!("<sip:+819012345678@{at}>"),
        contact: text("<sip:kenkocall@127.0.0.1:5060>"),
        via: text("SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKbefore"),
        branch: text("z9hG4bKbefore"),
        cseq: 1,
        destination: format!("udp {at}"),
    };
    let now: super::super::journal::Now = Arc::new(|| Timestamp::from_second(1_796_000_000).unwrap());
    let path = folder.path().join("calls");
    let journal = Journal::open(&path, Arc::clone(&now), Duration::from_secs(240)).unwrap();
    assert!(journal.write(Written::Sending(Box::new(sending))).await);
    drop(journal);
    let journal = loop {
        match Journal::open(&path, Arc::clone(&now), Duration::from_secs(240)) {
            Ok(journal) => break journal,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let settings = SipSettings {
        listen: "127.0.0.1:0".parse().unwrap(),
        address: "127.0.0.1".parse().unwrap(),
        trunks: vec![super::tests::trunk()],
        health_call_number: None,
        call_back_number: None,
        drain: Duration::from_secs(1),
    };
    let ports = audio_ports();
    let (tell, _events) = mpsc::channel(16);
    let _line = Signalling::open(settings, journal, ports, tell).unwrap();
    let cancel = answer_to(trunk).await;
    assert!(cancel.starts_with("CANCEL sip:+819012345678@"), "{cancel}");
    for part in ["branch=z9hG4bKbefore", "tag=abc", "CSeq: 1 CANCEL", "01938f6e-0000-7000-8000-000000000001"] {
        assert!(cancel.contains(part), "{part} in {cancel}");
    }
}

/// The trunk's end of a UDP line.
struct Far(tokio::net::UdpSocket, SocketAddr);

impl Far {
    async fn at(line: Option<&Signalling>) -> Self {
        let socket = tokio::net::UdpSocket::bind((TRUNK, 0)).await.unwrap();
        Self(socket, SocketAddr::from(([127, 0, 0, 1], line.map_or(0, Signalling::port))))
    }

    async fn hears(&self) -> String {
        let mut read = vec![0; 8_192];
        let (length, _) = tokio::time::timeout(Duration::from_secs(60), self.0.recv_from(&mut read))
            .await
            .expect("a message")
            .unwrap();
        String::from_utf8_lossy(&read[..length]).into_owned()
    }

    /// The next message of this kind.
    async fn hears_a(&self, start: &str) -> String {
        loop {
            let heard = self.hears().await;
            if heard.starts_with(start) {
                return heard;
            }
        }
    }

    async fn says(&self, text: &str) {
        self.0.send_to(text.as_bytes(), self.1).await.unwrap();
    }

    /// Answers a request.
    async fn answers(&self, request: &str, status: &str, tag: &str, more: &str, body: &str) {
        let named = |name: &str| {
            let lines = request.lines().filter(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
            lines.map(|line| format!("{line}\r\n")).collect::<String>()
        };
        let to = named("to").trim_end().to_owned();
        let to = if to.contains(";tag=") { to } else { format!("{to};tag={tag}") };
        let (via, from, id, cseq) = (named("via"), named("from"), named("call-id"), named("cseq"));
        let length = body.len();
        let head = format!("SIP/2.0 {status}\r\n{via}{from}{to}\r\n{id}{cseq}{more}");
        self.says(&format!("{head}Content-Length: {length}\r\n\r\n{body}")).await;
    }

    fn contact(&self) -> String {
        format!("Contact: <sip:phone@{}>\r\n", self.0.local_addr().unwrap())
    }

    fn sdp(&self, address: &str) -> String {
        format!("v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio 9000 RTP/AVP 0\r\n")
    }

    fn invite(&self, branch: &str, cseq: &str, more: &str, body: &str) -> String {
        let (at, length) = (self.0.local_addr().unwrap(), body.len());
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "INVITE sip:health@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bK{branch}\r\n\
             From: <sip:a@{at}>;tag=1\r\nTo: <sip:health@127.0.0.1>\r\nCall-ID: one-call\r\nCSeq: {cseq} INVITE\r\n\
             {contact}Max-Forwards: 70\r\n{more}{kind}Content-Length: {length}\r\n\r\n{body}",
            contact = self.contact(),
        )
    }
}

/// A line whose trunk is a socket, and the socket.
async fn line_and_trunk(change: impl FnOnce(&mut SipTrunk)) -> (Signalling, mpsc::Receiver<LineEvent>, TempDir, Far) {
    let mut far = Far::at(None).await;
    let mut settings = SipTrunk { address: far.0.local_addr().unwrap().to_string(), ..SipTrunk::default() };
    change(&mut settings);
    let (line, events, folder) = open_with(trunk_of(&settings));
    far.1.set_port(line.port());
    (line, events, folder, far)
}

fn placement(ring: Duration) -> Placement {
    let call: CallId = "01938f6e-0000-7000-8000-000000000007".parse().unwrap();
    let number = |text| PhoneNumber::from_e164(text).unwrap();
    let leg = CarrierLegId::parse(&call.to_string()).unwrap();
    let (to, from) = (number("+819012345678"), number("+815000000000"));
    Placement { call, leg, to, from, ring, longest: Duration::from_secs(600) }
}

/// Places a call and hears its INVITE.
async fn placed(line: &Signalling, far: &Far, ring: Duration) -> String {
    let line = line.clone();
    tokio::spawn(async move { line.place(placement(ring)).await });
    far.hears_a("INVITE ").await
}

/// Messages that cross on the wire: a phone is picked up when the call was taken back long ago.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_after_the_end_of_its_call_is_hung_up() {
    let (line, mut events, _folder, far) = line_and_trunk(|_| ()).await;
    let invite = placed(&line, &far, Duration::from_millis(100)).await;
    far.answers(&invite, "180 Ringing", "one", &far.contact(), "").await;
    let cancel = far.hears_a("CANCEL ").await;
    far.answers(&cancel, "200 OK", "one", "", "").await;
    far.answers(&invite, "487 Request Terminated", "one", "", "").await;
    loop {
        if let Some(LineEvent::Ended(_)) = events.recv().await {
            break;
        }
    }
    // Now another phone of the same number answers.
    let (contact, sdp) = (far.contact(), far.sdp(TRUNK));
    far.answers(&invite, "200 OK", "two", &contact, &sdp).await;
    far.hears_a("ACK sip:phone@").await;
    let bye = far.hears_a("BYE sip:phone@").await;
    assert!(bye.contains("tag=two"), "{bye}");
    far.answers(&bye, "200 OK", "two", "", "").await;
    // A repetition is confirmed and not ended once more.
    far.answers(&invite, "200 OK", "two", &contact, &sdp).await;
    far.hears_a("ACK sip:phone@").await;
    far.says(&options(&UdpSocket::bind((TRUNK, 0)).unwrap(), "after")).await;
    let next = far.hears().await;
    assert!(!next.starts_with("BYE"), "{next}");
}

/// The same for a call of a dead process that was given up: only the journal knows it.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_call_of_a_dead_process_is_hung_up() {
    let (line, _events, _folder, far) = line_and_trunk(|_| ()).await;
    let (at, own) = (far.0.local_addr().unwrap(), far.1);
    let text = |text: &str| text.to_owned();
    let sending = Sending {
        call: text("01938f6e-0000-7000-8000-000000000002"),
        trunk: text("test"),
        number: text("+819012345678"),
        shown: text("+815000000000"),
        target: format!("sip:+819012345678@{at}"),
        from: text("<sip:+815000000000@127.0.0.2>;tag=abc"),
        to: format!("<sip:+819012345678@{at}>"),
        contact: format!("<sip:kenkocall@{own}>"),
        via: format!("SIP/2.0/UDP {own};rport;branch=z9hG4bKbefore"),
        branch: text("z9hG4bKbefore"),
        cseq: 1,
        destination: format!("udp {at}"),
    };
    let invite = format!(
        "Via: {}\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: 1 INVITE\r\n",
        sending.via, sending.from, sending.to, sending.call
    );
    assert!(line.0.journal.write(Written::Sending(Box::new(sending))).await);
    far.answers(&invite, "200 OK", "one", &far.contact(), &far.sdp(TRUNK)).await;
    let ack = far.hears_a("ACK ").await;
    let bye = far.hears_a("BYE ").await;
    for part in ["tag=abc", "tag=one", "01938f6e-0000-7000-8000-000000000002"] {
        assert!(ack.contains(part) && bye.contains(part), "{part} in {ack}{bye}");
    }
}

/// A trunk can't make us send anything outside of its networks.
#[tokio::test(flavor = "multi_thread")]
async fn audio_and_requests_stay_in_the_trunks_networks() {
    let elsewhere = tokio::net::UdpSocket::bind("127.0.0.3:0").await.unwrap();
    let away = elsewhere.local_addr().unwrap();
    let (line, _events, _folder, far) = line_and_trunk(|_| ()).await;
    far.says(&far.invite("away", "1", "", &far.sdp("127.0.0.3"))).await;
    assert!(far.hears_a("SIP/2.0").await.starts_with("SIP/2.0 488"), "audio elsewhere");
    // A call that we place, whose answer leads elsewhere.
    let invite = placed(&line, &far, Duration::from_secs(60)).await;
    let contact = format!("Contact: <sip:phone@{away}>\r\nRecord-Route: <sip:{away};lr>\r\n");
    far.answers(&invite, "200 OK", "one", &contact, &far.sdp("127.0.0.3")).await;
    let ack = far.hears_a("ACK ").await;
    assert!(ack.contains("tag=one"), "it is confirmed where the call went: {ack}");
    far.hears_a("BYE ").await;
    far.answers(&invite, "200 OK", "one", &contact, &far.sdp("127.0.0.3")).await;
    far.hears_a("ACK ").await;
    assert!(elsewhere.try_recv(&mut [0; 16]).is_err(), "nothing went elsewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_out_of_range_and_the_same_invite_by_another_way_are_refused() {
    let (_line, _events, _folder, far) = line_and_trunk(|_| ()).await;
    far.says(&far.invite("big", "2147483648", "", "")).await;
    assert!(far.hears_a("SIP/2.0").await.starts_with("SIP/2.0 400"));
    let offer = far.sdp(TRUNK);
    far.says(&far.invite("way1", "1", "", &offer)).await;
    assert!(far.hears_a("SIP/2.0 200").await.contains("way1"));
    far.says(&far.invite("way2", "1", "", &offer)).await;
    assert!(far.hears_a("SIP/2.0 482").await.contains("way2"));
}

/// Channels are counted before anything else is taken, so that calls that come at once don't exceed them.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_come_at_once_have_no_more_channels_than_there_are() {
    let (line, _events, _folder, far) = line_and_trunk(|settings| settings.channels = 3).await;
    let offer = far.sdp(TRUNK);
    for nth in 0..20 {
        far.says(&far.invite(&format!("c{nth}"), "1", "", &offer).replace("one-call", &format!("call-{nth}"))).await;
    }
    let (mut taken, mut refused) = (std::collections::HashSet::new(), std::collections::HashSet::new());
    while taken.len() + refused.len() < 20 {
        let heard = far.hears().await;
        let branch = heard.split("branch=").nth(1).unwrap().split([';', '\r']).next().unwrap().to_owned();
        match heard.get(8..11) {
            Some("200") => taken.insert(branch),
            Some("503") => refused.insert(branch),
            _ => panic!("{heard}"),
        };
    }
    assert_eq!((taken.len(), refused.len()), (3, 17));
    assert_eq!(line.0.live.load(Ordering::Relaxed), 3);
}

/// A peer that connects, asks and reads nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_reads_nothing_holds_nobody_up() {
    let (line, _events, _folder, far) = line_and_trunk(|settings| settings.transport = SipTransport::Tcp).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind((TRUNK.parse::<IpAddr>().unwrap(), 0).into()).unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut deaf = socket.connect(far.1).await.unwrap();
    let asking = tokio::spawn(async move {
        // Repeated requests are answered by the library in its one loop.
        let text = options(&UdpSocket::bind((TRUNK, 0)).unwrap(), "deaf").replace("SIP/2.0/UDP", "SIP/2.0/TCP");
        let text = text.replace("From: <", &format!("From: \"{}\" <", "x".repeat(12_000)));
        while deaf.write_all(text.as_bytes()).await.is_ok() {}
    });
    for nth in 0..50 {
        far.says(&options_of(&far, &format!("other{nth}"))).await;
        far.hears_a("SIP/2.0 200").await;
    }
    // Its connection is closed, as nothing is read.
    asking.await.unwrap();
    assert!(!line.0.gate.is_stalled());
}

fn options_of(far: &Far, branch: &str) -> String {
    let at = far.0.local_addr().unwrap();
    format!(
        "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bK{branch}\r\nFrom: <sip:a@{at}>;tag=1\r\n\
         To: <sip:127.0.0.1>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
}

/// A call over a connection of TCP, in both directions.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_goes_over_tcp() {
    let listener = tokio::net::TcpListener::bind((TRUNK, 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let settings = SipTrunk { address, transport: SipTransport::Tcp, ..SipTrunk::default() };
    let (line, _events, _folder) = open_with(trunk_of(&settings));
    let placing = tokio::spawn({
        let line = line.clone();
        async move { line.place(placement(Duration::from_secs(60))).await }
    });
    let (mut far, _) = listener.accept().await.unwrap();
    let mut read = vec![0; 8_192];
    let length = far.read(&mut read).await.unwrap();
    let invite = String::from_utf8_lossy(&read[..length]).into_owned();
    assert!(invite.starts_with("INVITE ") && invite.contains("SIP/2.0/TCP"), "{invite}");
    let named = |name: &str| invite.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let (via, from, to) = (named("Via"), named("From"), named("To"));
    let (id, cseq) = (named("Call-ID"), named("CSeq"));
    let busy = format!("SIP/2.0 486 Busy Here\r\n{via}\r\n{from}\r\n{to};tag=x\r\n{id}\r\n{cseq}\r\n\r\n");
    far.write_all(busy.as_bytes()).await.unwrap();
    let length = far.read(&mut read).await.unwrap();
    assert!(read[..length].starts_with(b"ACK "));
    let outcome = placing.await.unwrap();
    assert!(matches!(outcome, crate::carrier::network::DialOutcome::Accepted(_)), "{outcome:?}");
    far.write_all(b"\r\n\r\n").await.unwrap();
    let length = far.read(&mut read).await.unwrap();
    assert_eq!(&read[..length], b"\r\n", "the connection is alive");
}

/// A registrar with digest: a nonce that changes, a lost registration, and the leave at the end.
#[tokio::test(flavor = "multi_thread")]
async fn it_registers_with_a_password_and_takes_leave() {
    let (line, _events, _folder, far) = line_and_trunk(|settings| {
        settings.register = true;
        settings.user_name = Some("kenko".to_owned());
        settings.password = "geheim".to_owned().into();
        settings.domain = Some("registrar.example".to_owned());
    })
    .await;
    assert_eq!(line.trouble(), Some(LineTrouble::NotRegistered));
    let outcome = line.place(placement(Duration::from_secs(1))).await;
    let unreached = crate::carrier::network::NotProcessed::NoConnection;
    assert!(matches!(outcome, crate::carrier::network::DialOutcome::NotProcessed(why) if why == unreached));
    let first = far.hears_a("REGISTER sip:registrar.example ").await;
    assert!(first.contains("To: <sip:kenko@registrar.example>") && !first.contains("Authorization"), "{first}");
    for (nonce, algorithm) in [("a", "MD5"), ("b", "SHA-256")] {
        let question =
            format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"\r\n");
        let last = if nonce == "a" { first.clone() } else { far.hears_a("REGISTER ").await };
        far.answers(&last, "401 Unauthorized", "r", &question, "").await;
    }
    let answer = far.hears_a("REGISTER ").await;
    assert!(answer.contains("nonce=\"b\"") && answer.contains("algorithm=SHA-256"), "{answer}");
    assert!(!answer.contains("geheim"));
    let contact = answer.lines().find(|line| line.starts_with("Contact:")).unwrap().replace("3600", "60");
    far.answers(&answer, "200 OK", "r", &format!("{contact}\r\n"), "").await;
    while line.trouble().is_some() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The way is kept open.
    assert_eq!(far.hears().await, "\r\n\r\n");
    let leaving = tokio::spawn({
        let line = line.clone();
        async move { line.drain().await }
    });
    let leave = far.hears_a("REGISTER ").await;
    assert!(leave.contains("Expires: 0"), "{leave}");
    far.answers(&leave, "200 OK", "r", "", "").await;
    leaving.await.unwrap();
}

/// The trunk makes us the refresher, asks for a longer interval first, and we ask at the same time once.
#[tokio::test(flavor = "multi_thread")]
async fn a_longer_interval_is_taken_and_a_call_is_refreshed() {
    let (line, mut events, _folder, far) = line_and_trunk(|_| ()).await;
    let invite = placed(&line, &far, Duration::from_secs(60)).await;
    assert!(invite.contains("Session-Expires: 1800"), "{invite}");
    far.answers(&invite, "422 Session Interval Too Small", "one", "Min-SE: 3600\r\n", "").await;
    let again = loop {
        let heard = far.hears_a("INVITE ").await;
        if heard.contains("CSeq: 2 INVITE") {
            break heard;
        }
    };
    assert!(again.contains("Session-Expires: 3600") && again.contains("Min-SE: 3600"), "{again}");
    let agreed = format!("{}Require: timer\r\nSession-Expires: 90;refresher=uac\r\n", far.contact());
    far.answers(&again, "200 OK", "one", &agreed, &far.sdp(TRUNK)).await;
    far.hears_a("ACK ").await;
    let talk = loop {
        if let Some(LineEvent::Answered(_, talk)) = events.recv().await {
            break talk;
        }
    };
    drop(talk.orders);
    drop(talk.news);
    let bye = far.hears_a("BYE ").await;
    far.answers(&bye, "200 OK", "one", "", "").await;
}

/// A second trunk is tried only if it is proven that no phone rang; declined, busy and unknown are final.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_trunk_is_tried_only_if_no_phone_rang() {
    use crate::carrier::network::{DialOutcome, Refusal};
    let rows = [
        ("503 Service Unavailable", true),
        ("403 Forbidden", true),
        ("488 Not Acceptable Here", true),
        ("404 Not Found", false),
        ("486 Busy Here", false),
        ("603 Decline", false),
        ("480 Temporarily Unavailable", false),
        ("500 Server Internal Error", false),
    ];
    for (status, another) in rows {
        let (mut first, mut second) = (Far::at(None).await, Far::at(None).await);
        let trunk =
            |far: &Far| trunk_of(&SipTrunk { address: far.0.local_addr().unwrap().to_string(), ..SipTrunk::default() });
        let (line, _events, _folder) = open_with_all(vec![trunk(&first), trunk(&second)]);
        first.1.set_port(line.port());
        second.1.set_port(line.port());
        let placing = tokio::spawn({
            let line = line.clone();
            async move { line.place(placement(Duration::from_secs(60))).await }
        });
        let invite = first.hears_a("INVITE ").await;
        first.answers(&invite, status, "one", "", "").await;
        first.hears_a("ACK ").await;
        if another {
            let invite = second.hears_a("INVITE ").await;
            second.answers(&invite, "486 Busy Here", "two", "", "").await;
            second.hears_a("ACK ").await;
        }
        let outcome = placing.await.unwrap();
        let number = matches!(outcome, DialOutcome::Refused(Refusal::Number));
        let tried = matches!(outcome, DialOutcome::Accepted(_));
        assert!(if status.starts_with("404") { number } else { tried }, "{status}: {outcome:?}");
        assert!(second.0.try_recv(&mut [0; 16]).is_err(), "{status}: nothing more is sent");
    }
}
