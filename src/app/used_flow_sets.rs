//! Compares the current flow set with sets that earlier calls began with.

use crate::flow::fault::Earlier;
use crate::flow::{Finding, FlowSet, changed_without_version};
use crate::store::{Database, flow_sets};

/// The number of most recently used sets that are compared with the current one.
const SETS_COMPARED: u32 = 10;

/// Finds differences from the sets that earlier calls began with, in flows with the same version. With such
/// differences, records of calls don't show which wording a patient heard.
pub(super) async fn used_otherwise(database: &Database, flow_set: &FlowSet) -> anyhow::Result<Vec<Finding>> {
    let mut tx = database.begin_read().await?;
    let sets = flow_sets::latest(&mut tx, SETS_COMPARED).await?;
    drop(tx);
    let mut found: Vec<Finding> = Vec::new();
    for set in sets.into_iter().filter(|set| set.digest != flow_set.digest) {
        let Ok(files) = serde_json::from_str(&set.files) else { continue };
        let changed = changed_without_version(flow_set, &FlowSet::read(files).0, Earlier::UsedSince(set.loaded_at));
        // Report only the differences from the latest set of a version.
        let new = |one: &Finding| !found.iter().any(|known| (&known.file, known.line) == (&one.file, one.line));
        let new: Vec<Finding> = changed.into_iter().filter(new).collect();
        found.extend(new);
    }
    Ok(found)
}
