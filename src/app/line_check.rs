//! What `sip check` finds out about our own telephone line, apart from the sentences.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::network::{journal_is_beside_database, line_settings};
use crate::carrier::sip::media::MediaPorts;
pub(crate) use crate::carrier::sip::{Asked, Probe};
use crate::carrier::sip::{ask_trunks, journal_is_usable};
use crate::carrier::voices::{VoiceLibrary, folders};
use crate::config::Config;
use crate::flow::FlowSet;
use crate::service::Clock;

/// The ports for audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AudioPorts {
    /// They are enough for so many calls at a time.
    Enough(usize),
    /// They are enough for so many calls at a time, and the trunks have so many channels.
    Few(usize, usize),
    /// Other programs use them all.
    Taken,
    /// They can't be used.
    Unusable(String),
}

/// Looks at the ports for audio.
pub(crate) fn audio_ports(config: &Config) -> AudioPorts {
    let all = match MediaPorts::new(config.sip.listen.ip(), config.sip.rtp_ports.0.clone()) {
        Ok(all) => all,
        Err(why) => return AudioPorts::Unusable(why.to_string()),
    };
    let channels = config.sip.trunks.values().map(|trunk| usize::try_from(trunk.channels).unwrap_or_default());
    let (pairs, channels) = (all.free(), channels.fold(0, usize::saturating_add));
    match all.take() {
        Err(_) => AudioPorts::Taken,
        Ok(_) if pairs < channels => AudioPorts::Few(pairs, channels),
        Ok(_) => AudioPorts::Enough(pairs),
    }
}

/// Whether the call journal can be written, and whether it is on the database's disk.
pub(crate) fn journal(config: &Config) -> (Result<(), String>, bool) {
    let Some(file) = config.sip.journal_file.as_deref() else { return (Err("sip.journal_file".to_owned()), false) };
    let usable = journal_is_usable(file, Clock::system().now()).map_err(|why| why.to_string());
    (usable, journal_is_beside_database(config, file))
}

/// How many recordings are missing.
pub(crate) fn missing_recordings(config: &Config, flow_set: &FlowSet) -> anyhow::Result<usize> {
    let folders = folders(config.voices.directory.as_deref())?;
    let library = VoiceLibrary::load(&folders.iter().map(PathBuf::as_path).collect::<Vec<&Path>>())?;
    Ok(library.missing(flow_set).len())
}

/// Asks the trunks whether they are there and know us.
pub(crate) async fn asked_trunks(config: &Config) -> anyhow::Result<Asked> {
    let settings = line_settings(config)?;
    let scratch = std::env::temp_dir().join(format!("kenkocall-sip-check-{}", std::process::id()));
    let asked = ask_trunks(settings, &scratch, Clock::system().now()).await;
    // Its journal is about nothing.
    std::fs::remove_dir_all(&scratch).context("the folder of the check can't be removed")?;
    Ok(asked?)
}
