//! Converts the engine's replies to sentences for a carrier.

use crate::carrier::speech::{Sentence, Speech};
use crate::engine::{Reply, Utterance, spoken};
use crate::flow::FlowSet;

/// What a reply says, worded by its flow set.
pub fn speech(flow_set: &FlowSet, reply: &Reply) -> Speech {
    let worded = |utterance: &Utterance| {
        let parts = spoken(flow_set, utterance).into_iter();
        let barge_in = utterance.barge_in;
        parts.map(move |(language, text)| Sentence { text: text.into(), language, barge_in })
    };
    let mut say = Vec::with_capacity(reply.say.len());
    say.extend(reply.say.iter().flat_map(worded));
    Speech { say, while_waiting: reply.while_waiting.iter().flat_map(worded).collect() }
}
