//! The recordings in memory, and what they say.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::manifest::{self, Recording, VoicesError};
use super::own_words;
use super::parts::{Part, Pause, parts};
use super::texts::{VoiceText, spoken_alike, texts};
use crate::carrier::clip::Clip;
use crate::domain::Language;
use crate::engine::{Reply, Utterance};
use crate::flow::{FlowSet, PromptId};

/// Bytes in a millisecond.
const BYTES_A_MILLISECOND: usize = 8;
/// Silence in µ-law.
const SILENCE: u8 = 0xFF;

/// The recordings in memory.
pub struct VoiceLibrary {
    recordings: HashMap<Language, HashMap<Box<str>, Arc<[u8]>>>,
    pauses: HashMap<Pause, Arc<[u8]>>,
    fallback: HashMap<Language, Arc<[u8]>>,
}

impl std::fmt::Debug for VoiceLibrary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VoiceLibrary").field("recordings", &self.len()).finish_non_exhaustive()
    }
}

/// A prompt that couldn't be said, or not in full.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MissingVoice {
    /// The fallback was said instead of this prompt.
    Prompt(PromptId, Language),
    /// The prompt was said with "health centre" in place of the centre's name.
    CentreName(PromptId, Language),
}

/// What a reply says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spoken {
    /// In the order in which it is played.
    pub say: Vec<Clip>,
    /// Played between two of the silences of the wait for the first key.
    pub while_waiting: Vec<Clip>,
    /// What couldn't be said.
    pub missing: Vec<MissingVoice>,
}

impl VoiceLibrary {
    /// Loads the recordings of folders and checks each. A recording of a later folder replaces one with the same words.
    ///
    /// # Errors
    /// The first file that can't be used, by its name.
    pub fn load(folders: &[&Path]) -> Result<Self, VoicesError> {
        let mut library = Self { recordings: HashMap::new(), pauses: HashMap::new(), fallback: HashMap::new() };
        for pause in Pause::ALL {
            let length = pause.milliseconds().saturating_mul(BYTES_A_MILLISECOND);
            library.pauses.insert(pause, vec![SILENCE; length].into());
        }
        for folder in folders {
            for recording in manifest::entries(folder)? {
                let samples = recording.samples(folder)?;
                library.keep(recording, samples);
            }
        }
        let first = folders.first().map(|folder| folder.join(manifest::FILE)).unwrap_or_default();
        for language in Language::ALL {
            let lacking = |id| VoicesError::NoFallback { file: first.clone(), id, language };
            let fallback = library.recording(language, own_words::fallback(language));
            let fallback = fallback.ok_or_else(|| lacking(own_words::FALLBACK))?.clone();
            if library.recording(language, own_words::centre(language)).is_none() {
                return Err(lacking(own_words::CENTRE));
            }
            library.fallback.insert(language, fallback);
        }
        Ok(library)
    }

    fn keep(&mut self, recording: Recording, samples: Arc<[u8]>) {
        self.recordings.entry(recording.language).or_default().insert(recording.text.into(), samples);
    }

    /// How many recordings there are.
    pub fn len(&self) -> usize {
        self.recordings.values().map(HashMap::len).sum()
    }

    /// Whether there are none. A loaded library has some.
    pub fn is_empty(&self) -> bool {
        self.recordings.is_empty()
    }

    /// The recording of these words.
    pub fn recording(&self, language: Language, text: &str) -> Option<&Arc<[u8]>> {
        let of = |language| self.recordings.get(&language)?.get(text);
        of(language).or_else(|| of(spoken_alike(language)?))
    }

    /// The recordings that documents ask for and that are missing.
    pub fn missing(&self, flow_set: &FlowSet) -> Vec<VoiceText> {
        let mut missing = texts(flow_set);
        missing.retain(|wanted| self.recording(wanted.language, &wanted.text).is_none());
        missing
    }

    /// What a reply says. Keys cut what follows the last utterance without barge-in, as with other carriers. The
    /// sentence for missing recordings is said once.
    pub fn clips(&self, flow_set: &FlowSet, reply: &Reply) -> Spoken {
        let mut spoken = Spoken::default();
        let firm = reply.say.iter().rposition(|said| !said.barge_in);
        let mut fell_back = false;
        for (nth, utterance) in reply.say.iter().enumerate() {
            let is_firm = firm.is_some_and(|last| nth <= last);
            let said = self.utterance(flow_set, utterance, &mut spoken.missing);
            if said.is_none() && fell_back {
                continue;
            }
            fell_back |= said.is_none();
            let said = said.unwrap_or_else(|| self.instead_of(utterance.language));
            let after = self.pauses.get(&Pause::Prompt);
            let audio = said.into_iter().chain(after.cloned());
            spoken.say.extend(audio.map(|audio| Clip { audio, firm: is_firm }));
        }
        if let Some(utterance) = &reply.while_waiting {
            // Silence is better here than the sentence about missing recordings every few seconds.
            let said = self.utterance(flow_set, utterance, &mut spoken.missing).unwrap_or_default();
            spoken.while_waiting = said.into_iter().map(|audio| Clip { audio, firm: false }).collect();
        }
        spoken
    }

    /// An utterance by itself: recordings, or the sentence for missing ones.
    pub fn say(&self, flow_set: &FlowSet, utterance: &Utterance, missing: &mut Vec<MissingVoice>) -> Vec<Arc<[u8]>> {
        let said = self.utterance(flow_set, utterance, missing);
        said.unwrap_or_else(|| self.instead_of(utterance.language))
    }

    fn instead_of(&self, language: Language) -> Vec<Arc<[u8]>> {
        self.fallback.get(&language).cloned().into_iter().collect()
    }

    /// An utterance; `None` if a recording is missing. A part of a sentence could mean something else.
    fn utterance(
        &self,
        flow_set: &FlowSet,
        utterance: &Utterance,
        missing: &mut Vec<MissingVoice>,
    ) -> Option<Vec<Arc<[u8]>>> {
        let language = utterance.language;
        let parts = parts(flow_set, utterance);
        let mut clips = Vec::with_capacity(parts.len());
        for part in &parts {
            let clip = match part {
                Part::Words { text, .. } => self.recording(language, text),
                Part::Pause(pause) => self.pauses.get(pause),
                Part::Centre(names) => {
                    let named = names.iter().find_map(|(language, name)| self.recording(*language, name));
                    if named.is_none() {
                        missing.push(MissingVoice::CentreName(utterance.prompt.clone(), language));
                    }
                    named.or_else(|| self.recording(language, own_words::centre(language)))
                }
            };
            clips.extend(clip.cloned());
            if clip.is_none() {
                missing.push(MissingVoice::Prompt(utterance.prompt.clone(), language));
                return None;
            }
        }
        if clips.is_empty() {
            missing.push(MissingVoice::Prompt(utterance.prompt.clone(), language));
            return None;
        }
        Some(clips)
    }
}
