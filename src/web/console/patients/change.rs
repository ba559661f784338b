//! Changing a person's record: the form, the effect before it is saved, and what somebody else changed meanwhile.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;

use super::conflict::{self, Conflict};
use super::done::Done;
use super::effect::Effect;
use super::faults;
use super::fields::{Control, Field, PREVIEWED, Values, borrowed, fields_of};
use super::person::{id_of, name_of};
use super::typed::shown_or_typed;
use crate::domain::{PatientId, Revision};
use crate::service::{
    ChangePreview, Column, PatientChange, PatientError, ServiceError, change_patient, preview_change, show_profile,
};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::missing;
use crate::web::console::sender::{kept, sent};
use crate::web::console::staff::StaffActor;

/// The fields of the form. The HER-SYS ID is who the record is about.
const COLUMNS: [Column; 10] = [
    Column::PhoneNumber,
    Column::AutomatedCall,
    Column::CallTimes,
    Column::Language,
    Column::Oximeter,
    Column::FamilyName,
    Column::GivenName,
    Column::BirthDate,
    Column::DiagnosisDate,
    Column::MonitoringStart,
];

/// How often a change is tried again on what others have changed meanwhile.
const MOST_TRIES: u32 = 3;

#[derive(Template)]
#[template(path = "console/patient_change.html", config = "src/web/askama.toml")]
struct ChangePage {
    l: Layout,
    centre: String,
    name: String,
    person: String,
    action: String,
    revision: i64,
    fields: Vec<Field>,
    mistakes: Mistakes,
    effect: Option<Effect>,
    previewed: String,
    surprise: Surprise,
    /// The fields that somebody else has changed too, with both values.
    conflicts: Vec<Conflict>,
    /// The other fields that either has changed: both changes are kept.
    kept: Option<Message>,
}

/// Why the page isn't as the reader expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surprise {
    /// Nothing.
    Nothing,
    /// What was typed before the last log-in is back.
    DraftRestored,
    /// Nothing differs from the record.
    NothingToSave,
    /// Somebody else has changed the same field meanwhile.
    ChangedMeanwhile,
    /// The values aren't those whose effect was shown.
    NotPreviewed,
}

/// A form as it was filled in.
#[derive(Clone)]
struct Form {
    typed: Values,
    began: Values,
    /// The revision that the form began with.
    seen: Revision,
    mistakes: Mistakes,
    surprise: Surprise,
    /// What somebody else has changed.
    meanwhile: Vec<(Column, String)>,
    conflicts: Vec<Conflict>,
    kept: Option<Message>,
}

impl Form {
    fn sent(fields: &Fields) -> Self {
        Self {
            typed: Values::typed(fields),
            began: Values::began_with(fields),
            seen: fields.get("revision").parse().unwrap_or(Revision(0)),
            mistakes: Mistakes::default(),
            surprise: Surprise::Nothing,
            meanwhile: Vec::new(),
            conflicts: Vec::new(),
            kept: None,
        }
    }
}

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let id = id_of(&id)?;
        let current = preview_change(staff.context(), staff.actor(), id, PatientChange::Values(&[])).await?.found;
        let began = Values::of_record(&current.before);
        let mut form = Form {
            typed: began.clone(),
            began,
            seen: current.before.revision,
            mistakes: Mistakes::default(),
            surprise: Surprise::Nothing,
            meanwhile: Vec::new(),
            conflicts: Vec::new(),
            kept: None,
        };
        if let Some(kept) = kept(&staff, &page_of(id)).await? {
            form = Form { surprise: Surprise::DraftRestored, ..Form::sent(&kept) };
        }
        let undo = query_value(query.as_deref(), "undo");
        if !undo.is_empty() && form.surprise == Surprise::Nothing {
            return show_undo(&staff, id, form, &undo).await;
        }
        page(&staff, &current, form, None).await
    };
    let shown = shown.await;
    shown_or_typed(&staff, &format!("/patients/{id}"), shown).await
}

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| take(staff, id, &fields).await).await
}

fn page_of(id: PatientId) -> String {
    format!("/patients/{id}/change")
}

/// Shows what undoing a change would do: the values before it are set again, in one more change. Calls that it
/// cancelled aren't placed again.
async fn show_undo(staff: &StaffActor, id: PatientId, form: Form, undo: &str) -> Result<Response, ServiceError> {
    let changes = show_profile(staff.context(), staff.actor(), id).await?.found.changes;
    let change = changes.iter().find(|change| change.id.to_string() == undo).ok_or(PatientError::NotFound)?;
    let form = Form { typed: form.began.undone(change), ..form };
    let columns = form.typed.changed_from(&form.began);
    match form.typed.to_send(&columns) {
        Ok(values) if !columns.is_empty() => show_effect(staff, id, form, &values).await,
        Ok(_) => show(staff, id, Form { surprise: Surprise::NothingToSave, ..form }).await,
        Err(mistakes) => show(staff, id, Form { mistakes, ..form }).await,
    }
}

/// Shows the effect, or saves what was shown.
async fn take(staff: &StaffActor, id: PatientId, fields: &Fields) -> Result<Response, ServiceError> {
    let mut form = Form::sent(fields);
    let columns = form.typed.changed_from(&form.began);
    let values = match form.typed.to_send(&columns) {
        Ok(values) => values,
        Err(mistakes) => return show(staff, id, Form { mistakes, ..form }).await,
    };
    if columns.is_empty() {
        return show(staff, id, Form { surprise: Surprise::NothingToSave, ..form }).await;
    }
    if fields.get("step") != "save" {
        return show_effect(staff, id, form, &values).await;
    }
    if fields.get(PREVIEWED) != form.typed.digest() {
        form.surprise = Surprise::NotPreviewed;
        return show_effect(staff, id, form, &values).await;
    }
    save(staff, id, form, values).await
}

async fn show_effect(
    staff: &StaffActor,
    id: PatientId,
    form: Form,
    values: &[(Column, String)],
) -> Result<Response, ServiceError> {
    let change = PatientChange::Values(&borrowed(values));
    match preview_change(staff.context(), staff.actor(), id, change).await {
        Ok(preview) => {
            let overtaken = overtaken(&form, &preview.found, values);
            if !overtaken.is_empty() {
                return show_conflict(staff, id, form, &overtaken).await;
            }
            let now = staff.context().clock.now().to_zoned_datetime(preview.found.zone.clone());
            let effect = Effect::of(&preview.found, &now);
            let effect = (!effect.changes.is_empty()).then_some(effect);
            let surprise = if effect.is_none() { Surprise::NothingToSave } else { form.surprise };
            page(staff, &preview.found, Form { surprise, ..form }, effect).await
        }
        Err(error) => refused(staff, id, form, error).await,
    }
}

/// Those of these fields that somebody else has changed, since the form began, to another value than these.
fn overtaken(form: &Form, preview: &ChangePreview, values: &[(Column, String)]) -> Vec<Column> {
    let (now, wanted) = (Values::of_record(&preview.before), Values::of_record(&preview.after));
    let columns = values.iter().map(|(column, _)| *column);
    columns.filter(|of| now.get(*of) != form.began.get(*of) && now.get(*of) != wanted.get(*of)).collect()
}

/// Saves. Different fields that others have changed meanwhile stay as they are now. If the same field has changed to
/// another value, nothing is saved, and both values are shown.
async fn save(
    staff: &StaffActor,
    id: PatientId,
    mut form: Form,
    values: Vec<(Column, String)>,
) -> Result<Response, ServiceError> {
    for _ in 0..MOST_TRIES {
        let (context, actor) = (staff.context(), staff.actor());
        match change_patient(context, actor, id, Some(form.seen), &borrowed(&values)).await {
            Ok(changed) => {
                let columns = values.iter().map(|(column, _)| *column).collect();
                let done = if changed.changed { Done::Changed(columns) } else { Done::Same };
                return Ok(staff.visit.redirect(&format!("/patients/{id}?done={}", done.code())));
            }
            Err(ServiceError::Patient(PatientError::Stale { changed, revision })) => {
                let stopped = changed.iter().any(|of| STOPS.contains(&of.as_str()));
                if stopped && values.iter().any(|(column, _)| *column == Column::AutomatedCall) {
                    return show_conflict(staff, id, form, &[Column::AutomatedCall]).await;
                }
                let same: Vec<(Column, String)> =
                    values.iter().filter(|(column, _)| changed.iter().any(|of| of == column.code())).cloned().collect();
                let differing = differing(staff, id, &same).await?;
                if !differing.is_empty() {
                    return show_conflict(staff, id, form, &differing).await;
                }
                form.seen = revision;
            }
            Err(error) => return refused(staff, id, form, error).await,
        }
    }
    show(staff, id, Form { surprise: Surprise::ChangedMeanwhile, ..form }).await
}

/// What holds automated calls back. Staff who switch them on must have seen it.
const STOPS: [&str; 3] = ["stopped_at", "stop_requested_at", "wrong_number"];

/// Those of these fields that have other values now than these.
async fn differing(
    staff: &StaffActor,
    id: PatientId,
    values: &[(Column, String)],
) -> Result<Vec<Column>, ServiceError> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let change = PatientChange::Values(&borrowed(values));
    let preview = preview_change(staff.context(), staff.actor(), id, change).await?.found;
    let (now, wanted) = (Values::of_record(&preview.before), Values::of_record(&preview.after));
    Ok(wanted.changed_from(&now))
}

async fn show_conflict(
    staff: &StaffActor,
    id: PatientId,
    form: Form,
    differing: &[Column],
) -> Result<Response, ServiceError> {
    let current = preview_change(staff.context(), staff.actor(), id, PatientChange::Values(&[])).await?.found;
    let now = Values::of_record(&current.before);
    let changes = show_profile(staff.context(), staff.actor(), id).await?.found.changes;
    let clock = staff.context().clock.now().to_zoned_datetime(current.zone.clone());
    let conflicts = conflict::of(differing, [&form.began, &now, &form.typed], &changes, &clock);
    let kept = conflict::kept(differing, [&now, &form.typed], &form.began);
    let meanwhile = differing.iter().map(|column| (*column, now.get(*column).to_owned())).collect();
    // What the reader didn't touch is as it is now.
    let own = form.typed.changed_from(&form.began);
    let typed = now.with(&form.typed, &own);
    let form = Form {
        typed,
        began: now,
        seen: current.before.revision,
        surprise: Surprise::ChangedMeanwhile,
        meanwhile,
        conflicts,
        kept,
        mistakes: form.mistakes,
    };
    page(staff, &current, form, None).await
}

/// Why the service refused, beside the fields.
async fn refused(staff: &StaffActor, id: PatientId, form: Form, error: ServiceError) -> Result<Response, ServiceError> {
    let mistakes = match error {
        ServiceError::Patient(PatientError::InvalidValues(findings)) => faults::mistakes_of(&findings),
        ServiceError::Patient(PatientError::NumberInUse(_)) => {
            Mistakes::one(Column::PhoneNumber.code(), message!("patient-fault-number-in-use"))
        }
        other => return Err(other),
    };
    show(staff, id, Form { mistakes, ..form }).await
}

async fn show(staff: &StaffActor, id: PatientId, form: Form) -> Result<Response, ServiceError> {
    let current = preview_change(staff.context(), staff.actor(), id, PatientChange::Values(&[])).await?.found;
    page(staff, &current, form, None).await
}

async fn page(
    staff: &StaffActor,
    current: &ChangePreview,
    form: Form,
    effect: Option<Effect>,
) -> Result<Response, ServiceError> {
    let status = match (form.mistakes.is_empty(), form.surprise) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, Surprise::ChangedMeanwhile) => StatusCode::CONFLICT,
        (true, _) => StatusCode::OK,
    };
    let id = current.before.id;
    let is_chosen = |column: &Column| form.conflicts.iter().any(|conflict| conflict.column == *column);
    let asked: Vec<Column> = COLUMNS.into_iter().filter(|column| !is_chosen(column)).collect();
    let page = ChangePage {
        l: staff.visit.layout(),
        centre: staff.centre().await?.map(|centre| centre.name).unwrap_or_default(),
        name: name_of(&current.before),
        person: staff.visit.path(&format!("/patients/{id}")),
        action: staff.visit.path(&page_of(id)),
        revision: form.seen.number(),
        previewed: if effect.is_some() { form.typed.digest() } else { String::new() },
        fields: fields_of(&asked, &form.typed, &form.began, &form.mistakes, &form.meanwhile),
        mistakes: form.mistakes,
        effect,
        surprise: form.surprise,
        conflicts: form.conflicts,
        kept: form.kept,
    };
    Ok(staff.visit.page(status, &page))
}

impl ChangePage {
    fn heading(&self) -> Message {
        message!("patient-change-of", name = &self.name)
    }
}
