//! Effects as the lines of a transcript.

use crate::domain::{Language, Severity};
use crate::engine::{Diagnostic, Effect, Fact, Fill, NextAction};
use crate::flow::ReadAs;

/// The lines of one effect: `> ` for what the caller hears, `! ` for what is stored.
pub fn line_of(effect: &Effect, language: Language) -> Vec<String> {
    match effect {
        Effect::Reply(reply) => {
            let mut lines: Vec<String> = reply.say.iter().map(|utterance| said(utterance, language)).collect();
            match &reply.then {
                NextAction::Gather { .. } => {}
                NextAction::Transfer { .. } => lines.push("> transfer".to_owned()),
                NextAction::HangUp => lines.push("> hang up".to_owned()),
            }
            lines
        }
        Effect::Fact(fact) => vec![kept(fact)],
        Effect::Diagnostic(Diagnostic::EventDoesNotFit) => vec!["! nothing changes".to_owned()],
        Effect::Diagnostic(Diagnostic::TooManySteps) => vec!["! too many steps".to_owned()],
        Effect::Diagnostic(Diagnostic::NotIdentifiedInTime) => vec!["! not identified in time".to_owned()],
        Effect::Diagnostic(Diagnostic::NotReportedInTime) => vec!["! not reported in time".to_owned()],
        Effect::Diagnostic(Diagnostic::BrokenFlow) => vec!["! broken flow".to_owned()],
        Effect::Job(_) | Effect::Query(_) => Vec::new(),
    }
}

pub(super) fn said(utterance: &crate::engine::Utterance, language: Language) -> String {
    let mut line = format!("> say {}", utterance.prompt);
    for fill in &utterance.fill {
        if let Fill::Value(read_as, entry) = fill {
            let entry = match read_as {
                ReadAs::Temperature => crate::domain::Item::BodyTemperature.read(entry).map(|answer| answer.exported()),
                ReadAs::Percent => crate::domain::Item::Spo2.read(entry).map(|answer| answer.exported()),
                ReadAs::Digits => Some(entry.to_string()),
            };
            line.push(' ');
            line.push_str(&entry.unwrap_or_default());
        }
    }
    if utterance.language != language {
        line.push_str(&format!(" ({})", utterance.language));
    }
    line
}

fn kept(fact: &Fact) -> String {
    match fact {
        Fact::Answered { item, answer, severity, .. } => {
            let exported = answer.exported();
            let shown = if exported.is_empty() { "not_measured" } else { &exported };
            let severity = if *severity == Severity::None { String::new() } else { format!(" {}", severity.code()) };
            format!("! answered {}={shown}{severity}", item.code())
        }
        Fact::Withdrawn { item, .. } => format!("! withdrawn {}", item.code()),
        Fact::ReportClosed { outcome, .. } => format!("! report {}", outcome.code()),
        Fact::Alert { kind, item, .. } => {
            let item = item.map(|item| format!(" {}", item.code())).unwrap_or_default();
            format!("! alert {}{item}", kind.code())
        }
        Fact::CallEnded(disposition) => format!("! ended {}", disposition.code()),
    }
}
