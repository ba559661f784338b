//! Flow documents: what is said and asked, and in which order. See `docs/flows.md`.

#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
mod changed;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
mod check;
mod draw;
mod exits;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
mod finding;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
mod model;
pub mod names;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
mod parse;

pub use check::ENGINE_PROMPTS;
pub use draw::draw;
pub use exits::Exit;
pub use finding::Finding;
pub use model::*;
