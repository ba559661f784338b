//! Where a report stopped: who leaves after the advice on a red answer has reported, and the other questions stay open.

use super::ask::after_record;
use super::branch::choose;
use super::interpreter::Interpreter;
use super::session::{Frame, Opened};
use crate::domain::Item;
use crate::flow::{NodeKind, RecordWhat};

/// The question after which the report stops if it is closed as reported now. `None` if the flow asks no other one.
pub(super) fn stopped_after(interpreter: &Interpreter<'_>) -> Option<Item> {
    let (last, _) = interpreter.session.person.as_ref()?.answers.last()?;
    asks_more(interpreter).then_some(*last)
}

/// Whether the flow of the questions asks another one before it ends, from where it stands. Flows that a key or a red
/// answer has opened lie beside it.
fn asks_more(interpreter: &Interpreter<'_>) -> bool {
    let asks = |frame: &&Frame| !matches!(frame.opened, Opened::ByKey | Opened::ByRedAnswer);
    let Some(frame) = interpreter.session.stack.iter().take_while(asks).last() else { return false };
    let Some(flow) = interpreter.flow_set.flow(frame.flow.as_str()) else { return false };
    let mut at = &frame.node;
    // A way without a circle is no longer than that.
    for _ in 0..flow.nodes.len() {
        let Some(node) = flow.nodes.get(at) else { return false };
        let next = match &node.kind {
            NodeKind::Menu(_) | NodeKind::Gather(_) | NodeKind::Confirm(_) => {
                let answered = node.question().filter(|item| interpreter.session.answer(*item).is_some());
                let Some(item) = answered else { return true };
                after_record(flow, item)
            }
            NodeKind::Announce(announce) => Some(&announce.next.to),
            NodeKind::Branch(branch) => Some(choose(interpreter, &flow.name, branch)),
            NodeKind::Record(record) => {
                let ends = matches!(record.what, RecordWhat::Report);
                (!ends).then_some(&record.next.to)
            }
            NodeKind::Identify(_) | NodeKind::SubFlow(_) | NodeKind::HandOver(_) | NodeKind::End(_) => None,
        };
        let Some(next) = next else { return false };
        at = next;
    }
    false
}
