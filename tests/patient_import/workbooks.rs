//! Workbooks as openpyxl writes them: hidden and several sheets, hidden rows, number formats, dates, formulas.

use crate::{TODAY, faults, line, lines, list, sentence, sentences};
use kenkocall::domain::CallingHours;
use kenkocall::patient_import::{self, Column, Doubt, Fault, Finding, List, ListFile, Place, Warning};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

/// A workbook from a description: see write_workbook.py.
fn book(described: &Value) -> Vec<u8> {
    let house = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = house.join("target/official/venv/bin/python3");
    let mut child = Command::new(&python)
        .arg(house.join("tests/patient_import/write_workbook.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; run dev/official", python.display()));
    child.stdin.take().unwrap().write_all(described.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openpyxl is missing or refused; run dev/official");
    output.stdout
}

fn header() -> Value {
    json!(["HER-SYS ID", "生年月日", "姓", "名", "電話番号", "自動架電"])
}

fn patient(id: Value, given_name: &str) -> Value {
    json!([id, "1980-04-01", "見本", given_name, null, "no"])
}

fn sheet(name: &str, id: &str) -> Value {
    json!({"name": name, "rows": [header(), patient(json!(id), "花子")]})
}

fn in_state(mut sheet: Value, state: &str) -> Value {
    sheet["state"] = json!(state);
    sheet
}

fn book_of(sheets: &[Value]) -> Vec<u8> {
    book(&json!({"sheets": sheets}))
}

/// A workbook of one sheet, with one patient for each ID cell.
fn with_ids(ids: &[Value]) -> Vec<u8> {
    let patients = ids.iter().zip(["花子", "次郎", "三郎", "四郎"]).map(|(id, name)| patient(id.clone(), name));
    let rows: Vec<Value> = std::iter::once(header()).chain(patients).collect();
    book(&json!({"sheets": [{"name": "名簿", "rows": rows}]}))
}

fn shown(number: u64, format: &str) -> Value {
    json!({"value": number, "format": format})
}

fn ids(list: &List) -> Vec<&str> {
    list.entries.iter().map(|entry| entry.hersys_id.expose()).collect()
}

fn read_sheet(book: &[u8], sheet: &str) -> Result<List, Vec<Finding>> {
    patient_import::read(ListFile { bytes: book, sheet: Some(sheet) }, TODAY, CallingHours::default())
}

#[test]
fn hidden_sheets_are_not_read_and_the_sheet_that_is_read_is_named() {
    for state in ["hidden", "veryHidden"] {
        let book = book(&json!({
            "sheets": [in_state(sheet("旧", "1111111"), state), sheet("今月", "2222222")], "active": 1,
        }));
        let list = list(&book).unwrap();
        assert_eq!(ids(&list), ["2222222"]);
        let read = list.sheet.unwrap();
        assert_eq!(read.name.to_string(), "“今月”");
        assert_eq!(read.hidden.iter().map(ToString::to_string).collect::<Vec<_>>(), ["“旧”"]);
        assert!(read.not_read.is_empty());
        assert_eq!(read_sheet(&book, "旧").unwrap_err(), [Fault::HiddenSheet.into()]);
    }
    // The hidden sheet isn't read even if the visible one has no list.
    let notes = json!({"name": "メモ", "rows": [["連絡先"]]});
    for visible in [&[notes.clone()][..], &[notes, json!({"name": "空", "rows": []})]] {
        let sheets = [&[in_state(sheet("旧", "1111111"), "hidden")], visible].concat();
        let said = sentences(book(&json!({"sheets": sheets, "active": 1})));
        assert!(said.contains("hidden ones aren't read: “旧”"), "{said}");
    }
}

#[test]
fn of_two_lists_one_must_be_chosen() {
    let titled = json!({"name": "名簿3", "rows": [["患者一覧"], header(), patient(json!("3333333"), "花子")]});
    let chart = json!({"name": "グラフ", "chart": true});
    let notes = json!({"name": "メモ", "rows": [["連絡先"]]});
    let sheets = [
        sheet("名簿1", "1111111"),
        sheet("Ｌｉｓｔ２", "2222222"),
        titled,
        chart,
        notes,
        in_state(sheet("旧", "4444444"), "hidden"),
    ];
    for active in 0..2 {
        let book = book(&json!({"sheets": sheets, "active": active}));
        let said = sentences(&book);
        assert!(said.contains("“名簿1”, “Ｌｉｓｔ２”, “名簿3”; choose one with --sheet"), "{said}");
        for (name, id) in [("名簿1", "1111111"), ("Ｌｉｓｔ２", "2222222"), (" list2 ", "2222222")] {
            let list = read_sheet(&book, name).unwrap();
            assert_eq!(ids(&list), [id]);
            assert_eq!(list.sheet.unwrap().not_read.len(), 3, "the other two lists and the notes");
        }
        assert_eq!(ids(&read_sheet(&book, "名簿3").unwrap()), ["3333333"], "below a title");
        let wrong = read_sheet(&book, "名簿9").unwrap_err();
        assert!(
            sentence(&wrong[0]).ends_with("the visible ones are “名簿1”, “Ｌｉｓｔ２”, “名簿3”, “メモ”\n"),
            "{wrong:?}"
        );
    }
    // The only list needn't be on the first sheet, and may be chosen by name.
    let cover = json!({"name": "表紙", "rows": [["患者一覧"]]});
    let book = book(&json!({"sheets": [cover, sheet("名簿", "1111111")]}));
    for read in [list(&book), read_sheet(&book, "名簿")] {
        let read = read.unwrap();
        assert_eq!(ids(&read), ["1111111"]);
        assert_eq!(read.sheet.unwrap().not_read.iter().map(ToString::to_string).collect::<Vec<_>>(), ["“表紙”"]);
    }
    // A sheet with other column names is also a list.
    let misspelt = json!({"name": "名簿2", "rows": [["患者ID", "誕生日", "氏名"], ["7654321", "1980-04-01", "見本"]]});
    let said = sentences(book_of(&[sheet("名簿1", "1111111"), misspelt]));
    assert!(said.contains("“名簿1”, “名簿2”; choose one"), "{said}");
    let text = "hersys_id,birth_date,family_name,given_name\n1234567,1980-04-01,a,b\n";
    assert_eq!(read_sheet(text.as_bytes(), "x").unwrap_err(), [Fault::NoSheets.into()]);
}

#[test]
fn rows_and_columns_that_are_hidden_are_read_and_counted() {
    let rows = json!([
        header(),
        patient(json!("1234567"), "花子"),
        patient(json!("7654321"), "次郎"),
        [null, null],
        patient(json!("7654322"), "三郎")
    ]);
    let book = book(&json!({"sheets": [{
        "name": "名簿", "rows": rows, "hidden_rows": [3, 4], "filter": "A1:F5", "hidden_columns": ["F", "H"],
    }]}));
    let list = list(book).unwrap();
    assert_eq!(list.entries.len(), 3);
    let sheet = list.sheet.unwrap();
    assert_eq!(sheet.hidden_rows, 1, "the empty one doesn't count");
    assert_eq!(sheet.hidden_columns, [Column::AutomatedCall]);
}

#[test]
fn an_id_is_read_as_excel_shows_it() {
    for format in [
        "00000000",
        "00000000;@",
        "00000000_ ",
        "\"0\"0000000",
        "\"0\"#",
        "\\0#",
        "[$-411]00000000",
        "[$-ja-JP-x-gannen]00000000;@",
        "[Blue]00000000;[Red]-00000000",
        "[>=1000000]00000000;0",
        "* 00000000",
    ] {
        let list = list(with_ids(&[shown(1_234_567, format)])).unwrap_or_else(|found| panic!("{format}: {found:?}"));
        assert_eq!(ids(&list), ["01234567"], "{format}");
        assert!(list.warnings.is_empty(), "{format}");
    }
    for format in ["0", "0_ ", "#", "General", "@", "General_)", "0;-0;0;@"] {
        let list = list(with_ids(&[shown(1_234_567, format)])).unwrap();
        assert_eq!(ids(&list), ["1234567"], "{format}");
        assert_eq!(list.warnings, [Warning { row: 2, doubt: Doubt::BareNumber }], "{format}");
    }
    for format in [
        "#,##0",
        "0.00",
        "0%",
        "0.00E+00",
        "# ?/?",
        "\"No.\"00000000",
        "00000000\"号\"",
        "0000-0000",
        "*0#",
        "[DBNum1]0",
        "\"00000000\"",
        ";;;",
        "[<5]00000000",
    ] {
        let found = faults(with_ids(&[shown(1_234_567, format)]));
        assert_eq!(found, [Fault::NumberFormat], "{format}");
    }
    // Eight digits are complete, and a format that specifies the number of digits is trusted.
    let list = list(with_ids(&[json!(12_345_678), shown(1_234_567, "0000000")])).unwrap();
    assert_eq!((ids(&list), list.warnings.len()), (vec!["12345678", "1234567"], 0));
    assert_eq!(faults(with_ids(&[json!(12_345)])), [Fault::LostZeros(5)]);
}

#[test]
fn one_id_in_two_rows_is_refused_however_it_is_shown() {
    let text = json!("01234567");
    for (first, second) in [
        (shown(1_234_567, "00000000;@"), text.clone()),
        (text.clone(), shown(1_234_567, "\"0\"0000000")),
        (shown(1_234_567, "00000000"), shown(1_234_567, "00000000_ ")),
    ] {
        assert_eq!(faults(with_ids(&[first, second])), [Fault::DuplicateHersysId(2)]);
    }
    for (first, second) in
        [(json!(1_234_567), text.clone()), (text, json!(1_234_567)), (shown(1_234_567, "00000000"), json!(1_234_567))]
    {
        assert_eq!(faults(with_ids(&[first, second])), [Fault::DuplicateButForZeros(2)]);
    }
    let list = list(with_ids(&[json!("01234567"), json!("1234567")])).unwrap();
    assert_eq!(list.warnings, [Warning { row: 3, doubt: Doubt::ListedWithOtherZeros }], "two texts may be two IDs");
}

#[test]
fn dates_may_have_midnight_and_no_other_time() {
    let with = |birth_date: Value, iso: bool, epoch: u32| {
        book(&json!({"iso_dates": iso, "epoch": epoch, "sheets": [{"name": "名簿", "rows": [header(),
            ["1234567", birth_date, "見本", "花子", null, "no"]]}]}))
    };
    let place = Place::Cell { row: 2, position: 1, column: Some(Column::BirthDate) };
    for iso in [false, true] {
        for epoch in [1900, 1904] {
            let midnight = json!({"date": "1980-04-01T00:00:00", "format": "yyyy/m/d h:mm"});
            assert!(lines(with(midnight, iso, epoch))[0].contains(" 1980-04-01 "));
            let morning = json!({"date": "1980-04-01T09:00:00", "format": "yyyy/m/d"});
            let findings = list(with(morning, iso, epoch)).unwrap_err();
            assert_eq!(findings.iter().map(|finding| finding.place).collect::<Vec<_>>(), [place]);
            assert!(sentence(&findings[0]).contains("this cell has a time of day too"));
        }
    }
    let number = shown(19_800_401, "0000\"年\"00\"月\"00\"日\"");
    assert!(lines(with(number, false, 1900))[0].contains(" 1980-04-01 "), "as it is shown");
    assert_eq!(faults(with(json!(29_312), false, 1900)), [Fault::WrongKind]);
}

#[test]
fn a_formula_without_a_result_is_named() {
    let rows = json!([
        header(),
        ["1234567", "1980-04-01", "=CONCATENATE(\"見\",\"本\")", "花子", null, "=IF(1,\"yes\",\"no\")"]
    ]);
    let findings = list(book(&json!({"sheets": [{"name": "名簿", "rows": rows}]}))).unwrap_err();
    assert_eq!(findings.len(), 2);
    assert!(findings.iter().all(|finding| finding.fault == Fault::FormulaWithoutResult));
    assert!(sentence(&findings[0]).contains("open it in Excel and save it"));
}

#[test]
fn phone_numbers_are_read_as_they_are_shown() {
    for (number, format, expected) in [
        (9_012_345_678, "General", Some("+819012345678")),
        (9_012_345_678, "000-0000-0000", Some("+819012345678")),
        (9_012_345_678, "00000000000;@", Some("+819012345678")),
        (9_012_345_678, "#,##0", Some("+819012345678")),
        (352_113_641, "0#-####-####", Some("+81352113641")),
        (9_012_345_678, "\"+81\"0", Some("+819012345678")),
        (2_025_550_123, "\"+1\"0", Some("+12025550123")),
        (9_012_345_678, "\"TEL \"0", Some("+819012345678")),
        (12_345_678, "\"TEL 090\"0", None),
        (12, "General", None),
    ] {
        let rows = json!([header(), ["1234567", "1980-04-01", "見本", "花子", shown(number, format), "no"]]);
        let book = book(&json!({"sheets": [{"name": "名簿", "rows": rows}]}));
        match (list(&book), expected) {
            (Ok(list), Some(expected)) => assert!(line(&list.entries[0]).contains(expected), "{format}"),
            (Err(found), None) => assert_eq!(found[0].fault, Fault::PhoneNumber, "{format}"),
            (other, _) => panic!("{format}: {other:?}"),
        }
    }
}

#[test]
fn yes_and_no_are_read_as_they_are_shown() {
    for (number, format, expected) in [
        (1, "General", Some("on")),
        (0, "0", Some("off")),
        (1, "\"有\";;\"無\"", Some("on")),
        (0, "\"有\";;\"無\"", Some("off")),
        (1, "[=1]\"不要\";[=0]\"希望\"", Some("off")),
        (1, "0.00", None),
        (2, "General", None),
    ] {
        let rows = json!([header(), ["1234567", "1980-04-01", "見本", "花子", "09012345678", shown(number, format)]]);
        let book = book_of(&[json!({"name": "名簿", "rows": rows})]);
        match (list(&book), expected) {
            (Ok(list), Some(expected)) => {
                assert!(line(&list.entries[0]).contains(&format!(" {expected} ")), "{format}")
            }
            (Err(found), None) => assert_eq!(found[0].fault, Fault::YesNo, "{format}"),
            (other, _) => panic!("{format}: {other:?}"),
        }
    }
}

#[test]
fn a_merged_cell_fills_its_first_row_alone() {
    let rows = json!([header(), patient(json!("1234567"), "花子"), patient(json!("7654321"), "次郎")]);
    let book = book(&json!({"sheets": [{"name": "名簿", "rows": rows, "merged": ["B2:B3"]}]}));
    let said = sentences(book);
    assert_eq!(said, "row 3, column B (birth_date / 生年月日): this cell may not be empty\n");
}

#[test]
fn a_row_that_is_struck_out_is_read_and_warned_about() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let (plain, bold) = (rust_xlsxwriter::Format::new(), rust_xlsxwriter::Format::new().set_bold());
    let struck = rust_xlsxwriter::Format::new().set_font_strikethrough();
    let sheet = book.add_worksheet();
    let formats = [&struck, &bold, &struck, &plain];
    for (row, (id, format)) in (0..).zip(["HER-SYS ID", "11111111", "22222222", "33333333"].into_iter().zip(formats)) {
        let texts = if row == 0 { ["生年月日", "姓", "名"] } else { ["1980-04-01", "見本", "花子"] };
        sheet.write_with_format(row, 0, id, format).unwrap().write_row(row, 1, texts).unwrap();
    }
    // An empty cell that is struck out has no meaning.
    sheet.write_blank(3, 3, &struck).unwrap().write(3, 3, "花子").unwrap().write_blank(3, 9, &struck).unwrap();
    let list = list(book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(ids(&list), ["11111111", "22222222", "33333333"]);
    assert_eq!(list.warnings, [Warning { row: 3, doubt: Doubt::StruckOut }]);
}
