//! Texts that the store keeps without reading them. They contain keyed digits and names, so their `Debug` output omits
//! them.

/// A JSON document of another layer: a session, an event, a reply, a job.
#[derive(Clone, PartialEq, Eq)]
pub struct Document(String);

impl Document {
    /// The text, for the layer that wrote it. Never log it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, without a copy.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for Document {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Document {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} bytes, personal)", self.0.len())
    }
}
