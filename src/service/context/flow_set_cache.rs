//! The flow sets that calls began with. An upgrade changes the current set. Calls in progress keep theirs.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use crate::flow::FlowSet;
use crate::store::{StoreError, Tx, flow_sets};

/// Why a flow set of earlier calls can't be loaded.
#[derive(Debug)]
pub(in crate::service) enum FlowSetError {
    /// The database failed.
    Store(StoreError),
    /// It isn't stored, or can't be read.
    Unreadable,
}

impl From<StoreError> for FlowSetError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The current flow set, and earlier ones that calls need.
#[derive(Debug)]
pub struct FlowSetCache {
    current: Arc<FlowSet>,
    earlier: RwLock<HashMap<String, Arc<FlowSet>>>,
}

impl FlowSetCache {
    /// A cache whose new calls begin with `current`.
    pub fn new(current: Arc<FlowSet>) -> Self {
        Self { current, earlier: RwLock::default() }
    }

    /// The set that new calls begin with.
    pub fn current(&self) -> &Arc<FlowSet> {
        &self.current
    }

    /// The flow set of a call. It is read from the database if the program was started with another.
    pub(in crate::service) async fn of(&self, tx: &mut Tx, digest: &str) -> Result<Arc<FlowSet>, FlowSetError> {
        if digest == self.current.digest {
            return Ok(Arc::clone(&self.current));
        }
        let known = self.earlier.read().ok().and_then(|earlier| earlier.get(digest).cloned());
        if let Some(flow_set) = known {
            return Ok(flow_set);
        }
        let flow_set = stored_flow_set(tx, digest).await?;
        if let Ok(mut earlier) = self.earlier.write() {
            earlier.insert(digest.to_owned(), Arc::clone(&flow_set));
        }
        Ok(flow_set)
    }
}

/// A stored flow set of earlier calls.
pub(in crate::service) async fn stored_flow_set(tx: &mut Tx, digest: &str) -> Result<Arc<FlowSet>, FlowSetError> {
    let Some(files) = flow_sets::get(tx, digest).await? else { return Err(FlowSetError::Unreadable) };
    let Ok(files) = serde_json::from_str::<BTreeMap<String, String>>(&files.files) else {
        return Err(FlowSetError::Unreadable);
    };
    // It was checked by the program that began the call. Today's checks may be stricter.
    Ok(Arc::new(FlowSet::read(files).0))
}
