//! One line of text for people to read: names, reasons. Some characters aren't shown as they are, such as line
//! breaks, terminal escapes, text-direction controls and zero-width characters. They could make a name look like
//! another one or take over a terminal. New text that contains them is refused, and older text is escaped when it is
//! printed.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// The name of a health centre. It is spoken in every call: 40 characters take about ten seconds, and the longest
/// real names have about 20.
pub type CentreName = PlainLine<40>;
/// The name of a saved filter.
pub type FilterName = PlainLine<40>;
/// The reason for a pause or a change.
pub type ReasonText = PlainLine<200>;
/// The name of a member of staff, for the audit trail.
pub type StaffName = PlainLine<100>;

/// 1 to `MOST` visible characters in one line, without surrounding blanks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlainLine<const MOST: usize>(String);

/// Why a value isn't such a text. The error doesn't contain the text, which may be a person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlainLineError {
    /// Only blanks.
    #[error("the text is empty")]
    Empty,
    /// Too many characters.
    #[error("the text has more than {0} characters")]
    TooLong(usize),
    /// A character that isn't shown as it is.
    #[error(transparent)]
    Hidden(#[from] HiddenCharacter),
}

/// A character that isn't shown as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("the text holds {kind} (U+{:04X}); write it again by hand, without it", u32::from(*.character))]
pub struct HiddenCharacter {
    /// The character.
    pub character: char,
    /// Its kind.
    pub kind: HiddenKind,
}

/// What a character does instead of being shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HiddenKind {
    /// It begins another line.
    LineBreak,
    /// It controls the terminal.
    Control,
    /// It changes the direction of the surrounding text.
    Direction,
    /// It has no width, or is a blank other than a space.
    Invisible,
}

impl std::fmt::Display for HiddenKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::LineBreak => "a line break",
            Self::Control => "a control character",
            Self::Direction => "a character that turns the direction of text",
            Self::Invisible => "an invisible character",
        })
    }
}

impl HiddenKind {
    /// What a character on its own does instead of being shown; `None` if it is shown.
    ///
    /// Sources: Unicode 16, `Bidi_Control` and `Default_Ignorable_Code_Point`; U+2800 is a blank that isn't a space.
    const fn of(character: char) -> Option<Self> {
        match character {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(Self::LineBreak),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Some(Self::Control),
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                Some(Self::Direction)
            }
            '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' => Some(Self::Invisible),
            _ => None,
        }
    }
}

/// The hidden characters of a text. A variation selector after an ideograph isn't hidden: names are written with it
/// (葛󠄀, 辻󠄀).
fn hidden(text: &str) -> impl Iterator<Item = (usize, HiddenCharacter)> {
    let mut before = None;
    text.char_indices().filter_map(move |(at, character)| {
        let selects = is_variant_selector(character) && before.is_some_and(is_ideograph);
        before = Some(character);
        let kind = HiddenKind::of(character).filter(|_| !selects)?;
        Some((at, HiddenCharacter { character, kind }))
    })
}

const fn is_variant_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}')
}

/// Returns `true` for a Chinese character, including the compatibility blocks.
const fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Checks that every character of a one-line text is shown as it is.
///
/// # Errors
///
/// Returns the first character that isn't.
pub fn all_visible(text: &str) -> Result<(), HiddenCharacter> {
    hidden(text).next().map_or(Ok(()), |(_, found)| Err(found))
}

/// Checks the same for a text that may have several lines.
///
/// # Errors
///
/// Returns the first character that isn't shown as it is. Line feeds are allowed.
pub fn all_visible_in_lines(text: &str) -> Result<(), HiddenCharacter> {
    text.split('\n').try_for_each(all_visible)
}

/// Escapes a text for a terminal. Hidden characters are escaped as in JSON (`\u001b`), so that JSON stays valid. Line
/// feeds are escaped too.
pub fn escaped(text: &str) -> Cow<'_, str> {
    let mut written = String::new();
    let mut rest = 0;
    for (at, found) in hidden(text) {
        written.push_str(text.get(rest..at).unwrap_or_default());
        for unit in found.character.encode_utf16(&mut [0; 2]) {
            // Writing to a string doesn't fail.
            let _written = write!(written, "\\u{unit:04x}");
        }
        rest = at.saturating_add(found.character.len_utf8());
    }
    if rest == 0 {
        return Cow::Borrowed(text);
    }
    written.push_str(text.get(rest..).unwrap_or_default());
    Cow::Owned(written)
}

/// Escapes a text of several lines. Its line feeds are kept.
pub fn escaped_lines(text: &str) -> Cow<'_, str> {
    if all_visible_in_lines(text).is_ok() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split('\n').map(escaped).collect::<Vec<_>>().join("\n"))
}

impl<const MOST: usize> PlainLine<MOST> {
    /// The maximum number of characters.
    pub const MOST_CHARACTERS: usize = MOST;

    /// Reads such a text, without surrounding blanks.
    ///
    /// # Errors
    ///
    /// See [`PlainLineError`].
    pub fn parse(text: &str) -> Result<Self, PlainLineError> {
        // A trailing line break is refused too, because its source may produce more.
        let text = text.trim_matches(|c: char| c.is_whitespace() && HiddenKind::of(c).is_none());
        all_visible(text)?;
        match text.chars().count() {
            0 => Err(PlainLineError::Empty),
            count if count > MOST => Err(PlainLineError::TooLong(MOST)),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> std::str::FromStr for PlainLine<MOST> {
    type Err = PlainLineError;
    fn from_str(text: &str) -> Result<Self, PlainLineError> {
        Self::parse(text)
    }
}

impl<const MOST: usize> TryFrom<String> for PlainLine<MOST> {
    type Error = PlainLineError;
    fn try_from(text: String) -> Result<Self, PlainLineError> {
        Self::parse(&text)
    }
}

impl<const MOST: usize> From<PlainLine<MOST>> for String {
    fn from(line: PlainLine<MOST>) -> Self {
        line.0
    }
}

impl<const MOST: usize> std::fmt::Display for PlainLine<MOST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_as_people_write_them_are_read() {
        for name in [
            "千代田保健所",
            "福岡県嘉穂・鞍手保健福祉環境事務所",
            "葛\u{e0100}城市保健センター",
            "神\u{fe00}戸",
            "佐々\u{e0100}木",
            "José da Silva",
            "Nguyễn Thị Hoa",
            "김 철수",
            "見本　花子",
            "O’Brien-Smith",
            "か\u{3099}",
        ] {
            assert_eq!(CentreName::parse(name).map(String::from), Ok(name.to_owned()));
            assert!(matches!(escaped(name), Cow::Borrowed(_)));
        }
        assert_eq!(CentreName::parse(" 　見本 ").map(String::from), Ok("見本".to_owned()));
    }

    #[test]
    fn hidden_characters_are_refused_by_kind() {
        use HiddenKind::{Control, Direction, Invisible, LineBreak};
        for (text, kind) in [
            ("a\nb", LineBreak),
            ("a\n", LineBreak),
            ("\ra", LineBreak),
            ("a\u{2028}b", LineBreak),
            ("a\u{85}b", LineBreak),
            ("a\u{b}b", LineBreak),
            ("a\x1b[31mb", Control),
            ("a\u{9b}31mb", Control),
            ("a\tb", Control),
            ("a\0b", Control),
            ("a\x07", Control),
            ("a\x7fb", Control),
            ("a\u{202e}b", Direction),
            ("\u{202a}a\u{202c}", Direction),
            ("a\u{2066}b", Direction),
            ("a\u{200f}", Direction),
            ("a\u{61c}b", Direction),
            ("a\u{200b}b", Invisible),
            ("\u{feff}a", Invisible),
            ("a\u{200d}b", Invisible),
            ("a\u{2060}b", Invisible),
            ("a\u{ad}b", Invisible),
            ("a\u{e0041}b", Invisible),
            ("a\u{3164}b", Invisible),
            ("a\u{2800}b", Invisible),
            ("\u{e0100}葛", Invisible),
            ("葛\u{e0100}\u{e0101}", Invisible),
            ("a\u{fe0f}b", Invisible),
        ] {
            let refused = CentreName::parse(text).expect_err(text);
            let PlainLineError::Hidden(found) = refused else { panic!("{text:?}: {refused}") };
            assert_eq!(found.kind, kind, "{text:?}");
            assert!(all_visible(&refused.to_string()).is_ok(), "{refused}");
        }
    }

    #[test]
    fn a_text_that_is_empty_or_too_long_is_refused() {
        assert_eq!(CentreName::parse(" 　"), Err(PlainLineError::Empty));
        assert!(CentreName::parse(&"所".repeat(40)).is_ok());
        assert_eq!(CentreName::parse(&"所".repeat(41)), Err(PlainLineError::TooLong(40)));
    }

    #[test]
    fn escaped_text_shows_what_was_hidden() {
        assert_eq!(escaped("a\x1b[2Jb\u{202e}c\n"), "a\\u001b[2Jb\\u202ec\\u000a");
        assert_eq!(escaped_lines("a\x1b\nb"), "a\\u001b\nb");
        assert!(matches!(escaped_lines("a\nb"), Cow::Borrowed("a\nb")));
    }

    proptest! {
        #[test]
        fn whatever_is_read_or_escaped_is_visible(text in any::<String>()) {
            prop_assert!(all_visible(&escaped(&text)).is_ok());
            prop_assert!(all_visible_in_lines(&escaped_lines(&text)).is_ok());
            if let Ok(line) = ReasonText::parse(&text) {
                prop_assert!(all_visible(line.as_str()).is_ok());
            }
        }

        #[test]
        fn escaped_json_means_the_same(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&escaped(&json)).unwrap(), text);
        }
    }
}
