//! Converts the engine's replies to sentences for a carrier.

use crate::carrier::speech::Sentence;
use crate::engine::{Reply, spoken};
use crate::flow::FlowSet;

/// The sentences of a reply, worded by its flow set.
pub fn sentences(flow_set: &FlowSet, reply: &Reply) -> Vec<Sentence> {
    let mut sentences = Vec::with_capacity(reply.say.len());
    for utterance in &reply.say {
        for (language, text) in spoken(flow_set, utterance) {
            sentences.push(Sentence { text: text.into(), language, barge_in: utterance.barge_in });
        }
    }
    sentences
}
