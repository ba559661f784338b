//! The problems of a patient list and their places. A finding contains the row and column, never the value: it is
//! printed, shown and perhaps logged, and the value may be a person's ID, name or number.

use super::{column::Column, kind::FileKind, list::SheetName};
use crate::domain::era::DateError;
use crate::domain::{CallTimesError, HersysIdError, HiddenCharacter, NumberKind};

/// One problem of a patient list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The place.
    pub place: Place,
    /// The problem.
    pub fault: Fault,
}

/// The place of a problem in a file. Rows are numbered as in the spreadsheet, and the header is row 1. In a text
/// file, the row is the line on which the record begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A row.
    Row(u32),
    /// A cell: its row, its position (0 for A), and its column according to the header.
    Cell {
        /// The row.
        row: u32,
        /// The position, counted from 0, which the spreadsheet shows as A.
        position: usize,
        /// The column, if the header names one.
        column: Option<Column>,
    },
}

/// The kind of problem. The sentences for people are written where they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No bytes, or only blanks.
    EmptyFile,
    /// More than [`super::MAX_BYTES`].
    FileTooLarge,
    /// Not a list.
    Kind(FileKind),
    /// The end of the file is missing.
    CutOff,
    /// The last row has neither all cells nor a line end.
    CutOffRow,
    /// The end of a workbook is missing.
    CutOffWorkbook,
    /// A workbook that can't be read.
    DamagedWorkbook,
    /// A workbook that unpacks to more than [`super::MAX_UNPACKED_BYTES`].
    WorkbookTooLarge,
    /// More than [`super::MAX_CELL_BYTES`].
    CellTooLong,
    /// A line of more than [`super::MAX_LINE_BYTES`].
    LineTooLong,
    /// More than [`super::MAX_VALUE_BYTES`].
    ValueTooLong,
    /// Several visible sheets contain a list, and none was selected.
    SeveralLists(Vec<SheetName>),
    /// Only a hidden sheet has column names.
    ListHidden(Vec<SheetName>),
    /// The selected sheet doesn't exist.
    NoSuchSheet(Vec<SheetName>),
    /// The selected sheet is hidden.
    HiddenSheet,
    /// A sheet was selected for a text file.
    NoSheets,
    /// Only NUL bytes.
    Zeros,
    /// Neither UTF-8 nor Shift_JIS.
    Encoding(&'static str),
    /// Half-width katakana of Shift_JIS, or kanji of another encoding.
    Katakana,
    /// None of the first rows contains known column names.
    NoHeader,
    /// The column names, and each row below them, are in a single cell.
    OneCell,
    /// 文字化け: the column names were read in the wrong encoding and saved.
    Garbled,
    /// A row above the column names may be a patient.
    AboveColumnNames,
    /// The column names are repeated in a later row.
    ColumnNamesAgain,
    /// A row, or consecutive rows, with neither an ID, a birth date nor a name: a total, a note, a default.
    NoPatient {
        /// The number of consecutive rows below it with the same problem.
        more: u32,
    },
    /// A required column is missing.
    MissingColumn(Column),
    /// No rows below the header.
    NoPatients,
    /// More than [`super::MAX_ROWS`].
    TooManyRows,
    /// The list of findings was truncated at [`super::MAX_FINDINGS`].
    MoreFindings,
    /// An unknown column name, and the column that it may mean.
    UnknownColumn(Option<Column>),
    /// A repeated column, and the position of the first one.
    DuplicateColumn(usize),
    /// Fewer cells than the header has, and required columns are among the missing ones.
    TooFewCells {
        /// The number of cells in the row.
        found: usize,
        /// The number of cells in the header.
        expected: usize,
    },
    /// A filled cell without a column name.
    TooManyCells,
    /// A quotation mark in the middle of a cell that doesn't begin with one.
    QuoteInside,
    /// An unclosed quotation mark.
    QuoteOpen,
    /// Text between the closing quotation mark and the separator.
    TextAfterQuote,
    /// A NUL byte.
    Nul,
    /// A line break inside a value.
    LineBreak,
    /// Another control character.
    ControlCharacter,
    /// A character in a name that isn't shown as it is.
    Hidden(HiddenCharacter),
    /// 外字: a character that only the computer on which it was created can show, speak or print.
    PrivateCharacter,
    /// U+FFFD: a letter lost in an earlier conversion.
    LostCharacter,
    /// A required cell is empty.
    Missing,
    /// `#N/A` and similar.
    ErrorCell,
    /// A formula without a result in the file: the program that wrote it didn't calculate it.
    FormulaWithoutResult,
    /// A number, date or Boolean in a text column.
    WrongKind,
    /// A name longer than [`super::MAX_NAME_CHARS`].
    NameTooLong,
    /// Not a HER-SYS ID.
    HersysId(HersysIdError),
    /// Too few digits for a HER-SYS ID: Excel drops leading zeros.
    LostZeros(usize),
    /// A number whose format shows something other than digits, or is unsupported.
    NumberFormat,
    /// Not a date.
    Date(DateError),
    /// After today.
    Future,
    /// Before 1900.
    TooOld,
    /// The diagnosis or the start of the observation is before the birth.
    BeforeBirth,
    /// Not a phone number.
    PhoneNumber,
    /// A phone number to which automated calls may not be placed.
    NotCallable(NumberKind),
    /// Automated calls without a phone number.
    NumberNeeded,
    /// Not yes or no.
    YesNo,
    /// The value isn't yes, no or unknown.
    Oximeter,
    /// None of the seven languages.
    Language,
    /// Chinese without the script.
    WhichChinese,
    /// Not call times.
    CallTimes(CallTimesError),
    /// A call time outside the centre's calling hours.
    OutsideCallingHours,
    /// The same HER-SYS ID as in an earlier row.
    DuplicateHersysId(u32),
    /// The same HER-SYS ID as in an earlier row except for leading zeros, and one of the two cells is a number.
    DuplicateButForZeros(u32),
    /// The same number for automated calls as in an earlier row (A2).
    DuplicateNumber(u32),
    /// Another patient under observation already has automated calls on this number (A2).
    NumberInUse,
    /// The patient is registered at another health centre.
    OtherCentre,
}

impl Finding {
    /// The row, if the finding has one.
    pub const fn row(&self) -> Option<u32> {
        match self.place {
            Place::File => None,
            Place::Row(row) | Place::Cell { row, .. } => Some(row),
        }
    }

    pub(super) const fn file(fault: Fault) -> Self {
        Self { place: Place::File, fault }
    }
}

impl From<Fault> for Finding {
    fn from(fault: Fault) -> Self {
        Self::file(fault)
    }
}
