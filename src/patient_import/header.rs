//! Finds the row with the column names, and the position of each column.

use super::{
    ROWS_LOOKED_THROUGH,
    cell::Cell,
    column::Column,
    encoding::ungarbled,
    finding::{Fault, Finding, Place},
};
use std::ops::ControlFlow;

/// A search for the row with the column names, from the top.
#[derive(Default)]
pub(super) struct Search {
    filled: usize,
    found: Option<Found>,
    one_cell: bool,
    garbled: bool,
}

/// A row with column names.
#[derive(Clone, Copy)]
pub(super) struct Found {
    /// The row.
    pub row: u32,
    /// The number of known columns in it.
    pub known: usize,
    /// `true` if it has all required columns.
    whole: bool,
}

impl Search {
    /// Examines the next row. Breaks if no further row is needed.
    pub fn row(&mut self, row: u32, cells: &[Cell<'_>]) -> ControlFlow<()> {
        if cells.iter().all(Cell::is_blank) {
            return ControlFlow::Continue(());
        }
        self.filled = self.filled.saturating_add(1);
        let columns: Vec<Column> = cells.iter().filter_map(|cell| Column::read(cell.text())).collect();
        let found = Found {
            row,
            known: columns.len(),
            whole: Column::REQUIRED.into_iter().all(|column| columns.contains(&column)),
        };
        // A title may contain the name of a column. A row with all required columns isn't a title.
        let certain = found.whole;
        let likely = Header::likely(cells) >= 2 || (self.filled == 1 && found.known == 1);
        if certain || (likely && self.found.is_none_or(|before| before.known < 2)) {
            self.found = Some(found);
        }
        self.one_cell |= found.known == 0 && in_one_cell(cells);
        self.garbled |= cells.iter().any(|cell| garbled(cell.text()));
        if certain || self.filled >= ROWS_LOOKED_THROUGH { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Returns `true` if all rows so far are blank.
    pub const fn is_blank(&self) -> bool {
        self.filled == 0
    }

    /// Returns the best row with column names.
    ///
    /// # Errors
    ///
    /// Returns the reason if there is none.
    pub fn end(self) -> Result<Found, Fault> {
        match self.found {
            Some(found) if found.whole || !self.garbled => Ok(found),
            _ if self.garbled => Err(Fault::Garbled),
            _ if self.one_cell => Err(Fault::OneCell),
            _ => Err(Fault::NoHeader),
        }
    }
}

/// Returns `true` if a row has a single cell that contains several column names.
fn in_one_cell(cells: &[Cell<'_>]) -> bool {
    let mut filled = cells.iter().filter(|cell| !cell.is_blank());
    let (Some(Cell::Text(text)), None) = (filled.next(), filled.next()) else { return false };
    let names = |separator| text.split(separator).filter(|name| Column::read(name.trim_matches('"')).is_some()).count();
    ONE_CELL_AT_MOST >= text.len()
        && [',', '\t', ';', '|', '、', '，'].into_iter().any(|separator| names(separator) > 1)
}

/// The longest text that is searched for column names.
const ONE_CELL_AT_MOST: usize = 4_096;

/// Returns `true` if a text is a column name that was read in a wrong encoding, or has lost characters.
fn garbled(text: &str) -> bool {
    text.contains('\u{fffd}') || ungarbled(text).any(|name| Column::read(&name).is_some())
}

/// The columns of a file by position.
#[derive(Default)]
pub(super) struct Header {
    /// The column at each position.
    at: Vec<Option<Column>>,
    /// The position of each column, by [`Column::place`].
    positions: [Option<usize>; Column::ALL.len()],
}

impl Header {
    /// The number of cells in a row that are known column names.
    pub fn known(cells: &[Cell<'_>]) -> usize {
        cells.iter().filter(|cell| Column::read(cell.text()).is_some()).count()
    }

    /// The number of cells in a row that are known or probable column names. It distinguishes a list with wrong names
    /// from other sheets.
    pub fn likely(cells: &[Cell<'_>]) -> usize {
        let likely = |text: &str| Column::read(text).or_else(|| Column::guess(text)).is_some();
        cells.iter().filter(|cell| likely(cell.text())).count()
    }

    /// Reads the header. The findings contain positions, never texts: a list without a header begins with a patient.
    pub fn read(row: u32, cells: &[Cell<'_>], findings: &mut Vec<Finding>) -> Self {
        let mut header = Self::default();
        for (position, cell) in cells.iter().enumerate() {
            let column = Column::read(cell.text());
            let fault = match column {
                None if cell.is_blank() || Column::is_for_people(cell.text()) => None,
                None => Some(Fault::UnknownColumn(Column::guess(cell.text()))),
                Some(column) => header.position(column).map(Fault::DuplicateColumn),
            };
            findings.extend(fault.map(|fault| Finding { place: Place::Cell { row, position, column }, fault }));
            if let Some(slot) = column.and_then(|column| header.positions.get_mut(column.place())) {
                slot.get_or_insert(position);
            }
            // An unknown column keeps its position, so that its cells don't count as cells without a name.
            header.at.push(column);
        }
        let filled = cells.iter().rposition(|cell| !cell.is_blank()).map_or(0, |last| last.saturating_add(1));
        header.at.truncate(filled);
        for column in Column::REQUIRED {
            if header.position(column).is_none() {
                findings.push(Finding::file(Fault::MissingColumn(column)));
            }
        }
        header
    }

    /// The position of a column.
    pub fn position(&self, column: Column) -> Option<usize> {
        self.positions.get(column.place()).copied().flatten()
    }

    /// The column at a position.
    pub fn column(&self, position: usize) -> Option<Column> {
        self.at.get(position).copied().flatten()
    }

    /// The number of cells in a row.
    pub fn width(&self) -> usize {
        self.at.len()
    }
}
