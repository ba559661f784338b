//! Compares the rows named in the audit trail with the tables. An answer, report or alert that was changed or deleted
//! outside the program no longer matches its seal.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use uuid::Uuid;

use super::seal_entry::{SealAction, rows_of};
use crate::store::audit::Sealed;
use crate::store::chain::Hash;
use crate::store::sealed_rows::{self, SealedRow, TextPlace};
use crate::store::seals::{self, SealKey, SealKind};
use crate::store::{StoreError, Tx};

/// Rows compared at a time.
const PAGE: u32 = 1_000;

/// A row that doesn't match its seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BadRow {
    /// Which row.
    pub key: SealKey,
    /// What is wrong with it.
    pub fault: RowFault,
}

/// What is wrong with a sealed row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowFault {
    /// Its content differs.
    Changed,
    /// It is missing, and no entry records its erasure.
    Deleted,
    /// Its end differs from the one that was sealed last, or was never sealed.
    EndChanged,
    /// No entry names it. It was inserted outside the program, or a process died before sealing it.
    NoSeal,
}

/// The result of comparing rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowsRead {
    /// Rows that match their seals.
    pub fit: u64,
    /// Rows that were erased on purpose, according to the trail.
    pub erased: u64,
    /// Rows that were sealed as found: from an older version, or left without a seal.
    pub found: u64,
    /// Rows that no entry names.
    pub unsealed: u64,
    /// Rows that don't match their seals.
    pub bad: Vec<BadRow>,
}

/// The rows named by the entries read so far.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Named rows that weren't erased, each as an unpredictable hash. There may be millions.
    named: HashSet<u64>,
    hasher: RandomState,
    erased: u64,
    found: u64,
    bad: HashMap<SealKey, RowFault>,
    /// Ids of rows whose end matches its last seal. The end can be sealed before the row itself: by another node, or
    /// if a process died before it sealed the row.
    ended: HashSet<Uuid>,
}

impl Rows {
    /// Adds the rows that an entry names.
    pub(super) async fn take(&mut self, tx: &mut Tx, sealed: &Sealed) -> Result<(), StoreError> {
        let Some(says) = SealAction::of(&sealed.entry.action) else { return Ok(()) };
        let Some(rows) = rows_of(&sealed.entry.details) else { return Ok(()) };
        if says == SealAction::Erased {
            rows.iter().filter_map(|row| SealKey::parse(row)).for_each(|key| self.erase(key));
            return Ok(());
        }
        let named: Vec<(SealKey, Hash)> = rows.iter().filter_map(|row| seals::parse(row)).collect();
        let there = look_up(tx, &named).await?;
        for (key, hash) in named {
            let row = SealKey { kind: whole(key.kind), ..key };
            self.hold(key, hash, there.get(&row));
            if whole(key.kind) == key.kind {
                self.named.insert(self.hasher.hash_one(key));
                self.found += u64::from(says == SealAction::Found);
            }
        }
        Ok(())
    }

    fn hold(&mut self, key: SealKey, hash: Hash, there: Option<&SealedRow>) {
        match key.kind {
            SealKind::Answer | SealKind::Report | SealKind::Alert => match there {
                None => {
                    self.bad.insert(key, RowFault::Deleted);
                }
                Some(found) => {
                    if found.hash != Some(hash) {
                        self.bad.insert(key, RowFault::Changed);
                    }
                    // Its end must be sealed by a later entry.
                    if let Some((end, _)) = found.end.filter(|(end, _)| !self.ended.contains(&end.id)) {
                        self.bad.entry(end).or_insert(RowFault::EndChanged);
                    }
                }
            },
            SealKind::ReportEnd | SealKind::AlertEnd => {
                let fits = there.is_some_and(|found| found.end == Some((key, hash)));
                if fits || there.is_none() {
                    self.bad.remove(&key);
                    self.ended.insert(key.id);
                } else {
                    self.bad.insert(key, RowFault::EndChanged);
                    self.ended.remove(&key.id);
                }
            }
        }
    }

    fn erase(&mut self, key: SealKey) {
        let end = match key.kind {
            SealKind::Report => Some(SealKind::ReportEnd),
            SealKind::Alert => Some(SealKind::AlertEnd),
            SealKind::Answer | SealKind::ReportEnd | SealKind::AlertEnd => None,
        };
        if let Some(kind) = end {
            self.bad.remove(&SealKey { kind, ..key });
        }
        self.named.remove(&self.hasher.hash_one(key));
        if self.bad.remove(&key) == Some(RowFault::Deleted) {
            self.erased += 1;
        }
    }

    /// The number of named rows that exist.
    fn there(&self) -> u64 {
        let deleted = self.bad.values().filter(|fault| **fault == RowFault::Deleted).count();
        self.named.len().saturating_sub(deleted) as u64
    }

    /// The rows that no entry names. Empty while rows of an older version wait to be sealed.
    pub(super) async fn unsealed(&self, tx: &mut Tx) -> Result<HashSet<SealKey>, StoreError> {
        let mut unsealed = HashSet::new();
        if sealed_rows::total(tx).await? <= self.there() || sealed_rows::found_at(tx).await?.is_none() {
            return Ok(unsealed);
        }
        for kind in [SealKind::Answer, SealKind::Report, SealKind::Alert] {
            let mut after = TextPlace::default();
            loop {
                let page = sealed_rows::keys(tx, kind, &after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.clone();
                let id = |text: &str| text.parse().unwrap_or(Uuid::nil());
                let keys = page.iter().map(|(within, of)| SealKey { kind, within: id(within), id: id(of) });
                unsealed.extend(keys.filter(|key| !self.named.contains(&self.hasher.hash_one(key))));
            }
        }
        Ok(unsealed)
    }

    /// Returns `true` if the trail now names all of these rows.
    pub(super) fn names_all(&self, keys: &HashSet<SealKey>) -> bool {
        keys.iter().all(|key| self.named.contains(&self.hasher.hash_one(key)))
    }

    /// Returns `true` if the end of a row may merely not be sealed yet.
    pub(super) fn some_end_is_open(&self) -> bool {
        self.bad.values().any(|fault| *fault == RowFault::EndChanged)
    }

    /// The result. `unsealed` are the rows that had no seal when the trail was first walked.
    pub(super) async fn read(mut self, tx: &mut Tx, unsealed: &HashSet<SealKey>) -> Result<RowsRead, StoreError> {
        let there = self.there();
        if !unsealed.is_empty() {
            let still = self.unsealed(tx).await?;
            self.bad.extend(still.intersection(unsealed).map(|key| (*key, RowFault::NoSeal)));
        }
        let mut bad: Vec<BadRow> = self.bad.iter().map(|(key, fault)| BadRow { key: *key, fault: *fault }).collect();
        bad.sort_unstable();
        let of = |wanted: RowFault| bad.iter().filter(|row| row.fault == wanted).count() as u64;
        Ok(RowsRead {
            fit: there.saturating_sub(of(RowFault::Changed)),
            erased: self.erased,
            found: self.found,
            unsealed: sealed_rows::total(tx).await?.saturating_sub(there),
            bad,
        })
    }
}

const fn whole(kind: SealKind) -> SealKind {
    match kind {
        SealKind::ReportEnd => SealKind::Report,
        SealKind::AlertEnd => SealKind::Alert,
        SealKind::Answer | SealKind::Report | SealKind::Alert => kind,
    }
}

/// The named rows in their current state.
async fn look_up(tx: &mut Tx, named: &[(SealKey, Hash)]) -> Result<HashMap<SealKey, SealedRow>, StoreError> {
    let ids = |kind| -> Vec<Uuid> {
        let mut ids: Vec<Uuid> =
            named.iter().filter(|(key, _)| whole(key.kind) == kind).map(|(key, _)| key.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let answers = named.iter().filter(|(key, _)| key.kind == SealKind::Answer);
    let mut answers: Vec<(Uuid, Uuid)> = answers.map(|(key, _)| (key.within, key.id)).collect();
    answers.sort_unstable();
    answers.dedup();
    let mut there = sealed_rows::answers_of(tx, &answers).await?;
    there.extend(sealed_rows::reports_of(tx, &ids(SealKind::Report)).await?);
    there.extend(sealed_rows::alerts_of(tx, &ids(SealKind::Alert)).await?);
    Ok(there.into_iter().map(|found| (found.key, found)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::chain::digest;

    /// A process that opened a report died, and another one closed it. The end is in the trail before the report.
    #[test]
    fn an_end_that_is_sealed_before_its_row_is_known() {
        let key = |kind| SealKey { kind, within: Uuid::nil(), id: Uuid::from_u128(7) };
        let (report, end) = (key(SealKind::Report), key(SealKind::ReportEnd));
        let hash = |text| digest("test", &[Some(text)]);
        let there = SealedRow { key: report, hash: Some(hash("report")), end: Some((end, hash("end"))) };
        let mut rows = Rows::default();
        rows.hold(end, hash("end"), Some(&there));
        rows.hold(report, hash("report"), Some(&there));
        assert_eq!(rows.bad, HashMap::new());
        // A later end that differs from the stored one is still found, and so is an end without a seal.
        rows.hold(end, hash("other end"), Some(&there));
        assert_eq!(rows.bad, HashMap::from([(end, RowFault::EndChanged)]));
        let mut rows = Rows::default();
        rows.hold(report, hash("report"), Some(&there));
        assert_eq!(rows.bad, HashMap::from([(end, RowFault::EndChanged)]));
    }
}
