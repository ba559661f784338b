//! Good lists: every encoding, separator, header and notation yields the same patients.

use super::{lines, list, read};
use encoding_rs::SHIFT_JIS;
use jiff::civil::date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const LIST: &str = "\
hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times,language,\
diagnosis_date,monitoring_start
0012345,1980-04-01,見本,太郎,090-1234-5678,yes,09:00;18:00,ja,2026-11-20,2026-11-21
12345678,昭和64年1月7日,見本,花子,,no,,en,,
";

const JAPANESE: &str = "\
名,姓,ＨＥＲ－ＳＹＳ　ＩＤ,生年月日,電話番号,自動架電,架電時刻,言語,診断年月日,観察開始日
太郎,見本,００１２３４５,Ｓ５５．４．１,０９０－１２３４－５６７８,はい,１８：００、９：００,日本語,2026年11月20日,令和8年11月21日
花子, 見本 ,12345678,1989/1/7,,×,,英語,,
";

fn expected() -> Vec<String> {
    vec![
        "2 0012345 1980-04-01 見本 太郎 +819012345678 on 09:00;18:00 ja 2026-11-20 2026-11-21".into(),
        "3 12345678 1989-01-07 見本 花子 empty off empty en empty empty".into(),
    ]
}

#[test]
fn the_same_patients_in_every_encoding_separator_and_line_end() {
    for list in [LIST, JAPANESE] {
        assert_eq!(lines(list), expected());
        assert_eq!(lines(format!("\u{feff}{list}")), expected());
        assert_eq!(lines(list.replace('\n', "\r\n")), expected());
        assert_eq!(lines(list.replace('\n', "\r")), expected());
        assert_eq!(lines(list.trim_end()), expected());
        assert_eq!(lines(list.replace(',', "\t")), expected());
        let (shift_jis, _, lost) = SHIFT_JIS.encode(list);
        assert!(!lost);
        assert_eq!(lines(shift_jis), expected());
        for big in [false, true] {
            let units = "\u{feff}".encode_utf16().chain(list.encode_utf16());
            let bytes = units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            assert_eq!(lines(bytes.collect::<Vec<_>>()), expected());
        }
    }
    let quoted = LIST.replace("09:00;18:00", "\"09:00;18:00\"").replace(',', ";");
    assert_eq!(lines(quoted), expected());
}

#[test]
fn columns_that_are_not_there_stay_unsaid() {
    let list = "hersys_id,birth_date,family_name,given_name\n123456,1980-04-01,見本,太郎\n";
    assert_eq!(lines(list), ["2 123456 1980-04-01 見本 太郎 - unsaid - - - -"]);
}

#[test]
fn empty_rows_and_empty_columns_do_not_count_and_rows_keep_their_numbers() {
    let list = "\n,,\nhersys_id,birth_date,family_name,given_name,\n\n123456,1980-04-01,\"山\"\"田\",太郎,\n , ,,,\n654321,1980-04-01,\"見本\",花子,,\n";
    let seen = lines(list);
    assert_eq!(
        seen,
        ["5 123456 1980-04-01 山\"田 太郎 - unsaid - - - -", "7 654321 1980-04-01 見本 花子 - unsaid - - - -"]
    );
}

#[test]
fn a_number_without_its_leading_zero_gets_it_back() {
    let list = "\
hersys_id,birth_date,family_name,given_name,phone_number
123456,1980-04-01,見本,太郎,9012345678
123457,1980-04-01,見本,花子,352113641
123458,1980-04-01,見本,次郎,+81 3 5211 3641
123459,1980-04-01,見本,三郎,０３（５２１１）３６４１
123460,1980-04-01,見本,四郎,03ー5211ー3641\n";
    let numbers: Vec<_> = lines(list).iter().map(|line| line.split(' ').nth(5).map(str::to_owned)).collect();
    let known = ["+819012345678", "+81352113641", "+81352113641", "+81352113641", "+81352113641"];
    assert_eq!(numbers, known.map(|number| Some(number.to_owned())));
}

#[test]
fn a_workbook_of_texts_numbers_and_dates() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("表紙").unwrap().write(0, 0, "患者一覧").unwrap();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("yyyy/m/d");
    let era = Format::new().set_num_format("[$-411]ggge\"年\"m\"月\"d\"日\";@");
    let eight = Format::new().set_num_format("00000000");
    let clock = Format::new().set_num_format("h:mm");
    let names = ["HER-SYS ID", "生年月日", "姓", "名", "電話番号", "自動架電", "架電時刻", "言語", "診断年月日"];
    for (column, name) in (0..).zip(names) {
        sheet.write(0, column, name).unwrap();
    }
    let born = |year, month, day| ExcelDateTime::from_ymd(year, month, day).unwrap();
    let person = |sheet: &mut rust_xlsxwriter::Worksheet, row| {
        sheet.write(row, 2, "見本").unwrap().write(row, 3, "太郎").unwrap();
    };
    sheet.write(1, 0, "0012345").unwrap().write_with_format(1, 1, born(1980, 4, 1), &day).unwrap();
    sheet.write(1, 4, 9_012_345_678_i64).unwrap().write(1, 5, true).unwrap().write(1, 6, "9:00;18:00").unwrap();
    sheet.write_with_format(2, 0, 12_345, &eight).unwrap().write_with_format(2, 1, born(1930, 1, 1), &era).unwrap();
    let nine = ExcelDateTime::from_hms(9, 30, 0).unwrap();
    sheet.write(2, 4, 352_113_641).unwrap().write(2, 5, 1).unwrap().write_with_format(2, 6, nine, &clock).unwrap();
    sheet.write(4, 0, 12_345_678).unwrap().write(4, 1, "昭和55年4月1日").unwrap();
    sheet.write(4, 5, "いいえ").unwrap().write(4, 7, "English").unwrap();
    sheet.write_with_format(4, 8, born(2026, 11, 20), &day).unwrap();
    for row in [1, 2, 4] {
        person(sheet, row);
    }
    // An empty but formatted cell far away is ignored.
    sheet.write_blank(1_000_000, 16_000, &day).unwrap();
    assert_eq!(
        lines(book.save_to_buffer().unwrap()),
        [
            "2 0012345 1980-04-01 見本 太郎 +819012345678 on 09:00;18:00 - empty -",
            "3 00012345 1930-01-01 見本 太郎 +81352113641 on 09:30 - empty -",
            "5 12345678 1980-04-01 見本 太郎 empty off empty en 2026-11-20 -",
        ]
    );
}

#[test]
fn the_old_days_of_excel_are_read_as_it_shows_them() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (column, name) in (0..).zip(["hersys_id", "birth_date", "family_name", "given_name"]) {
        sheet.write(0, column, name).unwrap();
    }
    let serials = [(1, date(1900, 1, 1)), (59, date(1900, 2, 28)), (61, date(1900, 3, 1)), (29_312, date(1980, 4, 1))];
    for (row, (serial, _)) in (1..).zip(serials) {
        sheet.write(row, 0, format!("12345{row}")).unwrap().write_with_format(row, 1, serial, &day).unwrap();
        sheet.write(row, 2, "見本").unwrap().write(row, 3, "太郎").unwrap();
    }
    let entries = read(book.save_to_buffer().unwrap()).unwrap();
    let seen: Vec<_> = entries.iter().map(|entry| entry.birth_date.expose()).collect();
    assert_eq!(seen, serials.map(|(_, date)| date));
}

/// The lists in docs/samples, which people use as templates: each has the same patients.
#[test]
fn the_sample_lists_are_read_without_a_warning() {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/samples");
    let expected = [
        "2 01234567 1980-04-01 見本 花子 +819012345678 off 09:00;18:00 ja 2022-01-20 2022-01-21",
        "3 12345678 1955-05-15 見本 太郎 empty unsaid empty - 2022-01-21 2022-01-22",
        "4 00234567 1990-12-03 例示 次郎 +81352113641 off empty en empty empty",
        "5 23456789 2001-07-09 ﾐﾎﾝ ﾏﾘｱ empty unsaid empty pt 2022-01-22 2022-01-22",
    ];
    for name in ["patients_utf8.csv", "patients_shift_jis.csv", "patients.xlsx"] {
        let sample = std::fs::read(samples.join(name)).unwrap();
        assert_eq!(lines(&sample), expected, "{name}");
        let read = list(&sample).unwrap();
        assert!(read.warnings.is_empty(), "{name}");
        assert!(read.sheet.is_none_or(|sheet| sheet.hidden_rows == 0 && sheet.hidden.is_empty()), "{name}");
    }
}
