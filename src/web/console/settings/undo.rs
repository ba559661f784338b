//! Undoing a change of the settings: what it changed, and what setting the values before it will do.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::effect::Effect;
use super::group::{reason_mistake, unfit};
use super::own;
use super::past::{Past, changes_of};
use super::setting::{Group, Setting};
use super::value;
use crate::domain::{PlainLineError, ReasonText};
use crate::service::{CentreEffect, CentreError, CentreView, ServiceError, SettingsEntry, preview_undo, undo_change};
use crate::translations::Message;
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::sender::{kept, sender};
use crate::web::console::staff::StaffActor;

#[derive(Template)]
#[template(path = "console/settings/undo.html", config = "src/web/askama.toml")]
struct Undo {
    l: Layout,
    f: Frame,
    past: Option<Past>,
    effect: Option<Effect>,
    /// Why it can't be undone.
    refusal: Option<Message>,
    action: String,
    digest: String,
    reason: String,
    mistakes: Mistakes,
    /// Whether the settings have changed since the effect was shown.
    is_stale: bool,
}

pub(super) async fn handler(staff: StaffActor, Path(entry): Path<String>) -> Response {
    let shown = async {
        let id = id_of(&entry)?;
        let fields = kept(&staff, &path(id)).await?.unwrap_or_default();
        show(&staff, id, &fields, Asked::Look).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(Path(entry): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&entry) else { return crate::web::console::missing::page(&form.visit) };
    let (staff, fields) = match sender(form, &path(id)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let mut answer = show(&staff, id, &fields, Asked::Undo).await;
    if matches!(answer, Err(ServiceError::Centre(CentreError::ChangedMeanwhile))) {
        answer = show(&staff, id, &fields, Asked::Look).await;
    }
    staff.sent(answer).await
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Look,
    Undo,
}

fn id_of(text: &str) -> Result<Uuid, ServiceError> {
    Uuid::try_parse(text).map_err(|_| CentreError::ChangeNotFound.into())
}

fn path(entry: Uuid) -> String {
    format!("/settings/history/{entry}")
}

/// What undoing changes: from the values of now to those before the entry.
fn differences(entry: &SettingsEntry, effect: &CentreEffect) -> Vec<(Setting, String, String)> {
    let both = |(setting, ..): (Setting, String, String)| {
        (setting, value::current(setting, &effect.before), value::current(setting, &effect.after))
    };
    changes_of(entry).into_iter().map(both).filter(|(_, now, then)| now != then).collect()
}

async fn show(staff: &StaffActor, id: Uuid, fields: &Fields, asked: Asked) -> Result<Response, ServiceError> {
    let Here { centre, now, frame } = Here::of(staff).await?;
    let centre: CentreView = own(centre)?;
    let previewed = preview_undo(staff.context(), staff.actor(), &centre.code, id).await;
    let page = Undo {
        l: staff.visit.layout(),
        f: Frame { again: staff.visit.path(&path(id)), ..frame },
        past: None,
        effect: None,
        refusal: None,
        action: staff.visit.path(&path(id)),
        digest: String::new(),
        reason: fields.get("reason").to_owned(),
        mistakes: Mistakes::default(),
        is_stale: false,
    };
    let (entry, effect) = match previewed {
        Ok(previewed) => previewed,
        Err(ServiceError::Centre(why)) if unfit(&why).is_some() => {
            let refusal = unfit(&why).map(|(_, sentence)| sentence);
            return Ok(staff.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &Undo { refusal, ..page }));
        }
        Err(error) => return Err(error),
    };
    let changes = differences(&entry, &effect);
    let touched = changes_of(&entry).first().map(|(setting, ..)| *setting);
    let group = Group::ALL.into_iter().find(|group| touched.is_some_and(|first| group.settings().contains(&first)));
    let group = group.unwrap_or(Group::Hours);
    let digest: String =
        changes.iter().map(|(setting, now, then)| format!("{}: {now} → {then}\n", setting.code())).collect();
    let is_seen = fields.get("previewed").replace("\r\n", "\n") == digest;
    let mut mistakes = Mistakes::default();
    let reason = ReasonText::parse(&page.reason).map(Some).or_else(|error| match error {
        PlainLineError::Empty => Ok(None),
        other => {
            mistakes.add("reason", reason_mistake(other));
            Err(())
        }
    });
    if let (Asked::Undo, true, false, Ok(reason)) = (asked, is_seen, changes.is_empty(), &reason) {
        let undone = undo_change(staff.context(), staff.actor(), &effect.before, id, reason.as_ref()).await;
        return match undone {
            Ok(_) => Ok(staff.visit.redirect(&format!("/settings/{}?saved=1", group.code()))),
            Err(ServiceError::Centre(CentreError::ReplanUnfinished)) => {
                Ok(staff.visit.redirect(&format!("/settings/{}?saved=planning", group.code())))
            }
            Err(error) => Err(error),
        };
    }
    let is_stale = asked == Asked::Undo && !is_seen && !changes.is_empty();
    let status = match (mistakes.is_empty(), is_stale) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, true) => StatusCode::CONFLICT,
        (true, false) => StatusCode::OK,
    };
    let effect = Some(changes).filter(|changes| !changes.is_empty()).map(|changes| Effect::of(&effect, changes));
    let past = Some(Past::of(&entry, &now));
    Ok(staff.visit.page(status, &Undo { past, effect, digest, mistakes, is_stale, ..page }))
}
