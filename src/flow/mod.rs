//! Flow documents: what is said, what is asked, and where it goes on. See `docs/flows.md`.

mod finding;
mod model;
mod parse;

pub use finding::Finding;
pub use model::*;
