//! The people of an account whose notices stop, or are asked to (M13).

use jiff::{Timestamp, ZonedDateTime};

use super::session::PortalLoggedIn;
use crate::domain::{LineOf, NoteAudience, NoteText, NoticeStop, PatientId, StopAskedIn};
use crate::service::centre_settings::{known_centre, zone_of};
use crate::service::context::Context;
use crate::service::error::{PortalError, ServiceError};
use crate::service::notices::{ask_notice_stop, notice_stops_of, take_back_notice_stop};
use crate::store::line_notes;
use crate::store::patients::{self, PatientRow};
use crate::store::{StoreError, Tx};

/// How many notes of a person are looked through for that of a decision.
const MOST_NOTES: u32 = 50;

/// A person of the account, and how the notices about the person stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticesOfPortalPerson {
    /// The person.
    pub patient: PatientId,
    /// How far the last request is. `None` if there was none.
    pub state: Option<NoticeStop>,
    /// Since when it stands so, at the health centre.
    pub since: Option<ZonedDateTime>,
    /// What the health centre wrote to the person when it decided.
    pub note: Option<NoteText>,
    /// The registered number, with all but its last digits hidden. `None` if there is none.
    pub number: Option<String>,
    /// The health centre's name.
    pub centre: String,
    /// Whether the observation has ended: no notices come any more.
    pub is_released: bool,
}

/// How the notices about the people of an account stand.
///
/// # Errors
/// Database errors.
pub async fn notices_of_portal_people(
    context: &Context,
    logged_in: &PortalLoggedIn,
) -> Result<Vec<NoticesOfPortalPerson>, ServiceError> {
    let ids: Vec<PatientId> = logged_in.people.iter().map(|person| person.patient).collect();
    let mut tx = context.database.begin_read().await?;
    let stops = notice_stops_of(&mut tx, &ids).await?;
    let records = patients::by_ids(&mut tx, &ids).await?;
    let mut people = Vec::with_capacity(ids.len());
    for stop in stops {
        let Some(record) = records.iter().find(|record| record.id == stop.patient) else { continue };
        let centre = known_centre(&mut tx, &record.centre).await?;
        let zone = zone_of(&centre)?;
        let note = match stop.decided_at {
            Some(at) => note_of_decision(&mut tx, record.id, at).await?,
            None => None,
        };
        people.push(NoticesOfPortalPerson {
            patient: record.id,
            state: stop.state,
            since: stop.decided_at.or(stop.requested_at).map(|at| at.to_zoned_datetime(zone)),
            note,
            number: record.phone_number.as_ref().map(|number| hidden(&number.national())),
            centre: centre.name,
            is_released: record.released_at.is_some(),
        });
    }
    Ok(people)
}

/// The note for the patient that was stored with a decision.
async fn note_of_decision(tx: &mut Tx, patient: PatientId, at: Timestamp) -> Result<Option<NoteText>, StoreError> {
    let notes = line_notes::of_line(tx, LineOf::Patient(patient), MOST_NOTES).await?;
    let of_it = notes.into_iter().find(|note| note.audience == NoteAudience::Patient && note.at == at);
    Ok(of_it.map(|note| note.text))
}

/// A number with all but its last four digits hidden.
fn hidden(number: &str) -> String {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let mut left = digits;
    let hide = |sign: char| {
        if !sign.is_ascii_digit() {
            return sign;
        }
        left = left.saturating_sub(1);
        if left < 4 { sign } else { '*' }
    };
    number.chars().map(hide).collect()
}

/// Asks that the notices about these people stop. Those who have asked before are left out.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn ask_to_stop_notices(
    context: &Context,
    logged_in: &PortalLoggedIn,
    people: &[PatientId],
) -> Result<usize, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let mut asked = 0_usize;
    // After release there are no notices, so there is nothing to decide.
    let records = own(&mut tx, logged_in, people).await?;
    for record in records.into_iter().filter(|record| record.released_at.is_none()) {
        let is_new = ask_notice_stop(&mut tx, &logged_in.actor, &record, StopAskedIn::Portal, now).await?;
        asked = asked.saturating_add(usize::from(is_new));
    }
    tx.commit().await?;
    Ok(asked)
}

/// Takes the request for a person back, if the health centre hasn't decided.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn take_back_stop_of_notices(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
) -> Result<bool, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let mut was_open = false;
    for record in own(&mut tx, logged_in, &[patient]).await? {
        was_open |= take_back_notice_stop(&mut tx, &logged_in.actor, &record, now).await?;
    }
    tx.commit().await?;
    Ok(was_open)
}

/// The records of these people, if all are of the account and locked.
async fn own(tx: &mut Tx, logged_in: &PortalLoggedIn, people: &[PatientId]) -> Result<Vec<PatientRow>, ServiceError> {
    if people.iter().any(|patient| logged_in.person(*patient).is_none()) {
        return Err(PortalError::NotYours.into());
    }
    patients::hold(tx, people).await?;
    Ok(patients::by_ids(tx, people).await?)
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn the_last_digits_of_a_number_tell_whose_it_is() {
        assert_eq!(hidden("090-1234-5678"), "***-****-5678");
        assert_eq!(hidden("123"), "123");
    }
}
