//! What the findings of an uploaded list say. The sentences are those of the command, except where that has options.

use crate::domain::Language;
use crate::service::list_words::{fault_words, sheets};
use crate::service::{Fault, Finding, Letters, Place};
use crate::translations::{Message, message};

/// What is wrong with a list and where, in Japanese and in English. A finding whose place is shown beside the sentence
/// is given as one of the file.
pub fn finding_words(finding: &Finding) -> [String; 2] {
    let said = placed_words(finding);
    [said.text(Language::Japanese), said.text(Language::English)]
}

fn placed_words(finding: &Finding) -> Message {
    let fault = match &finding.fault {
        Fault::SeveralLists(names) => message!("upload-several-lists", sheets = sheets(names)),
        fault => fault_words(fault),
    };
    match (finding.place, &finding.fault) {
        // Only the rows before it are whole.
        (Place::Row(row @ 2..), Fault::CutOff) => message!("upload-cut-off", row = row, whole = row.saturating_sub(1)),
        (Place::File, _) => fault,
        (Place::Row(row), _) => message!("finding", place = message!("place-row", row = row), fault = fault),
        (Place::Cell { row, position, .. }, _) => {
            let letters = Letters(position).to_string();
            message!("finding", place = message!("place-cell", row = row, letters = letters), fault = fault)
        }
    }
}
