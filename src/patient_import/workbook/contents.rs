//! The sheets of a workbook: their parts, and which of them are visible.

use super::super::{finding::Fault, kind::FileKind};
use super::moment::Epoch;
use super::package::Package;
use super::xml::{attribute, truth};
use quick_xml::events::{BytesStart, Event};

/// The most sheets, and the most links of one part.
const MOST: usize = 10_000;
/// The longest name of a part, a sheet or a link.
const LONGEST: usize = 1_024;

/// The contents of a workbook.
pub(super) struct Contents {
    pub sheets: Vec<SheetEntry>,
    /// The parts with the texts and the styles, if there are any.
    pub strings: Option<String>,
    pub styles: Option<String>,
    pub epoch: Epoch,
    /// `true` if Excel must calculate all formulas on opening. The stored results aren't valid.
    pub unworked: bool,
}

/// A sheet with rows and cells.
pub(super) struct SheetEntry {
    pub name: String,
    pub part: String,
    pub hidden: bool,
}

/// A link from a part to another one.
struct Link {
    id: String,
    /// The last word of its type: `worksheet`, `styles`.
    kind: String,
    target: String,
}

impl Contents {
    pub fn read(package: &mut Package<'_>) -> Result<Self, Fault> {
        if let Some(other) = other_document(package) {
            return Err(Fault::Kind(other));
        }
        let roots = if package.has("_rels/.rels") { links(package, "_rels/.rels", "")? } else { Vec::new() };
        let root = roots.into_iter().find(|link| link.kind == "officeDocument").map(|link| link.target);
        let workbook = root.filter(|part| package.has(part)).unwrap_or_else(|| "xl/workbook.xml".to_owned());
        if !package.has(&workbook) {
            return Err(if package.has_like("xl/", "") {
                Fault::DamagedWorkbook
            } else {
                Fault::Kind(FileKind::Archive)
            });
        }
        let (folder, file) = workbook.rsplit_once('/').unwrap_or(("", &workbook));
        let slash = if folder.is_empty() { "" } else { "/" };
        let links = links(package, &format!("{folder}{slash}_rels/{file}.rels"), folder)?;
        let target = |kind: &str| links.iter().find(|link| link.kind == kind).map(|link| link.target.clone());
        let mut contents = Self {
            sheets: Vec::new(),
            strings: target("sharedStrings").filter(|part| package.has(part)),
            styles: target("styles").filter(|part| package.has(part)),
            epoch: Epoch::Year1900,
            unworked: false,
        };
        let mut xml = package.part(&workbook)?;
        while let Some(event) = xml.next()? {
            if let Event::Start(tag) | Event::Empty(tag) = event {
                contents.tag(&tag, &links)?;
            }
        }
        Ok(contents)
    }

    fn tag(&mut self, tag: &BytesStart<'_>, links: &[Link]) -> Result<(), Fault> {
        let says = |name: &str| Ok::<_, Fault>(attribute(tag, name)?.is_some_and(|value| truth(&value)));
        match tag.local_name().as_ref() {
            "workbookPr" if says("date1904")? => self.epoch = Epoch::Year1904,
            "calcPr" => self.unworked |= says("fullCalcOnLoad")?,
            "sheet" => {
                let id = attribute(tag, "id")?.ok_or(Fault::DamagedWorkbook)?;
                let link = links.iter().find(|link| link.id == id).ok_or(Fault::DamagedWorkbook)?;
                let name = attribute(tag, "name")?.ok_or(Fault::DamagedWorkbook)?;
                let hidden = attribute(tag, "state")?.is_some_and(|state| state != "visible");
                if self.sheets.len() >= MOST || name.len() > LONGEST {
                    return Err(Fault::WorkbookTooLarge);
                }
                // A chart, a dialog or a macro sheet has no rows.
                if link.kind == "worksheet" {
                    self.sheets.push(SheetEntry { name, part: link.target.clone(), hidden });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Reads the relevant links of a part in a folder.
fn links(package: &mut Package<'_>, part: &str, folder: &str) -> Result<Vec<Link>, Fault> {
    let mut xml = package.part(part)?;
    let mut links: Vec<Link> = Vec::new();
    while let Some(event) = xml.next()? {
        let (Event::Start(tag) | Event::Empty(tag)) = event else { continue };
        if tag.local_name().as_ref() != "Relationship" {
            continue;
        }
        let kind = attribute(&tag, "Type")?.unwrap_or_default();
        let kind = kind.rsplit('/').next().unwrap_or_default();
        if !matches!(
            kind,
            "officeDocument"
                | "worksheet"
                | "chartsheet"
                | "dialogsheet"
                | "xlMacrosheet"
                | "xlIntlMacrosheet"
                | "sharedStrings"
                | "styles"
        ) {
            continue;
        }
        let (id, target) = (attribute(&tag, "Id")?.unwrap_or_default(), attribute(&tag, "Target")?.unwrap_or_default());
        if links.len() >= MOST || id.len() > LONGEST || target.len() > LONGEST {
            return Err(Fault::WorkbookTooLarge);
        }
        links.push(Link { id, kind: kind.to_owned(), target: resolved(folder, &target) });
    }
    Ok(links)
}

/// The name of the part to which a link from a part in a folder leads.
fn resolved(folder: &str, target: &str) -> String {
    let absolute = target.starts_with('/');
    let mut names: Vec<&str> =
        if absolute { Vec::new() } else { folder.split('/').filter(|name| !name.is_empty()).collect() };
    for name in target.split(['/', '\\']) {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    names.join("/")
}

/// The kind of an archive that isn't a workbook.
fn other_document(package: &mut Package<'_>) -> Option<FileKind> {
    let kind = package.begin("mimetype", 200).unwrap_or_default();
    if kind.starts_with(b"application/vnd.oasis.opendocument") || kind.starts_with(b"application/vnd.sun.xml") {
        return Some(FileKind::OpenDocument);
    }
    if package.has_like("Index/", ".iwa")
        || package.has("Index.zip")
        || package.has("index.apxl")
        || package.has_like("index.numbers", "")
    {
        return Some(FileKind::Numbers);
    }
    if package.has("xl/workbook.bin") {
        return Some(FileKind::BinaryExcel);
    }
    if package.has("word/document.xml") {
        return Some(FileKind::Word);
    }
    package.has("ppt/presentation.xml").then_some(FileKind::PowerPoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_from_their_folder_or_from_the_root() {
        assert_eq!(resolved("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl/a", "../styles.xml"), "xl/styles.xml");
        assert_eq!(resolved("", "xl/workbook.xml"), "xl/workbook.xml");
        assert_eq!(resolved("", "../../x"), "x");
    }
}
