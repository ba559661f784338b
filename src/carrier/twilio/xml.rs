//! The characters that XML allows.

use std::borrow::Cow;

/// Returns `true` if XML 1.0 allows a character. The carriage return is excluded, because every reader turns it into
/// a newline.
pub(super) const fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Returns a text without the characters that XML forbids. quick-xml would write U+0000 unchanged.
pub(super) fn legal_text(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_legal) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|&c| is_legal(c)).collect())
    }
}
