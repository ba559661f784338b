//! Text files: which separator parts their cells, and whether their end is there.

use super::{
    cell::Cell,
    encoding,
    finding::{Fault, Finding, Place},
    header::Header,
    reading::Reading,
    records::Records,
    width,
};

/// The separators that are looked for: a comma, a tab, or the semicolon of European spreadsheets.
const SEPARATORS: [char; 3] = [',', '\t', ';'];

/// Reads a text file.
pub(super) fn read(bytes: &[u8], reading: &mut Reading) -> Result<(), Finding> {
    let decoded = encoding::decode(bytes)?;
    // 0x1A ends a file of DOS, and what a program of its time wrote still has it.
    let whole = decoded.trim_start_matches('\u{feff}').trim_end_matches('\u{1a}');
    if width::trim(whole).is_empty() {
        return Err(Fault::EmptyFile.into());
    }
    let (named, text) = named_separator(whole);
    let first_line = if text.len() == whole.len() { 1 } else { 2 };
    let usual = SEPARATORS.into_iter().rev().map(|separator| (known_columns(text, separator), separator));
    let found = usual.max_by_key(|&(known, _)| known).unwrap_or((0, ','));
    let named = named.map(|separator| (known_columns(text, separator), separator)).filter(|(known, _)| *known > 0);
    let (known, separator) = named.unwrap_or(found);
    if known == 0 {
        return Err(Fault::NoHeader.into());
    }
    let (mut records, mut cells) = (Records::new(text, separator, first_line), Vec::new());
    while let Some((line, outcome)) = records.next(&mut cells) {
        let short = reading.width().is_some_and(|width| cells.len() < width);
        let flow = match outcome {
            // What is missing at the end of a row is empty. Where the file has no last line end, it may be lost.
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

/// The separator that a first line `sep=;` names, as Excel understands it, and the text without that line.
fn named_separator(text: &str) -> (Option<char>, &str) {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let (line, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let bare = line.trim_start_matches([' ', '"']);
    let named = bare.get(..4).filter(|begin| begin.eq_ignore_ascii_case("sep=")).and_then(|_| bare.get(4..));
    let Some(named) = named else { return (None, text) };
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])).unwrap_or(rest);
    let mut characters = named.chars();
    let separator = characters.next().filter(|separator| *separator != '"');
    // Saved by a spreadsheet, the line has cells of its own behind it, parted by what now parts the others.
    let alone = characters.all(|c| matches!(c, '"' | ' ') || Some(c) == separator);
    (separator.filter(|_| alone), rest)
}

/// How many columns the first filled record names when it is parted at a separator.
fn known_columns(text: &str, separator: char) -> usize {
    let (mut records, mut cells) = (Records::new(text, separator, 1), Vec::new());
    while let Some((_, outcome)) = records.next(&mut cells) {
        if outcome.is_err() || !cells.iter().all(Cell::is_blank) {
            return Header::known(&cells);
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

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
