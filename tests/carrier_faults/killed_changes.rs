//! The program is killed without warning while a patient is accepted by another health centre, while a list is
//! imported, and while it changes many patients for the console: afterwards it happened as a whole or not at all, or
//! goes on, nobody is called twice, and the same command finishes it.

use std::sync::Arc;
use std::time::Duration;

use kenkocall::domain::{Actor, BulkState, CentreCode, LogInName, Role, RowFate, StaffName, UploadId};
use kenkocall::lab::{SYNTHETIC_CENTRE, synthetic_identity};
use kenkocall::service::{
    BulkChange, BulkOf, Clock, Context, NewAccount, PatientQuery, Received, Started, invite_staff, list_staff,
    prepare_bulk, receive_list, show_upload, start_bulk, start_import, sweep_uploads, undo_bulk,
};
use kenkocall::web::finding_words;

use super::databases::Fresh;
use super::deployment::Deployment;
use crate::on_both_databases;

on_both_databases!(
    a_transfer_whose_programs_are_killed_happened_or_not,
    an_import_that_is_killed_goes_on_or_never_happened,
    a_change_of_many_patients_goes_on_after_each_kill_and_so_does_its_undoing,
    an_import_in_the_console_goes_on_after_its_server_is_killed,
);

/// Patients who are transferred, each with a kill.
const TRANSFERS: u32 = 6;
/// The other health centre.
const OTHER: &str = "27100";
/// Rows of the list.
const ROWS: u32 = 3_000;
/// Patients who are changed at once.
const MANY: u32 = 2_000;

fn id_of(nth: u32) -> String {
    synthetic_identity(nth).unwrap().0.expose().to_owned()
}

/// Starts a command, and kills it and the server some time later.
async fn killed_after(deployment: &mut Deployment, arguments: &[&str], wait: Duration) {
    let mut command = deployment.program(arguments).spawn().unwrap();
    tokio::time::sleep(wait).await;
    deployment.line.kill();
    command.kill().unwrap();
    command.wait().unwrap();
    deployment.restart().await;
}

async fn a_transfer_whose_programs_are_killed_happened_or_not(fresh: Fresh) {
    let mut deployment = Deployment::of(&fresh, TRANSFERS, &[]).await;
    let add = ["centres", "add", "--code", OTHER, "--name", "架空区保健所", "--phone", "0352113642"];
    deployment.command(&add);
    // How long the command takes on this machine decides when it is killed.
    let begun = std::time::Instant::now();
    deployment.asks(&["patients", "transfer", &id_of(0), "--to", OTHER]).unwrap();
    let whole = begun.elapsed();
    for nth in 1..TRANSFERS {
        deployment.asks(&["patients", "transfer", &id_of(nth), "--to", OTHER]).unwrap();
    }
    for nth in 0..TRANSFERS {
        let id = id_of(nth);
        let accept = ["patients", "accept", id.as_str()];
        killed_after(&mut deployment, &accept, whole * (nth + 1) / TRANSFERS).await;
        let torn = "transfers t JOIN patients p ON p.id = t.patient_id WHERE p.centre_code <>
                    CASE t.state WHEN 'accepted' THEN t.to_centre ELSE t.from_centre END";
        assert_eq!(deployment.kept.count(torn).await, 0, "kill {nth}");
    }
    for nth in 0..TRANSFERS {
        // What didn't happen is done now. What did isn't found among the offers any more.
        let id = id_of(nth);
        let offers = format!(
            "transfers t JOIN patients p ON p.id = t.patient_id WHERE t.state = 'offered' AND p.hersys_id = '{id}'"
        );
        let is_open = deployment.kept.count(&offers).await == 1;
        let answer = deployment.asks(&["patients", "accept", id.as_str()]);
        assert_eq!(answer.is_ok(), is_open, "{answer:?}");
    }
    assert_eq!(deployment.kept.count("transfers WHERE state = 'accepted'").await, u64::from(TRANSFERS));
    assert_eq!(deployment.kept.count(&format!("patients WHERE centre_code = '{OTHER}'")).await, u64::from(TRANSFERS));
    deployment.until("attempts WHERE ended_at IS NULL AND (state <> 'unknown' OR asked_at IS NULL)", 0).await;
    deployment.nobody_rang_twice_for_a_call().await;
}

async fn an_import_that_is_killed_goes_on_or_never_happened(fresh: Fresh) {
    let mut deployment = Deployment::of(&fresh, 1, &[]).await;
    let before = deployment.kept.count("patients").await;
    let list = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let rows: String = (0..ROWS).map(|nth| format!("{},1948-04-12,見本,{nth}\n", 3_000_000 + nth)).collect();
    std::fs::write(&list, format!("HER-SYS ID,生年月日,姓,名\n{rows}")).unwrap();
    let centre = deployment.kept.column("SELECT code FROM centres").await.swap_remove(0);
    let import = ["patients", "import", list.to_str().unwrap(), "--centre", centre.as_str()];
    for tenths in [3, 8] {
        killed_after(&mut deployment, &import, Duration::from_millis(tenths * 100)).await;
        deployment.until("imports WHERE state = 'idle'", 1).await;
        let hidden = "patients p, imports i WHERE i.hidden >= 0 AND p.hersys_id LIKE '3%'";
        assert_eq!(deployment.kept.count(hidden).await, 0, "nothing is left hidden");
        let written = deployment.kept.count("patients").await - before;
        assert!(written == 0 || written == u64::from(ROWS), "{written} of {ROWS} rows were written");
    }
    deployment.asks(&import).unwrap();
    assert_eq!(deployment.kept.count("patients").await, before + u64::from(ROWS));
}

/// A nurse of the health centre, beside the server and not a part of it.
async fn nurse(fresh: &Fresh) -> (Arc<Context>, Actor) {
    let context = Context::new(fresh.database.clone(), Clock::system());
    let account = NewAccount {
        log_in_name: LogInName::parse("nurse@mihon.example").unwrap(),
        name: StaffName::parse("見本 直子").unwrap(),
        role: Role::Nurse,
        centre: Some(CentreCode::parse(SYNTHETIC_CENTRE).unwrap()),
    };
    invite_staff(&context, &Actor::System, account).await.unwrap();
    let actor = list_staff(&context, &Actor::System).await.unwrap().swap_remove(0).actor();
    (context, actor)
}

async fn a_change_of_many_patients_goes_on_after_each_kill_and_so_does_its_undoing(fresh: Fresh) {
    let mut deployment = Deployment::of(&fresh, 1, &[]).await;
    let list = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let rows: String = (0..MANY).map(|nth| format!("{},1948-04-12,見本,{nth}\n", 3_000_000 + nth)).collect();
    std::fs::write(&list, format!("HER-SYS ID,生年月日,姓,名\n{rows}")).unwrap();
    deployment.asks(&["patients", "import", list.to_str().unwrap(), "--centre", SYNTHETIC_CENTRE]).unwrap();
    let (context, actor) = nurse(&fresh).await;
    let before = deployment.kept.column("SELECT hersys_id || call_times FROM patients ORDER BY hersys_id").await;
    let everyone = PatientQuery::default();
    let times = BulkChange::CallTimes("10:30".to_owned());
    let bulk = prepare_bulk(&context, &actor, BulkOf::All(&everyone), &times).await.unwrap();
    for (step, outcome, state) in [("apply", "changed", "applied"), ("undo", "undone", "undone")] {
        // It was decided, and whoever decided it is killed before the first patient.
        deployment.line.kill();
        match step {
            "apply" => assert_eq!(start_bulk(&context, &actor, bulk).await.unwrap(), BulkState::Applying),
            _ => assert_eq!(undo_bulk(&context, &actor, bulk).await.unwrap(), BulkState::Undoing),
        }
        let done = format!("bulk_changes WHERE state = '{state}'");
        let (mut kills, mut partly) = (0, 0);
        deployment.restart().await;
        while deployment.kept.count(&done).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let noted = deployment.kept.count(&format!("bulk_rows WHERE outcome = '{outcome}'")).await;
            if noted > partly && kills < 3 {
                deployment.line.kill();
                (kills, partly) = (kills + 1, noted);
                deployment.restart().await;
            }
        }
        assert!(kills > 0, "{step}: it was done before the first kill");
        let noted = deployment.kept.count(&format!("bulk_rows WHERE outcome = '{outcome}'")).await;
        assert_eq!(noted, u64::from(MANY) + 1, "{step}");
        let changed = deployment.kept.count("patients WHERE call_times = '10:30'").await;
        assert_eq!(changed, if step == "apply" { noted } else { 0 }, "{step}");
    }
    let after = deployment.kept.column("SELECT hersys_id || call_times FROM patients ORDER BY hersys_id").await;
    assert_eq!(after, before, "undone as a whole");
    let repeated = "SELECT subject FROM audit WHERE action = 'patient.changed' GROUP BY subject HAVING count(*) > 2";
    assert_eq!(deployment.kept.count(&format!("({repeated}) AS r")).await, 0, "one change and its undoing of each");
    deployment.nobody_rang_twice_for_a_call().await;
}

async fn uploaded(context: &Context, actor: &Actor, list: String) -> UploadId {
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(list.into_bytes())]);
    match receive_list(context, actor, "list.csv", chunks).await.unwrap() {
        Received::Whole(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn an_import_in_the_console_goes_on_after_its_server_is_killed(fresh: Fresh) {
    let mut deployment = Deployment::of(&fresh, 1, &[]).await;
    let before = deployment.kept.count("patients").await;
    let (context, actor) = nurse(&fresh).await;
    let rows: String = (0..ROWS).map(|nth| format!("{},1948-04-12,見本,{nth}\n", 3_000_000 + nth)).collect();
    deployment.line.kill();
    let id = uploaded(&context, &actor, format!("HER-SYS ID,生年月日,姓,名\n{rows}")).await;
    sweep_uploads(&context, finding_words).await.unwrap();
    let plan = show_upload(&context, &actor, id, Some(RowFate::New), 0).await.unwrap().found.upload.plan;
    assert_eq!(start_import(&context, &actor, id, &plan).await.unwrap(), Started::Now);
    // It is killed once it has begun.
    deployment.restart().await;
    deployment.until("list_uploads WHERE claimed_by IS NOT NULL", 1).await;
    deployment.line.kill();
    let seen = deployment.kept.count("patients p, imports i WHERE p.import <> i.hidden").await - before;
    assert!(seen == 0 || seen == u64::from(ROWS), "{seen} of {ROWS} rows are seen");
    deployment.restart().await;
    deployment.until("list_uploads WHERE state = 'imported'", 1).await;
    assert_eq!(deployment.kept.count("patients").await, before + u64::from(ROWS));
    deployment.until("imports WHERE state = 'idle'", 1).await;
    let shown = show_upload(&context, &actor, id, Some(RowFate::New), 0).await.unwrap().found;
    assert!(shown.upload.state == kenkocall::domain::UploadState::Imported, "the page shows it");
}
