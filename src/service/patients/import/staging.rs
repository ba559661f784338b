//! Writes an import so that nobody sees it, and decides it.

use std::collections::HashSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::super::registration::{changes, held_number};
use super::finishing::{apply, begin};
use super::plan::Plan;
use crate::domain::{Actor, PatientId, PhoneNumber, UploadId};
use crate::service::context::{Context, Pace, audit_entry};
use crate::service::error::ServiceError;
use crate::store::audit::{AuditRow, Subject};
use crate::store::centres::{self, CentreRow};
use crate::store::imports::{self, Claim, HeldChange, Phase};
use crate::store::patients::{self, PatientRow};
use crate::store::{Tx, audit, list_uploads};

/// Whether the import counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Staged {
    Yes,
    /// Others changed the same patients or the health centre meanwhile. It doesn't.
    Overtaken,
}

/// An import to write.
pub(super) struct Staging<'a> {
    pub(super) context: &'a Context,
    pub(super) actor: &'a Actor,
    /// The health centre as it was when the list was compared.
    pub(super) centre: &'a CentreRow,
    pub(super) now: Timestamp,
    pub(super) plan: &'a Plan,
    /// The uploaded list that it imports, and who works on it. The transaction that decides the import ends that work.
    pub(super) upload: Option<(UploadId, Uuid)>,
}

impl Staging<'_> {
    /// Writes everything in this transaction.
    pub(super) async fn all(&self, tx: &mut Tx, claim: Claim) -> Result<Staged, ServiceError> {
        let Plan { new, changed, .. } = self.plan;
        if self.add(tx, claim, new).await? == Staged::Overtaken
            || self.hold_back(tx, changed).await? == Staged::Overtaken
            || self.decide(tx, claim).await? == Staged::Overtaken
        {
            return Ok(Staged::Overtaken);
        }
        let ids: Vec<PatientId> = changed.iter().map(|(_, after)| after.id).chain(self.added_takers(new)).collect();
        apply(tx, &ids, self.now).await?;
        audit::release_oldest(tx, u32::MAX).await?;
        imports::end(tx, claim).await?;
        Ok(Staged::Yes)
    }

    /// Writes everything in short transactions, and decides the import in the last one. `written` is called with the
    /// number of written records.
    pub(super) async fn write(
        &self,
        claim: Claim,
        pace: &mut Pace,
        written: &(impl Fn(usize) + Sync),
    ) -> Result<Staged, ServiceError> {
        let mut count = 0;
        let mut left = self.plan.new.as_slice();
        while !left.is_empty() {
            let (part, rest) = left.split_at(pace.rows().min(left.len()));
            let mut step = begin(self.context, pace, claim, Phase::Staged).await?;
            if self.add(&mut step.tx, claim, part).await? == Staged::Overtaken {
                return Ok(Staged::Overtaken);
            }
            pace.end(step).await?;
            count += part.len();
            left = rest;
            written(count);
        }
        let mut left = self.plan.changed.as_slice();
        while !left.is_empty() {
            let (part, rest) = left.split_at(pace.rows().min(left.len()));
            let mut step = begin(self.context, pace, claim, Phase::Staged).await?;
            if self.hold_back(&mut step.tx, part).await? == Staged::Overtaken {
                return Ok(Staged::Overtaken);
            }
            pace.end(step).await?;
            count += part.len();
            left = rest;
            written(count);
        }
        let mut step = begin(self.context, pace, claim, Phase::Staged).await?;
        let decided = self.decide(&mut step.tx, claim).await?;
        if decided == Staged::Yes {
            pace.end(step).await?;
        }
        Ok(decided)
    }

    /// The new patients among these whose number another patient of the list still has.
    fn added_takers(&self, new: &[PatientRow]) -> impl Iterator<Item = PatientId> {
        new.iter().map(|row| row.id).filter(|id| self.plan.takers.contains(id))
    }

    fn entry(&self, action: &str, before: Option<&PatientRow>, after: &PatientRow) -> AuditRow {
        let (subject, centre) = (Subject::Patient(after.id), Some(after.centre.clone()));
        audit_entry(self.actor, self.now, action, subject, centre, changes(before, after))
    }

    /// Adds new patients. Those whose number another patient of the list still has get it when the changes are applied.
    async fn add(&self, tx: &mut Tx, claim: Claim, new: &[PatientRow]) -> Result<Staged, ServiceError> {
        let takers: HashSet<PatientId> = self.added_takers(new).collect();
        let mut rows = new.to_vec();
        let mut later = Vec::new();
        let mut entries = Vec::with_capacity(new.len());
        for row in &mut rows {
            let entry = self.entry("patient.added", None, row);
            if takers.contains(&row.id) {
                let fields = vec!["automated_call".to_owned()];
                later.push(HeldChange { after: row.clone(), fields, entry: entry.id });
                row.automated_call = false;
                row.calling.next_slot_at = None;
            }
            entries.push((entry, Some(row.id)));
        }
        patients::insert_hidden(tx, claim.number, &rows).await?;
        if self.promise_numbers(tx, &later).await? == Staged::Overtaken {
            return Ok(Staged::Overtaken);
        }
        imports::hold_changes(tx, &later).await?;
        audit::hold(tx, entries).await?;
        Ok(Staged::Yes)
    }

    /// Holds changes of registered patients back.
    async fn hold_back(&self, tx: &mut Tx, changed: &[(PatientRow, PatientRow)]) -> Result<Staged, ServiceError> {
        let before: Vec<PatientRow> = changed.iter().map(|(before, _)| before.clone()).collect();
        patients::hold(tx, &before.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
        if !patients::are_at(tx, &before).await? {
            return Ok(Staged::Overtaken);
        }
        let mut held = Vec::with_capacity(changed.len());
        let mut entries = Vec::with_capacity(changed.len());
        for (before, after) in changed {
            let entry = self.entry("patient.changed", Some(before), after);
            let fields = changes(Some(before), after).names().map(str::to_owned).collect();
            held.push(HeldChange { after: after.clone(), fields, entry: entry.id });
            entries.push((entry, None));
        }
        if self.promise_numbers(tx, &held).await? == Staged::Overtaken {
            return Ok(Staged::Overtaken);
        }
        imports::hold_changes(tx, &held).await?;
        audit::hold(tx, entries).await?;
        Ok(Staged::Yes)
    }

    /// A2: checks that the numbers are free, or that patients of this list give them up. Once the changes are held
    /// back, nobody else gets these numbers.
    async fn promise_numbers(&self, tx: &mut Tx, held: &[HeldChange]) -> Result<Staged, ServiceError> {
        let numbers: Vec<PhoneNumber> = held.iter().filter_map(|held| held_number(&held.after)).cloned().collect();
        if numbers.is_empty() {
            return Ok(Staged::Yes);
        }
        patients::hold_numbers(tx).await?;
        let takers: HashSet<(&PhoneNumber, PatientId)> =
            held.iter().filter_map(|held| Some((held_number(&held.after)?, held.after.id))).collect();
        let holders = patients::automated_call_holders(tx, &numbers).await?;
        let in_the_way = holders.iter().any(|holder| {
            !takers.contains(&(&holder.phone_number, holder.patient)) && !self.plan.givers.contains(&holder.patient)
        });
        Ok(if in_the_way { Staged::Overtaken } else { Staged::Yes })
    }

    /// Decides the import, unless the health centre's settings or one of the patients have changed since the list was
    /// compared.
    async fn decide(&self, tx: &mut Tx, claim: Claim) -> Result<Staged, ServiceError> {
        centres::hold(tx, &self.centre.code).await?;
        let same_centre = centres::get(tx, &self.centre.code).await?.as_ref() == Some(self.centre);
        let decided = same_centre && imports::decide(tx, claim).await?;
        if let Some(upload) = self.upload.filter(|_| decided) {
            list_uploads::imported(tx, upload, claim.number, self.now).await?;
        }
        Ok(if decided { Staged::Yes } else { Staged::Overtaken })
    }
}
