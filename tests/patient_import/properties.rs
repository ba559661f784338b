//! Properties: no bytes make the reader panic, and normalising twice has the same result as once.

use super::read;
use encoding_rs::SHIFT_JIS;
use jiff::civil::{Date, date};
use kenkocall::domain::{
    era::{self, Era},
    width,
};
use proptest::{collection::vec, prelude::*};
use rust_xlsxwriter::Workbook;
use std::sync::LazyLock;

static BOOK: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["hersys_id", "birth_date", "family_name", "given_name"]) {
        sheet.write(0, column, name).unwrap().write(1, column, 123_456).unwrap().write(2, column, "見本").unwrap();
    }
    book.save_to_buffer().unwrap()
});

/// The unpacked parts of a workbook, so that changes break their XML and not a checksum.
static PARTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&BOOK[..])).unwrap();
    let count = archive.len();
    let mut part = |index| {
        let mut part = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        (part.name().unwrap().into_owned(), content)
    };
    (0..count).map(&mut part).collect()
});

/// The workbook with some changed bytes in one part.
fn broken_book(changes: &[(usize, usize, u8)]) -> Vec<u8> {
    use std::io::Write;
    let mut parts = PARTS.clone();
    for &(part, at, byte) in changes {
        let part = part % parts.len();
        let content = &mut parts[part].1;
        let at = at % content.len();
        content[at] = byte;
    }
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in &parts {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let mut list = b"hersys_id,birth_date,family_name,given_name,phone_number,call_times\n".to_vec();
        list.extend(&bytes);
        let _ = read(&list);
    }

    #[test]
    fn arbitrary_cells_never_panic(cells in vec("[0-9a-z０-９年月日時/:;.,\"+ 昭和元S-]{0,12}", 0..40)) {
        let list = format!("hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times,language\n{}", cells.join(","));
        let _ = read(list);
    }

    #[test]
    fn a_broken_workbook_never_panics(
        changes in vec(any::<(usize, usize, u8)>(), 1..4),
        at in any::<usize>(),
        byte in any::<u8>(),
    ) {
        let _ = read(broken_book(&changes));
        let mut bytes = BOOK.clone();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read(&bytes);
        bytes.truncate(at);
        let _ = read(&bytes);
    }

    #[test]
    fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
        let once = width::fold(&text).into_owned();
        prop_assert_eq!(width::fold(&once), once.as_str());
    }

    #[test]
    fn names_and_ids_come_through_every_encoding(id in "[0-9]{6,8}", name in "[ぁ-んァ-ヶ一二三四五六七八九十山川見本村木林森a-zA-Z]{1,20}") {
        let list = format!("HER-SYS ID,生年月日,姓,名\n{id},1980-04-01,{name},{name}\n");
        let (encoded, _, _) = SHIFT_JIS.encode(&list);
        for bytes in [list.as_bytes(), &encoded] {
            let entries = read(bytes).unwrap();
            prop_assert_eq!(entries[0].hersys_id.expose(), id.as_str());
            prop_assert_eq!(entries[0].family_name.expose(), name.as_str());
        }
    }
}

/// Every day from the Gregorian calendar to the end of the century, written in its era in four ways, is read as that
/// day. In the preceding or following era it is refused.
#[test]
fn every_day_is_read_in_its_era_and_in_no_other() {
    let mut day = date(1873, 1, 1);
    while day < date(2100, 1, 1) {
        let (era, year) = Era::of(day).unwrap();
        let (month, of_month) = (day.month(), day.day());
        let written = if year == 1 { "元".to_owned() } else { year.to_string() };
        assert_eq!(era::read(&format!("{}{written}年{month}月{of_month}日", era.name())), Ok(day));
        assert_eq!(era::read(&format!("{}{year}.{month}.{of_month}", era.letter())), Ok(day));
        assert_eq!(era::read(&day.to_string()), Ok(day));
        assert_eq!(era::read(&format!("{}年{month}月{of_month}日", day.year())), Ok(day));
        for other in Era::ALL.into_iter().filter(|&other| other != era) {
            let year = day.year() - other.start().year() + 1;
            if (1..=99).contains(&year) {
                let text = format!("{}{year}年{month}月{of_month}日", other.name());
                assert_eq!(era::read(&text), Err(era::DateError::NotInEra), "{text}");
            }
        }
        day = day.tomorrow().unwrap_or(Date::MAX);
    }
}
