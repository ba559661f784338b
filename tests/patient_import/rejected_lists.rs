//! Bad lists: each problem is reported with its row and column, and never with the value.

use super::{faults, read, sentences, zip_of};
use encoding_rs::{EUC_JP, ISO_2022_JP};
use kenkocall::{
    domain::CallingHours,
    patient_import::{Column, Fault, FileKind, MAX_BYTES, MAX_FINDINGS, Place},
};
use rust_xlsxwriter::{Formula, Workbook};

const HEADER: &str = "hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times,language,\
    diagnosis_date,monitoring_start";

fn with_header(rows: &[&str]) -> String {
    let mut list = HEADER.to_owned();
    for row in rows {
        list.push('\n');
        list.push_str(row);
    }
    list
}

#[test]
fn everything_wrong_is_named_in_one_go() {
    let list = with_header(&[
        "00123,1980-04-01,見本,太郎,09012345671,yes,09:00,ja,,",
        "123456789,1980-02-30,見本,,09012345672,yes,09:00,ja,,",
        "12345a,昭和64年1月8日,,太郎,0901234567,yes,24:00,fr,2026-11-24,1979-01-01",
        "200001,19800401,見本,太郎,,yes,09:00;09:00,zh,S40.1.1,soon",
        "200002,2026-11-24,見本,太郎,0990-123-456,yes,07:59,ja,,",
        "200003,1899-12-31,見本,太郎,0570-000-123,はい,20:00,ja,,",
        "200004,1980-04-01,見本,太郎,0120-123-456,有,8:00;9:00;10:00;11:00;12:00,ja,,",
        "200005,1980-04-01,見本,太郎,+881612345678,1,9時,ja,,",
        "200006,1980-04-01,見本,太郎,+12025550123,○,,ja,,",
        "200007,1980-04-01,見本,太郎,090-1234-5671x12,no,,ja,,",
        "200008,1980-04-01,見本,太郎,090-1234-5671/03-5211-3641,x,,ja,,",
        "200009,1980-04-01,見本,太郎,09012345675,yes,,ja,,",
        "200010,1980-04-01,見本,花子,090-1234-5675,yes,,ja,,",
        "２００００９,1980-04-01,見本,太郎,09012345676,yes,,ja,,",
        "200011,1980-04-01,見本,太郎",
        "200012,1980-04-01,見本,太郎,,,,,,,extra",
        "200013,1980-04-01,山\0田,\u{e000}太郎,,,,,,",
        "200014,1980-04-01,\"山\n田\",\u{fffd},,,,,,",
        "200015,1980-04-01,山\"田,太郎,,,,,,",
        "200016,1980-04-01,\"山\"田,太郎,,,,,,",
        "200017,1980-04-01,見本,太郎,,,,,,",
        "200019,1980-04-01,見本,太郎,,,,,1980-03-31,昭和55年3月31日",
        "200018,1980-04-01,\"見本,太郎,,,,,,",
    ]);
    insta::assert_snapshot!(sentences(list));
}

#[test]
fn a_finding_never_holds_a_value() {
    let list = with_header(&["9876543210,1980-13-41,秘密,,0119876543219,maybe,25:61,tlh,1234-56-78,never"]);
    let findings = read(&list).unwrap_err();
    let said = format!("{findings:?}{}", sentences(&list));
    assert_eq!(findings.len(), 9);
    for value in ["9876543210", "13-41", "秘密", "9876543219", "maybe", "25:61", "tlh", "34-56", "never"] {
        assert!(!said.contains(value), "{value}");
    }
    // Without a header the first patient takes the place of the column names.
    let said = sentences("123456,1980-04-01,秘密,太郎,姓\n123457,1980-04-01,秘密,太郎,x\n");
    assert!(!said.contains("秘密") && !said.contains("123456"), "{said}");
}

#[test]
fn the_header_is_checked_and_the_rows_below_it_still_are() {
    let list = "hersys_id,birthday,姓,姓,phone nubmer,備考\n12,1980-04-01,見本,太郎,1,x\n";
    insta::assert_snapshot!(sentences(list));
    assert_eq!(faults("a,b,c\n1,2,3\n"), [Fault::NoHeader]);
    assert_eq!(faults("hersys_id,birth_date,family_name,given_name\n"), [Fault::NoPatients]);
    assert_eq!(faults("\"hersys_id,birth_date\n1,2\n"), [Fault::NoHeader]);
    assert!(faults("hersys_id,\"birth_date\"x\n1,2\n").contains(&Fault::TextAfterQuote));
}

#[test]
fn other_files_are_told_apart() {
    assert_eq!(faults(""), [Fault::EmptyFile]);
    assert_eq!(faults("\r\n \n"), [Fault::EmptyFile]);
    assert_eq!(faults("\u{feff}"), [Fault::EmptyFile]);
    assert_eq!(faults(b"%PDF-1.7\n..."), [Fault::Kind(FileKind::Pdf)]);
    assert_eq!(faults(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), [Fault::Kind(FileKind::OtherOffice)]);
    assert_eq!(faults(b"PK\x03\x04rest"), [Fault::CutOffWorkbook]);
    assert_eq!(faults(vec![b' '; MAX_BYTES + 1]), [Fault::FileTooLarge]);
    let mut zip = zip_of(&[("list.csv", b"hersys_id")]);
    assert_eq!(faults(&zip), [Fault::Kind(FileKind::Archive)]);
    zip.truncate(zip.len() / 2);
    assert_eq!(faults(&zip), [Fault::CutOffWorkbook]);
}

#[test]
fn other_encodings_are_refused_and_never_guessed() {
    let list = "hersys_id,birth_date,family_name,given_name\n123456,1980-04-01,見本,太郎\n";
    let japanese = "HER-SYS ID,生年月日,姓,名\n123456,1980-04-01,見本,太郎\n";
    for text in [list, japanese] {
        let euc = if text == list { Fault::Katakana } else { Fault::Encoding("EUC-JP or a relative of it") };
        assert_eq!(faults(EUC_JP.encode(text).0), [euc], "under English names, 見本 could be ｸｫﾋﾜ in Shift_JIS");
        assert_eq!(faults(ISO_2022_JP.encode(text).0), [Fault::Encoding("ISO-2022-JP")]);
        let unmarked: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(matches!(faults(unmarked)[..], [Fault::Encoding(_)]));
    }
    let latin = "hersys_id,birth_date,family_name,given_name\n123456,1980-04-01,Jos\u{e9},M\u{fc}ller\n";
    let latin: Vec<u8> = latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert!(matches!(faults(latin)[..], [Fault::Encoding(_)]));
    let chinese = "hersys_id,birth_date,family_name,given_name\n123456,1980-04-01,张,伟\n";
    assert_eq!(faults(encoding_rs::GBK.encode(chinese).0), [Fault::Katakana]);
    assert_eq!(faults(b"\xff\xfe\x00\xd8,\x00"), [Fault::Encoding("damaged UTF-16")]);
    assert_eq!(faults(b"\xef\xbb\xbfhersys_id,\xff"), [Fault::Encoding("damaged UTF-8")]);
}

#[test]
fn findings_are_limited() {
    let mut list = "hersys_id,birth_date,family_name,given_name\n".to_owned();
    for _ in 0..=MAX_FINDINGS {
        list.push_str("1,1980-04-01,見本,太郎\n");
    }
    let found = faults(&list);
    assert_eq!(found.len(), MAX_FINDINGS + 1);
    assert_eq!(found.last(), Some(&Fault::MoreFindings));
}

#[test]
fn a_workbook_names_its_cells_too() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["hersys_id", "birth_date", "family_name", "given_name", "phone_number"]) {
        sheet.write(0, column, name).unwrap();
    }
    sheet.write(1, 0, 12_345).unwrap().write(1, 1, 29_312).unwrap().write(1, 2, 5).unwrap();
    sheet.write_formula(1, 3, Formula::new("=NA()").set_result("#N/A")).unwrap();
    sheet.write(1, 4, 12).unwrap();
    sheet.write(2, 0, 123_456.5).unwrap().write(2, 1, true).unwrap().write(2, 2, "見本").unwrap();
    sheet.write(2, 3, "太郎").unwrap().write(2, 7, "beside").unwrap().write(2, 9_000, "far").unwrap();
    insta::assert_snapshot!(sentences(book.save_to_buffer().unwrap()));
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "nothing known").unwrap();
    assert_eq!(faults(book.save_to_buffer().unwrap()), [Fault::NoHeader]);
    assert_eq!(faults(Workbook::new().save_to_buffer().unwrap()), [Fault::NoHeader]);
}

#[test]
fn a_workbook_that_claims_too_much_costs_nothing() {
    let strings = b"<sst uniqueCount=\"9999999999999\">";
    let book = zip_of(&[("[Content_Types].xml", b""), ("xl/workbook.xml", b""), ("xl/sharedStrings.xml", strings)]);
    assert_eq!(faults(book), [Fault::DamagedWorkbook]);
}

#[test]
fn the_calling_hours_are_the_centres() {
    let list = with_header(&["123456,1980-04-01,見本,太郎,09012345678,yes,20:30,ja,,"]);
    let hours = CallingHours { open: jiff::civil::time(9, 0, 0, 0), close: jiff::civil::time(21, 0, 0, 0).into() };
    assert!(kenkocall::patient_import::read(list.as_bytes(), super::TODAY, hours).is_ok());
    let findings = read(&list).unwrap_err();
    let place = Place::Cell { row: 2, position: 6, column: Some(Column::CallTimes) };
    assert_eq!(findings.iter().map(|finding| finding.place).collect::<Vec<_>>(), [place]);
}
