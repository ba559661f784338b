//! From a reply of the engine to what a carrier says.

use crate::carrier::speech::Sentence;
use crate::engine::{Reply, WordsFor, words};
use crate::flow::Library;

/// The sentences of a reply in the words of its documents.
pub fn sentences(library: &Library, reply: &Reply) -> Vec<Sentence> {
    let sentence = |utterance: &crate::engine::Utterance| Sentence {
        text: words(library, utterance, WordsFor::Voice).into(),
        language: utterance.language,
        barge_in: utterance.barge_in,
    };
    reply.say.iter().map(sentence).collect()
}
