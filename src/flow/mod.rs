//! Flow documents: what is said, what is asked, and where it goes on. See `docs/flows.md`.

mod check;
mod draw;
mod exits;
mod finding;
mod model;
mod parse;

pub use check::ENGINE_PROMPTS;
pub use draw::draw;
pub use exits::Exit;
pub use finding::Finding;
pub use model::*;
