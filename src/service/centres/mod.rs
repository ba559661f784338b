//! Health centres, as staff list, add and change them.

mod change;
mod effect;
mod history;
mod replan;
mod view;
mod where_to_turn;

pub use change::{CentreChanged, add_centre, change_centre, change_settings, list_centres, show_centre};
pub use effect::{BeforeAfter, CentreEffect, preview_settings};
pub use history::{ChangedSetting, SettingsEntry, preview_undo, settings_history, undo_change};
pub use replan::finish_replans;
pub use view::CentreView;
pub use where_to_turn::{PublicCentre, centres_of_place};
