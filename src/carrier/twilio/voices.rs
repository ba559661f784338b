//! The carrier's voice for each language.

use std::borrow::Cow;

use crate::domain::Language;

/// A voice of the carrier and its language tag. If the tag doesn't match the voice, the carrier skips the sentence,
/// so both are set together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    language: Cow<'static, str>,
    name: Option<Cow<'static, str>>,
}

/// Why a text isn't a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a voice is a language tag and a name as the carrier lists them, such as ja-JP and Polly.Kazuha-Neural: \
     letters, digits, dots, hyphens and underscores"
)]
pub struct VoiceError;

impl Voice {
    /// Creates a voice from the carrier's names.
    ///
    /// # Errors
    ///
    /// Returns an error if a name is empty, longer than 64 bytes, or contains a character that such names don't have.
    pub fn new(language: &str, name: &str) -> Result<Self, VoiceError> {
        let fits = |text: &str| {
            (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        if !fits(language) || !fits(name) {
            return Err(VoiceError);
        }
        Ok(Self { language: Cow::Owned(language.to_owned()), name: Some(Cow::Owned(name.to_owned())) })
    }

    const fn known(language: &'static str, name: &'static str) -> Self {
        Self { language: Cow::Borrowed(language), name: Some(Cow::Borrowed(name)) }
    }

    /// The carrier's language tag.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The carrier's name of the voice. If it is `None`, the carrier uses its default voice for the language.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// One voice for each language.
///
/// The defaults are in the lists of Twilio's own library (`SayVoice`, `SayLanguage`); `tests/twilio` checks that they
/// still are. All but one are neural voices of Amazon Polly, which has no voice for Taiwanese Mandarin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voices {
    japanese: Voice,
    english: Voice,
    chinese_simplified: Voice,
    chinese_traditional: Voice,
    korean: Voice,
    spanish: Voice,
    portuguese: Voice,
}

impl Default for Voices {
    fn default() -> Self {
        Self {
            japanese: Voice::known("ja-JP", "Polly.Kazuha-Neural"),
            english: Voice::known("en-US", "Polly.Joanna-Neural"),
            chinese_simplified: Voice::known("cmn-CN", "Polly.Zhiyu-Neural"),
            chinese_traditional: Voice::known("cmn-TW", "Google.cmn-TW-Wavenet-A"),
            korean: Voice::known("ko-KR", "Polly.Seoyeon-Neural"),
            spanish: Voice::known("es-US", "Polly.Lupe-Neural"),
            portuguese: Voice::known("pt-BR", "Polly.Camila-Neural"),
        }
    }
}

impl Voices {
    /// The voice of a language.
    pub const fn of(&self, language: Language) -> &Voice {
        match language {
            Language::Japanese => &self.japanese,
            Language::English => &self.english,
            Language::ChineseSimplified => &self.chinese_simplified,
            Language::ChineseTraditional => &self.chinese_traditional,
            Language::Korean => &self.korean,
            Language::Spanish => &self.spanish,
            Language::Portuguese => &self.portuguese,
        }
    }

    /// The same languages with the carrier's default voices, for a carrier that lacks the named ones (fault 37).
    #[must_use]
    pub fn unnamed(&self) -> Self {
        let unnamed = |voices: Self, language| {
            let voice = Voice { name: None, ..voices.of(language).clone() };
            voices.with(language, voice)
        };
        Language::ALL.into_iter().fold(self.clone(), unnamed)
    }

    /// The same voices with a different one for one language. Carriers other than Twilio have other voices.
    #[must_use]
    pub fn with(mut self, language: Language, voice: Voice) -> Self {
        *match language {
            Language::Japanese => &mut self.japanese,
            Language::English => &mut self.english,
            Language::ChineseSimplified => &mut self.chinese_simplified,
            Language::ChineseTraditional => &mut self.chinese_traditional,
            Language::Korean => &mut self.korean,
            Language::Spanish => &mut self.spanish,
            Language::Portuguese => &mut self.portuguese,
        } = voice;
        self
    }
}
