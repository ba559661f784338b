//! The terminal as a phone: prints what is said and reads keys.

use std::io::{BufRead, IsTerminal};

use anyhow::Context;

use super::language::text;
use super::messages::ToMessage as _;
use super::output::{closed, outln, write};
use crate::domain::{HangupCause, Keyed, Keys};
use crate::engine::{EventKind, NextAction, Reply, TransferOutcome, WordsFor, words};
use crate::flow::FlowSet;

/// Prints what the caller hears.
pub(crate) fn show(flow_set: &FlowSet, reply: &Reply) {
    for utterance in &reply.say {
        outln!("  {}", words(flow_set, utterance, WordsFor::Reader));
    }
    match reply.then {
        NextAction::HangUp => outln!("  ({})", text!("phone-hangs-up")),
        NextAction::Transfer { .. } => outln!("  ({})", text!("phone-rings")),
        NextAction::Gather { .. } => {}
    }
}

/// Reads what the caller does next: keys, or after a transfer whether they talked. The end of the input hangs up.
pub(crate) fn next(input: &mut impl BufRead, flow_set: &FlowSet, reply: &Reply) -> anyhow::Result<EventKind> {
    if matches!(reply.then, NextAction::Transfer { .. }) {
        let answer = ask(input, &text!("phone-talked"))?;
        let talked = answer.is_some_and(|answer| answer.starts_with('y'));
        let outcome = if talked { TransferOutcome::Talked } else { TransferOutcome::NotReached };
        return Ok(EventKind::TransferEnded(outcome));
    }
    loop {
        match ask(input, "☎")?.as_deref() {
            None | Some("h") => return Ok(EventKind::HungUp(HangupCause::NormalClearing)),
            Some(keys) => match Keys::parse(keys) {
                Ok(keys) if keys.is_empty() => {
                    if let Some(said) = &reply.while_waiting {
                        outln!("  {}", words(flow_set, said, WordsFor::Reader));
                    }
                    return Ok(EventKind::Keyed(Keyed::silence()));
                }
                Ok(keys) => return Ok(EventKind::Keyed(keys.into())),
                Err(error) => outln!("  {}", text!("phone-not-keys", why = error.message())),
            },
        }
    }
}

/// Reads a line of standard input. Returns `None` at its end.
pub(crate) fn ask(input: &mut impl BufRead, prompt: &str) -> anyhow::Result<Option<String>> {
    write(&format!("{prompt} "));
    if closed() {
        return Ok(None);
    }
    let mut line = String::new();
    let read = input.read_line(&mut line).with_context(|| text!("phone-unreadable"))?;
    let line = (read > 0).then(|| line.trim().to_owned());
    if !std::io::stdin().is_terminal() {
        // The input wasn't typed at a terminal, so echo it.
        outln!("{}", line.as_deref().unwrap_or(&format!("({})", text!("phone-end"))));
    }
    Ok(line)
}
