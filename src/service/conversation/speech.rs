//! Converts the engine's replies to sentences for a carrier.

use super::line_settings::LineSettings;
use crate::carrier::speech::{Sentence, Speech};
use crate::domain::Language;
use crate::engine::{Reply, Utterance, after_failure, spoken};
use crate::flow::FlowSet;

/// What a reply says, worded by its flow set.
pub fn speech(flow_set: &FlowSet, reply: &Reply) -> Speech {
    let worded = |utterance: &Utterance| worded(flow_set, utterance);
    let mut say = Vec::with_capacity(reply.say.len());
    say.extend(reply.say.iter().flat_map(worded));
    Speech { say, while_waiting: reply.while_waiting.iter().flat_map(worded).collect() }
}

/// What a caller hears if nothing can be stored: as after any other failure. It is in memory with the documents, so no
/// database is needed.
pub fn apology(lines: &LineSettings, language: Language) -> Vec<Sentence> {
    let said = after_failure(language, lines.health_call_number.clone());
    worded(lines.flow_sets.current(), &said).collect()
}

fn worded(flow_set: &FlowSet, utterance: &Utterance) -> impl Iterator<Item = Sentence> + use<> {
    let barge_in = utterance.barge_in;
    let parts = spoken(flow_set, utterance).into_iter();
    parts.map(move |(language, text)| Sentence { text: text.into(), language, barge_in })
}
