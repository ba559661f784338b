//! Whether and why nothing is dialled, for the whole installation: a pause, and a maintenance of the line.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use super::form::{Fields, Mistakes, Submitted};
use super::here::{Frame, Here};
use super::layout::Layout;
use super::log_in::query_value;
use super::sender::{kept, sender};
use super::staff::StaffActor;
use super::times;
use crate::domain::{ReasonText, Role, width};
use crate::service::{
    AccountError, DialerState, PauseReason, ServiceError, SuspensionError, current_maintenance, dialer_state,
    end_maintenance, pause_dialling, resume_dialling, start_maintenance,
};
use crate::translations::{Message, message};

const PAGE: &str = "/dialling";

#[derive(Template)]
#[template(path = "console/dialling.html", config = "src/web/askama.toml")]
struct Dialling {
    l: Layout,
    f: Frame,
    state: DialerState,
    /// Why nothing is dialled.
    hold: Option<Message>,
    /// The pause that can be ended, with its reason.
    is_paused: bool,
    maintenance: Option<Message>,
    is_done: bool,
    reason: String,
    until: String,
    maintenance_until: String,
    mistakes: Mistakes,
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Pause,
    Resume,
    Maintain,
    EndMaintenance,
}

impl Step {
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "pause" => Some(Self::Pause),
            "resume" => Some(Self::Resume),
            "maintain" => Some(Self::Maintain),
            "end" => Some(Self::EndMaintenance),
            _ => None,
        }
    }
}

pub(super) async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let fields = kept(&staff, PAGE).await?.unwrap_or_default();
        let is_done = !query_value(query.as_deref(), "done").is_empty();
        show(&staff, &fields, Mistakes::default(), is_done).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match sender(form, PAGE).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let answer = take(&staff, &fields).await;
    staff.sent(answer).await
}

async fn take(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let (context, actor) = (staff.context(), staff.actor());
    let zone = staff.zone(None);
    let wrong = |field, sentence| show(staff, fields, Mistakes::one(field, sentence), false);
    let Some(step) = Step::from_code(fields.get("step")) else {
        return show(staff, fields, Mistakes::default(), false).await;
    };
    let field = if step == Step::Maintain { "maintenance-until" } else { "until" };
    let Ok(until) = moment(fields.get(field), &zone) else {
        return wrong(field, message!("console-wrong-moment")).await;
    };
    let done = match step {
        Step::Pause => match ReasonText::parse(fields.get("reason")) {
            Ok(reason) => pause_dialling(context, actor, &reason, until).await.map(drop),
            Err(_) => return wrong("reason", message!("console-pause-reason-wrong")).await,
        },
        Step::Resume => resume_dialling(context, actor, false).await.map(drop),
        Step::Maintain => start_maintenance(context, actor, until).await.map(drop),
        Step::EndMaintenance => end_maintenance(context, actor).await.map(drop),
    };
    match done {
        Ok(()) => Ok(staff.visit.redirect("/dialling?done=1")),
        Err(ServiceError::Suspension(SuspensionError::PauseEndPassed | SuspensionError::MaintenanceEndPassed)) => {
            wrong(field, message!("console-end-passed")).await
        }
        Err(ServiceError::Suspension(SuspensionError::NotReconciled)) => {
            wrong("resume", message!("console-not-reconciled")).await
        }
        Err(error) => Err(error),
    }
}

/// A moment as it is typed: `2026-12-01 5:00`, or `5:00` for nothing else. Empty for none.
fn moment(typed: &str, zone: &TimeZone) -> Result<Option<Timestamp>, ()> {
    let folded = width::fold(typed);
    let text = folded.trim().replace('/', "-");
    if text.is_empty() {
        return Ok(None);
    }
    let padded = match text.split_once(' ') {
        Some((date, time)) if time.trim().len() == 4 => format!("{date} 0{}", time.trim()),
        _ => text,
    };
    let local: jiff::civil::DateTime = padded.parse().map_err(|_| ())?;
    zone.to_timestamp(local).map(Some).map_err(|_| ())
}

fn said(at: Timestamp, now: &ZonedDateTime) -> Message {
    times::moment(&at.to_zoned_datetime(now.time_zone().clone()), false)
}

async fn show(
    staff: &StaffActor,
    fields: &Fields,
    mistakes: Mistakes,
    is_done: bool,
) -> Result<Response, ServiceError> {
    // Others may see whether calls are placed, but this page is for who can change it.
    if staff.logged_in.account.role != Some(Role::SystemAdministrator) {
        return Err(AccountError::NotFound.into());
    }
    let state = dialer_state(staff.context(), staff.actor()).await?;
    let maintenance = current_maintenance(staff.context(), staff.actor()).await?;
    let Here { now, frame, .. } = Here::of(staff).await?;
    let hold = state.hold.as_ref().map(|hold| match hold {
        PauseReason::Paused(pause) => match pause.until {
            Some(at) => message!("console-held-until", reason = &pause.reason, until = said(at, &now)),
            None => message!("console-held", reason = &pause.reason),
        },
        PauseReason::Lost { reconciled: true, .. } => message!("console-held-reconciled"),
        PauseReason::Lost { reconciled: false, .. } => message!("console-not-reconciled"),
        PauseReason::Maintenance(_) | PauseReason::Centre => message!("console-held-maintenance"),
    });
    let maintenance = maintenance.map(|maintenance| match maintenance.until {
        Some(at) => {
            message!("console-maintenance-until", since = said(maintenance.starts_at, &now), until = said(at, &now))
        }
        None => message!("console-maintenance-since", since = said(maintenance.starts_at, &now)),
    });
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Dialling {
        l: staff.visit.layout(),
        f: Frame { again: staff.visit.path(PAGE), ..frame },
        is_paused: matches!(state.hold, Some(PauseReason::Paused(_) | PauseReason::Lost { .. })),
        state,
        hold,
        maintenance,
        is_done,
        reason: fields.get("reason").to_owned(),
        until: fields.get("until").to_owned(),
        maintenance_until: fields.get("maintenance-until").to_owned(),
        mistakes,
    };
    Ok(staff.visit.page(status, &page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_type_them() {
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        let read = |text: &str| moment(text, &tokyo).map(|at| at.map(|at| at.to_string()));
        let five = Ok(Some("2026-11-30T20:00:00Z".to_owned()));
        for text in ["2026-12-01 05:00", "2026-12-01 5:00", "２０２６／１２／０１　５：００"] {
            assert_eq!(read(text), five, "{text}");
        }
        assert_eq!(read(" "), Ok(None));
        assert_eq!(read("soon"), Err(()));
    }
}
