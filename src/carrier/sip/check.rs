//! What `sip check` looks at on this machine and asks the trunks, without placing a call.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::journal::{Journal, JournalError};
use super::line::OpenError;
use super::media::MediaPorts;
use super::signalling::{Probe, Signalling, SipSettings};
use super::trunk::Trunk;

/// What each trunk said, by its name. It is asked from another port if `serve` or another program has ours.
///
/// # Errors
/// If neither our port nor another one can be used, or the folder for a journal of this check can't be written.
pub async fn ask_trunks(settings: SipSettings, scratch: &Path, now: Timestamp) -> Result<Asked, OpenError> {
    let at = SocketAddr::new(settings.address, settings.listen.port());
    let is_free = std::net::UdpSocket::bind(settings.listen).is_ok();
    let port = if is_free { settings.listen.port() } else { 0 };
    // Nothing is registered by asking, and the trunks' channels aren't used.
    let asked = settings.trunks.clone();
    let quiet = settings.trunks.iter().map(|trunk| Arc::new(Trunk { registers: false, ..(**trunk).clone() }));
    let settings = SipSettings {
        listen: SocketAddr::new(settings.listen.ip(), port),
        trunks: quiet.collect(),
        drain: Duration::ZERO,
        ..settings
    };
    let clock: super::journal::Now = Arc::new(move || now);
    let journal = Journal::open(&scratch.join("calls"), clock, Duration::from_secs(240))?;
    let ports = MediaPorts::new(settings.listen.ip(), 40_000..=40_003).map_err(JournalError::from)?;
    let (tell, _events) = mpsc::channel(1);
    let signalling = Signalling::open(settings, journal, ports, tell)?;
    let mut said = Vec::new();
    for trunk in asked {
        said.push((trunk.name.clone(), signalling.probe(&trunk, at).await));
    }
    Ok(Asked { is_free, said })
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whether our port was free. `serve` has it while it runs.
    pub is_free: bool,
    /// What each trunk said.
    pub said: Vec<(String, Probe)>,
}

/// Whether the journal's files can be written. `serve` may have them open.
///
/// # Errors
/// If they can't.
pub fn journal_is_usable(path: &Path, now: Timestamp) -> Result<(), JournalError> {
    match Journal::open(path, Arc::new(move || now), Duration::from_secs(240)) {
        Ok(_) | Err(JournalError::InUse) => Ok(()),
        Err(error) => Err(error),
    }
}
