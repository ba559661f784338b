//! The problems of a patient list and their places. A finding contains the row and column, never the value: it is
//! printed, shown and perhaps logged, and the value may be a person's ID, name or number.

use super::{column::Column, era::DateError, kind::FileKind, letters::Letters, list::SheetName};
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

/// The kind of problem. `Display` writes the sentence for people, without the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No bytes, or only blanks.
    #[error("the file is empty")]
    EmptyFile,
    /// More than [`super::MAX_BYTES`].
    #[error("the file is larger than 64 MB; split it")]
    FileTooLarge,
    /// Not a list.
    #[error("{0}")]
    Kind(FileKind),
    /// The end of the file is missing.
    #[error("the file is cut off here; copy or export it again")]
    CutOff,
    /// The last row has neither all cells nor a line end.
    #[error(
        "the file ends here without the row's last cells and without a line end: it may be cut off; copy or export it again, or write the empty cells too"
    )]
    CutOffRow,
    /// The end of a workbook is missing.
    #[error("this Excel workbook is cut off: its end is missing; copy or download it again")]
    CutOffWorkbook,
    /// A workbook that can't be read.
    #[error("this Excel workbook is damaged; open it in Excel and save it again")]
    DamagedWorkbook,
    /// A workbook that unpacks to more than [`super::MAX_UNPACKED_BYTES`].
    #[error("this Excel workbook is too large when unpacked (512 MB are read at most); split it")]
    WorkbookTooLarge,
    /// More than [`super::MAX_CELL_BYTES`].
    #[error("a cell holds more than 64 kB of text")]
    CellTooLong,
    /// More than [`super::MAX_VALUE_BYTES`].
    #[error("the cell holds more than 4 kB of text, which no value of a list has")]
    ValueTooLong,
    /// Several visible sheets contain a list, and none was selected.
    #[error("several sheets hold a list: {}; choose one with --sheet NAME", Names(.0))]
    SeveralLists(Vec<SheetName>),
    /// Only a hidden sheet has column names.
    #[error("no visible sheet holds a list, and hidden ones aren't read: {}; show the sheet in Excel, look through it, and save the file", Names(.0))]
    ListHidden(Vec<SheetName>),
    /// The selected sheet doesn't exist.
    #[error("there is no such sheet; the visible ones are {}", Names(.0))]
    NoSuchSheet(Vec<SheetName>),
    /// The selected sheet is hidden.
    #[error(
        "this sheet is hidden, and hidden sheets aren't read; show it in Excel, look through it, and save the file"
    )]
    HiddenSheet,
    /// A sheet was selected for a text file.
    #[error("a sheet was named, but this is a text file, which has none; leave --sheet out")]
    NoSheets,
    /// Only NUL bytes.
    #[error("the file holds nothing but zeros: copying or saving it failed; copy or export it again")]
    Zeros,
    /// Neither UTF-8 nor Shift_JIS.
    #[error("this file is in {0}; save it as UTF-8 or Shift_JIS")]
    Encoding(&'static str),
    /// Half-width katakana of Shift_JIS, or kanji of another encoding.
    #[error(
        "this file is in Shift_JIS with half-width katakana, or in EUC-JP or a relative of it, which can't be told apart here; save it as UTF-8"
    )]
    Katakana,
    /// None of the first rows contains known column names.
    #[error(
        "no row among the first {} filled ones holds the column names; put them in one row above the patients; they are {}",
        super::ROWS_LOOKED_THROUGH,
        ColumnNames
    )]
    NoHeader,
    /// The column names, and each row below them, are in a single cell.
    #[error(
        "each row stands in one cell, its separators inside; part it into columns (in Excel: Data, Text to Columns / データ、区切り位置), or export the list as .xlsx again"
    )]
    OneCell,
    /// 文字化け: the column names were read in the wrong encoding and saved.
    #[error(
        "the column names are garbled (文字化け): some program opened the file in the wrong encoding and saved it; export it again and don't open it in between"
    )]
    Garbled,
    /// A row above the column names may be a patient.
    #[error(
        "what may be a patient stands above the column names; move the row below them (were the names sorted with the rows?)"
    )]
    AboveColumnNames,
    /// The column names are repeated in a later row.
    #[error("this row holds column names again; leave them in one row alone, above the patients, and remove this one")]
    ColumnNamesAgain,
    /// A row, or consecutive rows, with neither an ID, a birth date nor a name: a total, a note, a default.
    #[error(
        "{} no patient: HER-SYS ID, birth date and names are missing; fill them in, or remove the row if it is a total or a note",
        Rows(*.more)
    )]
    NoPatient {
        /// The number of consecutive rows below it with the same problem.
        more: u32,
    },
    /// A required column is missing.
    #[error("the column {0} is missing")]
    MissingColumn(Column),
    /// No rows below the header.
    #[error("there are no patients below the column names")]
    NoPatients,
    /// More than [`super::MAX_ROWS`].
    #[error("the file has more than 1,000,000 rows; split it")]
    TooManyRows,
    /// The list of findings was truncated at [`super::MAX_FINDINGS`].
    #[error("there is more wrong with this file; the first 10,000 findings are listed")]
    MoreFindings,
    /// An unknown column name, and the column that it may mean.
    #[error("this column name isn't known; {}", Guess(*.0))]
    UnknownColumn(Option<Column>),
    /// A repeated column, and the position of the first one.
    #[error("this column stands there twice, first as column {}", Letters(*.0))]
    DuplicateColumn(usize),
    /// Fewer cells than the header has, and required columns are among the missing ones.
    #[error("this row has {found} cells where the header has {expected}")]
    TooFewCells {
        /// The number of cells in the row.
        found: usize,
        /// The number of cells in the header.
        expected: usize,
    },
    /// A filled cell without a column name.
    #[error("there is a value under no column name; is there a separator too many in the row?")]
    TooManyCells,
    /// A quotation mark in the middle of a cell that doesn't begin with one.
    #[error("a quotation mark stands in the middle of a cell; put the whole cell in marks and double those inside")]
    QuoteInside,
    /// An unclosed quotation mark.
    #[error("a quotation mark opens here and never closes: a mark is missing, or the file is cut off")]
    QuoteOpen,
    /// Text between the closing quotation mark and the separator.
    #[error("there is text after the closing quotation mark")]
    TextAfterQuote,
    /// A NUL byte.
    #[error("the cell holds a NUL byte; the file is damaged, export it again")]
    Nul,
    /// A line break inside a value.
    #[error("the cell holds a line break; write one value on one line")]
    LineBreak,
    /// Another control character.
    #[error("the cell holds a control character, which nobody sees; write the cell again")]
    ControlCharacter,
    /// A character in a name that isn't shown as it is.
    #[error("{0}")]
    Hidden(HiddenCharacter),
    /// 外字: a character that only the computer on which it was created can show, speak or print.
    #[error("the cell holds a user-defined character (外字); write it with a standard character")]
    PrivateCharacter,
    /// U+FFFD: a letter lost in an earlier conversion.
    #[error("a character in this cell was lost in an earlier conversion; write it again")]
    LostCharacter,
    /// A required cell is empty.
    #[error("this cell may not be empty")]
    Missing,
    /// `#N/A` and similar.
    #[error("the cell holds a spreadsheet error")]
    ErrorCell,
    /// A formula without a result in the file: the program that wrote it didn't calculate it.
    #[error("the cell is a formula without a result in the file; open it in Excel and save it")]
    FormulaWithoutResult,
    /// A number, date or Boolean in a text column.
    #[error(
        "the cell is a number, a date or a formula's result of the wrong kind; format the column as text (or, for a date, as date) and enter it again"
    )]
    WrongKind,
    /// A name longer than [`super::MAX_NAME_CHARS`].
    #[error("a name has at most 100 characters")]
    NameTooLong,
    /// Not a HER-SYS ID.
    #[error("{0}")]
    HersysId(HersysIdError),
    /// Too few digits for a HER-SYS ID: Excel drops leading zeros.
    #[error("{}: leading zeros may be lost; format the column as text and enter it again", HersysIdError::Length(*.0))]
    LostZeros(usize),
    /// A number whose format shows something other than digits, or is unsupported.
    #[error(
        "the cell is a number, and how its number format shows it can't be told: leading zeros may be lost; format the column as text and enter it again"
    )]
    NumberFormat,
    /// Not a date.
    #[error("{0}")]
    Date(DateError),
    /// After today.
    #[error("this date lies in the future")]
    Future,
    /// Before 1900.
    #[error("a date before 1900 can't be right")]
    TooOld,
    /// The diagnosis or the start of the observation is before the birth.
    #[error("this date lies before the birth date")]
    BeforeBirth,
    /// Not a phone number.
    #[error(
        "this isn't a phone number that can exist; write one number, as 03-5211-3641, 09012345678 or +819012345678"
    )]
    PhoneNumber,
    /// A phone number to which automated calls may not be placed.
    #[error("automated calls can't go to {}; give a Japanese landline, mobile or 050 number, or set automated_call to no", kind(*.0))]
    NotCallable(NumberKind),
    /// Automated calls without a phone number.
    #[error("automated calls need a phone number")]
    NumberNeeded,
    /// Not yes or no.
    #[error("write yes or no (はい/いいえ, 有/無, 1/0, ○/×)")]
    YesNo,
    /// None of the seven languages.
    #[error("the languages are ja, en, zh-Hans, zh-Hant, ko, es and pt")]
    Language,
    /// Chinese without the script.
    #[error("say which Chinese: zh-Hans (简体中文) or zh-Hant (繁體中文)")]
    WhichChinese,
    /// Not call times.
    #[error("{0}")]
    CallTimes(CallTimesError),
    /// A call time outside the centre's calling hours.
    #[error("a call time lies outside the health centre's calling hours")]
    OutsideCallingHours,
    /// The same HER-SYS ID as in an earlier row.
    #[error("this HER-SYS ID already stands in row {0}")]
    DuplicateHersysId(u32),
    /// The same HER-SYS ID as in an earlier row except for leading zeros, and one of the two cells is a number.
    #[error(
        "this HER-SYS ID already stands in row {0}, as far as can be told: they differ in leading zeros only, and one of the two cells is a number, whose leading zeros may be lost; format the column as text and enter it again"
    )]
    DuplicateButForZeros(u32),
    /// The same number for automated calls as in an earlier row (A2).
    #[error(
        "this number already takes the automated calls of row {0}: one number can't take them for two patients; the other one can report by the portal or by the health call"
    )]
    DuplicateNumber(u32),
    /// Another patient under observation already has automated calls on this number (A2).
    #[error(
        "another patient under observation already gets automated calls on this number, and one number can't take them for two patients; set automated_call to no: this patient can report by the portal (My HER-SYS) or by the health call (健康コール)"
    )]
    NumberInUse,
    /// The patient is registered at another health centre.
    #[error("this patient belongs to another health centre, which must transfer the patient first")]
    OtherCentre,
}

/// Writes the names of all columns.
struct ColumnNames;

impl std::fmt::Display for ColumnNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<String> = Column::ALL.into_iter().map(|column| column.to_string()).collect();
        f.write_str(&names.join(", "))
    }
}

/// Writes the possible meaning of an unknown column name.
struct Guess(Option<Column>);

impl std::fmt::Display for Guess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            // 氏名 has both names in one cell, and no program can separate them.
            Some(Column::FamilyName) => {
                write!(f, "names stand in two columns, {} and {}", Column::FamilyName, Column::GivenName)
            }
            Some(column) => write!(f, "did you mean {column}?"),
            None => write!(f, "remove the column, or use one of {ColumnNames}"),
        }
    }
}

/// Writes which rows contain something.
struct Rows(u32);

impl std::fmt::Display for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            0 => f.write_str("this row holds"),
            1 => f.write_str("this row and the one below it hold"),
            more => write!(f, "this row and the {more} below it hold"),
        }
    }
}

/// Writes the names of sheets.
struct Names<'n>(&'n [SheetName]);

impl std::fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<String> = self.0.iter().take(MOST_NAMES).map(SheetName::to_string).collect();
        f.write_str(&names.join(", "))?;
        match self.0.len().saturating_sub(MOST_NAMES) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// The most sheets named in a sentence.
const MOST_NAMES: usize = 20;

const fn kind(kind: NumberKind) -> &'static str {
    match kind {
        NumberKind::Geographic | NumberKind::Mobile | NumberKind::Ip050 => "this number",
        NumberKind::TollFree => "a toll-free number (0120, 0800)",
        NumberKind::Universal => "a 0570 number",
        NumberKind::Premium => "a premium-rate number (0990)",
        NumberKind::Satellite => "a satellite telephone",
        NumberKind::Foreign => "a foreign number",
        NumberKind::Other => "this kind of number",
    }
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

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File => f.write_str("file"),
            Self::Row(row) => write!(f, "row {row}"),
            Self::Cell { row, position, column: None } => write!(f, "row {row}, column {}", Letters(*position)),
            Self::Cell { row, position, column: Some(column) } => {
                write!(f, "row {row}, column {} ({column})", Letters(*position))
            }
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}
