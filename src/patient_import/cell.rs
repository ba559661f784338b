//! A cell as the file holds it, before anyone asks which column it stands in.

use super::width;
use jiff::civil::{Date, Time};
use std::borrow::Cow;

/// What a cell holds. Text files have texts alone; a workbook tells numbers, dates and times of day apart.
pub(super) enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    /// A whole number from 0 on, and how the cell's format shows it.
    Whole {
        number: u64,
        shown: Shown,
    },
    Date(Date),
    /// A day with a time of day other than midnight.
    Moment,
    Time(Time),
    Truth(bool),
    /// A fraction, a negative number, a duration: nothing that any column takes.
    Odd,
    /// A formula whose result isn't in the file.
    Formula,
    /// More than [`super::MAX_CELL_BYTES`] of text.
    TooLong,
    /// `#N/A` and its kind.
    Error,
}

/// How a spreadsheet shows a whole number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// As its digits alone: the format adds neither zeros nor anything else.
    Bare,
    /// As this text, with what the format adds.
    As(String),
    /// In a way that isn't read here: with a point, a thousands separator, a sign of percent.
    Otherwise,
}

impl Cell<'_> {
    /// Whether the cell looks empty on the screen.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => width::trim(text).is_empty(),
            _ => false,
        }
    }

    /// The text, when there is one; for headers.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }
}
