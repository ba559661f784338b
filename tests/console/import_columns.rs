//! What an import understands, the file to fill in, hidden rows, and the list of those whom it has added.

use std::io::{Cursor, Read as _};

use kenkocall::domain::Role;

use crate::databases::Fresh;
use crate::patient_imports::uploaded;
use crate::site::{OTHER, Site};

crate::on_both_databases!(
    a_template_has_the_columns_that_the_page_explains,
    hidden_rows_are_marked_in_the_dry_run,
    those_whom_a_list_has_added_are_listed_and_nobody_else,
);

async fn a_template_has_the_columns_that_the_page_explains(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let page = visitor.get("/console/patients/imports").await.body.clone();
    let (status, csv) = visitor.download("/console/patients/imports/template/csv").await;
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!((status, csv.lines().count()), (200, 1), "{csv}");
    for name in csv.trim_start_matches('\u{feff}').trim().split(',') {
        assert!(page.contains(&format!(">{name}</b>")), "{name} isn't explained in {page}");
    }
    assert!(page.contains("昭和23年4月12日") && page.matches("template-needed").count() == 4, "{page}");
    let (status, book) = visitor.download("/console/patients/imports/template/xlsx").await;
    let mut book = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut sheet = String::new();
    book.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(status == 200 && sheet.contains("HER-SYS ID") && !sheet.contains("花子"), "{sheet}");
    assert_eq!(visitor.get("/console/patients/imports/template/pdf").await.status, 404);
}

async fn hidden_rows_are_marked_in_the_dry_run(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/console/lists/x04_hidden_row.xlsx");
    let path = uploaded(&mut visitor, "x04.xlsx", &std::fs::read(file).unwrap()).await;
    let page = visitor.get(&format!("{path}?fate=new")).await.body.clone();
    assert_eq!(page.matches("隠れた行</span>").count(), 1, "{page}");
}

async fn those_whom_a_list_has_added_are_listed_and_nobody_else(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let list = "HER-SYS ID,生年月日,姓,名\n7000001,1980-04-01,架空,一\n7000002,1980-04-01,架空,二\n";
    let path = uploaded(&mut visitor, "list.csv", list.as_bytes()).await;
    let plan = visitor.page.hidden("plan");
    visitor.post(&format!("{path}/import"), &[("plan", &plan)]).await;
    let link = loop {
        let page = visitor.get(&path).await.body.clone();
        if let Some((_, rest)) = page.split_once("href=\"/console/patients?status=all") {
            let rest = rest.split('"').next().unwrap();
            break format!("/console/patients?status=all{}", rest.replace("&#38;", "&"));
        }
        tokio::task::yield_now().await;
    };
    let page = visitor.get(&link).await.body.clone();
    assert!(page.contains("架空 一") && page.contains("架空 二") && !page.contains("見本 花子"), "{page}");
    assert!(page.contains("2人") && page.contains("この名簿で登録した人"), "{page}");
    let (_, csv) = visitor.download(&link.replace("/patients?", "/patients/export/csv?")).await;
    assert_eq!(String::from_utf8(csv).unwrap().lines().count(), 3);
    // Another centre's list is no filter of theirs.
    let elsewhere = site.member("far@mihon.example", Role::Nurse, Some(OTHER)).await;
    assert_eq!(site.logged_in(&elsewhere).await.get(&link).await.status, 404);
    assert!(site.actions().await.iter().any(|action| action == "list.not_found"));
}
