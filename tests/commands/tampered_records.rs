//! Answers, reports and alerts that were changed or deleted outside the program are found and named. Intentional
//! erasure leaves a trail that verifies.

use std::process::Output;
use std::time::Duration;

use jiff::Timestamp;
use kenkocall::carrier::simulator::{NetworkFaults, Script};
use kenkocall::service::{SealedBy, erase_report, seal_left_behind, seal_older_rows, seal_trail};

use crate::simulated_day::{Day, finishes, today};
use crate::{CommandLine, databases::Fresh, db_assertions::DatabaseAssertions};

crate::on_both_databases!(
    an_answer_that_was_changed_behind_the_program_is_found_and_named,
    a_row_that_was_deleted_behind_the_program_is_found_and_named,
    an_end_that_was_changed_behind_the_program_is_found_and_named,
    a_row_that_was_put_in_behind_the_program_is_found_and_named,
    what_is_erased_on_purpose_is_told_from_what_was_deleted,
    rows_of_an_older_version_are_sealed_as_they_were_found,
    rows_that_a_dead_process_left_behind_are_sealed_as_found,
    an_alert_that_a_command_closes_is_sealed_when_it_ends,
);

/// A day with three reports, and an alert for a patient who doesn't answer.
async fn reported(fresh: &Fresh) -> Day {
    let patients = vec![
        ("13:30", vec![finishes().into()]),
        ("13:31", vec![finishes().into()]),
        ("13:32", vec![Script::rings_out().into()]),
    ];
    let day = today(fresh, patients, NetworkFaults::FAIR).await;
    day.until("15:30:00").await;
    day
}

/// The output of `audit verify`, and its exit code.
fn verified(command_line: &CommandLine<'_>) -> (String, Option<i32>) {
    let Output { status, stdout, stderr } = command_line.output(&["audit", "verify"]);
    (String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap(), status.code())
}

fn fits(command_line: &CommandLine<'_>) -> String {
    let (said, code) = verified(command_line);
    assert_eq!(code, Some(0), "{said}");
    said
}

fn chain_errors(command_line: &CommandLine<'_>, names: &[&str]) {
    let (said, code) = verified(command_line);
    assert_eq!(code, Some(4), "{said}");
    for name in names {
        assert!(said.contains(name), "{name} in {said}");
    }
    for value in ["090", "098", "花子"] {
        assert!(!said.contains(&format!(" {value}")), "{said}");
    }
}

async fn first(kept: &DatabaseAssertions, sql: &str) -> String {
    kept.column(sql).await.into_iter().next().expect("a row")
}

async fn an_answer_that_was_changed_behind_the_program_is_found_and_named(fresh: Fresh) {
    let (command_line, kept) = (CommandLine(&fresh), DatabaseAssertions::at(&fresh.url));
    reported(&fresh).await;
    seal_trail(&fresh.database).await.unwrap();
    let said = fits(&command_line);
    assert!(said.contains("answers, reports and alerts are as they were sealed\n"), "{said}");
    let report = first(&kept, "SELECT report_id FROM answers WHERE item = 'spo2' ORDER BY report_id").await;
    let of_report = format!("report_id = '{report}' AND item = 'spo2'");
    let before = first(&kept, &format!("SELECT entry FROM answers WHERE {of_report}")).await;
    for (column, value) in [("entry", "090"), ("severity", "red"), ("item", "cough_or_runny_nose")] {
        let stood = first(&kept, &format!("SELECT {column} FROM answers WHERE {of_report}")).await;
        kept.rows(&format!("UPDATE answers SET {column} = '{value}' WHERE {of_report}")).await;
        chain_errors(&command_line, &[&format!("an answer of report {report} (answer "), "was changed"]);
        let changed = of_report.replace("'spo2'", if column == "item" { "'cough_or_runny_nose'" } else { "'spo2'" });
        let one = format!("UPDATE answers SET {column} = '{stood}' WHERE {changed} AND entry = '{before}'");
        let any = format!("UPDATE answers SET {column} = '{stood}' WHERE {changed}");
        kept.rows(if column == "item" { &one } else { &any }).await;
        fits(&command_line);
    }
    kept.rows(&format!("UPDATE answers SET late = true WHERE {of_report}")).await;
    chain_errors(&command_line, &[&report]);
}

async fn a_row_that_was_deleted_behind_the_program_is_found_and_named(fresh: Fresh) {
    let (command_line, kept) = (CommandLine(&fresh), DatabaseAssertions::at(&fresh.url));
    reported(&fresh).await;
    seal_trail(&fresh.database).await.unwrap();
    let alert = first(&kept, "SELECT id FROM alerts WHERE kind = 'unanswered'").await;
    kept.rows(&format!("DELETE FROM alerts WHERE id = '{alert}'")).await;
    chain_errors(&command_line, &[&format!("alert {alert} was deleted")]);
    let answer = first(&kept, "SELECT id FROM answers ORDER BY id").await;
    let report = first(&kept, &format!("SELECT report_id FROM answers WHERE id = '{answer}'")).await;
    kept.rows(&format!("DELETE FROM answers WHERE report_id = '{report}'")).await;
    kept.rows(&format!("DELETE FROM reports WHERE id = '{report}'")).await;
    let named =
        [format!("alert {alert} was deleted"), format!("report {report} was deleted"), format!("(answer {answer})")];
    chain_errors(&command_line, &named.each_ref().map(String::as_str));
}

async fn an_end_that_was_changed_behind_the_program_is_found_and_named(fresh: Fresh) {
    let (command_line, kept) = (CommandLine(&fresh), DatabaseAssertions::at(&fresh.url));
    reported(&fresh).await;
    seal_trail(&fresh.database).await.unwrap();
    // A closed alert is no longer on the list.
    let alert = first(&kept, "SELECT id FROM alerts WHERE closed_at IS NULL").await;
    kept.rows(&format!("UPDATE alerts SET closed_at = 1, closed_by = 'nobody' WHERE id = '{alert}'")).await;
    chain_errors(&command_line, &[&format!("alert {alert} has another end")]);
    kept.rows(&format!("UPDATE alerts SET closed_at = NULL, closed_by = NULL WHERE id = '{alert}'")).await;
    fits(&command_line);
    let report = first(&kept, "SELECT id FROM reports WHERE outcome = 'reported'").await;
    kept.rows(&format!("UPDATE reports SET stopped_after = 'spo2' WHERE id = '{report}'")).await;
    chain_errors(&command_line, &[&format!("report {report} has another end")]);
    kept.rows(&format!("UPDATE reports SET stopped_after = NULL WHERE id = '{report}'")).await;
    fits(&command_line);
    kept.rows(&format!("UPDATE reports SET outcome = 'unanswered', ended_at = NULL WHERE id = '{report}'")).await;
    chain_errors(&command_line, &[&format!("report {report} has another end")]);
}

/// The latest answer to a question counts, so an inserted row has the same effect as a changed one.
async fn a_row_that_was_put_in_behind_the_program_is_found_and_named(fresh: Fresh) {
    let (command_line, kept) = (CommandLine(&fresh), DatabaseAssertions::at(&fresh.url));
    reported(&fresh).await;
    seal_older_rows(&fresh.database, Timestamp::now()).await.unwrap();
    seal_trail(&fresh.database).await.unwrap();
    fits(&command_line);
    let new = "01929f6a-0000-7000-8000-00000000000";
    let columns = "report_id, call_id, turn, item, entry, severity, at, late";
    let answer = first(&kept, "SELECT id FROM answers WHERE item = 'spo2' ORDER BY id").await;
    // With the salt of another row and without one; twenty days old and new.
    for (nth, salt, at) in [(1, "salt", "at - 1728000000"), (2, "NULL", "at + 1")] {
        let copied = columns.replace(" at,", &format!(" {at},"));
        let select = format!("SELECT '{new}{nth}', {copied}, {salt} FROM answers WHERE id = '{answer}'");
        kept.rows(&format!("INSERT INTO answers (id, {columns}, salt) {select}")).await;
        chain_errors(&command_line, &[&format!("(answer {new}{nth}) has no seal")]);
        kept.rows(&format!("DELETE FROM answers WHERE id = '{new}{nth}'")).await;
        fits(&command_line);
    }
    let (columns, alert) = ("kind, raised_at, occurrences", "SELECT id FROM alerts ORDER BY id");
    let alert = first(&kept, alert).await;
    let select = format!("SELECT '{new}3', {columns} FROM alerts WHERE id = '{alert}'");
    kept.rows(&format!("INSERT INTO alerts (id, {columns}) {select}")).await;
    chain_errors(&command_line, &[&format!("alert {new}3 has no seal")]);
    // In place of a deleted one: both are named.
    kept.rows(&format!("DELETE FROM alerts WHERE id = '{alert}'")).await;
    chain_errors(&command_line, &[&format!("alert {new}3 has no seal"), &format!("alert {alert} was deleted")]);
    // Rows that were sealed as found at a start are reported as such.
    seal_left_behind(&fresh.database, Timestamp::now(), Duration::ZERO).await.unwrap();
    chain_errors(&command_line, &[&format!("alert {alert} was deleted")]);
}

async fn what_is_erased_on_purpose_is_told_from_what_was_deleted(fresh: Fresh) {
    let (command_line, kept) = (CommandLine(&fresh), DatabaseAssertions::at(&fresh.url));
    reported(&fresh).await;
    let report = first(&kept, "SELECT id FROM reports WHERE outcome = 'reported'").await;
    let answers = kept.count(&format!("answers WHERE report_id = '{report}'")).await;
    let erased =
        erase_report(&fresh.database, report.parse().unwrap(), SealedBy::PROGRAM, Timestamp::now()).await.unwrap();
    assert_eq!(erased as u64, answers + 1);
    seal_trail(&fresh.database).await.unwrap();
    let said = fits(&command_line);
    assert!(said.contains(&format!("; {erased} were erased, as the trail says")), "{said}");
    let other = first(&kept, "SELECT id FROM reports WHERE outcome = 'reported'").await;
    kept.rows(&format!("DELETE FROM answers WHERE report_id = '{other}'")).await;
    chain_errors(&command_line, &[&format!("an answer of report {other}"), "was deleted"]);
}

async fn rows_of_an_older_version_are_sealed_as_they_were_found(fresh: Fresh) {
    let (command_line, kept) = (CommandLine(&fresh), DatabaseAssertions::at(&fresh.url));
    reported(&fresh).await;
    // As if an earlier version had written them: nothing waits to be sealed, and no row has a salt.
    fresh.database.seals().take();
    for table in ["answers", "reports", "alerts"] {
        kept.rows(&format!("UPDATE {table} SET salt = NULL")).await;
    }
    let rows = kept.count("answers").await + kept.count("reports").await + kept.count("alerts").await;
    assert!(fits(&command_line).contains(&format!("; {rows} aren't sealed yet")));
    assert_eq!(seal_older_rows(&fresh.database, Timestamp::now()).await.unwrap(), rows);
    assert_eq!(seal_older_rows(&fresh.database, Timestamp::now()).await.unwrap(), 0, "once");
    seal_trail(&fresh.database).await.unwrap();
    let said = fits(&command_line);
    assert!(
        said.contains(&format!("{rows} were sealed as they were found")) && !said.contains("aren't sealed"),
        "{said}"
    );
    let report = first(&kept, "SELECT report_id FROM answers WHERE item = 'spo2'").await;
    kept.rows(&format!("UPDATE answers SET entry = '090' WHERE item = 'spo2' AND report_id = '{report}'")).await;
    chain_errors(&command_line, &[&report]);
}

async fn rows_that_a_dead_process_left_behind_are_sealed_as_found(fresh: Fresh) {
    let (command_line, kept) = (CommandLine(&fresh), DatabaseAssertions::at(&fresh.url));
    reported(&fresh).await;
    // Some rows were sealed; then the process dies, and the waiting ones are lost.
    let mut waited = fresh.database.seals().take();
    assert!(waited.len() > 20, "{waited:?}");
    let found = seal_left_behind(&fresh.database, Timestamp::now(), Duration::ZERO).await.unwrap();
    // A row that was queued twice is found once, with its current content.
    waited.sort_by_key(|seal| seal.key);
    waited.dedup_by_key(|seal| seal.key);
    assert_eq!(found, waited.len());
    assert_eq!(seal_left_behind(&fresh.database, Timestamp::now(), Duration::ZERO).await.unwrap(), 0, "once");
    let said = fits(&command_line);
    let rows = kept.count("answers").await + kept.count("reports").await + kept.count("alerts").await;
    assert!(said.contains(&format!("; {rows} were sealed as they were found")) && !said.contains("aren't"), "{said}");
}

async fn an_alert_that_a_command_closes_is_sealed_when_it_ends(fresh: Fresh) {
    let (command_line, kept) = (CommandLine(&fresh), DatabaseAssertions::at(&fresh.url));
    reported(&fresh).await;
    seal_trail(&fresh.database).await.unwrap();
    let alert = first(&kept, "SELECT id FROM alerts WHERE closed_at IS NULL").await;
    command_line.does(&["alerts", "close", &alert]);
    fits(&command_line);
    kept.rows(&format!("UPDATE alerts SET closed_by = 'somebody else' WHERE id = '{alert}'")).await;
    chain_errors(&command_line, &[&alert]);
}
