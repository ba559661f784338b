//! The twelve items of the questionnaire and their possible answers.

use serde::{Deserialize, Serialize};

/// An item of the questionnaire, in the order in which it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// 体温
    BodyTemperature,
    /// 酸素飽和度 (SpO2)
    Spo2,
    /// 顔色や唇の色が悪い
    Complexion,
    /// 咳・鼻水
    CoughOrRunnyNose,
    /// 息苦しさ
    Breathlessness,
    /// 急に息苦しくなった、または横になれない
    BreathlessnessSevere,
    /// 倦怠感
    Fatigue,
    /// 吐き気・嘔吐
    NauseaOrVomiting,
    /// 下痢
    Diarrhoea,
    /// ぼんやりしている
    Drowsiness,
    /// 食事がとれない
    UnableToEat,
    /// 尿が出ない
    NoUrine,
}

impl Item {
    /// All items in order.
    pub const ALL: [Self; 12] = [
        Self::BodyTemperature,
        Self::Spo2,
        Self::Complexion,
        Self::CoughOrRunnyNose,
        Self::Breathlessness,
        Self::BreathlessnessSevere,
        Self::Fatigue,
        Self::NauseaOrVomiting,
        Self::Diarrhoea,
        Self::Drowsiness,
        Self::UnableToEat,
        Self::NoUrine,
    ];

    /// The code used in flows, in the database and in exports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BodyTemperature => "body_temperature",
            Self::Spo2 => "spo2",
            Self::Complexion => "complexion",
            Self::CoughOrRunnyNose => "cough_or_runny_nose",
            Self::Breathlessness => "breathlessness",
            Self::BreathlessnessSevere => "breathlessness_severe",
            Self::Fatigue => "fatigue",
            Self::NauseaOrVomiting => "nausea_or_vomiting",
            Self::Diarrhoea => "diarrhoea",
            Self::Drowsiness => "drowsiness",
            Self::UnableToEat => "unable_to_eat",
            Self::NoUrine => "no_urine",
        }
    }

    /// Returns `true` if some answer to the item is red, by the questionnaire's table of severities: yes, or a value
    /// at or below a health centre's threshold.
    pub const fn can_be_red(self) -> bool {
        matches!(self, Self::Spo2 | Self::Complexion | Self::BreathlessnessSevere | Self::Drowsiness)
    }

    /// Reads [`Item::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.code() == word)
    }

    /// Reads an entry of this item: keyed digits for the measured items, `yes`, `no` or `unknown` for the others.
    /// This is also the stored form of an answer ([`Answer::entry`]).
    pub fn read(self, entry: &str) -> Option<Answer> {
        match self {
            Self::BodyTemperature => match entry {
                NOT_MEASURED => Some(Answer::Temperature(None)),
                _ => BodyTemperature::from_tenths(three_digits(entry)?).map(|value| Answer::Temperature(Some(value))),
            },
            Self::Spo2 => match entry {
                NOT_MEASURED => Some(Answer::Saturation(None)),
                _ => OxygenSaturation::from_percent(three_digits(entry)?).map(|value| Answer::Saturation(Some(value))),
            },
            _ => YesNo::from_code(entry).map(Answer::YesNo),
        }
    }
}

/// The entry for "no thermometer or oximeter", or for one that couldn't be used.
const NOT_MEASURED: &str = "000";

fn three_digits(entry: &str) -> Option<u16> {
    (entry.len() == 3 && entry.bytes().all(|b| b.is_ascii_digit())).then(|| entry.parse().ok()).flatten()
}

/// A body temperature in tenths of a degree Celsius, 34.0 to 42.0. Values outside are typing errors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BodyTemperature(u16);

impl BodyTemperature {
    /// The minimum, in tenths of a degree.
    pub const MIN_TENTHS: u16 = 340;
    /// The maximum, in tenths of a degree.
    pub const MAX_TENTHS: u16 = 420;

    /// Creates a temperature from tenths of a degree. Returns `None` if it is out of range.
    pub fn from_tenths(tenths: u16) -> Option<Self> {
        (Self::MIN_TENTHS..=Self::MAX_TENTHS).contains(&tenths).then_some(Self(tenths))
    }

    /// Tenths of a degree Celsius.
    pub const fn tenths(self) -> u16 {
        self.0
    }
}

impl std::fmt::Display for BodyTemperature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// An oxygen saturation in percent, 70 to 100.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OxygenSaturation(u16);

impl OxygenSaturation {
    /// The minimum, in percent.
    pub const MIN_PERCENT: u16 = 70;
    /// The maximum, in percent.
    pub const MAX_PERCENT: u16 = 100;

    /// Creates a saturation from percent. Returns `None` if it is out of range.
    pub fn from_percent(percent: u16) -> Option<Self> {
        (Self::MIN_PERCENT..=Self::MAX_PERCENT).contains(&percent).then_some(Self(percent))
    }

    /// Percent.
    pub const fn percent(self) -> u16 {
        self.0
    }
}

/// Key 1, 2 or 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YesNo {
    /// Key 1.
    Yes,
    /// Key 2.
    No,
    /// Key 3: don't know.
    Unknown,
}

impl YesNo {
    /// The code used in flows, in the database and in exports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    /// Reads [`YesNo::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        [Self::Yes, Self::No, Self::Unknown].into_iter().find(|answer| answer.code() == word)
    }
}

/// A patient's answer to one item. `None` inside a measured item means that it couldn't be measured.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A body temperature.
    Temperature(Option<BodyTemperature>),
    /// An oxygen saturation.
    Saturation(Option<OxygenSaturation>),
    /// Yes, no or don't know.
    YesNo(YesNo),
}

impl Answer {
    /// The stored form, which [`Item::read`] reads: three digits, or `yes`, `no`, `unknown`.
    pub fn entry(self) -> String {
        match self {
            Self::Temperature(Some(value)) => format!("{:03}", value.tenths()),
            Self::Saturation(Some(value)) => format!("{:03}", value.percent()),
            Self::Temperature(None) | Self::Saturation(None) => NOT_MEASURED.to_owned(),
            Self::YesNo(answer) => answer.code().to_owned(),
        }
    }

    /// The form in exports: `37.5`, `98`, `yes`; empty if it couldn't be measured.
    pub fn exported(self) -> String {
        match self {
            Self::Temperature(Some(value)) => value.to_string(),
            Self::Saturation(Some(value)) => value.percent().to_string(),
            Self::Temperature(None) | Self::Saturation(None) => String::new(),
            Self::YesNo(answer) => answer.code().to_owned(),
        }
    }

    /// Whether it is this answer to a yes-no item: `yes`, `no` or `unknown`. A measured answer is none of them.
    pub fn is(self, code: &str) -> bool {
        matches!(self, Self::YesNo(answer) if answer.code() == code)
    }
}

macro_rules! unprinted {
    ($($name:ident),+) => {$(
        /// An answer is health data, so `Debug` never prints it.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(personal)"))
            }
        }
    )+};
}

unprinted!(BodyTemperature, OxygenSaturation, Answer);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_keyed_is_read_in_range_and_survives_its_stored_form() {
        let read = |item: Item, entry: &str| item.read(entry).map(Answer::exported);
        assert_eq!(read(Item::BodyTemperature, "375"), Some("37.5".into()));
        assert_eq!(read(Item::BodyTemperature, "000"), Some(String::new()));
        for wrong in ["339", "421", "37", "3750", "３７５", "", "abc"] {
            assert_eq!(read(Item::BodyTemperature, wrong), None, "{wrong}");
        }
        assert_eq!(read(Item::Spo2, "098"), Some("98".into()));
        assert_eq!(read(Item::Spo2, "98"), None);
        assert_eq!(read(Item::Spo2, "069"), None);
        assert_eq!(read(Item::Spo2, "101"), None);
        assert_eq!(read(Item::Fatigue, "unknown"), Some("unknown".into()));
        assert_eq!(read(Item::Fatigue, "1"), None);
        for (item, entry) in [(Item::BodyTemperature, "340"), (Item::Spo2, "100"), (Item::NoUrine, "no")] {
            assert_eq!(item.read(entry).map(Answer::entry).as_deref(), Some(entry));
        }
    }
}
