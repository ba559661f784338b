//! Health centres, as staff list, add and change them.

mod change;
mod replan;
mod view;

pub use change::{CentreChanged, add_centre, change_centre, list_centres, show_centre};
pub use replan::finish_replans;
pub use view::CentreView;
