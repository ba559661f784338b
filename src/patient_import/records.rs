//! Separated values, read strictly. The `csv` crate silently accepts malformed quotes, and one missing quotation mark
//! can combine a thousand patients into one cell. Here it is a finding with its row.

use super::{MAX_CELL_BYTES, cell::Cell, finding::Fault};
use std::borrow::Cow;

/// The records of a text, by RFC 4180, with any of the three line ends and any separator.
pub(super) struct Records<'a> {
    rest: &'a str,
    separator: char,
    line: u32,
    cut: bool,
}

/// The position of malformed quotes in a record.
pub(super) struct MalformedRecord {
    pub position: usize,
    pub fault: Fault,
}

/// How a cell ended.
enum End {
    Separator,
    Line,
}

impl<'a> Records<'a> {
    /// The records of a text that begins on this line.
    pub fn new(text: &'a str, separator: char, line: u32) -> Self {
        Self { rest: text, separator, line, cut: false }
    }

    /// Returns `true` if the text ended without a line end after the last record.
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    /// Reads the next record into `cells` and returns the line on which it begins. Returns `None` at the end of the
    /// text.
    pub fn next(&mut self, cells: &mut Vec<Cell<'a>>) -> Option<(u32, Result<(), MalformedRecord>)> {
        cells.clear();
        if self.rest.is_empty() {
            return None;
        }
        let begin = self.line;
        loop {
            let cell = if self.rest.starts_with('"') { self.quoted() } else { self.bare() };
            match cell {
                Ok((text, end)) => {
                    cells.push(match text.len() {
                        0 => Cell::Empty,
                        1..=MAX_CELL_BYTES => Cell::Text(text),
                        // Also one of many lines, as between two lost quotation marks.
                        _ => Cell::TooLong,
                    });
                    if matches!(end, End::Line) {
                        return Some((begin, Ok(())));
                    }
                }
                Err(fault) => {
                    // The rest of the line is unreliable. Reading continues at the next line.
                    let rest = self.rest.find(['\n', '\r']).unwrap_or(self.rest.len());
                    self.skip(rest);
                    self.end();
                    return Some((begin, Err(MalformedRecord { position: cells.len(), fault })));
                }
            }
        }
    }

    fn bare(&mut self) -> Result<(Cow<'a, str>, End), Fault> {
        if let Some(length) = self.rest.strip_prefix("=\"").and_then(|text| text.find(['"', '\n', '\r'])) {
            let after = self.rest.get(length.saturating_add(3)..).unwrap_or_default();
            let ends = after.is_empty() || after.starts_with([self.separator, '\n', '\r']);
            if ends && self.rest.as_bytes().get(length.saturating_add(2)) == Some(&b'"') {
                let text = self.skip(length.saturating_add(3));
                return Ok((constant(Cow::Borrowed(text)), self.end()));
            }
        }
        let length = if let Ok(separator) = u8::try_from(self.separator) {
            let stop = |byte: u8| byte == separator || matches!(byte, b'\n' | b'\r' | b'"');
            self.rest.bytes().position(stop)
        } else {
            self.rest.find([self.separator, '\n', '\r', '"'])
        };
        let length = length.unwrap_or(self.rest.len());
        let text = self.skip(length);
        if self.rest.starts_with('"') {
            return Err(Fault::QuoteInside);
        }
        Ok((Cow::Borrowed(text), self.end()))
    }

    fn quoted(&mut self) -> Result<(Cow<'a, str>, End), Fault> {
        self.skip(1);
        let mut text = Cow::Borrowed("");
        loop {
            let Some(length) = self.rest.find('"') else {
                self.skip(self.rest.len());
                return Err(Fault::QuoteOpen);
            };
            let part = self.skip(length);
            self.line = self.line.saturating_add(lines(part));
            self.skip(1);
            if text.is_empty() {
                text = Cow::Borrowed(part);
            } else {
                text.to_mut().push_str(part);
            }
            if !self.rest.starts_with('"') {
                break;
            }
            // A doubled quotation mark represents one.
            self.skip(1);
            text.to_mut().push('"');
        }
        match self.rest.chars().next() {
            None | Some('\n' | '\r') => Ok((constant(text), self.end())),
            Some(c) if c == self.separator => Ok((constant(text), self.end())),
            Some(_) => Err(Fault::TextAfterQuote),
        }
    }

    /// Skips the separator or the line end after a cell.
    fn end(&mut self) -> End {
        if self.rest.starts_with(self.separator) {
            self.skip(self.separator.len_utf8());
            return End::Separator;
        }
        self.cut = self.rest.is_empty();
        if self.rest.starts_with("\r\n") {
            self.skip(2);
        } else if !self.rest.is_empty() {
            self.skip(1);
        }
        self.line = self.line.saturating_add(1);
        End::Line
    }

    /// Skips this many bytes and returns them, or fewer at the end of the text.
    fn skip(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

/// The text of the formula `="01234567"`, with which programs keep Excel from dropping zeros.
fn constant(text: Cow<'_, str>) -> Cow<'_, str> {
    let inside = |text: &str| {
        let range = 2..text.len().saturating_sub(1);
        text.get(range)
            .filter(|inside| text.starts_with("=\"") && text.ends_with('"') && !inside.contains('"'))
            .is_some()
    };
    if !inside(&text) {
        return text;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(2..text.len().saturating_sub(1)).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(2..text.len().saturating_sub(1)).unwrap_or_default().to_owned()),
    }
}

/// The number of line ends in a text.
pub(super) fn lines(text: &str) -> u32 {
    let ends = text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    u32::try_from(ends.saturating_sub(text.matches("\r\n").count())).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, Result<Vec<String>, &'static str>)> {
        let (mut records, mut cells, mut read) = (Records::new(text, ',', 1), Vec::new(), Vec::new());
        while let Some((line, outcome)) = records.next(&mut cells) {
            let texts = || cells.iter().map(|cell| cell.text().to_owned()).collect();
            read.push((
                line,
                outcome.map(|()| texts()).map_err(|broken| match broken.fault {
                    Fault::QuoteInside => "inside",
                    Fault::QuoteOpen => "open",
                    _ => "after",
                }),
            ));
        }
        read
    }

    #[test]
    fn records_know_their_line_and_their_quotes() {
        let cells = |texts: &[&str]| Ok(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            read("a,\"b\r\nc\",d\r\n\n\"x\"\"y\",,\rlast"),
            [
                (1, cells(&["a", "b\r\nc", "d"])),
                (3, cells(&[""])),
                (4, cells(&["x\"y", "", ""])),
                (5, cells(&["last"]))
            ]
        );
        assert_eq!(
            read("a\"b,c\nd\n\"e\"f,g\nh,\"i\nj"),
            [(1, Err("inside")), (2, cells(&["d"])), (3, Err("after")), (4, Err("open"))]
        );
        assert_eq!(
            read("=\"01\",=\"\",\"=\"\"02\"\"\"\n=\"x\"y,1\n=\"x\n"),
            [(1, cells(&["01", "", "02"])), (2, Err("inside")), (3, Err("inside"))]
        );
        assert_eq!(read(""), []);
        assert_eq!(read("\"\"\"\""), [(1, cells(&["\""]))]);
    }
}
