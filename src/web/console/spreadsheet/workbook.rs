//! A workbook with one sheet of text cells. Excel keeps their leading zeros, and calculates none of them.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

/// The parts of a workbook besides its sheet. Source: ECMA-376, part 1, annex L.
const PARTS: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
         <Override PartName=\"/xl/worksheets/sheet1.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>",
    ),
    (
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"List\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" \
         Target=\"styles.xml\"/></Relationships>",
    ),
    // The second format is that of text (49), so that Excel keeps a cell a text when somebody edits it.
    (
        "xl/styles.xml",
        "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Yu Gothic\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>\
         <fill><patternFill patternType=\"gray125\"/></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
         <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>\
         <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>",
    ),
];

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const SHEET: &str = "xl/worksheets/sheet1.xml";

/// The written bytes that weren't taken yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A workbook that is being written.
pub(in crate::web::console) struct Workbook {
    zip: ZipWriter<StreamWriter<Written>>,
    written: Written,
    line: String,
}

impl Workbook {
    pub(super) fn begin(columns: usize) -> io::Result<Self> {
        let written = Written::default();
        let mut zip = ZipWriter::new_stream(written.clone());
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        for (name, xml) in PARTS {
            zip.start_file(name, options)?;
            zip.write_all(XML.as_bytes())?;
            zip.write_all(xml.as_bytes())?;
        }
        zip.start_file(SHEET, options)?;
        let head = format!(
            "{XML}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
             <sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" \
             activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
             <cols><col min=\"1\" max=\"{}\" width=\"16\" style=\"1\" customWidth=\"1\"/></cols><sheetData>",
            columns.max(1)
        );
        zip.write_all(head.as_bytes())?;
        Ok(Self { zip, written, line: String::new() })
    }

    pub(super) fn row<S: AsRef<str>>(&mut self, cells: &[S]) -> io::Result<()> {
        self.line.clear();
        self.line.push_str("<row>");
        for cell in cells {
            let text = cell.as_ref();
            if text.is_empty() {
                self.line.push_str("<c s=\"1\"/>");
                continue;
            }
            self.line.push_str("<c s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
            escape(&mut self.line, text);
            self.line.push_str("</t></is></c>");
        }
        self.line.push_str("</row>");
        self.zip.write_all(self.line.as_bytes())
    }

    pub(super) fn take(&self) -> Vec<u8> {
        self.written.take()
    }

    pub(super) fn end(mut self) -> io::Result<Vec<u8>> {
        self.zip.write_all(b"</sheetData></worksheet>")?;
        self.zip.finish()?;
        Ok(self.written.take())
    }
}

/// Writes a text into XML. Characters that XML can't have are left out: no value has them.
fn escape(xml: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '\t' | '\n' | '\r' => xml.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            '_' if is_escape(text.get(at..).unwrap_or_default()) => xml.push_str("_x005F_"),
            _ => xml.push(c),
        }
    }
}

/// Whether a text begins as `_x0041_` does, which Excel reads as an escaped character.
fn is_escape(text: &str) -> bool {
    let digits = text.strip_prefix("_x").and_then(|rest| rest.get(..5));
    digits.is_some_and(|digits| digits.ends_with('_') && digits.bytes().take(4).all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_so_that_they_are_read_as_they_were() {
        let written = |text: &str| {
            let mut xml = String::new();
            escape(&mut xml, text);
            xml
        };
        assert_eq!(written("<a> & \u{1}b"), "&lt;a&gt; &amp; b");
        assert_eq!(written("hersys_id"), "hersys_id");
        assert_eq!(written("_x0041_ _x00_"), "_x005F_x0041_ _x00_");
    }
}
