//! Asks a question again because the caller wants to hear it, without counting a try.

use super::interpreter::{Interpreter, InvalidFlow, Transition};
use crate::flow::{Node, NodeKind, Retry};

/// How often a question is repeated without a try: enough for a caller who looks for a number, and an end for a fax
/// machine or a toy.
const MAX_REPEATS: u8 = 10;

/// Asks the question again. A caller who wants it repeated without end gives up.
pub(super) fn repeat(interpreter: &mut Interpreter<'_>, node: &Node) -> Result<Transition, InvalidFlow> {
    let retry = retry_of(node).ok_or(InvalidFlow)?;
    interpreter.session.repeats = interpreter.session.repeats.saturating_add(1);
    if interpreter.session.repeats > MAX_REPEATS {
        return Ok(Transition::To(retry.give_up.to.clone()));
    }
    Ok(Transition::Again)
}

/// What a question does after silence, wrong keys and the last try.
pub(super) fn retry_of(node: &Node) -> Option<&Retry> {
    match &node.kind {
        NodeKind::Menu(menu) => Some(&menu.retry),
        NodeKind::Gather(gather) => Some(&gather.retry),
        NodeKind::Confirm(confirm) => Some(&confirm.retry),
        _ => None,
    }
}
