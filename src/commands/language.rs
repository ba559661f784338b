//! The language of the command line: `--lang`, or the environment's locale. It is chosen once, before the arguments are
//! parsed, as their errors are sentences too.

use std::ffi::{OsStr, OsString};
use std::sync::OnceLock;

use crate::domain::Language;

static CHOSEN: OnceLock<Language> = OnceLock::new();

/// The variables that name the locale of messages, in the order of POSIX. The first that isn't empty counts.
pub(super) const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// Writes a message in the language of the command line.
macro_rules! text {
    ($($message:tt)*) => {
        $crate::translations::message!($($message)*).text($crate::commands::language::current())
    };
}

pub(crate) use text;

/// The language that a process speaks: the one of the last `--lang`, or else of the first of the [`VARIABLES`] that is
/// set. Japanese for `ja`, `ja_JP.UTF-8` and the like; English for everything else.
///
/// `arguments` are those of the process, `locale` its variables in the order of [`VARIABLES`].
pub(super) fn chosen(
    arguments: impl IntoIterator<Item = OsString>,
    locale: impl IntoIterator<Item = Option<OsString>>,
) -> Language {
    let option = option(arguments);
    let named = option.or_else(|| locale.into_iter().flatten().find(|value| !value.is_empty()));
    named.as_deref().map_or(Language::English, of_locale)
}

/// The value of the last `--lang`. What follows `--` isn't an option.
fn option(arguments: impl IntoIterator<Item = OsString>) -> Option<OsString> {
    let mut found = None;
    let mut arguments = arguments.into_iter().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--") => break,
            Some("--lang") => found = arguments.next().or(found),
            Some(text) => found = text.strip_prefix("--lang=").map(OsString::from).or(found),
            None => {}
        }
    }
    found
}

/// `ja_JP.UTF-8`, `ja-JP` and `ja` are Japanese; `jav` (Javanese) isn't.
fn of_locale(locale: &OsStr) -> Language {
    let text = locale.to_string_lossy().to_ascii_lowercase();
    let language = text.split(['_', '-', '.', '@']).next().unwrap_or_default();
    if matches!(language, "ja" | "japanese") { Language::Japanese } else { Language::English }
}

/// Sets the language of this process. Later calls change nothing.
pub(super) fn choose(language: Language) {
    let _first = CHOSEN.set(language);
}

/// The language of this process. English if none was chosen.
pub(crate) fn current() -> Language {
    CHOSEN.get().copied().unwrap_or(Language::English)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks(arguments: &str, locale: [&str; 3]) -> Language {
        let arguments = arguments.split_whitespace().map(OsString::from);
        let locale = locale.map(|value| (value != "unset").then(|| OsString::from(value)));
        chosen(arguments, locale)
    }

    #[test]
    fn the_language_is_that_of_the_option_or_of_the_locale() {
        use Language::{English, Japanese};
        const NONE: [&str; 3] = ["unset", "unset", "unset"];
        for (arguments, locale, language) in [
            ("kenkocall", NONE, English),
            ("kenkocall", ["unset", "unset", "ja_JP.UTF-8"], Japanese),
            ("kenkocall", ["unset", "unset", "ja"], Japanese),
            ("kenkocall", ["unset", "unset", "JA-jp"], Japanese),
            ("kenkocall", ["unset", "unset", "jav_ID"], English),
            ("kenkocall", ["unset", "unset", "de_DE.UTF-8"], English),
            ("kenkocall", ["unset", "unset", "C.UTF-8"], English),
            ("kenkocall", ["", "", "ja_JP.UTF-8"], Japanese),
            ("kenkocall", ["en_GB.UTF-8", "ja_JP.UTF-8", "ja_JP.UTF-8"], English),
            ("kenkocall", ["unset", "ja_JP.UTF-8", "en_GB.UTF-8"], Japanese),
            ("kenkocall", ["C", "unset", "ja_JP.UTF-8"], English),
            ("kenkocall --lang ja", NONE, Japanese),
            ("kenkocall --lang=ja_JP", NONE, Japanese),
            ("kenkocall alerts list --lang en", ["ja_JP.UTF-8", "unset", "ja_JP.UTF-8"], English),
            ("kenkocall --lang xx", ["ja_JP.UTF-8", "unset", "unset"], English),
            ("kenkocall --lang= x", ["ja_JP.UTF-8", "unset", "unset"], English),
            ("kenkocall --lang en --lang ja", NONE, Japanese),
            ("kenkocall --lang", ["unset", "unset", "ja"], Japanese),
            ("kenkocall -- --lang ja", NONE, English),
        ] {
            assert_eq!(speaks(arguments, locale), language, "{arguments} {locale:?}");
        }
    }
}
