//! A sentence as it is written on a page: with its language, if that isn't the page's, and with readings above the
//! characters in やさしい日本語.

use std::fmt::{Display, Formatter, Result};

use askama::filters::{Escaper as _, Html, HtmlSafe};

use crate::domain::{Language, PageLanguage};
use crate::flow::Wording;
use crate::translations::Message;

/// A sentence. Its `Display` is HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Worded {
    text: String,
    /// The tag, if it isn't the page's.
    tag: Option<&'static str>,
    /// Whether `[漢字|かんじ]` is a word with its reading.
    has_readings: bool,
    /// Which characters of it are Japanese.
    japanese: JapaneseIn,
}

/// Which characters are Japanese in a sentence of a language: names, and words to send back. A screen reader says them
/// as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JapaneseIn {
    /// The sentence is.
    Whole,
    /// Kana, with the Chinese characters beside them: the sentence is Chinese.
    Kana,
    /// Kana and Chinese characters.
    KanaAndHan,
}

impl JapaneseIn {
    const fn of(language: Language) -> Self {
        match language {
            Language::Japanese => Self::Whole,
            Language::ChineseSimplified | Language::ChineseTraditional => Self::Kana,
            Language::English | Language::Korean | Language::Spanish | Language::Portuguese => Self::KanaAndHan,
        }
    }

    /// Parts of a text, each with whether it is Japanese within a sentence of another language.
    fn runs(self, text: &str) -> Vec<(&str, bool)> {
        if self == Self::Whole {
            return vec![(text, false)];
        }
        let mut runs: Vec<(&str, bool)> = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_written = is_japanese_letter(first);
            let end = rest.find(|c| is_japanese_letter(c) != is_written).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            runs.push((run, is_written && (self == Self::KanaAndHan || run.chars().any(is_kana))));
            rest = after;
        }
        runs
    }
}

const fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}')
}

const fn is_japanese_letter(c: char) -> bool {
    is_kana(c) || matches!(c, '々' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}')
}

impl Worded {
    /// A message in the language of a page.
    pub(super) fn of(message: &Message, page: PageLanguage) -> Self {
        let (text, written) = message.written(page);
        // A number or a name is of no language.
        let is_verbatim = message.id() == "verbatim";
        let tag = (written.tag() != page.tag() && !is_verbatim).then(|| written.tag());
        let language = if is_verbatim { page.spoken() } else { written.spoken() };
        let has_readings = written == PageLanguage::EasyJapanese && !is_verbatim;
        Self { text, tag, has_readings, japanese: JapaneseIn::of(language) }
    }

    /// A name, or what somebody has written, on a page.
    pub(super) fn verbatim(text: &str, page: PageLanguage) -> Self {
        Self { text: text.to_owned(), tag: None, has_readings: false, japanese: JapaneseIn::of(page.spoken()) }
    }

    /// What the documents of the calls say on a form, in the language of a page: in やさしい日本語, where there is one.
    pub(super) fn of_document(wording: &Wording, page: PageLanguage) -> Self {
        let easy = wording.easy.as_ref().filter(|_| page == PageLanguage::EasyJapanese);
        let text = easy.unwrap_or_else(|| wording.on_form()).to_string();
        Self { text, tag: None, has_readings: easy.is_some(), japanese: JapaneseIn::of(page.spoken()) }
    }

    /// The text without tags.
    pub(super) fn without_readings(&self) -> String {
        self.parts().into_iter().map(|(word, _)| word).collect()
    }

    /// The text without tags, for attributes and the title.
    pub(super) fn plain(message: &Message, page: PageLanguage) -> String {
        Self::of(message, page).without_readings()
    }

    fn write_runs(&self, words: &str, f: &mut Formatter<'_>) -> Result {
        for (run, is_japanese) in self.japanese.runs(words) {
            if is_japanese {
                f.write_str("<span lang=\"ja\">")?;
            }
            Html.write_escaped_str(&mut *f, run)?;
            if is_japanese {
                f.write_str("</span>")?;
            }
        }
        Ok(())
    }

    /// Words, each with its reading.
    fn parts(&self) -> Vec<(&str, Option<&str>)> {
        let mut parts = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((before, from)) = rest.split_once('[').filter(|_| self.has_readings) {
            let Some(((word, reading), after)) =
                from.split_once(']').and_then(|(inside, after)| Some((inside.split_once('|')?, after)))
            else {
                break;
            };
            parts.push((before, None));
            parts.push((word, Some(reading)));
            rest = after;
        }
        parts.push((rest, None));
        parts
    }
}

impl Display for Worded {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if let Some(tag) = self.tag {
            write!(f, "<span lang=\"{tag}\">")?;
        }
        for (word, reading) in self.parts() {
            match reading {
                None => self.write_runs(word, f)?,
                Some(reading) => {
                    f.write_str("<ruby>")?;
                    Html.write_escaped_str(&mut *f, word)?;
                    f.write_str("<rp>(</rp><rt>")?;
                    Html.write_escaped_str(&mut *f, reading)?;
                    f.write_str("</rt><rp>)</rp></ruby>")?;
                }
            }
        }
        if self.tag.is_some() {
            f.write_str("</span>")?;
        }
        Ok(())
    }
}

impl HtmlSafe for Worded {}

#[cfg(test)]
mod tests {
    use super::*;

    fn worded(text: &str, tag: Option<&'static str>, has_readings: bool) -> String {
        let japanese = JapaneseIn::of(Language::Japanese);
        Worded { text: text.to_owned(), tag, has_readings, japanese }.to_string()
    }

    #[test]
    fn japanese_words_in_a_sentence_of_another_language_say_so() {
        let said = |text: &str, language| Worded::verbatim(text, PageLanguage::Of(language)).to_string();
        assert_eq!(
            said("문자에 「停止」라고만 <b>", Language::Korean),
            "문자에 「<span lang=\"ja\">停止</span>」라고만 &#60;b&#62;"
        );
        assert_eq!(said("見本 花子", Language::English), "<span lang=\"ja\">見本</span> <span lang=\"ja\">花子</span>");
        assert_eq!(said("见本市 さくら町", Language::ChineseSimplified), "见本市 <span lang=\"ja\">さくら町</span>");
        assert_eq!(said("見本 花子", Language::Japanese), "見本 花子");
    }

    #[test]
    fn what_is_said_is_escaped_and_has_its_language_and_readings() {
        assert_eq!(worded("a<b & [c|d]", None, false), "a&#60;b &#38; [c|d]");
        assert_eq!(worded("Log in", Some("en"), false), "<span lang=\"en\">Log in</span>");
        assert_eq!(
            worded("[熱|ねつ]を[測|はか]る [x", None, true),
            "<ruby>熱<rp>(</rp><rt>ねつ</rt><rp>)</rp></ruby>を<ruby>測<rp>(</rp><rt>はか</rt><rp>)</rp></ruby>る [x"
        );
    }
}
