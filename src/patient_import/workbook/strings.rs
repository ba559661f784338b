//! The table of texts to which cells refer, stored as one text. A small workbook may have millions of short texts,
//! and its cells may refer to a long one a million times.

use super::super::finding::Fault;
use super::text::{Excess, Text, Whole, unescaped};
use super::xml::{Budget, Xml};
use quick_xml::events::Event;
use std::io::BufRead;

/// The maximum size of all texts, in bytes. A million patients need less than half of it.
const MOST_BYTES: usize = 128 * 1024 * 1024;
/// The maximum number of texts: ten for each of a million rows, plus a margin.
const MOST_TEXTS: usize = 12_000_000;

#[derive(Default)]
pub(super) struct Strings {
    texts: String,
    /// The end of each text. [`TOO_LONG`] marks a text that was too long.
    ends: Vec<u32>,
}

/// The end of a text that was too long for a cell.
const TOO_LONG: u32 = u32::MAX;

impl Strings {
    pub fn read(xml: &mut Xml<impl BufRead + Budget>) -> Result<Self, Fault> {
        let mut strings = Self::default();
        let mut text = Text::new(Excess::Skipped);
        while let Some(event) = xml.next()? {
            match event {
                Event::Start(tag) if tag.local_name().as_ref() == "si" => {
                    text.clear();
                    text.gather(xml)?;
                    strings.push(text.whole())?;
                }
                Event::Empty(tag) if tag.local_name().as_ref() == "si" => strings.push(Whole::Text(""))?,
                _ => {}
            }
        }
        Ok(strings)
    }

    /// A text by its number; `None` if it doesn't exist.
    pub fn get(&self, number: usize) -> Option<Whole<'_>> {
        let end = *self.ends.get(number)?;
        if end == TOO_LONG {
            return Some(Whole::TooLong);
        }
        let before = self.ends.get(..number)?.iter().rev().find(|end| **end != TOO_LONG).copied().unwrap_or_default();
        let range = usize::try_from(before).ok()?..usize::try_from(end).ok()?;
        self.texts.get(range).map(Whole::Text)
    }

    fn push(&mut self, text: Whole<'_>) -> Result<(), Fault> {
        let end = match text {
            Whole::TooLong => TOO_LONG,
            Whole::Text(text) => {
                if self.texts.len().saturating_add(text.len()) > MOST_BYTES {
                    return Err(Fault::WorkbookTooLarge);
                }
                match unescaped(text) {
                    Some(plain) => self.texts.push_str(&plain),
                    None => self.texts.push_str(text),
                }
                u32::try_from(self.texts.len()).map_err(|_| Fault::WorkbookTooLarge)?
            }
        };
        if self.ends.len() >= MOST_TEXTS {
            return Err(Fault::WorkbookTooLarge);
        }
        self.ends.push(end);
        Ok(())
    }
}
