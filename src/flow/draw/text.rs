//! How wide a text is and where it breaks, without a font at hand: a rough measure that errs on the wide side.

/// The width of a text, in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|character| em(character) * size).sum()
}

fn em(character: char) -> f64 {
    match character {
        ' ' => 0.32,
        'i' | 'j' | 'l' | '.' | ',' | ';' | ':' | '\'' | '|' | '(' | ')' => 0.34,
        'm' | 'w' | 'M' | 'W' => 0.9,
        'A'..='Z' | '0'..='9' => 0.66,
        '\u{21}'..='\u{24f}' => 0.58,
        _ => 1.0,
    }
}

/// Breaks a text into lines: between words, and between ideographs except before a closing mark.
pub(super) fn wrap(text: &str, most: f64, size: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        if !line.is_empty() && width(&line, size) + width(piece.trim_end(), size) > most {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        line.push_str(if line.is_empty() { piece.trim_start() } else { &piece });
    }
    if !line.trim().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// What may not be broken: a word with the space after it, an ideograph with the closing marks after it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for character in text.chars() {
        let joins = pieces.last().and_then(|piece| piece.chars().last()).is_some_and(|before| {
            let closing = "、。，．！？；：）」』％ー".contains(character);
            closing
                || (!before.is_whitespace() && !is_wide(before) && !is_wide(character))
                || (character.is_whitespace() && !before.is_whitespace())
        });
        match pieces.last_mut().filter(|_| joins) {
            Some(piece) => piece.push(character),
            None => pieces.push(character.to_string()),
        }
    }
    pieces
}

/// Scripts that break anywhere. Korean breaks between words, like Latin.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_never_before_a_closing_mark() {
        assert_eq!(wrap("one two three", 60.0, 14.0), ["one two", "three"]);
        assert_eq!(wrap("はいなら、いいえ。", 56.0, 14.0), ["はいな", "ら、いい", "え。"]);
        assert_eq!(wrap("숨이 가쁜가요?", 60.0, 14.0), ["숨이", "가쁜가요?"]);
        assert!(wrap("", 60.0, 14.0).is_empty());
    }
}
