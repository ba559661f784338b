//! Session descriptions (RFC 4566, RFC 3264): what we understand of an offer, and our own.
//!
//! One audio line with G.711 is all that a phone call needs. Everything else in an offer is declined by name, so that
//! the call goes on without it.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

/// The longest description that is read, in bytes.
const LONGEST: usize = 16 * 1024;
/// The most media lines of an offer that are answered.
const MOST_LINES: usize = 16;

/// Which way audio goes, as the describing side sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// The describing side only sends.
    SendOnly,
    /// The describing side only receives.
    RecvOnly,
    /// Neither way.
    Inactive,
}

impl Direction {
    /// The direction with which the other side answers this one.
    pub const fn mirrored(self) -> Self {
        match self {
            Self::SendRecv => Self::SendRecv,
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            Self::Inactive => Self::Inactive,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive].into_iter().find(|one| one.word() == word)
    }
}

/// How audio is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// G.711 µ-law, payload type 0.
    MuLaw,
    /// G.711 A-law, payload type 8.
    ALaw,
}

impl Coding {
    /// Its static payload type.
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::MuLaw => 0,
            Self::ALaw => 8,
        }
    }

    const fn rtpmap(self) -> &'static str {
        match self {
            Self::MuLaw => "PCMU/8000",
            Self::ALaw => "PCMA/8000",
        }
    }
}

/// Which codings are agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Codings {
    /// µ-law and A-law.
    #[default]
    Both,
    /// Only µ-law, as the NGN demands.
    MuLawOnly,
}

impl Codings {
    const fn allow(self, coding: Coding) -> bool {
        matches!((self, coding), (Self::Both, _) | (Self::MuLawOnly, Coding::MuLaw))
    }
}

/// What was agreed about the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audio {
    /// Where the other side receives. `None` while it receives nothing.
    pub remote: Option<SocketAddr>,
    /// The coding.
    pub coding: Coding,
    /// The payload type of keys as events (RFC 4733), if the other side takes part in it.
    pub telephone_event: Option<u8>,
    /// The direction that the other side named.
    pub direction: Direction,
}

impl Audio {
    /// Whether we are on hold: the other side doesn't receive what we say.
    pub const fn is_held(&self) -> bool {
        self.remote.is_none() || matches!(self.direction, Direction::SendOnly | Direction::Inactive)
    }
}

/// Why a description can't be agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// It isn't a session description.
    #[error("not a session description")]
    Unreadable,
    /// It has no audio line, only fax or video.
    #[error("no audio line")]
    NoAudio,
    /// It has audio, but none that is coded as we can.
    #[error("no audio with G.711")]
    NoCoding,
}

/// One media line of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MediaLine {
    media: String,
    protocol: String,
    formats: Vec<String>,
    port: u16,
    address: Option<IpAddr>,
    direction: Option<Direction>,
    /// The payload types of `telephone-event/8000`.
    events: Vec<u8>,
    /// Payload types that a map gives to another coding than their static one.
    remapped: Vec<(u8, String)>,
}

/// A description that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    lines: Vec<MediaLine>,
    /// Which of the lines is the audio that counts.
    audio: usize,
    coding: Coding,
    direction: Direction,
}

impl Description {
    /// Reads a description and chooses its audio.
    ///
    /// # Errors
    /// If there is no audio that we can code.
    pub fn read(body: &[u8], codings: Codings) -> Result<Self, SdpError> {
        let text = body.get(..body.len().min(LONGEST)).and_then(|part| std::str::from_utf8(part).ok());
        let text = text.ok_or(SdpError::Unreadable)?;
        let (lines, direction) = media_lines(text)?;
        let mut has_audio = false;
        for (at, line) in lines.iter().enumerate() {
            if line.media != "audio" || !line.protocol.eq_ignore_ascii_case("RTP/AVP") {
                continue;
            }
            has_audio = true;
            if let Some(coding) = line.coding(codings) {
                return Ok(Self { audio: at, coding, direction: line.direction.unwrap_or(direction), lines });
            }
        }
        Err(if has_audio { SdpError::NoCoding } else { SdpError::NoAudio })
    }

    /// What was agreed about the audio.
    pub fn audio(&self) -> Audio {
        let line = self.lines.get(self.audio);
        let address = line.and_then(|line| line.address).filter(|address| !address.is_unspecified());
        let port = line.map_or(0, |line| line.port);
        let remote = address.filter(|_| port != 0).map(|address| SocketAddr::new(address, port));
        let direction = match self.direction {
            // The hold of RFC 2543: an address that nobody has.
            Direction::SendRecv | Direction::RecvOnly if remote.is_none() => Direction::SendOnly,
            direction => direction,
        };
        let telephone_event = line.and_then(|line| line.events.first().copied());
        Audio { remote, coding: self.coding, telephone_event, direction }
    }

    /// Our answer. `local` is where we receive.
    pub fn answer(&self, local: SocketAddr, session: SessionName) -> String {
        let audio = self.audio();
        let mut text = begin(local, session);
        for (at, line) in self.lines.iter().enumerate() {
            if at == self.audio && line.port != 0 {
                audio_line(&mut text, local.port(), &[audio.coding], audio.telephone_event, audio.direction.mirrored());
            } else {
                let formats = if line.formats.is_empty() { "0".to_owned() } else { line.formats.join(" ") };
                _ = write!(text, "m={} 0 {} {formats}\r\n", line.media, line.protocol);
            }
        }
        text
    }
}

/// The number and version that a session is named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionName {
    /// The same for all descriptions of a call.
    pub number: u32,
    /// One more with each change.
    pub version: u32,
}

/// Our own offer.
pub fn offer(local: SocketAddr, codings: Codings, direction: Direction, session: SessionName) -> String {
    let mut text = begin(local, session);
    let all: &[Coding] = match codings {
        Codings::Both => &[Coding::MuLaw, Coding::ALaw],
        Codings::MuLawOnly => &[Coding::MuLaw],
    };
    audio_line(&mut text, local.port(), all, Some(EVENT_PAYLOAD), direction);
    text
}

/// The payload type that we name for keys as events.
const EVENT_PAYLOAD: u8 = 101;

fn begin(local: SocketAddr, SessionName { number, version }: SessionName) -> String {
    let family = if local.is_ipv4() { "IP4" } else { "IP6" };
    let ip = local.ip();
    format!("v=0\r\no=- {number} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n")
}

fn audio_line(text: &mut String, port: u16, codings: &[Coding], event: Option<u8>, direction: Direction) {
    let mut formats: Vec<String> = codings.iter().map(|coding| coding.payload_type().to_string()).collect();
    formats.extend(event.map(|event| event.to_string()));
    // Writing to a text never fails.
    _ = write!(text, "m=audio {port} RTP/AVP {}\r\n", formats.join(" "));
    for coding in codings {
        _ = write!(text, "a=rtpmap:{} {}\r\n", coding.payload_type(), coding.rtpmap());
    }
    if let Some(event) = event {
        _ = write!(text, "a=rtpmap:{event} telephone-event/8000\r\na=fmtp:{event} 0-15\r\n");
    }
    _ = write!(text, "a=ptime:20\r\na={}\r\n", direction.word());
}

impl MediaLine {
    fn read(value: &str) -> Option<Self> {
        let mut parts = value.split_ascii_whitespace();
        let media = parts.next()?.to_owned();
        let port = parts.next()?.split('/').next()?.parse().ok()?;
        let protocol = parts.next()?.to_owned();
        let formats = parts.map(str::to_owned).collect();
        let (events, remapped) = (Vec::new(), Vec::new());
        Some(Self { media, protocol, formats, port, address: None, direction: None, events, remapped })
    }

    /// The first coding in the order of the offer that we can use.
    fn coding(&self, codings: Codings) -> Option<Coding> {
        let types = self.formats.iter().filter_map(|format| format.parse::<u8>().ok());
        types.filter_map(|number| self.coding_of(number)).find(|coding| codings.allow(*coding))
    }

    fn coding_of(&self, number: u8) -> Option<Coding> {
        let coding = [Coding::MuLaw, Coding::ALaw].into_iter().find(|coding| coding.payload_type() == number)?;
        let map = self.remapped.iter().find(|(mapped, _)| *mapped == number);
        let same = map.is_none_or(|(_, name)| {
            let name = name.strip_suffix("/1").unwrap_or(name);
            name.eq_ignore_ascii_case(coding.rtpmap())
        });
        same.then_some(coding)
    }

    fn attribute(&mut self, value: &str) {
        if let Some(direction) = Direction::of_word(value) {
            self.direction = Some(direction);
        }
        let Some((number, name)) = value.strip_prefix("rtpmap:").and_then(|map| map.trim().split_once(' ')) else {
            return;
        };
        let Ok(number) = number.parse::<u8>() else { return };
        let name = name.trim();
        let offered = self.formats.iter().any(|format| format.parse() == Ok(number));
        if name.to_ascii_lowercase().strip_suffix("/1").unwrap_or(&name.to_ascii_lowercase()) == "telephone-event/8000"
            && offered
        {
            self.events.push(number);
        }
        self.remapped.push((number, name.to_owned()));
    }
}

fn media_lines(text: &str) -> Result<(Vec<MediaLine>, Direction), SdpError> {
    if !text.trim_start().starts_with("v=0") {
        return Err(SdpError::Unreadable);
    }
    let (mut lines, mut address, mut direction) = (Vec::<MediaLine>::new(), None, Direction::default());
    // The last line may lack its line break, and still counts.
    for line in text.split(['\r', '\n']).map(str::trim_end) {
        let Some((kind, value)) = line.split_once('=') else { continue };
        let full = lines.len() >= MOST_LINES;
        match (kind, lines.last_mut()) {
            ("m", _) if full => return Err(SdpError::Unreadable),
            ("m", _) => {
                let mut media = MediaLine::read(value).ok_or(SdpError::Unreadable)?;
                media.address = address;
                lines.push(media);
            }
            ("c", Some(media)) => media.address = connection(value),
            ("c", None) => address = connection(value),
            ("a", Some(media)) => media.attribute(value.trim()),
            ("a", None) => direction = Direction::of_word(value.trim()).unwrap_or(direction),
            _ => {}
        }
    }
    Ok((lines, direction))
}

/// The address of `IN IP4 192.0.2.1`, with or without a time to live.
fn connection(value: &str) -> Option<IpAddr> {
    value.split_ascii_whitespace().nth(2)?.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: SessionName = SessionName { number: 7, version: 1 };

    fn local() -> SocketAddr {
        "192.0.2.9:40000".parse().unwrap()
    }

    fn offered(media: &str) -> Result<Description, SdpError> {
        let head = "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n";
        Description::read(format!("{head}{media}").as_bytes(), Codings::Both)
    }

    #[test]
    fn an_ordinary_offer_is_answered_in_its_own_order() {
        let offer = offered(
            "m=audio 9000 RTP/AVP 18 8 0 96\r\na=rtpmap:18 G729/8000\r\na=rtpmap:8 PCMA/8000\r\n\
             a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n",
        )
        .unwrap();
        let audio = offer.audio();
        assert_eq!(audio.remote, Some("198.51.100.1:9000".parse().unwrap()));
        assert_eq!((audio.coding, audio.telephone_event), (Coding::ALaw, Some(96)));
        let answer = offer.answer(local(), NAME);
        assert!(answer.contains("m=audio 40000 RTP/AVP 8 96\r\n"), "{answer}");
        assert!(answer.contains("c=IN IP4 192.0.2.9\r\n") && answer.contains("a=sendrecv\r\n"), "{answer}");
    }

    #[test]
    fn the_ngn_gets_mu_law_only() {
        let media = "v=0\r\nc=IN IP4 198.51.100.1\r\nm=audio 9000 RTP/AVP 8 0\r\n";
        let offer = Description::read(media.as_bytes(), Codings::MuLawOnly).unwrap();
        assert_eq!(offer.audio().coding, Coding::MuLaw);
        assert!(!super::offer(local(), Codings::MuLawOnly, Direction::SendRecv, NAME).contains("PCMA"));
    }

    /// Each row of the bad-input table that concerns a description.
    #[test]
    fn what_cannot_be_spoken_is_refused_and_what_can_is_taken() {
        assert_eq!(offered("m=image 4000 udptl t38\r\n"), Err(SdpError::NoAudio), "T.38");
        assert_eq!(offered("m=audio 9000 RTP/AVP 18\r\n"), Err(SdpError::NoCoding), "G.729 only");
        assert_eq!(offered("m=audio 9000 RTP/AVP 0\r\na=rtpmap:0 G726-32/8000\r\n"), Err(SdpError::NoCoding));
        assert_eq!(offered("m=audio 9000 RTP/SAVP 0\r\n"), Err(SdpError::NoAudio), "SRTP isn't understood");
        assert_eq!(Description::read(b"", Codings::Both), Err(SdpError::Unreadable));
        assert_eq!(Description::read(b"\xff\xfe", Codings::Both), Err(SdpError::Unreadable));
        let two = offered("m=audio 9000 RTP/AVP 0\r\nm=audio 9002 RTP/AVP 8\r\nm=video 9004 RTP/AVP 99\r\n").unwrap();
        assert_eq!(two.audio().remote.map(|at| at.port()), Some(9000), "two audio lines: the first is taken");
        let answer = two.answer(local(), NAME);
        assert_eq!(answer.matches("\r\nm=").count(), 3);
        assert!(answer.contains("m=audio 0 RTP/AVP 8\r\n") && answer.contains("m=video 0 RTP/AVP 99\r\n"), "{answer}");
    }

    #[test]
    fn each_way_of_holding_is_mirrored() {
        for (media, direction, mirrored) in [
            ("m=audio 9000 RTP/AVP 0\r\na=sendonly", Direction::SendOnly, "a=recvonly"),
            ("m=audio 9000 RTP/AVP 0\r\na=inactive\r\n", Direction::Inactive, "a=inactive"),
            ("m=audio 9000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", Direction::SendOnly, "a=recvonly"),
            ("m=audio 9000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n", Direction::Inactive, "a=inactive"),
        ] {
            let held = offered(media).unwrap();
            assert!(held.audio().is_held(), "{media}");
            assert_eq!(held.audio().direction, direction, "{media}");
            assert!(held.answer(local(), NAME).contains(&format!("{mirrored}\r\n")), "{media}");
        }
        let gone = offered("m=audio 0 RTP/AVP 0\r\n").unwrap();
        assert!(gone.audio().is_held(), "port 0");
        assert!(gone.answer(local(), NAME).contains("m=audio 0 RTP/AVP 0\r\n"), "a line that is off stays off");
        assert!(!offered("m=audio 9000 RTP/AVP 0\r\na=recvonly\r\n").unwrap().audio().is_held());
    }

    #[test]
    fn the_session_speaks_for_lines_that_say_nothing() {
        let text = "v=0\r\nc=IN IP6 2001:db8::1\r\na=sendonly\r\nm=audio 9000 RTP/AVP 0\r\n";
        let audio = Description::read(text.as_bytes(), Codings::Both).unwrap().audio();
        assert_eq!(audio.remote, Some("[2001:db8::1]:9000".parse().unwrap()));
        assert_eq!(audio.direction, Direction::SendOnly);
    }

    #[test]
    fn our_own_offer_is_understood() {
        for address in ["192.0.2.9:40000", "[2001:db8::9]:40000"] {
            let text = offer(address.parse().unwrap(), Codings::Both, Direction::SendRecv, NAME);
            let audio = Description::read(text.as_bytes(), Codings::Both).unwrap().audio();
            assert_eq!(audio.remote, Some(address.parse().unwrap()));
            assert_eq!((audio.coding, audio.telephone_event), (Coding::MuLaw, Some(101)));
        }
    }

    proptest! {
        #[test]
        fn no_description_is_too_strange(body in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut text = b"v=0\r\n".to_vec();
            text.extend(&body);
            for text in [&body, &text] {
                if let Ok(read) = Description::read(text, Codings::Both) {
                    read.answer(local(), NAME);
                }
            }
        }

        /// However lines are mixed: each is answered, and at most one is taken.
        #[test]
        fn every_line_is_answered(lines in prop::collection::vec(prop::sample::select(vec![
            "m=audio 9000 RTP/AVP 0 101", "m=audio 0 RTP/AVP 8", "m=video 9 RTP/AVP 31", "m=image 1 udptl t38",
            "a=sendonly", "a=inactive", "c=IN IP4 0.0.0.0", "c=IN IP4 198.51.100.7", "a=rtpmap:101 telephone-event/8000",
        ]), 0..10)) {
            let text = format!("v=0\r\n{}\r\n", lines.join("\r\n"));
            if let Ok(read) = Description::read(text.as_bytes(), Codings::Both) {
                let answer = read.answer(local(), NAME);
                let offered = lines.iter().filter(|line| line.starts_with("m=")).count();
                prop_assert_eq!(answer.matches("\r\nm=").count(), offered);
                prop_assert!(answer.matches("m=audio 40000").count() <= 1);
            }
        }
    }
}
