//! A change of many patients: its effect before it is made, and what came of it.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;

use super::{PAGE, id_of};
use crate::domain::{BulkKind, BulkOutcome, BulkState};
use crate::service::{BulkEffect, BulkView, CalledToday, Column, Noted, ServiceError, show_bulk};
use crate::translations::{Message, message};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::patients::effect::called_today;
use crate::web::console::patients::fields::shown_value;
use crate::web::console::patients::imports::grouped;
use crate::web::console::patients::person::name_of;
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

#[derive(Template)]
#[template(path = "console/bulk.html", config = "src/web/askama.toml")]
struct Bulk {
    l: Layout,
    f: Frame,
    not_noted: bool,
    at: String,
    /// Whether the same was decided before.
    before: bool,
    bulk: BulkView,
    effect: BulkEffect,
    changed: String,
    left_out: Vec<LeftOut>,
}

/// Somebody who stays as registered.
struct LeftOut {
    path: String,
    name: String,
    hersys_id: String,
}

impl Bulk {
    fn is(&self, state: &str) -> bool {
        self.bulk.state.code() == state
    }

    fn state(&self) -> Message {
        match self.bulk.state {
            BulkState::Previewed => message!("bulk-state-previewed"),
            BulkState::Applying => message!("bulk-state-applying"),
            BulkState::Applied => message!("bulk-state-applied", count = self.count(BulkOutcome::Changed)),
            BulkState::Undoing => message!("bulk-state-undoing"),
            BulkState::Undone => message!("bulk-state-undone", count = self.count(BulkOutcome::Undone)),
        }
    }

    /// How many people have been dealt with, and how many there are.
    fn steps(&self) -> (u64, u64) {
        let all = BulkOutcome::ALL.into_iter().map(|outcome| self.bulk.count(outcome)).sum();
        let left = match self.bulk.state {
            BulkState::Undoing => self.bulk.count(BulkOutcome::Changed),
            _ => self.bulk.count(BulkOutcome::Waits),
        };
        (u64::saturating_sub(all, left), all)
    }

    fn progress(&self) -> Message {
        let (done, all) = self.steps();
        message!("upload-progress", done = grouped(done), all = grouped(all))
    }

    fn count(&self, outcome: BulkOutcome) -> String {
        grouped(self.bulk.count(outcome))
    }

    fn people(&self, count: u64) -> Message {
        message!("bulk-people", count = grouped(count))
    }

    fn same(&self) -> u64 {
        self.bulk.count(BulkOutcome::Same)
    }

    fn refused(&self) -> u64 {
        self.bulk.count(BulkOutcome::Refused)
    }

    fn kept(&self) -> u64 {
        self.bulk.count(BulkOutcome::Kept)
    }

    fn done(&self) -> u64 {
        self.bulk.count(BulkOutcome::Changed)
    }

    fn kept_words(&self) -> Message {
        message!("bulk-kept-says", count = self.count(BulkOutcome::Kept))
    }

    fn kind(&self) -> Message {
        match self.bulk.kind {
            BulkKind::CallTimes => message!("bulk-kind-times"),
            BulkKind::Language => message!("bulk-kind-language"),
            BulkKind::Stop => message!("bulk-kind-stop"),
        }
    }

    fn value(&self) -> Option<Message> {
        match self.bulk.kind {
            BulkKind::CallTimes => Some(shown_value(Column::CallTimes, &self.bulk.value)),
            BulkKind::Language => Some(shown_value(Column::Language, &self.bulk.value)),
            BulkKind::Stop => None,
        }
    }

    fn label(&self) -> Message {
        let count = grouped(self.effect.changed);
        match self.bulk.kind {
            BulkKind::CallTimes => message!("bulk-apply-times", count = count),
            BulkKind::Language => message!("bulk-apply-language", count = count),
            BulkKind::Stop => message!("bulk-apply-stop", count = count),
        }
    }

    fn calls(&self) -> Vec<Message> {
        let BulkEffect { cancelled, ended, going_on, talking, said_goodbye, .. } = self.effect;
        let mut calls = Vec::new();
        if cancelled > 0 {
            calls.push(message!("bulk-calls-cancelled", count = grouped(cancelled)));
        }
        if ended > 0 {
            calls.push(message!("bulk-calls-ended", count = grouped(ended)));
        }
        if going_on > 0 {
            calls.push(message!("bulk-calls-going-on", count = grouped(going_on)));
        }
        if talking > 0 {
            calls.push(message!("effect-on-the-phone", count = grouped(talking)));
        }
        if said_goodbye > 0 {
            calls.push(message!("effect-goodbye", count = grouped(said_goodbye)));
        }
        if calls.is_empty() {
            calls.push(message!("bulk-calls-none"));
        }
        calls
    }

    fn called_today(&self) -> Option<Message> {
        let CalledToday { again, not_again } = self.effect.called_today;
        called_today(again, not_again)
    }
}

pub(super) async fn handler(staff: StaffActor, Path(bulk): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let id = id_of(&bulk)?;
        let viewed = show_bulk(staff.context(), staff.actor(), id).await?;
        let not_noted = matches!(viewed.noted, Noted::No(_));
        let shown = viewed.found;
        let Here { now, frame, .. } = Here::of(&staff).await?;
        let at = staff.visit.path(&format!("{PAGE}/{id}"));
        let left_out = shown.left_out.iter().map(|patient| LeftOut {
            path: staff.visit.path(&format!("/patients/{}", patient.id)),
            name: name_of(patient),
            hersys_id: patient.hersys_id.expose().to_owned(),
        });
        let page = Bulk {
            l: staff.visit.layout(),
            f: Frame { again: at.clone(), ..frame },
            not_noted,
            before: query_value(query.as_deref(), "done") == "before",
            changed: times::clock_time(shown.bulk.changed_at, &now),
            effect: shown.effect.unwrap_or_default(),
            left_out: left_out.collect(),
            bulk: shown.bulk,
            at,
        };
        Ok::<_, ServiceError>(staff.visit.page(StatusCode::OK, &page))
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}
