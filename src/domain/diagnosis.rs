//! The diagnosis as the certificate shows it (M9).

use jiff::civil::Date;

use super::plain_line::{PlainLine, PlainLineError};

/// The name of a disease.
pub type DiseaseName = PlainLine<60>;

/// How the diagnosis was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiagnosisBasis {
    /// 医師の診断
    Doctor,
    /// みなし: without a test, as somebody in the same household has the disease.
    Presumed,
}

impl DiagnosisBasis {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Doctor, Self::Presumed];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Doctor => "doctor",
            Self::Presumed => "presumed",
        }
    }

    /// Reads [`DiagnosisBasis::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.code() == code)
    }
}

/// Why a case is notified: every one, or one of the four kinds of people who are notified since 26 September 2022.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotificationReason {
    /// 全数届出: every case was notified then.
    EveryCase,
    /// 65歳以上
    Aged65,
    /// 入院を要する
    NeedsHospital,
    /// 重症化リスクがあり、治療薬の投与か酸素投与が要る
    RiskAndTreatment,
    /// 妊娠中
    Pregnant,
}

impl NotificationReason {
    /// All reasons.
    pub const ALL: [Self; 5] =
        [Self::EveryCase, Self::Aged65, Self::NeedsHospital, Self::RiskAndTreatment, Self::Pregnant];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EveryCase => "every_case",
            Self::Aged65 => "aged_65",
            Self::NeedsHospital => "needs_hospital",
            Self::RiskAndTreatment => "risk_and_treatment",
            Self::Pregnant => "pregnant",
        }
    }

    /// Reads [`NotificationReason::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// The name that the doctor or the health centre registered. Its `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisteredName(PlainLine<100>);

impl RegisteredName {
    /// Reads a name.
    ///
    /// # Errors
    /// See [`PlainLineError`].
    pub fn parse(text: &str) -> Result<Self, PlainLineError> {
        PlainLine::parse(text).map(Self)
    }

    /// The name, for the database and for people who may see the patient.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Debug for RegisteredName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(personal)")
    }
}

/// A diagnosis. Its `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The disease.
    pub disease: DiseaseName,
    /// 診断年月日
    pub diagnosed_on: Date,
    /// How it was made.
    pub basis: DiagnosisBasis,
    /// Why it is notified.
    pub reason: NotificationReason,
    /// The registered name.
    pub registered_name: RegisteredName,
    /// 登録年月日: when it was registered.
    pub entered_on: Date,
    /// 入国日: when the person entered the country. `None` if that is unknown, or doesn't matter.
    pub arrived_on: Option<Date>,
}

impl std::fmt::Debug for Diagnosis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Diagnosis(personal)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written_and_names_are_hidden() {
        for basis in DiagnosisBasis::ALL {
            assert_eq!(DiagnosisBasis::from_code(basis.code()), Some(basis));
        }
        for reason in NotificationReason::ALL {
            assert_eq!(NotificationReason::from_code(reason.code()), Some(reason));
        }
        let name = RegisteredName::parse("見本 花子").unwrap();
        assert_eq!((format!("{name:?}").as_str(), name.expose()), ("(personal)", "見本 花子"));
        assert!(
            RegisteredName::parse("見本\u{202e}花子").is_err() && RegisteredName::parse(&"あ".repeat(101)).is_err()
        );
    }
}
