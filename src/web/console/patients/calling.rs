//! Stopping and resuming a person's calls, and ending the observation: the effect first, then it is done.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::done::Done;
use super::effect::Effect;
use super::person::{id_of, name_of};
use crate::domain::{PatientId, Revision};
use crate::service::{
    Changed, Column, PatientChange, PatientError, PatientView, ServiceError, SessionState, change_patient,
    preview_change, release_patient, stop_patient,
};
use crate::translations::{Message, message};
use crate::web::console::form::Submitted;
use crate::web::console::layout::Layout;
use crate::web::console::missing;
use crate::web::console::staff::StaffActor;

/// What is decided about a person's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Stop,
    Resume,
    Release,
}

/// Automated calls are wanted.
const ON: [(Column, &str); 1] = [(Column::AutomatedCall, "yes")];

impl Decision {
    fn read(word: &str) -> Option<Self> {
        match word {
            "stop" => Some(Self::Stop),
            "resume" => Some(Self::Resume),
            "release" => Some(Self::Release),
            _ => None,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Resume => "resume",
            Self::Release => "release",
        }
    }

    const fn change(self) -> PatientChange<'static> {
        match self {
            Self::Stop => PatientChange::Stop,
            Self::Resume => PatientChange::Values(&ON),
            Self::Release => PatientChange::Release,
        }
    }

    /// Whether it was decided before.
    const fn is_so(self, patient: &PatientView) -> bool {
        match self {
            Self::Stop => patient.stopped_at.is_some() || patient.released_at.is_some(),
            Self::Resume => patient.not_called.is_none(),
            Self::Release => patient.released_at.is_some(),
        }
    }

    const fn done(self) -> Done {
        match self {
            Self::Stop => Done::Stopped,
            Self::Resume => Done::Resumed,
            Self::Release => Done::Released,
        }
    }

    fn heading(self) -> Message {
        match self {
            Self::Stop => message!("patient-stop"),
            Self::Resume => message!("patient-resume"),
            Self::Release => message!("patient-release"),
        }
    }
}

#[derive(Template)]
#[template(path = "console/patient_calling.html", config = "src/web/askama.toml")]
struct Calling {
    l: Layout,
    centre: String,
    name: String,
    person: String,
    action: String,
    decision: Decision,
    standing: Standing,
    /// The revision whose effect is shown.
    revision: i64,
    effect: Effect,
}

/// How the decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It can be made.
    Open,
    /// It was made before.
    Made,
    /// Somebody else has changed the record since its effect was shown.
    ChangedMeanwhile,
}

impl Calling {
    fn heading(&self) -> Message {
        self.decision.heading()
    }

    fn stops(&self) -> bool {
        self.decision != Decision::Resume
    }
}

pub(super) async fn handler(staff: StaffActor, Path((id, word)): Path<(String, String)>) -> Response {
    let Some(decision) = Decision::read(&word) else { return missing::page(&staff.visit) };
    let shown = async { show(&staff, id_of(&id)?, decision, Standing::Open).await };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(Path((id, word)): Path<(String, String)>, form: Submitted) -> Response {
    let Submitted { visit, fields } = form;
    let seen = fields.get("revision").parse().map(Revision).ok();
    let (Some(decision), Ok(id)) = (Decision::read(&word), id_of(&id)) else { return missing::page(&visit) };
    // Nothing was typed, so there is nothing to keep.
    let SessionState::LoggedIn(logged_in) = &visit.session else { return visit.log_in_first() };
    let logged_in = (**logged_in).clone();
    let staff = StaffActor { visit, logged_in };
    let answer = match decide(&staff, id, decision, seen).await {
        Ok(changed) => {
            let done = if changed.changed { decision.done() } else { Done::Same };
            Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", done.code())))
        }
        Err(ServiceError::Patient(PatientError::Stale { .. })) => again(&staff, id, decision).await,
        Err(error) => Err(error),
    };
    staff.visit.answer(answer)
}

/// The record was changed meanwhile: by the same form, or by somebody else.
async fn again(staff: &StaffActor, id: PatientId, decision: Decision) -> Result<Response, ServiceError> {
    let now = preview_change(staff.context(), staff.actor(), id, decision.change()).await?.found;
    if decision.is_so(&now.before) {
        return Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", Done::Same.code())));
    }
    show(staff, id, decision, Standing::ChangedMeanwhile).await
}

/// Calls are resumed only if nobody has changed the record since: somebody else may have stopped them.
async fn decide(
    staff: &StaffActor,
    id: PatientId,
    decision: Decision,
    seen: Option<Revision>,
) -> Result<Changed, ServiceError> {
    let (context, actor) = (staff.context(), staff.actor());
    match decision {
        Decision::Stop => stop_patient(context, actor, id).await,
        Decision::Resume => change_patient(context, actor, id, Some(seen.unwrap_or(Revision(0))), &ON).await,
        Decision::Release => release_patient(context, actor, id).await,
    }
}

async fn show(
    staff: &StaffActor,
    id: PatientId,
    decision: Decision,
    standing: Standing,
) -> Result<Response, ServiceError> {
    let preview = preview_change(staff.context(), staff.actor(), id, decision.change()).await?.found;
    let now = staff.context().clock.now().to_zoned_datetime(preview.zone.clone());
    let person = staff.visit.path(&format!("/patients/{id}"));
    let page = Calling {
        l: staff.visit.layout(),
        centre: staff.centre().await?.map(|centre| centre.name).unwrap_or_default(),
        name: name_of(&preview.before),
        action: format!("{person}/{}", decision.code()),
        person,
        decision,
        standing: if decision.is_so(&preview.before) { Standing::Made } else { standing },
        revision: preview.before.revision.0,
        effect: Effect::of(&preview, &now),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
