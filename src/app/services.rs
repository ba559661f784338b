//! The services' context and settings.

use std::sync::Arc;

use anyhow::Context as _;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::database::located;
use super::fitting::{fallback_centre, fits, number_of};
use crate::config::{Carrier, Config};
use crate::domain::PhoneNumber;
use crate::flow::FlowSet;
use crate::service::{Clock, Context, DialerSettings, FlowSetCache, LineSettings, TICK};
use crate::store::Database;
use crate::store::flow_sets::{self, FlowSetRow};

/// The number that simulated calls come from. Nobody can have this number.
const SIMULATED_CALLER: &str = "+815000000000";
/// The number of the simulated health call line. Nobody can have this number.
const SIMULATED_HEALTH_CALL: &str = "+815000000001";

/// Creates the context and the settings of the lines, and stores the flow documents that calls begin with from now on.
/// Fails if the database doesn't suit the carrier: simulated answers are never stored among real patients, and no real
/// calls are placed for simulated patients.
pub(crate) async fn open_services(
    config: &Config,
    database: Database,
    flow_set: Arc<FlowSet>,
    clock: Clock,
) -> anyhow::Result<(Arc<Context>, Arc<LineSettings>)> {
    if let Err(error) = fits(config, &database).await {
        database.close().await;
        return Err(error);
    }
    let files = serde_json::to_string(&flow_set.files).context("the flow documents can't be kept")?;
    let set = FlowSetRow { digest: flow_set.digest.clone(), files, loaded_at: clock.now() };
    let keep = async {
        let mut tx = database.begin_write().await?;
        flow_sets::put(&mut tx, &set).await?;
        tx.commit().await
    };
    keep.await.map_err(|error| located(config, error))?;

    let mut caller_number = number_of(config.caller_number())?;
    if config.carrier == Some(Carrier::Simulator) {
        caller_number = caller_number.or(PhoneNumber::from_e164(SIMULATED_CALLER).ok());
    }
    let mut health_call_number = number_of(config.health_call_number())?;
    if config.carrier == Some(Carrier::Simulator) {
        health_call_number = health_call_number.or(PhoneNumber::from_e164(SIMULATED_HEALTH_CALL).ok());
    }
    let lines = LineSettings {
        flow_sets: FlowSetCache::new(flow_set),
        guessing: config.health_call.guessing,
        zone: TimeZone::get(&config.health_call.time_zone).context("health_call.time_zone")?,
        fallback_centre: fallback_centre(config)?,
        health_call_number,
        call_back_number: caller_number,
    };
    Ok((Context::new(database, clock), Arc::new(lines)))
}

/// Returns the dialer's settings. `from` is the number that automated calls come from.
pub(crate) fn dialling(config: &Config, from: PhoneNumber) -> DialerSettings {
    DialerSettings {
        from,
        ring_seconds: config.ring_seconds(),
        calls_per_second: config.dialer.calls_per_second,
        concurrent_calls: config.dialer.concurrent_calls,
        unknown_grace: SignedDuration::from_secs(config.dialer.unknown_grace_seconds.into()),
        silence: SignedDuration::from_secs(config.dialer.silence_seconds.into()),
        tick: TICK,
        day_limits: config.dialer.day_limits(),
        price: config.dialer.price(),
    }
}
