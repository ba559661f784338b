//! The seven languages of the phone lines and the portal (M15).

use serde::{Deserialize, Serialize};

/// A language in which patients are addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Language {
    /// 日本語
    #[default]
    #[serde(rename = "ja")]
    Japanese,
    /// English
    #[serde(rename = "en")]
    English,
    /// 简体中文
    #[serde(rename = "zh-Hans")]
    ChineseSimplified,
    /// 繁體中文
    #[serde(rename = "zh-Hant")]
    ChineseTraditional,
    /// 한국어
    #[serde(rename = "ko")]
    Korean,
    /// Español
    #[serde(rename = "es")]
    Spanish,
    /// Português
    #[serde(rename = "pt")]
    Portuguese,
}

/// A language tag that isn't one of the seven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the languages are ja, en, zh-Hans, zh-Hant, ko, es and pt")]
pub struct UnknownLanguage;

impl Language {
    /// All seven, Japanese first, in the order of the FAQ's language bar.
    pub const ALL: [Self; 7] = [
        Self::Japanese,
        Self::English,
        Self::ChineseSimplified,
        Self::ChineseTraditional,
        Self::Korean,
        Self::Spanish,
        Self::Portuguese,
    ];

    /// The BCP 47 tag, which is also the name of the prompt file.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Japanese => "ja",
            Self::English => "en",
            Self::ChineseSimplified => "zh-Hans",
            Self::ChineseTraditional => "zh-Hant",
            Self::Korean => "ko",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
        }
    }

    /// The language's own name.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Japanese => "日本語",
            Self::English => "English",
            Self::ChineseSimplified => "简体中文",
            Self::ChineseTraditional => "繁體中文",
            Self::Korean => "한국어",
            Self::Spanish => "Español",
            Self::Portuguese => "Português",
        }
    }
}

impl std::str::FromStr for Language {
    type Err = UnknownLanguage;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(text)).ok_or(UnknownLanguage)
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}
