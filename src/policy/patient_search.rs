//! What somebody who searches for a patient means by what was typed: a HER-SYS ID, a phone number, a birth date or a
//! part of the name.

use jiff::civil::Date;

use crate::domain::{FoldedName, HersysId, PhoneNumber, era, width};

/// What was typed, as far as it can mean something. Any of these may be meant: eight digits are an ID and a date.
#[derive(Clone, PartialEq, Eq, Default)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct PatientTerms {
    /// The ID, and those that differ from it in leading zeros only.
    pub ids: Vec<HersysId>,
    /// The phone number.
    pub number: Option<PhoneNumber>,
    /// The birth date.
    pub birth_date: Option<Date>,
    /// A part of the name, if nothing else can be meant.
    pub name: Option<FoldedName>,
}

/// The characters that are looked for. Names have 60 at most.
const LONGEST: usize = 100;

impl PatientTerms {
    /// Reads what was typed. `None` if there is nothing to search for.
    pub fn read(text: &str) -> Option<Self> {
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
        let text = text.get(..end).unwrap_or_default();
        let folded = width::fold(text);
        let bare: String = folded.chars().map(width::hyphen).filter(|c| !matches!(c, '-' | ' ' | '(' | ')')).collect();
        let digits = bare.strip_prefix("ID").or_else(|| bare.strip_prefix("id")).unwrap_or(&bare);
        let id = HersysId::parse(digits).ok();
        let others = id.iter().flat_map(HersysId::with_other_zeros);
        let is_number = bare.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit()) && bare.len() > 8;
        let terms = Self {
            ids: id.iter().cloned().chain(others).collect(),
            number: is_number.then(|| PhoneNumber::parse(&bare).ok()).flatten(),
            birth_date: era::read(&folded).ok().or_else(|| western_digits(&bare)),
            name: None,
        };
        if terms != Self::default() {
            return Some(terms);
        }
        let name = Some(FoldedName::of(text)).filter(|name| !name.is_empty());
        name.map(|name| Self { name: Some(name), ..Self::default() })
    }
}

/// `19480412`, as people key it on the phone.
fn western_digits(bare: &str) -> Option<Date> {
    let is_date = bare.len() == 8 && bare.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: std::ops::Range<usize>| bare.get(range).and_then(|part| part.parse::<i16>().ok());
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    date.filter(|_| is_date)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(text: &str) -> (Vec<String>, Option<String>, Option<Date>, Option<String>) {
        let terms = PatientTerms::read(text).unwrap_or_default();
        (
            terms.ids.iter().map(|id| id.expose().to_owned()).collect(),
            terms.number.map(|number| number.expose().to_owned()),
            terms.birth_date,
            terms.name.map(|name| name.expose().to_owned()),
        )
    }

    #[test]
    fn what_was_typed_is_what_it_can_be() {
        let born = Some(date(1948, 4, 12));
        let id = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        for (text, expected) in [
            ("1234567", (id(&["1234567", "01234567"]), None, None, None)),
            ("ＩＤ　１２３４５６７", (id(&["1234567", "01234567"]), None, None, None)),
            ("19480412", (id(&["19480412"]), None, born, None)),
            ("1948-04-12", (id(&["19480412"]), None, born, None)),
            ("昭和23年4月12日", (id(&[]), None, born, None)),
            ("Ｓ２３．４．１２", (id(&[]), None, born, None)),
            ("090-1000-0001", (id(&[]), Some("+819010000001".to_owned()), None, None)),
            ("０９０ー１０００ー０００１", (id(&[]), Some("+819010000001".to_owned()), None, None)),
            ("+81 90 1000 0001", (id(&[]), Some("+819010000001".to_owned()), None, None)),
            ("髙橋 はな", (id(&[]), None, None, Some("高橋ハナ".to_owned()))),
            ("1234", (id(&[]), None, None, Some("1234".to_owned()))),
            (" ・ ", (id(&[]), None, None, None)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
