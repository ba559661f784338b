//! Reads and checks a patient list as a whole: CSV, tab-separated text or an Excel workbook, as people make them.
//!
//! A list with any problem yields no entries: half an import is worse than none. All problems are reported together,
//! by row and column and never by value. Notations with only one possible meaning are accepted. Full-width digits in
//! IDs, numbers, dates and times count as half-width ones. Hyphens and blanks in phone numbers are ignored. Era dates
//! are dates. A phone number that lost its leading zero in Excel gets it back. Titles may precede the column names.
//! Invisible characters and radicals, as pasted by chats and PDF readers, count as what they look like. Names are
//! kept as written.

mod cell;
mod column;
mod compare;
mod encoding;
mod entry;
mod finding;
mod guard;
mod header;
mod kind;
mod letters;
mod list;
mod number_format;
mod plain_text;
mod reading;
mod records;
mod sifted;
mod value;
mod workbook;
mod zeros;

pub use column::{Column, NEXT_CALL, STANDING, WHY_NOT};
pub use compare::{Change, Existing, Registration, compare};
pub use entry::{AutomatedCall, Entry, Given};
pub use finding::{Fault, Finding, Place};
pub use guard::guarded;
pub use kind::FileKind;
pub use letters::Letters;
pub use list::{Doubt, List, ListFile, SheetName, SheetRead, Warning};
pub use sifted::{RefusedRow, Sifted, written};

use crate::domain::CallingHours;
use cell::Cell;
use jiff::civil::Date;
use reading::Reading;

/// The maximum size of a file, in bytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The maximum unpacked size of a workbook, in bytes: about what a million rows need.
pub const MAX_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
/// The longest text of a workbook's cell, in bytes.
pub const MAX_CELL_BYTES: usize = 64 * 1024;
/// The longest line of a text file, in bytes: far more than any row has. It is looked for before anything is read, so
/// that a file without line ends, such as a picture or a dump, is refused at once.
pub const MAX_LINE_BYTES: usize = 1024 * 1024;
/// The maximum number of parts in a workbook.
pub const MAX_WORKBOOK_PARTS: usize = 10_000;
/// The maximum number of filled rows, including the header.
pub const MAX_ROWS: u32 = 1_000_000;
/// The maximum number of distinct columns in a workbook.
pub const MAX_COLUMNS: usize = 256;
/// The longest text of a cell that is read, in bytes: far more than any value has.
pub const MAX_VALUE_BYTES: usize = 4 * 1024;
/// The number of filled rows that are searched for the column names. Titles and dates may precede them.
pub const ROWS_LOOKED_THROUGH: usize = 20;
/// The number of findings after which reading stops.
pub const MAX_FINDINGS: usize = 10_000;
/// The most characters of a family or given name.
pub const MAX_NAME_CHARS: usize = 100;

/// Reads a patient list. `today` is the current date at the health centre, and `hours` are its calling hours.
///
/// # Errors
///
/// Returns all problems of the file: at most [`MAX_FINDINGS`], and one that says that there are more.
pub fn read<'f>(file: impl Into<ListFile<'f>>, today: Date, hours: CallingHours) -> Result<List, Vec<Finding>> {
    let (reading, sheet) = read_rows(file.into(), |reading| reading, today, hours)?;
    reading.finish(sheet)
}

/// Reads a patient list as far as its rows are right. The faulty rows are set aside, each with what is wrong with it.
/// `today` and `hours` are as in [`read`].
///
/// # Errors
///
/// Returns what is wrong with the file as a whole: then no row of it can be trusted.
pub fn sift<'f>(file: impl Into<ListFile<'f>>, today: Date, hours: CallingHours) -> Result<Sifted, Vec<Finding>> {
    let (reading, sheet) = read_rows(file.into(), Reading::keeping, today, hours)?;
    reading.sift(sheet)
}

fn read_rows(
    ListFile { bytes, sheet }: ListFile<'_>,
    kind: fn(Reading) -> Reading,
    today: Date,
    hours: CallingHours,
) -> Result<(Reading, Option<SheetRead>), Vec<Finding>> {
    let workbook = is_workbook(bytes).map_err(|fault| vec![fault.into()])?;
    let mut reading = kind(Reading::new(today, hours, !workbook));
    let outcome = match (workbook, sheet) {
        (true, wanted) => workbook::read(bytes, wanted, &mut reading).map(Some),
        (false, None) => plain_text::read(bytes, &mut reading).map(|()| None),
        (false, Some(_)) => Err(Fault::NoSheets.into()),
    };
    let sheet = outcome.unwrap_or_else(|finding| {
        reading.finding(finding);
        None
    });
    Ok((reading, sheet))
}

/// Reads one patient from single values, each given once, by the rules of a list of one row. An empty value is an
/// empty cell, and a column that isn't given is missing in the list.
///
/// # Errors
///
/// Returns all problems of the values.
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

/// Returns `true` if the file may be a workbook, `false` for text.
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
        // The archive was damaged by a program that put a byte-order mark before it.
        Err(Fault::DamagedWorkbook)
    } else {
        Ok(bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06"))
    }
}
