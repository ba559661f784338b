//! Importing lists in the console: the dry run of each row, the import as a whole, bad files, and what is left of a
//! server that was killed.

use std::io::{Cursor, Write as _};

use jiff::SignedDuration;
use kenkocall::domain::{Actor, RowFate, UploadId, UploadState};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{
    Started, change_patient, list_uploads, receive_list, show_upload, start_import, sweep_uploads,
};
use kenkocall::store::list_uploads as stored;
use kenkocall::store::patients::PatientRow;
use kenkocall::web::finding_words;
use zip::write::SimpleFileOptions;

use crate::databases::Fresh;
use crate::site::{OTHER, Site, Visitor};

crate::on_both_databases!(
    each_row_is_shown_and_the_list_is_imported_as_a_whole,
    faulty_rows_come_back_as_a_file_and_are_imported_once_mended,
    bad_files_get_a_sentence_and_nothing_is_written,
    lists_that_went_wrong_elsewhere_are_read_or_refused_as_they_should,
    an_import_goes_on_when_its_server_was_killed,
    what_changed_meanwhile_is_shown_instead_of_imported,
    a_list_is_erased_once_it_is_discarded_or_a_day_old,
    who_may_be_registered_under_another_id_is_named_before_the_import,
    another_centres_list_is_not_found_and_the_try_is_recorded,
    a_file_without_the_forms_token_is_refused,
);

const HEADER: &str = "HER-SYS ID,生年月日,姓,名,電話番号,自動架電,架電時刻";

async fn patients(site: &Site) -> Vec<PatientRow> {
    let mut tx = site.context.database.begin_read().await.unwrap();
    let filter = kenkocall::store::patient_list::PatientFilter {
        status: kenkocall::domain::PatientStatus::All,
        limit: 1_000,
        ..Default::default()
    };
    kenkocall::store::patient_list::list(&mut tx, &filter, None).await.unwrap()
}

pub async fn uploaded(visitor: &mut Visitor, name: &str, file: &[u8]) -> String {
    visitor.get("/console/patients/imports").await;
    let page = visitor.upload("/console/patients/imports", name, file).await;
    assert_eq!(page.status, 303, "{name}: {}", page.body);
    let path = page.location.clone().unwrap();
    settled(visitor, &path).await;
    path
}

/// Waits until the work on a list is done, and shows it.
async fn settled(visitor: &mut Visitor, path: &str) {
    loop {
        let page = visitor.get(path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        if !page.body.contains("試しに読んでいます") && !page.body.contains("<h2>取り込み中</h2>") {
            return;
        }
        tokio::task::yield_now().await;
    }
}

fn id_of(path: &str) -> UploadId {
    path.rsplit('/').next().unwrap().split('?').next().unwrap().parse().unwrap()
}

async fn agree(visitor: &mut Visitor, path: &str) {
    let plan = visitor.page.hidden("plan");
    let page = visitor.post(&format!("{path}/import"), &[("plan", &plan)]).await;
    assert_eq!(page.status, 303, "{}", page.body);
    let next = page.location.clone().unwrap();
    settled(visitor, &next).await;
}

async fn each_row_is_shown_and_the_list_is_imported_as_a_whole(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let before = patients(&site).await;
    let [one, two] = &before[..] else { panic!("two patients") };
    let (first, second) =
        (one.phone_number.as_ref().unwrap().as_written(), two.phone_number.as_ref().unwrap().as_written());
    let list = format!(
        "{HEADER}\n{},1980-04-01,見本,花子,{first},yes,10:30\n{},1980-04-01,見本,花子,{second},yes,{}\n\
         2000001,昭和23年4月12日,見本,新,090-2000-0001,yes,\n2000002,昭和65年4月12日,見本,誤,090-2000-0002,yes,\n",
        one.hersys_id.expose(),
        two.hersys_id.expose(),
        two.call_times,
    );
    let path = uploaded(&mut visitor, "見本_1128.csv", list.as_bytes()).await;
    let shown = visitor.page.body.clone();
    assert!(shown.contains("まだ何も書き込んでいません。 4行のうち1行に誤りがあります。"), "{shown}");
    assert!(shown.contains("昭和65年4月12日") && shown.contains("見本_1128.csv"), "{shown}");
    assert!(shown.contains("2行を取り込む"), "{shown}");
    let changed = visitor.get(&format!("{path}?fate=changed")).await.body.clone();
    assert!(changed.contains("→ <b class=\"num wrapping\">10:30</b>"), "{changed}");
    assert!(visitor.get(&format!("{path}?fate=new")).await.body.contains("見本 新"));
    assert!(visitor.get(&format!("{path}?fate=same")).await.body.contains(two.hersys_id.expose()));
    assert_eq!(patients(&site).await, before, "a dry run writes nothing");

    visitor.get(&path).await;
    let plan = visitor.page.hidden("plan");
    agree(&mut visitor, &path).await;
    let done = visitor.page.body.clone();
    assert!(done.contains("取り込みました。新しく1人を登録し、1人の内容を変えました。"), "{done}");
    let after = patients(&site).await;
    assert_eq!(after.len(), 3);
    assert_eq!(after.iter().find(|row| row.id == one.id).unwrap().call_times, "10:30");
    // Sent twice: one import, and the page says so.
    visitor.get("/console/account").await;
    let again = visitor.post(&format!("{path}/import"), &[("plan", &plan)]).await.location.clone().unwrap();
    assert!(visitor.get(&again).await.body.contains("二度は取り込みません"));
    assert_eq!(patients(&site).await, after);
    // It waits for whoever has left the page, and its content is gone but for the faulty row.
    assert!(visitor.get("/console/patients/imports").await.body.contains("新規1・変更1・同じ1・誤り1"));
    let mut tx = site.context.database.begin_read().await.unwrap();
    for (kind, kept) in [
        (stored::PartKind::File, false),
        (stored::PartKind::Rows(RowFate::New), false),
        (stored::PartKind::Rows(RowFate::Changed), false),
        (stored::PartKind::Rows(RowFate::Refused), true),
    ] {
        assert_eq!(stored::part(&mut tx, id_of(&path), kind, 0).await.unwrap().is_some(), kept, "{kind:?}");
    }
    drop(tx);
    let actions = site.actions().await;
    for action in ["list.uploaded", "list.shown", "list.import_started", "patient.added", "patient.changed"] {
        assert!(actions.iter().any(|known| known == action), "{action} {actions:?}");
    }
}

async fn faulty_rows_come_back_as_a_file_and_are_imported_once_mended(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let list = format!(
        "{HEADER}\n02000001,1948-04-12,見本,一,090-2000-0001,yes,\n02000002,1948-04-31,見本,\"=1+1\",090-2000-0002,yes,\n\
         02000003,1948-04-12,見本,三,090-2000-0003,yes,\n02000003,1948-04-12,見本,四,090-2000-0004,yes,\n,,,,,,\n合計,,,,,,\n"
    );
    let path = uploaded(&mut visitor, "list.csv", list.as_bytes()).await;
    assert!(visitor.page.body.contains("5行のうち4行に誤りがあります"), "{}", visitor.page.body);
    let (status, csv) = visitor.download(&format!("{path}/refused/csv")).await;
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(status, 200);
    assert!(csv.starts_with("\u{feff}取り込めない理由,HER-SYS ID"), "{csv}");
    assert!(csv.contains("02000002,1948-04-31,見本,'=1+1,090-2000-0002") && csv.contains("02000003"), "{csv}");
    let (status, xlsx) = visitor.download(&format!("{path}/refused/xlsx")).await;
    assert_eq!((status, &xlsx[..4]), (200, &b"PK\x03\x04"[..]));
    agree(&mut visitor, &path).await;
    assert_eq!(patients(&site).await.len(), 3, "neither of two rows with one ID is taken");
    // The files are read as they are, and name the same faults.
    for (name, file) in [("rows.csv", csv.as_bytes()), ("rows.xlsx", &xlsx)] {
        uploaded(&mut visitor, name, file).await;
        assert!(visitor.page.body.contains("4行のうち4行に誤りがあります"), "{name}: {}", visitor.page.body);
    }
    let mended =
        csv.replace("1948-04-31", "1948-04-30").replace("02000003,1948-04-12,見本,四", "02000004,1948-04-12,見本,四");
    let mended: String =
        mended.lines().filter(|line| !line.contains("合計")).map(|line| format!("{line}\r\n")).collect();
    let path = uploaded(&mut visitor, "mended.csv", mended.as_bytes()).await;
    agree(&mut visitor, &path).await;
    let names: Vec<String> = patients(&site).await.iter().map(|row| row.given_name.expose().to_owned()).collect();
    assert_eq!(names.len(), 6);
    assert!(names.contains(&"=1+1".to_owned()), "{names:?}");
}

/// A workbook with these parts.
fn zip_of(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, SimpleFileOptions::default().compression_level(Some(1))).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

pub fn book(sheet: &str, texts: Vec<u8>, more: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let links = "<Relationships><Relationship Id=\"s1\" Type=\"x/worksheet\" Target=\"sheet1.xml\"/>\
                 <Relationship Id=\"t\" Type=\"x/sharedStrings\" Target=\"texts.xml\"/></Relationships>";
    let workbook = "<workbook><sheets><sheet name=\"S\" sheetId=\"1\" id=\"s1\"/></sheets></workbook>";
    let mut parts: Vec<(&str, Vec<u8>)> = vec![
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        ("xl/workbook.xml", workbook.into()),
        ("xl/_rels/workbook.xml.rels", links.into()),
        ("xl/sheet1.xml", format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>").into_bytes()),
        ("xl/texts.xml", texts),
    ];
    parts.extend(more.iter().map(|(name, bytes)| (*name, bytes.clone())));
    zip_of(&parts)
}

pub fn sheet_of(rows: &[&[&str]]) -> String {
    let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    rows.iter().map(|row| format!("<row>{}</row>", row.iter().map(cell).collect::<String>())).collect()
}

/// The rows of the table of bad input that concern a list.
async fn bad_files_get_a_sentence_and_nothing_is_written(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let before = patients(&site).await;
    let held = before[0].phone_number.as_ref().unwrap().as_written();
    let names = ["HER-SYS ID", "生年月日", "姓", "名"];
    let good = sheet_of(&[&names, &["2000001", "1980-04-01", "見本", "花子"]]);
    let (sjis, ..) = encoding_rs::SHIFT_JIS.encode("HER-SYS ID,生年月日,姓,名\n2000001,昭和23年4月12日,髙橋,花子\n");
    let bomb = "<si/>".repeat(64 * 1024 * 1024 / 5);
    let mut large = b"PK\x03\x04".to_vec();
    large.resize(50 * 1024 * 1024, 0);
    let one_line = format!("{HEADER}\n{}", "2000001,1980-04-01,見本,".repeat(50 * 1024 * 1024 / 30));
    for (what, file, sentence) in [
        ("50 MB", large, "このファイルは読めません"),
        ("50 MB in one line", one_line.into_bytes(), "1MBを超える行があります"),
        ("broken", good.as_bytes()[..40].to_vec(), "このファイルは読めません"),
        ("broken workbook", book(&good, b"<sst/>".to_vec(), &[])[..200].to_vec(), "末尾が欠けています"),
        ("zip bomb", book(&good, format!("<sst>{bomb}</sst>").into_bytes(), &[]), "展開すると大きすぎます"),
        ("macro", book(&good, b"<sst/>".to_vec(), &[("xl/vbaProject.bin", b"code".to_vec())]), "1行すべてを読めました"),
        ("no header", "2000001,1980-04-01,見本,花子\n".into(), "列の見出しが見つかりません"),
        (
            "a column twice",
            "HER-SYS ID,生年月日,姓,名,姓\n2000001,1980-04-01,見本,花子,見本\n".into(),
            "1行目 E列: 同じ列が二つあります",
        ),
        ("Shift_JIS with 髙, era dates", sjis.to_vec(), "1行すべてを読めました"),
        (
            "a number someone else has",
            format!("{HEADER}\n2000001,1980-04-01,見本,新,{held},yes,\n").into_bytes(),
            "1行のうち1行に誤りがあります",
        ),
        (
            "a script in a name",
            "HER-SYS ID,生年月日,姓,名\n2000001,1980-04-01,<script>,花\u{202e}子\n".into(),
            "1行のうち1行に誤りがあります",
        ),
    ] {
        uploaded(&mut visitor, "list.dat", &file).await;
        assert!(visitor.page.body.contains(sentence), "{what}: {}", visitor.page.body);
        let is_harmless = !visitor.page.body.contains("<script>") && !visitor.page.body.contains('\u{202e}');
        assert!(is_harmless, "{what}");
        if what.starts_with("Shift_JIS") {
            assert!(visitor.page.body.contains("髙橋 花子"), "{}", visitor.page.body);
        }
    }
    // Larger than lists may be, empty, and none at all: a sentence beside the field.
    for (what, file) in [("too large", vec![b'x'; 64 * 1024 * 1024 + 1]), ("empty", Vec::new())] {
        visitor.get("/console/patients/imports").await;
        let page = visitor.upload("/console/patients/imports", "list.csv", &file).await;
        assert_eq!(page.status, 422, "{what}");
        assert!(page.body.contains("id=\"file-error\"") && page.body.contains("href=\"#file\""), "{what}");
    }
    assert_eq!(patients(&site).await, before);
}

async fn lists_that_went_wrong_elsewhere_are_read_or_refused_as_they_should(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console/lists");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 27);
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let path = uploaded(&mut visitor, &name, &std::fs::read(&file).unwrap()).await;
        let expected = match name.get(..3).unwrap() {
            "x05" | "z03" => "読むシートを一つ選んでください",
            "x34" => "Excel で開いて保存し",
            "c44" => "ウェブページ",
            "c45" => "XML",
            "z20" => "途切れています",
            "z05" => "この HER-SYS ID は",
            "x02" | "x03" => "<dt>シート</dt>",
            "x04" => "隠れている1行も読みました",
            _ => "すべてを読めました",
        };
        let page = visitor.page.body.clone();
        let alternative = match name.get(..3).unwrap() {
            "x19" | "c24" => "時刻",
            "x11" => "先頭の0",
            _ => expected,
        };
        assert!(page.contains(expected) || page.contains(alternative), "{name}: {page}");
        if name.starts_with("z20") {
            assert!(page.contains("3行目の途中で") && page.contains("読めたのは2行目まで"), "{name}: {page}");
        }
        if name.starts_with("x19") {
            refused_with_its_time(&mut visitor, &path).await;
        }
        if name.starts_with("x11") {
            assert!(!visitor.get(&format!("{path}?fate=new")).await.body.contains(">1234567<"), "{name}");
        }
        if name.starts_with("z03") {
            let sheet = page.split("name=\"sheet\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            visitor.get(&path).await;
            visitor.post(&format!("{path}/sheet"), &[("sheet", &sheet)]).await;
            settled(&mut visitor, &path).await;
            assert!(visitor.page.body.contains("<dt>シート</dt>"), "{}", visitor.page.body);
        }
    }
}

/// The faulty row comes back with what the cell says, and is refused again until it is mended.
async fn refused_with_its_time(visitor: &mut Visitor, path: &str) {
    for format in ["csv", "xlsx"] {
        let (status, rows) = visitor.download(&format!("{path}/refused/{format}")).await;
        assert_eq!(status, 200);
        if format == "csv" {
            let csv = String::from_utf8(rows.clone()).unwrap();
            assert!(csv.contains(",1234567,1980-04-01 09:00,見本,花子,"), "{csv}");
        }
        uploaded(visitor, &format!("rows.{format}"), &rows).await;
        let page = &visitor.page.body;
        assert!(page.contains("1行のうち1行に誤りがあります") && page.contains("時刻"), "{page}");
    }
}

fn staff(site_member: &kenkocall::service::AccountView) -> Actor {
    site_member.actor()
}

/// The nurse as who asks the services.
async fn nurse_actor(site: &Site) -> Actor {
    let accounts = kenkocall::service::list_staff(&site.context, &Actor::System).await.unwrap();
    staff(accounts.first().unwrap())
}

/// A list that was uploaded and whose server was killed before it read it.
async fn left(site: &Site, actor: &Actor, list: &str) -> UploadId {
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(list.as_bytes().to_vec())]);
    match receive_list(&site.context, actor, "list.csv", chunks).await.unwrap() {
        kenkocall::service::Received::Whole(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn state(site: &Site, actor: &Actor, id: UploadId) -> (UploadState, String) {
    let shown = show_upload(&site.context, actor, id, Some(RowFate::New), 0).await.unwrap().found;
    (shown.upload.state, shown.upload.plan)
}

async fn who_may_be_registered_under_another_id_is_named_before_the_import(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let before = patients(&site).await;
    let one = &before[0];
    let (born, name) = (one.birth_date.expose(), (one.family_name.expose(), one.given_name.expose()));
    // Written in another width, with another ID; a namesake of another day; and somebody else.
    let list = format!(
        "{HEADER}\n2000001,{born},{}　,{},090-2000-0001,yes,\n2000002,1931-01-02,{},{},090-2000-0002,yes,\n\
         2000003,{born},架空,別,090-2000-0003,yes,\n",
        name.0, name.1, name.0, name.1
    );
    let path = uploaded(&mut visitor, "list.csv", list.as_bytes()).await;
    let page = visitor.page.body.clone();
    assert!(page.contains("同じ人かもしれません"), "{page}");
    let alike = page.split("id=\"alike\"").nth(1).unwrap().split("</section>").next().unwrap();
    let link = format!("/console/patients/{}\">{}</a>", one.id, one.hersys_id.expose());
    assert!(alike.contains(&link) && alike.contains("<th scope=\"row\" class=\"right num\">2</th>"), "{alike}");
    let doubles = before.iter().filter(|row| {
        row.birth_date == one.birth_date && row.family_name == one.family_name && row.given_name == one.given_name
    });
    assert_eq!(alike.matches("<th scope=\"row\"").count(), doubles.count(), "{alike}");
    // It doesn't keep staff from importing: there are namesakes.
    visitor.get(&path).await;
    agree(&mut visitor, &path).await;
    assert_eq!(patients(&site).await.len(), before.len() + 3);
    assert!(!visitor.get(&path).await.body.contains("同じ人かもしれません"));
}

async fn an_import_goes_on_when_its_server_was_killed(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    site.nurse().await;
    let actor = nurse_actor(&site).await;
    let rows: String = (0..300).map(|nth| format!("{},1948-04-12,見本,{nth},,no,\n", 3_000_000 + nth)).collect();
    let id = left(&site, &actor, &format!("{HEADER}\n{rows}")).await;
    assert_eq!(state(&site, &actor, id).await.0, UploadState::Waiting);
    sweep_uploads(&site.context, finding_words).await.unwrap();
    let (read, plan) = state(&site, &actor, id).await;
    assert_eq!(read, UploadState::Read);
    // Killed right after staff agreed, with the claim of the dead process.
    assert_eq!(start_import(&site.context, &actor, id, &plan).await.unwrap(), Started::Now);
    let mut tx = site.context.database.begin_write().await.unwrap();
    assert!(stored::claim(&mut tx, id, uuid::Uuid::from_u128(7), site.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    sweep_uploads(&site.context, finding_words).await.unwrap();
    assert_eq!(state(&site, &actor, id).await.0, UploadState::Importing, "somebody else may still work on it");
    assert_eq!(patients(&site).await.len(), 2);
    site.later(SignedDuration::from_secs(31));
    sweep_uploads(&site.context, finding_words).await.unwrap();
    assert_eq!(state(&site, &actor, id).await.0, UploadState::Imported);
    assert_eq!(patients(&site).await.len(), 302);
    sweep_uploads(&site.context, finding_words).await.unwrap();
    assert_eq!(patients(&site).await.len(), 302);
    assert_eq!(start_import(&site.context, &actor, id, &plan).await.unwrap(), Started::Before(UploadState::Imported));
}

async fn what_changed_meanwhile_is_shown_instead_of_imported(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    site.nurse().await;
    let actor = nurse_actor(&site).await;
    let patient = patients(&site).await.remove(0);
    let number = patient.phone_number.as_ref().unwrap().as_written();
    let list = format!("{HEADER}\n{},1980-04-01,見本,花子,{number},yes,10:30\n", patient.hersys_id.expose());
    let id = left(&site, &actor, &list).await;
    sweep_uploads(&site.context, finding_words).await.unwrap();
    let (_, plan) = state(&site, &actor, id).await;
    let times = [(kenkocall::service::Column::CallTimes, "11:00")];
    change_patient(&site.context, &actor, patient.id, None, &times).await.unwrap();
    assert_eq!(start_import(&site.context, &actor, id, &plan).await.unwrap(), Started::Now);
    sweep_uploads(&site.context, finding_words).await.unwrap();
    let shown = show_upload(&site.context, &actor, id, Some(RowFate::Changed), 0).await.unwrap().found;
    assert_eq!(shown.upload.state, UploadState::Read);
    assert!(shown.upload.details.is_some_and(|details| details.is_changed));
    assert_eq!(shown.rows[0].changes[0].before, "11:00");
    assert_eq!(patients(&site).await[0].call_times, "11:00", "nothing of what nobody agreed to is written");
    assert_eq!(start_import(&site.context, &actor, id, &plan).await.unwrap(), Started::Changed);
}

async fn a_list_is_erased_once_it_is_discarded_or_a_day_old(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let list = format!("{HEADER}\n2000001,1948-04-12,見本,新,,no,\n");
    let path = uploaded(&mut visitor, "discarded.csv", list.as_bytes()).await;
    visitor.post(&format!("{path}/discard"), &[]).await;
    assert!(visitor.get(&path).await.body.contains("取りやめました"));
    let old = uploaded(&mut visitor, "old.csv", list.as_bytes()).await;
    site.later(SignedDuration::from_hours(24));
    sweep_uploads(&site.context, finding_words).await.unwrap();
    let mut tx = site.context.database.begin_read().await.unwrap();
    for id in [id_of(&path), id_of(&old)] {
        assert!(stored::key(&mut tx, id).await.unwrap().is_none());
        let upload = stored::get(&mut tx, id).await.unwrap().unwrap();
        assert!(upload.details.is_none() && matches!(upload.state, UploadState::Discarded | UploadState::Expired));
    }
    let mut tx = site.context.database.begin_write().await.unwrap();
    assert_eq!(stored::delete_parts(&mut tx, id_of(&old), None, 100).await.unwrap(), 0, "nothing is left");
    tx.rollback().await.unwrap();
    assert_eq!(patients(&site).await.len(), 2);
}

async fn another_centres_list_is_not_found_and_the_try_is_recorded(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let list = format!("{HEADER}\n2000001,1948-04-12,見本,新,,no,\n");
    let path = uploaded(&mut visitor, "list.csv", list.as_bytes()).await;
    let plan = visitor.page.hidden("plan");
    let other = site.member("other@mihon.example", kenkocall::domain::Role::CentreAdministrator, Some(OTHER)).await;
    let mut other = site.logged_in(&other).await;
    assert!(!other.get("/console/patients/imports").await.body.contains("list.csv"));
    for page in [path.clone(), format!("{path}/refused/csv")] {
        assert_eq!(other.get(&page).await.status, 404, "{page}");
    }
    for (page, fields) in [("import", &[("plan", plan.as_str())][..]), ("discard", &[]), ("sheet", &[("sheet", "S")])] {
        other.get("/console/account").await;
        assert_eq!(other.post(&format!("{path}/{page}"), fields).await.status, 404, "{page}");
    }
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "list.not_found").count(), 5, "{actions:?}");
    let uploads = list_uploads(&site.context, &nurse_actor(&site).await).await.unwrap();
    assert_eq!((uploads.len(), uploads[0].state), (1, UploadState::Read));
    assert_eq!(uploads[0].centre.as_str(), SYNTHETIC_CENTRE);
}

async fn a_file_without_the_forms_token_is_refused(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/patients/imports").await;
    assert_eq!(visitor.upload_with("/console/patients/imports", "wrong", "list.csv", b"x").await.status, 403);
    visitor.form_headers =
        vec![("origin", "https://elsewhere.example".to_owned()), ("sec-fetch-site", "cross-site".to_owned())];
    visitor.get("/console/patients/imports").await;
    assert_eq!(visitor.upload("/console/patients/imports", "list.csv", b"x").await.status, 403);
    assert!(list_uploads(&site.context, &nurse_actor(&site).await).await.unwrap().is_empty());
}
