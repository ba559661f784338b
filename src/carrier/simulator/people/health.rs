//! The health of the simulated people: most are well, some have something that a nurse should look at, few are in
//! danger.

use std::collections::BTreeMap;

use fastrand::Rng;

use crate::carrier::simulator::rng::comes_true;
use crate::domain::{Answer, BodyTemperature, Item, OxygenSaturation, YesNo};

/// A person's state of health, as the person would report it. `Debug` doesn't print it, because it takes the place of
/// real people's answers.
#[derive(Clone, PartialEq, Eq)]
pub struct Health {
    /// The body temperature; `None` if it can't be measured.
    pub temperature: Option<BodyTemperature>,
    /// The oxygen saturation; `None` without an oximeter.
    pub saturation: Option<OxygenSaturation>,
    /// The oxygen saturation after breathing deeply, if it is measured again.
    pub saturation_again: Option<OxygenSaturation>,
    /// The other items. A missing item is answered with no.
    pub symptoms: BTreeMap<Item, YesNo>,
}

impl std::fmt::Debug for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Health(personal)")
    }
}

/// The probability that a person is neither well nor in danger.
const UNWELL: f64 = 0.17;
/// The probability that a person is in danger: at least one red answer.
const IN_DANGER: f64 = 0.03;
/// The probability that a person has an oximeter at home. Health centres lent them out, but not to everybody.
const HAS_OXIMETER: f64 = 0.6;

/// The probability of a symptom in the three states: well, unwell, in danger.
const SYMPTOMS: [(Item, [f64; 3]); 10] = [
    (Item::Complexion, [0.0, 0.0, 0.4]),
    (Item::CoughOrRunnyNose, [0.2, 0.6, 0.7]),
    (Item::Breathlessness, [0.0, 0.3, 0.8]),
    (Item::BreathlessnessSevere, [0.0, 0.0, 0.4]),
    (Item::Fatigue, [0.1, 0.6, 0.8]),
    (Item::NauseaOrVomiting, [0.01, 0.2, 0.3]),
    (Item::Diarrhoea, [0.02, 0.15, 0.2]),
    (Item::Drowsiness, [0.0, 0.0, 0.3]),
    (Item::UnableToEat, [0.0, 0.2, 0.5]),
    (Item::NoUrine, [0.0, 0.05, 0.2]),
];
/// The probability of "I don't know" instead of "no", in the three states. On a red item it is amber, so never when
/// well.
const UNSURE: [f64; 3] = [0.0, 0.03, 0.05];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Well,
    Unwell,
    InDanger,
}

impl State {
    /// Returns the one of three probabilities for this state.
    const fn of(self, [well, unwell, in_danger]: [f64; 3]) -> f64 {
        match self {
            Self::Well => well,
            Self::Unwell => unwell,
            Self::InDanger => in_danger,
        }
    }
}

impl Health {
    /// No symptoms: 36.6 °C, 98 %, no to every question.
    pub fn well() -> Self {
        let saturation = OxygenSaturation::from_percent(98);
        Self {
            temperature: BodyTemperature::from_tenths(366),
            saturation,
            saturation_again: saturation,
            symptoms: BTreeMap::new(),
        }
    }

    pub(in crate::carrier::simulator) fn drawn(rng: &mut Rng) -> Self {
        let state = match rng.f64() {
            drawn if drawn < IN_DANGER => State::InDanger,
            drawn if drawn < IN_DANGER + UNWELL => State::Unwell,
            _ => State::Well,
        };
        let (temperature, saturation, again) = match state {
            State::Well => (rng.u16(358..=372), rng.u16(96..=99), 0),
            State::Unwell => (rng.u16(372..=392), rng.u16(94..=97), rng.u16(0..=2)),
            State::InDanger => (rng.u16(380..=405), rng.u16(88..=94), rng.u16(0..=1)),
        };
        let oximeter = comes_true(rng, HAS_OXIMETER);
        let measured = |percent: u16| OxygenSaturation::from_percent(percent).filter(|_| oximeter);
        let mut symptoms = BTreeMap::new();
        for (item, likely) in SYMPTOMS {
            let (yes, unsure) = (comes_true(rng, state.of(likely)), comes_true(rng, state.of(UNSURE)));
            if yes || unsure {
                symptoms.insert(item, if yes { YesNo::Yes } else { YesNo::Unknown });
            }
        }
        if state == State::InDanger {
            // At least one answer is red, whatever else was drawn.
            symptoms.insert(Item::Complexion, YesNo::Yes);
        }
        Self {
            temperature: BodyTemperature::from_tenths(temperature),
            saturation: measured(saturation),
            saturation_again: measured(saturation + again),
            symptoms,
        }
    }

    /// The person's answer to an item.
    pub fn answer(&self, item: Item) -> Answer {
        match item {
            Item::BodyTemperature => Answer::Temperature(self.temperature),
            Item::Spo2 => Answer::Saturation(self.saturation),
            _ => Answer::YesNo(self.symptoms.get(&item).copied().unwrap_or(YesNo::No)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Severity;
    use crate::policy::{Thresholds, grade};

    #[test]
    fn most_are_well_some_are_not_and_few_are_in_danger() {
        let mut rng = Rng::with_seed(11);
        let mut of = BTreeMap::new();
        for _ in 0..10_000 {
            let health = Health::drawn(&mut rng);
            let worst = Item::ALL.iter().map(|item| grade(*item, health.answer(*item), &Thresholds::default())).max();
            *of.entry(worst.unwrap().code()).or_insert(0) += 1;
        }
        let count = |severity: Severity| of.get(severity.code()).copied().unwrap_or(0);
        let (red, amber) = (count(Severity::Red), count(Severity::Amber));
        assert!((200..400).contains(&red), "{of:?}");
        assert!((700..1_700).contains(&amber), "{of:?}");
        assert!(count(Severity::None) + count(Severity::Note) > 8_000, "{of:?}");
    }
}
