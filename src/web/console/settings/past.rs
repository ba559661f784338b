//! Changes in the history of the settings, in words.

use jiff::ZonedDateTime;
use uuid::Uuid;

use super::effect::Difference;
use super::setting::{Group, Setting};
use super::value;
use crate::service::SettingsEntry;
use crate::translations::Message;
use crate::web::console::{names, times};

/// A change in the history.
pub(super) struct Past {
    /// Its entry.
    pub(super) id: Uuid,
    /// When it was made.
    pub(super) time: String,
    /// Who made it.
    pub(super) by: Message,
    /// Why.
    pub(super) reason: Option<String>,
    /// Whether it undid another one.
    pub(super) undoes: bool,
    /// What it changed.
    pub(super) changes: Vec<Difference>,
}

/// The settings of a change, with the values before and after.
pub(super) fn changes_of(entry: &SettingsEntry) -> Vec<(Setting, String, String)> {
    entry.settings.iter().flat_map(value::of_entry).collect()
}

impl Past {
    pub(super) fn of(entry: &SettingsEntry, now: &ZonedDateTime) -> Self {
        let changes = changes_of(entry);
        Self {
            id: entry.id,
            time: times::clock_time(entry.at, now),
            by: names::actor(&entry.by),
            reason: entry.reason.clone(),
            undoes: entry.undone.is_some(),
            changes: changes.iter().map(|(setting, before, after)| Difference::of(*setting, before, after)).collect(),
        }
    }

    /// Whether a change touches a group.
    pub(super) fn is_about(entry: &SettingsEntry, group: Group) -> bool {
        changes_of(entry).iter().any(|(setting, ..)| group.settings().contains(setting))
    }
}
