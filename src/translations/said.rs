//! A message as an error.

use super::Message;
use crate::domain::Language;

/// An error that is a sentence already, to be written in the language of its reader. `Display` is English, for the log.
#[derive(Debug)]
pub struct Said(pub Message);

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.text(Language::English))
    }
}

impl std::error::Error for Said {}
