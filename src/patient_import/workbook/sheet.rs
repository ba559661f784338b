//! The rows of a sheet, in order. A sheet may claim 17 billion cells and have four. Only the cells in the file are
//! read, and only the distinct columns of each row.

use super::super::number_format::Kind;
use super::super::{
    MAX_COLUMNS,
    cell::Cell,
    finding::{Fault, Finding, Place},
};
use super::moment::{self, Epoch};
use super::strings::Strings;
use super::styles::Styles;
use super::text::{Excess, Text, Whole, unescaped};
use super::xml::{Budget, Xml, attribute, truth};
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::io::BufRead;
use std::ops::RangeInclusive;

/// The maximum row and column numbers of a sheet.
const LAST_ROW: u32 = 1_048_576;
const LAST_COLUMN: u32 = 16_384;

/// The data that all sheets of a workbook share.
pub(super) struct Shared {
    pub strings: Strings,
    pub styles: Styles,
    pub epoch: Epoch,
    /// `true` if the program that wrote the workbook left the formulas to Excel to calculate.
    pub unworked: bool,
}

/// A sheet that is being read.
pub(super) struct Sheet<'s, R> {
    xml: Xml<R>,
    shared: &'s Shared,
    row: u32,
    /// Rows without a height are hidden.
    rows_hidden: bool,
    hidden_columns: Vec<RangeInclusive<u32>>,
    text: Text,
}

/// A row with cells.
pub(super) struct RowHead {
    /// The row number, as in the spreadsheet.
    pub number: u32,
    pub hidden: bool,
    /// `true` if it contains struck-out text.
    pub struck_out: bool,
}

/// The attributes of a cell.
struct CellHead {
    column: u32,
    style: usize,
    kind: CellKind,
}

#[derive(Clone, Copy, PartialEq)]
enum CellKind {
    Number,
    Shared,
    Inline,
    FormulaText,
    Truth,
    Error,
    Iso,
}

impl<'s, R: BufRead + Budget> Sheet<'s, R> {
    pub fn new(xml: Xml<R>, shared: &'s Shared) -> Self {
        Self { xml, shared, row: 0, rows_hidden: false, hidden_columns: Vec::new(), text: Text::new(Excess::Refused) }
    }

    /// Returns `true` if the column at a position, counted from 0, is hidden.
    pub fn is_column_hidden(&self, position: usize) -> bool {
        let number = u32::try_from(position).unwrap_or(u32::MAX).saturating_add(1);
        self.hidden_columns.iter().any(|range| range.contains(&number))
    }

    /// Reads the next row with cells. Returns `None` at the end of the sheet.
    pub fn next(&mut self, cells: &mut Vec<Cell<'s>>) -> Result<Option<RowHead>, Finding> {
        cells.clear();
        loop {
            let Some(event) = self.xml.next()? else { return Ok(None) };
            match event {
                Event::Start(tag) if tag.local_name().as_ref() == "row" => {
                    let mut head = row_head(&tag, self.row, self.rows_hidden)?;
                    self.row = head.number;
                    head.struck_out = self.cells(cells).map_err(|fault| match fault {
                        Fault::CellTooLong => Finding { place: Place::Row(head.number), fault },
                        fault => fault.into(),
                    })?;
                    return Ok(Some(head));
                }
                Event::Empty(tag) if tag.local_name().as_ref() == "row" => {
                    self.row = row_head(&tag, self.row, self.rows_hidden)?.number;
                }
                Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                    "sheetFormatPr" => {
                        self.rows_hidden = attribute(&tag, "zeroHeight")?.is_some_and(|value| truth(&value));
                    }
                    "col" => {
                        let range = hidden_range(&tag)?;
                        if self.hidden_columns.len() < MAX_COLUMNS {
                            self.hidden_columns.extend(range);
                        }
                    }
                    _ => {}
                },
                // There are no cells after the rows, and comments on the sheet may have any size.
                Event::End(tag) if tag.local_name().as_ref() == "sheetData" => return Ok(None),
                _ => {}
            }
        }
    }

    /// Reads the cells of the row that was just opened. Returns `true` if any of them is struck out.
    fn cells(&mut self, cells: &mut Vec<Cell<'s>>) -> Result<bool, Fault> {
        let (mut column, mut struck_out) = (0, false);
        loop {
            let (head, filled) = match self.xml.next()?.ok_or(Fault::DamagedWorkbook)? {
                Event::Start(tag) if tag.local_name().as_ref() == "c" => (cell_head(&tag, column, self.row)?, true),
                Event::Empty(tag) if tag.local_name().as_ref() == "c" => (cell_head(&tag, column, self.row)?, false),
                Event::End(tag) if tag.local_name().as_ref() == "row" => return Ok(struck_out),
                _ => continue,
            };
            column = head.column;
            let cell = if filled { self.cell(&head)? } else { Cell::Empty };
            if matches!(cell, Cell::Empty) {
                continue;
            }
            struck_out |= self.shared.styles.strikes_out(head.style);
            // One cell beyond the last distinct column represents all of them.
            let place = usize::try_from(column).unwrap_or(MAX_COLUMNS).saturating_sub(1).min(MAX_COLUMNS);
            while cells.len() <= place {
                cells.push(Cell::Empty);
            }
            if let Some(slot) = cells.get_mut(place) {
                *slot = cell;
            }
        }
    }

    /// Reads the cell that was just opened, to its end.
    fn cell(&mut self, head: &CellHead) -> Result<Cell<'s>, Fault> {
        self.text.clear();
        let (mut formula, mut value, mut inside) = (false, false, false);
        loop {
            let event = self.xml.next()?.ok_or(Fault::DamagedWorkbook)?;
            match &event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "v" => (value, inside) = (true, true),
                    "f" => formula = true,
                    "is" => {
                        value = true;
                        self.text.gather(&mut self.xml)?;
                    }
                    _ => {}
                },
                Event::Empty(tag) => match tag.local_name().as_ref() {
                    "f" => formula = true,
                    "v" => value = true,
                    _ => {}
                },
                Event::End(tag) if tag.local_name().as_ref() == "c" => break,
                Event::End(_) => inside = false,
                event if inside => self.text.event(event)?,
                _ => {}
            }
        }
        self.convert(head, formula, value)
    }

    fn convert(&self, head: &CellHead, formula: bool, value: bool) -> Result<Cell<'s>, Fault> {
        let text = match self.text.whole() {
            Whole::Text(text) => text,
            Whole::TooLong => return Ok(Cell::TooLong),
        };
        let worked = !formula || (value && (!text.is_empty() || head.kind == CellKind::FormulaText));
        if !worked {
            return Ok(Cell::Formula);
        }
        let bare = text.trim();
        Ok(match head.kind {
            _ if text.is_empty() => Cell::Empty,
            CellKind::Shared => {
                let number = bare.parse().map_err(|_| Fault::DamagedWorkbook)?;
                match self.shared.strings.get(number).ok_or(Fault::DamagedWorkbook)? {
                    Whole::Text("") => Cell::Empty,
                    Whole::Text(text) => Cell::Text(Cow::Borrowed(text)),
                    Whole::TooLong => Cell::TooLong,
                }
            }
            CellKind::Inline | CellKind::FormulaText => {
                Cell::Text(Cow::Owned(unescaped(text).unwrap_or_else(|| text.to_owned())))
            }
            CellKind::Truth => Cell::Truth(truth(bare)),
            CellKind::Error => Cell::Error(bare.to_owned()),
            CellKind::Iso => moment::iso(bare),
            CellKind::Number => {
                let number = bare.parse().map_err(|_| Fault::DamagedWorkbook)?;
                // Libraries write 0 for results that they didn't calculate.
                if formula && self.shared.unworked && number == 0.0 {
                    return Ok(Cell::Formula);
                }
                self.number(head, number)
            }
        })
    }

    fn number(&self, head: &CellHead, number: f64) -> Cell<'s> {
        let format = self.shared.styles.format(head.style);
        match format.kind(number) {
            Kind::Moment => self.shared.epoch.cell(number),
            Kind::Number => {
                let whole = |number| Cell::Whole { number, shown: format.show(number) };
                moment::exact(number).map_or_else(|| Cell::Odd(number.to_string()), whole)
            }
        }
    }
}

fn row_head(tag: &BytesStart<'_>, before: u32, hidden_unless_high: bool) -> Result<RowHead, Fault> {
    let number = match attribute(tag, "r")? {
        Some(number) => number.parse().map_err(|_| Fault::DamagedWorkbook)?,
        None => before.saturating_add(1),
    };
    if number <= before || number > LAST_ROW {
        return Err(Fault::DamagedWorkbook);
    }
    let height: Option<f64> = attribute(tag, "ht")?.and_then(|height| height.parse().ok());
    let hidden = match (attribute(tag, "hidden")?, height) {
        (Some(hidden), _) if truth(&hidden) => true,
        (_, Some(height)) => height <= 0.0,
        (said, None) => said.is_none() && hidden_unless_high,
    };
    Ok(RowHead { number, hidden, struck_out: false })
}

fn cell_head(tag: &BytesStart<'_>, before: u32, row: u32) -> Result<CellHead, Fault> {
    let mut head = CellHead { column: before.saturating_add(1), style: 0, kind: CellKind::Number };
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| Fault::DamagedWorkbook)?;
        match attribute.key.as_ref() {
            "r" => head.column = column_of(&attribute.value, row).ok_or(Fault::DamagedWorkbook)?,
            "s" => head.style = attribute.value.parse().map_err(|_| Fault::DamagedWorkbook)?,
            "t" => {
                head.kind = match &*attribute.value {
                    "n" => CellKind::Number,
                    "s" => CellKind::Shared,
                    "inlineStr" => CellKind::Inline,
                    "str" => CellKind::FormulaText,
                    "b" => CellKind::Truth,
                    "e" => CellKind::Error,
                    "d" => CellKind::Iso,
                    _ => return Err(Fault::DamagedWorkbook),
                }
            }
            _ => {}
        }
    }
    if head.column <= before || head.column > LAST_COLUMN { Err(Fault::DamagedWorkbook) } else { Ok(head) }
}

/// The column, counted from 1, of a reference such as `AB12`, which must be to this row.
fn column_of(reference: &str, row: u32) -> Option<u32> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = reference.split_at_checked(letters)?;
    if digits.parse() != Ok(row) || !(1..=3).contains(&letters.len()) {
        return None;
    }
    letters.bytes().try_fold(0_u32, |column, letter| {
        let letter = u32::from(letter.to_ascii_uppercase()).checked_sub(u32::from(b'A'))?;
        column.checked_mul(26)?.checked_add(letter)?.checked_add(1)
    })
}

/// The columns, counted from 1, that a `<col>` hides.
fn hidden_range(tag: &BytesStart<'_>) -> Result<Option<RangeInclusive<u32>>, Fault> {
    let hidden = attribute(tag, "hidden")?.is_some_and(|hidden| truth(&hidden))
        || attribute(tag, "width")?.and_then(|width| width.parse::<f64>().ok()).is_some_and(|width| width <= 0.0);
    let number = |name: &str| Ok(attribute(tag, name)?.and_then(|number| number.parse::<u32>().ok()));
    let (Some(first), Some(last)) = (number("min")?, number("max")?) else { return Ok(None) };
    Ok(hidden.then_some(first..=last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_their_column() {
        assert_eq!(column_of("A1", 1), Some(1));
        assert_eq!(column_of("ab12", 12), Some(28));
        assert_eq!(column_of("XFD1048576", 1_048_576), Some(16_384));
        for (reference, row) in [("A1", 2), ("1", 1), ("A", 1), ("AAAA1", 1), ("A-1", 1), ("", 1)] {
            assert_eq!(column_of(reference, row), None, "{reference}");
        }
    }
}
