//! What is wrong with a note, beside its field.

use crate::domain::{NoteText, NoteTextError};
use crate::translations::{Message, message};

/// Why a text can't be a note.
pub(super) fn told(error: NoteTextError) -> Message {
    match error {
        NoteTextError::TooLong => message!("console-note-long", most = NoteText::LONGEST),
        NoteTextError::Hidden(hidden) => {
            let code = format!("U+{:04X}", u32::from(hidden.character));
            message!("console-note-hidden", code = code)
        }
    }
}
