//! The people of a transcript: simulated patients, their centre, and the answers that they have reported today.

use uuid::Uuid;

use crate::domain::{
    Answer, BirthDate, CentreCode, HersysId, Item, Keys, Language, Oximeter, PatientId, PhoneNumber, ReportId,
    ReportOutcome, Spo2Question,
};
use crate::engine::{CallBack, Centre, Effect, EventKind, Fact, Identified, Person, Query, SaidAs};
use crate::policy::{AfterRed, OfficeHours, Thresholds};

/// The HER-SYS ID of the made-up patient.
pub const PATIENT_ID: &str = "1234567";
/// The keys of the made-up patient's birth date.
pub const PATIENT_BIRTH_DATE: &str = "19800401";

/// The people and settings of a transcript.
#[derive(Debug, Clone)]
pub struct Fixtures {
    /// The centre of all patients, which also receives callers who aren't identified.
    pub centre: Centre,
    /// The number of the health call line.
    pub health_call_number: Option<PhoneNumber>,
    /// The patients.
    pub patients: Vec<FixturePatient>,
    /// The caller number.
    pub caller: Option<PhoneNumber>,
    /// The end of a maintenance: month, day, hour, minute.
    pub maintenance_until: Option<[u8; 4]>,
    /// How many red alerts wait, in a call to staff.
    pub open_alerts: u32,
}

/// A simulated patient.
#[derive(Debug, Clone)]
pub struct FixturePatient {
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// The birth date.
    pub birth_date: BirthDate,
    /// Whether the patient is under observation.
    pub standing: FixtureStatus,
    answers: Vec<(Item, Answer)>,
    /// Whether SpO2 is asked for.
    pub spo2_question: Spo2Question,
    /// The languages in which the patient has completed a call on the line.
    pub known_in: Vec<Language>,
}

/// Whether a patient is under observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixtureStatus {
    /// Yes.
    UnderObservation,
    /// No longer.
    Released,
}

impl FixturePatient {
    /// A patient who hasn't reported yet today.
    pub fn new(hersys_id: HersysId, birth_date: BirthDate, standing: FixtureStatus) -> Self {
        Self {
            hersys_id,
            birth_date,
            standing,
            answers: Vec::new(),
            spo2_question: Spo2Question::Asked,
            known_in: Vec::new(),
        }
    }
}

impl Fixtures {
    /// A simulated centre without patients.
    ///
    /// # Errors
    ///
    /// Never returns an error, because the code and the number are valid.
    pub fn of_a_synthetic_centre() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let centre = Centre {
            code: CentreCode::parse("00000")?,
            name: "見本保健所".into(),
            phone: PhoneNumber::from_e164("+81300000000")?,
            said_as: SaidAs::default(),
            zone: "Asia/Tokyo".into(),
            office_hours: OfficeHours::default(),
            thresholds: Thresholds::default(),
            after_red: AfterRed::default(),
        };
        let health_call_number = Some(PhoneNumber::from_e164("+815000000001")?);
        Ok(Self {
            centre,
            health_call_number,
            patients: Vec::new(),
            caller: None,
            maintenance_until: None,
            open_alerts: 1,
        })
    }

    /// A simulated centre with the made-up patient, who hasn't reported yet today and whose number is shown.
    ///
    /// # Errors
    ///
    /// Never returns an error, because the ID, the birth date and the number are valid.
    pub fn of_a_synthetic_patient() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut fixtures = Self::of_a_synthetic_centre()?;
        fixtures.caller = Some(PhoneNumber::from_e164("+815000000000")?);
        let birth_date = BirthDate::parse_keys(PATIENT_BIRTH_DATE, jiff::civil::Date::MAX)?;
        let patient = FixturePatient::new(HersysId::parse(PATIENT_ID)?, birth_date, FixtureStatus::UnderObservation);
        fixtures.patients.push(patient);
        Ok(fixtures)
    }

    fn person(&self, nth: usize) -> Option<Box<Person>> {
        let patient = self.patients.get(nth)?;
        // The patient's index is the id.
        let id = Uuid::from_u128(nth as u128);
        let (answers, known_in) = (patient.answers.clone(), patient.known_in.clone());
        let spo2_question = patient.spo2_question;
        let (patient, report, centre) = (PatientId(id), ReportId(id), self.centre.clone());
        Some(Box::new(Person {
            patient,
            report,
            centre,
            answers,
            known_in,
            oximeter: Oximeter::Unknown,
            spo2_question,
        }))
    }

    /// The first patient, with whom a call to an identified patient begins.
    pub fn first_person(&self) -> Option<Box<Person>> {
        self.person(0)
    }

    pub(super) fn answer(&self, ask: &Query) -> EventKind {
        match ask {
            Query::Identify { hersys_id, birth_date } => {
                EventKind::Identified(self.identify(hersys_id.as_ref(), birth_date))
            }
            Query::CallBack => EventKind::CallBack(CallBack::Taken),
        }
    }

    fn identify(&self, hersys_id: Option<&HersysId>, birth_date: &Keys) -> Identified {
        let proves = |patient: &FixturePatient| {
            let keyed = patient.birth_date.expose().strftime("%Y%m%d").to_string();
            Some(&patient.hersys_id) == hersys_id && keyed == birth_date.expose()
        };
        let found = self.patients.iter().position(proves);
        match found.and_then(|nth| self.person(nth).zip(self.patients.get(nth))) {
            Some((person, patient)) if patient.standing == FixtureStatus::UnderObservation => {
                Identified::Matched(person)
            }
            Some((person, _)) => Identified::ObservationEnded(Box::new(person.centre)),
            None => Identified::Mismatch,
        }
    }

    /// Stores what a later call on the same day must find.
    pub(super) fn keep(&mut self, effect: &Effect, language: Language) {
        let Effect::Fact(fact) = effect else { return };
        let (Fact::Answered { report, .. } | Fact::Withdrawn { report, .. } | Fact::ReportClosed { report, .. }) = fact
        else {
            return;
        };
        let nth = usize::try_from(report.0.as_u128()).unwrap_or(usize::MAX);
        let Some(patient) = self.patients.get_mut(nth) else { return };
        match fact {
            Fact::Answered { item, answer, .. } => {
                patient.answers.retain(|(of, _)| of != item);
                patient.answers.push((*item, *answer));
            }
            Fact::Withdrawn { item, .. } => patient.answers.retain(|(of, _)| of != item),
            Fact::ReportClosed { outcome: ReportOutcome::Reported, .. } => {
                patient.answers.clear();
                patient.known_in.push(language);
            }
            _ => {}
        }
    }
}
