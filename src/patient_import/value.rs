//! Interprets a cell by its column: one function for each kind of value.

use super::{
    MAX_NAME_CHARS, MAX_VALUE_BYTES,
    cell::{Cell, Shown},
    finding::Fault,
};
use crate::domain::era::{self, DateError};
use crate::domain::width;
use crate::domain::{
    BirthDate, CallTimes, CallTimesError, CallingHours, HersysId, HersysIdError, Language, Oximeter, PhoneNumber,
    Sensitive, all_visible,
};
use jiff::civil::Date;
use std::borrow::Cow;

/// Checks the characters of any cell, with or without a column name.
pub(super) fn characters(cell: &Cell<'_>) -> Result<(), Fault> {
    let text = match cell {
        Cell::Text(text) => text,
        Cell::TooLong => return Err(Fault::CellTooLong),
        Cell::Formula => return Err(Fault::FormulaWithoutResult),
        _ => return Ok(()),
    };
    if text.len() > MAX_VALUE_BYTES {
        return Err(Fault::ValueTooLong);
    }
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return Ok(());
    }
    for c in width::trim(text).chars() {
        match c {
            '\0' => return Err(Fault::Nul),
            '\u{fffd}' => return Err(Fault::LostCharacter),
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => return Err(Fault::PrivateCharacter),
            '\n' | '\r' | '\u{b}' | '\u{85}' => return Err(Fault::LineBreak),
            c if c.is_control() => return Err(Fault::ControlCharacter),
            _ => {}
        }
    }
    Ok(())
}

/// The text of a cell that must contain text.
fn text<'c>(cell: &'c Cell<'_>) -> Result<&'c str, Fault> {
    match cell {
        Cell::Text(text) => Ok(width::trim(text)),
        Cell::Empty => Err(Fault::Missing),
        Cell::Error(_) => Err(Fault::ErrorCell),
        Cell::Formula => Err(Fault::FormulaWithoutResult),
        Cell::TooLong => Err(Fault::CellTooLong),
        Cell::Whole { .. } | Cell::Date(_) | Cell::Moment(_) | Cell::Time(_) | Cell::Truth(_) | Cell::Odd(_) => {
            Err(Fault::WrongKind)
        }
    }
}

/// The reliability of a HER-SYS ID's leading zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zeros {
    /// The cell is text, or its format determines the number of digits.
    Kept,
    /// The cell is a number shown without leading zeros, so some may be lost.
    Unsure,
}

/// Reads a HER-SYS ID. Full-width digits count as half-width ones, and blanks are ignored. A number cell is read as
/// shown.
pub(super) fn hersys_id(cell: &Cell<'_>) -> Result<(HersysId, Zeros), Fault> {
    let (digits, zeros): (Cow<'_, str>, Zeros) = match cell {
        Cell::Whole { number, shown: Shown::Bare } => {
            let digits = number.to_string();
            let zeros = if digits.len() < HersysId::MAX_DIGITS { Zeros::Unsure } else { Zeros::Kept };
            (digits.into(), zeros)
        }
        Cell::Whole { number, shown: Shown::As(shown) } => {
            let shown = width::fold(shown);
            if !shown.bytes().all(|byte| byte.is_ascii_digit()) || shown.parse() != Ok(*number) {
                return Err(Fault::NumberFormat);
            }
            (shown.into_owned().into(), Zeros::Kept)
        }
        Cell::Whole { shown: Shown::Otherwise, .. } => return Err(Fault::NumberFormat),
        _ => {
            let folded = width::fold(text(cell)?);
            let gaps = folded.contains(' ');
            (if gaps { folded.replace(' ', "").into() } else { folded }, Zeros::Kept)
        }
    };
    match HersysId::parse(&digits) {
        Ok(id) => Ok((id, zeros)),
        Err(HersysIdError::Length(digits)) if digits < HersysId::MIN_DIGITS => Err(Fault::LostZeros(digits)),
        Err(error) => Err(Fault::HersysId(error)),
    }
}

/// Reads a date. A workbook's date cell already is one. A number is read if its format shows it as a date
/// (`0000"年"00"月"00"日"`).
pub(super) fn date(cell: &Cell<'_>) -> Result<Date, Fault> {
    let date = match cell {
        Cell::Date(date) => *date,
        Cell::Moment(_) => return Err(Fault::Date(DateError::TimeOfDay)),
        Cell::Whole { shown: Shown::As(shown), .. } => era::read(shown).map_err(|_| Fault::WrongKind)?,
        _ => era::read(text(cell)?).map_err(Fault::Date)?,
    };
    if date.year() < BirthDate::FIRST_YEAR { Err(Fault::TooOld) } else { Ok(date) }
}

pub(super) fn birth_date(cell: &Cell<'_>, today: Date) -> Result<BirthDate, Fault> {
    BirthDate::new(past_date(cell, today)?, today).map_err(|_| Fault::TooOld)
}

/// Reads a date that must not be in the future.
pub(super) fn past_date(cell: &Cell<'_>, today: Date) -> Result<Date, Fault> {
    date(cell).and_then(|date| if date > today { Err(Fault::Future) } else { Ok(date) })
}

/// Reads a name, as written.
pub(super) fn name(cell: &Cell<'_>) -> Result<Sensitive, Fault> {
    let text = text(cell)?;
    all_visible(text).map_err(Fault::Hidden)?;
    if text.chars().count() > MAX_NAME_CHARS { Err(Fault::NameTooLong) } else { Ok(Sensitive::new(text)) }
}

/// Reads one phone number. Letters, extensions and second numbers are refused, because the library would silently
/// read or drop them. A number that lost its leading zero in Excel is accepted if it becomes a Japanese number.
pub(super) fn phone_number(cell: &Cell<'_>) -> Result<PhoneNumber, Fault> {
    let written = match cell {
        Cell::Whole { number, shown } => number_as_shown(*number, shown).ok_or(Fault::PhoneNumber)?,
        _ => width::fold(text(cell)?).chars().map(width::hyphen).collect(),
    };
    let plain = |(at, c): (usize, char)| {
        c.is_ascii_digit() || matches!(c, '-' | ' ' | '(' | ')' | '.') || (c == '+' && at == 0)
    };
    if !written.char_indices().all(plain) {
        return Err(Fault::PhoneNumber);
    }
    PhoneNumber::parse(&written).map_err(|_| Fault::PhoneNumber)
}

/// A phone number from a number cell: as its format shows it, or with the lost zero. If a format adds digits other
/// than zeros (`"+81"0`), they are part of the number.
fn number_as_shown(number: u64, shown: &Shown) -> Option<String> {
    let bare = number.to_string();
    let shown: Option<String> = match shown {
        Shown::As(shown) => Some(width::fold(shown).chars().map(width::hyphen).collect()),
        Shown::Bare | Shown::Otherwise => None,
    };
    let digits: String = shown.as_deref().unwrap_or(&bare).chars().filter(char::is_ascii_digit).collect();
    match shown {
        Some(shown) if digits.starts_with('0') || digits != bare => Some(shown),
        _ => matches!(bare.len(), 9 | 10).then(|| format!("0{bare}")),
    }
}

const YES: [&str; 15] =
    ["yes", "y", "true", "1", "on", "はい", "有", "有り", "あり", "する", "希望", "○", "〇", "◯", "対象"];
const NO: [&str; 16] = [
    "no",
    "n",
    "false",
    "0",
    "off",
    "いいえ",
    "無",
    "無し",
    "なし",
    "しない",
    "不要",
    "×",
    "✕",
    "✗",
    "希望しない",
    "対象外",
];

/// Reads yes or no. The letter x is neither: it means "ticked" on some forms and "struck out" on others.
pub(super) fn yes_no(cell: &Cell<'_>) -> Result<bool, Fault> {
    let written: Cow<'_, str> = match cell {
        Cell::Truth(truth) => return Ok(*truth),
        Cell::Whole { shown: Shown::As(shown), .. } => width::fold(shown),
        Cell::Whole { shown: Shown::Otherwise, .. } => return Err(Fault::YesNo),
        Cell::Whole { number: 1, .. } => "1".into(),
        Cell::Whole { number: 0, .. } => "0".into(),
        Cell::Whole { .. } => return Err(Fault::YesNo),
        _ => width::fold(text(cell)?),
    };
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&written));
    match (is(&YES), is(&NO)) {
        (true, false) => Ok(true),
        (false, true) => Ok(false),
        _ => Err(Fault::YesNo),
    }
}

/// Reads whether a patient has an oximeter: yes or no, or that this isn't known.
pub(super) fn oximeter(cell: &Cell<'_>) -> Result<Oximeter, Fault> {
    if let Cell::Text(written) = cell
        && UNKNOWN.contains(&&*width::fold(width::trim(written)).to_lowercase())
    {
        return Ok(Oximeter::Unknown);
    }
    match yes_no(cell) {
        Ok(true) => Ok(Oximeter::Yes),
        Ok(false) => Ok(Oximeter::No),
        Err(Fault::YesNo) => Err(Fault::Oximeter),
        Err(other) => Err(other),
    }
}

const UNKNOWN: [&str; 5] = ["unknown", "不明", "わからない", "未確認", "?"];

/// The names of languages besides their tags and own names.
const LANGUAGE_NAMES: [(&str, Language); 22] = [
    ("japanese", Language::Japanese),
    ("英語", Language::English),
    ("中国語(簡体字)", Language::ChineseSimplified),
    ("中国語(簡体)", Language::ChineseSimplified),
    ("簡体字", Language::ChineseSimplified),
    ("簡体中文", Language::ChineseSimplified),
    ("zh-cn", Language::ChineseSimplified),
    ("simplified chinese", Language::ChineseSimplified),
    ("中国語(繁体字)", Language::ChineseTraditional),
    ("中国語(繁体)", Language::ChineseTraditional),
    ("繁体字", Language::ChineseTraditional),
    ("繁体中文", Language::ChineseTraditional),
    ("zh-tw", Language::ChineseTraditional),
    ("traditional chinese", Language::ChineseTraditional),
    ("韓国語", Language::Korean),
    ("korean", Language::Korean),
    ("スペイン語", Language::Spanish),
    ("spanish", Language::Spanish),
    ("espanol", Language::Spanish),
    ("ポルトガル語", Language::Portuguese),
    ("portuguese", Language::Portuguese),
    ("portugues", Language::Portuguese),
];

/// Reads a language by its tag, its own name, or its Japanese or English name.
pub(super) fn language(cell: &Cell<'_>) -> Result<Language, Fault> {
    let written = width::fold(text(cell)?).to_lowercase();
    if matches!(&*written, "zh" | "中国語" | "chinese" | "中文") {
        return Err(Fault::WhichChinese);
    }
    let own = Language::ALL.into_iter().find(|language| language.own_name().to_lowercase() == written);
    let listed = || LANGUAGE_NAMES.into_iter().find(|(name, _)| *name == written).map(|(_, language)| language);
    own.or_else(|| written.parse().ok()).or_else(listed).ok_or(Fault::Language)
}

/// Reads call times, separated by `;`, `、` or a comma. Excel turns a single `9:00` into a time cell.
pub(super) fn call_times(cell: &Cell<'_>, hours: CallingHours) -> Result<CallTimes, Fault> {
    let times = match cell {
        Cell::Time(time) => vec![*time],
        _ => {
            let written = width::fold(text(cell)?);
            let parts = written.split([';', ',', '、', '，']).map(|part| CallTimes::read_time(width::trim(part)));
            parts.take(CallTimes::MAX + 1).collect::<Result<Vec<_>, CallTimesError>>().map_err(Fault::CallTimes)?
        }
    };
    if !times.iter().all(|&time| hours.contain(time)) {
        return Err(Fault::OutsideCallingHours);
    }
    CallTimes::new(times).map_err(Fault::CallTimes)
}
