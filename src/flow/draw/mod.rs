//! A flow as a picture that a nurse can follow with a finger. The main path runs downwards, side paths are on the
//! right, and what happens if nobody answers is thin and grey.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "places in the picture's own lists; it draws a contributor's documents, and takes nothing from outside"
)]

mod cards;
mod layout;
mod paint;
mod routes;
mod text;
mod words;

use super::FlowSet;
use crate::domain::Language;

/// Draws a flow as SVG with the wording of one language. The same documents yield the same picture, byte for byte.
/// Returns `None` if there is no such flow.
pub fn draw(flow_set: &FlowSet, flow: &str, language: Language) -> Option<String> {
    let flow = flow_set.flow(flow)?;
    let words = words::Words { flow_set, flow, language };
    let mut picture = layout::place(&words);
    let lanes = routes::route(&mut picture);
    Some(paint::svg(&words, &picture, &lanes))
}
