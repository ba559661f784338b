//! A patient list, read and checked as a whole: CSV, tab-separated text or an Excel workbook, as people make them.
//!
//! A list with anything wrong in it yields no entry at all: half an import is worse than none. Everything wrong is
//! named in one go, by row and column and never by value. What people write is taken as they mean it where only one
//! meaning is possible: full-width digits in IDs, numbers, dates and times count as half-width ones, hyphens and blanks
//! in phone numbers don't count, era dates are dates, and a phone number that Excel robbed of its leading zero gets it
//! back. Titles may stand above the column names. Invisible characters and radicals, as chats and PDF readers paste
//! them, count as what they look like. Names stay as they were written.

mod cell;
mod column;
mod compare;
mod encoding;
mod entry;
pub mod era;
mod finding;
mod header;
mod kind;
mod letters;
mod list;
mod lookalike;
mod number_format;
mod plain_text;
mod reading;
mod records;
mod value;
pub mod width;
mod workbook;
mod zeros;

pub use column::Column;
pub use compare::{Change, Existing, Registration, compare};
pub use entry::{AutomatedCall, Entry, Given};
pub use finding::{Fault, Finding, Place};
pub use kind::FileKind;
pub use list::{Doubt, List, ListFile, SheetName, SheetRead, Warning};

use crate::domain::CallingHours;
use cell::Cell;
use jiff::civil::Date;
use reading::Reading;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The most that is unpacked of a workbook, in bytes: about what a million rows need.
pub const MAX_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
/// The most text of a cell of a workbook, in bytes.
pub const MAX_CELL_BYTES: usize = 64 * 1024;
/// The most parts of a workbook.
pub const MAX_WORKBOOK_PARTS: usize = 10_000;
/// The most rows that hold anything, the header included.
pub const MAX_ROWS: u32 = 1_000_000;
/// The most columns of a workbook that are told apart.
pub const MAX_COLUMNS: usize = 256;
/// The most text of a cell that is looked into, in bytes: far more than any value has.
pub const MAX_VALUE_BYTES: usize = 4 * 1024;
/// The filled rows among which the column names are looked for: titles and dates may stand above them.
pub const ROWS_LOOKED_THROUGH: usize = 20;
/// The most findings that are gathered before reading stops.
pub const MAX_FINDINGS: usize = 10_000;
/// The most characters of a family or given name.
pub const MAX_NAME_CHARS: usize = 100;

/// Reads a patient list. `today` is the day at the health centre, `hours` are its calling hours.
///
/// # Errors
/// Everything that is wrong with the file, at most [`MAX_FINDINGS`] and one that says that there is more.
pub fn read<'f>(file: impl Into<ListFile<'f>>, today: Date, hours: CallingHours) -> Result<List, Vec<Finding>> {
    let ListFile { bytes, sheet } = file.into();
    let workbook = is_workbook(bytes).map_err(|fault| vec![fault.into()])?;
    let mut reading = Reading::new(today, hours, !workbook);
    let outcome = match (workbook, sheet) {
        (true, wanted) => workbook::read(bytes, wanted, &mut reading).map(Some),
        (false, None) => plain_text::read(bytes, &mut reading).map(|()| None),
        (false, Some(_)) => Err(Fault::NoSheets.into()),
    };
    let sheet = outcome.unwrap_or_else(|finding| {
        reading.finding(finding);
        None
    });
    reading.finish(sheet)
}

/// Reads one patient from single values, given once each, by the rules of a list of one row. An empty value is an empty
/// cell; a column not given is one that the list doesn't have.
///
/// # Errors
/// Everything that is wrong with the values.
pub fn read_values(values: &[(Column, &str)], today: Date, hours: CallingHours) -> Result<Entry, Vec<Finding>> {
    let mut reading = Reading::new(today, hours, false);
    let header: Vec<Cell<'_>> = values.iter().map(|(column, _)| Cell::Text(column.code().into())).collect();
    let cells: Vec<Cell<'_>> = values.iter().map(|(_, text)| Cell::Text((*text).into())).collect();
    for (number, row) in [(1, header), (2, cells)] {
        if reading.row(number, &row).is_break() {
            break;
        }
    }
    reading.finish(None)?.entries.pop().ok_or_else(|| vec![Finding::file(Fault::NoPatients)])
}

/// Whether a file may be a workbook; text otherwise.
fn is_workbook(bytes: &[u8]) -> Result<bool, Fault> {
    if bytes.len() > MAX_BYTES {
        Err(Fault::FileTooLarge)
    } else if bytes.iter().all(u8::is_ascii_whitespace) {
        Err(Fault::EmptyFile)
    } else if bytes.iter().all(|byte| *byte == 0) {
        Err(Fault::Zeros)
    } else if let Some(kind) = FileKind::of(bytes) {
        Err(Fault::Kind(kind))
    } else if bytes.starts_with(b"\xef\xbb\xbfPK\x03\x04") {
        // A program that put a mark of text before everything spoilt the archive.
        Err(Fault::DamagedWorkbook)
    } else {
        Ok(bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06"))
    }
}
