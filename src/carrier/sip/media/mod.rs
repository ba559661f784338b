//! The sound of a call: what is said, and the keys that are heard. Nothing of a caller's voice is kept.
//!
//! [`MediaPorts`] hands out pairs of ports; a [`MediaSession`] on a pair sends a packet every 20 ms until it is
//! dropped, and tells through [`MediaEvents`] what happened. One thread for each core serves all sessions (`pace`).

mod g711;
mod in_band;
mod listener;
mod pace;
mod playout;
mod ports;
mod presses;
mod reorder;
mod rtcp;
mod rtp;
mod session;
#[cfg(test)]
mod signals;
mod telephone_event;
mod tones;

use std::fmt;
use std::net::SocketAddr;

use ipnet::IpNet;

pub use crate::carrier::clip::Clip;
pub use pace::Lateness;
pub use ports::{MediaPorts, NoPort, PortPair};
pub use session::{Counts, MediaEvents, MediaSession};

/// How sound is coded on the line (RFC 3551). Clips are µ-law, and converted if need be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// G.711 µ-law, as in Japan.
    Pcmu,
    /// G.711 A-law.
    Pcma,
}

impl Payload {
    /// Its number in RTP and SDP.
    pub fn number(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }
}

/// What an offer and its answer agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaSettings {
    /// Where to send. `None`: nothing is sent before the other side has sent something.
    pub remote: Option<SocketAddr>,
    /// The networks of the trunk. Whatever comes from elsewhere is dropped and counted.
    pub sources: Vec<IpNet>,
    /// The coding, in both directions.
    pub payload: Payload,
    /// The payload type of keys by RFC 4733, if they were agreed on.
    pub telephone_event: Option<u8>,
    /// Whether to listen for keys in the sound too.
    pub in_band: bool,
    /// The class of service in the packets, 0 to 63.
    pub dscp: u8,
}

/// What happened on the line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum MediaEvent {
    /// The caller pressed a key: `0` to `9`, `*`, `#`, `A` to `D`. One press is one key, in however many ways it came.
    Key(char),
    /// A beep ended, as a voicemail's.
    Beep,
    /// A fax machine answers or calls.
    Fax,
    /// The clips without barge-in were played.
    FirmEnded,
    /// Everything that was queued was played. Isn't told of speech that was cut or replaced.
    SpeechEnded,
}

/// Doesn't show which key was pressed.
impl fmt::Debug for MediaEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key",
            Self::Beep => "Beep",
            Self::Fax => "Fax",
            Self::FirmEnded => "FirmEnded",
            Self::SpeechEnded => "SpeechEnded",
        })
    }
}

/// Samples in a packet that we send: 20 ms.
pub(crate) const FRAME: usize = 160;
