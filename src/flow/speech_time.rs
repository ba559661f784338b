//! The speaking time of a wording: a rough estimate, for limits and for simulated phones, not for timing.
//!
//! The rates are those of an unhurried telephone voice: Japanese 7 morae a second, Korean 5 syllables, Chinese 4
//! characters, English, Spanish and Portuguese 13 letters (about 150 words a minute).

use crate::domain::Language;

/// A pause inside a sentence, in seconds.
const SHORT_PAUSE: f64 = 0.25;
/// A pause after a sentence, in seconds.
const LONG_PAUSE: f64 = 0.5;

/// The estimate in seconds, including pauses and gaps.
pub fn seconds(spoken: &str, language: Language) -> f64 {
    let mut seconds = 0.0;
    let mut rest = spoken;
    while let Some((before, after)) = rest.split_once('{') {
        seconds += plain(before, language);
        let (gap, after) = after.split_once('}').unwrap_or((after, ""));
        seconds += filled(gap);
        rest = after;
    }
    // The last pause isn't waiting time.
    seconds + plain(rest.trim_end_matches(['。', '.', '?', '？', '!']), language)
}

/// The length of a gap's value: a centre's name, ten digits of a phone number, a measured value, a time.
fn filled(gap: &str) -> f64 {
    match gap {
        "centre" => 2.0,
        "centre_phone" | "call_back_number" => 5.0,
        "value" => 1.5,
        "until" => 3.0,
        _ => 0.5,
    }
}

fn plain(text: &str, language: Language) -> f64 {
    text.chars().map(|character| one(character, language)).sum()
}

fn one(character: char, language: Language) -> f64 {
    match character {
        '、' | '，' | ',' | ';' | ':' | '；' | '：' => SHORT_PAUSE,
        '。' | '.' | '?' | '？' | '!' | '！' => LONG_PAUSE,
        _ => match language {
            Language::Japanese => japanese_morae(character) / 7.0,
            Language::Korean => east_asian_units(character) / 5.0,
            Language::ChineseSimplified | Language::ChineseTraditional => east_asian_units(character) / 4.0,
            Language::English | Language::Spanish | Language::Portuguese => match character {
                // "seven", "siete": a digit is as long as four or five letters.
                '0'..='9' => 4.5 / 13.0,
                _ => 1.0 / 13.0,
            },
        },
    }
}

fn japanese_morae(character: char) -> f64 {
    match character {
        // Part of the preceding mora.
        'ゃ' | 'ゅ' | 'ょ' | 'ャ' | 'ュ' | 'ョ' | 'ァ' | 'ィ' | 'ェ' | 'ォ' => 0.0,
        'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' => 1.0,
        '一'..='鿿' | '々' => 2.0,
        '0'..='9' | '０'..='９' => 2.0,
        _ if character.is_alphabetic() => 1.5,
        _ => 0.0,
    }
}

fn east_asian_units(character: char) -> f64 {
    match character {
        '가'..='힣' | '一'..='鿿' | '0'..='9' => 1.0,
        _ if character.is_alphabetic() => 0.7,
        _ => 0.0,
    }
}
