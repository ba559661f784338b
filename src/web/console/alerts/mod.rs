//! What is done with a line of the open alerts: taking it, giving it back, noting something.

mod decide_stop;
mod give_back;
pub(super) mod live;
mod note;
mod pulses;
mod red_sound;
mod streams;
mod take;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub(super) use self::pulses::Pulses;
pub(super) use self::streams::Streams;
use super::Console;
use crate::domain::AlertId;
use crate::service::{AlertError, ServiceError};

/// The routes.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/alerts/{alert}/take", post(take::submit))
        .route("/alerts/{alert}/give-back", post(give_back::submit))
        .route("/alerts/{alert}/notes", post(note::submit))
        .route("/alerts/{alert}/stop-request", post(decide_stop::submit))
        .route("/live", get(live::handler))
        .route("/account/red-sound", post(red_sound::submit))
}

/// What a line's page says first: what was just done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The reader has taken the line.
    Taken,
    /// The reader has taken it over.
    TakenOver,
    /// The reader had it already.
    TakenBefore,
    /// Somebody else has it, so nothing was done.
    Held,
    /// Somebody else has it, so nothing was closed. What was typed is kept.
    HeldAndKept,
    /// The reader has given it back.
    GivenBack,
    /// Nobody had it.
    NotHeld,
    /// A note was added.
    Noted,
    /// The note was there: the form was sent twice.
    NotedBefore,
    /// Another note of the same form was there. Both are kept.
    NotedBeside,
    /// Somebody else had closed the line. What was typed is among its notes.
    ClosedBeforeAndNoted,
    /// The calls have stopped, as the patient asked.
    StopGranted,
    /// The calls go on.
    StopDeclined,
    /// Notices have stopped, as the patient asked.
    NoticesStopped,
    /// Notices go on.
    NoticesGoOn,
    /// Somebody has decided the request before.
    DecidedBefore,
    /// Somebody has, and the note that was typed is among the line's notes.
    DecidedBeforeAndNoted,
}

impl Told {
    const ALL: [Self; 17] = [
        Self::Taken,
        Self::TakenOver,
        Self::TakenBefore,
        Self::Held,
        Self::HeldAndKept,
        Self::GivenBack,
        Self::NotHeld,
        Self::Noted,
        Self::NotedBefore,
        Self::StopGranted,
        Self::StopDeclined,
        Self::NoticesStopped,
        Self::NoticesGoOn,
        Self::DecidedBefore,
        Self::NotedBeside,
        Self::ClosedBeforeAndNoted,
        Self::DecidedBeforeAndNoted,
    ];

    /// The code in the page's query.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::TakenOver => "taken-over",
            Self::TakenBefore => "taken-before",
            Self::Held => "held",
            Self::HeldAndKept => "held-kept",
            Self::GivenBack => "given-back",
            Self::NotHeld => "not-held",
            Self::Noted => "noted",
            Self::NotedBefore => "noted-before",
            Self::NotedBeside => "noted-beside",
            Self::ClosedBeforeAndNoted => "closed-before-noted",
            Self::DecidedBeforeAndNoted => "decided-before-noted",
            Self::StopGranted => "stop-granted",
            Self::StopDeclined => "stop-declined",
            Self::NoticesStopped => "notices-stopped",
            Self::NoticesGoOn => "notices-go-on",
            Self::DecidedBefore => "decided-before",
        }
    }

    /// Reads [`Told::code`].
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.code() == code)
    }
}

/// The alert of a path. Something else doesn't exist.
pub(super) fn id_of(text: &str) -> Result<AlertId, ServiceError> {
    text.parse().map_err(|_| AlertError::NotFound.into())
}

/// The page of an alert's line.
pub(super) fn page_of(alert: AlertId) -> String {
    format!("/alerts/{alert}/close")
}

/// The page of an alert's line, with what was done.
pub(super) fn page_with(alert: AlertId, told: Told) -> String {
    format!("{}?told={}", page_of(alert), told.code())
}
