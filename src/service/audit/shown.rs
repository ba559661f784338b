//! What a reader sees of entries: which patients, and who did it, as far as they are of the reader's health centre.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::domain::{CentreCode, HersysId, LogInName, PatientId, StaffAccountId};
use crate::policy::Scope;
use crate::service::context::record_of;
use crate::store::audit::{ACCOUNT, AuditRow, SYSTEM_USER, Subject};
use crate::store::patients::PatientRow;
use crate::store::staff_accounts::AccountRow;
use crate::store::{StoreError, Tx, patients, staff_accounts};

/// An entry and its subject.
#[derive(Debug, Clone)]
pub struct ShownEntry {
    /// The entry.
    pub row: AuditRow,
    /// The HER-SYS ID of the patient, or the ID that was looked up.
    pub hersys_id: Option<HersysId>,
    /// The patients whom a view of several showed, as far as the reader may see them, each with the HER-SYS ID, or
    /// `None` if the patient was erased.
    pub people: Vec<(PatientId, Option<HersysId>)>,
    /// How many more it showed.
    pub unnamed: usize,
    /// The system's user, if the actor was an operator of the command line.
    pub system_user: Option<String>,
    /// The account of who did it, if that is staff. Older entries have only the name.
    pub account: Option<StaffAccountId>,
    /// By which that account logs in.
    pub log_in_name: Option<LogInName>,
    /// The health centre of who did it, if the reader mayn't know its staff.
    pub elsewhere: Option<CentreCode>,
    /// The fields in the entry, each with its values before and after.
    pub fields: Map<String, Value>,
}

/// The people of a page of entries.
pub(super) struct Shown<'a> {
    /// The patients whom the page shows.
    pub(super) people: Vec<PatientRow>,
    known: HashMap<PatientId, HersysId>,
    /// Those of the reader's health centres.
    own: BTreeSet<PatientId>,
    accounts: HashMap<StaffAccountId, AccountRow>,
    scope: &'a Scope,
}

impl<'a> Shown<'a> {
    /// Reads the people of these entries.
    pub(super) async fn of(tx: &mut Tx, rows: &[AuditRow], scope: &'a Scope) -> Result<Self, StoreError> {
        let named: BTreeSet<PatientId> = rows.iter().flat_map(named_in).collect();
        let looked_for = rows.iter().filter_map(|row| record_of(&row.subject));
        let ids: BTreeSet<PatientId> = named.iter().copied().chain(looked_for).collect();
        let ids: Vec<PatientId> = ids.into_iter().collect();
        let mut people = patients::by_ids(tx, &ids).await?;
        let own: BTreeSet<PatientId> =
            people.iter().filter(|patient| scope.covers(&patient.centre)).map(|patient| patient.id).collect();
        // Who was looked for and isn't theirs stays unknown.
        people.retain(|patient| own.contains(&patient.id) || named.contains(&patient.id));
        let known = people.iter().map(|patient| (patient.id, patient.hersys_id.clone())).collect();
        let accounts: BTreeSet<StaffAccountId> = rows.iter().filter_map(account_of).collect();
        let accounts: Vec<StaffAccountId> = accounts.into_iter().collect();
        let accounts = staff_accounts::by_ids(tx, &accounts).await?;
        let accounts = accounts.into_iter().map(|account| (account.id, account)).collect();
        Ok(Self { people, known, own, accounts, scope })
    }

    /// An entry as the reader sees it.
    pub(super) fn entry(&self, mut row: AuditRow) -> ShownEntry {
        let account = account_of(&row);
        let (log_in_name, elsewhere) = account.map(|account| self.author(account)).unwrap_or_default();
        if let Some(centre) = &elsewhere {
            row.actor = centre.as_str().to_owned();
        }
        if let Some(patient) = record_of(&row.subject).filter(|patient| self.own.contains(patient)) {
            row.subject = Subject::Patient(patient);
        }
        let hersys_id = match &row.subject {
            Subject::Patient(id) | Subject::Erased(id) => self.known.get(id).cloned(),
            Subject::Nobody(id) => id.clone(),
            Subject::Search | Subject::Patients | Subject::Other(_) => None,
        };
        let person = |patient: PatientId| (patient, self.known.get(&patient).cloned());
        let people = row.people.iter().map(|of| person(of.patient)).collect();
        let mut fields: Map<String, Value> = serde_json::from_str(row.details.as_str()).unwrap_or_default();
        let system_user = fields.remove(SYSTEM_USER).and_then(|user| user.as_str().map(str::to_owned));
        fields.remove(ACCOUNT);
        let account = account.filter(|_| elsewhere.is_none());
        ShownEntry { row, hersys_id, people, unnamed: 0, system_user, account, log_in_name, elsewhere, fields }
    }

    /// The log-in name of an account, or else the health centre whose staff the reader mayn't know.
    fn author(&self, account: StaffAccountId) -> (Option<LogInName>, Option<CentreCode>) {
        match self.accounts.get(&account) {
            Some(AccountRow { centre: Some(centre), .. }) if !self.scope.covers(centre) => (None, Some(centre.clone())),
            Some(account) => (Some(account.log_in_name.clone()), None),
            None => (None, None),
        }
    }
}

/// The patients whom an entry names.
fn named_in(row: &AuditRow) -> Vec<PatientId> {
    let subject = if let Subject::Patient(id) = &row.subject { Some(*id) } else { None };
    row.people.iter().map(|person| person.patient).chain(subject).collect()
}

/// The account that made an entry.
fn account_of(row: &AuditRow) -> Option<StaffAccountId> {
    let details: Value = serde_json::from_str(row.details.as_str()).ok()?;
    details.get(ACCOUNT)?.as_str()?.parse().ok()
}
