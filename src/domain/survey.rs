//! The health survey (M8): what a patient is asked once, in the portal. Each part may be left out.

use std::collections::BTreeSet;

use super::{ReportText, width};

/// A body measure in tenths, from a least to a most one. `Debug` never prints it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tenths<const LEAST: u32, const MOST: u32>(u32);

/// A height in tenths of a centimetre: 30 to 250 cm, from a newborn's on.
pub type Height = Tenths<300, 2500>;
/// A weight in tenths of a kilogram: 0.5 to 400 kg.
pub type Weight = Tenths<5, 4000>;

impl<const LEAST: u32, const MOST: u32> Tenths<LEAST, MOST> {
    /// From tenths. `None` if it is out of range.
    pub fn from_tenths(tenths: u32) -> Option<Self> {
        (LEAST..=MOST).contains(&tenths).then_some(Self(tenths))
    }

    /// The tenths, for the database.
    pub const fn tenths(self) -> u32 {
        self.0
    }

    /// The value in words, for the person and for who may see the person.
    pub fn expose(self) -> String {
        let (whole, tenth) = (self.0 / 10, self.0 % 10);
        if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") }
    }
}

impl<const LEAST: u32, const MOST: u32> std::fmt::Debug for Tenths<LEAST, MOST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(personal)")
    }
}

impl Height {
    /// Reads a height as people write it: 170, 170.5 cm, 170,5, １７０センチ, 1.7 m.
    pub fn parse(text: &str) -> Option<Self> {
        let tenths = tenths_of(text, &["cm", "㎝", "センチメートル", "センチ", "m", "メートル"])?;
        // Nobody is 17 cm tall: who writes 1.7 means metres. Its hundredths are centimetres.
        Self::from_tenths(tenths.rounded()).or_else(|| Self::from_tenths(tenths.hundredths().saturating_mul(10)))
    }
}

impl Weight {
    /// Reads a weight as people write it: 62, 62.5 kg, 62,5, ６２キロ.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_tenths(tenths_of(text, &["kg", "㎏", "キログラム", "キロ"])?.rounded())
    }
}

/// A decimal number with at most two places.
struct Decimal {
    whole: u32,
    places: u32,
}

impl Decimal {
    const fn hundredths(&self) -> u32 {
        self.whole.saturating_mul(100).saturating_add(self.places)
    }

    const fn rounded(&self) -> u32 {
        self.hundredths().saturating_add(5) / 10
    }
}

fn tenths_of(text: &str, units: &[&str]) -> Option<Decimal> {
    let folded = width::fold(text).to_lowercase();
    let mut number = width::trim(&folded);
    for unit in units {
        number = number.strip_suffix(unit).map_or(number, str::trim_end);
    }
    let (whole, places) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 4 || places.len() > 2 || !is_number(whole) || !is_number(places) {
        return None;
    }
    Some(Decimal { whole: whole.parse().ok()?, places: format!("{places:0<2}").parse().ok()? })
}

/// An illness that a patient has or had. These raise the risk of a severe course.
///
/// Source: 厚生労働省「新型コロナウイルス感染症 診療の手引き」, 重症化のリスク因子.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Illness {
    /// 悪性腫瘍(がん)
    Cancer,
    /// 慢性呼吸器疾患
    Lungs,
    /// 心血管疾患
    Heart,
    /// 脳血管疾患
    Stroke,
    /// 高血圧
    BloodPressure,
    /// 糖尿病
    Diabetes,
    /// 脂質異常症
    Lipids,
    /// 慢性腎臓病
    Kidneys,
    /// 慢性肝疾患
    Liver,
}

/// Anything else that raises the risk. The same source has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskFactor {
    /// 喫煙
    Smoking,
    /// 妊娠
    Pregnancy,
    /// 免疫を抑える薬や治療
    Immunosuppression,
    /// 臓器移植
    Transplant,
    /// 人工透析
    Dialysis,
}

/// Something that a survey offers to choose.
pub trait Offered: Copy + Ord + 'static {
    /// All, in the order of the form.
    const ALL: &'static [Self];

    /// The stored code.
    fn code(self) -> &'static str;

    /// Reads [`Offered::code`].
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|offered| offered.code() == code)
    }
}

impl Offered for Illness {
    const ALL: &'static [Self] = &[
        Self::Cancer,
        Self::Lungs,
        Self::Heart,
        Self::Stroke,
        Self::BloodPressure,
        Self::Diabetes,
        Self::Lipids,
        Self::Kidneys,
        Self::Liver,
    ];

    fn code(self) -> &'static str {
        match self {
            Self::Cancer => "cancer",
            Self::Lungs => "lungs",
            Self::Heart => "heart",
            Self::Stroke => "stroke",
            Self::BloodPressure => "blood_pressure",
            Self::Diabetes => "diabetes",
            Self::Lipids => "lipids",
            Self::Kidneys => "kidneys",
            Self::Liver => "liver",
        }
    }
}

impl Offered for RiskFactor {
    const ALL: &'static [Self] =
        &[Self::Smoking, Self::Pregnancy, Self::Immunosuppression, Self::Transplant, Self::Dialysis];

    fn code(self) -> &'static str {
        match self {
            Self::Smoking => "smoking",
            Self::Pregnancy => "pregnancy",
            Self::Immunosuppression => "immunosuppression",
            Self::Transplant => "transplant",
            Self::Dialysis => "dialysis",
        }
    }
}

/// The choices of a survey: none of them is an answer, too.
pub type Chosen<T> = BTreeSet<T>;

/// Choices as one text: codes with blanks between.
pub fn written<T: Offered>(chosen: &Chosen<T>) -> String {
    chosen.iter().map(|offered| offered.code()).collect::<Vec<_>>().join(" ")
}

/// Reads [`written`]. `None` if this program doesn't know one of them.
pub fn read<T: Offered>(text: &str) -> Option<Chosen<T>> {
    text.split_whitespace().map(T::from_code).collect()
}

/// What a patient answered. What is `None` was left out. `Debug` never prints it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// The height.
    pub height: Option<Height>,
    /// The weight.
    pub weight: Option<Weight>,
    /// Illnesses (既往歴).
    pub illnesses: Option<Chosen<Illness>>,
    /// Other illnesses and medicines, in the person's own words.
    pub besides: Option<ReportText>,
    /// Risk factors.
    pub risks: Option<Chosen<RiskFactor>>,
}

impl Survey {
    /// Whether everything was left out.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl std::fmt::Debug for Survey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Survey(personal)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn m8_heights_and_weights_are_read_as_people_write_them() {
        let height = |text: &str| Height::parse(text).map(Tenths::expose);
        for (text, read) in [
            ("170", Some("170")),
            ("１７０．５", Some("170.5")),
            ("170,5 cm", Some("170.5")),
            ("170センチ", Some("170")),
            ("1.7m", Some("170")),
            ("1.65", Some("165")),
            ("49", Some("49")),
            ("17", None),
            ("1700", None),
            ("5'7", None),
            ("-170", None),
            ("", None),
        ] {
            assert_eq!(height(text).as_deref(), read, "{text}");
        }
        let weight = |text: &str| Weight::parse(text).map(Tenths::expose);
        for (text, read) in [
            ("62", Some("62")),
            ("６２．５ｋｇ", Some("62.5")),
            ("3,2㎏", Some("3.2")),
            ("62キロ", Some("62")),
            ("0", None),
            ("4001", None),
            ("６２石", None),
        ] {
            assert_eq!(weight(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn choices_are_written_and_read_again() {
        let all: Chosen<Illness> = Illness::ALL.iter().copied().collect();
        assert_eq!(read(&written(&all)), Some(all));
        let risks: Chosen<RiskFactor> = RiskFactor::ALL.iter().copied().collect();
        assert_eq!(read(&written(&risks)), Some(risks));
        assert_eq!(read::<Illness>(""), Some(Chosen::new()), "none is an answer");
        assert_eq!(read::<Illness>("cancer plague"), None);
        let debug = format!("{:?}", Survey { height: Height::parse("170"), ..Survey::default() });
        assert!(!debug.contains("170"), "{debug}");
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_in_range_or_refused(text in any::<String>(), number in 0_u32..100_000) {
            for typed in [text, number.to_string(), format!("{}.{}", number / 10, number % 10)] {
                if let Some(height) = Height::parse(&typed) {
                    prop_assert!((300..=2500).contains(&height.tenths()));
                    prop_assert_eq!(Height::parse(&height.expose()), Some(height));
                }
                if let Some(weight) = Weight::parse(&typed) {
                    prop_assert!((5..=4000).contains(&weight.tenths()));
                    prop_assert_eq!(Weight::parse(&weight.expose()), Some(weight));
                }
            }
        }
    }
}
