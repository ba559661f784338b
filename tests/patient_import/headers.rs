//! The place of the column names: below titles, in two rows, in one cell, garbled; and rows without a patient.

use crate::{faults, lines, list, read, sentences};
use encoding_rs::{SHIFT_JIS, WINDOWS_1252};
use kenkocall::patient_import::{Column, Fault, Finding, Place};
use rust_xlsxwriter::{Format, Workbook};

const NAMES: [&str; 6] = ["HER-SYS ID", "生年月日", "姓", "名", "電話番号", "自動架電"];
const HANAKO: [&str; 6] = ["01234567", "1980-04-01", "見本", "花子", "090-1234-5678", "はい"];
const TARO: [&str; 6] = ["07654321", "1975-05-05", "試験", "太郎", "090-8765-4321", "はい"];

/// Rows as CSV, and as a workbook of texts.
fn both(rows: &[&[&str]]) -> [Vec<u8>; 2] {
    let csv: String = rows.iter().map(|row| row.join(",") + "\r\n").collect();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (number, row) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*row) {
            sheet.write(number, column, *text).unwrap();
        }
    }
    [csv.into_bytes(), book.save_to_buffer().unwrap()]
}

fn ids(bytes: &[u8]) -> Vec<String> {
    lines(bytes).iter().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn titles_and_blank_rows_may_stand_above_the_column_names() {
    let titles: [&[&str]; 4] = [
        &["健康観察者名簿 令和8年11月", "", "", "", "", ""],
        &["作成日：2026/11/28"],
        &["担当", "", "", "", "電話番号", "03-5211-3641"],
        &["患者", "", "", "", "連絡先", ""],
    ];
    for title in titles {
        for blank in [0, 1, 3] {
            let mut rows = vec![title];
            rows.extend(std::iter::repeat_n(&["", "", "", "", "", ""][..], blank));
            rows.extend([&NAMES[..], &HANAKO, &TARO]);
            let first = blank + 3;
            for bytes in both(&rows) {
                assert_eq!(ids(&bytes), [format!("{first} 01234567"), format!("{} 07654321", first + 1)]);
                assert_eq!(list(&bytes).unwrap().above, [1], "the row that isn't read is named");
            }
        }
    }
    for bytes in both(&[&[""], &NAMES, &HANAKO]) {
        assert!(list(&bytes).unwrap().above.is_empty(), "a blank row is no title");
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 0, 5, "健康観察者名簿", &Format::new()).unwrap();
    for (row, texts) in (1..).zip([NAMES, HANAKO]) {
        sheet.write_row(row, 0, texts).unwrap();
    }
    assert_eq!(ids(&book.save_to_buffer().unwrap()), ["3 01234567"]);
}

#[test]
fn the_row_of_the_column_names_is_looked_for_and_what_is_wrong_with_it_is_named() {
    let wrong = ["患者ID", "生年月日", "氏名", "電話番号"];
    for bytes in both(&[&["健康観察者名簿"], &wrong, &["01234567", "1980-04-01", "見本 花子", ""]]) {
        let said = sentences(&bytes);
        assert!(said.starts_with("row 2, column A: this column name isn't known; did you mean hersys_id"), "{said}");
        assert!(said.contains("row 2, column C: this column name isn't known; names stand in two columns"), "{said}");
    }
    let titles = vec![&["見出し"][..]; 20];
    for bytes in both(&[&titles[..], &[&NAMES, &HANAKO]].concat()) {
        assert_eq!(faults(&bytes), [Fault::NoHeader]);
    }
    for bytes in both(&[&HANAKO, &TARO]) {
        assert_eq!(faults(&bytes), [Fault::NoHeader]);
    }
}

#[test]
fn no_patient_above_the_column_names_is_passed_over() {
    // Somebody has sorted the rows together with the header.
    for bytes in both(&[&HANAKO, &NAMES, &TARO]) {
        let place = Place::Row(1);
        assert_eq!(read(&bytes).unwrap_err(), [Finding { place, fault: Fault::AboveColumnNames }]);
    }
}

#[test]
fn a_row_that_holds_no_patient_is_one_finding() {
    let rows: [&[&str]; 6] = [
        &["合計", "", "", "", "", "2"],
        &["2名", "", "", "", "", ""],
        &["", "", "", "", "合計", "2"],
        &["", "", "合計", "", "", "2"],
        &["※千代田保健所 感染症係"],
        &["", "", "", "", "", "いいえ"],
    ];
    for row in rows {
        for bytes in both(&[&NAMES, &HANAKO, row]) {
            let place = Place::Row(3);
            assert_eq!(read(&bytes).unwrap_err(), [Finding { place, fault: Fault::NoPatient { more: 0 } }], "{row:?}");
        }
        for bytes in both(&[&NAMES, &HANAKO, row, row, row, &TARO, row]) {
            let said: Vec<String> = sentences(&bytes).lines().map(|line| line.chars().take(80).collect()).collect();
            assert_eq!(said.len(), 2, "{said:?}");
            assert!(said[0].starts_with("row 3: this row and the 2 below it hold no patient"), "{said:?}");
            assert!(said[1].starts_with("row 7: this row holds no patient"), "{said:?}");
        }
    }
}

#[test]
fn column_names_in_a_second_row_are_named() {
    let english = ["hersys_id", "birth_date", "family_name", "given_name", "phone_number", "automated_call"];
    for rows in [[&english[..], &NAMES, &HANAKO], [&NAMES, &HANAKO, &NAMES]] {
        for bytes in both(&rows) {
            assert_eq!(faults(&bytes), [Fault::ColumnNamesAgain]);
        }
    }
    let upper = ["HER-SYS ID", "生年月日", "氏名", "", "電話番号", "自動架電"];
    for bytes in both(&[&upper, &["", "", "姓", "名", "", ""], &HANAKO]) {
        assert!(faults(&bytes).contains(&Fault::ColumnNamesAgain));
    }
}

#[test]
fn whole_rows_in_one_cell_are_named() {
    for separator in [",", "\t", ";", "|"] {
        let row = |cells: [&str; 6]| format!("\"{}\"", cells.join(separator));
        let quoted = [NAMES, HANAKO, TARO].map(row).join("\r\n");
        assert_eq!(faults(&quoted), [Fault::OneCell], "{separator:?}");
        let rows = [NAMES, HANAKO].map(|cells| cells.join(separator));
        let [_, book] = both(&[&[rows[0].as_str()], &[rows[1].as_str()]]);
        assert_eq!(faults(book), [Fault::OneCell], "{separator:?}");
    }
}

#[test]
fn other_separators_are_understood() {
    for separator in ["|", "，", "、", ";", "\t"] {
        let text = [NAMES, HANAKO].map(|cells| cells.join(separator)).join("\n");
        assert_eq!(ids(text.as_bytes()), ["2 01234567"], "{separator}");
    }
}

#[test]
fn garbled_column_names_are_named_as_such() {
    let text = [NAMES, HANAKO].map(|cells| cells.join(",")).join("\n");
    let utf8_as_sjis = SHIFT_JIS.decode(text.as_bytes()).0.into_owned();
    let utf8_as_latin = WINDOWS_1252.decode(text.as_bytes()).0.into_owned();
    let utf8_as_bytes: String = text.bytes().map(char::from).collect();
    let sjis_as_latin = WINDOWS_1252.decode(&SHIFT_JIS.encode(&text).0).0.into_owned();
    let sjis_as_utf8 = String::from_utf8_lossy(&SHIFT_JIS.encode(&text).0).into_owned();
    for garbled in [utf8_as_sjis, utf8_as_latin, utf8_as_bytes, sjis_as_latin, sjis_as_utf8] {
        assert_eq!(faults(&garbled), [Fault::Garbled], "{garbled}");
    }
}

#[test]
fn files_of_nothing_and_of_utf_32_are_named() {
    assert_eq!(faults(vec![0; 5_000]), [Fault::Zeros]);
    assert_eq!(faults("\r\n,,,\r\n , \r\n"), [Fault::EmptyFile]);
    let text = [NAMES, HANAKO].map(|cells| cells.join(",")).join("\n");
    for marked in ["\u{feff}", ""] {
        let wide = |write: fn(u32) -> [u8; 4]| -> Vec<u8> {
            format!("{marked}{text}").chars().flat_map(|c| write(u32::from(c))).collect()
        };
        for bytes in [wide(u32::to_le_bytes), wide(u32::to_be_bytes)] {
            assert_eq!(faults(bytes), [Fault::Encoding("UTF-32")]);
        }
    }
}

#[test]
fn marks_beside_a_column_name_do_not_count_and_other_words_do() {
    for name in ["HER-SYS ID※", "＊HER-SYS ID", "HER-SYS\nID", "HER-SYS ID（必須）", "HER-SYS ID [必須]"] {
        assert_eq!(Column::read(name), Some(Column::HersysId), "{name}");
    }
    for name in ["生年月日（西暦）", "生年月日(和暦)", "生年月日："] {
        assert_eq!(Column::read(name), Some(Column::BirthDate), "{name}");
    }
    // Someone else's number is not the patient's.
    for name in ["電話番号（緊急連絡先）", "電話番号(ご家族)"] {
        assert_eq!(Column::read(name), None, "{name}");
        assert_eq!(Column::guess(name), Some(Column::PhoneNumber), "{name}");
    }
}

#[test]
fn a_line_break_in_a_value_is_named_as_such() {
    let list = format!("{}\n{}\n", NAMES.join(","), HANAKO.join(",").replace("見本", "\"見\n本\""));
    assert_eq!(faults(list), [Fault::LineBreak]);
}
