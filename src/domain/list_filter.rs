//! Filters of the list of patients, and its columns. They tell nothing about a person.

use super::language::Language;
use super::patient_status::PatientStatus;
use super::severity::Severity;

/// Whether patients have reported today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReportedToday {
    /// It doesn't matter.
    #[default]
    Any,
    /// They haven't finished a report today, by the date at their health centre.
    NotYet,
}

impl ReportedToday {
    /// The code in the database and in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::NotYet => "missing",
        }
    }

    /// Reads [`ReportedToday::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Any, Self::NotYet].into_iter().find(|today| today.code() == code)
    }
}

/// Which patients are listed. All conditions must hold. What is searched for isn't part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListFilter {
    /// How their observation and calls stand.
    pub status: PatientStatus,
    /// The language of their calls. `None` for any.
    pub language: Option<Language>,
    /// The highest severity of their open alerts. `None` for any.
    pub severity: Option<Severity>,
    /// Whether they have reported today.
    pub today: ReportedToday,
}

/// Who sees a saved filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FilterSharing {
    /// Who saved it.
    #[default]
    Own,
    /// Everybody of the health centre.
    Shared,
}

impl FilterSharing {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Own, Self::Shared];

    /// The code in the database and in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Shared => "shared",
        }
    }

    /// Reads [`FilterSharing::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sharing| sharing.code() == code)
    }
}

/// A column of the list that can be left out. The name is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListColumn {
    /// The HER-SYS ID.
    HersysId,
    /// The birth date and the age.
    BirthDate,
    /// The number.
    PhoneNumber,
    /// The language of the calls.
    Language,
    /// The patient's own call times.
    CallTimes,
    /// When observation began.
    MonitoringStart,
    /// How observation and calls stand.
    State,
    /// How today stands.
    Today,
    /// Today's temperature.
    BodyTemperature,
    /// Today's SpO2.
    Spo2,
    /// The highest severity of the open alerts.
    Severity,
}

impl ListColumn {
    /// All columns, in the order of the list.
    pub const ALL: [Self; 11] = [
        Self::HersysId,
        Self::BirthDate,
        Self::PhoneNumber,
        Self::Language,
        Self::CallTimes,
        Self::MonitoringStart,
        Self::State,
        Self::Today,
        Self::BodyTemperature,
        Self::Spo2,
        Self::Severity,
    ];

    /// The code in the database and in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HersysId => "hersys_id",
            Self::BirthDate => "birth_date",
            Self::PhoneNumber => "phone_number",
            Self::Language => "language",
            Self::CallTimes => "call_times",
            Self::MonitoringStart => "monitoring_start",
            Self::State => "state",
            Self::Today => "today",
            Self::BodyTemperature => "body_temperature",
            Self::Spo2 => "spo2",
            Self::Severity => "severity",
        }
    }

    /// Reads [`ListColumn::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.code() == code)
    }

    /// Whether it is shown to those who haven't chosen columns.
    const fn is_usual(self) -> bool {
        !matches!(self, Self::Language | Self::CallTimes | Self::MonitoringStart)
    }
}

/// The columns of the list, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListColumns(Vec<ListColumn>);

impl Default for ListColumns {
    fn default() -> Self {
        Self::of(ListColumn::is_usual)
    }
}

impl ListColumns {
    /// Those that fulfil a condition.
    pub fn of(is_chosen: impl Fn(ListColumn) -> bool) -> Self {
        Self(ListColumn::ALL.into_iter().filter(|column| is_chosen(*column)).collect())
    }

    /// Returns `true` if a column is among them.
    pub fn has(&self, column: ListColumn) -> bool {
        self.0.contains(&column)
    }

    /// The codes, with commas between them.
    pub fn codes(&self) -> String {
        self.0.iter().map(|column| column.code()).collect::<Vec<_>>().join(",")
    }

    /// Reads [`ListColumns::codes`]. A column that this program doesn't know is left out.
    pub fn from_codes(codes: &str) -> Self {
        let chosen: Vec<ListColumn> = codes.split(',').filter_map(ListColumn::from_code).collect();
        Self::of(|column| chosen.contains(&column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read() {
        assert!(ListColumn::ALL.into_iter().all(|column| ListColumn::from_code(column.code()) == Some(column)));
        assert!(FilterSharing::ALL.into_iter().all(|one| FilterSharing::from_code(one.code()) == Some(one)));
        assert_eq!(ReportedToday::from_code("missing"), Some(ReportedToday::NotYet));
    }

    #[test]
    fn columns_keep_the_lists_order_and_unknown_ones_are_left_out() {
        assert_eq!(ListColumns::from_codes("spo2,nonsense,hersys_id,spo2").codes(), "hersys_id,spo2");
        assert_eq!(ListColumns::from_codes("").codes(), "");
        let usual = ListColumns::default();
        assert_eq!(ListColumns::from_codes(&usual.codes()), usual);
    }
}
