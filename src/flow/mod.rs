//! Flow documents: what is said and asked, and in which order. See `docs/flows.md`.

mod changed;
mod check;
mod draw;
mod exits;
pub mod fault;
mod finding;
pub mod form;
mod model;
pub mod names;
mod parse;
pub mod speech_time;

pub use changed::changed_without_version;
pub use check::ENGINE_PROMPTS;
pub use draw::draw;
pub use exits::Exit;
pub use finding::Finding;
pub use model::*;
