//! What forgets old rows runs beside callers and log-ins, so it finds them by an index.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use crate::databases::{Fresh, on_sqlite};

/// Tables with few rows, whatever the number of patients, or that are read from one end: the reason is given.
const READ_WHOLE: [(&str, &str); 1] = [("nodes", "one row for each process")];

#[tokio::test]
async fn old_rows_are_found_by_an_index() {
    on_sqlite(async |fresh: Fresh| {
        let mut other = sqlx::SqliteConnection::connect(&fresh.url).await.unwrap();
        let mut found = Vec::new();
        statements(Path::new("src/store"), &mut found);
        assert!(found.len() > 8, "the statements aren't found any more: {found:?}");
        for statement in found {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            let steps = sqlx::query(AssertSqlSafe(explain)).fetch_all(&mut other).await.unwrap();
            let plan: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
            let is_small = READ_WHOLE.iter().any(|(table, _)| statement.contains(table));
            assert_eq!(plan.iter().any(|step| step.starts_with("SCAN")), is_small, "{statement}: {plan:?}");
        }
    })
    .await;
}

/// Collects the statements that delete rows older than something.
fn statements(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            statements(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let starts = text.match_indices("\"DELETE FROM ").map(|(at, _)| &text[at + 1..]);
        let whole = starts.filter_map(|rest| Some(rest[..rest.find('"')?].to_owned()));
        found.extend(whole.filter(|statement| statement.contains(" < $") || statement.contains(" <= $")));
    }
}
