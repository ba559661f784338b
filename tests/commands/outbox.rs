//! `kenkocall outbox`: what staff see of the jobs, and what they do about those that were given up.

use serde_json::json;

use crate::db_assertions::DatabaseAssertions;
use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(jobs_that_were_given_up_are_shown_retried_and_discarded);

/// Jobs in each state. The times are those of 2026-11-24, and of 2099 for a claim that is valid.
const JOBS: &str = "INSERT INTO outbox
    (id, kind, job, due_at, attempts, claimed_by, claimed_until, failed_at, failure) VALUES
    ('0192f0c1-7f3a-7c11-8d5b-000000000001', 'withdraw', '{}', 1795478400000, 3, NULL, NULL, NULL, NULL),
    ('0192f0c1-7f3a-7c11-8d5b-000000000002', 'tell_centre', '{}', 1795478400001, 1,
     '0192f0c1-7f3a-7c11-8d5b-0000000000ff', 4070908800000, NULL, NULL),
    ('0192f0c1-7f3a-7c11-8d5b-000000000003', 'certificate', '{}', 1795478400002, 0, NULL, NULL, NULL, NULL),
    ('0192f0c1-7f3a-7c11-8d5b-000000000004', 'withdraw', '{}', 1795478400003, 20, NULL, NULL, 1795507200000,
     'database'),
    ('0192f0c1-7f3a-7c11-8d5b-000000000005', 'withdraw', '{}', 1795478400004, 0, NULL, NULL, 1795507200001,
     'of_later')";

async fn jobs_that_were_given_up_are_shown_retried_and_discarded(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    assert_eq!(command_line.does(&["outbox", "list"]), "no open jobs\n");
    assert_eq!(command_line.does(&["outbox", "list", "--failed"]), "no job was given up\n");
    assert_eq!(command_line.does(&["outbox", "retry", "--all"]), "nothing to change: no job was given up\n");
    DatabaseAssertions::at(&fresh.url).rows(JOBS).await;
    insta::assert_snapshot!("outbox", command_line.does(&["outbox", "list"]));
    insta::assert_snapshot!("outbox_json", command_line.does(&["outbox", "list", "--failed", "--json"]));

    let [waiting, failed, of_later] = [1, 4, 5].map(|nth| format!("0192f0c1-7f3a-7c11-8d5b-{nth:012}"));
    assert!(command_line.refuses(&["outbox", "retry", "seven"]).contains("`kenkocall outbox list` shows them"));
    assert!(command_line.refuses(&["outbox", "retry", &waiting]).contains("no job with this id was given up"));
    assert!(command_line.refuses(&["outbox", "discard", &waiting]).contains("no job with this id was given up"));
    assert_eq!(command_line.does(&["outbox", "discard", &of_later]), "the job is dropped\n");
    let retried: serde_json::Value =
        serde_json::from_str(&command_line.does(&["outbox", "retry", "--all", "--json"])).unwrap();
    assert_eq!(retried, json!({ "retried": [failed], "simulated": false }));
    assert_eq!(command_line.does(&["outbox", "list", "--failed"]), "no job was given up\n");
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("outbox WHERE done_at IS NULL AND failure IS NULL").await, 4);
}
