//! A cell as the file holds it, before anyone asks which column it stands in.

use super::width;
use jiff::civil::{Date, Time};
use std::borrow::Cow;

/// What a cell holds. Text files have texts alone; a workbook tells numbers, dates and times of day apart.
pub(super) enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    /// A whole number from 0 on; `shown` is how many digits the cell's format shows at least (`00000000` shows 8).
    Whole {
        number: u64,
        shown: usize,
    },
    Date(Date),
    Time(Time),
    Truth(bool),
    /// A fraction, a negative number, a date with a time of day, a duration: nothing that any column takes.
    Odd,
    /// `#N/A` and its kind.
    Error,
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
