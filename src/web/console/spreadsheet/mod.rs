//! Spreadsheets that are written row by row and sent while they are written, so that memory use stays constant. They
//! hold texts alone: no formulas, and nothing that a spreadsheet would take for one.

mod csv_text;
mod workbook;

use std::io;

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::try_unfold;

use self::csv_text::CsvText;
use self::workbook::Workbook;
use crate::service::ServiceError;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Text, for other programs. Excel drops leading zeros when it opens it.
    Csv,
    /// A workbook of Excel, whose cells are texts.
    Xlsx,
}

impl Format {
    /// Reads the ending of a file's name.
    pub(super) fn read(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The answer that sends a file, which browsers save under this name.
    pub(super) fn answer(self, name: &str, header: &[String], rows: impl Rows) -> Response {
        let begun = Sending { rows, sheet: Spreadsheet::begin(self, header).map(Some) };
        let parts = try_unfold(begun, async |mut sending| {
            let part = sending.next().await?;
            Ok::<_, io::Error>(part.map(|part| (part, sending)))
        });
        let mut response = Body::from_stream(parts).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type()));
        let disposition = format!("attachment; filename=\"{name}.{}\"", self.ending());
        if let Ok(disposition) = HeaderValue::from_str(&disposition) {
            headers.insert(CONTENT_DISPOSITION, disposition);
        }
        response
    }
}

/// The rows of a file, some at a time.
pub(super) trait Rows: Send + 'static {
    /// The next rows. Empty at the end.
    fn next(&mut self) -> impl Future<Output = Result<Vec<Vec<String>>, ServiceError>> + Send;
}

/// A file that is being sent.
struct Sending<R> {
    rows: R,
    /// `None` once it has ended.
    sheet: io::Result<Option<Spreadsheet>>,
}

impl<R: Rows> Sending<R> {
    async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(mut sheet) = std::mem::replace(&mut self.sheet, Ok(None))? else { return Ok(None) };
        let rows = self.rows.next().await.map_err(|error| io::Error::other(error.code()))?;
        if rows.is_empty() {
            return sheet.end().map(Some);
        }
        for row in &rows {
            sheet.row(row)?;
        }
        let part = sheet.take()?;
        self.sheet = Ok(Some(sheet));
        Ok(Some(part))
    }
}

/// A spreadsheet that is being written.
enum Spreadsheet {
    Csv(Box<CsvText>),
    Xlsx(Box<Workbook>),
}

impl Spreadsheet {
    /// Begins a file with its column names.
    fn begin<S: AsRef<str>>(format: Format, header: &[S]) -> io::Result<Self> {
        let mut sheet = match format {
            Format::Csv => Self::Csv(Box::new(CsvText::begin())),
            Format::Xlsx => Self::Xlsx(Box::new(Workbook::begin(header.len())?)),
        };
        sheet.row(header)?;
        Ok(sheet)
    }

    /// Writes a row.
    fn row<S: AsRef<str>>(&mut self, cells: &[S]) -> io::Result<()> {
        match self {
            Self::Csv(text) => text.row(cells),
            Self::Xlsx(workbook) => workbook.row(cells),
        }
    }

    /// Takes the bytes that were written since the last time.
    fn take(&mut self) -> io::Result<Vec<u8>> {
        match self {
            Self::Csv(text) => text.take(),
            Self::Xlsx(workbook) => Ok(workbook.take()),
        }
    }

    /// Ends the file, and takes the last bytes.
    fn end(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Csv(mut text) => text.take(),
            Self::Xlsx(workbook) => workbook.end(),
        }
    }
}
