//! The columns that a list may have, each with an example, and a file with their names to fill in.

use axum::extract::Path;
use axum::response::Response;

use crate::domain::Language;
use crate::service::{Column, ServiceError, list_uploads};
use crate::web::console::missing;
use crate::web::console::spreadsheet::{Format, Rows};
use crate::web::console::staff::StaffActor;

/// A column that is understood.
pub(super) struct Understood {
    /// The name as a list has it: in the reader's language, and in the other one.
    pub(super) written: [&'static str; 2],
    /// Whether nobody can be registered without it.
    pub(super) is_needed: bool,
    pub(super) example: &'static str,
}

/// All columns, in the order of the file.
pub(super) fn understood(language: Language) -> Vec<Understood> {
    let column = |column: Column| Understood {
        written: match language {
            Language::English => [column.code(), column.japanese()],
            _ => [column.japanese(), column.code()],
        },
        is_needed: Column::REQUIRED.contains(&column),
        example: example(column),
    };
    Column::ALL.into_iter().map(column).collect()
}

/// A value as a list may have it, of somebody made up.
const fn example(column: Column) -> &'static str {
    match column {
        Column::HersysId => "01234567",
        Column::BirthDate => "昭和23年4月12日",
        Column::FamilyName => "見本",
        Column::GivenName => "花子",
        Column::PhoneNumber => "090-1234-5678",
        Column::AutomatedCall => "はい",
        Column::CallTimes => "9:30;17:00",
        Column::Language => "日本語",
        Column::DiagnosisDate => "2026-11-22",
        Column::MonitoringStart => "2026/11/23",
        Column::Oximeter => "あり",
    }
}

/// A file with the names of the columns alone: an example in it would be imported.
pub(super) async fn handler(staff: StaffActor, Path(format): Path<String>) -> Response {
    let Some(format) = Format::read(&format) else { return missing::page(&staff.visit) };
    // The permission to import is enough to have it.
    let may = list_uploads(staff.context(), staff.actor()).await;
    let header = understood(staff.visit.language).into_iter().map(|column| column.written[0].to_owned());
    let header: Vec<String> = header.collect();
    staff.visit.answer(may.map(|_| format.answer("kenkocall-template", &header, NoRows)))
}

/// No rows.
struct NoRows;

impl Rows for NoRows {
    async fn next(&mut self) -> Result<Vec<Vec<String>>, ServiceError> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CallingHours;
    use crate::patient_import;

    #[test]
    fn the_examples_are_read_as_they_are_shown() {
        for language in [Language::Japanese, Language::English] {
            let columns = understood(language);
            let names: Vec<&str> = columns.iter().map(|column| column.written[0]).collect();
            let cells: Vec<&str> = columns.iter().map(|column| column.example).collect();
            let list = format!("{}\n{}\n", names.join(","), cells.join(","));
            let today = jiff::civil::date(2026, 11, 30);
            let read = patient_import::read(list.as_bytes(), today, CallingHours::default()).unwrap();
            assert_eq!((read.entries.len(), read.warnings.len()), (1, 0));
        }
    }
}
