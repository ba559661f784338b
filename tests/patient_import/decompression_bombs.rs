//! Workbooks that unpack to many times their size: refused while they are read. Memory is measured manually: see
//! docs/security.md.

use crate::{faults, zip_of};
use kenkocall::patient_import::{Fault, MAX_CELL_BYTES, MAX_UNPACKED_BYTES};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const LINKS: &str = "<Relationships><Relationship Id=\"s1\" Type=\"x/worksheet\" Target=\"sheet1.xml\"/>\
    <Relationship Id=\"t\" Type=\"x/sharedStrings\" Target=\"texts.xml\"/><Relationship Id=\"f\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>";
const BOOK: &str = "<workbook><sheets><sheet name=\"S\" sheetId=\"1\" id=\"s1\"/></sheets></workbook>";
const HEADER: &str = "<row r=\"1\"><c t=\"inlineStr\"><is><t>hersys_id</t></is></c><c t=\"inlineStr\"><is><t>birth_date</t></is></c>\
    <c t=\"inlineStr\"><is><t>family_name</t></is></c><c t=\"inlineStr\"><is><t>given_name</t></is></c></row>";

fn sheet(rows: &str) -> String {
    format!("<worksheet><sheetData>{HEADER}{rows}</sheetData></worksheet>")
}

fn row(family_name: &str) -> String {
    format!(
        "<row><c t=\"inlineStr\"><is><t>1234567</t></is></c><c t=\"inlineStr\"><is><t>1980-04-01</t></is></c>\
        {family_name}<c t=\"inlineStr\"><is><t>x</t></is></c></row>"
    )
}

/// A workbook with these parts and the usual ones.
fn book(parts: &[(&str, &str)]) -> Vec<u8> {
    let usual = [("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", BOOK), ("xl/_rels/workbook.xml.rels", LINKS)];
    let all: Vec<(&str, &[u8])> = usual.iter().chain(parts).map(|(name, text)| (*name, text.as_bytes())).collect();
    zip_of(&all)
}

/// A workbook with one large part: a start, a unit that is repeated up to the size, and an end.
fn large(part: &str, begin: &str, unit: &str, end: &str, bytes: u64) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_level(Some(1));
    let usual = [("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", BOOK), ("xl/_rels/workbook.xml.rels", LINKS)];
    for (name, text) in
        usual.iter().chain(&[("xl/sheet1.xml", &*sheet(&row("<c><v>1</v></c>")))]).filter(|(name, _)| *name != part)
    {
        archive.start_file(*name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.start_file(part, options).unwrap();
    archive.write_all(begin.as_bytes()).unwrap();
    let block = unit.repeat((1 << 20) / unit.len());
    let blocks = bytes / block.len() as u64 + 1;
    for _ in 0..blocks {
        archive.write_all(block.as_bytes()).unwrap();
    }
    archive.write_all(end.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let bomb = large("xl/texts.xml", "<sst>", "<si><t>x</t></si>", "</sst>", MAX_UNPACKED_BYTES);
    assert!(bomb.len() < 8 << 20);
    assert_eq!(faults(bomb), [Fault::WorkbookTooLarge]);
}

#[test]
fn a_table_of_too_many_texts_or_styles_is_refused() {
    let bomb = large("xl/texts.xml", "<sst>", "<si/>", "</sst>", 64 << 20);
    assert_eq!(faults(bomb), [Fault::WorkbookTooLarge]);
    let bomb =
        large("xl/styles.xml", "<styleSheet><cellXfs>", "<xf numFmtId=\"1\"/>", "</cellXfs></styleSheet>", 2 << 20);
    assert_eq!(faults(bomb), [Fault::WorkbookTooLarge]);
    let format = "<numFmt numFmtId=\"200\" formatCode=\"0\"/>";
    let bomb = large("xl/styles.xml", "<styleSheet><numFmts>", format, "</numFmts></styleSheet>", 1 << 20);
    assert_eq!(faults(bomb), [Fault::WorkbookTooLarge]);
    let link = "<Relationship Id=\"s1\" Type=\"x/worksheet\" Target=\"sheet1.xml\"/>";
    let bomb = large("xl/_rels/workbook.xml.rels", "<Relationships>", link, "</Relationships>", 2 << 20);
    assert_eq!(faults(bomb), [Fault::WorkbookTooLarge]);
}

#[test]
fn the_size_of_a_cell_is_limited() {
    let filled = |text: &str| {
        let cell = format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        faults(book(&[("xl/sheet1.xml", &sheet(&row(&cell)))]))
    };
    assert_eq!(filled(&"x".repeat(101)), [Fault::NameTooLong]);
    assert_eq!(filled(&"x".repeat(MAX_CELL_BYTES)), [Fault::ValueTooLong]);
    assert_eq!(filled(&"x".repeat(MAX_CELL_BYTES + 1)), [Fault::CellTooLong]);
    assert_eq!(filled(&"&amp;".repeat(MAX_CELL_BYTES + 1)), [Fault::CellTooLong]);
    let runs = format!("<c t=\"inlineStr\"><is>{}</is></c>", "<r><t>x</t></r>".repeat(MAX_CELL_BYTES + 1));
    assert_eq!(faults(book(&[("xl/sheet1.xml", &sheet(&row(&runs)))])), [Fault::CellTooLong]);
    assert_eq!(filled(&"x".repeat(1 << 20)), [Fault::CellTooLong], "not even read to its end");
    // A long text that no cell of the list uses isn't an error.
    let referring = |number: u32| {
        let texts = format!(
            "<sst><si><t>見本</t></si><si><t>{}</t></si><si><t>花子</t></si></sst>",
            "x".repeat(MAX_CELL_BYTES + 1)
        );
        let cell = format!("<c t=\"s\"><v>{number}</v></c>");
        crate::read(book(&[("xl/texts.xml", &texts), ("xl/sheet1.xml", &sheet(&row(&cell)))]))
    };
    assert_eq!(referring(0).unwrap()[0].family_name.expose(), "見本");
    assert_eq!(referring(1).unwrap_err()[0].fault, Fault::CellTooLong);
    assert_eq!(referring(2).unwrap()[0].family_name.expose(), "花子");
    assert_eq!(referring(3).unwrap_err()[0].fault, Fault::DamagedWorkbook);
}

#[test]
fn what_a_sheet_claims_costs_nothing() {
    let good = row("<c t=\"inlineStr\"><is><t>x</t></is></c>");
    let far = format!("{good}<row r=\"1048576\"><c r=\"XFD1048576\"/></row>");
    let claims = format!(
        "<worksheet><dimension ref=\"A1:XFD1048576\"/><cols><col min=\"1\" max=\"16384\"/></cols><sheetData>{HEADER}{far}</sheetData></worksheet>"
    );
    assert_eq!(crate::read(book(&[("xl/sheet1.xml", &claims)])).unwrap().len(), 1);
    for rows in [
        "<row r=\"1048577\"/>",
        "<row r=\"4294967296\"/>",
        "<row r=\"2\"/><row r=\"2\"/>",
        "<row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row>",
        "<row r=\"2\"><c r=\"B2\"/><c r=\"A2\"/></row>",
        "<row r=\"2\"><c r=\"A3\"/></row>",
        "<row r=\"2\"><c t=\"s\"><v>99999999999</v></c></row>",
        "<row r=\"2\"><c><v>one</v></c></row>",
        "<row r=\"2\"><c>",
    ] {
        assert_eq!(faults(book(&[("xl/sheet1.xml", &sheet(rows))])), [Fault::DamagedWorkbook], "{rows}");
    }
    let deep = format!("<worksheet>{}", "<a>".repeat(100_000));
    assert_eq!(faults(book(&[("xl/sheet1.xml", &deep)])), [Fault::DamagedWorkbook]);
    let entity = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><worksheet/>";
    assert_eq!(faults(book(&[("xl/sheet1.xml", entity)])), [Fault::DamagedWorkbook]);
    let many: Vec<(String, &[u8])> = (0..10_001).map(|part| (part.to_string(), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (&**name, *content)).collect();
    assert_eq!(faults(zip_of(&many)), [Fault::WorkbookTooLarge]);
}
