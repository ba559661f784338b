//! A piece of speech to be played on a call.

use std::sync::Arc;

/// A recording, or a part of one. Clips are played without a gap between them.
#[derive(Clone, PartialEq, Eq)]
pub struct Clip {
    /// µ-law, 8 kHz, mono: 8 bytes a millisecond.
    pub audio: Arc<[u8]>,
    /// Whether keys don't cut it.
    pub firm: bool,
}

/// Shows only the length, as recordings joined from values are personal.
impl std::fmt::Debug for Clip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clip").field("bytes", &self.audio.len()).field("firm", &self.firm).finish_non_exhaustive()
    }
}
