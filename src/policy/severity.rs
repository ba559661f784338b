//! The severity of an answer, by the thresholds of the patient's health centre.

use serde::{Deserialize, Serialize};

use crate::domain::{Answer, BodyTemperature, Item, OxygenSaturation, Severity, YesNo};

/// A health centre's thresholds. The defaults are ours and need clinical sign-off before use. The saturation classes
/// follow the severity classes of Japan's COVID-19 guide for clinicians (診療の手引き: ≥96 %, 94–95 %, ≤93 %).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// The lowest temperature that is a note. Tenths of a degree Celsius.
    pub temperature_note: u16,
    /// The lowest temperature that is amber. Tenths of a degree Celsius.
    pub temperature_amber: u16,
    /// The highest saturation that is amber, after a second measurement. Percent.
    pub spo2_amber: u16,
    /// The highest saturation that is red. Percent.
    pub spo2_red: u16,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { temperature_note: 375, temperature_amber: 385, spo2_amber: 95, spo2_red: 93 }
    }
}

/// Why thresholds can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ThresholdsError {
    /// A threshold is outside the range that a patient can key in.
    #[error("temperature thresholds lie between 34.0 and 42.0, SpO2 thresholds between 70 and 100")]
    OutOfRange,
    /// The more serious threshold would be reached first.
    #[error("the amber temperature must not be below the note temperature, and the red SpO2 not above the amber SpO2")]
    OutOfOrder,
}

impl Thresholds {
    /// Checks ranges and order.
    ///
    /// # Errors
    /// If a patient can't key in a threshold, or two are in the wrong order.
    pub fn checked(self) -> Result<Self, ThresholdsError> {
        let measurable = [self.temperature_note, self.temperature_amber]
            .into_iter()
            .all(|tenths| BodyTemperature::from_tenths(tenths).is_some())
            && [self.spo2_amber, self.spo2_red]
                .into_iter()
                .all(|value| OxygenSaturation::from_percent(value).is_some());
        if !measurable {
            Err(ThresholdsError::OutOfRange)
        } else if self.temperature_amber < self.temperature_note || self.spo2_red > self.spo2_amber {
            Err(ThresholdsError::OutOfOrder)
        } else {
            Ok(self)
        }
    }
}

/// The severity of one answer.
pub fn grade(item: Item, answer: Answer, thresholds: &Thresholds) -> Severity {
    match answer {
        Answer::Temperature(Some(value)) if value.tenths() >= thresholds.temperature_amber => Severity::Amber,
        Answer::Temperature(Some(value)) if value.tenths() >= thresholds.temperature_note => Severity::Note,
        Answer::Saturation(Some(value)) if value.percent() <= thresholds.spo2_red => Severity::Red,
        Answer::Saturation(Some(value)) if value.percent() <= thresholds.spo2_amber => Severity::Amber,
        Answer::Temperature(_) | Answer::Saturation(_) => Severity::None,
        Answer::YesNo(YesNo::Yes) => when_yes(item),
        // If the patient doesn't know whether a red sign is present, a nurse must look today.
        Answer::YesNo(YesNo::Unknown) if when_yes(item) == Severity::Red => Severity::Amber,
        Answer::YesNo(_) => Severity::None,
    }
}

const fn when_yes(item: Item) -> Severity {
    match item {
        Item::Complexion | Item::BreathlessnessSevere | Item::Drowsiness => Severity::Red,
        Item::Breathlessness | Item::UnableToEat | Item::NoUrine => Severity::Amber,
        Item::CoughOrRunnyNose | Item::Fatigue | Item::NauseaOrVomiting | Item::Diarrhoea => Severity::Note,
        Item::BodyTemperature | Item::Spo2 => Severity::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graded(item: Item, entry: &str) -> Severity {
        let answer = item.read(entry).expect("a readable entry");
        grade(item, answer, &Thresholds::default())
    }

    #[test]
    fn the_questionnaire_table_of_severities() {
        use Item::*;
        use Severity::{Amber, None, Note, Red};
        for (item, entry, expected) in [
            (BodyTemperature, "374", None),
            (BodyTemperature, "375", Note),
            (BodyTemperature, "384", Note),
            (BodyTemperature, "385", Amber),
            (BodyTemperature, "420", Amber),
            (BodyTemperature, "000", None),
            (Spo2, "096", None),
            (Spo2, "095", Amber),
            (Spo2, "094", Amber),
            (Spo2, "093", Red),
            (Spo2, "070", Red),
            (Spo2, "000", None),
        ] {
            assert_eq!(graded(item, entry), expected, "{item:?} {entry}");
        }
        for (item, yes, unknown) in [
            (Complexion, Red, Amber),
            (CoughOrRunnyNose, Note, None),
            (Breathlessness, Amber, None),
            (BreathlessnessSevere, Red, Amber),
            (Fatigue, Note, None),
            (NauseaOrVomiting, Note, None),
            (Diarrhoea, Note, None),
            (Drowsiness, Red, Amber),
            (UnableToEat, Amber, None),
            (NoUrine, Amber, None),
        ] {
            assert_eq!(graded(item, "yes"), yes, "{item:?} yes");
            assert_eq!(graded(item, "no"), None, "{item:?} no");
            assert_eq!(graded(item, "unknown"), unknown, "{item:?} unknown");
        }
    }

    #[test]
    fn the_items_that_can_be_red_are_those_that_some_answer_makes_red() {
        for item in Item::ALL {
            let entries = (0..1_000).map(|number| format!("{number:03}"));
            let entries = entries.chain(["yes", "no", "unknown"].map(str::to_owned));
            let red = entries
                .filter_map(|entry| item.read(&entry))
                .any(|answer| grade(item, answer, &Thresholds::default()) == Severity::Red);
            assert_eq!(item.can_be_red(), red, "{item:?}");
        }
    }

    #[test]
    fn thresholds_out_of_order_or_range_are_refused() {
        assert_eq!(Thresholds::default().checked(), Ok(Thresholds::default()));
        let order = Thresholds { spo2_red: 96, ..Thresholds::default() };
        assert_eq!(order.checked(), Err(ThresholdsError::OutOfOrder));
        let range = Thresholds { temperature_note: 37, ..Thresholds::default() };
        assert_eq!(range.checked(), Err(ThresholdsError::OutOfRange));
    }
}
