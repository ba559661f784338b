//! The phone network that the settings name: its carriers, and what connects those of them that are in this process.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tracing::{info, warn};

use super::fitting::{number_of, places_calls, urls};
use crate::carrier::sip::journal::Journal;
use crate::carrier::sip::media::MediaPorts;
use crate::carrier::sip::{self, SipSettings, Trunk};
use crate::carrier::twilio::rest::RestClient;
use crate::carrier::voices::{self, VoiceLibrary};
use crate::carrier::{Carriers, Pending};
use crate::config::{Carrier, Config};
use crate::service::{Context, ConversationService, LineHealth, run_sip_gateway};
#[cfg(feature = "lab")]
use crate::service::{SimulatedCarrier, run_simulated_gateway};

/// The carriers in use, and what connects those of them that are in this process.
pub(crate) struct Network {
    pub(crate) carriers: Carriers,
    /// One for each carrier whose events don't arrive as requests to the web server.
    pub(crate) gateways: Vec<Gateway>,
    /// Waits until the calls under way on this server's own line have ended. It takes no new ones.
    pub(crate) drain: Option<Pending<'static, ()>>,
    /// What keeps this server's own line from taking or placing calls.
    pub(crate) line: Option<LineHealth>,
}

/// Hands what happens on a carrier's lines to the conversations until its task is stopped.
pub(crate) type Gateway = Box<dyn FnOnce(ConversationService) -> Pending<'static, ()> + Send>;

/// Returns the configured phone network. `None` if there is no account to query it with. Without a number to call from,
/// it is used only for lookups.
pub(crate) fn configured_network(config: &Config, context: &Context) -> anyhow::Result<Option<Network>> {
    match config.carrier {
        Some(Carrier::Twilio) if !places_calls(config) && config.twilio.account_sid.is_empty() => {
            info!("no automated calls are placed: twilio.caller_number isn't set");
            Ok(None)
        }
        Some(Carrier::Twilio) => {
            if !places_calls(config) {
                info!(
                    "no automated calls are placed: twilio.caller_number isn't set; the carrier is only asked about calls"
                );
            }
            if config.health_call_number().value.is_none() {
                info!("callers aren't told the number of the health-call line: twilio.health_call_number isn't set");
            }
            let client = RestClient::new(&config.twilio, urls(config)?)?;
            Ok(Some(Network {
                carriers: Carriers::only(Arc::new(client)),
                gateways: Vec::new(),
                drain: None,
                line: None,
            }))
        }
        #[cfg(feature = "lab")]
        Some(Carrier::Simulator) => Ok(Some(simulated_network(Default::default(), context))),
        #[cfg(not(feature = "lab"))]
        Some(Carrier::Simulator) => Ok(None), // The settings were refused.
        Some(Carrier::Sip) => own_line(config, context).map(Some),
        None => Ok(None),
    }
}

/// Opens our own telephone line.
pub(crate) fn own_line(config: &Config, context: &Context) -> anyhow::Result<Network> {
    let sip = &config.sip;
    let clock = context.clock.clone();
    let rings = Duration::from_secs(sip.longest_ringing_seconds.into());
    let file = sip.journal_file.as_deref().context("sip.journal_file")?;
    let journal = Journal::open(file, Arc::new(move || clock.now()), rings).context("sip.journal_file")?;
    warn_of_one_disk(config, file);
    let settings = line_settings(config)?;
    let ports = MediaPorts::new(sip.listen.ip(), sip.rtp_ports.0.clone()).context("sip.rtp_ports")?;
    let folders = voices::folders(config.voices.directory.as_deref())?;
    let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    let library = Arc::new(VoiceLibrary::load(&folders)?);
    let (line, events) = sip::open(settings, journal, ports)?;
    info!(address = %sip.listen, "our own telephone line is open");
    let (drained, watched) = (line.clone(), line.clone());
    let gateway: Gateway = Box::new(move |conversations| Box::pin(run_sip_gateway(conversations, library, events)));
    let carriers = Carriers::only(Arc::new(line));
    let drain: Option<Pending<'static, ()>> = Some(Box::pin(async move { drained.drain().await }));
    let line: Option<LineHealth> = Some(Arc::new(move || watched.trouble()));
    Ok(Network { carriers, gateways: vec![gateway], drain, line })
}

/// The settings of our own telephone line.
pub(crate) fn line_settings(config: &Config) -> anyhow::Result<SipSettings> {
    let sip = &config.sip;
    let trunks = sip.trunks.iter().map(|(name, trunk)| Arc::new(Trunk::new(name, trunk)));
    Ok(SipSettings {
        listen: sip.listen,
        address: sip.public_address(),
        trunks: trunks.collect(),
        health_call_number: number_of(config.health_call_number())?,
        call_back_number: number_of(config.caller_number())?,
        drain: Duration::from_secs(sip.drain_seconds.into()),
    })
}

fn warn_of_one_disk(config: &Config, journal: &Path) {
    if journal_is_beside_database(config, journal) {
        warn!("sip.journal_file is on the same disk as the database: whatever takes one along takes both");
    }
}

/// The journal replaces a witness. What takes the database along takes a journal beside it along, too.
pub(crate) fn journal_is_beside_database(config: &Config, journal: &Path) -> bool {
    let Ok(database) = super::backup::database_file(config) else { return false };
    let device = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::metadata(folder).ok().map(|folder| folder.dev())
    };
    let (database, journal) = (device(&database), device(journal));
    database.is_some() && database == journal
}

/// Returns the simulated phone network.
#[cfg(feature = "lab")]
pub(crate) fn simulated_network(settings: crate::carrier::simulator::Settings, context: &Context) -> Network {
    on_simulated_lines(simulated_lines(settings, context))
}

/// The carrier of a simulated phone network.
#[cfg(feature = "lab")]
pub(crate) fn simulated_lines(settings: crate::carrier::simulator::Settings, context: &Context) -> SimulatedCarrier {
    warn!("the phone network is simulated: no phone rings, and every answer to an automated call is made up");
    SimulatedCarrier::new(crate::carrier::simulator::Network::new(settings), context.clock.clone())
}

/// The simulated carrier as the only one, with its gateway.
#[cfg(feature = "lab")]
pub(crate) fn on_simulated_lines(lines: SimulatedCarrier) -> Network {
    let carriers = Carriers::only(Arc::new(lines.clone()));
    let gateway: Gateway = Box::new(|conversations| Box::pin(run_simulated_gateway(conversations, lines)));
    Network { carriers, gateways: vec![gateway], drain: None, line: None }
}
