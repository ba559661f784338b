//! Sentences for people. They are in Fluent files, `translations/LANGUAGE/AREA.ftl`, and in the program when it is
//! built. A [`Message`] names one with its values; a language turns it into text.

mod said;
mod sentence;
mod table;

pub use said::Said;
pub use sentence::{Argument, Message, Separator};
pub use table::{Unwritable, entry, files};

/// Makes a [`Message`] from its id and its values: `message!("call-ended", call = id.to_string())`.
///
/// `tests/translations.rs` compares the id and the values with the Fluent files.
macro_rules! message {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::translations::Message::new($id)$(.with(stringify!($name), $value))*
    };
}

pub(crate) use message;
