//! Exports the list as it is filtered: all who match.

use std::sync::Arc;

use axum::extract::{Path, RawQuery};
use axum::response::Response;

use super::filter::Filter;
use super::{query_of, searched, words};
use crate::domain::Language;
use crate::service::{
    Column, Context, ExportedPatient, NEXT_CALL, PatientExport, STANDING, ServiceError, export_patients,
};
use crate::web::console::missing;
use crate::web::console::spreadsheet::{Format, Rows};
use crate::web::console::staff::StaffActor;

pub(super) async fn handler(staff: StaffActor, Path(format): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Some(format) = Format::read(&format) else { return missing::page(&staff.visit) };
    let filter = Filter { after: None, ..Filter::read(query.as_deref()) };
    let text = searched(&staff, &filter);
    let asked = query_of(&filter, text.as_deref());
    // Without what was searched for, the file would have everybody.
    if filter.search.is_some() && text.is_none() {
        return staff.visit.redirect(&format!("/patients{}", filter.query(None)));
    }
    let context = Arc::clone(&staff.visit.console.context);
    let language = staff.visit.language;
    let sent = export_patients(context, staff.actor(), &asked).await.map(|export| {
        let column = |column: Column| if language == Language::English { column.code() } else { column.japanese() };
        let of_people =
            |[english, japanese]: [&'static str; 2]| if language == Language::English { english } else { japanese };
        let header = Column::ALL.into_iter().map(column).chain([of_people(STANDING), of_people(NEXT_CALL)]);
        let header: Vec<String> = header.map(str::to_owned).collect();
        format.answer("kenkocall-patients", &header, Exported { export, language })
    });
    staff.visit.answer(sent)
}

/// The rows of an export.
struct Exported {
    export: PatientExport<Arc<Context>>,
    language: Language,
}

impl Rows for Exported {
    async fn next(&mut self) -> Result<Vec<Vec<String>>, ServiceError> {
        let people = self.export.next().await?;
        Ok(people.into_iter().map(|exported| self.cells(exported)).collect())
    }
}

impl Exported {
    fn cells(&self, exported: ExportedPatient) -> Vec<String> {
        let ExportedPatient { patient, mut cells, next_call } = exported;
        cells.push(words::state_name(&patient).text(self.language));
        cells.push(next_call);
        cells
    }
}
