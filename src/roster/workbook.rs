//! Excel workbooks. Cells are read one after the other: a workbook may claim a sheet of 17 billion cells, or unpack to
//! a thousand times its size, and neither may cost more memory than an honest one.

use super::{
    MAX_COLUMNS, MAX_UNPACKED_BYTES, MAX_WORKBOOK_PARTS, cell::Cell, finding::Fault, header::Header, reading::Reading,
};
use calamine::{CellErrorType, DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxCellReader};
use jiff::civil::{Date, DateTime, Time};
use std::{
    borrow::Cow,
    io::{Cursor, Read},
};

type Source<'b> = Cursor<&'b [u8]>;

/// Reads the first sheet whose first filled row names a column.
pub(super) fn read(bytes: &[u8], reading: &mut Reading) -> Result<(), Fault> {
    check(bytes, MAX_UNPACKED_BYTES)?;
    let mut workbook: Xlsx<Source<'_>> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Fault::DamagedWorkbook)?;
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    for name in names {
        let mut cells = workbook.worksheet_cells_reader(&name).map_err(|_| Fault::DamagedWorkbook)?;
        if read_sheet(&mut cells, reading)? {
            return Ok(());
        }
    }
    Err(Fault::NoHeader)
}

/// Unpacks every part once, to at most so many bytes, to count its real size before anything trusts the sizes that the
/// archive states.
fn check(bytes: &[u8], most: u64) -> Result<(), Fault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fault::DamagedWorkbook)?;
    if archive.len() > MAX_WORKBOOK_PARTS {
        return Err(Fault::WorkbookTooLarge);
    }
    if archive.index_for_name("[Content_Types].xml").is_none()
        || !archive.file_names().any(|name| name.is_ok_and(|name| name.ends_with("workbook.xml")))
    {
        return Err(Fault::NotAWorkbook);
    }
    let mut left = most;
    let mut buffer = vec![0; 64 * 1024];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| Fault::DamagedWorkbook)?;
        let strings = part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        let mut begin = true;
        loop {
            let length = part.read(&mut buffer).map_err(|_| Fault::DamagedWorkbook)?;
            left = left.checked_sub(length as u64).ok_or(Fault::WorkbookTooLarge)?;
            if length == 0 {
                break;
            }
            if begin && strings && overstated(buffer.get(..length).unwrap_or_default()) {
                return Err(Fault::DamagedWorkbook);
            }
            begin = false;
        }
    }
    Ok(())
}

/// Whether the table of texts claims more than a hundred million: calamine makes room for as many as are claimed.
fn overstated(begin: &[u8]) -> bool {
    const CLAIM: &[u8] = b"uniqueCount=";
    let Some(at) = begin.windows(CLAIM.len()).position(|window| window == CLAIM) else { return false };
    begin.iter().skip(at.saturating_add(CLAIM.len()).saturating_add(1)).take_while(|byte| byte.is_ascii_digit()).count()
        > 8
}

/// Reads a sheet into `reading`; gives `false`, having read nothing, when its first filled row names no column.
fn read_sheet(source: &mut XlsxCellReader<'_, Source<'_>>, reading: &mut Reading) -> Result<bool, Fault> {
    let mut cells: Vec<Cell<'_>> = Vec::new();
    let mut row = 0;
    let mut begun = false;
    loop {
        let next = source.next_cell_with_style_id().map_err(|_| Fault::DamagedWorkbook)?;
        let position = next.as_ref().map(|(cell, _)| cell.get_position());
        if position.is_none_or(|(next, _)| next != row) {
            if !begun && cells.iter().any(|cell| !cell.is_blank()) {
                if Header::known(&cells) == 0 {
                    return Ok(false);
                }
                begun = true;
            }
            if reading.row(row.saturating_add(1), &cells).is_break() {
                return Ok(true);
            }
            cells.clear();
        }
        let (Some((cell, style)), Some((next, column))) = (next, position) else { return Ok(begun) };
        if next < row {
            return Err(Fault::DamagedWorkbook);
        }
        row = next;
        let format = source.styles().get(style).and_then(|style| style.number_format.as_ref());
        let value = convert(cell, format.map_or("", |format| &format.format_code));
        // One cell beyond the last column that is looked at stands for all of them.
        let column = usize::try_from(column).unwrap_or(MAX_COLUMNS).min(MAX_COLUMNS);
        if !matches!(value, Cell::Empty) {
            while cells.len() <= column {
                cells.push(Cell::Empty);
            }
            if let Some(slot) = cells.get_mut(column) {
                *slot = value;
            }
        }
    }
}

fn convert<'a>(cell: calamine::Cell<DataRef<'a>>, format: &str) -> Cell<'a> {
    match cell.get_value() {
        DataRef::Empty => Cell::Empty,
        DataRef::SharedString(text) => Cell::Text(Cow::Borrowed(text)),
        DataRef::String(text) => Cell::Text(Cow::Owned(text.clone())),
        DataRef::Bool(truth) => Cell::Truth(*truth),
        DataRef::Int(number) => u64::try_from(*number).map_or(Cell::Odd, |number| whole(number, format)),
        DataRef::Float(number) => exact(*number).map_or(Cell::Odd, |number| whole(number, format)),
        DataRef::DateTime(moment) => moment_of(*moment),
        DataRef::DateTimeIso(text) => iso(text),
        DataRef::DurationIso(_) => Cell::Odd,
        DataRef::Error(CellErrorType::GettingData) => Cell::Empty,
        DataRef::Error(_) => Cell::Error,
    }
}

/// The largest whole number that a spreadsheet keeps exactly: 15 digits.
const MAX_EXACT: f64 = 999_999_999_999_999.0;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and in range")]
fn exact(number: f64) -> Option<u64> {
    ((0.0..=MAX_EXACT).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}

/// A number, with the zeros that a format of zeros alone shows in front of it.
fn whole<'a>(number: u64, format: &str) -> Cell<'a> {
    let zeros = !format.is_empty() && format.len() <= 15 && format.bytes().all(|byte| byte == b'0');
    Cell::Whole { number, shown: if zeros { format.len() } else { 0 } }
}

/// A date cell is a count of days with a fraction for the time; a count below one is a time of day alone.
fn moment_of<'a>(moment: ExcelDateTime) -> Cell<'a> {
    const DAYS: std::ops::Range<f64> = 1.0..2_958_466.0;
    const MINUTES_A_DAY: f64 = 24.0 * 60.0;
    let serial = moment.as_f64();
    if (0.0..1.0).contains(&serial) {
        let minutes = serial * MINUTES_A_DAY;
        let close = (minutes - minutes.round()).abs() < 0.001;
        let minutes = exact(minutes.round()).filter(|_| close).and_then(|minutes| i16::try_from(minutes).ok());
        let time = minutes.and_then(|minutes| {
            Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()
        });
        return time.map_or(Cell::Odd, Cell::Time);
    }
    if moment.is_duration() || !DAYS.contains(&serial) || serial.fract() != 0.0 {
        return Cell::Odd;
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    let date = i16::try_from(year).ok().zip(i8::try_from(month).ok().zip(i8::try_from(day).ok()));
    date.and_then(|(year, (month, day))| Date::new(year, month, day).ok()).map_or(Cell::Odd, Cell::Date)
}

fn iso<'a>(text: &str) -> Cell<'a> {
    match text.parse::<DateTime>() {
        Ok(moment) if moment.time() == Time::midnight() => Cell::Date(moment.date()),
        _ => Cell::Odd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_real_size_is_counted_whatever_the_archive_states() -> Result<(), Box<dyn std::error::Error>> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["[Content_Types].xml", "xl/workbook.xml"] {
            archive.start_file(name, zip::write::SimpleFileOptions::default())?;
            archive.write_all(&[b' '; 5000])?;
        }
        let bytes = archive.finish()?.into_inner();
        assert!(bytes.len() < 1000);
        assert_eq!(check(&bytes, 10_000), Ok(()));
        assert_eq!(check(&bytes, 9_999), Err(Fault::WorkbookTooLarge));
        Ok(())
    }
}
