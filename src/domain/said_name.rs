//! How a health centre's name is said, where a voice would misread the name itself.

use serde::{Deserialize, Serialize};

use super::PlainLine;

/// What a Japanese voice reads as a health centre's name, in kana: 匝瑳 is ソウサ, and a voice may not know that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NameReading(PlainLine<80>);

/// A health centre's name in Latin letters, which the voices of other languages read: Sosa Public Health Center.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LatinName(PlainLine<80>);

/// A text that isn't a name's reading in kana.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reading has 1 to 80 hiragana or katakana: ソウサホケンジョ")]
pub struct NameReadingError;

/// A text that isn't a name in Latin letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Latin name has 1 to 80 Latin letters: Sosa Public Health Center")]
pub struct LatinNameError;

const fn is_kana(character: char) -> bool {
    matches!(character, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '・' | '、' | ' ' | '\u{3000}')
}

const fn is_latin(character: char) -> bool {
    // Letters with marks up to Latin Extended-B, and Latin Extended Additional: ō, é, ễ.
    let letter = matches!(character, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    letter || matches!(character, '0'..='9' | ' ' | '-' | '\'' | '’' | '.' | ',' | '&')
}

impl std::str::FromStr for NameReading {
    type Err = NameReadingError;
    fn from_str(text: &str) -> Result<Self, NameReadingError> {
        let line = PlainLine::parse(text).map_err(|_| NameReadingError)?;
        if line.as_str().chars().all(is_kana) { Ok(Self(line)) } else { Err(NameReadingError) }
    }
}

impl std::str::FromStr for LatinName {
    type Err = LatinNameError;
    fn from_str(text: &str) -> Result<Self, LatinNameError> {
        let line = PlainLine::parse(text).map_err(|_| LatinNameError)?;
        let has_letter = line.as_str().chars().any(char::is_alphabetic);
        if has_letter && line.as_str().chars().all(is_latin) { Ok(Self(line)) } else { Err(LatinNameError) }
    }
}

impl NameReading {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl LatinName {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<String> for NameReading {
    type Error = NameReadingError;
    fn try_from(text: String) -> Result<Self, NameReadingError> {
        text.parse()
    }
}

impl TryFrom<String> for LatinName {
    type Error = LatinNameError;
    fn try_from(text: String) -> Result<Self, LatinNameError> {
        text.parse()
    }
}

impl From<NameReading> for String {
    fn from(reading: NameReading) -> Self {
        reading.0.into()
    }
}

impl From<LatinName> for String {
    fn from(name: LatinName) -> Self {
        name.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_kana_and_a_latin_name_latin() {
        for reading in ["ソウサホケンジョ", "そうさ ほけんじょ", "カホ・クラテ、ホケンフクシ"]
        {
            assert_eq!(reading.parse::<NameReading>().map(String::from), Ok(reading.to_owned()));
        }
        for wrong in ["", " ", "匝瑳保健所", "Sosa", "ソウサ\n", &"ソ".repeat(81)] {
            assert_eq!(wrong.parse::<NameReading>(), Err(NameReadingError), "{wrong:?}");
        }
        for name in ["Sosa Public Health Center", "Ōita-shi", "Centro de Saúde 1"] {
            assert_eq!(name.parse::<LatinName>().map(String::from), Ok(name.to_owned()));
        }
        for wrong in ["", "匝瑳", "Sosa 保健所", "119", "Sosa\u{202e}", "<say>", &"S".repeat(81)] {
            assert_eq!(wrong.parse::<LatinName>(), Err(LatinNameError), "{wrong:?}");
        }
    }
}
