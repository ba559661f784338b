//! What the findings about a patient list say, for the command and for the console.

use crate::domain::era::DateError;
use crate::domain::{CallTimesError, HersysIdError, HiddenCharacter, HiddenKind, NumberKind};
use crate::patient_import::{Column, Doubt, Fault, FileKind, Letters, ROWS_LOOKED_THROUGH, SheetName};
use crate::translations::{Argument, Message, Separator, message};

/// The most sheets named in a sentence.
const MOST_NAMES: usize = 20;

/// What may be wrong with a row.
pub const fn doubt_words(doubt: Doubt) -> Message {
    match doubt {
        Doubt::BareNumber => message!("doubt-bare-number"),
        Doubt::ListedWithOtherZeros => message!("doubt-listed-with-other-zeros"),
        Doubt::RegisteredWithOtherZeros => message!("doubt-registered-with-other-zeros"),
        Doubt::StruckOut => message!("doubt-struck-out"),
    }
}

/// What is wrong with a list, with a row or with a cell.
#[allow(clippy::too_many_lines, reason = "one line for each finding, so that the match is total")]
pub fn fault_words(fault: &Fault) -> Message {
    match fault {
        Fault::EmptyFile => message!("list-empty-file"),
        Fault::FileTooLarge => message!("list-file-too-large"),
        Fault::Kind(kind) => message!("file-kind", what = file(*kind), advice = advice(*kind)),
        Fault::CutOff => message!("list-cut-off"),
        Fault::CutOffRow => message!("list-cut-off-row"),
        Fault::CutOffWorkbook => message!("list-cut-off-workbook"),
        Fault::DamagedWorkbook => message!("list-damaged-workbook"),
        Fault::WorkbookTooLarge => message!("list-workbook-too-large"),
        Fault::CellTooLong => message!("list-cell-too-long"),
        Fault::LineTooLong => message!("list-line-too-long"),
        Fault::ValueTooLong => message!("list-value-too-long"),
        Fault::SeveralLists(names) => message!("list-several-lists", sheets = sheets(names)),
        Fault::ListHidden(names) => message!("list-hidden", sheets = sheets(names)),
        Fault::NoSuchSheet(names) => message!("list-no-such-sheet", sheets = sheets(names)),
        Fault::HiddenSheet => message!("list-hidden-sheet"),
        Fault::NoSheets => message!("list-no-sheets"),
        Fault::Zeros => message!("list-zeros"),
        Fault::Encoding(encoding) => message!("list-encoding", encoding = *encoding),
        Fault::Katakana => message!("list-katakana"),
        Fault::NoHeader => message!("list-no-header", rows = ROWS_LOOKED_THROUGH, columns = columns()),
        Fault::OneCell => message!("list-one-cell"),
        Fault::Garbled => message!("list-garbled"),
        Fault::AboveColumnNames => message!("list-above-column-names"),
        Fault::ColumnNamesAgain => message!("list-column-names-again"),
        Fault::NoPatient { more } => message!("list-no-patient", more = *more),
        Fault::MissingColumn(column) => message!("list-missing-column", column = column_name(*column)),
        Fault::NoPatients => message!("list-no-patients"),
        Fault::TooManyRows => message!("list-too-many-rows"),
        Fault::MoreFindings => message!("list-more-findings"),
        Fault::UnknownColumn(guess) => unknown_column(*guess),
        Fault::DuplicateColumn(first) => message!("list-duplicate-column", letters = Letters(*first).to_string()),
        Fault::TooFewCells { found, expected } => {
            message!("list-too-few-cells", found = *found, expected = *expected)
        }
        Fault::TooManyCells => message!("list-too-many-cells"),
        Fault::QuoteInside => message!("list-quote-inside"),
        Fault::QuoteOpen => message!("list-quote-open"),
        Fault::TextAfterQuote => message!("list-text-after-quote"),
        Fault::Nul => message!("list-nul"),
        Fault::LineBreak => message!("list-line-break"),
        Fault::ControlCharacter => message!("list-control-character"),
        Fault::Hidden(hidden) => hidden_words(*hidden),
        Fault::PrivateCharacter => message!("list-private-character"),
        Fault::LostCharacter => message!("list-lost-character"),
        Fault::Missing => message!("list-missing"),
        Fault::ErrorCell => message!("list-error-cell"),
        Fault::FormulaWithoutResult => message!("list-formula-without-result"),
        Fault::WrongKind => message!("list-wrong-kind"),
        Fault::NameTooLong => message!("list-name-too-long"),
        Fault::HersysId(error) => id_words(*error),
        Fault::LostZeros(digits) => message!("list-lost-zeros", what = id_words(HersysIdError::Length(*digits))),
        Fault::NumberFormat => message!("list-number-format"),
        Fault::Date(error) => date_words(*error),
        Fault::Future => message!("list-future"),
        Fault::TooOld => message!("list-too-old"),
        Fault::BeforeBirth => message!("list-before-birth"),
        Fault::PhoneNumber => message!("list-phone-number"),
        Fault::NotCallable(kind) => message!("list-not-callable", kind = number_kind(*kind)),
        Fault::NumberNeeded => message!("list-number-needed"),
        Fault::YesNo => message!("list-yes-no"),
        Fault::Oximeter => message!("list-oximeter"),
        Fault::Language => message!("list-language"),
        Fault::WhichChinese => message!("list-which-chinese"),
        Fault::CallTimes(error) => times_words(*error),
        Fault::OutsideCallingHours => message!("list-outside-calling-hours"),
        Fault::DuplicateHersysId(row) => message!("list-duplicate-hersys-id", row = *row),
        Fault::DuplicateButForZeros(row) => message!("list-duplicate-but-for-zeros", row = *row),
        Fault::DuplicateNumber(row) => message!("list-duplicate-number", row = *row),
        Fault::NumberInUse => message!("list-number-in-use"),
        Fault::OtherCentre => message!("list-other-centre"),
    }
}

/// A column, in Japanese and as it is written in lists.
pub fn column_name(column: Column) -> Message {
    message!("column-name", code = column.code(), japanese = column.japanese())
}

fn unknown_column(guess: Option<Column>) -> Message {
    match guess {
        // 氏名 has both names in one cell, and no program can separate them.
        Some(Column::FamilyName) => message!(
            "list-unknown-column-names",
            family = column_name(Column::FamilyName),
            given = column_name(Column::GivenName)
        ),
        Some(column) => message!("list-unknown-column-guess", column = column_name(column)),
        None => message!("list-unknown-column", columns = columns()),
    }
}

fn columns() -> Argument {
    Argument::Joined(Separator::Words, Column::ALL.into_iter().map(column_name).collect())
}

/// The names of some sheets, and how many more there are.
pub fn sheets(names: &[SheetName]) -> Argument {
    let named: Vec<String> = names.iter().take(MOST_NAMES).map(SheetName::to_string).collect();
    and_more(named, names.len())
}

/// Some of `all` names, and how many more there are.
pub fn and_more(named: Vec<String>, all: usize) -> Argument {
    let more = all.saturating_sub(named.len());
    let names = named.join(", ");
    if more == 0 { Argument::Text(names) } else { message!("and-more", names = names, more = more).into() }
}

/// What is wrong with a HER-SYS ID.
pub fn id_words(error: HersysIdError) -> Message {
    match error {
        HersysIdError::Length(digits) => message!("hersys-id-length", digits = digits),
        HersysIdError::NotDigits => message!("hersys-id-not-digits"),
    }
}

/// What is wrong with call times.
pub const fn times_words(error: CallTimesError) -> Message {
    match error {
        CallTimesError::Form => message!("call-times-form"),
        CallTimesError::NoSuchTime => message!("call-times-no-such-time"),
        CallTimesError::TooMany => message!("call-times-too-many"),
        CallTimesError::Twice => message!("call-times-twice"),
    }
}

/// What is wrong with a date.
pub const fn date_words(error: DateError) -> Message {
    match error {
        DateError::TimeOfDay => message!("date-time-of-day"),
        DateError::Form => message!("date-form"),
        DateError::NoSuchDay => message!("date-no-such-day"),
        DateError::NotInEra => message!("date-not-in-era"),
        DateError::OldCalendar => message!("date-old-calendar"),
    }
}

/// Which character can't be seen.
pub fn hidden_words(hidden: HiddenCharacter) -> Message {
    let code = format!("U+{:04X}", u32::from(hidden.character));
    match hidden.kind {
        HiddenKind::LineBreak => message!("hidden-line-break", code = code),
        HiddenKind::Control => message!("hidden-control", code = code),
        HiddenKind::Direction => message!("hidden-direction", code = code),
        HiddenKind::Invisible => message!("hidden-invisible", code = code),
    }
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
