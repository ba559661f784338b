//! Health centres, as staff list, add and change them.

mod change;

pub use change::{CentreChanged, add_centre, change_centre, list_centres, show_centre};
