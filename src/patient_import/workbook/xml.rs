//! The XML of a workbook's parts, event by event. The memory for each event, nesting and part is limited.

use super::super::finding::Fault;
use super::package::Counted;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::io::{BufRead, BufReader, Read};

/// The largest tag or piece of text that is read into memory. Cells have a lower limit:
/// [`super::super::MAX_CELL_BYTES`].
const MOST_BYTES: usize = 256 * 1024;
/// The deepest nesting of elements; a workbook's reach about ten.
const MOST_DEPTH: u32 = 64;

/// A part as a sequence of events.
pub(super) struct Xml<R> {
    reader: Reader<Limited<R>>,
    buffer: Vec<u8>,
    depth: u32,
}

/// Whether reading stopped because there was too much.
pub(super) trait Budget {
    fn exceeded(&self) -> bool;
}

impl<R: Read> Budget for BufReader<Counted<'_, R>> {
    fn exceeded(&self) -> bool {
        self.get_ref().exceeded()
    }
}

impl<R: BufRead + Budget> Xml<R> {
    pub fn new(inner: R) -> Self {
        let reader = Reader::from_reader(Limited { inner, left: MOST_BYTES });
        Self { reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next event; `None` at the end of the part.
    pub fn next(&mut self) -> Result<Option<Event<'_>>, Fault> {
        self.buffer.clear();
        self.reader.get_mut().left = MOST_BYTES;
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(Event::Eof) if self.depth > 0 => Err(Fault::DamagedWorkbook),
            Ok(Event::Eof) => Ok(None),
            // A document type could define expanding entities.
            Ok(Event::DocType(_)) => Err(Fault::DamagedWorkbook),
            Ok(event) => {
                match event {
                    Event::Start(_) => self.depth = self.depth.saturating_add(1),
                    Event::End(_) => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                if self.depth > MOST_DEPTH { Err(Fault::DamagedWorkbook) } else { Ok(Some(event)) }
            }
            Err(_) => {
                let source = self.reader.get_ref();
                if source.inner.exceeded() {
                    Err(Fault::WorkbookTooLarge)
                } else if source.left == 0 {
                    Err(Fault::CellTooLong)
                } else {
                    Err(Fault::DamagedWorkbook)
                }
            }
        }
    }
}

/// A source whose events are limited to this many bytes each.
struct Limited<R> {
    inner: R,
    left: usize,
}

impl<R: BufRead> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = {
            let mut filled = self.fill_buf()?;
            filled.read(buffer)?
        };
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Limited<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.left == 0 {
            return Err(std::io::Error::other("too long"));
        }
        let filled = self.inner.fill_buf()?;
        Ok(filled.get(..self.left).unwrap_or(filled))
    }

    fn consume(&mut self, length: usize) {
        self.left = self.left.saturating_sub(length);
        self.inner.consume(length);
    }
}

/// The value of an attribute, regardless of its prefix; `None` if it is absent.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Fault> {
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| Fault::DamagedWorkbook)?;
        if attribute.key.local_name().as_ref() == name {
            let value = quick_xml::escape::unescape(&attribute.value).map_err(|_| Fault::DamagedWorkbook)?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// Returns `true` if an attribute means yes.
pub(super) fn truth(value: &str) -> bool {
    matches!(value, "1" | "true" | "on")
}

/// The character that `&amp;` or `&#65;` represents.
pub(super) fn character(reference: &BytesRef<'_>) -> Result<char, Fault> {
    if let Some(c) = reference.resolve_char_ref().map_err(|_| Fault::DamagedWorkbook)? {
        return Ok(c);
    }
    match &*reference.xml10_content() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(Fault::DamagedWorkbook),
    }
}
