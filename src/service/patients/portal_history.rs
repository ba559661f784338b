//! What a person of a portal's account has reported, a fortnight a page. Past days are closed: nothing here changes.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::show::reports_of;
use super::view::ReportView;
use crate::domain::{PatientId, ReportOutcome};
use crate::policy::report_day;
use crate::service::centre_settings::{CentreContact, known_centre, zone_of};
use crate::service::context::{Changes, Context, Viewed, shown_of};
use crate::service::error::ServiceError;
use crate::service::portal::{MayReport, PortalLoggedIn, own_person};
use crate::store::reports;

/// Days on one page: as many as the chart has room for.
const DAYS: i64 = 14;
/// The most pages: more than ten years.
const MOST_PAGES: i64 = 300;

/// Which page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryPage {
    /// Its number, from 1, the newest days first.
    pub number: i64,
    /// How many there are.
    pub of: i64,
}

/// What a person has reported.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct PortalHistory {
    /// The days of the page, the earliest first. None if nothing was reported yet.
    pub days: Vec<Date>,
    /// Their reports, the latest first.
    pub reports: Vec<ReportView>,
    /// The current date at the health centre.
    pub today: Date,
    /// Whether today's report may still be made.
    pub may_report: MayReport,
    /// Which page it is.
    pub page: HistoryPage,
    /// Whom to phone.
    pub centre: CentreContact,
}

/// What a person of the account has reported: only for its own people, also after release (H8). The audit trail
/// records the view.
///
/// # Errors
/// [`PortalError::NotYours`](crate::service::PortalError::NotYours). Database errors.
pub async fn show_portal_history(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
    page: i64,
) -> Result<Viewed<PortalHistory>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let record = own_person(&mut tx, logged_in, patient).await?;
    let centre = known_centre(&mut tx, &record.centre).await?;
    let zone = zone_of(&centre)?;
    let (today, may_report) = (report_day(now, &zone), MayReport::of(&record, now, &zone));
    let mut dates: Vec<Date> = reports::of_patient(&mut tx, patient)
        .await?
        .into_iter()
        .filter(|report| report.outcome != ReportOutcome::NotBegun)
        .map(|report| report.report_date)
        .collect();
    dates.sort_unstable();
    let (days, page) = match (dates.first(), dates.last()) {
        (Some(first), Some(last)) => {
            // Who is under observation sees that today's report is missing. Afterwards no day is missing any more.
            let end = if may_report == MayReport::Ended { *last } else { today.max(*last) };
            days_of_page(*first, end, page)
        }
        _ => (Vec::new(), HistoryPage { number: 1, of: 1 }),
    };
    let reports = reports_of(&mut tx, patient, &days).await?;
    drop(tx);
    let people = std::slice::from_ref(&record);
    let noted = shown_of(context, &logged_in.actor, people, "portal.history_shown", Changes::default()).await?;
    let centre = CentreContact::of(&centre, context.clock.now())?;
    Ok(Viewed { found: PortalHistory { days, reports, today, may_report, page, centre }, noted })
}

/// The days of a page, the earliest first. A number beyond the last page shows the last one.
fn days_of_page(first: Date, end: Date, page: i64) -> (Vec<Date>, HistoryPage) {
    let days = first.until(end).map_or(0, |span| i64::from(span.get_days())).saturating_add(1).max(1);
    let of = days.saturating_add(DAYS - 1).checked_div(DAYS).unwrap_or(1).clamp(1, MOST_PAGES);
    let number = page.clamp(1, of);
    let last = end.saturating_sub(number.saturating_sub(1).saturating_mul(DAYS).days());
    let back = (0..DAYS).rev().map(|back| last.saturating_sub(back.days()));
    (back.filter(|day| *day >= first).collect(), HistoryPage { number, of })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_day_is_on_one_page_and_the_newest_come_first() {
        let (first, end) = (date(2026, 10, 20), date(2026, 11, 24));
        let mut all = Vec::new();
        for number in (1..=3).rev() {
            let (days, page) = days_of_page(first, end, number);
            assert_eq!(page, HistoryPage { number, of: 3 });
            assert!(days.len() <= 14, "{days:?}");
            all.extend(days);
        }
        assert_eq!((all.first(), all.last(), all.len()), (Some(&first), Some(&end), 36));
        assert!(all.windows(2).all(|two| two[0] < two[1]), "{all:?}");
        assert_eq!(days_of_page(first, end, i64::MAX).1.number, 3);
        assert_eq!(days_of_page(first, end, -4).1.number, 1);
        assert_eq!(days_of_page(end, end, 1), (vec![end], HistoryPage { number: 1, of: 1 }));
    }
}
