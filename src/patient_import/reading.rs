//! Reads the rows: the header first, then each patient. All problems are collected; reading doesn't stop at the
//! first.

use super::{
    MAX_COLUMNS, MAX_FINDINGS, MAX_ROWS,
    cell::Cell,
    column::Column,
    entry::{AutomatedCall, Entry as Patient, Given},
    finding::{Fault, Finding, Place},
    header::Header,
    list::{Doubt, List, SheetRead, Warning},
    sifted::{self, Kept, Sifted},
    value::{self, Zeros},
    zeros::{BareRow, but_for_zeros},
};
use crate::domain::{BirthDate, CallableNumber, CallingHours, HersysId, PhoneNumber};
use jiff::civil::Date;
use std::collections::HashMap;
use std::ops::ControlFlow;

/// The part of a file that was read so far.
pub(super) struct Reading {
    today: Date,
    hours: CallingHours,
    /// `true` if the file determines the number of cells in a row. A text file does, but a workbook omits empty
    /// cells.
    counts_cells: bool,
    /// The row with the column names: the first filled one, unless another one was found.
    header_row: u32,
    above: Vec<Above>,
    header: Option<Header>,
    entries: Vec<Patient>,
    findings: Vec<Finding>,
    rows: u32,
    warnings: Vec<Warning>,
    id_rows: HashMap<HersysId, u32>,
    /// The rows by ID without leading zeros: only IDs that have leading zeros or room for them.
    bare_rows: HashMap<u32, BareRow>,
    number_rows: HashMap<CallableNumber, u32>,
    /// The cells of faulty rows, if they are wanted.
    kept: Option<Kept>,
}

/// A filled row above the column names, with the positions of values that may be a patient's.
struct Above {
    row: u32,
    ids: Vec<usize>,
    dates: Vec<usize>,
}

/// The cells of one row, and the collection of its problems.
struct Row<'r, 'c> {
    number: u32,
    header: &'r Header,
    cells: &'r [Cell<'c>],
    findings: &'r mut Vec<Finding>,
}

impl Reading {
    pub fn new(today: Date, hours: CallingHours, counts_cells: bool) -> Self {
        Self {
            today,
            hours,
            counts_cells,
            header_row: 0,
            above: Vec::new(),
            header: None,
            entries: Vec::new(),
            findings: Vec::new(),
            rows: 0,
            warnings: Vec::new(),
            id_rows: HashMap::new(),
            bare_rows: HashMap::new(),
            number_rows: HashMap::new(),
            kept: None,
        }
    }

    /// The same, and keeps the cells of faulty rows.
    pub fn keeping(self) -> Self {
        Self { kept: Some(Kept::default()), ..self }
    }

    /// Sets the row with the column names. The rows above it are titles.
    pub fn header_at(&mut self, row: u32) {
        self.header_row = row;
    }

    /// Reads the next row. Breaks if no further row should be read.
    pub fn row(&mut self, number: u32, cells: &[Cell<'_>]) -> ControlFlow<()> {
        if cells.iter().all(Cell::is_blank) {
            return ControlFlow::Continue(());
        }
        self.rows = self.rows.saturating_add(1);
        if self.rows > MAX_ROWS {
            self.findings.push(Finding::file(Fault::TooManyRows));
            return ControlFlow::Break(());
        }
        match self.header.take() {
            None if number < self.header_row => self.above(number, cells),
            None => {
                self.header_row = number;
                if let Some(kept) = &mut self.kept {
                    kept.header(cells);
                }
                let header = Header::read(number, cells, &mut self.findings);
                self.nobody_above(&header);
                self.header = Some(header);
            }
            Some(header) => {
                let before = self.findings.len();
                let is_patient = self.patient(&header, number, cells);
                if let Some(kept) = self.kept.as_mut().filter(|_| !is_patient || self.findings.len() > before) {
                    kept.row(number, cells);
                }
                self.header = Some(header);
            }
        }
        self.full()
    }

    /// Records a row above the column names.
    fn above(&mut self, row: u32, cells: &[Cell<'_>]) {
        let places = |is: fn(&Cell<'_>) -> bool| {
            cells.iter().enumerate().filter(|(_, cell)| is(cell)).map(|(place, _)| place).collect()
        };
        let (ids, dates) = (places(|cell| value::hersys_id(cell).is_ok()), places(|cell| value::date(cell).is_ok()));
        self.above.push(Above { row, ids, dates });
    }

    /// Reports the rows above the column names that have an ID and a birth date in their columns.
    fn nobody_above(&mut self, header: &Header) {
        let at = |places: &[usize], column| header.position(column).is_some_and(|place| places.contains(&place));
        for above in &self.above {
            if at(&above.ids, Column::HersysId) && at(&above.dates, Column::BirthDate) {
                self.findings.push(Finding { place: Place::Row(above.row), fault: Fault::AboveColumnNames });
            }
        }
    }

    /// Records a row that can't be split into cells.
    pub fn broken(&mut self, row: u32, position: usize, fault: Fault) -> ControlFlow<()> {
        self.rows = self.rows.saturating_add(1);
        let column = self.header.as_ref().and_then(|header| header.column(position));
        self.findings.push(Finding { place: Place::Cell { row, position, column }, fault });
        // Without the header, the following rows can't be interpreted.
        if self.header.is_none() { ControlFlow::Break(()) } else { self.full() }
    }

    /// Records a problem.
    pub fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Records a possible problem.
    pub fn warning(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    /// The position of a column, once the header is read.
    pub fn position(&self, column: Column) -> Option<usize> {
        self.header.as_ref().and_then(|header| header.position(column))
    }

    /// The number of cells in the header, once it is read.
    pub fn width(&self) -> Option<usize> {
        self.header.as_ref().map(Header::width)
    }

    /// Returns the list if there are no problems.
    pub fn finish(mut self, sheet: Option<SheetRead>) -> Result<List, Vec<Finding>> {
        if self.header.is_none() && self.findings.is_empty() {
            self.finding(Fault::NoHeader.into());
        } else if self.entries.is_empty() && self.findings.is_empty() {
            self.finding(Fault::NoPatients.into());
        }
        if self.findings.is_empty() {
            let above = self.above.iter().map(|above| above.row).collect();
            Ok(List { entries: self.entries, above, sheet, warnings: self.warnings })
        } else {
            Err(self.findings)
        }
    }

    /// Returns the list without its faulty rows, or what is wrong with the file as a whole.
    pub fn sift(mut self, sheet: Option<SheetRead>) -> Result<Sifted, Vec<Finding>> {
        let (header_row, kept) = (self.header_row, self.kept.take().unwrap_or_default());
        let findings = std::mem::take(&mut self.findings);
        let (of_file, of_rows): (Vec<Finding>, Vec<Finding>) =
            findings.into_iter().partition(|finding| sifted::concerns_file(finding, header_row));
        if of_file.is_empty() && !(self.entries.is_empty() && of_rows.is_empty()) && self.header.is_some() {
            let above = self.above.iter().map(|above| above.row).collect();
            let list = List { entries: self.entries, above, sheet, warnings: self.warnings };
            return Ok(Sifted::of(list, of_rows, kept));
        }
        self.findings = of_file;
        self.finish(sheet).map(|list| Sifted::of(list, Vec::new(), kept))
    }

    fn full(&mut self) -> ControlFlow<()> {
        if self.findings.len() < MAX_FINDINGS {
            return ControlFlow::Continue(());
        }
        self.findings.truncate(MAX_FINDINGS);
        self.finding(Fault::MoreFindings.into());
        ControlFlow::Break(())
    }

    /// Reads a row. Returns `false` if it holds no patient.
    fn patient(&mut self, header: &Header, number: u32, cells: &[Cell<'_>]) -> bool {
        let mut row = Row { number, header, cells, findings: &mut self.findings };
        if row.is_no_patient() {
            return false;
        }
        row.shape(self.counts_cells);
        let id = row.required(Column::HersysId, value::hersys_id);
        let id = id.map(|(id, zeros)| {
            match self.id_rows.get(&id) {
                Some(&first) => row.fault(Column::HersysId, Fault::DuplicateHersysId(first)),
                None => {
                    self.id_rows.insert(id.clone(), number);
                    match but_for_zeros(&mut self.bare_rows, &id, BareRow { row: number, zeros }) {
                        Some(Ok(doubt)) => self.warnings.push(Warning { row: number, doubt }),
                        Some(Err(fault)) => row.fault(Column::HersysId, fault),
                        None => {}
                    }
                }
            }
            if zeros == Zeros::Unsure {
                self.warnings.push(Warning { row: number, doubt: Doubt::BareNumber });
            }
            id
        });
        let birth_date = row.required(Column::BirthDate, |cell| value::birth_date(cell, self.today));
        let family_name = row.required(Column::FamilyName, value::name);
        let given_name = row.required(Column::GivenName, value::name);
        let automated_call = row.automated_call();
        if let Some(AutomatedCall::On { phone_number }) = &automated_call {
            match self.number_rows.get(phone_number) {
                Some(&first) => row.fault(Column::PhoneNumber, Fault::DuplicateNumber(first)),
                None => drop(self.number_rows.insert(phone_number.clone(), number)),
            }
        }
        let call_times = row.optional(Column::CallTimes, |cell| value::call_times(cell, self.hours));
        let language = row.optional(Column::Language, value::language);
        let diagnosis_date = row.optional(Column::DiagnosisDate, |cell| value::past_date(cell, self.today));
        let monitoring_start = row.optional(Column::MonitoringStart, value::date);
        let oximeter = row.optional(Column::Oximeter, value::oximeter);
        row.not_before_birth(Column::DiagnosisDate, birth_date, diagnosis_date.as_ref());
        row.not_before_birth(Column::MonitoringStart, birth_date, monitoring_start.as_ref());
        let entry = (|| {
            Some(Patient {
                row: number,
                hersys_id: id?,
                birth_date: birth_date?,
                family_name: family_name?,
                given_name: given_name?,
                automated_call: automated_call?,
                call_times: call_times?,
                language: language?.over(None),
                diagnosis_date: diagnosis_date?,
                monitoring_start: monitoring_start?,
                oximeter: oximeter?.over(None),
            })
        })();
        self.entries.extend(entry);
        true
    }
}

impl Row<'_, '_> {
    /// Returns `true` if the row repeats the column names or has no values of a patient. No other problems of the row
    /// are reported then.
    fn is_no_patient(&mut self) -> bool {
        let cell = |column| self.header.position(column).and_then(|position| self.cells.get(position));
        let blank = |column| cell(column).is_none_or(Cell::is_blank);
        // Nearly all rows begin like a patient's, so they aren't read twice.
        let number = |cell: &Cell<'_>| {
            matches!(cell, Cell::Whole { .. }) || cell.text().starts_with(|c: char| c.is_ascii_digit())
        };
        if cell(Column::HersysId).is_some_and(number) && !blank(Column::BirthDate) {
            return false;
        }
        let whole = Column::REQUIRED.into_iter().all(|column| self.header.position(column).is_some());
        if cell(Column::HersysId).is_some_and(|cell| !cell.is_blank() && value::hersys_id(cell).is_ok()) {
            return false;
        }
        if Header::known(self.cells) > 1 {
            self.findings.push(Finding { place: Place::Row(self.number), fault: Fault::ColumnNamesAgain });
            return true;
        }
        if !whole || !blank(Column::BirthDate) || !(blank(Column::FamilyName) || blank(Column::GivenName)) {
            return false;
        }
        if let Some(Finding { place: Place::Row(first), fault: Fault::NoPatient { more } }) = self.findings.last_mut()
            && first.saturating_add(*more).saturating_add(1) == self.number
        {
            *more = more.saturating_add(1);
        } else {
            self.findings.push(Finding { place: Place::Row(self.number), fault: Fault::NoPatient { more: 0 } });
        }
        true
    }

    /// Checks that the row has the header's cells and no forbidden characters. Missing cells at the end are empty, as
    /// Excel writes them. Without its required cells, the row is invalid.
    fn shape(&mut self, counts_cells: bool) {
        let (found, expected) = (self.cells.len(), self.header.width());
        let lacks = |column: Column| self.header.position(column).is_some_and(|position| position >= found);
        if counts_cells && found < expected && Column::REQUIRED.into_iter().any(lacks) {
            self.findings
                .push(Finding { place: Place::Row(self.number), fault: Fault::TooFewCells { found, expected } });
        }
        let row = self.number;
        for (position, cell) in self.cells.iter().enumerate() {
            let place = Place::Cell { row, position, column: self.header.column(position) };
            if position >= expected && !cell.is_blank() {
                // Beyond the last distinct column, the position isn't the cell's own.
                let place = if position < MAX_COLUMNS { place } else { Place::Row(row) };
                self.findings.push(Finding { place, fault: Fault::TooManyCells });
            } else if let Err(fault) = value::characters(cell) {
                self.findings.push(Finding { place, fault });
            }
        }
    }

    fn fault(&mut self, column: Column, fault: Fault) {
        let place = match self.header.position(column) {
            Some(position) => Place::Cell { row: self.number, position, column: Some(column) },
            None => Place::Row(self.number),
        };
        self.findings.push(Finding { place, fault });
    }

    /// Reads a cell. A problem is recorded and returns `None`.
    fn read<T>(
        &mut self,
        column: Column,
        cell: &Cell<'_>,
        read: impl FnOnce(&Cell<'_>) -> Result<T, Fault>,
    ) -> Option<T> {
        // A problem of its characters is already recorded.
        value::characters(cell).ok()?;
        read(cell).map_err(|fault| self.fault(column, fault)).ok()
    }

    /// Reads a required cell.
    fn required<T>(&mut self, column: Column, read: impl FnOnce(&Cell<'_>) -> Result<T, Fault>) -> Option<T> {
        match self.optional(column, read)? {
            Given::Value(value) => Some(value),
            // The missing column was already reported for the file.
            Given::NoColumn => None,
            Given::Empty => {
                // Otherwise, the missing cell was already reported for the row.
                if self.header.position(column).is_some_and(|position| position < self.cells.len()) || !self.short() {
                    self.fault(column, Fault::Missing);
                }
                None
            }
        }
    }

    /// Reads an optional cell, whose column may be missing. Returns `None` if it has a problem.
    fn optional<T>(&mut self, column: Column, read: impl FnOnce(&Cell<'_>) -> Result<T, Fault>) -> Option<Given<T>> {
        let Some(position) = self.header.position(column) else { return Some(Given::NoColumn) };
        match self.cells.get(position) {
            Some(cell) if !cell.is_blank() => self.read(column, cell, read).map(Given::Value),
            _ => Some(Given::Empty),
        }
    }

    /// Returns `true` if missing cells were already reported for the row, so that each one isn't reported again.
    fn short(&self) -> bool {
        self.findings
            .iter()
            .rev()
            .take_while(|finding| finding.row() == Some(self.number))
            .any(|finding| matches!(finding.fault, Fault::TooFewCells { .. }))
    }

    fn automated_call(&mut self) -> Option<AutomatedCall> {
        let phone_number: Option<Given<PhoneNumber>> = self.optional(Column::PhoneNumber, value::phone_number);
        let wanted = self.optional(Column::AutomatedCall, value::yes_no);
        let (phone_number, wanted) = (phone_number?, wanted?);
        match (wanted, phone_number) {
            (Given::NoColumn | Given::Empty, phone_number) => Some(AutomatedCall::Unsaid { phone_number }),
            (Given::Value(false), phone_number) => Some(AutomatedCall::Off { phone_number }),
            (Given::Value(true), Given::Value(number)) => match CallableNumber::new(number) {
                Ok(phone_number) => Some(AutomatedCall::On { phone_number }),
                Err(kind) => {
                    self.fault(Column::PhoneNumber, Fault::NotCallable(kind));
                    None
                }
            },
            (Given::Value(true), Given::NoColumn | Given::Empty) => {
                self.fault(Column::PhoneNumber, Fault::NumberNeeded);
                None
            }
        }
    }

    fn not_before_birth(&mut self, column: Column, birth: Option<BirthDate>, date: Option<&Given<Date>>) {
        if let (Some(birth), Some(Given::Value(date))) = (birth, date)
            && *date < birth.expose()
        {
            self.fault(column, Fault::BeforeBirth);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_limited() {
        let mut reading = Reading::new(Date::constant(2026, 11, 23), CallingHours::default(), true);
        let cells = [Cell::Text("hersys_id".into())];
        assert!(reading.row(1, &cells).is_continue());
        reading.rows = MAX_ROWS - 1;
        assert!(reading.row(MAX_ROWS, &[Cell::Text("123456".into())]).is_continue());
        assert!(reading.row(MAX_ROWS + 1, &[Cell::Empty]).is_continue(), "an empty row doesn't count");
        assert!(reading.row(MAX_ROWS + 2, &[Cell::Text("123457".into())]).is_break());
        let findings = reading.finish(None).err().unwrap_or_default();
        assert_eq!(findings.last(), Some(&Finding::file(Fault::TooManyRows)));
    }
}
