//! Chooses the columns of the list, for the reader's account.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::words;
use crate::domain::{ListColumn, ListColumns};
use crate::service::{Column, ServiceError, choose_columns, chosen_columns};
use crate::translations::{Message, message};
use crate::web::console::form::Submitted;
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::staff::StaffActor;

/// The page.
const PAGE: &str = "/patients/columns";
/// The field of a ticked column. The brackets say that there may be several.
const CHOSEN: &str = "column[]";

#[derive(Template)]
#[template(path = "console/filters/columns.html", config = "src/web/askama.toml")]
struct Columns {
    l: Layout,
    f: Frame,
    choices: Vec<Choice>,
}

struct Choice {
    code: &'static str,
    name: Message,
    is_chosen: bool,
}

/// The name of a column.
fn name_of(column: ListColumn) -> Message {
    match column {
        ListColumn::HersysId => words::column_name(Column::HersysId),
        ListColumn::BirthDate => words::column_name(Column::BirthDate),
        ListColumn::PhoneNumber => words::column_name(Column::PhoneNumber),
        ListColumn::Language => words::column_name(Column::Language),
        ListColumn::CallTimes => words::column_name(Column::CallTimes),
        ListColumn::MonitoringStart => words::column_name(Column::MonitoringStart),
        ListColumn::State => message!("patient-state"),
        ListColumn::Today => message!("patient-today"),
        ListColumn::BodyTemperature => message!("console-item-body-temperature"),
        ListColumn::Spo2 => message!("patient-value", value = "SpO2"),
        ListColumn::Severity => message!("console-severity"),
    }
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = async {
        let chosen = chosen_columns(staff.context(), staff.actor()).await?;
        let Here { frame, .. } = Here::of(&staff).await?;
        let choice =
            |column: ListColumn| Choice { code: column.code(), name: name_of(column), is_chosen: chosen.has(column) };
        let choices = ListColumn::ALL.into_iter().map(choice).collect();
        let page = Columns { l: staff.visit.layout(), f: frame, choices };
        Ok(staff.visit.page(StatusCode::OK, &page))
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    let (staff, fields) = match StaffActor::of(form, PAGE) {
        Ok(sent) => sent,
        Err(answer) => return *answer,
    };
    let is_ticked = |column: ListColumn| fields.0.iter().any(|(name, code)| name == CHOSEN && code == column.code());
    let columns = if fields.get("usual").is_empty() { ListColumns::of(is_ticked) } else { ListColumns::default() };
    let chosen: Result<(), ServiceError> = choose_columns(staff.context(), staff.actor(), &columns).await;
    staff.visit.answer(chosen.map(|()| staff.visit.redirect("/patients")))
}
