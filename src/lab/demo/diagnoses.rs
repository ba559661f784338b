//! Diagnoses of the first patients, so that their certificates can be seen, printed and checked: a made-up disease, as
//! COVID-19 is no longer notified. The last of them has just entered the country.

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use crate::domain::{Actor, Diagnosis, DiagnosisBasis, DiseaseName, NotificationReason, RegisteredName, Revision};
use crate::lab::synthetic_identity;
use crate::service::{Context, Details, show_patient, write_diagnosis};

/// How many patients have one.
const PATIENTS: u32 = 4;
/// Days since the diagnosis.
const DAYS: i32 = 3;
/// Days from entering the country to the diagnosis.
const DAYS_IN_THE_COUNTRY: i32 = 5;

/// Writes the diagnoses.
pub(super) async fn add(context: &Context, now: Timestamp, zone: &TimeZone) -> anyhow::Result<()> {
    let today = zone.to_datetime(now).date();
    let diagnosed_on: Date = today.saturating_sub(DAYS.days());
    for nth in 0..PATIENTS {
        let (id, _) = synthetic_identity(nth).context("an ID")?;
        let Ok(shown) = show_patient(context, &Actor::System, &id, Details::Masked).await else { return Ok(()) };
        let patient = shown.found.patient;
        let name = format!("{} {}", patient.family_name.expose(), patient.given_name.expose());
        let diagnosis = Diagnosis {
            disease: DiseaseName::parse("見本感染症").context("a disease")?,
            diagnosed_on,
            basis: DiagnosisBasis::Doctor,
            reason: NotificationReason::EveryCase,
            registered_name: RegisteredName::parse(&name).context("a name")?,
            entered_on: today,
            arrived_on: (nth + 1 == PATIENTS).then(|| diagnosed_on.saturating_sub(DAYS_IN_THE_COUNTRY.days())),
        };
        write_diagnosis(context, &Actor::System, patient.id, Revision(0), diagnosis).await?;
    }
    Ok(())
}
