//! Text files: detects the separator of the cells, and whether the end of the file is missing.

use super::{
    MAX_LINE_BYTES,
    cell::Cell,
    encoding,
    finding::{Fault, Finding, Place},
    guard::unguarded,
    header::{Found, Search},
    reading::Reading,
    records::{Records, lines},
};
use crate::domain::width;

/// The possible separators: a comma, a tab, the semicolon of European spreadsheets, the bar of databases, and the
/// comma characters of a Japanese keyboard.
const SEPARATORS: [char; 6] = [',', '\t', ';', '|', '，', '、'];

pub(super) fn read(bytes: &[u8], reading: &mut Reading) -> Result<(), Finding> {
    if let Some(line) = too_long(bytes) {
        return Err(Finding { place: Place::Row(line), fault: Fault::LineTooLong });
    }
    let decoded = encoding::decode(bytes)?;
    // 0x1A ends a DOS file, and old programs still write it.
    let whole = decoded.trim_start_matches('\u{feff}').trim_end_matches('\u{1a}');
    if width::trim(whole).is_empty() {
        return Err(Fault::EmptyFile.into());
    }
    let (named, text) = named_separator(whole);
    let first_line = if text.len() == whole.len() { 1 } else { 2 };
    let separators = named.into_iter().chain(SEPARATORS);
    let looks = separators.map(|separator| (separator, search(text, separator, first_line)));
    let looks: Vec<(char, Result<Found, Fault>)> = looks.collect();
    let by_known = looks.iter().rev().filter_map(|(separator, look)| Some((look.as_ref().ok()?, separator)));
    let Some((found, &separator)) = by_known.max_by_key(|(found, _)| found.known) else {
        return Err(why_not(looks.into_iter().filter_map(|(_, look)| look.err())).into());
    };
    reading.header_at(found.row);
    let (mut records, mut cells) = (Records::new(text, separator, first_line), Vec::new());
    while let Some((line, outcome)) = records.next(&mut cells) {
        unguarded(&mut cells);
        let short = reading.width().is_some_and(|width| cells.len() < width);
        let flow = match outcome {
            // Missing cells at the end of a row are empty. But if the file has no final line end, they may be lost.
            Ok(()) if short && records.is_cut() && !cells.iter().all(Cell::is_blank) => {
                return Err(Finding { place: Place::Row(line), fault: Fault::CutOffRow });
            }
            Ok(()) => reading.row(line, &cells),
            Err(broken) => reading.broken(line, broken.position, broken.fault),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// The first line that is too long. A byte of a line end is nothing else in the encodings of lists, or half of a
/// character, which only makes lines shorter.
fn too_long(bytes: &[u8]) -> Option<u32> {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let mut rest = bytes;
    while let Some(begin) = rest.get(..=MAX_LINE_BYTES) {
        let Some(end) = begin.iter().rposition(is_end) else {
            let before = bytes.get(..bytes.len().saturating_sub(rest.len())).unwrap_or_default();
            return Some(lines(&String::from_utf8_lossy(before)).saturating_add(1));
        };
        rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
    }
    None
}

/// The separator in a first line `sep=;`, as Excel interprets it, and the text without that line.
fn named_separator(text: &str) -> (Option<char>, &str) {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let (line, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let bare = line.trim_start_matches([' ', '"']);
    let named = bare.get(..4).filter(|begin| begin.eq_ignore_ascii_case("sep=")).and_then(|_| bare.get(4..));
    let Some(named) = named else { return (None, text) };
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])).unwrap_or(rest);
    let mut characters = named.chars();
    let separator = characters.next().filter(|separator| *separator != '"');
    // If a spreadsheet saved the line, it has additional cells, with the same separator as the other lines.
    let alone = characters.all(|c| matches!(c, '"' | ' ') || Some(c) == separator);
    (separator.filter(|_| alone), rest)
}

/// Searches for the row with the column names if the text has this separator.
fn search(text: &str, separator: char, first_line: u32) -> Result<Found, Fault> {
    let (mut records, mut cells, mut search) =
        (Records::new(text, separator, first_line), Vec::new(), Search::default());
    let mut broken = false;
    while let Some((line, outcome)) = records.next(&mut cells) {
        broken |= outcome.is_err();
        if search.row(line, &cells).is_break() {
            break;
        }
    }
    if search.is_blank() && !broken { Err(Fault::EmptyFile) } else { search.end() }
}

/// Returns the most informative of the faults of all separators.
fn why_not(faults: impl Iterator<Item = Fault>) -> Fault {
    let weight = |fault: &Fault| match fault {
        Fault::EmptyFile => 3,
        Fault::Garbled => 2,
        Fault::OneCell => 1,
        _ => 0,
    };
    faults.max_by_key(weight).unwrap_or(Fault::NoHeader)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_too_long_from_a_megabyte_on() {
        let most = "x".repeat(MAX_LINE_BYTES);
        for (text, line) in [
            (format!("{most}\n{most}\r\n{most}"), None),
            (format!("{most}x"), Some(1)),
            (format!("a\r\nb\rc\n{most}x\nd"), Some(4)),
        ] {
            assert_eq!(too_long(text.as_bytes()), line);
        }
    }

    #[test]
    fn the_first_line_may_name_the_separator() {
        assert_eq!(named_separator("sep=;\r\na;b"), (Some(';'), "a;b"));
        assert_eq!(named_separator("SEP=\t\na\tb"), (Some('\t'), "a\tb"));
        assert_eq!(named_separator("\"sep=|\"\na|b"), (Some('|'), "a|b"));
        assert_eq!(named_separator("sep=、\ra、b"), (Some('、'), "a、b"));
        assert_eq!(named_separator("sep=;,,,\na,b"), (None, "a,b"));
        assert_eq!(named_separator("sep=\na,b"), (None, "a,b"));
        assert_eq!(named_separator("separator,b\n1,2"), (None, "separator,b\n1,2"));
        assert_eq!(named_separator("姓名,b"), (None, "姓名,b"));
    }
}
