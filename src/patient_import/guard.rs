//! The guard of cells that a spreadsheet would take for formulas: an apostrophe before them, as people type it in
//! Excel. An exported name `=1+1` is shown as it is written, and reading the list again gives the same name.

use super::cell::Cell;
use std::borrow::Cow;

/// The characters with which spreadsheets begin a formula, in either width, and those that hide one.
const BEGINNINGS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A text as a cell of a text file: guarded if it needs to be.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if needs_guard(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Takes the guards off the cells of a text file.
pub(super) fn unguarded(cells: &mut [Cell<'_>]) {
    for cell in cells {
        if let Cell::Text(text) = cell
            && let Some(bare) = text.strip_prefix('\'').filter(|bare| needs_guard(bare))
        {
            *cell = Cell::Text(Cow::Owned(bare.to_owned()));
        }
    }
}

/// Also a text that looks guarded needs a guard, so that it is read as it was.
fn needs_guard(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINNINGS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_could_be_a_formula_is_guarded() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+81", "'+81"),
            ("'=x", "''=x"),
            ("'x", "'x"),
            ("見本", "見本"),
            ("", ""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(guarded(text), expected);
        }
    }

    proptest! {
        #[test]
        fn a_guarded_text_is_read_as_it_was_and_begins_no_formula(text in "['=+@a-]{0,5}") {
            let written = guarded(&text);
            prop_assert!(!written.starts_with(BEGINNINGS));
            let mut cells = [Cell::Text(written)];
            unguarded(&mut cells);
            prop_assert_eq!(cells[0].text(), text.as_str());
        }
    }
}
