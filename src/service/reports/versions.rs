//! The versions of a report: a patient's reports about one day, or one slot of it, from one channel.

use crate::domain::ReportOutcome;
use crate::store::reports::ReportRow;

/// Whether a report is the one that counts among those of its day, or slot, and channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportStanding {
    /// The newest complete one, or the only one.
    Current,
    /// Complete, and replaced by a later complete one.
    Earlier,
    /// Begun after a complete one and not finished. The complete one counts.
    Unfinished,
}

impl ReportStanding {
    /// The code used in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Earlier => "earlier",
            Self::Unfinished => "unfinished",
        }
    }

    /// The standing of a report among all of its patient's of that day.
    pub(in crate::service) fn of(report: &ReportRow, all: &[ReportRow]) -> Self {
        let complete = versions(report, all).filter(|other| other.outcome == ReportOutcome::Reported);
        let newest = complete.max_by_key(|other| (other.started_at, other.id));
        match newest {
            None => Self::Current,
            Some(newest) if newest.id == report.id => Self::Current,
            Some(_) if report.outcome == ReportOutcome::Reported => Self::Earlier,
            Some(_) => Self::Unfinished,
        }
    }
}

/// Which version a report is, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportVersion {
    /// Its number, from 1, in the order in which they were begun.
    pub number: u32,
    /// The number of versions.
    pub of: u32,
}

impl ReportVersion {
    /// The version of a report among all of its patient's of that day.
    pub(in crate::service) fn of(report: &ReportRow, all: &[ReportRow]) -> Self {
        let place = |row: &ReportRow| (row.started_at, row.id);
        let earlier = versions(report, all).filter(|other| place(other) < place(report)).count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { number: count(earlier).saturating_add(1), of: count(versions(report, all).count()) }
    }
}

/// The versions of this report. A call in which nobody said who they are makes none.
fn versions<'r>(report: &'r ReportRow, all: &'r [ReportRow]) -> impl Iterator<Item = &'r ReportRow> {
    all.iter().filter(|other| {
        other.patient == report.patient
            && other.report_date == report.report_date
            && other.slot_time == report.slot_time
            && other.channel == report.channel
            && other.outcome != ReportOutcome::NotBegun
    })
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};
    use uuid::Uuid;

    use super::*;
    use crate::domain::{CentreCode, Channel, PatientId, ReportId};

    fn report(number: u8, outcome: ReportOutcome) -> Result<ReportRow, Box<dyn std::error::Error>> {
        Ok(ReportRow {
            id: ReportId(Uuid::from_u128(number.into())),
            patient: PatientId(Uuid::nil()),
            centre: CentreCode::parse("13101")?,
            report_date: date(2026, 11, 23),
            slot_time: String::new(),
            channel: Channel::HealthCall,
            outcome,
            stopped_after: None,
            started_at: Timestamp::from_second(number.into())?,
            ended_at: None,
            caller_number: None,
        })
    }

    #[test]
    fn versions_are_numbered_by_their_start_within_day_slot_and_channel() -> Result<(), Box<dyn std::error::Error>> {
        use ReportOutcome::{NotBegun, Reported, Unanswered};
        let mut all = vec![
            report(5, Unanswered)?,
            report(2, Reported)?,
            report(4, Reported)?,
            report(1, NotBegun)?,
            ReportRow { channel: Channel::Staff, ..report(3, Reported)? },
            ReportRow { slot_time: "15:00".to_owned(), ..report(3, Reported)? },
            ReportRow { report_date: date(2026, 11, 24), ..report(3, Reported)? },
            ReportRow { patient: PatientId(Uuid::from_u128(1)), ..report(3, Reported)? },
        ];
        let found = |all: &[ReportRow]| -> Vec<(u32, u32, ReportStanding)> {
            let place = |row| (ReportVersion::of(row, all), ReportStanding::of(row, all));
            all.iter().map(place).map(|(version, standing)| (version.number, version.of, standing)).collect()
        };
        let (current, alone) = (ReportStanding::Current, (1, 1, ReportStanding::Current));
        let versions = found(&all);
        assert_eq!(
            versions[..3],
            [(3, 3, ReportStanding::Unfinished), (1, 3, ReportStanding::Earlier), (2, 3, current)]
        );
        assert_eq!(versions[4..], [alone; 4]);
        // Of two with the same start, the greater ID is later.
        all[2].started_at = all[1].started_at;
        assert_eq!(found(&all)[1..3], [(1, 3, ReportStanding::Earlier), (2, 3, current)]);
        Ok(())
    }
}
