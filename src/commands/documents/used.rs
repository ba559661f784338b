//! The sets of flow documents that calls began with before, beside today's.

use crate::flow::{Finding, FlowSet};
use crate::store::{Database, flow_sets};

/// How many of the sets that were used last are compared with today's.
const SETS_COMPARED: u32 = 10;

/// What differs from the sets that calls began with before, in flows that have the same version: records of calls
/// wouldn't show which of the two a patient heard.
pub(in crate::commands) async fn used_otherwise(
    database: &Database,
    library: &FlowSet,
) -> anyhow::Result<Vec<Finding>> {
    let mut tx = database.begin_read().await?;
    let sets = flow_sets::latest(&mut tx, SETS_COMPARED).await?;
    drop(tx);
    let mut found: Vec<Finding> = Vec::new();
    for set in sets.into_iter().filter(|set| set.digest != library.digest) {
        let Ok(files) = serde_json::from_str(&set.files) else { continue };
        let called = format!("the documents in use since {:.0}", set.loaded_at);
        let changed = library.changed_without_version(&FlowSet::read(files).0, &called);
        // The latest set of a version speaks for it.
        let new = |one: &Finding| !found.iter().any(|known| (&known.file, known.line) == (&one.file, one.line));
        let new: Vec<Finding> = changed.into_iter().filter(new).collect();
        found.extend(new);
    }
    Ok(found)
}
