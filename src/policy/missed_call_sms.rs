//! The text of the SMS after an unanswered slot (A8): a centre's own, with two placeholders.

use crate::domain::{HiddenCharacter, all_visible_in_lines};
use serde::{Deserialize, Serialize};

/// The SMS to a patient whom no call of a slot reached. It may contain `{centre}`, the centre's name, and
/// `{call_back_number}`, the number to call back. Anyone who holds the phone can read it, so it says nothing about
/// health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MissedCallSms(String);

/// Why a text can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MissedCallSmsError {
    /// It is empty, or longer than [`MissedCallSms::MOST_CHARACTERS`].
    #[error("the SMS after a missed call has 1 to 500 characters; an empty value switches it off")]
    Length,
    /// A brace isn't part of a placeholder.
    #[error("the SMS after a missed call may hold {{centre}} and {{call_back_number}}, and no other braces")]
    UnknownGap,
    /// It contains a character that a phone doesn't show, other than a line break.
    #[error("the SMS after a missed call: {0}")]
    Hidden(#[from] HiddenCharacter),
}

const CENTRE: &str = "{centre}";
const CALL_BACK_NUMBER: &str = "{call_back_number}";

/// A piece of the text.
enum Piece<'a> {
    Words(&'a str),
    Centre,
    CallBackNumber,
}

impl MissedCallSms {
    /// The maximum length of the text with its placeholders.
    pub const MOST_CHARACTERS: usize = 500;

    /// The text to send. Inserted values aren't scanned for placeholders: a name with braces is a name.
    pub fn filled(&self, centre: &str, call_back_number: &str) -> String {
        let pieces = pieces(&self.0).map(|piece| match piece {
            Piece::Words(words) => words,
            Piece::Centre => centre,
            Piece::CallBackNumber => call_back_number,
        });
        pieces.collect()
    }
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let gaps = [(CENTRE, Piece::Centre), (CALL_BACK_NUMBER, Piece::CallBackNumber)];
        if let Some((gap, piece)) = gaps.into_iter().find(|(gap, _)| rest.starts_with(gap)) {
            rest = rest.get(gap.len()..).unwrap_or_default();
            return Some(piece);
        }
        let first = rest.chars().next()?.len_utf8();
        let found = rest.get(first..).and_then(|later| later.find('{')).map_or(rest.len(), |at| at + first);
        let (words, later) = rest.split_at_checked(found)?;
        rest = later;
        Some(Piece::Words(words))
    })
}

impl std::str::FromStr for MissedCallSms {
    type Err = MissedCallSmsError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if !(1..=Self::MOST_CHARACTERS).contains(&text.chars().count()) {
            return Err(MissedCallSmsError::Length);
        }
        all_visible_in_lines(text)?;
        let unknown = |piece: Piece<'_>| matches!(piece, Piece::Words(words) if words.contains(['{', '}']));
        if pieces(text).any(unknown) { Err(MissedCallSmsError::UnknownGap) } else { Ok(Self(text.to_owned())) }
    }
}

impl std::fmt::Display for MissedCallSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for MissedCallSms {
    type Error = MissedCallSmsError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MissedCallSms> for String {
    fn from(sms: MissedCallSms) -> Self {
        sms.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_gaps_are_filled_once() {
        let filled =
            |text: &str| text.parse().map(|sms: MissedCallSms| sms.filled("{call_back_number}", "03-5211-3641"));
        assert_eq!(
            filled(" {centre}です。{call_back_number}へ {call_back_number} "),
            Ok("{call_back_number}です。03-5211-3641へ 03-5211-3641".to_owned())
        );
        assert_eq!(filled("お電話しました。\nまたかけます。"), Ok("お電話しました。\nまたかけます。".to_owned()));
        for wrong in ["{name}", "{", "}", "{centre", "{{centre}}", "{ centre }", "{centre}}"] {
            assert_eq!(filled(wrong), Err(MissedCallSmsError::UnknownGap), "{wrong}");
        }
        assert_eq!(filled(" "), Err(MissedCallSmsError::Length));
        for hidden in ["a\u{7}b", "a\u{202e}b", "a\u{200b}b", "a\rb"] {
            assert!(matches!(filled(hidden), Err(MissedCallSmsError::Hidden(_))), "{hidden:?}");
        }
        assert!(filled(&"あ".repeat(500)).is_ok());
        assert_eq!(filled(&"あ".repeat(501)), Err(MissedCallSmsError::Length));
        assert!(MissedCallSmsError::UnknownGap.to_string().contains("{centre} and {call_back_number}"));
    }

    proptest! {
        #[test]
        fn reading_is_total_and_only_gaps_change(text in "([a-zあ {}\n]|\\{centre\\}|\\{call_back_number\\}){0,40}") {
            if let Ok(sms) = text.parse::<MissedCallSms>() {
                prop_assert_eq!(sms.filled(CENTRE, CALL_BACK_NUMBER), text.trim());
                prop_assert_eq!(sms.to_string().parse(), Ok(sms));
            }
        }
    }
}
