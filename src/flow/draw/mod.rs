//! A flow as a picture that a nurse can follow with a finger: the main way runs down the middle, side ways right,
//! and what happens when nobody answers is thin and grey.

#![allow(
    clippy::indexing_slicing,
    reason = "places in the picture's own lists; it draws a contributor's documents, and takes nothing from outside"
)]

mod cards;
mod layout;
mod paint;
mod routes;
mod text;
mod words;

use super::Library;
use crate::call::Language;

/// Draws a flow as SVG with the wording of one language. The same documents give the same picture, byte for byte.
/// `None` when there is no such flow.
pub fn draw(library: &Library, flow: &str, language: Language) -> Option<String> {
    let flow = library.flow(flow)?;
    let words = words::Words { library, flow, language };
    let mut picture = layout::place(&words);
    let lanes = routes::route(&mut picture);
    Some(paint::svg(&words, &picture, &lanes))
}
