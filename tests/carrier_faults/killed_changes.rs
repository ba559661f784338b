//! The program is killed without warning while a patient is accepted by another health centre, and while a list is
//! imported: afterwards it happened as a whole or not at all, nobody is called twice, and the same command finishes it.

use std::time::Duration;

use kenkocall::lab::synthetic_identity;

use super::databases::Fresh;
use super::deployment::Deployment;
use crate::on_both_databases;

on_both_databases!(
    a_transfer_whose_programs_are_killed_happened_or_not,
    an_import_that_is_killed_goes_on_or_never_happened,
);

/// Patients who are transferred, each with a kill.
const TRANSFERS: u32 = 6;
/// The other health centre.
const OTHER: &str = "27100";
/// Rows of the list.
const ROWS: u32 = 3_000;

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
