//! The fields of a form that was sent, and the mistakes in them.

use std::borrow::Cow;

use url::form_urlencoded;

use crate::translations::Message;

/// The field with the form token.
const TOKEN: &str = "token";

/// The fields of a form, in the order of the page.
#[derive(Clone, Default)]
pub(in crate::web) struct Fields(pub(in crate::web) Vec<(String, String)>);

impl Fields {
    /// Those of a request's body.
    pub(in crate::web) fn of(body: &[u8]) -> Self {
        let fields = form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned()));
        Self(fields.collect())
    }

    /// Returns `true` if the form was sent from a page with this token.
    pub(in crate::web) fn have_token(&self, token: &str) -> bool {
        self.get(TOKEN) == token
    }

    /// The value of a field. Empty if it wasn't sent.
    pub(in crate::web) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// The fields without the token, to keep them.
    pub(in crate::web) fn without_token(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(field, _)| field != TOKEN).cloned().collect()
    }
}

/// A mistake in a form: the field, and what is wrong with it.
#[derive(Debug, Clone)]
pub(in crate::web) struct Mistake {
    /// The field's name, which is also the id of its control.
    pub(in crate::web) field: Cow<'static, str>,
    /// The sentence.
    pub(in crate::web) sentence: Message,
}

/// The mistakes of a form, for the summary and beside the fields.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Mistakes(pub(in crate::web) Vec<Mistake>);

impl Mistakes {
    /// Adds a mistake.
    pub(in crate::web) fn add(&mut self, field: impl Into<Cow<'static, str>>, sentence: Message) {
        self.0.push(Mistake { field: field.into(), sentence });
    }

    /// One mistake.
    pub(in crate::web) fn one(field: impl Into<Cow<'static, str>>, sentence: Message) -> Self {
        Self(vec![Mistake { field: field.into(), sentence }])
    }

    /// Returns `true` if there is none.
    pub(in crate::web) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field.
    pub(in crate::web) fn of(&self, field: &str) -> Option<&Message> {
        self.0.iter().find(|mistake| mistake.field == field).map(|mistake| &mistake.sentence)
    }
}
