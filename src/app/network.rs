//! The phone network that the settings name: its carriers, and what connects those of them that are in this process.

use std::sync::Arc;

use tracing::info;
#[cfg(feature = "lab")]
use tracing::warn;

use super::fitting::{places_calls, urls};
use crate::carrier::twilio::rest::RestClient;
use crate::carrier::{Carriers, Pending};
use crate::config::{Carrier, Config};
use crate::service::{Context, ConversationService};
#[cfg(feature = "lab")]
use crate::service::{SimulatedCarrier, run_simulated_gateway};

/// The carriers in use, and what connects those of them that are in this process.
pub(crate) struct Network {
    pub(crate) carriers: Carriers,
    /// One for each carrier whose events don't arrive as requests to the web server.
    pub(crate) gateways: Vec<Gateway>,
}

/// Hands what happens on a carrier's lines to the conversations until its task is stopped.
pub(crate) type Gateway = Box<dyn FnOnce(ConversationService) -> Pending<'static, ()> + Send>;

/// Returns the configured phone network. `None` if there is no account to query it with. Without a number to call from,
/// it is used only for lookups.
pub(crate) fn configured_network(
    config: &Config,
    #[cfg_attr(not(feature = "lab"), expect(unused_variables, reason = "only the simulated network has a clock"))]
    context: &Context,
) -> anyhow::Result<Option<Network>> {
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
            if config.twilio.health_call_number.is_none() {
                info!("callers aren't told the number of the health-call line: twilio.health_call_number isn't set");
            }
            let client = RestClient::new(&config.twilio, urls(config)?)?;
            Ok(Some(Network { carriers: Carriers::only(Arc::new(client)), gateways: Vec::new() }))
        }
        #[cfg(feature = "lab")]
        Some(Carrier::Simulator) => Ok(Some(simulated_network(Default::default(), context))),
        #[cfg(not(feature = "lab"))]
        Some(Carrier::Simulator) => Ok(None), // The settings were refused.
        Some(Carrier::Sip) | None => Ok(None),
    }
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
    Network { carriers, gateways: vec![gateway] }
}
