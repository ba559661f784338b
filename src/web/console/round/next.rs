//! Goes on to the next person of a round.

use axum::response::Response;

use super::{PAGE, Round};
use crate::domain::PatientId;
use crate::service::{NextPerson, ServiceError, next_person};
use crate::translations::{Message, message};
use crate::web::console::form::Submitted;
use crate::web::console::staff::StaffActor;

/// What the next page says of the person before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web::console) enum Told {
    /// The answers were saved.
    Saved,
    /// They had been saved: the form was sent twice.
    SavedBefore,
    /// It was noted that the person wasn't reached.
    NotReached,
    /// It was noted when to call again.
    Later,
    /// The person was passed over.
    Skipped,
    /// What was said so far was saved.
    SoFar,
    /// It was, and it was noted that the person wasn't reached.
    NotReachedSoFar,
    /// It was, and it was noted when to call again.
    LaterSoFar,
    /// A note was saved.
    Noted,
    /// The report was corrected.
    Corrected,
}

impl Told {
    const ALL: [Self; 10] = [
        Self::Saved,
        Self::SavedBefore,
        Self::NotReached,
        Self::Later,
        Self::Skipped,
        Self::SoFar,
        Self::NotReachedSoFar,
        Self::LaterSoFar,
        Self::Noted,
        Self::Corrected,
    ];

    /// The code in an address.
    const fn code(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::SavedBefore => "saved-before",
            Self::NotReached => "not-reached",
            Self::Later => "later",
            Self::Skipped => "skipped",
            Self::SoFar => "so-far",
            Self::NotReachedSoFar => "not-reached-so-far",
            Self::LaterSoFar => "later-so-far",
            Self::Noted => "noted",
            Self::Corrected => "corrected",
        }
    }

    /// Reads [`Told::code`].
    pub(in crate::web::console) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.code() == code)
    }

    /// The sentence.
    pub(in crate::web::console) fn sentence(self) -> Message {
        match self {
            Self::Saved => message!("round-told-saved"),
            Self::SavedBefore => message!("round-told-saved-before"),
            Self::NotReached => message!("round-told-not-reached"),
            Self::Later => message!("round-told-later"),
            Self::Skipped => message!("round-told-skipped"),
            Self::SoFar => message!("answers-told-so-far"),
            Self::NotReachedSoFar => message!("answers-told-not-reached"),
            Self::LaterSoFar => message!("answers-told-later"),
            Self::Noted => message!("console-told-noted"),
            Self::Corrected => message!("correct-done"),
        }
    }
}

/// Begins a round, or goes on after a person.
pub(super) async fn submit(form: Submitted) -> Response {
    match StaffActor::of(form, PAGE) {
        Ok((staff, fields)) => {
            let round = Round::read(Some(fields.get("round"))).unwrap_or_else(Round::unanswered);
            let after = fields.get("after").parse().ok();
            let next = go_on(&staff, &round, after, None).await;
            staff.visit.answer(next)
        }
        Err(answer) => *answer,
    }
}

/// Leads to the next person after one, or back to the start if nobody is left.
pub(in crate::web::console) async fn go_on(
    staff: &StaffActor,
    round: &Round,
    after: Option<PatientId>,
    told: Option<Told>,
) -> Result<Response, ServiceError> {
    let Some(query) = round.query(staff) else {
        let told = told.map(|told| format!("&told={}", told.code())).unwrap_or_default();
        return Ok(staff.visit.redirect(&format!("{PAGE}?{}{told}", round.text())));
    };
    let next = next_person(staff.context(), staff.actor(), &query, after).await?;
    let told = told.map(|told| format!("&told={}", told.code())).unwrap_or_default();
    let text = round.text();
    Ok(staff.visit.redirect(&match next {
        NextPerson::Is(patient) => format!("/patients/{patient}/report?{text}{told}"),
        NextPerson::Nobody { .. } => format!("{PAGE}?over=1&{text}{told}"),
    }))
}
