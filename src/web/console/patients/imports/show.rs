//! An uploaded list: what the dry run shows, how the import goes, and what came of it.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{Timestamp, ZonedDateTime};

use super::states::{fate_name, grouped, state_name};
use super::{PAGE, id_of};
use crate::domain::{Language, RowFate, UploadId, UploadState, escaped};
use crate::service::list_words::doubt_words;
use crate::service::{
    AlikeRow, CallEffects, Column, Doubt, ListedRow, Noted, ServiceError, UploadDetails, UploadView, show_upload,
};
use crate::translations::{Message, message};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::patients::effect::called_today;
use crate::web::console::patients::fields::shown_value;
use crate::web::console::patients::words::column_name;
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

/// What was decided before this page, and came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// Nothing was decided.
    Nothing,
    /// The same was decided before.
    Before,
    /// The dry run shows something else by now.
    Changed,
}

#[derive(Template)]
#[template(path = "console/imports/upload.html", config = "src/web/askama.toml")]
struct Shown {
    l: Layout,
    f: Frame,
    not_noted: bool,
    at: String,
    came: Came,
    upload: UploadView,
    details: UploadDetails,
    uploaded: String,
    changed: String,
    size: String,
    tabs: Vec<Tab>,
    fate: RowFate,
    rows: Vec<Row>,
    more: Option<String>,
    before: Option<String>,
    warnings: Vec<Warned>,
    alike: Vec<AlikeLine>,
}

/// A row of somebody who may be registered already.
struct AlikeLine {
    row: u32,
    name: String,
    hersys_id: String,
    path: String,
}

/// The rows with one fate.
struct Tab {
    fate: RowFate,
    name: Message,
    count: String,
    path: String,
}

/// A row of the dry run.
struct Row {
    number: u32,
    hersys_id: String,
    name: String,
    path: Option<String>,
    changes: Vec<Difference>,
    faults: Vec<Faulty>,
    first_call: Option<String>,
}

struct Difference {
    name: Message,
    before: Message,
    after: Message,
}

struct Faulty {
    column: Option<String>,
    written: Option<String>,
    said: String,
}

/// What may be wrong with rows.
struct Warned {
    row: u32,
    said: Message,
}

impl Shown {
    fn state(&self) -> Message {
        state_name(self.upload.state)
    }

    fn is(&self, state: &str) -> bool {
        self.upload.state.code() == state
    }

    /// Whether something can be imported.
    fn writes(&self) -> i64 {
        self.upload.counts.new.saturating_add(self.upload.counts.changed)
    }

    fn writes_words(&self) -> String {
        grouped(self.writes())
    }

    fn all(&self) -> String {
        let counts = &self.upload.counts;
        grouped([counts.new, counts.changed, counts.same, counts.refused].into_iter().fold(0_i64, i64::saturating_add))
    }

    fn refused(&self) -> String {
        grouped(self.upload.counts.refused)
    }

    fn has_refused(&self) -> bool {
        self.upload.counts.refused > 0
    }

    fn import_label(&self) -> Message {
        message!("upload-import-rows", count = self.writes_words())
    }

    fn summary(&self) -> Message {
        match (self.has_refused(), self.writes()) {
            (true, _) => message!("upload-summary-faulty", all = self.all(), refused = self.refused()),
            (false, 0) => message!("upload-summary-same", all = self.all()),
            (false, _) => message!("upload-summary", all = self.all()),
        }
    }

    fn can_import(&self) -> Message {
        message!("upload-can-import", count = self.writes_words())
    }

    fn result(&self) -> Message {
        let counts = &self.upload.counts;
        message!("upload-result", new = grouped(counts.new), changed = grouped(counts.changed))
    }

    fn progress(&self) -> Message {
        let (done, all) = self.upload.steps;
        message!("upload-progress", done = grouped(done), all = grouped(all))
    }

    fn effect(&self, fate: &RowFate) -> Message {
        let CallEffects { from_today, from_later, not_called, cancelled, ended, .. } = self.details.effects;
        match fate {
            RowFate::New => message!(
                "upload-effect-new",
                today = grouped(from_today),
                later = grouped(from_later),
                none = grouped(not_called)
            ),
            RowFate::Changed if cancelled == 0 && ended == 0 => message!("upload-effect-changed-none"),
            RowFate::Changed => {
                message!("upload-effect-changed", cancelled = grouped(cancelled), ended = grouped(ended))
            }
            RowFate::Same => message!("upload-effect-same"),
            RowFate::Refused => message!("upload-effect-refused"),
        }
    }

    /// What else happens to calls, and whom a new time calls once more today.
    fn more_effects(&self, fate: &RowFate) -> Vec<Message> {
        let CallEffects { talking, said_goodbye, called_again, not_called_again, .. } = self.details.effects;
        if *fate != RowFate::Changed {
            return Vec::new();
        }
        let on_the_phone = (talking > 0).then(|| message!("effect-on-the-phone", count = grouped(talking)));
        let goodbye = (said_goodbye > 0).then(|| message!("effect-goodbye", count = grouped(said_goodbye)));
        let called = called_today(called_again, not_called_again);
        on_the_phone.into_iter().chain(goodbye).chain(called).collect()
    }

    fn refused_words(&self, said: &[String; 2]) -> String {
        words_of(said, self.l.tag())
    }

    fn column_words(&self, code: &str) -> Option<Message> {
        Column::ALL.into_iter().find(|column| column.code() == code).map(column_name)
    }

    fn is_fate(&self, fate: &RowFate) -> bool {
        self.fate == *fate
    }

    fn hidden_words(&self) -> Message {
        message!("upload-hidden-rows", count = u64::from(self.details.hidden_rows))
    }

    fn is_hidden(&self, row: &Row) -> bool {
        self.details.hidden_numbers.contains(&row.number)
    }

    /// The list of those whom it has added.
    fn added(&self) -> String {
        self.l.at(&format!("/patients?status=all&list={}", self.upload.id))
    }

    fn above_words(&self) -> Message {
        let rows: Vec<String> = self.details.above.iter().map(u32::to_string).collect();
        message!("upload-rows-above", rows = rows.join(", "))
    }
}

fn words_of(said: &[String; 2], tag: &str) -> String {
    let [japanese, english] = said;
    if tag == Language::English.tag() { english.clone() } else { japanese.clone() }
}

pub(super) async fn handler(staff: StaffActor, Path(upload): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async { show(&staff, id_of(&upload)?, query.as_deref()).await };
    let shown = shown.await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, id: UploadId, query: Option<&str>) -> Result<Response, ServiceError> {
    let asked = RowFate::from_code(&query_value(query, "fate"));
    let nth: u32 = query_value(query, "page").parse().unwrap_or(0);
    let viewed = show_upload(staff.context(), staff.actor(), id, asked, nth).await?;
    let fate = viewed.found.fate;
    let not_noted = matches!(viewed.noted, Noted::No(_));
    let Here { now, frame, .. } = Here::of(staff).await?;
    let at = staff.visit.path(&format!("{PAGE}/{id}"));
    let upload = viewed.found.upload;
    let count = usize::try_from(upload.counts.of(fate)).unwrap_or(0);
    let page_path = |nth: u32| format!("{at}?fate={}&page={nth}#rows", fate.code());
    let is_last = (nth as usize).saturating_add(1).saturating_mul(viewed.found.page_rows) >= count;
    let rows = viewed.found.rows.iter().map(|row| Row::of(row, staff, &now)).collect();
    let mut details = upload.details.clone().unwrap_or_default();
    for column in &mut details.columns {
        column.name = escaped(&column.name).into_owned();
    }
    let came = match &*query_value(query, "done") {
        "before" => Came::Before,
        "changed" => Came::Changed,
        _ => Came::Nothing,
    };
    let page = Shown {
        l: staff.visit.layout(),
        f: Frame { again: at.clone(), ..frame },
        not_noted,
        came,
        uploaded: times::clock_time(upload.uploaded_at, &now),
        changed: times::clock_time(upload.changed_at, &now),
        size: size_words(upload.bytes),
        tabs: RowFate::ALL.into_iter().map(|of| Tab::of(of, &upload, &at)).collect(),
        fate,
        rows,
        more: (!is_last).then(|| page_path(nth.saturating_add(1))),
        before: (nth > 0).then(|| page_path(nth.saturating_sub(1))),
        warnings: warnings_of(&details),
        alike: if upload.state == UploadState::Read { alike_of(&details, staff) } else { Vec::new() },
        details,
        upload,
        at,
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

fn size_words(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes.div_ceil(1_024)),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

fn warnings_of(details: &UploadDetails) -> Vec<Warned> {
    let doubts = [Doubt::BareNumber, Doubt::ListedWithOtherZeros, Doubt::RegisteredWithOtherZeros, Doubt::StruckOut];
    let warned = details.warnings.iter().filter_map(|warning| {
        let doubt = doubts.into_iter().find(|doubt| doubt.code() == warning.doubt)?;
        Some(Warned { row: warning.row, said: doubt_words(doubt) })
    });
    warned.collect()
}

fn alike_of(details: &UploadDetails, staff: &StaffActor) -> Vec<AlikeLine> {
    let line = |alike: &AlikeRow| AlikeLine {
        row: alike.row,
        name: alike.name.clone(),
        hersys_id: alike.hersys_id.clone(),
        path: staff.visit.path(&format!("/patients/{}", alike.patient)),
    };
    details.alike.iter().map(line).collect()
}

impl Tab {
    fn of(fate: RowFate, upload: &UploadView, at: &str) -> Self {
        Self {
            fate,
            name: fate_name(fate),
            count: grouped(upload.counts.of(fate)),
            path: format!("{at}?fate={}#rows", fate.code()),
        }
    }
}

impl Row {
    fn of(row: &ListedRow, staff: &StaffActor, now: &ZonedDateTime) -> Self {
        let tag = staff.visit.language.tag();
        let differences = row.changes.iter().filter_map(|change| {
            let column = Column::ALL.into_iter().find(|column| column.code() == change.column)?;
            let shown = |value: &str| shown_value(column, value);
            let (before, after) = (shown(&change.before), shown(&change.after));
            Some(Difference { name: column_name(column), before, after })
        });
        let faults = row.faults.iter().map(|fault| Faulty {
            // What hides in a cell is made visible.
            column: fault.column.as_deref().map(|name| escaped(name).into_owned()),
            written: fault.written.as_deref().map(|written| escaped(written).into_owned()),
            said: words_of(&fault.said, tag),
        });
        let first_call = row.first_call.and_then(|at| Timestamp::from_millisecond(at).ok());
        Self {
            number: row.row,
            hersys_id: row.hersys_id.clone(),
            name: row.name.clone(),
            path: row.patient.map(|patient| staff.visit.path(&format!("/patients/{patient}"))),
            changes: differences.collect(),
            faults: faults.collect(),
            first_call: first_call.map(|at| times::clock_time(at, now)),
        }
    }
}

impl Tab {
    fn is_open(&self, upload: &UploadView) -> bool {
        upload.state != UploadState::Imported || self.fate == RowFate::Refused
    }
}
