//! A problem of a flow document, phrased so that its author can fix it. Every finding keeps `serve` from starting.

/// One problem of the flow documents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, by its path in the flows' folder.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// What is wrong, without a full stop.
    pub what: String,
    /// The remedy, without a full stop, or a question that suggests the intended word, with its question mark.
    pub todo: String,
}

impl Finding {
    /// Creates a finding from a problem and its remedy.
    pub fn new(file: impl Into<String>, line: u32, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { file: file.into(), line, what: what.into(), todo: todo.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { file, line, what, todo } = self;
        let stop = if todo.ends_with('?') { "" } else { "." };
        write!(f, "{file}:{line}: {what}. {todo}{stop}")
    }
}

/// "Did you mean `x`?" for a typing error, otherwise `otherwise`.
pub(super) fn did_you_mean<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: impl Into<String>,
) -> String {
    let closest = known.into_iter().map(|word| (strsim::levenshtein(wrong, word), word)).min();
    match closest {
        Some((0..=2, word)) if word.chars().count() > 2 => format!("Did you mean `{word}`?"),
        _ => otherwise.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_is_recognised_and_another_word_is_not() {
        assert_eq!(did_you_mean("fatgiue", ["spo2", "fatigue"], "Look"), "Did you mean `fatigue`?");
        assert_eq!(did_you_mean("temperature", ["spo2", "fatigue"], "Look"), "Look");
    }
}
