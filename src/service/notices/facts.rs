//! What decides about notices, as committed at this moment.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::domain::{CentreCode, EmailAddress, NoticeChannel, NoticeKind, NoticeStop, PatientId};
use crate::policy::{NoticeFacts, Reachable};
use crate::store::centres::CentreRow;
use crate::store::notice_stops::{self, NoticeStopRow};
use crate::store::notices::{self, DeadAddress};
use crate::store::patients::PatientRow;
use crate::store::{StoreError, Tx, centres};

/// What is known of some patients besides their records.
pub(super) struct Known {
    stops: HashMap<PatientId, NoticeStopRow>,
    dead: Vec<DeadAddress>,
    addresses: HashMap<PatientId, EmailAddress>,
}

impl Known {
    /// Of these patients.
    pub(super) async fn of(tx: &mut Tx, patients: &[PatientId]) -> Result<Self, StoreError> {
        let stops = notice_stops::of_patients(tx, patients).await?;
        Ok(Self {
            stops: stops.into_iter().map(|stop| (stop.patient, stop)).collect(),
            dead: notices::dead_of(tx, patients).await?,
            addresses: notices::addresses_of(tx, patients).await?.into_iter().collect(),
        })
    }

    /// What decides about a notice.
    pub(super) fn facts(&self, patient: &PatientRow, kind: NoticeKind, day: Date) -> NoticeFacts {
        NoticeFacts {
            kind,
            day,
            released: patient.released_at.is_some(),
            observed_from: patient.monitoring_start,
            stopped: patient.stopped_at.is_some(),
            stop_requested: patient.calling.stop_requested_at.is_some(),
            notices_stopped: self.stops.get(&patient.id).is_some_and(|stop| !stop.state.lets_notices_out()),
            sms: self.by_sms(patient),
            email: self.by_email(patient.id),
        }
    }

    /// How a patient is no longer reached: the number, or the address of the account, takes no messages.
    pub(super) fn dead(&self, patient: &PatientRow) -> Vec<NoticeChannel> {
        let number = patient.phone_number.as_ref().map(|number| (NoticeChannel::Sms, number.expose()));
        let address = self.address(patient.id).map(|address| (NoticeChannel::Email, address.expose()));
        let used = number.into_iter().chain(address);
        used.filter(|(channel, to)| self.is_dead(patient.id, *channel, to)).map(|(channel, _)| channel).collect()
    }

    /// The last request that notices stop.
    pub(super) fn stop(&self, patient: PatientId) -> Option<NoticeStop> {
        self.stops.get(&patient).map(|stop| stop.state)
    }

    /// The address of the account that has a patient.
    pub(super) fn address(&self, patient: PatientId) -> Option<&EmailAddress> {
        self.addresses.get(&patient)
    }

    fn by_email(&self, patient: PatientId) -> Reachable {
        let Some(address) = self.address(patient) else { return Reachable::None };
        if self.is_dead(patient, NoticeChannel::Email, address.expose()) { Reachable::Dead } else { Reachable::Yes }
    }

    fn is_dead(&self, patient: PatientId, channel: NoticeChannel, address: &str) -> bool {
        let is_it =
            |dead: &DeadAddress| dead.patient == patient && dead.channel == channel && dead.address.expose() == address;
        self.dead.iter().any(is_it)
    }

    /// Whether the registered number takes messages. A number where someone else answered doesn't, nor one to which a
    /// message couldn't be delivered; a new number counts anew.
    fn by_sms(&self, patient: &PatientRow) -> Reachable {
        let Some(number) = &patient.phone_number else { return Reachable::None };
        let is_dead = self.is_dead(patient.id, NoticeChannel::Sms, number.expose());
        if is_dead || patient.calling.wrong_number.as_ref() == Some(number) {
            return Reachable::Dead;
        }
        Reachable::by_sms(number.kind())
    }
}

/// These health centres.
pub(super) async fn centres_of<'a>(
    tx: &mut Tx,
    codes: impl Iterator<Item = &'a CentreCode>,
) -> Result<HashMap<CentreCode, CentreRow>, StoreError> {
    let mut found = HashMap::new();
    for code in codes {
        if !found.contains_key(code)
            && let Some(row) = centres::get(tx, code).await?
        {
            found.insert(code.clone(), row);
        }
    }
    Ok(found)
}
