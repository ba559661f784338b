//! Flow documents: what is said, what is asked, and where it goes on. See `docs/flows.md`.

mod check;
mod exits;
mod finding;
mod model;
mod parse;

pub use check::ENGINE_PROMPTS;
pub use exits::Exit;
pub use finding::Finding;
pub use model::*;

use std::collections::BTreeMap;

impl Library {
    /// Reads a set of documents and refuses it on any finding.
    ///
    /// # Errors
    /// With everything that is to be mended.
    pub fn checked(files: BTreeMap<String, String>) -> Result<Self, Vec<Finding>> {
        let (library, findings) = Self::read(files);
        if findings.is_empty() { Ok(library) } else { Err(findings) }
    }
}
