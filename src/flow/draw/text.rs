//! Estimates the width of a text and breaks it into lines, without a font. The estimate is rough and tends to be too
//! wide.

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

/// Breaks a text into lines: between words, and between ideographs except before a closing mark. Prefers breaks after
/// a clause.
pub(super) fn wrap(text: &str, most: f64, size: f64) -> Vec<String> {
    let lines = broken(text, most, size, 0.5);
    // A last line of two or three characters is too short, so break earlier.
    match lines.as_slice() {
        [_, .., last] if width(last, size) < 4.0 * size => broken(text, most, size, 0.2),
        _ => lines,
    }
}

/// Breaks after a clause if at least this share of the line is filled.
fn broken(text: &str, most: f64, size: f64, share: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line: Vec<String> = Vec::new();
    let measure = |line: &[String]| line.iter().map(|piece| width(piece, size)).sum::<f64>();
    for piece in pieces(text) {
        if !line.is_empty() && measure(&line) + width(piece.trim_end(), size) > most {
            let clause = line.iter().rposition(|piece| piece.ends_with(['、', '。', '，', '？'])).map(|at| at + 1);
            let at = clause
                .filter(|at| line.get(..*at).is_some_and(|before| measure(before) > most * share))
                .unwrap_or(line.len());
            let rest = line.split_off(at);
            lines.push(std::mem::replace(&mut line, rest).concat().trim().to_owned());
        }
        line.push(piece);
    }
    lines.push(line.concat().trim().to_owned());
    lines.retain(|line| !line.is_empty());
    lines
}

/// The unbreakable parts: a word with the following space, an ideograph with the following closing marks.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for character in text.chars() {
        let joins = pieces.last().is_some_and(|piece| joins(piece, character));
        match pieces.last_mut().filter(|_| joins) {
            Some(piece) => piece.push(character),
            None => pieces.push(character.to_string()),
        }
    }
    pieces
}

fn joins(piece: &str, next: char) -> bool {
    let Some(before) = piece.chars().last() else { return false };
    // Keys that are read out one by one, such as `3 7 5`, stay together.
    let keys = next.is_ascii_digit() && before == ' ' && piece.trim_end().ends_with(|last: char| last.is_ascii_digit());
    let closing = "、。，．！？；：）」』％ー".contains(next);
    let word = !before.is_whitespace() && !is_wide(before) && !is_wide(next);
    let space = next.is_whitespace() && !before.is_whitespace();
    keys || closing || word || space
}

/// Returns `true` for scripts that break anywhere. Korean breaks between words, like Latin.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_never_before_a_closing_mark() {
        assert_eq!(wrap("one two three", 60.0, 14.0), ["one two", "three"]);
        assert_eq!(wrap("測れなかったときは、押す。", 98.0, 14.0), ["測れなかったと", "きは、押す。"]);
        assert_eq!(wrap("숨이 가쁜가요?", 60.0, 14.0), ["숨이", "가쁜가요?"]);
        assert_eq!(wrap("押す。37度なら、3 7 5です。", 120.0, 14.0), ["押す。37度なら、", "3 7 5です。"]);
        assert!(wrap("", 60.0, 14.0).is_empty());
    }
}
