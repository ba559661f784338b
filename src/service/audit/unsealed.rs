//! The search for rows without a seal: what the trail says of the last days, and the rows that it doesn't name.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::seal_entry::{SealAction, rows_of};
use crate::store::audit;
use crate::store::chain::Hash;
use crate::store::sealed_rows;
use crate::store::seals::{self, Seal, SealKey};
use crate::store::{StoreError, Tx};

/// How far before the last entry with seals the search for unsealed rows begins. No call or report lasts longer.
const LOOKS_BACK: SignedDuration = SignedDuration::from_hours(48);
/// Entries of the trail read at a time. Each may name hundreds of rows.
const ENTRIES: u32 = 100;
/// Reports or alerts read at a time.
const PAGE: u32 = 500;
/// Unsealed rows that are found at a time.
const AT_ONCE: usize = 5_000;

/// The seals of the last days, as the trail has them. Two days of a whole country are many millions, so a number
/// stands for each: two seals with the same one are less likely than a broken disk.
pub(super) struct RecentSeals {
    known: HashSet<u64>,
    by: RandomState,
    /// Since when all of them are known.
    since: Timestamp,
    /// The last entry that was read.
    read_to: u64,
}

impl RecentSeals {
    pub(super) async fn read(tx: &mut Tx) -> Result<Self, StoreError> {
        let (known, by) = (HashSet::new(), RandomState::new());
        let mut seals = Self { known, by, since: Timestamp::UNIX_EPOCH, read_to: 0 };
        let mut since: Option<Timestamp> = None;
        seals
            .read_back(tx, |at, has_seals| {
                since = since.or_else(|| at.checked_sub(LOOKS_BACK).ok().filter(|_| has_seals));
                since.is_some_and(|since| at < since)
            })
            .await?;
        seals.since = since.unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(seals)
    }

    /// Reads what has been added to the trail since.
    pub(super) async fn read_on(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        self.read_back(tx, |_, _| false).await
    }

    /// Reads the trail backwards until `is_enough` says so of an entry, or until what is known already.
    async fn read_back(
        &mut self,
        tx: &mut Tx,
        mut is_enough: impl FnMut(Timestamp, bool) -> bool,
    ) -> Result<(), StoreError> {
        let known_to = self.read_to;
        let head = audit::head(tx).await?.sequence;
        let mut before = head.saturating_add(1);
        'trail: loop {
            let page = audit::before(tx, before, ENTRIES).await?;
            let Some(last) = page.last() else { break };
            before = last.sequence;
            for sealed in &page {
                let says = SealAction::of(&sealed.entry.action);
                let has_seals = matches!(says, Some(SealAction::Sealed | SealAction::Found));
                let at = Timestamp::from_millisecond(sealed.entry.at).unwrap_or(Timestamp::UNIX_EPOCH);
                if sealed.sequence <= known_to || is_enough(at, has_seals) {
                    break 'trail;
                }
                if has_seals {
                    let rows = rows_of(&sealed.entry.details).unwrap_or_default();
                    let found = rows.iter().filter_map(|row| seals::parse(row)).map(|seal| self.by.hash_one(seal));
                    self.known.extend(found);
                }
            }
        }
        self.read_to = head;
        Ok(())
    }

    fn has(&self, key: SealKey, hash: Hash) -> bool {
        self.known.contains(&self.by.hash_one((key, hash)))
    }
}

/// How far the rows have been searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Searched {
    /// The reports to this one, with their answers.
    Reports(Uuid),
    /// All reports, and the alerts to this one.
    Alerts(Uuid),
    /// All rows.
    Everything,
}

impl Searched {
    pub(super) const NOTHING: Self = Self::Reports(Uuid::nil());
}

/// The next rows without a seal, and how far was searched for them. All of a page are returned, so there may be more
/// than [`AT_ONCE`].
pub(super) async fn next(
    tx: &mut Tx,
    seals: &RecentSeals,
    from: Searched,
    now: Timestamp,
) -> Result<(Vec<Seal>, Searched), StoreError> {
    let day = seals.since.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let (mut left, mut searched) = (Vec::new(), from);
    while left.len() < AT_ONCE {
        let rows = match searched {
            Searched::Reports(after) => {
                let mut rows = sealed_rows::reports_since(tx, day, after, PAGE).await?;
                searched = rows.last().map_or(Searched::Alerts(Uuid::nil()), |last| Searched::Reports(last.key.id));
                let ids: Vec<Uuid> = rows.iter().map(|report| report.key.id).collect();
                rows.extend(sealed_rows::of_reports(tx, &ids).await?);
                rows
            }
            Searched::Alerts(after) => {
                let rows = sealed_rows::alerts_since(tx, seals.since, after, PAGE).await?;
                searched = rows.last().map_or(Searched::Everything, |last| Searched::Alerts(last.key.id));
                rows
            }
            Searched::Everything => break,
        };
        let both = rows.iter().flat_map(|row| row.hash.map(|hash| (row.key, hash)).into_iter().chain(row.end));
        let unsealed = both.filter(|(key, hash)| !seals.has(*key, *hash));
        left.extend(unsealed.map(|(key, hash)| Seal { key, at: now, hash }));
    }
    Ok((left, searched))
}
