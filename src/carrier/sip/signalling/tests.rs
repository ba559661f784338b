//! The line on the loopback interface.

use std::net::UdpSocket;

use jiff::Timestamp;
use tempfile::TempDir;

use super::super::journal::Sending;
use super::*;
use crate::config::{SipNumbers, SipTrunk};

/// The trunk's address; 127.0.0.1 is a stranger.
const TRUNK: &str = "127.0.0.2";

fn trunk() -> Arc<Trunk> {
    let settings = SipTrunk { address: format!("{TRUNK}:5060"), ..SipTrunk::default() };
    Arc::new(Trunk::new("test", &settings))
}

fn open() -> (Signalling, mpsc::Receiver<LineEvent>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let now: super::super::journal::Now = Arc::new(|| Timestamp::from_second(1_796_000_000).unwrap());
    let journal = Journal::open(&folder.path().join("calls"), now, Duration::from_secs(240)).unwrap();
    let settings = SipSettings {
        listen: "127.0.0.1:0".parse().unwrap(),
        address: "127.0.0.1".parse().unwrap(),
        trunks: vec![trunk()],
        health_call_number: None,
        call_back_number: None,
        drain: Duration::from_secs(1),
    };
    let ports = MediaPorts::new("127.0.0.1".parse().unwrap(), 45_000..=45_099).unwrap();
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
    line.0.spawn_call(leg.clone(), None, async { panic!("a failure") });
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
    let ports = MediaPorts::new("127.0.0.1".parse().unwrap(), 45_100..=45_199).unwrap();
    let (tell, _events) = mpsc::channel(16);
    let _line = Signalling::open(settings, journal, ports, tell).unwrap();
    let cancel = answer_to(trunk).await;
    assert!(cancel.starts_with("CANCEL sip:+819012345678@"), "{cancel}");
    for part in ["branch=z9hG4bKbefore", "tag=abc", "CSeq: 1 CANCEL", "01938f6e-0000-7000-8000-000000000001"] {
        assert!(cancel.contains(part), "{part} in {cancel}");
    }
}
