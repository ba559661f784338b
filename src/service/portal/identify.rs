//! Checks a HER-SYS ID with a birth date that were entered in the portal. Guesses count against the same limits as on
//! the phone lines (H7), in the lane of callers with another number than the registered one. A browser that has opened
//! a personal link of the patient is in the lane of the registered number, to which the link was sent: guesses by
//! strangers don't delay it.

use jiff::Timestamp;

use crate::domain::{AlertKind, BirthDate, HersysId};
use crate::policy::{Failures, GuessingLimits, Lane, LaneState, Warn, WarnOf};
use crate::service::accounts::SecretToken;
use crate::service::alerts::{About, Consequences};
use crate::service::context::{Context, new_id};
use crate::store::identifications::{self, Count, IdentificationOutcome, IdentificationRow, IdentifiedIn, Since};
use crate::store::patients::{self, PatientRow};
use crate::store::report_forms;
use crate::store::{StoreError, Tx};

/// What was entered, and by whom.
pub(super) struct Entered<'a> {
    pub(super) hersys_id: &'a HersysId,
    pub(super) birth_date: BirthDate,
    /// The hash of the account.
    pub(super) client: String,
    /// The token that a personal link has given the same browser.
    pub(super) browser: Option<&'a SecretToken>,
}

/// The patient with this ID and birth date. `None` if they don't match, or too many were tried: then nothing is
/// checked. The failure is counted, and staff are told of guessing.
pub(super) async fn identify(
    context: &Context,
    tx: &mut Tx,
    limits: &GuessingLimits,
    entered: &Entered<'_>,
    now: Timestamp,
) -> Result<Option<PatientRow>, StoreError> {
    identifications::judge_alone(tx).await?;
    let found = patients::by_hersys_ids(tx, std::slice::from_ref(entered.hersys_id)).await?.into_iter().next();
    let lane = lane(tx, entered, found.as_ref()).await?;
    let failures = failures(context, tx, limits, (entered, lane), now).await?;
    if limits.standing(lane, &failures, now) != LaneState::Open {
        metrics::counter!("kenkocall_identifications_locked_total").increment(1);
        note(tx, (entered, lane), IdentificationOutcome::Locked, now).await?;
        return Ok(None);
    }
    if let Some(patient) = found.clone().filter(|patient| patient.birth_date == entered.birth_date) {
        let outcome = match patient.released_at {
            Some(_) => IdentificationOutcome::Ended,
            None => IdentificationOutcome::Matched,
        };
        note(tx, (entered, lane), outcome, now).await?;
        return Ok(Some(patient));
    }
    note(tx, (entered, lane), IdentificationOutcome::Mismatch, now).await?;
    let mut consequences = Consequences::default();
    for Warn { about, goes_on } in limits.warnings(lane, &failures) {
        let (kind, about) = match about {
            WarnOf::Lane => (AlertKind::MassGuessing, About::default()),
            WarnOf::Id | WarnOf::Caller => {
                let (centre, patient) = found.as_ref().map(|found| (found.centre.clone(), found.id)).unzip();
                (AlertKind::Guessing, About { centre, patient, ..About::default() })
            }
        };
        if goes_on { consequences.remind(kind, about, now) } else { consequences.count(kind, about, now) }
    }
    consequences.write(tx).await?;
    Ok(None)
}

/// The lane of a try.
async fn lane(tx: &mut Tx, entered: &Entered<'_>, found: Option<&PatientRow>) -> Result<Lane, StoreError> {
    let (Some(browser), Some(patient)) = (entered.browser, found) else { return Ok(Lane::Outsider) };
    let opened = report_forms::of_browser(tx, &browser.hash()).await?;
    let is_theirs = opened.iter().any(|form| form.patient == patient.id);
    Ok(if is_theirs { Lane::Registered } else { Lane::Outsider })
}

async fn note(
    tx: &mut Tx,
    (entered, lane): (&Entered<'_>, Lane),
    outcome: IdentificationOutcome,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = IdentificationRow {
        id: new_id(),
        place: IdentifiedIn::Portal(entered.client.clone()),
        hersys_id: entered.hersys_id.clone(),
        caller: None,
        lane,
        outcome,
        at,
    };
    identifications::append(tx, &[row]).await
}

/// The failures before this try. The account counts as a caller.
async fn failures(
    context: &Context,
    tx: &mut Tx,
    limits: &GuessingLimits,
    (entered, lane): (&Entered<'_>, Lane),
    now: Timestamp,
) -> Result<Failures, StoreError> {
    let since = Since {
        earliest: limits.counts_from(now),
        day: now.checked_sub(GuessingLimits::DAY).unwrap_or(Timestamp::UNIX_EPOCH),
        window: now.checked_sub(limits.window()).unwrap_or(Timestamp::UNIX_EPOCH),
        until: context.clock.too_far_ahead(),
    };
    let counted = identifications::failures_since(tx, std::slice::from_ref(entered.hersys_id), &[], since).await?;
    let of_client = identifications::failures_of_client(tx, &entered.client, since).await?;
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let mut failures = Failures {
        of_caller: number(of_client.in_window),
        of_caller_today: number(of_client.today),
        in_call: number(of_client.in_window),
        ..Failures::default()
    };
    for of_id in counted.by_id {
        if of_id.lane == lane {
            failures.of_id = number(of_id.count.in_window);
            failures.of_id_today = number(of_id.count.today);
            failures.of_id_this_week = number(of_id.since_earliest);
            failures.last_of_id = Some(of_id.last_at);
        }
        if of_id.lane != Lane::Registered {
            failures.of_id_by_others = failures.of_id_by_others.saturating_add(number(of_id.count.today));
            failures.of_id_by_others_this_week =
                failures.of_id_by_others_this_week.saturating_add(number(of_id.since_earliest));
        }
    }
    let of_lane = counted.by_lane.into_iter().find(|(of, _)| *of == lane);
    let of_lane = of_lane.map_or_else(Count::default, |(_, count)| count);
    failures.of_lane = number(of_lane.in_window);
    failures.of_lane_today = number(of_lane.today);
    Ok(failures)
}
