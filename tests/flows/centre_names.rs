//! Names of health centres in sentences of other languages.

use kenkocall::domain::Language;
use kenkocall::engine::{Fill, SaidAs, Utterance, spoken};
use kenkocall::flow::FlowSet;

use crate::built_in;

/// A sentence goes on after the name of a centre, which another voice says: no voice begins with its full stop.
#[test]
fn a_centres_name_is_said_by_a_voice_that_can_read_it() {
    let flow_set = FlowSet::checked(built_in::files()).unwrap();
    let name: Box<str> = "匝瑳保健所".into();
    let said_as = SaidAs { reading: Some("ソウサホケンジョ".into()), latin_name: None };
    let both = SaidAs { latin_name: Some("Sosa Public Health Center".into()), ..said_as.clone() };
    let mut split = 0;
    for (id, prompt) in &flow_set.prompts {
        for language in prompt.wording.keys().copied() {
            let say = |fill: Fill| {
                spoken(&flow_set, &Utterance { prompt: id.clone(), language, barge_in: true, fill: vec![fill] })
            };
            let plain = say(Fill::Centre(name.clone()));
            if !prompt.wording[&language].spoken().contains("{centre}") {
                assert_eq!(plain.len(), 1);
                continue;
            }
            for (of, part) in &plain {
                let edge = part.chars().next().unwrap();
                assert!(edge.is_alphanumeric() || "¿¡「({".contains(edge), "{id} {language}: {part:?}");
                assert!(*of == language || **part == *name, "{id} {language}: {part:?}");
            }
            let with_reading = say(Fill::CentreSaidAs(name.clone(), said_as.clone()));
            assert_eq!(with_reading.len(), plain.len());
            let heard: String = with_reading.iter().map(|(_, part)| part.as_str()).collect();
            assert!(heard.contains("ソウサホケンジョ") && !heard.contains(&*name), "{heard}");
            let latin = say(Fill::CentreSaidAs(name.clone(), both.clone()));
            if language == Language::Japanese {
                assert_eq!(latin, with_reading);
            } else {
                split += 1;
                assert_eq!(latin.len(), 1, "{id} {language}: one voice");
                assert!(latin[0].1.contains("Sosa Public Health Center") && latin[0].0 == language);
            }
        }
    }
    assert!(split > 12, "{split}");
}
