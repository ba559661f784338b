//! What is wrong with the arguments, in the language of the command line. clap says it in English.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::help;
use super::messages;
use crate::domain::Language;
use crate::translations::{Message, message};

/// Says what is wrong with the arguments, and how they are written. `None` for clap's own text: help, the version, and
/// everything in English.
pub(super) fn told(error: &clap::Error, language: Language) -> Option<String> {
    if language == Language::English {
        return None;
    }
    let what = what(error)?;
    let mut text = format!("{}\n", message!("clap-error", what = what).text(language));
    for hint in hints(error) {
        text.push_str(&format!("\n  {}\n", hint.text(language)));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        // clap begins it with "Usage:".
        let usage = usage.to_string();
        let usage = usage.trim().trim_start_matches("Usage:").trim_start();
        text.push_str(&format!("\n{} {usage}\n", help::usage_heading().text(language)));
    }
    text.push_str(&format!("\n{}\n", message!("clap-more-help").text(language)));
    Some(text)
}

fn what(error: &clap::Error) -> Option<Message> {
    let text = |kind| error.get(kind).map(words).unwrap_or_default();
    let (argument, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    Some(match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => message!("clap-no-value", argument = argument),
        ErrorKind::InvalidValue => message!("clap-invalid-value", value = value, argument = argument),
        ErrorKind::ValueValidation => {
            let source = std::error::Error::source(error);
            match source.map(why) {
                Some(why) => message!("clap-refused-value", value = value, argument = argument, why = why),
                None => message!("clap-invalid-value", value = value, argument = argument),
            }
        }
        ErrorKind::UnknownArgument => message!("clap-unknown-argument", argument = argument),
        ErrorKind::InvalidSubcommand => {
            message!("clap-unknown-command", command = text(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => message!("clap-missing-arguments", arguments = argument),
        ErrorKind::MissingSubcommand => {
            message!("clap-missing-command", command = text(ContextKind::InvalidSubcommand))
        }
        ErrorKind::ArgumentConflict => {
            message!("clap-conflict", argument = argument, other = text(ContextKind::PriorArg))
        }
        ErrorKind::TooManyValues => message!("clap-too-many-values", value = value, argument = argument),
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            message!("clap-wrong-values", argument = argument)
        }
        ErrorKind::InvalidUtf8 => message!("clap-not-utf8"),
        _ => return None,
    })
}

/// Why a value is refused.
fn why(source: &(dyn std::error::Error + 'static)) -> Message {
    if source.is::<std::num::ParseIntError>() {
        return message!("whole-number");
    }
    let text = source.to_string();
    // clap's ranges have no type of their own.
    let range = || {
        let (least, most) = text.split_once(" is not in ")?.1.split_once("..=")?;
        Some(message!("clap-range", least = least, most = most))
    };
    messages::of(source).or_else(range).unwrap_or_else(|| message!("verbatim", text = text.as_str()))
}

/// What could have been meant.
fn hints(error: &clap::Error) -> Vec<Message> {
    let of = |kind| error.get(kind).map(words).filter(|text| !text.is_empty());
    let known = of(ContextKind::ValidValue).map(|values| message!("clap-valid-values", values = values));
    let similar = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let similar = similar.into_iter().find_map(of).map(|word| message!("clap-similar", word = word));
    known.into_iter().chain(similar).collect()
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}
