//! Which column stands where: the first row that holds anything.

use super::{
    cell::Cell,
    column::Column,
    finding::{Fault, Finding, Place},
};

/// The columns of a file by position.
#[derive(Default)]
pub(super) struct Header {
    /// The column at each position.
    at: Vec<Option<Column>>,
    /// The position of each column, by [`Column::place`].
    positions: [Option<usize>; Column::ALL.len()],
}

impl Header {
    /// How many cells of a row are column names that are known: tells a header from a title, and the right separator
    /// from the wrong one.
    pub fn known(cells: &[Cell<'_>]) -> usize {
        cells.iter().filter(|cell| Column::read(cell.text()).is_some()).count()
    }

    /// How many cells of a row are column names that are known or may be meant: tells a list with wrong names from
    /// other sheets.
    pub fn likely(cells: &[Cell<'_>]) -> usize {
        let likely = |text: &str| Column::read(text).or_else(|| Column::guess(text)).is_some();
        cells.iter().filter(|cell| likely(cell.text())).count()
    }

    /// Reads the header. The findings name positions, never texts: a list without a header begins with a patient.
    pub fn read(row: u32, cells: &[Cell<'_>], findings: &mut Vec<Finding>) -> Self {
        let mut header = Self::default();
        for (position, cell) in cells.iter().enumerate() {
            let column = Column::read(cell.text());
            let fault = match column {
                None if cell.is_blank() => None,
                None => Some(Fault::UnknownColumn(Column::guess(cell.text()))),
                Some(column) => header.position(column).map(Fault::DuplicateColumn),
            };
            findings.extend(fault.map(|fault| Finding { place: Place::Cell { row, position, column }, fault }));
            if let Some(slot) = column.and_then(|column| header.positions.get_mut(column.place())) {
                slot.get_or_insert(position);
            }
            // An unknown column keeps its place, so that its cells don't count as cells under no name.
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

    /// Where a column stands.
    pub fn position(&self, column: Column) -> Option<usize> {
        self.positions.get(column.place()).copied().flatten()
    }

    /// The column that stands at a position.
    pub fn column(&self, position: usize) -> Option<Column> {
        self.at.get(position).copied().flatten()
    }

    /// How many cells a row has.
    pub fn width(&self) -> usize {
        self.at.len()
    }
}
