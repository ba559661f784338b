//! What the findings and warnings of a patient list say.

use super::ToMessage;
use crate::domain::era::DateError;
use crate::patient_import::{Column, Doubt, Fault, Finding, Letters, Place, Warning};
use crate::service::list_words;
use crate::translations::{Message, message};

/// The most rows named for one warning. The others are counted.
const MOST_ROWS: usize = 10;

impl ToMessage for Finding {
    fn message(&self) -> Message {
        message!("finding", place = self.place.message(), fault = self.fault.message())
    }
}

impl ToMessage for Place {
    fn message(&self) -> Message {
        match self {
            Self::File => message!("place-file"),
            Self::Row(row) => message!("place-row", row = *row),
            Self::Cell { row, position, column: None } => {
                message!("place-cell", row = *row, letters = Letters(*position).to_string())
            }
            Self::Cell { row, position, column: Some(column) } => message!(
                "place-named-cell",
                row = *row,
                letters = Letters(*position).to_string(),
                column = column.message()
            ),
        }
    }
}

impl ToMessage for Column {
    fn message(&self) -> Message {
        list_words::column_name(*self)
    }
}

impl ToMessage for Fault {
    fn message(&self) -> Message {
        list_words::fault_words(self)
    }
}

impl ToMessage for DateError {
    fn message(&self) -> Message {
        list_words::date_words(*self)
    }
}

impl ToMessage for Doubt {
    fn message(&self) -> Message {
        list_words::doubt_words(*self)
    }
}

/// The warnings of a list, one for each kind, with its rows.
pub fn warnings(warnings: &[Warning]) -> Vec<Message> {
    let mut doubts: Vec<Doubt> = warnings.iter().map(|warning| warning.doubt).collect();
    doubts.sort_unstable();
    doubts.dedup();
    let sentence = |doubt: Doubt| {
        let rows: Vec<u32> = warnings.iter().filter(|warning| warning.doubt == doubt).map(|w| w.row).collect();
        let named = rows.iter().take(MOST_ROWS).map(u32::to_string).collect();
        message!(
            "warning-rows",
            count = rows.len(),
            rows = list_words::and_more(named, rows.len()),
            doubt = doubt.message()
        )
    };
    doubts.into_iter().map(sentence).collect()
}
