//! Who is logged in to the portal, and with which people.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::note;
use crate::domain::{
    AccountId, Actor, CentreCode, EmailAddress, EnteredName, PatientAccount, PatientId, PersonLabel, PortalSessionId,
    Stay,
};
use crate::policy::{Observed, PORTAL_SEEN_EVERY, is_recent_log_in, portal_session_holds};
use crate::service::accounts::SecretToken;
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::portal::people::{self, PortalPersonRow};
use crate::store::portal::sessions::PortalSessionRow;
use crate::store::portal::{accounts, sessions};
use crate::store::{StoreError, Tx, patients};

/// Somebody who is logged in to the portal.
#[derive(Debug, Clone)]
pub struct PortalLoggedIn {
    /// The log-in.
    pub session: PortalSessionId,
    /// The account.
    pub account: AccountId,
    /// Its address.
    pub address: EmailAddress,
    /// Whether it has a password.
    pub password: PortalPassword,
    /// How long the log-in stays.
    pub stay: Stay,
    /// When.
    pub logged_in_at: Timestamp,
    /// Its holder, as who asks.
    pub actor: Actor,
    /// The people of the account, in the order in which they were added.
    pub people: Vec<PortalPerson>,
    /// The person whom the pages show.
    pub shown: Option<PatientId>,
}

/// Whether an account has a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalPassword {
    /// It has one.
    Chosen,
    /// It is logged in to by a code each time.
    CodeEachTime,
}

/// A person of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalPerson {
    /// The patient.
    pub patient: PatientId,
    /// 姓, as entered.
    pub family_name: EnteredName,
    /// 名, as entered.
    pub given_name: EnteredName,
    /// What tells the person apart.
    pub label: Option<PersonLabel>,
    /// The health centre.
    pub centre: CentreCode,
    /// When observation ended.
    pub released_at: Option<Timestamp>,
}

impl PortalPerson {
    /// The name, with what tells the person apart: `見本 花子(2回目)`.
    pub fn name(&self) -> String {
        let name = format!("{} {}", self.family_name.as_str(), self.given_name.as_str());
        match &self.label {
            Some(label) => format!("{name}({})", label.as_str()),
            None => name,
        }
    }
}

impl PortalLoggedIn {
    /// A person of the account.
    pub fn person(&self, patient: PatientId) -> Option<&PortalPerson> {
        self.people.iter().find(|person| person.patient == patient)
    }

    /// Whether the account itself may be changed with this log-in: it is recent.
    pub fn may_change_account(&self, context: &Context) -> bool {
        is_recent_log_in(self.logged_in_at, context.clock.now())
    }

    /// The person whom the pages show.
    pub fn shown_person(&self) -> Option<&PortalPerson> {
        self.shown.and_then(|patient| self.person(patient)).or_else(|| self.people.first())
    }
}

/// The people of an account.
pub(super) async fn people_of(tx: &mut Tx, account: AccountId) -> Result<Vec<PortalPerson>, StoreError> {
    let rows = people::of_account(tx, account).await?;
    let ids: Vec<PatientId> = rows.iter().map(|row| row.patient).collect();
    let records = if ids.is_empty() { Vec::new() } else { patients::by_ids(tx, &ids).await? };
    let person = |row: PortalPersonRow| {
        let record = records.iter().find(|record| record.id == row.patient)?;
        Some(PortalPerson {
            patient: row.patient,
            family_name: row.family_name,
            given_name: row.given_name,
            label: row.label,
            centre: record.centre.clone(),
            released_at: record.released_at,
        })
    };
    Ok(rows.into_iter().filter_map(person).collect())
}

/// Whether a log-in still holds.
pub(super) fn holds(row: &PortalSessionRow, people: &[PortalPerson], now: Timestamp) -> bool {
    let observed = match people {
        [] => Observed::NobodyYet,
        people if people.iter().any(|person| person.released_at.is_none()) => Observed::Somebody,
        _ => Observed::NoLonger,
    };
    portal_session_holds(row.stay, observed, (row.created_at, row.seen_at), now)
}

/// Looks up a token, and records that its holder is active. `None` if it is unknown, or has ended.
///
/// # Errors
/// Database errors.
pub async fn portal_session(context: &Context, token: &SecretToken) -> Result<Option<PortalLoggedIn>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let Some(row) = sessions::by_token(&mut tx, &token.hash()).await? else { return Ok(None) };
    let Some(account) = accounts::get(&mut tx, row.account).await? else { return Ok(None) };
    let people = people_of(&mut tx, row.account).await?;
    drop(tx);
    if !holds(&row, &people, now) {
        return Ok(None);
    }
    if now.duration_since(row.seen_at) >= PORTAL_SEEN_EVERY {
        match record_use(context, row.id, now).await {
            // Reports are taken also while nothing else can be written.
            Err(error) if !error.is_unwritable() => return Err(error.into()),
            _ => {}
        }
    }
    let patients: BTreeSet<PatientId> = people.iter().map(|person| person.patient).collect();
    Ok(Some(PortalLoggedIn {
        session: row.id,
        account: row.account,
        address: account.address,
        password: match account.password_hash {
            Some(_) => PortalPassword::Chosen,
            None => PortalPassword::CodeEachTime,
        },
        stay: row.stay,
        logged_in_at: row.created_at,
        actor: Actor::Patient(PatientAccount { account: row.account, patients }),
        people,
        shown: row.patient,
    }))
}

async fn record_use(context: &Context, session: PortalSessionId, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = context.database.begin_write().await?;
    sessions::seen(&mut tx, session, now).await?;
    tx.commit().await
}

/// Ends a log-in.
///
/// # Errors
/// Database errors.
pub async fn log_out_of_portal(context: &Context, logged_in: &PortalLoggedIn) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if sessions::end(&mut tx, logged_in.account, logged_in.session, now).await? {
        note(&mut tx, logged_in.account, "portal.logged_out", now).await?;
        tx.commit().await?;
    }
    Ok(())
}
