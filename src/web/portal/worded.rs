//! A sentence as it is written on a page: with its language, if that isn't the page's, and with readings above the
//! characters in やさしい日本語.

use std::fmt::{Display, Formatter, Result};

use askama::filters::{Escaper as _, Html, HtmlSafe};

use crate::domain::PageLanguage;
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
}

impl Worded {
    /// A message in the language of a page.
    pub(super) fn of(message: &Message, page: PageLanguage) -> Self {
        let (text, written) = message.written(page);
        // A number or a name is of no language.
        let is_verbatim = message.id() == "verbatim";
        let tag = (written.tag() != page.tag() && !is_verbatim).then(|| written.tag());
        Self { text, tag, has_readings: written == PageLanguage::EasyJapanese }
    }

    /// What the documents of the calls say on a form, in the language of a page: in やさしい日本語, where there is one.
    pub(super) fn of_document(wording: &Wording, page: PageLanguage) -> Self {
        let easy = wording.easy.as_ref().filter(|_| page == PageLanguage::EasyJapanese);
        let text = easy.unwrap_or_else(|| wording.on_form()).to_string();
        Self { text, tag: None, has_readings: easy.is_some() }
    }

    /// The text without tags.
    pub(super) fn without_readings(&self) -> String {
        self.parts().into_iter().map(|(word, _)| word).collect()
    }

    /// The text without tags, for attributes and the title.
    pub(super) fn plain(message: &Message, page: PageLanguage) -> String {
        Self::of(message, page).without_readings()
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
                None => Html.write_escaped_str(&mut *f, word)?,
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
        Worded { text: text.to_owned(), tag, has_readings }.to_string()
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
