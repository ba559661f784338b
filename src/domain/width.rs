//! Full-width and half-width characters. People write lists, and Japanese keyboards produce １２３ as easily as 123.
//! Text copied from a chat, a web page or a PDF also contains invisible characters, and radicals instead of
//! ideographs.

use super::lookalike::{is_invisible, is_variation, meant};
use std::borrow::Cow;
use unicode_normalization::char::{compose, is_combining_mark};

/// The normalised text, for values and column names. Names of people are only trimmed ([`trim`]). Surrounding blanks
/// and all invisible characters are removed. Full-width letters, digits and signs (U+FF01 to U+FF5E) and all blanks
/// become half-width. Half-width katakana become full-width. Radicals and compatibility ideographs become ideographs.
/// Leading zeros are kept. Applying it again changes nothing.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return Cow::Borrowed(text.trim_matches(' '));
    }
    let trimmed = trim(text);
    let as_it_is = |c: char| !is_invisible(c) && plain(c) == c && !is_combining_mark(c);
    if trimmed.chars().all(as_it_is) {
        return Cow::Borrowed(trimmed);
    }
    let mut folded = String::with_capacity(trimmed.len());
    for c in trimmed.chars().filter(|&c| !is_invisible(c)) {
        match folded.chars().next_back().and_then(|before| marked(before, c)) {
            Some(both) => {
                folded.pop();
                folded.push(both);
            }
            None => folded.push(plain(c)),
        }
    }
    match trim(&folded) {
        whole if whole.len() == folded.len() => Cow::Owned(folded),
        part => Cow::Owned(part.to_owned()),
    }
}

/// The text without surrounding blanks and invisible characters. Variation selectors are kept, because names contain
/// them.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || (is_invisible(c) && !is_variation(c)))
}

/// Replaces any of the dashes that people write for a hyphen, including the long-vowel sign ー, with `-`.
pub const fn hyphen(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{30fc}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{ff70}'
        | '\u{2500}' => '-',
        _ => c,
    }
}

fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).saturating_sub(0xfee0)).unwrap_or(c),
        '\u{ff61}'..='\u{ff9f}' => {
            let place = usize::try_from(u32::from(c).saturating_sub(0xff61)).unwrap_or_default();
            KATAKANA.chars().nth(place).unwrap_or(c)
        }
        // A line break is kept: it isn't part of any value.
        c if c.is_whitespace() && !c.is_control() => ' ',
        c => meant(c),
    }
}

/// The katakana of U+FF61 to U+FF9F at full width.
const KATAKANA: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";

/// The letter that results from a letter and a voicing mark: half-width ﾞ and ﾟ, and the combining marks of macOS.
fn marked(before: char, mark: char) -> Option<char> {
    match mark {
        '\u{ff9e}' => compose(before, '\u{3099}'),
        '\u{ff9f}' => compose(before, '\u{309a}'),
        _ if is_combining_mark(mark) => compose(before, mark),
        _ => None,
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
        assert_eq!(fold("\tx\r\n"), "x");
    }

    #[test]
    fn invisible_characters_radicals_and_half_width_katakana_are_what_they_mean() {
        assert_eq!(fold("\u{202a}090-1234\u{ad}-5678\u{202c}"), "090-1234-5678");
        assert_eq!(fold("090\u{a0}1234\u{202f}5678"), "090 1234 5678");
        assert_eq!(fold("12\u{feff}34\u{2067}56\u{fe0f}7\u{200e}"), "1234567");
        assert_eq!(fold("⽣年⽉⽇"), "生年月日");
        assert_eq!(fold("ﾎﾟﾙﾄｶﾞﾙ語"), "ポルトガル語");
        assert_eq!(fold("ｳﾞﾗﾟ"), "ヴラ゜");
        assert_eq!(fold("Portugue\u{302}s"), "Português");
        assert_eq!(trim("\u{200e}葛\u{e0100} "), "葛\u{e0100}");
    }
}
