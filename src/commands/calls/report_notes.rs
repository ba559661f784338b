//! What is said of a report beside its outcome: its version, whether it counts, and where it stopped.

use crate::commands::language::text;
use crate::domain::Item;
use crate::service::{ReportStanding, ReportVersion};

/// The notes about a report, in the order in which they are shown.
pub(crate) fn report_notes(
    version: ReportVersion,
    standing: ReportStanding,
    stopped_after: Option<Item>,
) -> impl Iterator<Item = String> {
    let version = (version.of > 1).then(|| text!("report-version", number = version.number, of = version.of));
    let standing = match standing {
        ReportStanding::Current => None,
        ReportStanding::Earlier => Some(text!("report-earlier")),
        ReportStanding::Unfinished => Some(text!("report-unfinished-again")),
    };
    let stopped = stopped_after.map(|item| text!("report-stopped", item = item.code()));
    [version, standing, stopped].into_iter().flatten()
}
