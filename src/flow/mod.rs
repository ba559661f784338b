//! Flow documents: what is said, what is asked, and where it goes on. See `docs/flows.md`.

mod model;

pub use model::*;
