//! The form that sends a trial message to a person of the rota, and what came of the last one.

use axum::response::Response;
use jiff::ZonedDateTime;

use crate::domain::{ContactId, NoticeOutcome};
use crate::service::{AccountError, ServiceError, TrialView, Tried, try_contact};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Submitted};
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

pub(super) async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match StaffActor::of(form, "/rota") {
        Ok(sent) => sent,
        Err(answer) => return *answer,
    };
    let tried = ask(&staff, &fields).await;
    staff.visit.answer(tried)
}

async fn ask(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let centre = staff.logged_in.account.centre.clone().ok_or(AccountError::NotFound)?;
    let tried = match fields.get("contact").parse::<ContactId>() {
        Ok(contact) => try_contact(staff.context(), staff.actor(), &centre, contact).await?,
        Err(_) => Tried::Gone,
    };
    let word = match tried {
        Tried::Asked => "asked",
        Tried::TooSoon => "soon",
        Tried::Gone => "gone",
    };
    Ok(staff.visit.redirect(&format!("/rota?trial={word}")))
}

/// What the page says after a trial was asked for.
pub(super) fn told(word: &str) -> Option<Message> {
    match word {
        "asked" => Some(message!("gate-trial-asked")),
        "soon" => Some(message!("gate-trial-soon")),
        "gone" => Some(message!("gate-trial-gone")),
        _ => None,
    }
}

/// What came of the last trial of a person.
pub(super) fn last(trials: &[TrialView], contact: ContactId, now: &ZonedDateTime) -> Option<Message> {
    let trial = trials.iter().find(|trial| trial.contact == contact)?;
    let at = times::clock_time(trial.at, now);
    Some(match trial.outcome {
        None | Some(NoticeOutcome::NotYet) => message!("gate-trial-waits", at = at),
        Some(NoticeOutcome::Sent) => message!("gate-trial-sent", at = at),
        Some(NoticeOutcome::Refused) => message!("gate-trial-refused", at = at),
        Some(NoticeOutcome::Unknown) => message!("gate-trial-unknown", at = at),
    })
}
