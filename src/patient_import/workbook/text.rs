//! The text of a cell, joined from its runs, without the phonetic guides (furigana).

use super::super::{MAX_CELL_BYTES, finding::Fault};
use super::xml::{self, Budget, Xml};
use quick_xml::events::Event;
use std::io::BufRead;

/// The runs of one text so far.
pub(super) struct Text {
    text: String,
    too_long: bool,
    excess: Excess,
}

/// What happens to a text that is too long for a cell.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Excess {
    /// It is skipped, because perhaps no cell refers to it.
    Skipped,
    /// It is refused immediately, because the rest may have hundreds of megabytes.
    Refused,
}

/// A complete text.
pub(super) enum Whole<'t> {
    Text(&'t str),
    /// Longer than a cell allows. Nothing of it was kept.
    TooLong,
}

impl Text {
    pub const fn new(excess: Excess) -> Self {
        Self { text: String::new(), too_long: false, excess }
    }

    /// Adds a run.
    fn push(&mut self, piece: &str) -> Result<(), Fault> {
        if self.text.len().saturating_add(piece.len()) > MAX_CELL_BYTES {
            self.too_long = true;
            self.text.clear();
        } else if !self.too_long {
            self.text.push_str(piece);
        }
        if self.too_long && self.excess == Excess::Refused { Err(Fault::CellTooLong) } else { Ok(()) }
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.too_long = false;
    }

    pub fn whole(&self) -> Whole<'_> {
        if self.too_long { Whole::TooLong } else { Whole::Text(&self.text) }
    }

    /// Joins the text of the `<t>` elements in the element that was just opened, up to its end.
    pub fn gather(&mut self, xml: &mut Xml<impl BufRead + Budget>) -> Result<(), Fault> {
        let (mut depth, mut inside, mut aside) = (0_u32, false, 0_u32);
        loop {
            match xml.next()?.ok_or(Fault::DamagedWorkbook)? {
                Event::Start(tag) => {
                    depth = depth.saturating_add(1);
                    match tag.local_name().as_ref() {
                        "rPh" => aside = depth,
                        "t" if aside == 0 => inside = true,
                        _ => {}
                    }
                }
                Event::End(_) if depth == 0 => return Ok(()),
                Event::End(_) => {
                    inside = false;
                    if aside == depth {
                        aside = 0;
                    }
                    depth = depth.saturating_sub(1);
                }
                event if inside => self.event(&event)?,
                _ => {}
            }
        }
    }

    /// Adds the content of an event inside a text.
    pub fn event(&mut self, event: &Event<'_>) -> Result<(), Fault> {
        match event {
            Event::Text(text) => self.push(&text.xml10_content()),
            Event::CData(text) => self.push(&text.xml10_content()),
            Event::GeneralRef(reference) => self.push(xml::character(reference)?.encode_utf8(&mut [0; 4])),
            _ => Ok(()),
        }
    }
}

/// The text with escapes such as `_x000D_`, with which Excel writes control characters, replaced by their characters.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut found = text.find("_x")?;
    let mut plain = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_at_checked(found)?;
        let code = after.get(2..6).filter(|_| after.as_bytes().get(6) == Some(&b'_'));
        let c = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        plain.push_str(before);
        match c {
            Some(c) => {
                plain.push(c);
                rest = after.get(7..).unwrap_or_default();
            }
            None => {
                plain.push_str("_x");
                rest = after.get(2..).unwrap_or_default();
            }
        }
        match rest.find("_x") {
            Some(next) => found = next,
            None => {
                plain.push_str(rest);
                return Some(plain);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_excel_escapes_are_what_they_stand_for() {
        assert_eq!(unescaped("見本"), None);
        assert_eq!(unescaped("a_x000D_b_x005F_x000D_").as_deref(), Some("a\rb_x000D_"));
        assert_eq!(unescaped("_x_x00_xD800__xあいう_").as_deref(), Some("_x_x00_xD800__xあいう_"));
    }
}
