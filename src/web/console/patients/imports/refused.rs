//! The faulty rows of a list as a file: its columns, and why each row wasn't imported. Once mended, it is imported
//! again as it is.

use axum::extract::Path;
use axum::response::Response;

use super::id_of;
use crate::domain::Language;
use crate::service::{ListedRow, RefusedRows, ServiceError, WHY_NOT, refused_rows};
use crate::web::console::missing;
use crate::web::console::spreadsheet::{Format, Rows};
use crate::web::console::staff::StaffActor;

pub(super) async fn handler(staff: StaffActor, Path((upload, format)): Path<(String, String)>) -> Response {
    let Some(format) = Format::read(&format) else { return missing::page(&staff.visit) };
    let sent = async {
        let rows = refused_rows(staff.context(), staff.actor(), id_of(&upload)?).await?.found;
        Ok::<_, ServiceError>(send(rows, format, staff.visit.language))
    };
    let sent = sent.await;
    staff.visit.answer(sent)
}

/// The rows, as people mend them.
struct RowsToMend {
    rows: RefusedRows,
    language: Language,
}

fn send(rows: RefusedRows, format: Format, language: Language) -> Response {
    let [english, japanese] = WHY_NOT;
    let why = if language == Language::English { english } else { japanese };
    let mut header: Vec<String> = vec![why.to_owned()];
    header.extend(rows.header.iter().filter(|name| !WHY_NOT.contains(&name.trim())).cloned());
    format.answer("kenkocall-rows-to-mend", &header, RowsToMend { rows, language })
}

impl Rows for RowsToMend {
    async fn next(&mut self) -> Result<Vec<Vec<String>>, ServiceError> {
        let rows = self.rows.next().await?;
        Ok(rows.iter().map(|row| self.cells(row)).collect())
    }
}

impl RowsToMend {
    fn cells(&self, row: &ListedRow) -> Vec<String> {
        let nth = usize::from(self.language == Language::English);
        let colon = if self.language == Language::English { ": " } else { ":" };
        let why = row.faults.iter().map(|fault| {
            let said = fault.said.get(nth).cloned().unwrap_or_default();
            fault.column.as_ref().map_or_else(|| said.clone(), |column| format!("{column}{colon}{said}"))
        });
        let mut cells = vec![why.collect::<Vec<_>>().join(" / ")];
        for (nth, name) in self.rows.header.iter().enumerate() {
            if !WHY_NOT.contains(&name.trim()) {
                cells.push(row.cells.get(nth).cloned().unwrap_or_default());
            }
        }
        cells
    }
}
