//! A cell as stored in the file, before its column is known.

use crate::domain::width;
use jiff::civil::{Date, Time};
use std::borrow::Cow;

/// The content of a cell. Cells of text files contain only text. A workbook distinguishes numbers, dates and times of
/// day.
pub(super) enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    /// A whole number of 0 or more, and how the cell's format shows it.
    Whole {
        number: u64,
        shown: Shown,
    },
    Date(Date),
    /// A day with a time of day other than midnight, as it is seen when the cell is selected.
    Moment(String),
    Time(Time),
    Truth(bool),
    /// A fraction, a negative number or a duration, as text. No column accepts these.
    Odd(String),
    /// A formula whose result isn't in the file.
    Formula,
    /// Text of more than [`super::MAX_CELL_BYTES`].
    TooLong,
    /// `#N/A` and similar, as text.
    Error(String),
}

/// How a spreadsheet shows a whole number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// Only its digits: the format adds neither zeros nor other characters.
    Bare,
    /// This text, including what the format adds.
    As(String),
    /// In an unsupported way: with a decimal point, a thousands separator, a percent sign.
    Otherwise,
}

impl Cell<'_> {
    /// Returns `true` if the cell looks empty on the screen.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => width::trim(text).is_empty(),
            _ => false,
        }
    }

    /// The text of the cell, or an empty text. Used for headers.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }
}
