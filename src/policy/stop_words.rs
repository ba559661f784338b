//! The words by which an SMS asks that notices stop.

use crate::domain::width;

/// The words, folded: 停止 and STOP, and what people write for them in the languages of the portal.
const STOP: [&str; 17] = [
    "停止",
    "ていし",
    "テイシ",
    "配信停止",
    "通知停止",
    "解除",
    "stop",
    "stopall",
    "unsubscribe",
    "quit",
    "cancel",
    "end",
    "停止通知",
    "중지",
    "parar",
    "pare",
    "alto",
];

/// Whether an SMS is one of the words, in any case and width, with a full stop or spaces around it. A sentence isn't:
/// somebody who writes that the calls shouldn't stop is not to be taken at one word.
pub fn asks_to_stop(text: &str) -> bool {
    let folded = width::fold(text).to_lowercase();
    let word =
        folded.trim_matches(|sign: char| sign.is_whitespace() || matches!(sign, '.' | '。' | '!' | '「' | '」' | '"'));
    STOP.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_any_width_and_case_and_no_sentence() {
        for text in ["停止", " 停止。\n", "STOP", "Ｓｔｏｐ", "stop.", "「停止」", "중지", "Parar"] {
            assert!(asks_to_stop(text), "{text}");
        }
        for text in ["", "停止しないで", "熱があります", "don't stop", "1"] {
            assert!(!asks_to_stop(text), "{text}");
        }
    }
}
