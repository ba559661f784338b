//! Full-width and half-width: a list is made by people, and Japanese keyboards write １２３ as readily as 123.

use std::borrow::Cow;

/// The text without blanks around it, its full-width letters, digits and signs (U+FF01 to U+FF5E) and the ideographic
/// space made half-width. Leading zeros stay. Applying it twice changes nothing more.
pub fn fold(text: &str) -> Cow<'_, str> {
    let trimmed = trim(text);
    if trimmed.is_ascii() || !trimmed.chars().any(|c| half(c) != c) {
        return Cow::Borrowed(trimmed);
    }
    let folded: String = trimmed.chars().map(half).collect();
    Cow::Owned(folded)
}

/// The text without blanks around it; a byte-order mark or a zero-width space counts as a blank.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
}

/// Any of the dashes that people write for a hyphen, the long-vowel sign ー among them, made `-`.
pub const fn hyphen(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{ff0d}' | '\u{ff70}' | '\u{2500}' => '-',
        _ => c,
    }
}

fn half(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).saturating_sub(0xfee0)).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_and_blanks_do_not_matter() {
        assert_eq!(fold("　００１２３４５ "), "0012345");
        assert_eq!(fold("ＨＥＲ－ＳＹＳ　ＩＤ"), "HER-SYS ID");
        assert_eq!(fold("\u{feff}姓"), "姓");
        assert!(matches!(fold(" 見本 "), Cow::Borrowed("見本")));
    }
}
