//! The phone network used for outbound calls: a carrier over HTTP, or the simulated one.

use jiff::Timestamp;

#[cfg(feature = "lab")]
use super::simulated::SimulatedCarrier;
use crate::carrier::CarrierLegId;
use crate::carrier::network::{
    CarrierCall, CommandResult, Dial, DialOutcome, LegProgress, LookupResult, Recent, SmsOutcome,
};
use crate::carrier::twilio::Urls;
use crate::carrier::twilio::rest::RestClient;
use crate::domain::{CallId, PhoneNumber};

/// The phone network.
#[allow(missing_debug_implementations, reason = "clients and simulated people have no useful `Debug` output")]
pub enum CarrierClient {
    /// A Twilio-compatible carrier.
    Twilio {
        /// Its REST API.
        client: Box<RestClient>,
        /// Our own URLs.
        urls: Urls,
    },
    /// The simulated phone network, in this process.
    #[cfg(feature = "lab")]
    Simulated(SimulatedCarrier),
}

impl CarrierClient {
    /// Returns `true` if no phone rings.
    pub const fn is_simulated(&self) -> bool {
        match self {
            Self::Twilio { .. } => false,
            #[cfg(feature = "lab")]
            Self::Simulated(_) => true,
        }
    }

    /// Its name in the database.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Twilio { .. } => "twilio",
            #[cfg(feature = "lab")]
            Self::Simulated(_) => "simulator",
        }
    }

    /// Asks the network to place a call, once.
    pub async fn dial(&self, dial: &Dial) -> DialOutcome {
        match self {
            Self::Twilio { client, .. } => client.dial(dial).await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.dial(dial, now)),
        }
    }

    /// Cancels a ringing call.
    pub async fn cancel(&self, leg: &CarrierLegId) -> CommandResult {
        match self {
            Self::Twilio { client, .. } => client.cancel(leg).await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.cancel(leg, now)),
        }
    }

    /// Redirects the person on the line to the goodbye.
    pub async fn say_goodbye(&self, leg: &CarrierLegId, call: CallId) -> CommandResult {
        match self {
            Self::Twilio { client, urls } => client.redirect(leg, &urls.goodbye(call)).await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.redirect(leg, now)),
        }
    }

    /// Looks up a leg's progress.
    pub async fn look_up(&self, leg: &CarrierLegId) -> LookupResult<LegProgress> {
        match self {
            Self::Twilio { client, .. } => client.look_up(leg).await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.look_up(leg, now)),
        }
    }

    /// Looks up whether staff answered the transfer of a leg.
    pub async fn staff_answered(&self, leg: &CarrierLegId) -> LookupResult<bool> {
        match self {
            Self::Twilio { client, .. } => client.staff_answered(leg).await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.staff_answered(leg, now)),
        }
    }

    /// The time of the network's clock. [`LookupResult::Nothing`] if it answers without a time.
    pub async fn time(&self) -> LookupResult<Timestamp> {
        match self {
            Self::Twilio { client, .. } => client.time().await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(crate::carrier::simulator::Network::time),
        }
    }

    /// Its calls to a number since a time.
    pub async fn list(&self, to: &PhoneNumber, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        match self {
            Self::Twilio { client, .. } => client.list(to, since).await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.list(to, since, now)),
        }
    }

    /// Its calls since a time, to any number, as one list read from the newest call back. The list may lag behind.
    pub async fn list_newest(&self, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        match self {
            Self::Twilio { client, .. } => match client.list_recent(since, since).await {
                LookupResult::Found(recent) => LookupResult::Found(recent.calls),
                LookupResult::Nothing => LookupResult::Nothing,
                LookupResult::Unavailable(doubt) => LookupResult::Unavailable(doubt),
            },
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.list_newest(since, now)),
        }
    }

    /// All its calls since a time, in both directions.
    pub async fn list_all(&self, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        match self {
            Self::Twilio { client, .. } => client.list_all(since).await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.list_all(since, now)),
        }
    }

    /// Its newest calls, in both directions: back to `since`, or at least to `required` if there are too many.
    pub async fn list_recent(&self, since: Timestamp, required: Timestamp) -> LookupResult<Recent> {
        match self {
            Self::Twilio { client, .. } => client.list_recent(since, required).await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.list_recent(since, now)),
        }
    }

    /// Sends an SMS, once.
    pub async fn send_sms(&self, to: &PhoneNumber, from: &PhoneNumber, body: &str) -> SmsOutcome {
        match self {
            Self::Twilio { client, .. } => client.send_sms(to, from, body).await,
            #[cfg(feature = "lab")]
            Self::Simulated(lines) => lines.with(|network, now| network.send_sms(from, to, body, now)),
        }
    }
}
