//! Filters that staff have named: one's own, and those that everybody of the health centre sees. They lead to the list,
//! and to a round over it. What is searched for is never kept with them.

mod change;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::filter::{Chip, Filter};
use crate::domain::{FilterName, FilterSharing, PlainLineError};
use crate::service::{FilterSaved, FilterWord, SavedFilterView, ServiceError, save_filter, saved_filters};
use crate::translations::{Message, message};
use crate::web::console::Console;
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::sender::{kept, sender};
use crate::web::console::staff::StaffActor;

/// The path of all saved filters.
const PAGE: &str = "/patients/filters";

/// The pages about saved filters.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/patients/filters", get(handler).post(submit))
        .route("/patients/filters/{filter}", get(change::handler).post(change::submit))
        .route("/patients/filters/{filter}/delete", post(change::delete))
}

/// A saved filter as a link.
pub(in crate::web::console) struct SavedLink {
    pub(in crate::web::console) name: String,
    /// The query of an address.
    pub(in crate::web::console) query: String,
    /// Whether the reader looks at it.
    pub(in crate::web::console) is_current: bool,
}

impl SavedLink {
    /// Those that the reader sees.
    pub(in crate::web::console) async fn all(staff: &StaffActor, current: &Filter) -> Result<Vec<Self>, ServiceError> {
        let saved = saved_filters(staff.context(), staff.actor()).await?;
        let link = |saved: SavedFilterView| Self {
            name: saved.name.as_str().to_owned(),
            query: Filter::of(saved.filter).query(None),
            is_current: current.search.is_none() && saved.filter == current.conditions(),
        };
        Ok(saved.into_iter().map(link).collect())
    }
}

/// What was done before this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Saved,
    Changed,
    Deleted,
}

impl Done {
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "saved" => Some(Self::Saved),
            "changed" => Some(Self::Changed),
            "deleted" => Some(Self::Deleted),
            _ => None,
        }
    }

    fn sentence(self) -> Message {
        match self {
            Self::Saved => message!("filter-saved"),
            Self::Changed => message!("filter-changed"),
            Self::Deleted => message!("filter-deleted"),
        }
    }
}

#[derive(Template)]
#[template(path = "console/filters/list.html", config = "src/web/askama.toml")]
struct Saved {
    l: Layout,
    f: Frame,
    done: Option<Done>,
    /// The filter that is to be saved.
    new: Option<New>,
    lines: Vec<SavedLine>,
    mistakes: Mistakes,
}

/// The form for another one.
struct New {
    query: String,
    chips: Vec<Chip>,
    /// Whether something is searched for, which isn't kept.
    is_search: bool,
    name: String,
    sharing: FilterSharing,
}

/// A saved filter in words.
struct SavedLine {
    name: String,
    by: String,
    shared: Message,
    chips: Vec<Chip>,
    query: String,
    /// Where it is changed. `None` if the reader may not.
    change: Option<String>,
}

/// Who sees a filter, in words.
fn sharing_name(sharing: FilterSharing) -> Message {
    match sharing {
        FilterSharing::Own => message!("filter-own"),
        FilterSharing::Shared => message!("filter-shared"),
    }
}

impl New {
    fn is(&self, code: &str) -> bool {
        self.sharing.code() == code
    }
}

async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let done = Done::from_code(&query_value(query.as_deref(), "done"));
        let (filter, fields) = match kept(&staff, PAGE).await? {
            Some(fields) => (Filter::read(fields.get("filter").strip_prefix('?')), fields),
            None => (Filter::read(query.as_deref()), Fields::default()),
        };
        page(&staff, done, &filter, &fields, Mistakes::default()).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match sender(form, PAGE).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let saved = save(&staff, &fields).await;
    staff.sent(saved).await
}

/// What was entered, or what is wrong with it.
fn entered(fields: &Fields) -> Result<(FilterName, FilterSharing), Mistakes> {
    let sharing = FilterSharing::from_code(fields.get("sharing")).unwrap_or_default();
    match FilterName::parse(fields.get("name")) {
        Ok(name) => Ok((name, sharing)),
        Err(error) => Err(Mistakes::one(
            "name",
            match error {
                PlainLineError::Empty => message!("filter-name-needed"),
                PlainLineError::TooLong(most) => message!("filter-name-long", most = most),
                PlainLineError::Hidden(_) => message!("filter-name-hidden"),
            },
        )),
    }
}

/// What keeps a filter from being saved.
fn refusal(saved: FilterSaved) -> Option<Mistakes> {
    match saved {
        FilterSaved::Yes => None,
        FilterSaved::NameTaken => Some(Mistakes::one("name", message!("filter-name-taken"))),
        FilterSaved::TooMany => Some(Mistakes::one("name", message!("filter-too-many"))),
    }
}

async fn save(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let filter = Filter::read(fields.get("filter").strip_prefix('?'));
    let conditions = filter.conditions();
    if Filter::of(conditions) == Filter::default() {
        // Who may not see filters learns nothing from an empty one.
        saved_filters(staff.context(), staff.actor()).await?;
        return Ok(staff.visit.redirect(PAGE));
    }
    let (name, sharing) = match entered(fields) {
        Ok(entered) => entered,
        Err(mistakes) => return page(staff, None, &filter, fields, mistakes).await,
    };
    let saved = save_filter(staff.context(), staff.actor(), &name, sharing, &conditions).await?;
    match refusal(saved) {
        None => Ok(staff.visit.redirect(&format!("{PAGE}?done=saved"))),
        Some(mistakes) => page(staff, None, &filter, fields, mistakes).await,
    }
}

async fn page(
    staff: &StaffActor,
    done: Option<Done>,
    filter: &Filter,
    fields: &Fields,
    mistakes: Mistakes,
) -> Result<Response, ServiceError> {
    let saved = saved_filters(staff.context(), staff.actor()).await?;
    let Here { frame, .. } = Here::of(staff).await?;
    let conditions = Filter::of(filter.conditions());
    let new = (conditions != Filter::default()).then(|| New {
        query: conditions.query(None),
        chips: conditions.chips(None),
        is_search: filter.search.is_some(),
        name: fields.get("name").to_owned(),
        sharing: FilterSharing::from_code(fields.get("sharing")).unwrap_or_default(),
    });
    let at = staff.visit.path(PAGE);
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Saved {
        l: staff.visit.layout(),
        f: Frame { again: at.clone(), ..frame },
        done,
        new,
        lines: saved.into_iter().map(|saved| SavedLine::of(saved, &at)).collect(),
        mistakes,
    };
    Ok(staff.visit.page(status, &page))
}

impl SavedLine {
    fn of(saved: SavedFilterView, at: &str) -> Self {
        let filter = Filter::of(saved.filter);
        Self {
            name: saved.name.as_str().to_owned(),
            by: saved.by,
            shared: sharing_name(saved.sharing),
            chips: filter.chips(None),
            query: filter.query(None),
            change: (saved.word == FilterWord::Has).then(|| format!("{at}/{}", saved.id)),
        }
    }
}
