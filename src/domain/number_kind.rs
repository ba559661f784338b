//! The kinds of phone lines, and which of them may be called automatically. A wrong digit must not make the program
//! call a premium-rate service, a satellite telephone or another country several times a day.

use super::PhoneNumber;
use rlibphonenumber::PhoneNumberType;
use serde::{Deserialize, Serialize};

/// The kind of line of a number, by Japan's numbering plan (総務省, 電気通信番号計画) as implemented by libphonenumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// 固定電話: 0AB-J.
    Geographic,
    /// 携帯電話: 060, 070, 080, 090.
    Mobile,
    /// IP電話: 050.
    Ip050,
    /// 着信課金: 0120, 0800. Never a home number.
    TollFree,
    /// ナビダイヤル and similar: 0570.
    Universal,
    /// 情報料代理徴収: 0990.
    Premium,
    /// Satellite telephones: country codes 870 and 881 (ITU-T E.164).
    Satellite,
    /// Any country code other than 81.
    Foreign,
    /// Pagers (020), personal numbers, and all others.
    Other,
}

impl NumberKind {
    /// Returns `true` if automated calls may be placed to this kind of line.
    pub const fn takes_automated_calls(self) -> bool {
        matches!(self, Self::Geographic | Self::Mobile | Self::Ip050)
    }

    /// Returns `true` if this kind of number may be a health centre's number for staff and callers: it costs no more
    /// than an ordinary call. A toll-free number is charged to the health centre itself.
    pub const fn takes_callers_of_a_centre(self) -> bool {
        self.takes_automated_calls() || matches!(self, Self::TollFree)
    }

    /// Returns `true` if a health centre's stored number is called for a caller who wants a person. Numbers outside
    /// the numbering plan ring no phone and cost nothing. They include the numbers of simulated health centres.
    pub const fn is_called_for_callers(self) -> bool {
        self.takes_callers_of_a_centre() || matches!(self, Self::Other)
    }

    /// Returns `true` if automated calls may show this kind of number. Patients are told to call it back.
    pub const fn may_be_shown(self) -> bool {
        !matches!(self, Self::Premium | Self::Universal | Self::Satellite)
    }
}

impl PhoneNumber {
    /// The kind of line of this number.
    pub fn kind(&self) -> NumberKind {
        let Ok(number) = rlibphonenumber::PhoneNumber::parse(self.expose(), None) else { return NumberKind::Other };
        match number.country_code {
            81 => match number.get_type() {
                PhoneNumberType::FixedLine | PhoneNumberType::FixedLineOrMobile => NumberKind::Geographic,
                PhoneNumberType::Mobile => NumberKind::Mobile,
                PhoneNumberType::VoIP => NumberKind::Ip050,
                PhoneNumberType::TollFree => NumberKind::TollFree,
                PhoneNumberType::UAN | PhoneNumberType::SharedCost => NumberKind::Universal,
                PhoneNumberType::PremiumRate => NumberKind::Premium,
                _ => NumberKind::Other,
            },
            870 | 881 => NumberKind::Satellite,
            _ => NumberKind::Foreign,
        }
    }
}

/// A phone number to which automated calls may be placed: [`NumberKind::takes_automated_calls`] returns `true` for
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "PhoneNumber", into = "PhoneNumber")]
pub struct CallableNumber(PhoneNumber);

impl CallableNumber {
    /// Takes a number for automated calls.
    ///
    /// # Errors
    ///
    /// Returns the number's kind if automated calls may not be placed to it.
    pub fn new(number: PhoneNumber) -> Result<Self, NumberKind> {
        let kind = number.kind();
        if kind.takes_automated_calls() { Ok(Self(number)) } else { Err(kind) }
    }

    /// The number.
    pub const fn number(&self) -> &PhoneNumber {
        &self.0
    }
}

impl TryFrom<PhoneNumber> for CallableNumber {
    type Error = &'static str;
    fn try_from(number: PhoneNumber) -> Result<Self, Self::Error> {
        Self::new(number).map_err(|_| "automated calls may not be placed to this kind of number")
    }
}

impl From<CallableNumber> for PhoneNumber {
    fn from(number: CallableNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_centres_number_costs_no_more_than_an_ordinary_call() {
        for (text, allowed) in [
            ("03-5211-3641", true),
            ("090-1234-5678", true),
            ("050-1234-5678", true),
            ("0120-123-456", true),
            ("0570-000-123", false),
            ("0990-123-456", false),
            ("0180-993-456", false),
            ("020-1234-5678", false),
            ("+881612345678", false),
            ("+12025550123", false),
            ("110", false),
            ("119", false),
            ("#7119", false),
            ("186-03-5211-3641", false),
            ("1840352113641", false),
            ("+81110", false),
            ("+81990123456", false),
        ] {
            let number = PhoneNumber::parse(text).or_else(|_| PhoneNumber::from_e164(text));
            let kind = number.map(|number| number.kind());
            assert_eq!(kind.is_ok_and(NumberKind::takes_callers_of_a_centre), allowed, "{text}: {kind:?}");
        }
    }

    #[test]
    fn automated_calls_go_to_ordinary_japanese_lines_alone() {
        use NumberKind::*;
        for (text, kind) in [
            ("03-5211-3641", Geographic),
            ("0466-22-1111", Geographic),
            ("06012345678", Mobile),
            ("07012345678", Mobile),
            ("08012345678", Mobile),
            ("09012345678", Mobile),
            ("050-1234-5678", Ip050),
            ("0120-123-456", TollFree),
            ("0800-123-4567", TollFree),
            ("0570-000-123", Universal),
            ("0990-123-456", Premium),
            ("020-1234-5678", Other),
            ("+881612345678", Satellite),
            ("+870301234567", Satellite),
            ("+12025550123", Foreign),
            ("+821012345678", Foreign),
        ] {
            let number = PhoneNumber::parse(text);
            assert_eq!(number.as_ref().map(PhoneNumber::kind), Ok(kind), "{text}");
            let callable = number.map(CallableNumber::new);
            assert_eq!(callable.is_ok_and(|made| made.is_ok()), matches!(kind, Geographic | Mobile | Ip050), "{text}");
        }
    }
}
