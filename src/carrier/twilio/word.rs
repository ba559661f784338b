//! Words of a carrier. Each carrier spells some of them differently and adds new ones. Unknown words are
//! distinguished from absent ones, and don't stop anything.

use std::fmt;

/// The longest word whose shape is shown, in characters.
const MAX_SHAPE: usize = 40;

/// The meaning of a carrier's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word<T> {
    /// A known word.
    Known(T),
    /// An unknown word, or something that isn't a word.
    Unknown(Shape),
    /// No value.
    Absent,
}

impl<T: Copy> Word<T> {
    /// The meaning, if it is known.
    pub fn known(self) -> Option<T> {
        if let Self::Known(known) = self { Some(known) } else { None }
    }

    /// The shape of an unknown word.
    pub fn unknown(self) -> Option<Shape> {
        if let Self::Unknown(shape) = self { Some(shape) } else { None }
    }
}

/// The shape of an unknown word, for logs: `a` for a letter, `9` for a digit, `.` for any other character except `-`
/// and `_`. The word itself may be a person's number or name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    kinds: [u8; MAX_SHAPE],
    length: usize,
}

impl Shape {
    /// The shape of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut kinds = [0; MAX_SHAPE];
        let mut length = 0;
        for character in text.chars() {
            if let Some(kind) = kinds.get_mut(length) {
                *kind = match character {
                    '-' => b'-',
                    '_' => b'_',
                    letter if letter.is_ascii_alphabetic() => b'a',
                    digit if digit.is_ascii_digit() => b'9',
                    _ => b'.',
                };
            }
            length = length.saturating_add(1);
        }
        Self { kinds, length }
    }

    /// The shape of a value that isn't one text.
    pub(super) fn of_no_text() -> Self {
        Self { kinds: [0; MAX_SHAPE], length: 0 }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.length == 0 {
            return f.write_str("no text");
        }
        for kind in self.kinds.iter().take(self.length) {
            write!(f, "{}", char::from(*kind))?;
        }
        if self.length > MAX_SHAPE { write!(f, "… ({} characters)", self.length) } else { Ok(()) }
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shape({self})")
    }
}

/// Returns `true` if a text is a word, in any case and with any separators: `No_Answer` is `no-answer`.
pub(super) fn is_word(text: &str, word: &str) -> bool {
    let letters = |text: &str| -> Option<String> {
        let plain = text.is_ascii() && text.len() <= MAX_SHAPE;
        let joined = |character: &char| !matches!(character, '-' | '_' | ' ');
        plain.then(|| text.chars().filter(joined).map(|character| character.to_ascii_lowercase()).collect())
    };
    text == word || letters(text).is_some_and(|text| Some(text) == letters(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_shows_nothing_of_the_word() {
        assert_eq!(Shape::of("no-answer_2").to_string(), "aa-aaaaaa_9");
        assert_eq!(Shape::of("+81 90 健康").to_string(), ".99.99...");
        assert_eq!(Shape::of("").to_string(), "no text");
        assert_eq!(Shape::of(&"x".repeat(50)).to_string(), format!("{}… (50 characters)", "a".repeat(40)));
    }

    #[test]
    fn spelling_doesnt_matter_but_other_words_do() {
        for text in ["no-answer", "No-Answer", "no_answer", "NO ANSWER", "noanswer"] {
            assert!(is_word(text, "no-answer"), "{text}");
        }
        for text in ["", "no", "no-answers", "no.answer", "no-answér"] {
            assert!(!is_word(text, "no-answer"), "{text}");
        }
    }
}
