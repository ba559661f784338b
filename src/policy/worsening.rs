//! Who is getting worse, from one report to a later one.
//!
//! The rule is ours and needs clinical sign-off. What counts:
//! - an answer that is amber or red and was less severe before: a value has crossed one of the health centre's
//!   thresholds, whose saturation classes follow the severity classes of Japan's COVID-19 guide for clinicians
//!   (診療の手引き);
//! - a saturation that has fallen by three points or more, although it crossed no threshold;
//! - a symptom that is there and wasn't.
//!
//! Without an earlier report, only amber and red answers count: nobody knows whether the other symptoms are new.

use super::severity::{Thresholds, grade};
use crate::domain::{Answer, Item, Severity, YesNo};

/// The fall of the saturation that counts, in points.
const FALL: u16 = 3;

/// In which way an item is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worsening {
    /// A symptom is new.
    NewSymptom,
    /// The saturation has fallen.
    Fallen,
    /// A more severe answer, of this severity.
    Crossed(Severity),
}

/// The items that are worse, in the order of the questionnaire. `before` is the earlier report's answers, if there is
/// one.
pub fn worsened(
    before: Option<&[(Item, Answer)]>,
    after: &[(Item, Answer)],
    thresholds: &Thresholds,
) -> Vec<(Item, Worsening)> {
    let mut worse: Vec<(Item, Worsening)> = after
        .iter()
        .filter_map(|(item, answer)| {
            let earlier = before.unwrap_or_default().iter().find(|(of, _)| of == item).map(|(_, answer)| *answer);
            worsening(*item, earlier, *answer, before.is_some(), thresholds).map(|how| (*item, how))
        })
        .collect();
    worse.sort_unstable();
    worse
}

fn worsening(
    item: Item,
    before: Option<Answer>,
    after: Answer,
    is_compared: bool,
    thresholds: &Thresholds,
) -> Option<Worsening> {
    let severity = grade(item, after, thresholds);
    let earlier = before.map_or(Severity::None, |answer| grade(item, answer, thresholds));
    if severity >= Severity::Amber && severity > earlier {
        return Some(Worsening::Crossed(severity));
    }
    match (before, after) {
        (Some(Answer::Saturation(Some(before))), Answer::Saturation(Some(after)))
            if before.percent().saturating_sub(after.percent()) >= FALL =>
        {
            Some(Worsening::Fallen)
        }
        (Some(Answer::YesNo(YesNo::No | YesNo::Unknown)), Answer::YesNo(YesNo::Yes)) => Some(Worsening::NewSymptom),
        // It wasn't asked before: nobody had it then, or the question before was answered otherwise.
        (None, Answer::YesNo(YesNo::Yes)) if is_compared => Some(Worsening::NewSymptom),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answers(given: &[(Item, &str)]) -> Vec<(Item, Answer)> {
        given.iter().map(|(item, entry)| (*item, item.read(entry).unwrap())).collect()
    }

    fn found(before: Option<&[(Item, &str)]>, after: &[(Item, &str)]) -> Vec<(Item, Worsening)> {
        let before = before.map(answers);
        worsened(before.as_deref(), &answers(after), &Thresholds::default())
    }

    #[test]
    fn values_across_thresholds_falls_and_new_symptoms_count() {
        use Item::{BodyTemperature, BreathlessnessSevere, Fatigue, Spo2};
        use Worsening::{Crossed, Fallen, NewSymptom};
        for (item, before, after, expected) in [
            (BodyTemperature, "374", "385", Some(Crossed(Severity::Amber))),
            (BodyTemperature, "386", "390", None),
            (BodyTemperature, "374", "376", None),
            (BodyTemperature, "000", "385", Some(Crossed(Severity::Amber))),
            (Spo2, "097", "095", Some(Crossed(Severity::Amber))),
            (Spo2, "095", "093", Some(Crossed(Severity::Red))),
            (Spo2, "093", "092", None),
            (Spo2, "093", "090", Some(Fallen)),
            (Spo2, "099", "096", Some(Fallen)),
            (Spo2, "098", "096", None),
            (Spo2, "093", "097", None),
            (Fatigue, "no", "yes", Some(NewSymptom)),
            (Fatigue, "unknown", "yes", Some(NewSymptom)),
            (Fatigue, "yes", "yes", None),
            (Fatigue, "no", "unknown", None),
            (BreathlessnessSevere, "no", "unknown", Some(Crossed(Severity::Amber))),
        ] {
            let expected: Vec<_> = expected.map(|how| (item, how)).into_iter().collect();
            assert_eq!(found(Some(&[(item, before)]), &[(item, after)]), expected, "{item:?} {before} {after}");
        }
        assert_eq!(found(Some(&[]), &[(Fatigue, "yes")]), [(Fatigue, NewSymptom)], "it wasn't asked before");
        assert_eq!(found(None, &[(Fatigue, "yes")]), []);
        assert_eq!(found(None, &[(Spo2, "094")]), [(Spo2, Crossed(Severity::Amber))]);
    }

    proptest! {
        #[test]
        fn the_same_answers_are_never_worse(tenths in 340_u16..=420, percent in 70_u16..=100, yes in 0_usize..3) {
            let word = ["yes", "no", "unknown"][yes];
            let (tenths, percent) = (format!("{tenths:03}"), format!("{percent:03}"));
            let given: Vec<(Item, &str)> = Item::ALL.into_iter().map(|item| match item {
                Item::BodyTemperature => (item, tenths.as_str()),
                Item::Spo2 => (item, percent.as_str()),
                _ => (item, word),
            }).collect();
            prop_assert_eq!(found(Some(&given), &given), []);
        }
    }
}
