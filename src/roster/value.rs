//! What a cell means in the column where it stands: one function for each kind of value.

use super::{MAX_NAME_CHARS, cell::Cell, era, finding::Fault, width};
use crate::call::{
    BirthDate, CallTimes, CallTimesError, CallingHours, HersysId, HersysIdError, Language, PhoneNumber, Sensitive,
    all_visible,
};
use jiff::civil::Date;
use std::borrow::Cow;

/// Checks the characters of any cell, under a column name or not.
pub(super) fn characters(cell: &Cell<'_>) -> Result<(), Fault> {
    let Cell::Text(text) = cell else { return Ok(()) };
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return Ok(());
    }
    for c in width::trim(text).chars() {
        match c {
            '\0' => return Err(Fault::Nul),
            '\u{fffd}' => return Err(Fault::LostCharacter),
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => return Err(Fault::PrivateCharacter),
            c if c.is_control() => return Err(Fault::ControlCharacter),
            _ => {}
        }
    }
    Ok(())
}

/// The text of a cell that must be one.
fn text<'c>(cell: &'c Cell<'_>) -> Result<&'c str, Fault> {
    match cell {
        Cell::Text(text) => Ok(width::trim(text)),
        Cell::Empty => Err(Fault::Missing),
        Cell::Error => Err(Fault::ErrorCell),
        Cell::Whole { .. } | Cell::Date(_) | Cell::Time(_) | Cell::Truth(_) | Cell::Odd => Err(Fault::WrongKind),
    }
}

/// Reads a HER-SYS ID; full-width digits are taken for half-width ones. A number cell has lost its leading zeros,
/// unless its format shows them (`00000000`).
pub(super) fn hersys_id(cell: &Cell<'_>) -> Result<HersysId, Fault> {
    let digits: Cow<'_, str> = match cell {
        Cell::Whole { number, shown } => format!("{number:0shown$}").into(),
        _ => width::fold(text(cell)?),
    };
    HersysId::parse(&digits).map_err(|error| match error {
        HersysIdError::Length(digits) if digits < HersysId::MIN_DIGITS => Fault::LostZeros(digits),
        _ => Fault::HersysId(error),
    })
}

/// Reads a date; a workbook's date cell is one already.
pub(super) fn date(cell: &Cell<'_>) -> Result<Date, Fault> {
    let date = match cell {
        Cell::Date(date) => *date,
        _ => era::read(text(cell)?).map_err(Fault::Date)?,
    };
    if date.year() < BirthDate::FIRST_YEAR { Err(Fault::TooOld) } else { Ok(date) }
}

/// Reads a birth date.
pub(super) fn birth_date(cell: &Cell<'_>, today: Date) -> Result<BirthDate, Fault> {
    BirthDate::new(past_date(cell, today)?, today).map_err(|_| Fault::TooOld)
}

/// Reads a date that can't lie in the future.
pub(super) fn past_date(cell: &Cell<'_>, today: Date) -> Result<Date, Fault> {
    date(cell).and_then(|date| if date > today { Err(Fault::Future) } else { Ok(date) })
}

/// Reads a name, as it was written.
pub(super) fn name(cell: &Cell<'_>) -> Result<Sensitive, Fault> {
    let text = text(cell)?;
    all_visible(text).map_err(Fault::Hidden)?;
    if text.chars().count() > MAX_NAME_CHARS { Err(Fault::NameTooLong) } else { Ok(Sensitive::new(text)) }
}

/// Reads one phone number. Letters, extensions and second numbers, which the library would read or drop in silence,
/// are refused. A number without its leading zero, as Excel leaves it, is understood where it makes a Japanese number.
pub(super) fn phone_number(cell: &Cell<'_>) -> Result<PhoneNumber, Fault> {
    let written = match cell {
        Cell::Whole { number, shown } => {
            let digits = format!("{number:0shown$}");
            match digits.len() {
                9 | 10 if !digits.starts_with('0') => format!("0{digits}"),
                _ if digits.starts_with('0') => digits,
                _ => return Err(Fault::PhoneNumber),
            }
        }
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

/// Reads yes or no. The letter x is neither: on some forms it ticks, on others it strikes out.
pub(super) fn yes_no(cell: &Cell<'_>) -> Result<bool, Fault> {
    let written: Cow<'_, str> = match cell {
        Cell::Truth(truth) => return Ok(*truth),
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

/// What languages are called besides their tags and their own names.
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

/// Reads call times, parted by `;`, `、` or a comma. A single `9:00` typed into Excel has become a time cell.
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
