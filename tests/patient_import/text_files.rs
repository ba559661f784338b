//! Text files from spreadsheets, chats, PDF readers and old programs.

use crate::{faults, lines, list, read, sentences};
use encoding_rs::{EUC_JP, SHIFT_JIS};
use kenkocall::patient_import::{Doubt, Fault, FileKind, Finding, Place, Warning};

const HEADER: &str = "HER-SYS ID,生年月日,姓,名,電話番号,自動架電\n";
const PATIENT: &str = "1234567,1980-04-01,見本,花子,090-1234-5678,yes\n";
const READ: &str = "1234567 1980-04-01 見本 花子 +819012345678 on - - - -";

/// The only line, without its row.
fn only(bytes: impl AsRef<[u8]>) -> String {
    let lines = lines(bytes);
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines[0].split_once(' ').unwrap().1.to_owned()
}

#[test]
fn rows_without_their_empty_last_cells_are_read() {
    let mut list = "HER-SYS ID,生年月日,姓,名,電話番号,自動架電,架電時刻,言語\r\n".to_owned();
    for row in 0..40 {
        let commas = if row < 16 { ",," } else { "" };
        list.push_str(&format!("12345{row:02},1980-04-01,見本,花子,090-1234-00{row:02},yes{commas}\r\n"));
    }
    let (shift_jis, ..) = SHIFT_JIS.encode(&list);
    for bytes in [list.as_bytes(), &shift_jis] {
        assert!(lines(bytes).iter().all(|line| line.ends_with("on empty - - -")));
    }
    assert_eq!(
        faults(format!("{HEADER}7654321,1980-04-01\n{PATIENT}")),
        [Fault::TooFewCells { found: 2, expected: 6 }]
    );
}

#[test]
fn formulas_of_a_text_alone_are_the_text() {
    for id in ["=\"01234567\"", "\"=\"\"01234567\"\"\""] {
        let list = format!("{HEADER}{}", PATIENT.replace("1234567,", &format!("{id},")));
        assert!(only(list).starts_with("01234567 "), "{id}");
    }
}

#[test]
fn invisible_characters_do_not_count_in_values_and_column_names() {
    for hidden in [
        "\u{202a}",
        "\u{202c}",
        "\u{202e}",
        "\u{200e}",
        "\u{200f}",
        "\u{ad}",
        "\u{200b}",
        "\u{200c}",
        "\u{200d}",
        "\u{2060}",
        "\u{feff}",
        "\u{2066}",
        "\u{2069}",
        "\u{fe0f}",
        "\u{fe0e}",
        "\u{e0100}",
        "\u{61c}",
        "\u{180e}",
        "\u{3164}",
        "\u{e0020}",
    ] {
        for inside in [HEADER, "1234567", "1980-04-01", "090-1234-5678", "yes"] {
            let middle = inside.chars().next().unwrap();
            let spoilt = format!("{hidden}{}", inside.replacen(middle, &format!("{middle}{hidden}"), 1));
            let list = format!("{HEADER}{PATIENT}").replace(inside, &spoilt);
            assert_eq!(only(&list), READ, "{:?} in {inside}", hidden);
        }
    }
    for blank in ["\u{a0}", "\u{202f}", "\u{2007}", "\u{3000}", " ", "\u{2009}"] {
        let number = format!("{blank}090{blank}1234{blank}5678{blank}");
        let list = format!("{HEADER}{PATIENT}")
            .replace("090-1234-5678", &number)
            .replace("1234567,", &format!("123{blank}4567,"));
        assert_eq!(only(&list), READ, "{blank:?}");
    }
    // They are removed around a name and refused inside it; a variation selector is part of the name.
    assert!(only(format!("{HEADER}{PATIENT}").replace("花子", "\u{200e}花子\u{202c}")).contains(" 花子 "));
    assert!(matches!(faults(format!("{HEADER}{PATIENT}").replace("花子", "花\u{200b}子"))[..], [Fault::Hidden(_)]));
    assert!(only(format!("{HEADER}{PATIENT}").replace("花子", "葛\u{e0100}")).contains(" 葛\u{e0100} "));
}

#[test]
fn radicals_count_as_ideographs_but_in_names() {
    assert_eq!(only(format!("{HEADER}{PATIENT}").replace("生年月日", "⽣年⽉⽇")), READ);
    assert_eq!(only(format!("{HEADER}{PATIENT}").replace("生年月日", "生\u{f98e}\u{2e9d}\u{2e9c}")), READ);
    for written in
        ["1980年4⽉1⽇", "昭和55年4⽉1\u{2e9c}", "1980\u{f98e}4月1日", "⻄暦1980年4月1日", "1980年4月1⽇ 0:00"]
    {
        assert_eq!(only(format!("{HEADER}{PATIENT}").replace("1980-04-01", written)), READ, "{written}");
    }
    assert!(only(format!("{HEADER}{PATIENT}").replace("花子", "⻘⽊")).contains(" ⻘⽊ "), "names stay as they are");
    let language = |name: &str| format!("HER-SYS ID,生年月日,姓,名,言語\n1234567,1980-04-01,見本,花子,{name}\n");
    for (name, tag) in [
        ("⽇本語", "ja"),
        ("ｽﾍﾟｲﾝ語", "es"),
        ("ﾎﾟﾙﾄｶﾞﾙ語", "pt"),
        ("スヘ\u{309a}イン語", "es"),
        ("Portugue\u{302}s", "pt"),
        ("中国語（簡体⽂字）", ""),
        ("中国語（簡体字）", "zh-Hans"),
        ("日本\u{200b}語", "ja"),
    ] {
        match tag {
            "" => assert_eq!(faults(language(name)), [Fault::Language]),
            tag => assert!(only(language(name)).ends_with(&format!("{tag} - -")), "{name}"),
        }
    }
}

#[test]
fn midnight_may_follow_a_date() {
    for written in [
        "1980/04/01 0:00:00",
        "1980-04-01T00:00:00.000Z",
        "1980-04-01T00:00:00+09:00",
        "昭和55年4月1日 午前0:00",
        "1980-04-01Z",
    ] {
        assert_eq!(only(format!("{HEADER}{PATIENT}").replace("1980-04-01", written)), READ, "{written}");
    }
    for written in ["1980/04/01 9:00", "1980-03-31T15:00:00Z", "1980/4/1 12:00"] {
        let said = sentences(format!("{HEADER}{PATIENT}").replace("1980-04-01", written));
        assert!(said.contains("this cell has a time of day too"), "{written}: {said}");
    }
}

#[test]
fn utf_16_of_ascii_alone_is_not_taken_for_utf_32() {
    let list = "hersys_id\tbirth_date\tfamily_name\tgiven_name\r\n1234567\t1980-04-01\tMihon\tHanako\r\n";
    let marked = || "\u{feff}".encode_utf16().chain(list.encode_utf16());
    for utf_16 in
        [marked().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(), marked().flat_map(u16::to_be_bytes).collect()]
    {
        assert_eq!(lines(&utf_16).len(), 1, "{utf_16:?}");
    }
}

#[test]
fn a_first_line_may_name_the_separator() {
    for separator in [';', ',', '\t', '|', ':', '、', '^'] {
        let list = format!("{HEADER}{PATIENT}").replace(',', &separator.to_string());
        for first in
            [format!("sep={separator}\r\n"), format!("\u{feff}SEP={separator}\n"), format!("\"sep={separator}\"\n")]
        {
            let list = format!("{first}{list}");
            assert_eq!(lines(&list), [format!("3 {READ}")], "{first:?}");
            let utf_16: Vec<u8> =
                "\u{feff}".encode_utf16().chain(list.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            assert_eq!(only(utf_16), READ);
        }
    }
    // If the line contradicts the file, the file's own separator applies.
    assert_eq!(only(format!("sep=;\n{HEADER}{PATIENT}")), READ);
    assert_eq!(only(format!("sep=;,,,,,\n{HEADER}{PATIENT}")), READ);
}

#[test]
fn what_is_no_list_is_named() {
    let utf_16 = |text: &str| {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let compound = |stream: &str| {
        let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        file.resize(1024, 0);
        file.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        file
    };
    let page =
        "<html><head><meta charset=\"utf-8\"></head><body><table><tr><td>HER-SYS ID</td></tr></table></body></html>";
    let known: Vec<(Vec<u8>, FileKind)> = vec![
        (page.into(), FileKind::WebPage),
        (format!("\u{feff}\r\n  {page}").into(), FileKind::WebPage),
        (utf_16(page), FileKind::WebPage),
        ("<!-- x --><TABLE><tr><td>x".into(), FileKind::WebPage),
        ("<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC><html>".into(), FileKind::WebPage),
        (SHIFT_JIS.encode("<table><tr><td>生年月日</td>").0.into_owned(), FileKind::WebPage),
        ("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">".into(), FileKind::XmlSpreadsheet),
        ("<?xml version=\"1.0\"?><list/>".into(), FileKind::Xml),
        ("<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">".into(), FileKind::OpenDocument),
        ("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n".into(), FileKind::WebArchive),
        ("Received: from mail.example.jp\r\n".into(), FileKind::Mail),
        ("{\\rtf1\\ansi".into(), FileKind::RichText),
        ("%PDF-1.7".into(), FileKind::Pdf),
        ("\r\n%PDF-1.7".into(), FileKind::Pdf),
        ("ID;PWXL;N;E\r\nP;PGeneral".into(), FileKind::Sylk),
        ("{\"patients\": []}".into(), FileKind::Json),
        (b"\x89PNG\r\n\x1a\n".to_vec(), FileKind::Picture),
        (b"\xff\xd8\xff\xe0JFIF".to_vec(), FileKind::Picture),
        (b"\x1f\x8b\x08".to_vec(), FileKind::Archive),
        (b"7z\xbc\xaf\x27\x1crest".to_vec(), FileKind::Archive),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00".to_vec(), FileKind::OldExcel),
        (b"\x09\x00\x04\x00\x02\x00".to_vec(), FileKind::OldExcel),
        (compound("Workbook"), FileKind::OldExcel),
        (compound("Book"), FileKind::OldExcel),
        (compound("EncryptedPackage"), FileKind::Locked),
        (compound("WordDocument"), FileKind::Word),
        (compound("__substg1.0_0037001F"), FileKind::Mail),
        (crate::zip_of(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"")]), FileKind::OpenDocument),
        (crate::zip_of(&[("Index/Document.iwa", b""), ("Index/Tables/DataList.iwa", b"")]), FileKind::Numbers),
        (crate::zip_of(&[("[Content_Types].xml", b""), ("xl/workbook.bin", b"")]), FileKind::BinaryExcel),
        (crate::zip_of(&[("[Content_Types].xml", b""), ("word/document.xml", b"")]), FileKind::Word),
        (crate::zip_of(&[("list.xlsx", b"PK")]), FileKind::Archive),
    ];
    for (file, kind) in known {
        assert_eq!(faults(&file), [Fault::Kind(kind)], "{}", String::from_utf8_lossy(&file));
    }
}

#[test]
fn half_width_katakana_is_not_taken_for_another_encoding() {
    let list = |family: &str, given: &str| {
        format!(
            "hersys_id,birth_date,family_name,given_name,phone_number,automated_call\n1234567,1980-04-01,{family},{given},09012345678,yes\n"
        )
    };
    for (family, given) in [("ﾔﾏﾀﾞ", "ﾊﾅｺﾁ"), ("ﾀﾅｶ", "ﾀﾛｳ"), ("ｽｽﾞｷ", "ｼﾞﾛｳ"), ("ｷﾑﾗ", "ｼｮｳﾀ"), ("ﾊﾔｼ", "ｹﾝｲﾁ")]
    {
        let list = list(family, given);
        let (shift_jis, _, lost) = SHIFT_JIS.encode(&list);
        assert!(!lost);
        assert!(only(&shift_jis).contains(&format!(" {family} {given} ")), "{family} {given}");
    }
    // An ambiguous file is refused, and the error names both encodings.
    let (shift_jis, ..) =
        SHIFT_JIS.encode("hersys_id,birth_date,family_name,given_name\n1234567,1980-04-01,ｱｵﾔﾏ,ﾀﾛｳﾁ\n");
    assert_eq!(faults(&shift_jis), [Fault::Katakana]);
    for name in ["山田", "佐藤", "高橋", "ひろし", "アキラ", "鈴木", "見本"] {
        let list = list(name, name);
        let (euc, ..) = EUC_JP.encode(&list);
        assert!(
            matches!(faults(&euc)[..], [Fault::Encoding("EUC-JP or a relative of it") | Fault::Katakana]),
            "{name}"
        );
        assert!(matches!(
            faults(EUC_JP.encode(&format!("{HEADER}{PATIENT}")).0)[..],
            [Fault::Encoding("EUC-JP or a relative of it")]
        ));
    }
}

#[test]
fn the_mark_of_an_ended_file_does_not_count() {
    let list = format!("{HEADER}{PATIENT}");
    let (shift_jis, ..) = SHIFT_JIS.encode(&list);
    for end in ["\u{1a}", "\u{1a}\u{1a}\u{1a}"] {
        assert_eq!(only(format!("{list}{end}")), READ);
        assert_eq!(only(format!("{}{end}", list.trim_end())), READ);
        assert_eq!(only([&shift_jis[..], end.as_bytes()].concat()), READ);
    }
    assert_eq!(faults("\u{1a}"), [Fault::EmptyFile]);
    assert_eq!(faults(list.replace("花子", "花\u{1a}子")), [Fault::ControlCharacter]);
}

#[test]
fn a_file_that_is_cut_off_is_refused_with_its_row() {
    let cut = |row| vec![Finding { place: Place::Row(row), fault: Fault::CutOff }];
    let whole = format!("{HEADER}{PATIENT}1234568,1980-04-01,見本,");
    let (shift_jis, ..) = SHIFT_JIS.encode(&whole);
    assert_eq!(read([&shift_jis[..], b"\x89"].concat()), Err(cut(3)));
    for length in 1..3 {
        assert_eq!(read([whole.as_bytes(), &"花".as_bytes()[..length]].concat()), Err(cut(3)));
        assert_eq!(read([b"\xef\xbb\xbf", whole.as_bytes(), &"花".as_bytes()[..length]].concat()), Err(cut(3)));
    }
    let utf_16: Vec<u8> = "\u{feff}".encode_utf16().chain(whole.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(read([&utf_16[..], b"x"].concat()), Err(cut(3)));
    assert_eq!(read([&utf_16[..], b"\x40\xd8"].concat()), Err(cut(3)));
    // Cut between two characters: half a name, and no phone number.
    let row = |row| vec![Finding { place: Place::Row(row), fault: Fault::CutOffRow }];
    assert_eq!(read(&whole), Err(row(3)));
    assert_eq!(read(format!("{whole}花")), Err(row(3)));
    assert_eq!(only(format!("{HEADER}{}", PATIENT.trim_end())), READ, "a last line may lack its end");
    let quoted = format!("{HEADER}{PATIENT}1234568,1980-04-01,\"見");
    assert!(sentences(&quoted).starts_with("row 3, column C") && sentences(&quoted).contains("the file is cut off"));
    // Damaged UTF-8 isn't taken for another encoding.
    let mut damaged = format!("{HEADER}{PATIENT}").into_bytes();
    let at = damaged.len() - 30;
    damaged[at] = 0xff;
    assert!(matches!(
        read(&damaged).unwrap_err()[..],
        [Finding { place: Place::Row(2), fault: Fault::Encoding("damaged UTF-8") }]
    ));
}

#[test]
fn ids_that_differ_in_leading_zeros_only_are_warned_about() {
    let list = list(format!("{HEADER}{PATIENT}01234567,1980-04-01,見本,次郎,,no\n")).unwrap();
    assert_eq!(list.warnings, [Warning { row: 3, doubt: Doubt::ListedWithOtherZeros }]);
}

#[test]
fn a_line_or_a_cell_without_an_end_is_refused_at_once() {
    let line = format!("{HEADER}{PATIENT}{}\n", "1234567,1980-04-01,".repeat(2_500_000));
    assert_eq!(read(line.as_bytes()).unwrap_err(), [Finding { place: Place::Row(3), fault: Fault::LineTooLong }]);
    // Between two lost quotation marks, many lines are one cell.
    let cell = format!("{HEADER}1234567,1980-04-01,\"見本\n{}\",花子,,\n", "見本,\n".repeat(20_000));
    assert_eq!(faults(cell), [Fault::CellTooLong]);
}
