//! How long a voice speaks: the one estimate of the program, for limits of documents, for `flows time` and for
//! simulated phones.
//!
//! Carriers' voices have no published pace ("there is no standard speed", says
//! <https://docs.aws.amazon.com/polly/latest/dg/voice-speed-vip.html>). So the reference is voices that anybody can
//! install, and `tests/speech.rs` measures each prompt with them: Open JTalk at its own pace for Japanese, espeak-ng at
//! 165 words a minute for English, Spanish, Portuguese and Korean. Mandarin by espeak-ng is slow; it is set to 180,
//! where all prompts together last as long as at 4.5 characters a second with pauses of 0.3 and 0.6 seconds. (Read
//! aloud and without pauses, Mandarin has 5.2 syllables a second and Japanese 7.8: Pellegrino, Coupé and Marsico,
//! Language 87(3), 2011.) A carrier's voice may differ by a tenth.

use crate::domain::Language;

/// The silence after each prompt, in seconds: a carrier's voice begins the next one anew.
pub const AFTER_A_PROMPT: f64 = 0.3;

/// The pace of one language's voice, fitted by least squares to the durations that `tests/speech.rs` measures.
struct Pace {
    /// Sounds in a second: morae, syllables, or letters with the spaces between words.
    sounds: f64,
    /// The pause at a comma, in seconds.
    comma: f64,
    /// The pause between two sentences, in seconds.
    sentence: f64,
}

const fn pace(language: Language) -> Pace {
    match language {
        Language::Japanese => Pace { sounds: 8.8, comma: 0.56, sentence: 0.56 },
        Language::English => Pace { sounds: 19.0, comma: 0.34, sentence: 0.45 },
        Language::ChineseSimplified | Language::ChineseTraditional => Pace { sounds: 3.9, comma: 0.17, sentence: 0.23 },
        Language::Korean => Pace { sounds: 5.2, comma: 0.34, sentence: 0.5 },
        Language::Spanish => Pace { sounds: 16.3, comma: 0.26, sentence: 0.42 },
        Language::Portuguese => Pace { sounds: 16.6, comma: 0.26, sentence: 0.45 },
    }
}

/// How long a voice speaks, in seconds, from the first sound to the last. A gap, such as `{centre}`, counts as a usual
/// value of it. `spoken` is what the voice is given: the reading where there is one.
pub fn seconds(spoken: &str, language: Language) -> f64 {
    let mut speech = Speech { pace: pace(language), language, seconds: 0.0, pause: 0.0 };
    let mut rest = spoken;
    while let Some((before, after)) = rest.split_once('{') {
        speech.say(before);
        let (gap, after) = after.split_once('}').unwrap_or((after, ""));
        speech.sound(filled(gap, language));
        rest = after;
    }
    speech.say(rest);
    speech.seconds
}

/// A text being spoken. A pause counts when something follows it, and marks in a row are one pause.
struct Speech {
    pace: Pace,
    language: Language,
    seconds: f64,
    pause: f64,
}

impl Speech {
    fn say(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '、' | '，' | ',' | ';' | ':' | '；' | '：' => self.pause = self.pause.max(self.pace.comma),
                // Japanese has no spaces between words: one is written where the voice should pause.
                ' ' if self.language == Language::Japanese => self.pause = self.pause.max(self.pace.comma),
                '。' | '.' | '?' | '？' | '!' | '！' => self.pause = self.pause.max(self.pace.sentence),
                _ => {
                    let sounds = sounds(character, self.language);
                    if sounds > 0.0 {
                        self.sound(sounds / self.pace.sounds);
                    }
                }
            }
        }
    }

    fn sound(&mut self, seconds: f64) {
        if self.seconds > 0.0 {
            self.seconds += self.pause;
        }
        self.pause = 0.0;
        self.seconds += seconds;
    }
}

/// The length of a gap's value in seconds: a centre's name, ten digits of a phone number, a measured value, a time.
fn filled(gap: &str, language: Language) -> f64 {
    match (gap, language) {
        ("centre", _) => 1.5,
        // With a pause after each digit.
        ("centre_phone" | "call_back_number" | "health_call_number", Language::Japanese) => 7.0,
        ("centre_phone" | "call_back_number" | "health_call_number", _) => 4.0,
        ("value", _) => 1.5,
        ("until", _) => 3.0,
        _ => 0.5,
    }
}

/// The sounds of one character, in the units of the language's pace.
fn sounds(character: char, language: Language) -> f64 {
    match language {
        Language::Japanese => morae(character),
        Language::Korean => match character {
            '가'..='힣' => 1.0,
            '0'..='9' => 1.3,
            _ if character.is_alphabetic() => 0.7,
            _ => 0.0,
        },
        Language::ChineseSimplified | Language::ChineseTraditional => match character {
            '一'..='鿿' | '0'..='9' => 1.0,
            _ if character.is_alphabetic() => 0.4,
            _ => 0.0,
        },
        Language::English | Language::Spanish | Language::Portuguese => match character {
            // "seven", "siete": a digit is as long as four or five letters.
            '0'..='9' => 4.5,
            ' ' => 1.0,
            _ if character.is_alphabetic() => 1.0,
            _ => 0.0,
        },
    }
}

fn morae(character: char) -> f64 {
    match character {
        // Part of the preceding mora.
        'ゃ' | 'ゅ' | 'ょ' | 'ャ' | 'ュ' | 'ョ' | 'ァ' | 'ィ' | 'ェ' | 'ォ' => 0.0,
        'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' => 1.0,
        '一'..='鿿' | '々' | '0'..='9' | '０'..='９' => 1.8,
        _ if character.is_alphabetic() => 1.5,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(spoken: &str, language: Language, expected: f64) {
        let estimate = seconds(spoken, language);
        assert!((estimate - expected).abs() < 0.01, "{spoken}: {estimate}");
    }

    #[test]
    fn a_second_is_so_many_sounds_of_the_language() {
        close("あいうえおかきくけこさ", Language::Japanese, 11.0 / 8.8);
        close("nineteen characters", Language::English, 1.0);
        close("가나다라마", Language::Korean, 5.0 / 5.2);
        close("一二三四", Language::ChineseTraditional, 4.0 / 3.9);
    }

    #[test]
    fn a_small_kana_belongs_to_the_one_before() {
        close("きゃきゅきょ", Language::Japanese, 3.0 / 8.8);
    }

    #[test]
    fn a_pause_counts_once_and_only_between_sounds() {
        let sentence = pace(Language::Japanese).sentence;
        close("。あ。", Language::Japanese, 1.0 / 8.8);
        close("あ。あ", Language::Japanese, 2.0 / 8.8 + sentence);
        close("あ、 。「あ", Language::Japanese, 2.0 / 8.8 + sentence);
        close("", Language::Japanese, 0.0);
    }

    #[test]
    fn a_gap_is_as_long_as_its_value() {
        close("{value}", Language::Korean, 1.5);
        close("가. {value", Language::Korean, 1.0 / 5.2 + 0.5 + 1.5);
    }
}
