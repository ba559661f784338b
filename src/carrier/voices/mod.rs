//! What is said by recordings: every sentence of the prompts is a file, and so is every part of a value.
//!
//! Recordings are found by their words. A sentence that several prompts share is recorded once, and a document of
//! another day finds its recording as long as its words are the same. Where a recording is missing, a sentence says so
//! and how to reach a person; a call is never silent.

mod folders;
mod library;
mod manifest;
mod own_words;
mod parts;
mod texts;

pub use folders::{SHIPPED, folders, keep};
pub use library::{MissingVoice, Spoken, VoiceLibrary};
pub use manifest::{FILE as MANIFEST_FILE, Recording, RecordingId, RecordingIdError, VoicesError, entries};
pub use parts::{Part, Pause, parts};
pub use texts::{VoiceText, texts};
