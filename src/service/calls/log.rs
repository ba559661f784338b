//! The log of a health centre's calls, with their people, and their numbers by hour.

use std::collections::HashMap;

use jiff::Timestamp;

use super::show::{CallQuery, listed};
use super::view::CallSummary;
use crate::domain::{Actor, CallId, CentreCode, Disposition, HersysId, PatientId, Sensitive, StaffName};
use crate::policy::{Permission, scope};
use crate::service::centre_settings::visible_centre;
use crate::service::context::{Changes, Context, Page, Viewed, shown_of};
use crate::service::error::{CallError, ServiceError};
use crate::store::calls::{self, CallResult, CallsOf};
use crate::store::{call_people, escalations, patients};

/// A call of the log.
#[derive(Debug, Clone)]
pub struct LoggedCall {
    /// The call.
    pub call: CallSummary,
    /// The patients in it whom the reader may see.
    pub people: Vec<LoggedPerson>,
    /// Whom of the staff it rang.
    pub rung: Option<StaffName>,
}

/// A patient in a call of the log.
#[derive(Debug, Clone)]
pub struct LoggedPerson {
    /// The patient.
    pub id: PatientId,
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// The family name.
    pub family_name: Sensitive,
    /// The given name.
    pub given_name: Sensitive,
}

/// The automated calls of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallHour {
    /// Which hour from the beginning.
    pub hour: i64,
    /// All of them.
    pub placed: u32,
    /// Those that somebody answered.
    pub answered: u32,
    /// Those that ended with a report.
    pub reported: u32,
    /// Those that nobody answered.
    pub not_answered: u32,
}

/// A health centre's calls in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallNumbers {
    /// Calls that haven't ended, on any line.
    pub open: u32,
    /// The automated calls by the hour in which they were placed.
    pub hours: Vec<CallHour>,
}

/// Lists the calls with a health centre's patients, latest first. The audit trail records the view in one entry that
/// names each patient (D3).
///
/// # Errors
/// [`CallError::NotFound`] if the call before the page doesn't exist; [`CentreError::NotFound`].
///
/// [`CentreError::NotFound`]: crate::service::error::CentreError::NotFound
pub async fn call_log(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    query: &CallQuery,
) -> Result<Viewed<Page<LoggedCall>>, ServiceError> {
    let scope = scope(actor, Permission::ViewCalls)?;
    let mut tx = context.database.begin_read().await?;
    visible_centre(&mut tx, &scope, centre).await?;
    if let Some(after) = query.after {
        calls::show(&mut tx, after).await?.ok_or(CallError::NotFound)?;
    }
    let rows = listed(&mut tx, query, CallsOf::Centre(centre.clone())).await?;
    let page = Page::of(rows, query.limit);
    let ids: Vec<CallId> = page.items.iter().map(|call| call.id).collect();
    let mut parts = call_people::of_calls(&mut tx, &ids).await?;
    parts.retain(|part| scope.covers(&part.centre));
    let mut shown: Vec<PatientId> = parts.iter().map(|part| part.patient).collect();
    shown.sort_unstable();
    shown.dedup();
    let mut people = patients::by_ids(&mut tx, &shown).await?;
    people.retain(|patient| scope.covers(&patient.centre));
    let steps = escalations::steps_of_calls(&mut tx, &ids).await?;
    drop(tx);
    let asked = Changes::default().field("after", None::<String>, query.after.map(|call| call.to_string())).field(
        "since",
        None::<String>,
        query.since.map(|at| at.to_string()),
    );
    let noted = shown_of(context, actor, &people, "patient.calls_listed", asked).await?;
    let person = |patient: patients::PatientRow| LoggedPerson {
        id: patient.id,
        hersys_id: patient.hersys_id,
        family_name: patient.family_name,
        given_name: patient.given_name,
    };
    let people: HashMap<PatientId, LoggedPerson> = people.into_iter().map(|row| (row.id, person(row))).collect();
    let logged = |call: calls::CallRow| LoggedCall {
        people: parts
            .iter()
            .filter(|part| part.call == call.id)
            .filter_map(|part| people.get(&part.patient).cloned())
            .collect(),
        rung: steps.iter().find(|step| step.call == call.id).map(|step| step.name.clone()),
        call: CallSummary::from(&call),
    };
    Ok(Viewed { found: page.map(logged), noted })
}

/// Counts a health centre's calls as [`call_log`] lists them: those in progress, and the automated ones of a time.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn call_numbers(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    since: Timestamp,
    until: Timestamp,
) -> Result<CallNumbers, ServiceError> {
    let scope = scope(actor, Permission::ViewCalls)?;
    let mut tx = context.database.begin_read().await?;
    visible_centre(&mut tx, &scope, centre).await?;
    let counted = calls::by_hour(&mut tx, centre, since, until).await?;
    let open = calls::open_at(&mut tx, centre).await?;
    let mut hours: Vec<i64> = counted.iter().map(|(hour, ..)| *hour).collect();
    hours.sort_unstable();
    hours.dedup();
    let of = |hour: i64, result: CallResult| -> u32 {
        let those = counted.iter().filter(|(at, disposition, _)| *at == hour && result.has(*disposition));
        those.map(|(.., count)| *count).sum()
    };
    let hour = |hour: i64| CallHour {
        hour,
        placed: of(hour, CallResult::Any),
        answered: of(hour, CallResult::Answered),
        reported: of(hour, CallResult::Ended(Disposition::Reported)),
        not_answered: of(hour, CallResult::Ended(Disposition::NotAnswered)),
    };
    Ok(CallNumbers { open, hours: hours.into_iter().map(hour).collect() })
}
