//! What the findings and warnings of a patient list say.

use super::ToMessage;
use crate::domain::era::DateError;
use crate::domain::{HersysIdError, NumberKind};
use crate::patient_import::{
    Column, Doubt, Fault, FileKind, Finding, Letters, Place, ROWS_LOOKED_THROUGH, SheetName, Warning,
};
use crate::translations::{Argument, Message, Separator, message};

/// The most sheets named in a sentence.
const MOST_NAMES: usize = 20;
/// The most rows named for one warning. The others are counted.
const MOST_ROWS: usize = 10;

impl ToMessage for Finding {
    fn message(&self) -> Message {
        message!("finding", place = self.place.message(), fault = self.fault.message())
    }
}

impl ToMessage for Place {
    fn message(&self) -> Message {
        match self {
            Self::File => message!("place-file"),
            Self::Row(row) => message!("place-row", row = *row),
            Self::Cell { row, position, column: None } => {
                message!("place-cell", row = *row, letters = Letters(*position).to_string())
            }
            Self::Cell { row, position, column: Some(column) } => message!(
                "place-named-cell",
                row = *row,
                letters = Letters(*position).to_string(),
                column = column.message()
            ),
        }
    }
}

impl ToMessage for Column {
    fn message(&self) -> Message {
        message!("column-name", code = self.code(), japanese = self.japanese())
    }
}

impl ToMessage for Fault {
    #[allow(clippy::too_many_lines, reason = "one line for each finding, so that the match is total")]
    fn message(&self) -> Message {
        match self {
            Self::EmptyFile => message!("list-empty-file"),
            Self::FileTooLarge => message!("list-file-too-large"),
            Self::Kind(kind) => kind.message(),
            Self::CutOff => message!("list-cut-off"),
            Self::CutOffRow => message!("list-cut-off-row"),
            Self::CutOffWorkbook => message!("list-cut-off-workbook"),
            Self::DamagedWorkbook => message!("list-damaged-workbook"),
            Self::WorkbookTooLarge => message!("list-workbook-too-large"),
            Self::CellTooLong => message!("list-cell-too-long"),
            Self::LineTooLong => message!("list-line-too-long"),
            Self::ValueTooLong => message!("list-value-too-long"),
            Self::SeveralLists(names) => message!("list-several-lists", sheets = sheets(names)),
            Self::ListHidden(names) => message!("list-hidden", sheets = sheets(names)),
            Self::NoSuchSheet(names) => message!("list-no-such-sheet", sheets = sheets(names)),
            Self::HiddenSheet => message!("list-hidden-sheet"),
            Self::NoSheets => message!("list-no-sheets"),
            Self::Zeros => message!("list-zeros"),
            Self::Encoding(encoding) => message!("list-encoding", encoding = *encoding),
            Self::Katakana => message!("list-katakana"),
            Self::NoHeader => message!("list-no-header", rows = ROWS_LOOKED_THROUGH, columns = columns()),
            Self::OneCell => message!("list-one-cell"),
            Self::Garbled => message!("list-garbled"),
            Self::AboveColumnNames => message!("list-above-column-names"),
            Self::ColumnNamesAgain => message!("list-column-names-again"),
            Self::NoPatient { more } => message!("list-no-patient", more = *more),
            Self::MissingColumn(column) => message!("list-missing-column", column = column.message()),
            Self::NoPatients => message!("list-no-patients"),
            Self::TooManyRows => message!("list-too-many-rows"),
            Self::MoreFindings => message!("list-more-findings"),
            Self::UnknownColumn(guess) => unknown_column(*guess),
            Self::DuplicateColumn(first) => message!("list-duplicate-column", letters = Letters(*first).to_string()),
            Self::TooFewCells { found, expected } => {
                message!("list-too-few-cells", found = *found, expected = *expected)
            }
            Self::TooManyCells => message!("list-too-many-cells"),
            Self::QuoteInside => message!("list-quote-inside"),
            Self::QuoteOpen => message!("list-quote-open"),
            Self::TextAfterQuote => message!("list-text-after-quote"),
            Self::Nul => message!("list-nul"),
            Self::LineBreak => message!("list-line-break"),
            Self::ControlCharacter => message!("list-control-character"),
            Self::Hidden(hidden) => hidden.message(),
            Self::PrivateCharacter => message!("list-private-character"),
            Self::LostCharacter => message!("list-lost-character"),
            Self::Missing => message!("list-missing"),
            Self::ErrorCell => message!("list-error-cell"),
            Self::FormulaWithoutResult => message!("list-formula-without-result"),
            Self::WrongKind => message!("list-wrong-kind"),
            Self::NameTooLong => message!("list-name-too-long"),
            Self::HersysId(error) => error.message(),
            Self::LostZeros(digits) => message!("list-lost-zeros", what = HersysIdError::Length(*digits).message()),
            Self::NumberFormat => message!("list-number-format"),
            Self::Date(error) => error.message(),
            Self::Future => message!("list-future"),
            Self::TooOld => message!("list-too-old"),
            Self::BeforeBirth => message!("list-before-birth"),
            Self::PhoneNumber => message!("list-phone-number"),
            Self::NotCallable(kind) => message!("list-not-callable", kind = number_kind(*kind)),
            Self::NumberNeeded => message!("list-number-needed"),
            Self::YesNo => message!("list-yes-no"),
            Self::Oximeter => message!("list-oximeter"),
            Self::Language => message!("list-language"),
            Self::WhichChinese => message!("list-which-chinese"),
            Self::CallTimes(error) => error.message(),
            Self::OutsideCallingHours => message!("list-outside-calling-hours"),
            Self::DuplicateHersysId(row) => message!("list-duplicate-hersys-id", row = *row),
            Self::DuplicateButForZeros(row) => message!("list-duplicate-but-for-zeros", row = *row),
            Self::DuplicateNumber(row) => message!("list-duplicate-number", row = *row),
            Self::NumberInUse => message!("list-number-in-use"),
            Self::OtherCentre => message!("list-other-centre"),
        }
    }
}

fn unknown_column(guess: Option<Column>) -> Message {
    match guess {
        // 氏名 has both names in one cell, and no program can separate them.
        Some(Column::FamilyName) => message!(
            "list-unknown-column-names",
            family = Column::FamilyName.message(),
            given = Column::GivenName.message()
        ),
        Some(column) => message!("list-unknown-column-guess", column = column.message()),
        None => message!("list-unknown-column", columns = columns()),
    }
}

fn columns() -> Argument {
    Argument::Joined(Separator::Words, Column::ALL.iter().map(ToMessage::message).collect())
}

fn sheets(names: &[SheetName]) -> Argument {
    let named: Vec<String> = names.iter().take(MOST_NAMES).map(SheetName::to_string).collect();
    and_more(named, names.len())
}

/// Some of `all` names, and how many more there are.
fn and_more(named: Vec<String>, all: usize) -> Argument {
    let more = all.saturating_sub(named.len());
    let names = named.join(", ");
    if more == 0 { Argument::Text(names) } else { message!("and-more", names = names, more = more).into() }
}

const fn number_kind(kind: NumberKind) -> Message {
    match kind {
        NumberKind::Geographic | NumberKind::Mobile | NumberKind::Ip050 => message!("kind-this"),
        NumberKind::TollFree => message!("kind-toll-free"),
        NumberKind::Universal => message!("kind-universal"),
        NumberKind::Premium => message!("kind-premium"),
        NumberKind::Satellite => message!("kind-satellite"),
        NumberKind::Foreign => message!("kind-foreign"),
        NumberKind::Other => message!("kind-other"),
    }
}

impl ToMessage for DateError {
    fn message(&self) -> Message {
        match self {
            Self::TimeOfDay => message!("date-time-of-day"),
            Self::Form => message!("date-form"),
            Self::NoSuchDay => message!("date-no-such-day"),
            Self::NotInEra => message!("date-not-in-era"),
            Self::OldCalendar => message!("date-old-calendar"),
        }
    }
}

impl ToMessage for FileKind {
    fn message(&self) -> Message {
        message!("file-kind", what = file(*self), advice = advice(*self))
    }
}

const fn file(kind: FileKind) -> Message {
    match kind {
        FileKind::OldExcel => message!("file-old-excel"),
        FileKind::Locked => message!("file-locked"),
        FileKind::BinaryExcel => message!("file-binary-excel"),
        FileKind::OpenDocument => message!("file-open-document"),
        FileKind::Numbers => message!("file-numbers"),
        FileKind::Word => message!("file-word"),
        FileKind::PowerPoint => message!("file-power-point"),
        FileKind::Mail => message!("file-mail"),
        FileKind::OtherOffice => message!("file-other-office"),
        FileKind::WebPage => message!("file-web-page"),
        FileKind::WebArchive => message!("file-web-archive"),
        FileKind::XmlSpreadsheet => message!("file-xml-spreadsheet"),
        FileKind::Xml => message!("file-xml"),
        FileKind::RichText => message!("file-rich-text"),
        FileKind::Pdf => message!("file-pdf"),
        FileKind::Picture => message!("file-picture"),
        FileKind::Archive => message!("file-archive"),
        FileKind::Sylk => message!("file-sylk"),
        FileKind::Dif => message!("file-dif"),
        FileKind::Json => message!("file-json"),
        FileKind::Link => message!("file-link"),
        FileKind::OpenMark => message!("file-open-mark"),
        FileKind::AppleDouble => message!("file-apple-double"),
    }
}

/// The remedy.
const fn advice(kind: FileKind) -> Message {
    match kind {
        FileKind::Archive => message!("advice-unpack"),
        FileKind::Locked => message!("advice-unlock"),
        FileKind::Link | FileKind::OpenMark | FileKind::AppleDouble => message!("advice-name-the-list"),
        FileKind::Mail => message!("advice-attachment"),
        FileKind::Pdf | FileKind::Picture => message!("advice-ask"),
        FileKind::Word | FileKind::PowerPoint | FileKind::RichText | FileKind::OtherOffice => message!("advice-copy"),
        FileKind::OldExcel
        | FileKind::BinaryExcel
        | FileKind::OpenDocument
        | FileKind::Numbers
        | FileKind::WebPage
        | FileKind::WebArchive
        | FileKind::XmlSpreadsheet
        | FileKind::Xml
        | FileKind::Sylk
        | FileKind::Dif
        | FileKind::Json => message!("advice-save"),
    }
}

impl ToMessage for Doubt {
    fn message(&self) -> Message {
        match self {
            Self::BareNumber => message!("doubt-bare-number"),
            Self::ListedWithOtherZeros => message!("doubt-listed-with-other-zeros"),
            Self::RegisteredWithOtherZeros => message!("doubt-registered-with-other-zeros"),
            Self::StruckOut => message!("doubt-struck-out"),
        }
    }
}

/// The warnings of a list, one for each kind, with its rows.
pub fn warnings(warnings: &[Warning]) -> Vec<Message> {
    let mut doubts: Vec<Doubt> = warnings.iter().map(|warning| warning.doubt).collect();
    doubts.sort_unstable();
    doubts.dedup();
    let sentence = |doubt: Doubt| {
        let rows: Vec<u32> = warnings.iter().filter(|warning| warning.doubt == doubt).map(|w| w.row).collect();
        let named = rows.iter().take(MOST_ROWS).map(u32::to_string).collect();
        message!("warning-rows", count = rows.len(), rows = and_more(named, rows.len()), doubt = doubt.message())
    };
    doubts.into_iter().map(sentence).collect()
}
