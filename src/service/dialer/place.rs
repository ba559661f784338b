//! Asks the carrier once for each intent and stores the result. If the answer proves nothing, the outcome is unknown
//! and the call is never placed again blindly.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::unknown_outcome::first_look;
use super::{Dialer, Intent, LEASE, calls_of};
use crate::carrier::network::{Dial, DialOutcome, NotProcessed, Reach, Refusal};
use crate::domain::CallId;
use crate::policy::Sign;
use crate::service::conversation::outbound_leg;
use crate::service::slots::{AttemptConclusion, revive, settle};
use crate::service::suspension::tell_staff;
use crate::store::dialer::pause_until;
use crate::store::{StoreError, Tx, attempts, legs};

/// Outcomes stored in one commit.
const MAX_KEPT: usize = 128;
/// Intents checked together before their requests are sent.
const MAX_CHECKED: usize = 64;
/// How long dialling stops after the carrier reports too many requests without a delay.
const TOO_MANY: SignedDuration = SignedDuration::from_secs(1);
/// How long dialling stops after the carrier couldn't be reached.
const NO_CONNECTION: SignedDuration = SignedDuration::from_secs(5);
/// How long dialling stops after the carrier has refused our account or our request: every call would fail.
const REFUSED: SignedDuration = SignedDuration::from_mins(1);

/// Why dialling stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// 429.
    #[error("the carrier says that there are too many requests")]
    TooMany,
    /// No connection.
    #[error("the carrier can't be reached")]
    NoConnection,
    /// 401, 403.
    #[error("the carrier refuses the account; check twilio.account_sid and twilio.auth_token, and the account itself")]
    Account,
    /// 401, 403 or 407 of a trunk.
    #[error("the trunk refuses us; check its user_name, password and address, and the trunk itself")]
    Trunk,
    /// 420 or 488 of a trunk.
    #[error(
        "the trunk refuses our calls as they are; check its profile, domain and caller_header, and lines.caller_number"
    )]
    TrunkRequest,
    /// Another 4xx.
    #[error("the carrier refuses the request; check twilio.caller_number and server.public_url")]
    Request,
}

/// The result of an intent.
enum PlacementResult {
    Of(DialOutcome),
    /// The intent is too old or the call is no longer wanted, so no request is sent.
    NotSent,
}

/// Asks the carrier for every intent that is still wanted and stores the results.
pub(super) async fn place(dialer: &Arc<Dialer>, intents: Vec<Intent>) {
    let (tell, mut told) = mpsc::channel(MAX_KEPT);
    let keeping = async {
        let mut came = Vec::with_capacity(MAX_KEPT);
        while told.recv_many(&mut came, MAX_KEPT).await > 0 {
            match keep(dialer, std::mem::take(&mut came)).await {
                Ok(_) => {}
                Err(error) if error.is_conflict() => {
                    warn!(%error, "another node stored results of these calls at the same time; looking them up");
                }
                Err(error) => {
                    error!(%error, "could not store the carrier's answers; looking the calls up")
                }
            }
        }
    };
    tokio::join!(ask_all(dialer, intents, tell), keeping);
    dialer.context.dialer_wake.notify_one();
}

/// Sends intents in parts. Each part is checked again once its requests can be sent, so that withdrawn calls
/// aren't placed.
async fn ask_all(dialer: &Arc<Dialer>, mut intents: Vec<Intent>, tell: mpsc::Sender<(Intent, PlacementResult)>) {
    let mut asked = JoinSet::new();
    while !intents.is_empty() {
        let part: Vec<Intent> = intents.drain(..intents.len().min(MAX_CHECKED)).collect();
        let room = u32::try_from(part.len()).unwrap_or(u32::MAX);
        let Ok(mut room) = Arc::clone(&dialer.requests).acquire_many_owned(room).await else { return };
        let wanted = match still_wanted(dialer, &part).await {
            Ok(wanted) => wanted,
            Err(error) => {
                // Nothing was sent, but other nodes can't know that. These calls are looked up like any unknown
                // call.
                let calls = part.len() + intents.len();
                error!(%error, calls, "calls not placed: database error after their intents were committed");
                break;
            }
        };
        for intent in part {
            let (dialer, tell, place) = (Arc::clone(dialer), tell.clone(), room.split(1));
            let wanted = wanted.contains(&intent.attempt.call);
            asked.spawn(async move {
                let came = if wanted { ask(&dialer, &intent).await } else { PlacementResult::NotSent };
                drop(place);
                // The receiver waits for all of them.
                let _kept = tell.send((intent, came)).await;
            });
        }
    }
    drop(tell);
    while let Some(one) = asked.join_next().await {
        if let Err(error) = one {
            error!(%error, "a request to the carrier failed unexpectedly; looking its call up");
        }
    }
}

async fn still_wanted(dialer: &Dialer, intents: &[Intent]) -> Result<HashSet<CallId>, StoreError> {
    let mut tx = dialer.context.database.begin_autocommit().await?;
    Ok(attempts::still_wanted(&mut tx, &calls_of(intents)).await?.into_iter().collect())
}

async fn ask(dialer: &Dialer, intent: &Intent) -> PlacementResult {
    if dialer.context.clock.in_doubt() {
        // After a machine was suspended, only the time of day may show it.
        warn!(call = %intent.attempt.call, "call not placed: the system clock jumped after its intent");
        return PlacementResult::NotSent;
    }
    let held = dialer.context.clock.now().duration_since(intent.attempt.intended_at);
    if held.abs() > LEASE {
        warn!(call = %intent.attempt.call, "call not placed: its intent is too old");
        return PlacementResult::NotSent;
    }
    let dial = Dial {
        call: intent.attempt.call,
        to: intent.to.clone(),
        from: dialer.dialling.from.clone(),
        ring_seconds: dialer.dialling.ring_seconds,
        longest_seconds: dialer.dialling.price.longest_minutes.saturating_mul(60),
    };
    PlacementResult::Of(dialer.carrier().dial(&dial).await)
}

async fn keep(dialer: &Dialer, came: Vec<(Intent, PlacementResult)>) -> Result<(), StoreError> {
    let (now, node) = (dialer.context.clock.now(), Some(dialer.context.process()));
    let (mut new_legs, mut placed, mut unknown, mut ends) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut hold: Option<(DialError, SignedDuration)> = None;
    for (intent, came) in &came {
        let call = intent.attempt.call;
        match came {
            PlacementResult::Of(DialOutcome::Accepted(leg)) => {
                let (name, number) = (dialer.carrier().name(), &intent.attempt.phone_number);
                new_legs.push(outbound_leg(call, number, name, leg.as_str(), node, now));
                placed.push(call);
            }
            PlacementResult::Of(DialOutcome::Unknown(doubt)) => {
                warn!(%call, ?doubt, "unknown whether the carrier has a call; looking it up");
                metrics::counter!("kenkocall_calls_unknown_total").increment(1);
                unknown.push((call, first_look(intent.attempt.intended_at, now, dialer.dialling.unknown_grace)));
            }
            PlacementResult::Of(DialOutcome::Refused(Refusal::Number)) => {
                ends.push((call, AttemptConclusion::NoSuchNumber))
            }
            PlacementResult::Of(DialOutcome::NotProcessed(_) | DialOutcome::Refused(_)) | PlacementResult::NotSent => {
                ends.push((call, AttemptConclusion::NotPlaced));
            }
        }
        if let PlacementResult::Of(dialled) = came {
            hold = hold.or(hold_after(dialled, dialer.carrier().reach()));
        }
    }
    let mut tx = dialer.context.database.begin_write().await?;
    legs::insert_unknown(&mut tx, &new_legs).await?;
    let news = attempts::placed(&mut tx, &placed, now).await?;
    for call in placed.iter().filter(|call| !news.contains(call)) {
        // Usually a callback came first. Even if the attempt has ended since, the carrier has its call.
        revive(&mut tx, *call, Sign::Lives, now).await?;
    }
    attempts::unknown(&mut tx, &unknown, now).await?;
    let told = settle(&mut tx, &ends, now).await?;
    if let Some((why, length)) = hold {
        pause(&mut tx, why, length, now).await?;
    }
    tx.commit().await?;
    dialer.context.event_bus.tell(told);
    Ok(())
}

/// Stops dialling for a while. Staff are told once if only people can fix the cause.
async fn pause(tx: &mut Tx, why: DialError, length: SignedDuration, now: Timestamp) -> Result<(), StoreError> {
    let until = now.checked_add(length).unwrap_or(now);
    info!(reason = %why, seconds = length.as_secs(), "dialling paused");
    pause_until(tx, &why.to_string(), now, until).await?;
    if matches!(why, DialError::TooMany | DialError::NoConnection) {
        return Ok(());
    }
    error!(reason = %why, "the carrier refuses all calls");
    tell_staff(tx, now).await
}

fn hold_after(dialled: &DialOutcome, reach: Reach) -> Option<(DialError, SignedDuration)> {
    match dialled {
        DialOutcome::NotProcessed(NotProcessed::TooMany(wait)) => {
            let wait = wait.and_then(|wait| SignedDuration::try_from(wait).ok()).unwrap_or(TOO_MANY);
            Some((DialError::TooMany, wait))
        }
        DialOutcome::NotProcessed(NotProcessed::NoConnection) => Some((DialError::NoConnection, NO_CONNECTION)),
        DialOutcome::Refused(why @ (Refusal::Account | Refusal::Request)) => {
            let why = match (why, reach) {
                (Refusal::Account, Reach::AnyNode) => DialError::Account,
                (Refusal::Account, Reach::OwnNode) => DialError::Trunk,
                (_, Reach::AnyNode) => DialError::Request,
                (_, Reach::OwnNode) => DialError::TrunkRequest,
            };
            Some((why, REFUSED))
        }
        DialOutcome::Accepted(_) | DialOutcome::Refused(Refusal::Number) | DialOutcome::Unknown(_) => None,
    }
}
