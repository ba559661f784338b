//! Who gets a certificate (療養証明書): a table by disease, with its dates and their sources, and the questions that
//! come before it. It never tells a recuperation period (M9).
//!
//! Sources. FAQ: the ministry's "My HER-SYS/自動架電/健康コールのよくあるお問い合わせ" (M10). Notice 0912-2: 厚生労働省健康局
//! 結核感染症課長通知 健感発0912第2号, 2022-09-12, which limited notification to four kinds of people from 2022-09-26.
//! Order 11: 令和2年政令第11号, by which the disease was to be notified from 2020-02-01. Category V: 令和5年厚生労働省令
//! 第74号, by which notification of each case ended with 2023-05-07.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan as _};

use crate::domain::{Diagnosis, DiagnosisBasis, NotificationReason, width};

/// From this many days after entering the country on, no passport number is asked (FAQ: 入国日から28日以内).
const PASSPORT_ASKED_FOR: i32 = 28;

/// A time in which a disease was notified, and whose cases.
#[derive(Debug, Clone, Copy)]
struct Period {
    /// The first day on which a diagnosis counts.
    from: Date,
    /// The last one. `None` if it hasn't ended.
    until: Option<Date>,
    /// The reasons for which a case was notified.
    reasons: &'static [NotificationReason],
}

/// A disease.
struct Disease {
    /// Part of its names, folded and in small letters. Empty: any other disease.
    names: &'static [&'static str],
    /// When its cases were notified, in order.
    periods: &'static [Period],
}

/// The four kinds of people who are notified since 2022-09-26 (FAQ: 発生届の対象者 ①–④).
const OF_FOUR: &[NotificationReason] = &[
    NotificationReason::Aged65,
    NotificationReason::NeedsHospital,
    NotificationReason::RiskAndTreatment,
    NotificationReason::Pregnant,
];

/// The table. The first disease that fits counts; the last one fits all: a doctor notifies every case of it
/// (感染症の予防及び感染症の患者に対する医療に関する法律 第12条).
const DISEASES: [Disease; 2] = [
    Disease {
        names: &["新型コロナ", "covid"],
        periods: &[
            // Order 11; Notice 0912-2.
            Period { from: date(2020, 2, 1), until: Some(date(2022, 9, 25)), reasons: &NotificationReason::ALL },
            // Notice 0912-2 and FAQ; Category V.
            Period { from: date(2022, 9, 26), until: Some(date(2023, 5, 7)), reasons: OF_FOUR },
        ],
    },
    Disease { names: &[], periods: &[Period { from: Date::MIN, until: None, reasons: &NotificationReason::ALL }] },
];

/// What decides about a certificate.
#[derive(Debug, Clone)]
pub struct CertificateFacts<'d> {
    /// The diagnosis, if one is registered.
    pub diagnosis: Option<&'d Diagnosis>,
    /// The birth date, if one is registered.
    pub birth_date: Option<Date>,
    /// Whether the person has given a passport number.
    pub has_passport: bool,
}

/// Why there is no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCertificate {
    /// No diagnosis is registered.
    NoDiagnosis,
    /// みなし: the disease was presumed, and no doctor diagnosed it.
    Presumed,
    /// The disease was diagnosed before its first notifications, on this day.
    NotYetNotified(Date),
    /// The disease was diagnosed after this day, the last on which notifications were accepted.
    NoLongerNotified(Date),
    /// Since this day only the four kinds of people are notified, and the person is none of them.
    NotOfTheFour(Date),
    /// The birth date is missing, or lies after the diagnosis.
    BirthDate,
    /// The passport number is asked first.
    Passport,
    /// Staff have withdrawn the one that says this.
    Withdrawn,
}

impl NoCertificate {
    /// The code in the audit trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoDiagnosis => "no_diagnosis",
            Self::Presumed => "presumed",
            Self::NotYetNotified(_) => "not_yet_notified",
            Self::NoLongerNotified(_) => "no_longer_notified",
            Self::NotOfTheFour(_) => "not_of_the_four",
            Self::BirthDate => "birth_date",
            Self::Passport => "passport",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// The diagnosis that the certificate shows.
///
/// # Errors
/// Why there is no certificate. The first reason of several.
pub fn certified<'d>(facts: &CertificateFacts<'d>) -> Result<&'d Diagnosis, NoCertificate> {
    let diagnosis = facts.diagnosis.ok_or(NoCertificate::NoDiagnosis)?;
    if diagnosis.basis == DiagnosisBasis::Presumed {
        return Err(NoCertificate::Presumed);
    }
    is_notified(diagnosis)?;
    if facts.birth_date.is_none_or(|born| born > diagnosis.diagnosed_on) {
        return Err(NoCertificate::BirthDate);
    }
    if asks_for_passport(diagnosis) && !facts.has_passport {
        return Err(NoCertificate::Passport);
    }
    Ok(diagnosis)
}

/// Whether the passport number is asked: of people who were diagnosed within 28 days of entering the country.
pub fn asks_for_passport(diagnosis: &Diagnosis) -> bool {
    let span: Span = PASSPORT_ASKED_FOR.days();
    diagnosis.arrived_on.is_some_and(|arrived| {
        arrived <= diagnosis.diagnosed_on && diagnosis.diagnosed_on <= arrived.saturating_add(span)
    })
}

/// Whether the case was to be notified when it was diagnosed.
fn is_notified(diagnosis: &Diagnosis) -> Result<(), NoCertificate> {
    let periods = periods_of(diagnosis.disease.as_str());
    let day = diagnosis.diagnosed_on;
    let Some(period) = periods.iter().rev().find(|period| period.from <= day) else {
        let first = periods.first().map_or(Date::MIN, |period| period.from);
        return Err(NoCertificate::NotYetNotified(first));
    };
    match period.until {
        Some(last) if last < day => Err(NoCertificate::NoLongerNotified(last)),
        _ if !period.reasons.contains(&diagnosis.reason) => Err(NoCertificate::NotOfTheFour(period.from)),
        _ => Ok(()),
    }
}

fn periods_of(disease: &str) -> &'static [Period] {
    let name = width::fold(disease).to_lowercase();
    let fits = |known: &&Disease| known.names.is_empty() || known.names.iter().any(|part| name.contains(part));
    DISEASES.iter().find(fits).map_or(&[], |disease| disease.periods)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{DiseaseName, RegisteredName};

    fn diagnosis(disease: &str, on: Date, basis: DiagnosisBasis, reason: NotificationReason) -> Diagnosis {
        Diagnosis {
            disease: DiseaseName::parse(disease).unwrap(),
            diagnosed_on: on,
            basis,
            reason,
            registered_name: RegisteredName::parse("見本 花子").unwrap(),
            entered_on: on,
            arrived_on: None,
        }
    }

    fn asked(diagnosis: &Diagnosis) -> Result<(), NoCertificate> {
        let facts =
            CertificateFacts { diagnosis: Some(diagnosis), birth_date: Some(date(1948, 4, 12)), has_passport: false };
        certified(&facts).map(|_| ())
    }

    #[test]
    fn m10_the_table_by_disease_and_date() {
        use DiagnosisBasis::{Doctor, Presumed};
        use NoCertificate as No;
        use NotificationReason::{Aged65, EveryCase, NeedsHospital, Pregnant, RiskAndTreatment};
        const COVID: &str = "新型コロナウイルス感染症";
        let since = date(2022, 9, 26);
        for (disease, on, basis, reason, expected) in [
            (COVID, date(2020, 1, 31), Doctor, EveryCase, Err(No::NotYetNotified(date(2020, 2, 1)))),
            (COVID, date(2020, 2, 1), Doctor, EveryCase, Ok(())),
            (COVID, date(2022, 9, 25), Doctor, EveryCase, Ok(())),
            (COVID, date(2022, 9, 25), Doctor, Aged65, Ok(())),
            (COVID, date(2022, 9, 25), Presumed, EveryCase, Err(No::Presumed)),
            (COVID, since, Doctor, EveryCase, Err(No::NotOfTheFour(since))),
            (COVID, since, Doctor, Aged65, Ok(())),
            (COVID, since, Doctor, NeedsHospital, Ok(())),
            (COVID, since, Doctor, RiskAndTreatment, Ok(())),
            (COVID, since, Doctor, Pregnant, Ok(())),
            (COVID, since, Presumed, Pregnant, Err(No::Presumed)),
            (COVID, date(2023, 5, 7), Doctor, Aged65, Ok(())),
            (COVID, date(2023, 5, 7), Doctor, EveryCase, Err(No::NotOfTheFour(since))),
            (COVID, date(2023, 5, 8), Doctor, Aged65, Err(No::NoLongerNotified(date(2023, 5, 7)))),
            ("ＣＯＶＩＤ－１９", date(2026, 11, 20), Doctor, Aged65, Err(No::NoLongerNotified(date(2023, 5, 7)))),
            ("見本感染症", date(2026, 11, 20), Doctor, EveryCase, Ok(())),
            ("見本感染症", date(2026, 11, 20), Presumed, EveryCase, Err(No::Presumed)),
        ] {
            let found = asked(&diagnosis(disease, on, basis, reason));
            assert_eq!(found, expected, "{disease} {on} {basis:?} {reason:?}");
        }
    }

    #[test]
    fn m10_without_a_right_birth_date_there_is_none() {
        let made = diagnosis("見本感染症", date(2026, 11, 20), DiagnosisBasis::Doctor, NotificationReason::EveryCase);
        for (birth_date, expected) in [
            (None, Err(NoCertificate::BirthDate)),
            (Some(date(2026, 11, 21)), Err(NoCertificate::BirthDate)),
            (Some(date(2026, 11, 20)), Ok(())),
        ] {
            let facts = CertificateFacts { diagnosis: Some(&made), birth_date, has_passport: false };
            assert_eq!(certified(&facts).map(|_| ()), expected, "{birth_date:?}");
        }
        let facts = CertificateFacts { diagnosis: None, birth_date: None, has_passport: false };
        assert_eq!(certified(&facts).map(|_| ()), Err(NoCertificate::NoDiagnosis));
    }

    #[test]
    fn m10_the_passport_number_is_asked_within_28_days_of_entry() {
        for (arrived, is_asked) in [
            (None, false),
            (Some(date(2026, 11, 20)), true),
            (Some(date(2026, 10, 23)), true),
            (Some(date(2026, 10, 22)), false),
            // Diagnosed before entering the country.
            (Some(date(2026, 11, 21)), false),
        ] {
            let on = date(2026, 11, 20);
            let made = diagnosis("見本感染症", on, DiagnosisBasis::Doctor, NotificationReason::EveryCase);
            let made = Diagnosis { arrived_on: arrived, ..made };
            let expected = if is_asked { Err(NoCertificate::Passport) } else { Ok(()) };
            assert_eq!((asks_for_passport(&made), asked(&made)), (is_asked, expected), "{arrived:?}");
            let facts =
                CertificateFacts { diagnosis: Some(&made), birth_date: Some(date(1948, 4, 12)), has_passport: true };
            assert!(certified(&facts).is_ok(), "{arrived:?}");
        }
    }

    proptest! {
        #[test]
        fn m10_nobody_without_a_doctors_diagnosis_gets_one(
            days in -20_000_i32..40_000, reason in 0..NotificationReason::ALL.len(), is_covid in any::<bool>()
        ) {
            let on = date(2000, 1, 1).saturating_add(days.days());
            let disease = if is_covid { "新型コロナウイルス感染症" } else { "見本感染症" };
            let reason = NotificationReason::ALL[reason];
            let presumed = diagnosis(disease, on, DiagnosisBasis::Presumed, reason);
            prop_assert_eq!(asked(&presumed), Err(NoCertificate::Presumed));
            // Since 26 September 2022 the reason of the former time entitles nobody to one for this disease.
            let every = diagnosis(disease, on, DiagnosisBasis::Doctor, NotificationReason::EveryCase);
            prop_assert!(!is_covid || on < date(2022, 9, 26) || asked(&every).is_err());
        }
    }
}
