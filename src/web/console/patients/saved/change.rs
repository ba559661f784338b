//! Renames a saved filter, shows it to others, or deletes it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::{PAGE, entered, refusal};
use crate::domain::{FilterSharing, SavedFilterId};
use crate::service::{PatientError, SavedFilterView, ServiceError, change_filter, delete_filter, show_filter};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::patients::filter::{Chip, Filter};
use crate::web::console::sender::{kept, sender};
use crate::web::console::staff::StaffActor;

#[derive(Template)]
#[template(path = "console/filters/change.html", config = "src/web/askama.toml")]
struct Change {
    l: Layout,
    f: Frame,
    at: String,
    known: String,
    name: String,
    sharing: FilterSharing,
    chips: Vec<Chip>,
    mistakes: Mistakes,
}

impl Change {
    fn is(&self, code: &str) -> bool {
        self.sharing.code() == code
    }
}

fn id_of(text: &str) -> Result<SavedFilterId, ServiceError> {
    text.parse().map_err(|_| PatientError::NotFound.into())
}

pub(super) async fn handler(staff: StaffActor, Path(filter): Path<String>) -> Response {
    let shown = async {
        let id = id_of(&filter)?;
        let saved = show_filter(staff.context(), staff.actor(), id).await?;
        let fields = kept(&staff, &format!("{PAGE}/{id}")).await?;
        page(&staff, &saved, fields.as_ref(), Mistakes::default()).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(Path(filter): Path<String>, form: Submitted) -> Response {
    let (staff, fields) = match sender(form, &path_of(&filter)).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let changed = change(&staff, &filter, &fields).await;
    staff.sent(changed).await
}

pub(super) async fn delete(Path(filter): Path<String>, form: Submitted) -> Response {
    let (staff, _) = match StaffActor::of(form, &path_of(&filter)) {
        Ok(sent) => sent,
        Err(answer) => return *answer,
    };
    let deleted = async {
        delete_filter(staff.context(), staff.actor(), id_of(&filter)?).await?;
        Ok(staff.visit.redirect(&format!("{PAGE}?done=deleted")))
    };
    let deleted = deleted.await;
    staff.visit.answer(deleted)
}

/// The page of a filter. What isn't an id has none.
fn path_of(filter: &str) -> String {
    id_of(filter).map_or_else(|_| PAGE.to_owned(), |id| format!("{PAGE}/{id}"))
}

async fn change(staff: &StaffActor, filter: &str, fields: &Fields) -> Result<Response, ServiceError> {
    let id = id_of(filter)?;
    let saved = show_filter(staff.context(), staff.actor(), id).await?;
    let (name, sharing) = match entered(fields) {
        Ok(entered) => entered,
        Err(mistakes) => return page(staff, &saved, Some(fields), mistakes).await,
    };
    let changed = change_filter(staff.context(), staff.actor(), id, &name, sharing).await?;
    match refusal(changed) {
        None => Ok(staff.visit.redirect(&format!("{PAGE}?done=changed"))),
        Some(mistakes) => page(staff, &saved, Some(fields), mistakes).await,
    }
}

async fn page(
    staff: &StaffActor,
    saved: &SavedFilterView,
    fields: Option<&Fields>,
    mistakes: Mistakes,
) -> Result<Response, ServiceError> {
    let Here { frame, .. } = Here::of(staff).await?;
    let at = staff.visit.path(&format!("{PAGE}/{}", saved.id));
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let known = saved.name.as_str().to_owned();
    let page = Change {
        l: staff.visit.layout(),
        f: Frame { again: at.clone(), ..frame },
        at,
        name: fields.map_or_else(|| known.clone(), |fields| fields.get("name").to_owned()),
        sharing: fields.and_then(|fields| FilterSharing::from_code(fields.get("sharing"))).unwrap_or(saved.sharing),
        known,
        chips: Filter::of(saved.filter).chips(None),
        mistakes,
    };
    Ok(staff.visit.page(status, &page))
}
