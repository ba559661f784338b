//! The documents that calls began with. An upgrade changes the current set; calls under way keep theirs.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use super::SwitchboardError;
use crate::flow::Library;
use crate::store::{Tx, flow_sets};

/// The current document set, and earlier ones as calls need them.
#[derive(Debug)]
pub struct Libraries {
    current: Arc<Library>,
    earlier: RwLock<HashMap<String, Arc<Library>>>,
}

impl Libraries {
    /// Calls begin with `current` from now on.
    pub fn new(current: Arc<Library>) -> Self {
        Self { current, earlier: RwLock::default() }
    }

    /// The set that new calls begin with.
    pub fn current(&self) -> &Arc<Library> {
        &self.current
    }

    /// The set of a call, read from the database when this program was started with another.
    pub(super) async fn of(&self, tx: &mut Tx, digest: &str) -> Result<Arc<Library>, SwitchboardError> {
        if digest == self.current.digest {
            return Ok(Arc::clone(&self.current));
        }
        let known = self.earlier.read().ok().and_then(|earlier| earlier.get(digest).cloned());
        if let Some(library) = known {
            return Ok(library);
        }
        let library = stored(tx, digest).await?;
        if let Ok(mut earlier) = self.earlier.write() {
            earlier.insert(digest.to_owned(), Arc::clone(&library));
        }
        Ok(library)
    }
}

/// A set that calls began with, as it was kept.
pub(in crate::service) async fn stored(tx: &mut Tx, digest: &str) -> Result<Arc<Library>, SwitchboardError> {
    let unreadable = SwitchboardError::Unreadable("document set");
    let Some(files) = flow_sets::get(tx, digest).await? else { return Err(unreadable) };
    let Ok(files) = serde_json::from_str::<BTreeMap<String, String>>(&files.files) else { return Err(unreadable) };
    // It was checked by the program that began the call; today's rules may be stricter.
    Ok(Arc::new(Library::read(files).0))
}
