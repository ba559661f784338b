//! The Fluent files of each language, parsed once.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use unic_langid::LanguageIdentifier;

use crate::domain::PageLanguage;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/translations");

static BUNDLES: LazyLock<HashMap<PageLanguage, FluentBundle<FluentResource>>> =
    LazyLock::new(|| PageLanguage::ALL.into_iter().map(|language| (language, bundle(language))).collect());

/// A message that can't be written as its entry says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.join("; "))]
pub struct Unwritable {
    /// The text that comes closest.
    pub best: String,
    /// In which language it is.
    pub language: PageLanguage,
    /// What is missing.
    pub problems: Vec<String>,
}

/// A value as Fluent takes it.
pub(super) enum Value {
    Text(String),
    Number(u64),
}

/// The Fluent files of a language, each with its name and its text, in the order of their names.
pub fn files(language: impl Into<PageLanguage>) -> Vec<(&'static str, &'static str)> {
    let folder = FILES.get_dir(language.into().code());
    let mut files: Vec<_> = folder
        .into_iter()
        .flat_map(Dir::files)
        .filter_map(|file| Some((file.path().file_name()?.to_str()?, file.contents_utf8()?)))
        .collect();
    files.sort_unstable();
    files
}

/// The text of an entry without values, by an id that isn't known at compile time. `None` if the language lacks it.
pub fn entry(id: &str, language: impl Into<PageLanguage>) -> Option<String> {
    let bundle = BUNDLES.get(&language.into())?;
    let pattern = bundle.get_message(id)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
    errors.is_empty().then_some(text)
}

fn bundle(language: PageLanguage) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Terminals show the isolating marks (U+2068, U+2069) as characters of their own, and they would be copied.
    bundle.set_use_isolating(false);
    for (_, text) in files(language) {
        // Entries that can't be parsed are missing; a test finds them.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let _repeated = bundle.add_resource(resource);
    }
    bundle
}

/// Writes an entry.
pub(super) fn written(
    id: &'static str,
    values: Vec<(&'static str, Value)>,
    language: PageLanguage,
) -> Result<String, Unwritable> {
    let mut arguments = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        match value {
            Value::Text(text) => arguments.set(name, FluentValue::from(text)),
            Value::Number(number) => arguments.set(name, FluentValue::from(number)),
        }
    }
    let mut problems = Vec::new();
    for candidate in language.choices() {
        let entry = BUNDLES.get(&candidate).and_then(|bundle| Some((bundle, bundle.get_message(id)?.value()?)));
        let Some((bundle, pattern)) = entry else {
            problems.push(format!("{} has no message {id}", candidate.code()));
            continue;
        };
        let mut errors = Vec::new();
        let best = bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
        problems.extend(errors.iter().map(|error| format!("{}: {id}: {error}", candidate.code())));
        return if problems.is_empty() { Ok(best) } else { Err(Unwritable { best, language: candidate, problems }) };
    }
    Err(Unwritable { best: id.to_owned(), language, problems })
}
