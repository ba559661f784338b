//! Exporting the list: all who match, in two formats that hold no formulas, and whose import changes nothing.

use std::io::{Cursor, Read as _};

use jiff::civil::date;
use kenkocall::domain::{
    BirthDate, CentreCode, HersysId, Language, Oximeter, PatientId, PatientStatus, PhoneNumber, Sensitive,
};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::store::patient_list::{self, PatientFilter};
use kenkocall::store::patients::{self, Calling, PatientRow};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use crate::databases::Fresh;
use crate::site::{OTHER, Site, Visitor};

crate::on_both_databases!(
    importing_an_unchanged_export_changes_nothing,
    an_export_has_all_who_match_and_the_trail_names_them,
    cells_are_texts_and_keep_their_zeros,
);

/// Names as people have them, and as people try to break spreadsheets with.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[髙橋﨑見本花子あいう]{1,6}",
        "[=+@'-]{1,3}[a-z0-9(),\"';|]{1,8}",
        "[a-zA-Z.'-]{1,10} [a-z]{1,5}",
        Just("=HYPERLINK(\"http://x\",\"y\")".to_owned()),
        Just("=\"0123\"".to_owned()),
        Just("_x0041_".to_owned()),
        Just("a&b<c>\"d\"".to_owned()),
        Just("＝1＋1".to_owned()),
    ]
}

fn person(nth: u32) -> impl Strategy<Value = PatientRow> {
    let at = "2026-11-20T00:00:00Z".parse().unwrap();
    let times = prop_oneof![Just(""), Just("09:00"), Just("08:30;13:00;20:15")];
    let call = (any::<bool>(), any::<bool>(), times, 0..Language::ALL.len(), 0..3_usize);
    let days = (any::<bool>(), any::<bool>(), 0..20_i8, any::<bool>());
    (name(), name(), call, days).prop_map(move |(family, given, call, days)| {
        let (has_number, automated_call, times, language, oximeter) = call;
        let (diagnosed, observed, day, released) = days;
        // A foreign number gets no automated calls.
        let number = if nth.is_multiple_of(7) { format!("+1202555{nth:04}") } else { format!("+8190200{nth:05}") };
        PatientRow {
            id: PatientId(Uuid::now_v7()),
            centre: CentreCode::parse(SYNTHETIC_CENTRE).unwrap(),
            hersys_id: HersysId::parse(&format!("{:08}", 200_000 + nth)).unwrap(),
            birth_date: BirthDate::new(date(1908, 1, 1), date(2026, 11, 28)).unwrap(),
            family_name: Sensitive::new(family.trim()),
            given_name: Sensitive::new(given.trim()),
            phone_number: has_number.then(|| PhoneNumber::from_e164(&number).unwrap()),
            automated_call: has_number && automated_call && !nth.is_multiple_of(7),
            call_times: times.to_owned(),
            language: Language::ALL[language],
            diagnosis_date: diagnosed.then(|| date(2026, 11, day + 1)),
            monitoring_start: observed.then(|| date(2026, 11, day + 2)),
            stopped_at: None,
            released_at: released.then_some(at),
            created_at: at,
            updated_at: at,
            revision: 1,
            calling: Calling::default(),
            known_in: Vec::new(),
            oximeter: [Oximeter::Yes, Oximeter::No, Oximeter::Unknown][oximeter],
            spo2_asked_at: None,
        }
    })
}

async fn added(site: &Site, people: &[PatientRow]) {
    let mut tx = site.context.database.begin_write().await.unwrap();
    patients::insert(&mut tx, people).await.unwrap();
    tx.commit().await.unwrap();
}

async fn all(site: &Site) -> Vec<PatientRow> {
    let mut tx = site.context.database.begin_read().await.unwrap();
    let filter = PatientFilter { status: PatientStatus::All, limit: 10_000, ..PatientFilter::default() };
    patient_list::list(&mut tx, &filter, None).await.unwrap()
}

/// The cells of a workbook with their types, as openpyxl reads them.
fn as_openpyxl_reads(xlsx: &[u8]) -> String {
    let script = "import json, sys, openpyxl\n\
                  rows = openpyxl.load_workbook(sys.argv[1]).active.iter_rows()\n\
                  print(json.dumps([[[cell.value, cell.data_type] for cell in row] for row in rows]))";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.xlsx");
    std::fs::write(&file, xlsx).unwrap();
    let python = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/official/venv/bin/python3");
    let output = std::process::Command::new(python).args(["-c", script]).arg(&file).output();
    let output = output.expect("openpyxl is missing; run dev/official");
    assert!(output.status.success(), "openpyxl is missing or refused: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

async fn exported(visitor: &mut Visitor, format: &str, query: &str) -> Vec<u8> {
    let (status, file) = visitor.download(&format!("/console/patients/export/{format}{query}")).await;
    assert_eq!(status, 200);
    file
}

async fn importing_an_unchanged_export_changes_nothing(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut runner = TestRunner::deterministic();
    let people: Vec<PatientRow> = (1..400).map(|nth| person(nth).new_tree(&mut runner).unwrap().current()).collect();
    added(&site, &people).await;
    // Somebody who is still observed has the number of somebody who isn't any more.
    let mut twin = people.iter().find(|row| row.released_at.is_some() && row.automated_call).unwrap().clone();
    twin.id = PatientId(Uuid::now_v7());
    twin.hersys_id = HersysId::parse("09999999").unwrap();
    twin.released_at = None;
    added(&site, &[twin]).await;
    let before = all(&site).await;
    let mut visitor = site.logged_in(&nurse).await;
    for format in ["csv", "xlsx"] {
        let file = exported(&mut visitor, format, "?status=all").await;
        visitor.get("/console/patients/imports").await;
        let path = visitor.upload("/console/patients/imports", &format!("list.{format}"), &file).await;
        let path = path.location.clone().unwrap();
        while visitor.get(&path).await.body.contains("試しに読んでいます") {
            tokio::task::yield_now().await;
        }
        let page = &visitor.page.body;
        let expected = format!("{}行はすべて登録と同じ", before.len());
        assert!(page.contains(&expected), "{format}: {page}");
        assert!(!page.contains("行を取り込む</button>"), "{format}: nothing is offered to import");
    }
    assert_eq!(all(&site).await, before);
}

async fn an_export_has_all_who_match_and_the_trail_names_them(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut runner = TestRunner::deterministic();
    let mut people: Vec<PatientRow> =
        (1..1_200).map(|nth| person(nth).new_tree(&mut runner).unwrap().current()).collect();
    people[0].centre = CentreCode::parse(OTHER).unwrap();
    added(&site, &people).await;
    let mut visitor = site.logged_in(&nurse).await;
    let csv = String::from_utf8(exported(&mut visitor, "csv", "?status=released").await).unwrap();
    let released = people[1..].iter().filter(|row| row.released_at.is_some()).count();
    assert_eq!(csv.matches("\r\n").count(), released + 1, "with the column names");
    assert!(!csv.contains(people[0].hersys_id.expose()), "another health centre's");
    exported(&mut visitor, "csv", "?status=all").await;
    let mut tx = site.context.database.begin_read().await.unwrap();
    let filter = kenkocall::store::audit::AuditFilter { limit: 1_000, ..Default::default() };
    let entries = kenkocall::store::audit::list(&mut tx, &filter).await.unwrap();
    let named: Vec<usize> =
        entries.iter().filter(|entry| entry.action == "patients.exported").map(|entry| entry.people.len()).collect();
    assert_eq!(named.iter().sum::<usize>(), released + people.len() - 1 + 2, "{named:?}");
    // A search that isn't known any more isn't everybody.
    let (status, _) = visitor.download("/console/patients/export/csv?search=0123abcd&status=all").await;
    assert_eq!(status, 303);
    assert_eq!(visitor.get("/console/patients/export/exe").await.status, 404);
}

async fn cells_are_texts_and_keep_their_zeros(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut runner = TestRunner::deterministic();
    let mut row = person(1).new_tree(&mut runner).unwrap().current();
    row.family_name = Sensitive::new("=1+1");
    row.given_name = Sensitive::new("+81");
    row.phone_number = Some(PhoneNumber::from_e164("+819020000001").unwrap());
    row.released_at = None;
    row.calling.next_slot_at = Some("2026-11-29T00:00:00Z".parse().unwrap());
    added(&site, &[row]).await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/language/en").await;
    let csv = String::from_utf8(exported(&mut visitor, "csv", "").await).unwrap();
    assert!(csv.starts_with("\u{feff}hersys_id,birth_date,family_name,given_name"), "{csv}");
    assert!(csv.contains("00200001,1908-01-01,'=1+1,'+81,09020000001,"), "{csv}");
    assert!(csv.contains("2026-11-29T09:00:00+09:00"), "times have their offset: {csv}");
    let xlsx = exported(&mut visitor, "xlsx", "").await;
    let mut archive = zip::ZipArchive::new(Cursor::new(&xlsx)).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(sheet.contains("<t xml:space=\"preserve\">00200001</t>") && sheet.contains(">=1+1</t>"), "{sheet}");
    assert!(!sheet.contains("<f>") && !sheet.contains("<v>"), "no formulas and no numbers: {sheet}");
    let read = as_openpyxl_reads(&xlsx);
    assert!(read.contains("[\"00200001\", \"s\"]") && read.contains("[\"=1+1\", \"s\"]"), "{read}");
    assert!(read.contains("[\"09020000001\", \"s\"]"), "{read}");
    let page = visitor.get("/console/patients").await;
    assert!(page.body.contains("Excel drops leading zeros"), "{}", page.body);
}
