//! What is asked for in the list: whom to change, and what.

use axum::response::Response;

use super::PAGE;
use crate::domain::{BulkKind, CallTimes, Language, PatientId};
use crate::service::{BulkChange, BulkOf, PatientError, ServiceError, prepare_bulk};
use crate::translations::message;
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::patients::faults::{mistakes_of, times_sentence};
use crate::web::console::patients::filter::Filter;
use crate::web::console::patients::{query_of, searched, show};
use crate::web::console::sender::{kept, sent};
use crate::web::console::staff::StaffActor;

/// The field of a ticked person. The brackets say that there may be several.
const CHOSEN: &str = "patient[]";

/// What was entered.
#[derive(Clone, Default)]
pub(in crate::web::console::patients) struct Asked {
    pub(in crate::web::console::patients) of: String,
    pub(in crate::web::console::patients) kind: String,
    pub(in crate::web::console::patients) times: String,
    pub(in crate::web::console::patients) language: String,
    /// Whether it is a draft.
    pub(in crate::web::console::patients) is_draft: bool,
    chosen: Vec<String>,
}

impl Asked {
    fn read(fields: &Fields) -> Self {
        let get = |name: &str| fields.get(name).trim().to_owned();
        let chosen = fields.0.iter().filter(|(name, _)| name == CHOSEN).map(|(_, id)| id.clone());
        let (of, kind, times, language) = (get("of"), get("kind"), get("times"), get("language"));
        Self { of, kind, times, language, is_draft: false, chosen: chosen.collect() }
    }

    /// Whether a person was ticked.
    pub(in crate::web::console::patients) fn has(&self, id: &str) -> bool {
        self.chosen.iter().any(|chosen| chosen == id)
    }

    fn change(&self) -> Option<BulkChange> {
        Some(match BulkKind::from_code(&self.kind)? {
            BulkKind::CallTimes => BulkChange::CallTimes(
                CallTimes::read_typed(&self.times).map_or_else(|_| self.times.clone(), |times| times.to_string()),
            ),
            BulkKind::Language => BulkChange::Language(self.language.parse::<Language>().ok()?),
            BulkKind::Stop => BulkChange::Stop,
        })
    }
}

pub(super) async fn submit(form: Submitted) -> Response {
    sent(form, "/patients", async |staff, fields| take(staff, &fields).await).await
}

/// What was typed before the last log-in, with the list for which it was.
pub(in crate::web::console::patients) async fn kept_bulk(
    staff: &StaffActor,
) -> Result<Option<(Filter, Asked)>, ServiceError> {
    let kept = kept(staff, PAGE).await?;
    Ok(kept.map(|fields| (filter_of(&fields), Asked { is_draft: true, ..Asked::read(&fields) })))
}

fn filter_of(fields: &Fields) -> Filter {
    Filter { after: None, ..Filter::read(fields.get("filter").strip_prefix('?')) }
}

async fn take(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let asked = Asked::read(fields);
    let filter = filter_of(fields);
    let text = searched(staff, &filter);
    let query = query_of(&filter, text.as_deref());
    let chosen: Result<Vec<PatientId>, _> = asked.chosen.iter().map(|id| id.parse::<PatientId>()).collect();
    let mut chosen = chosen.map_err(|_| PatientError::NotFound)?;
    chosen.sort_unstable();
    chosen.dedup();
    let Some(change) = asked.change() else { return Err(PatientError::NotFound.into()) };
    let of = match &*asked.of {
        // Without what was searched for, it would be everybody.
        "all" if filter.search.is_none() || text.is_some() => BulkOf::All(&query),
        "chosen" if !chosen.is_empty() => BulkOf::Chosen(&chosen),
        _ => {
            let mut mistakes = Mistakes::one("of", message!("bulk-none-chosen"));
            if let (BulkChange::CallTimes(_), Err(error)) = (&change, CallTimes::read_typed(&asked.times)) {
                mistakes.add("times", times_sentence(error));
            }
            return show(staff, &filter, asked, mistakes).await;
        }
    };
    match prepare_bulk(staff.context(), staff.actor(), of, &change).await {
        Ok(bulk) => Ok(staff.visit.redirect(&format!("{PAGE}/{bulk}"))),
        Err(ServiceError::Patient(PatientError::InvalidValues(findings))) => {
            let found = mistakes_of(&findings).0.into_iter().next();
            let said = found.map_or_else(|| message!("patient-fault-unreadable"), |mistake| mistake.sentence);
            show(staff, &filter, asked, Mistakes::one("times", said)).await
        }
        Err(other) => Err(other),
    }
}
