//! What patients write in their own words with a report.

use unicode_segmentation::UnicodeSegmentation as _;

/// The most bytes of a text: 500 emoji of families have 12,500.
const MOST_BYTES: usize = 16 * 1024;

/// A text of a patient: kept as it was written, except for NUL, which no database stores. `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportText(String);

/// The text has too many characters, as people count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text has {count} characters; at most {} are possible", ReportText::LONGEST)]
pub struct ReportTextError {
    /// How many it has.
    pub count: usize,
}

impl ReportText {
    /// The maximum number of characters as people count them: a letter with its marks is one, as is an emoji.
    pub const LONGEST: usize = 500;

    /// Reads a text. `None` if nothing was written.
    ///
    /// # Errors
    /// See [`ReportTextError`].
    pub fn parse(text: &str) -> Result<Option<Self>, ReportTextError> {
        let text = text.replace('\0', "").replace("\r\n", "\n");
        let text = text.trim();
        // A letter may carry marks without end, so what is too long for any language counts by its code points.
        let count = match text.len() > MOST_BYTES {
            true => text.chars().count(),
            false => text.graphemes(true).count(),
        };
        if count > Self::LONGEST {
            return Err(ReportTextError { count });
        }
        Ok(Some(text).filter(|text| !text.is_empty()).map(|text| Self(text.to_owned())))
    }

    /// The text, for the database and for people who may see the patient.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ReportText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(personal)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m7_five_hundred_characters_as_people_count_them() {
        let read = |text: &str| ReportText::parse(text).map(|text| text.map(|text| text.0));
        let family = "👨‍👩‍👧";
        for one in ["あ", "𠮷", "が", family] {
            assert_eq!(read(&one.repeat(500)).map(|text| text.is_some()), Ok(true), "{one}");
            assert_eq!(read(&one.repeat(501)), Err(ReportTextError { count: 501 }), "{one}");
        }
        assert_eq!(read(" \r\n\u{3000}\0"), Ok(None));
        let marked = format!("e{}", "\u{301}".repeat(9_000));
        assert_eq!(read(&marked), Err(ReportTextError { count: 9_001 }), "one letter with marks without end");
    }

    #[test]
    fn nul_is_dropped_and_all_else_is_kept() {
        let read = |text: &str| ReportText::parse(text).ok().flatten().map(|text| text.0);
        assert_eq!(read("せき\0がひどい\r\n夜も"), Some("せきがひどい\n夜も".to_owned()));
        for kept in ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\u{202e}b", "🤒"] {
            assert_eq!(read(kept).as_deref(), Some(kept));
        }
        assert_eq!(format!("{:?}", ReportText("せき".to_owned())), "(personal)");
    }
}
