//! Sessions on real sockets.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::super::{MediaPorts, Payload};
use super::*;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The other side of a call.
struct Peer {
    socket: UdpSocket,
    rtcp: UdpSocket,
    session: SocketAddr,
    sequence: u16,
}

impl Peer {
    fn new(ports: RangeInclusive<u16>) -> (Self, MediaPorts, PortPair) {
        let ports = MediaPorts::new(HERE, ports).unwrap();
        let pair = ports.take().unwrap();
        let (socket, rtcp) = two();
        (Self { socket, rtcp, session: pair.address(), sequence: 0 }, ports, pair)
    }

    fn settings(&self) -> MediaSettings {
        MediaSettings {
            remote: Some(self.socket.local_addr().unwrap()),
            sources: vec!["127.0.0.1/32".parse().unwrap()],
            payload: Payload::Pcmu,
            telephone_event: Some(101),
            in_band: false,
            dscp: 32,
        }
    }

    /// The next packet: its header's parts and the payload.
    fn hear(&self) -> (bool, u16, u32, Vec<u8>) {
        let mut buffer = [0; 2_048];
        let length = self.socket.recv(&mut buffer).unwrap();
        let packet = rtp::read(&buffer[..length]).unwrap();
        (packet.marker, packet.sequence, packet.timestamp, packet.payload.to_vec())
    }

    /// Hears packets until the payload is other than silence, then until it is silence.
    fn hear_speech(&self) -> Vec<u8> {
        let silent = [g711::SILENCE; FRAME];
        let payloads = std::iter::repeat_with(|| self.hear().3).skip_while(|payload| payload[..] == silent);
        payloads.take_while(|payload| payload[..] != silent).flatten().collect()
    }

    fn send(&mut self, payload_type: u8, timestamp: u32, payload: &[u8]) {
        self.send_from(&self.socket.try_clone().unwrap(), payload_type, timestamp, payload);
    }

    fn send_from(&mut self, socket: &UdpSocket, payload_type: u8, timestamp: u32, payload: &[u8]) {
        self.sequence = self.sequence.wrapping_add(1);
        let packet = Packet { payload_type, marker: false, sequence: self.sequence, timestamp, ssrc: 77, payload };
        let mut buffer = [0; _];
        socket.send_to(rtp::write(&packet, &mut buffer).unwrap(), self.session).unwrap();
    }

    /// Presses a key by RFC 4733.
    fn press(&mut self, socket: &UdpSocket, code: u8, timestamp: u32) {
        for (flags, lasted) in [(10, 0), (10, 2), (0x8A, 4), (0x8A, 4)] {
            self.send_from(socket, 101, timestamp, &[code, flags, lasted, 0]);
        }
    }
}

/// Sockets on an even port and the next one.
fn two() -> (UdpSocket, UdpSocket) {
    loop {
        let rtp = UdpSocket::bind((HERE, 0)).unwrap();
        let port = rtp.local_addr().unwrap().port();
        if let Some(rtcp) = port.checked_add(1).and_then(|port| UdpSocket::bind((HERE, port)).ok()) {
            for socket in [&rtp, &rtcp] {
                socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            }
            return (rtp, rtcp);
        }
    }
}

fn clip(value: u8, length: usize, firm: bool) -> Clip {
    Clip { audio: vec![value; length].into(), firm }
}

#[tokio::test]
async fn clips_are_sent_whole_between_silence_and_their_end_is_told() {
    let (peer, ports, pair) = Peer::new(41_200..=41_209);
    let (session, mut events) = MediaSession::start(pair, peer.settings());
    let (marker, first, timestamp, payload) = peer.hear();
    assert!(marker && payload == [g711::SILENCE; FRAME]);
    let (marker, second, later, _) = peer.hear();
    assert_eq!((marker, second, later), (false, first.wrapping_add(1), timestamp.wrapping_add(160)));

    session.play(vec![clip(1, 400, true), clip(2, 1_000, false)]);
    let heard = peer.hear_speech();
    assert_eq!(heard[..1_400], [vec![1; 400], vec![2; 1_000]].concat());
    assert_eq!(events.recv().await, Some(MediaEvent::FirmEnded));
    assert_eq!(events.recv().await, Some(MediaEvent::SpeechEnded));

    drop(session);
    assert_eq!(events.recv().await, None);
    assert_eq!(ports.free(), 5);
    assert!(ports.lateness().packets() > 9);
}

#[tokio::test]
async fn a_key_cuts_all_but_firm_clips_and_the_end_of_what_was_cut_isnt_told() {
    let (mut peer, _ports, pair) = Peer::new(41_210..=41_219);
    let (session, mut events) = MediaSession::start(pair, peer.settings());
    session.play(vec![clip(1, 8_000, true), clip(2, 80_000, false)]);
    while peer.hear().3[0] != 1 {}
    peer.press(&peer.socket.try_clone().unwrap(), 11, 500);
    assert_eq!(events.recv().await, Some(MediaEvent::Key('#')));
    assert!(session.barge_in());
    let rest = peer.hear_speech();
    assert!(rest.iter().all(|sample| *sample == 1 || *sample == g711::SILENCE) && rest.len() < 8_160);
    assert_eq!(events.recv().await, Some(MediaEvent::FirmEnded));
    assert_eq!(events.recv().await, Some(MediaEvent::SpeechEnded));

    session.play(vec![clip(3, 160, false)]);
    while peer.hear().3[0] != 3 {}
    peer.hear();
    peer.hear();
    // Its end waits to be taken, and is of no interest any more.
    session.play(vec![clip(4, 1_600, false)]);
    session.silence();
    assert!(!session.barge_in());
    session.play(vec![clip(5, 160, false)]);
    assert_eq!(events.recv().await, Some(MediaEvent::SpeechEnded));
    while peer.hear().3[0] != 5 {}
}

#[tokio::test]
async fn bad_input_sound_and_keys_from_elsewhere_are_dropped_and_counted() {
    let (mut peer, _ports, pair) = Peer::new(41_220..=41_229);
    let (session, mut events) = MediaSession::start(pair, peer.settings());
    let stranger = UdpSocket::bind((Ipv4Addr::new(127, 0, 0, 2), 0)).unwrap();
    peer.press(&stranger, 1, 100);
    peer.press(&peer.socket.try_clone().unwrap(), 2, 100);
    assert_eq!(events.recv().await, Some(MediaEvent::Key('2')));
    let another_port = UdpSocket::bind((HERE, 0)).unwrap();
    peer.press(&another_port, 3, 9_000);
    peer.press(&stranger, 4, 18_000);
    peer.send(96, 0, b"another payload");
    peer.socket.send_to(b"not a packet", peer.session).unwrap();
    peer.press(&peer.socket.try_clone().unwrap(), 5, 27_000);
    assert_eq!(events.recv().await, Some(MediaEvent::Key('5')));
    let counts = session.counts();
    assert_eq!((counts.received, counts.foreign, counts.unreadable), (8, 12, 2));

    // After a re-INVITE the other side may come from elsewhere, and is bound again. Numbers go on.
    let (_, before, _, _) = peer.hear();
    session.update(MediaSettings { remote: Some(another_port.local_addr().unwrap()), ..peer.settings() });
    peer.press(&another_port, 6, 36_000);
    assert_eq!(events.recv().await, Some(MediaEvent::Key('6')));
    peer.press(&peer.socket.try_clone().unwrap(), 7, 45_000);
    another_port.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut buffer = [0; 2_048];
    let length = another_port.recv(&mut buffer).unwrap();
    let packet = rtp::read(&buffer[..length]).unwrap();
    assert!(!packet.marker && packet.sequence.wrapping_sub(before) < 1_000);
    peer.press(&another_port, 8, 54_000);
    assert_eq!(events.recv().await, Some(MediaEvent::Key('8')));
}

#[tokio::test]
async fn a_held_call_is_silent_hears_keys_and_goes_on_where_it_was() {
    let (mut peer, _ports, pair) = Peer::new(41_230..=41_239);
    let (session, mut events) = MediaSession::start(pair, peer.settings());
    session.play(vec![clip(1, 160, false), clip(2, 1_600, false)]);
    while peer.hear().3[0] != 1 {}
    session.hold(true);
    peer.socket.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut buffer = [0; 2_048];
    let mut last = (0, 0, Vec::new());
    while let Ok(length) = peer.socket.recv(&mut buffer) {
        let packet = rtp::read(&buffer[..length]).unwrap();
        last = (packet.sequence, packet.timestamp, packet.payload.to_vec());
    }
    peer.press(&peer.socket.try_clone().unwrap(), 0, 500);
    assert_eq!(events.recv().await, Some(MediaEvent::Key('0')));
    session.hold(false);
    peer.socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (marker, sequence, timestamp, _) = peer.hear();
    assert!(marker);
    if !last.2.is_empty() {
        assert_eq!(sequence, last.0.wrapping_add(1));
        assert!(timestamp.wrapping_sub(last.1) >= 2_400, "time went on");
    }
    assert_eq!(events.recv().await, Some(MediaEvent::SpeechEnded));
}

#[tokio::test]
async fn a_law_lines_hear_a_law_and_an_unknown_address_is_learnt() {
    let (mut peer, _ports, pair) = Peer::new(41_240..=41_249);
    let settings = MediaSettings { remote: None, payload: Payload::Pcma, ..peer.settings() };
    let (session, _events) = MediaSession::start(pair, settings);
    session.play(vec![clip(0x80, 320, false)]);
    peer.send(8, 0, &[0xD5; 160]);
    assert_eq!(peer.hear().3, [0xAA; FRAME]);
}

#[tokio::test]
async fn typing_far_ahead_drops_keys_and_no_ends() {
    let (peer, _ports, pair) = Peer::new(41_250..=41_259);
    let (session, mut events) = MediaSession::start(pair, peer.settings());
    for _ in 0..100 {
        session.info_key('1');
    }
    session.play(vec![clip(1, 160, false)]);
    peer.hear_speech();
    peer.hear();
    assert_eq!(session.counts().keys_dropped, 36);
    for _ in 0..64 {
        assert_eq!(events.recv().await, Some(MediaEvent::Key('1')));
    }
    assert_eq!(events.recv().await, Some(MediaEvent::SpeechEnded));
}

#[tokio::test]
async fn the_other_side_is_told_that_the_sound_ends() {
    let (peer, _ports, pair) = Peer::new(41_260..=41_269);
    let (session, _events) = MediaSession::start(pair, peer.settings());
    peer.hear();
    drop(session);
    let mut buffer = [0; 2_048];
    let length = peer.rtcp.recv(&mut buffer).unwrap();
    let compound = rtcp_types::Compound::parse(&buffer[..length]).unwrap();
    let packets: Vec<_> = compound.map(Result::unwrap).collect();
    assert!(matches!(
        packets[..],
        [rtcp_types::Packet::Sr(_), rtcp_types::Packet::Sdes(_), rtcp_types::Packet::Bye(_)]
    ));
}

#[tokio::test]
async fn anything_at_all_breaks_no_session() {
    let (mut peer, _ports, pair) = Peer::new(41_270..=41_279);
    let (session, mut events) = MediaSession::start(pair, MediaSettings { in_band: true, ..peer.settings() });
    let mut rng = fastrand::Rng::with_seed(17);
    for nth in 0..4_000 {
        let mut bytes: Vec<u8> = (0..rng.usize(0..400)).map(|_| rng.u8(..)).collect();
        for (place, byte) in bytes.iter_mut().zip([0x80, [0, 101, 8, 96][nth % 4]]) {
            *place = if rng.u8(0..8) == 0 { *place } else { byte };
        }
        peer.socket.send_to(&bytes, peer.session).unwrap();
        if nth % 200 == 0 {
            peer.hear();
        }
    }
    while events.events.try_recv().is_ok() {}
    peer.socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    while peer.socket.recv(&mut [0; 2_048]).is_ok() {}
    peer.socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    peer.hear();
    session.info_key('D');
    while events.recv().await != Some(MediaEvent::Key('D')) {}
    peer.sequence = 30_000;
}
