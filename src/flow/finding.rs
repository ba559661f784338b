//! A problem of a flow document, at its place. Every finding keeps `serve` from starting.

use super::fault::Fault;

/// One problem of the flow documents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, by its path in the flows' folder.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// What is wrong.
    pub fault: Fault,
    /// The word that was probably meant, if a word is wrong and resembles another.
    pub meant: Option<String>,
}

impl Finding {
    /// Creates a finding.
    pub fn new(file: impl Into<String>, line: u32, fault: impl Into<Fault>) -> Self {
        Self { file: file.into(), line, fault: fault.into(), meant: None }
    }

    /// Adds the word that was probably meant.
    #[must_use]
    pub fn meant(mut self, word: Option<String>) -> Self {
        self.meant = word;
        self
    }
}

/// The known word that the wrong one is a typing error of, if there is one.
pub(super) fn closest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let closest = known.into_iter().map(|word| (strsim::levenshtein(wrong, word), word)).min();
    match closest {
        Some((0..=2, word)) if word.chars().count() > 2 => Some(word.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_is_recognised_and_another_word_is_not() {
        assert_eq!(closest("fatgiue", ["spo2", "fatigue"]).as_deref(), Some("fatigue"));
        assert_eq!(closest("temperature", ["spo2", "fatigue"]), None);
    }
}
