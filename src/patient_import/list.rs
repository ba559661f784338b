//! A patient list: its entries, the sheet that they came from, and the warnings.

use super::{column::Column, entry::Entry};

/// A file, and the part of it to read.
#[derive(Debug, Clone, Copy)]
pub struct ListFile<'f> {
    /// The file.
    pub bytes: &'f [u8],
    /// The sheet of a workbook. Required if several visible sheets contain a list.
    pub sheet: Option<&'f str>,
}

impl<'f, B: AsRef<[u8]> + ?Sized> From<&'f B> for ListFile<'f> {
    fn from(bytes: &'f B) -> Self {
        Self { bytes: bytes.as_ref(), sheet: None }
    }
}

/// A patient list without problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The patients, at least one.
    pub entries: Vec<Entry>,
    /// Filled rows above the column names, which weren't read: titles.
    pub above: Vec<u32>,
    /// The sheet that was read; `None` for text files.
    pub sheet: Option<SheetRead>,
    /// Possible problems, by row.
    pub warnings: Vec<Warning>,
}

/// The sheet that was read, and the parts of the workbook that are hidden or weren't read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRead {
    /// Its name.
    pub name: SheetName,
    /// Patients in rows that are hidden by a filter or by hand. They are read like the others.
    pub hidden_rows: u32,
    /// The first of these rows.
    pub hidden_numbers: Vec<u32>,
    /// Hidden columns. They are read like the others.
    pub hidden_columns: Vec<Column>,
    /// Other visible sheets with cells, which weren't read.
    pub not_read: Vec<SheetName>,
    /// Hidden sheets, which are never read.
    pub hidden: Vec<SheetName>,
}

/// The name of a sheet for people: at most 31 characters, as in Excel, and without terminal control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetName(String);

impl SheetName {
    /// The most characters shown.
    const MOST: usize = 31;

    pub(super) fn new(name: &str) -> Self {
        let cut: String = name.chars().take(Self::MOST).collect();
        Self(crate::domain::escaped(&cut).into_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SheetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "“{}”", self.0)
    }
}

/// A possible problem in a row that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// The row.
    pub row: u32,
    /// The possible problem.
    pub doubt: Doubt,
}

/// Why a row may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The ID is a number of fewer than eight digits, and its format shows no leading zeros.
    BareNumber,
    /// Another row of the list has an ID that differs only in leading zeros.
    ListedWithOtherZeros,
    /// A registered patient has an ID that differs only in leading zeros.
    RegisteredWithOtherZeros,
    /// Text in the row is struck out.
    StruckOut,
}

impl Doubt {
    /// The code for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BareNumber => "bare_number",
            Self::ListedWithOtherZeros => "listed_with_other_zeros",
            Self::RegisteredWithOtherZeros => "registered_with_other_zeros",
            Self::StruckOut => "struck_out",
        }
    }
}
