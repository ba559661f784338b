//! What the pages call the state of an uploaded list.

use jiff::ZonedDateTime;

use crate::domain::{RowFate, UploadState};
use crate::service::{FateCounts, UploadView};
use crate::translations::{Message, message};
use crate::web::console::times;

/// An upload among all.
pub(super) struct UploadLine {
    pub(super) path: String,
    pub(super) name: Option<String>,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) state: Message,
    /// The class of the state: `waits`, `done`, `over`, `refused`.
    pub(super) look: &'static str,
    /// What becomes, or became, of its rows.
    pub(super) counts: Option<Message>,
}

impl UploadLine {
    pub(super) fn of(upload: &UploadView, at: &str, now: &ZonedDateTime) -> Self {
        let has_counts = matches!(upload.state, UploadState::Read | UploadState::Importing | UploadState::Imported);
        Self {
            path: format!("{at}/{}", upload.id),
            name: upload.details.as_ref().map(|details| details.file_name.clone()),
            by: upload.by.clone(),
            at: times::clock_time(upload.uploaded_at, now),
            state: state_name(upload.state),
            look: look_of(upload.state),
            counts: has_counts.then(|| counts_words(&upload.counts)),
        }
    }
}

/// The name of a state.
pub(super) fn state_name(state: UploadState) -> Message {
    match state {
        UploadState::Receiving => message!("upload-state-receiving"),
        UploadState::Waiting => message!("upload-state-waiting"),
        UploadState::Refused => message!("upload-state-refused"),
        UploadState::Read => message!("upload-state-read"),
        UploadState::Importing => message!("upload-state-importing"),
        UploadState::Imported => message!("upload-state-imported"),
        UploadState::Discarded => message!("upload-state-discarded"),
        UploadState::Expired => message!("upload-state-expired"),
    }
}

const fn look_of(state: UploadState) -> &'static str {
    match state {
        UploadState::Receiving | UploadState::Waiting | UploadState::Importing | UploadState::Read => "waits",
        UploadState::Imported => "done",
        UploadState::Refused => "refused",
        UploadState::Discarded | UploadState::Expired => "over",
    }
}

fn counts_words(counts: &FateCounts) -> Message {
    message!(
        "upload-counts",
        new = grouped(counts.new),
        changed = grouped(counts.changed),
        same = grouped(counts.same),
        refused = grouped(counts.refused)
    )
}

/// The name of what becomes of a row.
pub(super) fn fate_name(fate: RowFate) -> Message {
    match fate {
        RowFate::New => message!("upload-fate-new"),
        RowFate::Changed => message!("upload-fate-changed"),
        RowFate::Same => message!("upload-fate-same"),
        RowFate::Refused => message!("upload-fate-refused"),
    }
}

/// A number with its thousands apart.
pub(in crate::web::console::patients) fn grouped(count: impl TryInto<u64>) -> String {
    let digits = count.try_into().unwrap_or(0).to_string();
    let mut written = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && digits.len().saturating_sub(nth).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0_i64, 12, 999, 1_000, 1_234_567].map(grouped), ["0", "12", "999", "1,000", "1,234,567"]);
    }
}
