//! A list without its faulty rows, and the faulty rows with what is wrong with each: people mend them and import them
//! again. Of two rows that contradict each other, neither is taken, as nobody can tell which one is right.

use super::{
    cell::{Cell, Shown},
    column::Column,
    entry::{AutomatedCall, Entry, Given},
    finding::{Fault, Finding, Place},
    list::List,
};
use std::collections::{BTreeMap, HashMap};

/// The cells of faulty rows, and the column names.
#[derive(Default)]
pub(super) struct Kept {
    header: Vec<String>,
    rows: HashMap<u32, Vec<String>>,
}

impl Kept {
    /// Keeps the column names.
    pub fn header(&mut self, cells: &[Cell<'_>]) {
        self.header = cells.iter().map(shown).collect();
    }

    /// Keeps a row.
    pub fn row(&mut self, number: u32, cells: &[Cell<'_>]) {
        self.rows.insert(number, cells.iter().map(shown).collect());
    }
}

/// A row that isn't imported.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct RefusedRow {
    /// Its number.
    pub row: u32,
    /// What is wrong with it: at least one problem.
    pub findings: Vec<Finding>,
    /// Its cells as they are in the file.
    pub cells: Vec<String>,
}

/// A list, and its faulty rows.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct Sifted {
    /// The rows that are right.
    pub list: List,
    /// The other ones, by number.
    pub refused: Vec<RefusedRow>,
    /// The column names as they are in the file.
    pub header: Vec<String>,
}

impl Sifted {
    pub(super) fn of(mut list: List, findings: Vec<Finding>, mut kept: Kept) -> Self {
        // Whether two patients have one number is for the import to say, which knows who is still under observation.
        let faulty = by_row(findings.into_iter().filter(|finding| !matches!(finding.fault, Fault::DuplicateNumber(_))));
        let columns: Vec<Option<Column>> = kept.header.iter().map(|name| Column::read(name)).collect();
        let mut of_entries: HashMap<u32, Vec<String>> = HashMap::new();
        list.entries.retain(|entry| {
            if !faulty.contains_key(&entry.row) {
                return true;
            }
            of_entries.insert(entry.row, cells_of(entry, &columns));
            false
        });
        list.warnings.retain(|warning| !faulty.contains_key(&warning.row));
        let refused = faulty.into_iter().map(|(row, findings)| {
            let cells = kept.rows.remove(&row).or_else(|| of_entries.remove(&row)).unwrap_or_default();
            RefusedRow { row, findings, cells }
        });
        Self { refused: refused.collect(), list, header: kept.header }
    }

    /// Takes rows out of the list about which something else was found.
    pub fn refuse(&mut self, findings: Vec<Finding>) {
        let faulty = by_row(findings.into_iter());
        let columns: Vec<Option<Column>> = self.header.iter().map(|name| Column::read(name)).collect();
        let refused = &mut self.refused;
        self.list.entries.retain(|entry| {
            let Some(findings) = faulty.get(&entry.row) else { return true };
            let cells = cells_of(entry, &columns);
            refused.push(RefusedRow { row: entry.row, findings: findings.clone(), cells });
            false
        });
        self.list.warnings.retain(|warning| !faulty.contains_key(&warning.row));
        self.refused.sort_by_key(|refused| refused.row);
    }
}

/// Whether a problem is one of the whole file: of its rows, or of the column names by which they are read.
pub(super) fn concerns_file(finding: &Finding, header_row: u32) -> bool {
    finding.row().is_none_or(|row| row <= header_row)
        || matches!(
            finding.fault,
            Fault::CutOff
                | Fault::CutOffRow
                | Fault::QuoteInside
                | Fault::QuoteOpen
                | Fault::TextAfterQuote
                | Fault::Nul
                | Fault::LineTooLong
                | Fault::AboveColumnNames
                | Fault::ColumnNamesAgain
                | Fault::MoreFindings
        )
}

/// The findings of each row. One about two rows is about both.
fn by_row(findings: impl Iterator<Item = Finding>) -> BTreeMap<u32, Vec<Finding>> {
    let mut faulty: BTreeMap<u32, Vec<Finding>> = BTreeMap::new();
    for finding in findings {
        let Some(row) = finding.row() else { continue };
        let other = match finding.fault {
            Fault::DuplicateHersysId(first) => Some((first, Fault::DuplicateHersysId(row))),
            Fault::DuplicateButForZeros(first) => Some((first, Fault::DuplicateButForZeros(row))),
            Fault::DuplicateNumber(first) => Some((first, Fault::DuplicateNumber(row))),
            _ => None,
        };
        if let Some((first, fault)) = other {
            let of_first = faulty.entry(first).or_default();
            // A third row with the same value adds nothing.
            if of_first.iter().all(|known| std::mem::discriminant(&known.fault) != std::mem::discriminant(&fault)) {
                let place = match finding.place {
                    Place::Cell { position, column, .. } => Place::Cell { row: first, position, column },
                    Place::File | Place::Row(_) => Place::Row(first),
                };
                of_first.push(Finding { place, fault });
            }
        }
        if let Fault::NoPatient { more } = finding.fault {
            for row in row..=row.saturating_add(more) {
                let fault = Fault::NoPatient { more: 0 };
                faulty.entry(row).or_default().push(Finding { place: Place::Row(row), fault });
            }
            continue;
        }
        faulty.entry(row).or_default().push(finding);
    }
    faulty
}

/// A cell as people see it.
fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Empty | Cell::Formula | Cell::TooLong => String::new(),
        Cell::Text(text) => text.chars().take(LONGEST_SHOWN).collect(),
        Cell::Whole { shown: Shown::As(shown), .. } => shown.clone(),
        Cell::Whole { number, .. } => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Time(time) => time.strftime("%H:%M").to_string(),
        Cell::Truth(truth) => truth.to_string(),
        Cell::Moment(seen) | Cell::Odd(seen) | Cell::Error(seen) => seen.chars().take(LONGEST_SHOWN).collect(),
    }
}

/// The most characters of a cell that are kept to be shown.
const LONGEST_SHOWN: usize = 1_000;

/// The cells of an entry in the columns of its file.
fn cells_of(entry: &Entry, columns: &[Option<Column>]) -> Vec<String> {
    columns.iter().map(|column| column.map(|column| written(entry, column)).unwrap_or_default()).collect()
}

/// The value of an entry as it is written in a list. Empty if the list doesn't have it.
pub fn written(entry: &Entry, column: Column) -> String {
    fn text<T>(given: Given<T>, show: impl FnOnce(T) -> String) -> String {
        if let Given::Value(value) = given { show(value) } else { String::new() }
    }
    match column {
        Column::HersysId => entry.hersys_id.expose().to_owned(),
        Column::BirthDate => entry.birth_date.expose().to_string(),
        Column::FamilyName => entry.family_name.expose().to_owned(),
        Column::GivenName => entry.given_name.expose().to_owned(),
        Column::PhoneNumber => text(entry.automated_call.phone_number(), |number| number.as_written()),
        Column::AutomatedCall => match entry.automated_call {
            AutomatedCall::Unsaid { .. } => String::new(),
            AutomatedCall::Off { .. } => "no".to_owned(),
            AutomatedCall::On { .. } => "yes".to_owned(),
        },
        Column::CallTimes => text(entry.call_times.clone(), |times| times.to_string()),
        Column::Language => entry.language.map(|language| language.tag().to_owned()).unwrap_or_default(),
        Column::DiagnosisDate => text(entry.diagnosis_date.clone(), |date| date.to_string()),
        Column::MonitoringStart => text(entry.monitoring_start.clone(), |date| date.to_string()),
        Column::Oximeter => entry.oximeter.map(|oximeter| oximeter.code().to_owned()).unwrap_or_default(),
    }
}
