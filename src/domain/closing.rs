//! Why staff close an alert: a reason, and a note in their own words.

use super::plain_line::{HiddenCharacter, all_visible_in_lines};

/// Why an alert is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosingReason {
    /// Staff spoke to the patient, who stays at home.
    Spoke,
    /// A doctor or a hospital has taken over.
    Handed,
    /// An ambulance was called.
    Ambulance,
    /// Somebody visited the patient.
    Visited,
    /// There was nothing to do: a mistaken answer, or the matter is settled.
    Nothing,
    /// Something else, which the note says.
    Other,
}

impl ClosingReason {
    /// All reasons, in the order of the form.
    pub const ALL: [Self; 6] = [Self::Spoke, Self::Handed, Self::Ambulance, Self::Visited, Self::Nothing, Self::Other];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Spoke => "spoke",
            Self::Handed => "handed",
            Self::Ambulance => "ambulance",
            Self::Visited => "visited",
            Self::Nothing => "nothing",
            Self::Other => "other",
        }
    }

    /// Reads [`ClosingReason::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// A note by staff: visible characters in lines. It may be about a patient, so `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteText(String);

/// Why a text can't be a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteTextError {
    /// More than [`NoteText::LONGEST`] characters.
    #[error("the note is too long")]
    TooLong,
    /// A character that isn't shown as it is.
    #[error(transparent)]
    Hidden(#[from] HiddenCharacter),
}

impl NoteText {
    /// The maximum number of characters.
    pub const LONGEST: usize = 1_000;

    /// Reads a note. `None` if it is empty.
    ///
    /// # Errors
    /// See [`NoteTextError`].
    pub fn parse(text: &str) -> Result<Option<Self>, NoteTextError> {
        let lines = text.replace("\r\n", "\n").replace('\t', " ");
        let lines = lines.trim();
        if lines.chars().count() > Self::LONGEST {
            return Err(NoteTextError::TooLong);
        }
        all_visible_in_lines(lines)?;
        Ok(Some(lines).filter(|lines| !lines.is_empty()).map(|lines| Self(lines.to_owned())))
    }

    /// The text, for the database and for people who may see the patient.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for NoteText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(personal)")
    }
}

/// How an alert is closed. Only the reason of [`ClosingReason::Other`] needs a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Why.
    pub reason: ClosingReason,
    /// In staff's own words.
    pub note: Option<NoteText>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_visible_lines() {
        let read = |text: &str| NoteText::parse(text).map(|note| note.map(|note| note.0));
        assert_eq!(read(" 電話した。\r\n明日もう一度。 "), Ok(Some("電話した。\n明日もう一度。".to_owned())));
        assert_eq!(read("\r\n \u{3000}"), Ok(None));
        assert_eq!(read("<script>alert(1)</script>").map(|note| note.is_some()), Ok(true));
        assert!(matches!(read("a\u{202e}b"), Err(NoteTextError::Hidden(_))));
        assert_eq!(read(&"あ".repeat(1_001)), Err(NoteTextError::TooLong));
        for reason in ClosingReason::ALL {
            assert_eq!(ClosingReason::from_code(reason.code()), Some(reason));
        }
    }
}
