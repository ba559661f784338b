//! A field of a record that two people have changed: both values, and who has set the other one and when.

use jiff::ZonedDateTime;

use super::fields::{Values, shown_value};
use super::words;
use crate::service::{Column, PastChange};
use crate::translations::{Argument, Message, Separator, message};
use crate::web::console::{names, times};

/// A field with two values, of which the reader chooses one.
#[derive(Clone)]
pub(super) struct Conflict {
    pub(super) column: Column,
    pub(super) label: Message,
    /// Who has changed it, and when, if the trail tells.
    pub(super) by: Option<Message>,
    /// The value that is stored.
    pub(super) theirs: Side,
    /// The value that the reader has typed.
    pub(super) mine: Side,
}

/// One of the two values.
#[derive(Clone)]
pub(super) struct Side {
    pub(super) value: String,
    pub(super) words: Message,
}

impl Conflict {
    pub(super) const fn name(&self) -> &'static str {
        self.column.code()
    }
}

/// The fields of these in which the stored value and the typed one are different.
pub(super) fn of(
    differing: &[Column],
    [began, now, typed]: [&Values; 3],
    changes: &[PastChange],
    clock: &ZonedDateTime,
) -> Vec<Conflict> {
    let different = typed.changed_from(now);
    let conflict = |column: Column| {
        // Calls may be held back by something else than this field.
        let is_changed = now.get(column) != began.get(column);
        let is_of = |past: &&PastChange| is_changed && past.fields.iter().any(|field| field.column == column);
        let past = changes.iter().find(is_of);
        let (theirs, mine) = (now.get(column).to_owned(), typed.get(column).to_owned());
        let shown = |value: &str| shown_value(column, value);
        let stored = match past {
            Some(past) => message!("conflict-theirs", who = names::actor(&past.by), value = shown(&theirs)),
            None => message!("conflict-stored", value = shown(&theirs)),
        };
        let at = |past: &PastChange| times::day_time(past.at, clock);
        Conflict {
            column,
            label: words::column_name(column),
            by: past.map(|past| message!("plain-changed-by", at = at(past), by = names::actor(&past.by))),
            mine: Side { words: message!("conflict-mine", value = shown(&mine)), value: mine },
            theirs: Side { words: stored, value: theirs },
        }
    };
    differing.iter().copied().filter(|column| different.contains(column)).map(conflict).collect()
}

/// The names of the other fields that either of two has changed.
pub(super) fn kept(differing: &[Column], changed: [&Values; 2], began: &Values) -> Option<Message> {
    let both = changed.map(|values| values.changed_from(began));
    // The HER-SYS ID isn't in the form.
    let is_asked = |column: &Column| *column != Column::HersysId && !differing.contains(column);
    let is_kept = |column: &Column| is_asked(column) && both.iter().any(|of| of.contains(column));
    let names: Vec<Message> = Column::ALL.into_iter().filter(is_kept).map(words::column_name).collect();
    (!names.is_empty()).then(|| message!("conflict-kept", fields = Argument::Joined(Separator::Words, names)))
}
