//! A patient list, read and checked as a whole: CSV, tab-separated text or an Excel workbook, as people make them.
//!
//! A list with anything wrong in it yields no entry at all: half an import is worse than none. Everything wrong is
//! named in one go, by row and column and never by value. What people write is taken as they mean it where only one
//! meaning is possible: full-width digits in IDs, numbers, dates and times count as half-width ones, hyphens and blanks
//! in phone numbers don't count, era dates are dates, and a phone number that Excel robbed of its leading zero gets it
//! back. Names stay as they were written.

mod cell;
mod column;
mod compare;
mod encoding;
mod entry;
pub mod era;
mod finding;
mod header;
mod reading;
mod records;
mod value;
pub mod width;
mod workbook;

pub use column::Column;
pub use compare::{Change, Existing, Registration, compare};
pub use entry::{AutomatedCall, Entry, Given};
pub use finding::{Fault, Finding, Place};

use crate::call::CallingHours;
use cell::Cell;
use header::Header;
use jiff::civil::Date;
use reading::Reading;
use records::Records;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The most that a workbook may unpack to, in bytes: about twice what a million full rows need.
pub const MAX_UNPACKED_BYTES: u64 = 1024 * 1024 * 1024;
/// The most parts of a workbook.
pub const MAX_WORKBOOK_PARTS: usize = 10_000;
/// The most rows that hold anything, the header included.
pub const MAX_ROWS: u32 = 1_000_000;
/// The most columns of a workbook that are told apart.
pub const MAX_COLUMNS: usize = 256;
/// The most findings that are gathered before reading stops.
pub const MAX_FINDINGS: usize = 10_000;
/// The most characters of a family or given name.
pub const MAX_NAME_CHARS: usize = 100;

/// Reads a patient list. `today` is the day at the health centre, `hours` are its calling hours.
///
/// # Errors
/// Everything that is wrong with the file, at most [`MAX_FINDINGS`] and one that says that there is more.
pub fn read(bytes: &[u8], today: Date, hours: CallingHours) -> Result<Vec<Entry>, Vec<Finding>> {
    let format = Format::of(bytes).map_err(|fault| vec![Finding::file(fault)])?;
    let mut reading = Reading::new(today, hours, matches!(format, Format::Text));
    let outcome = match format {
        Format::Workbook => workbook::read(bytes, &mut reading),
        Format::Text => read_text(bytes, &mut reading),
    };
    if let Err(fault) = outcome {
        reading.file(fault);
    }
    reading.finish()
}

/// Reads one patient from single values, given once each, by the rules of a list of one row. An empty value is an empty
/// cell; a column not given is one that the list doesn't have.
///
/// # Errors
/// Everything that is wrong with the values.
pub fn read_values(values: &[(Column, &str)], today: Date, hours: CallingHours) -> Result<Entry, Vec<Finding>> {
    let mut reading = Reading::new(today, hours, false);
    let header: Vec<Cell<'_>> = values.iter().map(|(column, _)| Cell::Text(column.word().into())).collect();
    let cells: Vec<Cell<'_>> = values.iter().map(|(_, text)| Cell::Text((*text).into())).collect();
    for (number, row) in [(1, header), (2, cells)] {
        if reading.row(number, &row).is_break() {
            break;
        }
    }
    reading.finish()?.pop().ok_or_else(|| vec![Finding::file(Fault::NoPatients)])
}

/// What a file is, by its first bytes: its name may lie.
enum Format {
    Text,
    Workbook,
}

impl Format {
    fn of(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_BYTES {
            Err(Fault::FileTooLarge)
        } else if bytes.iter().all(u8::is_ascii_whitespace) {
            Err(Fault::EmptyFile)
        } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
            Err(Fault::OldExcel)
        } else if bytes.starts_with(b"%PDF-") {
            Err(Fault::Pdf)
        } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            Ok(Self::Workbook)
        } else {
            Ok(Self::Text)
        }
    }
}

/// The separators of text files: a comma, a tab, or the semicolon of European spreadsheets.
const SEPARATORS: [u8; 3] = [b',', b'\t', b';'];

fn read_text(bytes: &[u8], reading: &mut Reading) -> Result<(), Fault> {
    let text = encoding::decode(bytes)?;
    if width::trim(&text).is_empty() {
        return Err(Fault::EmptyFile);
    }
    let (known, separator) = SEPARATORS
        .into_iter()
        .map(|separator| (known_columns(&text, separator), separator))
        .rev()
        .max_by_key(|&(known, _)| known)
        .unwrap_or((0, b','));
    if known == 0 {
        return Err(Fault::NoHeader);
    }
    let (mut records, mut cells) = (Records::new(&text, separator), Vec::new());
    while let Some((line, outcome)) = records.next(&mut cells) {
        let flow = match outcome {
            Ok(()) => reading.row(line, &cells),
            Err(broken) => reading.broken(line, broken.position, broken.fault),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// How many columns the first filled record names when it is parted at a separator.
fn known_columns(text: &str, separator: u8) -> usize {
    let (mut records, mut cells) = (Records::new(text, separator), Vec::new());
    while let Some((_, outcome)) = records.next(&mut cells) {
        if outcome.is_err() || !cells.iter().all(Cell::is_blank) {
            return Header::known(&cells);
        }
    }
    0
}
