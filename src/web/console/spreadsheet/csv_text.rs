//! CSV in UTF-8 with a byte-order mark, by which Excel recognises it.

use std::io;

use crate::service::guarded;

/// A text that is being written.
pub(in crate::web::console) struct CsvText(csv::Writer<Vec<u8>>);

impl CsvText {
    pub(super) fn begin() -> Self {
        let marked = "\u{feff}".as_bytes().to_vec();
        Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(marked))
    }

    pub(super) fn row<S: AsRef<str>>(&mut self, cells: &[S]) -> io::Result<()> {
        let cells: Vec<_> = cells.iter().map(|cell| guarded(cell.as_ref())).collect();
        Ok(self.0.write_record(cells.iter().map(|cell| cell.as_bytes()))?)
    }

    pub(super) fn take(&mut self) -> io::Result<Vec<u8>> {
        self.0.flush()?;
        let empty = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(Vec::new());
        let written = std::mem::replace(&mut self.0, empty);
        written.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}
