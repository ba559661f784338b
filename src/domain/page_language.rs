//! The languages of the portal's pages: the seven of the phone lines, and やさしい日本語.

use super::Language;

/// A language of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageLanguage {
    /// One of the seven.
    Of(Language),
    /// やさしい日本語: short sentences, and readings above the characters.
    EasyJapanese,
}

impl Default for PageLanguage {
    fn default() -> Self {
        Self::Of(Language::Japanese)
    }
}

impl From<Language> for PageLanguage {
    fn from(language: Language) -> Self {
        Self::Of(language)
    }
}

impl PageLanguage {
    /// All eight, in the order of the pages' language bar.
    pub const ALL: [Self; 8] = [
        Self::Of(Language::Japanese),
        Self::EasyJapanese,
        Self::Of(Language::English),
        Self::Of(Language::ChineseSimplified),
        Self::Of(Language::ChineseTraditional),
        Self::Of(Language::Korean),
        Self::Of(Language::Spanish),
        Self::Of(Language::Portuguese),
    ];

    /// The code in addresses, cookies, and names of folders.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Of(language) => language.tag(),
            Self::EasyJapanese => "ja-easy",
        }
    }

    /// Reads [`PageLanguage::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The BCP 47 tag. No registered one says that a language is easy.
    pub const fn tag(self) -> &'static str {
        self.spoken().tag()
    }

    /// The language of the phone lines and notices that comes closest.
    pub const fn spoken(self) -> Language {
        match self {
            Self::Of(language) => language,
            Self::EasyJapanese => Language::Japanese,
        }
    }

    /// The language's own name.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Of(language) => language.own_name(),
            Self::EasyJapanese => "やさしい日本語",
        }
    }

    /// The languages in which a sentence is looked for, the best first.
    pub fn choices(self) -> impl Iterator<Item = Self> {
        let second = (self == Self::EasyJapanese).then_some(Self::Of(Language::Japanese));
        let last = Self::Of(Language::English);
        std::iter::once(self).chain(second).chain((self != last).then_some(last))
    }

    /// The first language of a browser's `Accept-Language` that the pages have.
    pub fn accepted(header: &str) -> Option<Self> {
        header.split(',').find_map(|range| {
            let tag = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            let mut parts = tag.split('-');
            let language = match (parts.next()?, parts.next()) {
                ("zh", Some("tw" | "hk" | "mo" | "hant")) => Language::ChineseTraditional,
                ("zh", _) => Language::ChineseSimplified,
                (primary, _) => primary.parse().ok()?,
            };
            Some(Self::Of(language))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_found_by_its_code_and_by_what_browsers_ask_for() {
        for language in PageLanguage::ALL {
            assert_eq!(PageLanguage::from_code(language.code()), Some(language));
        }
        for (header, code) in [
            ("ko-KR,ko;q=0.9,en;q=0.8", Some("ko")),
            ("fr-FR, pt-BR;q=0.7", Some("pt")),
            ("zh-TW", Some("zh-Hant")),
            ("zh-Hant-HK", Some("zh-Hant")),
            ("zh-CN,zh;q=0.9", Some("zh-Hans")),
            ("de, *;q=0.1", None),
            ("", None),
        ] {
            assert_eq!(PageLanguage::accepted(header).map(PageLanguage::code), code, "{header}");
        }
    }

    #[test]
    fn easy_japanese_falls_back_to_japanese() {
        let choices = |language: PageLanguage| language.choices().map(PageLanguage::code).collect::<Vec<_>>();
        assert_eq!(choices(PageLanguage::EasyJapanese), ["ja-easy", "ja", "en"]);
        assert_eq!(choices(Language::Korean.into()), ["ko", "en"]);
        assert_eq!(choices(Language::English.into()), ["en"]);
    }
}
