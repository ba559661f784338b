//! `kenkocall patients import`: a complete list or nothing, and nothing twice.

use std::fmt::Write as _;
use std::process::Stdio;

use crate::{CommandLine, databases::Fresh, db_assertions::DatabaseAssertions};
use kenkocall::domain::HersysId;
use kenkocall::store::patients;
use rust_xlsxwriter::Workbook;

crate::on_both_databases!(
    a_list_imported_twice_changes_nothing,
    a_list_with_errors_imports_nothing,
    a2_a_number_of_someone_else_is_refused_by_row,
    a2_two_patients_of_one_list_exchange_their_numbers,
    a4_an_import_does_not_end_a_stop,
    a_dry_run_writes_nothing,
    files_that_are_no_lists_get_a_sentence,
    titles_above_the_column_names_are_named,
    many_findings_are_counted,
    the_sheet_is_named_and_hidden_rows_are_counted,
    ids_that_may_have_lost_zeros_are_warned_about,
    the_samples_are_imported,
    nobody_sees_anything_of_a_killed_import,
);

const LIST: &str = "HER-SYS ID,生年月日,姓,名,電話番号,自動架電,架電時刻
01234567,昭和55年4月1日,健康,花子,090-1234-5678,はい,09:00;18:00
１２３４５６８,1981/1/2,健康,太郎,,いいえ,
";

async fn is_registered(fresh: &Fresh, id: &str) -> bool {
    let mut tx = fresh.database.begin_read().await.unwrap();
    !patients::registered(&mut tx, &[HersysId::parse(id).unwrap()]).await.unwrap().is_empty()
}

async fn a_list_imported_twice_changes_nothing(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    assert_eq!(command_line.import(LIST), "2 new, 0 changed, 0 unchanged\n");
    assert_eq!(command_line.import(LIST), "0 new, 0 changed, 2 unchanged\n");
    assert_eq!(command_line.trail("01234567").await.len(), 1, "D3: a change is noted, and nothing else");
    assert_eq!(command_line.import(LIST.replace("太郎", "次郎")), "0 new, 1 changed, 1 unchanged\n");
    let trail = command_line.trail("1234568").await;
    let entry = trail.last().unwrap();
    assert_eq!((&*entry.action, &*entry.actor, &*entry.source), ("patient.changed", "tester", "command"));
    assert_eq!(entry.details.as_str(), r#"{"given_name":["太郎","次郎"]}"#);
    assert_eq!(trail.len(), 2);
}

async fn a_list_with_errors_imports_nothing(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let broken = format!("{LIST}12,2030-01-01,a,b,0120123456,yes,07:00;21:00\n");
    insta::assert_snapshot!("list_with_errors", command_line.import_refused(broken));
    assert!(!is_registered(&fresh, "01234567").await);
}

async fn a2_a_number_of_someone_else_is_refused_by_row(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.import(LIST);
    let other = LIST.replace("01234567", "7654321").replace("１２３４５６８", "7654322");
    insta::assert_snapshot!("number_of_someone_else", command_line.import_refused(&other));
    assert!(!is_registered(&fresh, "7654322").await);
    // A2 applies only to patients under observation.
    command_line.does(&["patients", "release", "01234567"]);
    assert_eq!(command_line.import(&other), "2 new, 0 changed, 0 unchanged\n");
}

async fn a2_two_patients_of_one_list_exchange_their_numbers(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let list = |first: &str, second: &str| {
        format!(
            "hersys_id,birth_date,family_name,given_name,phone_number,automated_call
111111,1980-01-01,a,b,{first},yes
222222,1980-01-01,a,b,{second},yes
"
        )
    };
    command_line.import(list("09011111111", "09022222222"));
    assert_eq!(command_line.import(list("09022222222", "09011111111")), "0 new, 2 changed, 0 unchanged\n");
    assert!(command_line.does(&["patients", "show", "111111", "--reveal"]).contains("090-2222-2222"));
    assert!(command_line.import_refused(list("09033333333", "09033333333")).contains("automated calls of row 2"));
}

async fn a4_an_import_does_not_end_a_stop(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    command_line.import(LIST);
    command_line.does(&["patients", "stop", "01234567"]);
    assert!(command_line.import(LIST).contains("1 of them have automated calls on the list but were stopped"));
    assert!(command_line.does(&["patients", "show", "01234567"]).contains("automated calls stopped"));
}

async fn a_dry_run_writes_nothing(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let list = command_line.list(LIST);
    let path = list.to_str().unwrap();
    let said = command_line.does(&["patients", "import", path, "--centre", "13101", "--dry-run"]);
    assert_eq!(said, "2 new, 0 changed, 0 unchanged (dry run: nothing was written)\n");
    assert!(!is_registered(&fresh, "01234567").await);
    assert!(
        command_line.refuses(&["patients", "import", path, "--centre", "99"]).contains("there is no health centre 99")
    );
}

async fn files_that_are_no_lists_get_a_sentence(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let (japanese, ..) = encoding_rs::SHIFT_JIS.encode(LIST);
    let (european, ..) = encoding_rs::EUC_JP.encode(LIST);
    assert!(command_line.import_refused(&european).contains("save it as UTF-8 or Shift_JIS"));
    assert!(command_line.import_refused("").contains("the file is empty"));
    assert!(command_line.import_refused(b"PK\x03\x04 and no more").contains("cut off"));
    assert!(command_line.import_refused(b"%PDF-1.7").contains("PDF"));
    assert!(command_line.import_refused("hersys_id,birth_date\n\"1234567").contains("never closes"));
    assert!(
        command_line
            .import_refused("番号,誕生日\n")
            .contains("holds the column names; put them in one row above the patients")
    );
    assert_eq!(command_line.import(&japanese), "2 new, 0 changed, 0 unchanged\n");
    for path in ["/nowhere/list.csv", "/tmp"] {
        assert!(command_line.refuses(&["patients", "import", path, "--centre", "13101"]).contains(path));
    }
}

async fn titles_above_the_column_names_are_named(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let list = command_line.list(format!("健康観察者名簿\n\n{LIST}"));
    let arguments = ["patients", "import", list.to_str().unwrap(), "--centre", "13101", "--dry-run"];
    let said = command_line.does(&arguments);
    assert!(said.ends_with("\nrows above the column names, not read: 1\n"), "{said}");
    let json: serde_json::Value =
        serde_json::from_str(&command_line.does(&[&arguments[..], &["--json"]].concat())).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!((&json["new"], &json["rows_above"], &json["sheet"]), (&2.into(), &vec![1].into(), &().into()));
    assert_eq!(keys.len(), 13, "every field is there for a text file too: {keys:?}");
}

async fn many_findings_are_counted(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let row = "12,1980-01-01,a,b\n";
    let said = command_line.import_refused(format!("hersys_id,birth_date,family_name,given_name\n{}", row.repeat(250)));
    assert_eq!(said.lines().count(), 202);
    assert!(said.contains("\nand 50 more\nkenkocall: nothing was imported: the list has 250 things to mend\n"));
}

async fn the_sheet_is_named_and_hidden_rows_are_counted(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let mut book = Workbook::new();
    for (name, id) in [("10月", "1111111"), ("11月", "2222222")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (column, name) in (0..).zip(["HER-SYS ID", "生年月日", "姓", "名"]) {
            sheet.write(0, column, name).unwrap();
        }
        for (row, id) in [(1, id), (2, "3333333")] {
            for (column, value) in (0..).zip([id, "1980-04-01", "見本", "花子"]) {
                sheet.write(row, column, value).unwrap();
            }
        }
        sheet.set_row_hidden(2).unwrap();
    }
    book.add_worksheet().set_name("旧").unwrap().set_hidden(true).write(0, 0, "HER-SYS ID").unwrap();
    let list = command_line.list(book.save_to_buffer().unwrap());
    let import = ["patients", "import", list.to_str().unwrap(), "--centre", "13101"];
    let sentence = command_line.refuses(&import);
    assert!(
        sentence.contains("several sheets hold a list: “10月”, “11月”; choose one with --sheet NAME"),
        "{sentence}"
    );
    for (arguments, first) in [
        (&["--sheet", "11月", "--dry-run"][..], "2 new, 0 changed, 0 unchanged (dry run: nothing was written)"),
        (&["--sheet", "11月"], "2 new, 0 changed, 0 unchanged"),
    ] {
        let said = command_line.does(&[&import[..], arguments].concat());
        let expected = [
            first,
            "sheet read: “11月”",
            "other sheets, not read: “10月”",
            "hidden sheets, not read: “旧”",
            "hidden rows, read like the others: 1 (hidden by a filter or by hand)",
            "",
        ];
        assert_eq!(said.split('\n').collect::<Vec<_>>(), expected);
    }
    assert!(is_registered(&fresh, "2222222").await && !is_registered(&fresh, "1111111").await);
    let hidden = command_line.refuses(&[&import[..], &["--sheet", "旧"]].concat());
    assert!(hidden.contains("this sheet is hidden"), "{hidden}");
    let wrong = command_line.refuses(&[&import[..], &["--sheet", "12月"]].concat());
    assert!(wrong.contains("the visible ones are “10月”, “11月”"), "{wrong}");
}

async fn ids_that_may_have_lost_zeros_are_warned_about(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let header = "hersys_id,birth_date,family_name,given_name\n";
    command_line.import(format!("{header}01234567,1980-04-01,見本,花子\n7654321,1980-04-01,見本,次郎\n"));
    let list = command_line.list(format!(
        "{header}1234567,1980-04-01,見本,花子\n07654321,1980-04-01,見本,次郎\n0111111,1980-04-01,見本,三郎\n"
    ));
    for _ in 0..2 {
        let output =
            command_line.output(&["patients", "import", list.to_str().unwrap(), "--centre", "13101", "--dry-run"]);
        let warned = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success());
        assert!(
            warned.contains("rows 2, 3: a patient is registered under a HER-SYS ID that differs in leading zeros only"),
            "{warned}"
        );
        assert!(!warned.contains("1234567"), "{warned}");
    }
}

async fn the_samples_are_imported(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/samples/");
    for (name, said) in [
        ("patients_utf8.csv", "4 new, 0 changed, 0 unchanged\n"),
        ("patients_shift_jis.csv", "0 new, 0 changed, 4 unchanged\n"),
        ("patients.xlsx", "0 new, 0 changed, 4 unchanged\nsheet read: “療養者”\n"),
    ] {
        let output = command_line.output(&["patients", "import", &format!("{samples}{name}"), "--centre", "13101"]);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), said, "{name}");
        assert!(!String::from_utf8(output.stderr).unwrap().contains("warning"), "{name}");
    }
}

async fn nobody_sees_anything_of_a_killed_import(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    let mut rows = "hersys_id,birth_date,family_name,given_name,phone_number,automated_call\n".to_owned();
    for nth in 0..4_000 {
        writeln!(rows, "{},1980-04-01,見本,花子,0901{nth:07},yes", 1_000_000 + nth).unwrap();
    }
    let list = command_line.list(&rows);
    let mut command = command_line.command(&["patients", "import", list.to_str().unwrap(), "--centre", "13101"]);
    let mut importing = command.stdout(Stdio::null()).spawn().unwrap();
    let kept = DatabaseAssertions::at(&fresh.url);
    while kept.count("held_audit").await < 500 {
        assert!(importing.try_wait().unwrap().is_none(), "it has more to write");
    }
    importing.kill().unwrap();
    importing.wait().unwrap();
    let written = kept.count("patients").await;
    assert!((500..4_000).contains(&written), "{written}");
    assert!(!command_line.does(&["patients", "list"]).contains("見本"));
    assert!(command_line.refuses(&["patients", "show", "1000000"]).contains("HER-SYS ID"));
    // Once its claim has ended, the next command removes what it has written.
    kept.rows("UPDATE imports SET claimed_until = 0").await;
    command_line.does(&["centres", "list"]);
    for table in ["patients", "held_audit", "held_changes", "person_keys WHERE about = 'patient'"] {
        assert_eq!(kept.count(table).await, 0, "{table}");
    }
    assert!(command_line.does(&["audit", "list"]).contains("patients.import_undone"));
    assert_eq!(command_line.import(&rows), "4000 new, 0 changed, 0 unchanged\n");
}
