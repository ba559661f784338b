//! Separated values, read strictly. The `csv` crate takes broken quotes in silence, and one lost quotation mark can
//! swallow a thousand patients into one cell; here it is a finding with its row.

use super::{cell::Cell, finding::Fault};
use std::borrow::Cow;

/// The records of a text, by RFC 4180 with any of the three line ends and a separator of choice.
pub(super) struct Records<'a> {
    rest: &'a str,
    separator: u8,
    line: u32,
}

/// Where in a record the quotes are broken.
pub(super) struct Broken {
    pub position: usize,
    pub fault: Fault,
}

/// How a cell ended.
enum End {
    Separator,
    Line,
}

impl<'a> Records<'a> {
    pub fn new(text: &'a str, separator: u8) -> Self {
        Self { rest: text, separator, line: 1 }
    }

    /// Reads the next record into `cells`; gives the line on which it begins. `None` at the end of the text.
    pub fn next(&mut self, cells: &mut Vec<Cell<'a>>) -> Option<(u32, Result<(), Broken>)> {
        cells.clear();
        if self.rest.is_empty() {
            return None;
        }
        let begin = self.line;
        loop {
            let cell = if self.rest.starts_with('"') { self.quoted() } else { self.bare() };
            match cell {
                Ok((text, end)) => {
                    cells.push(if text.is_empty() { Cell::Empty } else { Cell::Text(text) });
                    if matches!(end, End::Line) {
                        return Some((begin, Ok(())));
                    }
                }
                Err(fault) => {
                    // The rest of the line can't be trusted; the next line may be read again.
                    let rest = self.rest.find(['\n', '\r']).unwrap_or(self.rest.len());
                    self.skip(rest);
                    self.end();
                    return Some((begin, Err(Broken { position: cells.len(), fault })));
                }
            }
        }
    }

    fn bare(&mut self) -> Result<(Cow<'a, str>, End), Fault> {
        let stop = |&byte: &u8| byte == self.separator || matches!(byte, b'\n' | b'\r' | b'"');
        let length = self.rest.bytes().position(|byte| stop(&byte)).unwrap_or(self.rest.len());
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
            self.line = self.line.saturating_add(line_ends(part));
            self.skip(1);
            if text.is_empty() {
                text = Cow::Borrowed(part);
            } else {
                text.to_mut().push_str(part);
            }
            if !self.rest.starts_with('"') {
                break;
            }
            // A doubled mark stands for one.
            self.skip(1);
            text.to_mut().push('"');
        }
        match self.rest.bytes().next() {
            None | Some(b'\n' | b'\r') => Ok((text, self.end())),
            Some(byte) if byte == self.separator => Ok((text, self.end())),
            Some(_) => Err(Fault::TextAfterQuote),
        }
    }

    /// Steps over the separator or the line end that follows a cell.
    fn end(&mut self) -> End {
        if self.rest.as_bytes().first() == Some(&self.separator) {
            self.skip(1);
            return End::Separator;
        }
        if self.rest.starts_with("\r\n") {
            self.skip(2);
        } else if !self.rest.is_empty() {
            self.skip(1);
        }
        self.line = self.line.saturating_add(1);
        End::Line
    }

    /// Steps over so many bytes and gives them; the text's end when there are fewer.
    fn skip(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

/// How many lines end inside a quoted cell.
fn line_ends(text: &str) -> u32 {
    let ends = text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    u32::try_from(ends.saturating_sub(text.matches("\r\n").count())).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, Result<Vec<String>, &'static str>)> {
        let (mut records, mut cells, mut read) = (Records::new(text, b','), Vec::new(), Vec::new());
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
        assert_eq!(read(""), []);
        assert_eq!(read("\"\"\"\""), [(1, cells(&["\""]))]);
    }
}
