//! Excel workbooks, read part by part and row by row. Sizes that a workbook claims cost no memory, and the unpacked
//! bytes are counted. Only visible sheets are read.

mod contents;
mod moment;
mod package;
mod sheet;
mod strings;
mod styles;
mod text;
mod xml;

use super::{
    cell::Cell,
    column::Column,
    finding::{Fault, Finding},
    header::Search,
    list::{Doubt, SheetName, SheetRead, Warning},
    reading::Reading,
};
use crate::domain::width;
use contents::{Contents, SheetEntry};
use package::Package;
use sheet::{Shared, Sheet};
use strings::Strings;
use styles::Styles;

/// Hidden rows whose numbers are kept. Their count is kept of all.
const MOST_HIDDEN: usize = 10_000;

/// Reads the sheet with this name, or the only visible one with a list.
pub(super) fn read(bytes: &[u8], wanted: Option<&str>, reading: &mut Reading) -> Result<SheetRead, Finding> {
    let mut package = Package::open(bytes)?;
    let contents = Contents::read(&mut package)?;
    let shared = Shared {
        strings: match &contents.strings {
            Some(part) => Strings::read(&mut package.part(part)?)?,
            None => Strings::default(),
        },
        styles: match &contents.styles {
            Some(part) => Styles::read(&mut package.part(part)?)?,
            None => Styles::none(),
        },
        epoch: contents.epoch,
        unworked: contents.unworked,
    };
    let (chosen, not_read) = choose(&mut package, &contents, &shared, wanted)?;
    let mut read = SheetRead {
        name: SheetName::new(&chosen.name),
        hidden_rows: 0,
        hidden_numbers: Vec::new(),
        hidden_columns: Vec::new(),
        not_read,
        hidden: names(contents.sheets.iter().filter(|sheet| sheet.hidden)),
    };
    let header_row = search(&mut Sheet::new(package.part(&chosen.part)?, &shared))?.end()?.row;
    let mut sheet = Sheet::new(package.part(&chosen.part)?, &shared);
    read_sheet(&mut sheet, header_row, reading, &mut read)?;
    Ok(read)
}

fn names<'a>(sheets: impl Iterator<Item = &'a SheetEntry>) -> Vec<SheetName> {
    sheets.map(|sheet| SheetName::new(&sheet.name)).collect()
}

/// The sheet to read, and the other visible sheets with cells.
fn choose<'c>(
    package: &mut Package<'_>,
    contents: &'c Contents,
    shared: &Shared,
    wanted: Option<&str>,
) -> Result<(&'c SheetEntry, Vec<SheetName>), Fault> {
    let visible: Vec<&SheetEntry> = contents.sheets.iter().filter(|sheet| !sheet.hidden).collect();
    if let (None, [only], 1) = (wanted, &visible[..], contents.sheets.len()) {
        return Ok((only, Vec::new()));
    }
    let mut lists = Vec::new();
    let mut others = Vec::new();
    for sheet in &visible {
        match kind_of(&mut Sheet::new(package.part(&sheet.part)?, shared))? {
            SheetKind::List => lists.push(*sheet),
            SheetKind::Other => others.push(*sheet),
            SheetKind::Blank => {}
        }
    }
    if let Some(wanted) = wanted {
        let chosen =
            named(&contents.sheets, wanted).ok_or_else(|| Fault::NoSuchSheet(names(visible.iter().copied())))?;
        if chosen.hidden {
            return Err(Fault::HiddenSheet);
        }
        let rest = lists.into_iter().chain(others).filter(|sheet| sheet.part != chosen.part);
        return Ok((chosen, names(rest)));
    }
    match &lists[..] {
        [only] => Ok((only, names(others.into_iter()))),
        [] => {
            let mut hidden = contents.sheets.iter().filter(|sheet| sheet.hidden);
            let hides_list = hidden.by_ref().any(|sheet| {
                let part = package.part(&sheet.part);
                part.and_then(|part| kind_of(&mut Sheet::new(part, shared)))
                    .is_ok_and(|kind| matches!(kind, SheetKind::List))
            });
            let hidden = names(contents.sheets.iter().filter(|sheet| sheet.hidden));
            Err(if hides_list { Fault::ListHidden(hidden) } else { Fault::NoHeader })
        }
        several => Err(Fault::SeveralLists(names(several.iter().copied()))),
    }
}

/// The sheet with a name: an exact match, or otherwise a match in any width and case, which Excel doesn't
/// distinguish.
fn named<'c>(sheets: &'c [SheetEntry], wanted: &str) -> Option<&'c SheetEntry> {
    let bare = |name: &str| width::fold(name).to_lowercase();
    let exact = sheets.iter().find(|sheet| sheet.name == wanted);
    exact.or_else(|| {
        let mut alike = sheets.iter().filter(|sheet| bare(&sheet.name) == bare(wanted));
        alike.next().filter(|_| alike.next().is_none())
    })
}

/// The kind of a sheet by its first rows.
enum SheetKind {
    /// No cells.
    Blank,
    /// It has column names.
    List,
    /// Something else.
    Other,
}

/// Examines the first rows of a sheet. An unreadable sheet counts as a list, so that it isn't skipped.
fn kind_of<R: std::io::BufRead + xml::Budget>(sheet: &mut Sheet<'_, R>) -> Result<SheetKind, Fault> {
    Ok(match search(sheet) {
        Ok(search) if search.is_blank() => SheetKind::Blank,
        Ok(search) => search.end().map_or(SheetKind::Other, |_| SheetKind::List),
        Err(Finding { fault: Fault::WorkbookTooLarge, .. }) => return Err(Fault::WorkbookTooLarge),
        Err(_) => SheetKind::List,
    })
}

/// Searches for the row with the column names.
fn search<R: std::io::BufRead + xml::Budget>(sheet: &mut Sheet<'_, R>) -> Result<Search, Finding> {
    let (mut cells, mut search) = (Vec::new(), Search::default());
    while let Some(row) = sheet.next(&mut cells)? {
        if search.row(row.number, &cells).is_break() {
            break;
        }
    }
    Ok(search)
}

fn read_sheet<'s, R: std::io::BufRead + xml::Budget>(
    sheet: &mut Sheet<'s, R>,
    header_row: u32,
    reading: &mut Reading,
    read: &mut SheetRead,
) -> Result<(), Finding> {
    let mut cells: Vec<Cell<'s>> = Vec::new();
    let mut begun = false;
    reading.header_at(header_row);
    while let Some(row) = sheet.next(&mut cells)? {
        if cells.iter().all(Cell::is_blank) {
            continue;
        }
        if begun {
            if row.hidden {
                read.hidden_rows = read.hidden_rows.saturating_add(1);
                if read.hidden_numbers.len() < MOST_HIDDEN {
                    read.hidden_numbers.push(row.number);
                }
            }
            if row.struck_out {
                reading.warning(Warning { row: row.number, doubt: Doubt::StruckOut });
            }
        }
        if reading.row(row.number, &cells).is_break() {
            break;
        }
        if !begun && row.number >= header_row {
            let hidden =
                |column: &Column| reading.position(*column).is_some_and(|position| sheet.is_column_hidden(position));
            read.hidden_columns = Column::ALL.into_iter().filter(hidden).collect();
            begun = true;
        }
    }
    Ok(())
}
